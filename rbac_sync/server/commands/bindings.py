"""Bindings and access lists: the roles of a principal in a scope, and the levels on an object."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ...model import Address, Binding, ObjectAccess, ObjectLevel, held
from ...model.instant import outlasts
from ...planning import Change, leaver
from ..guarded_store import WriteTransaction
from ..read_view import ReadView
from ..refusals import Missing

INHERITED = "what you hold here comes from a team, a default or your account role"


def set_role(
    transaction: WriteTransaction, principal: Address, scope: Address, role: Address
) -> None:
    """Make *role* the role of *principal* in *scope*; see ``set_roles``."""
    set_roles(transaction, scope, {principal: role})


def set_roles(
    transaction: WriteTransaction, scope: Address, roles: Mapping[Address, Address]
) -> None:
    """Make the role of each principal in *roles* its only role in *scope*; see ``assignment``.

    Raises:
        Refusal: the guard refuses one of them; then none is written.
    """
    view = transaction.view
    binding = view.state.binding
    transaction.make(
        *(
            assignment(view, binding(principal, scope), Binding(principal, scope, held(role)))
            for principal, role in roles.items()
        )
    )


def assignment(view: ReadView, before: Binding | None, after: Binding) -> Change:
    """Return the change of *before* to *after*, with the other roles of *before* that are to begin.

    *Why* these stay: no API shows them, so no client means to replace them.
    """
    there, roles = before.roles if before else (), {holding.role for holding in after.roles}
    coming = {h for h in there if h.since and h.since > view.now and h.role not in roles}
    return Change(before, replace(after, roles=after.roles | coming))


def revoke_role(
    transaction: WriteTransaction, principal: Address, scope: Address, role: Address
) -> None:
    """Revoke *role* of *principal* in *scope*; its other roles there stay, unless they have ended.

    A user who is in the account for this access alone leaves it.

    Raises:
        Refusal: the principal does not have the role, or the guard refuses the removal.
    """
    view = transaction.view
    before = _binding(view, principal, scope)
    if all(holding.role != role for holding in before.roles):
        raise Missing
    kept = frozenset(h for h in before.roles if h.role != role and outlasts(h.until, view.now))
    change = Change(before, replace(before, roles=kept) if kept else None)
    leaving = _leaving(view, change)
    transaction.make(change)
    transaction.make_own(*leaving)


def revoke_binding(transaction: WriteTransaction, principal: Address, scope: Address) -> None:
    """Revoke all holdings of *principal* itself in *scope*.

    Raises:
        Refusal: the principal has no role there, or the guard refuses the removal.
    """
    transaction.make(Change(_binding(transaction.view, principal, scope), None))


def leave_scope(transaction: WriteTransaction, scope: Address) -> None:
    """Revoke all holdings of the caller itself in the workspace *scope*.

    A user who is in the account for this access alone leaves it, too.

    Raises:
        Refusal: the caller itself has no role there.
    """
    view = transaction.view
    change = Change(_binding(view, view.caller, scope, INHERITED), None)
    transaction.make_own(change, *_leaving(view, change))


def replace_access_list(
    transaction: WriteTransaction,
    address: Address | None,
    principals: Mapping[ObjectLevel, frozenset[Address]],
) -> None:
    """Replace the whole list of the object at *address* by *principals* at each level.

    Raises:
        Refusal: there is no such object, or the guard refuses it.
    """
    before = transaction.view.state.get(address) if address else None
    if not isinstance(before, ObjectAccess):
        raise Missing
    view, run, manage = (principals.get(level, frozenset()) for level in ObjectLevel)
    transaction.make(Change(before, ObjectAccess(before.workspace, before.name, view, run, manage)))


def _binding(view: ReadView, principal: Address, scope: Address, *why: str) -> Binding:
    """Return the roles of a principal in a scope, of which at least one is in force."""
    binding = view.state.binding(principal, scope)
    if binding is None or not any(map(view.is_open, binding.roles)):
        raise Missing(*why)
    return binding


def _leaving(view: ReadView, change: Change) -> list[Change]:
    """Return the removal of a user who is in the account only for the access of *change*.

    A team with a role in a workspace keeps its members in the account: whoever revokes a role in
    one workspace may hold nothing in that of the team.
    """

    def keeps(binding: Binding) -> bool:
        return any(outlasts(holding.until, view.now) for holding in binding.roles)

    user, state = leaver(change, view.state, view.catalogue, keeps), view.state
    if user is None:
        return []
    places = state.memberships_of(user.address).items()
    teams = (team for team, place in places if outlasts(place.until, view.now))
    stays = any(map(keeps, (each for team in teams for each in state.bindings_of(team))))
    return [] if stays else [Change(user, None)]
