"""A change of one address, and its effect on a state."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ..dataclasses import dataclass, field, fields, replace
from ..model import (
    ACCOUNT,
    PRINCIPALS,
    Action,
    Address,
    Binding,
    Catalogue,
    Draft,
    Key,
    Kind,
    Membership,
    ObjectAccess,
    Resource,
    State,
    Team,
    User,
)
from ..model.plain import text
from ..model.reasons import unexplained


@dataclass(frozen=True, slots=True)
class Change:
    """One address, before and after.

    ``before`` is None for a create, ``after`` for a delete; two different addresses are a
    rename. ``brings`` are the resources created together with a principal: its account binding,
    and for an invitation its workspace bindings; ``joins`` are the teams that an invitation
    enters. A change with both sides and ``brings`` replaces a resource: an invitation takes the
    place of an earlier one.
    """

    before: Resource | None
    after: Resource | None
    brings: tuple[Binding, ...] = ()
    joins: tuple[Address, ...] = ()
    resource: Resource = field(init=False, repr=False, compare=False)
    """The later side, or the earlier one for a delete."""
    address: Address = field(init=False, repr=False, compare=False)
    """The address after the change; for a delete the address before it."""
    action: Action = field(init=False, repr=False, compare=False)
    """*Why* these three are fields: a plan reads them dozens of times for each change."""
    _texts: tuple[str, str] | None = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        resource, put = self.after or self.before, object.__setattr__
        assert resource is not None, "a change has at least one side"
        put(self, "resource", resource)
        put(self, "address", resource.address)
        put(self, "action", Action.CREATE if self.before is None else self._action(self.before))
        put(self, "_texts", None)

    def _action(self, before: Resource) -> Action:
        if self.after is None:
            return Action.DELETE
        if before.address != self.address:
            return Action.RENAME
        return Action.REPLACE if self.brings else Action.UPDATE

    @property
    def texts(self) -> tuple[str, str]:
        """The canonical texts of both sides, ``null`` for a missing one.

        They are cached: the plan file, its digest and the audit row contain them.
        """
        if self._texts is not None:
            return self._texts
        texts = text(self.before), text(self.after)
        object.__setattr__(self, "_texts", texts)
        return texts

    @property
    def made(self) -> tuple[Resource, ...]:
        """The resources after the change: its later side, and those that it brings."""
        return self.brings if self.after is None else (self.after, *self.brings)

    @property
    def counted(self) -> Address:
        """The address that ``Plan: N to add`` counts: a member and its account role are one."""
        resource = self.resource
        if isinstance(resource, Binding) and resource.scope == ACCOUNT:
            return resource.principal
        return self.address

    @property
    def only_explains(self) -> bool:
        """True if only reasons change, so that nobody gains or loses access."""
        before, after = self.before, self.after
        if before is None or after is None or before == after or self.brings:
            return False
        return unexplained(before) == unexplained(after)

    def attributes(self) -> Iterator[tuple[str, Any, Any]]:
        """Yield (name, old, new) for each attribute that differs."""
        for f in fields(self.resource):
            old, new = getattr(self.before, f.name, None), getattr(self.after, f.name, None)
            if f.compare and old != new:
                yield f.name, old, new


def make(draft: Draft, change: Change) -> None:
    """Make *change* in *draft*, with all related resources."""
    before, after = change.before, change.after
    if before is None and not change.brings and not change.joins:
        draft.put(change.resource)
        return
    match change.action:
        case Action.DELETE:
            assert before is not None
            draft.remove(before)
        case Action.RENAME:
            assert before is not None
            assert after is not None
            draft.rename(before, after)
        case _:
            assert after is not None
            if before is not None and change.brings:
                draft.remove(before)
            draft.put(after)
            for binding in change.brings:
                draft.put(binding)
            for team in joined(change, draft):
                draft.put(team)


def joined(change: Change, state: State) -> Iterator[Team]:
    """Yield the teams that *change* joins, with the new member."""
    for address in change.joins:
        team = state.get(address)
        if isinstance(team, Team):
            yield replace(team, members=team.members | {Membership(change.address)})


def gone_with(change: Change, state: State) -> Iterator[Resource]:
    """Yield the bindings, keys and access lists that *change* deletes with its resource."""
    if change.action in (Action.DELETE, Action.REPLACE):
        yield from named_after(change.address, state)


def named_after(address: Address, state: State) -> Iterator[Binding | Key | ObjectAccess]:
    """Yield the bindings, keys and access lists of *state* whose addresses contain *address*."""
    if address.kind is Kind.WORKSPACE:
        for principal, roles in state.row(address).items():
            yield Binding(principal, address, roles)
        yield from state.lists_in(address)
    elif address.kind in PRINCIPALS:
        yield from state.bindings_of(address)
        yield from state.keys_of(address)


def left_with(change: Change, state: State) -> Iterator[Team]:
    """Yield the teams of *state* that lose a member by *change*."""
    if change.action in (Action.DELETE, Action.REPLACE):
        yield from state.teams_of(change.address)


def leaver(
    change: Change,
    state: State,
    catalogue: Catalogue,
    keeps: Callable[[Binding], bool] = lambda _: True,
) -> User | None:
    """Return the user that leaves the account because *change* takes the last role in a workspace.

    Some services then remove the members of one account role, which the catalogue names. *keeps*
    says whether other roles keep a user in the account.
    """
    binding = change.before
    if change.after is not None or not isinstance(binding, Binding) or binding.scope == ACCOUNT:
        return None
    user = state.get(binding.principal)
    if not isinstance(user, User) or not catalogue.leaves(state.holdings(user.address, ACCOUNT)):
        return None
    here = (ACCOUNT, binding.scope)
    others = (each for each in state.bindings_of(user.address) if each.scope not in here)
    stays = any(map(keeps, others))
    return None if stays else user


def objects_of(changes: Iterable[Change]) -> frozenset[Address]:
    """Return the objects whose access lists *changes* affect."""
    addresses = (change.address for change in changes)
    return frozenset(address for address in addresses if address.kind is Kind.OBJECT)


def rebase_change(change: Change, state: State) -> Change | None:
    """Return *change* with its earlier side from *state*, or None if it is made already.

    Only teams and access lists differ: earlier changes may have removed principals from them.
    """
    if change.before is None or change.action is Action.RENAME:
        return change
    if not isinstance(change.before, Team | ObjectAccess):
        return change
    current = state.get(change.address)
    return None if current == change.after else replace(change, before=current)


def followed(state: State, changes: Iterable[Change]) -> State:
    """Return the state after *changes*."""
    draft = state.draft()
    for change in changes:
        make(draft, change)
    return draft
