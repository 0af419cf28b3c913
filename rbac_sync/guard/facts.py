"""The facts about a step of a plan, which the rules judge."""

from __future__ import annotations

from collections.abc import Iterator

from ..model import ACCOUNT, EVERYONE, Address, Binding, Instant, Key, Kind, Role, User, is_invited
from ..model.reasons import in_order
from ..named_tuples import NamedTuple
from ..planning import Change
from .access import Access
from .authority import Authority, Grant, Value
from .bitsets import Mask, union
from .findings import InvalidChange
from .grammar import RequiredRight
from .granted import widened, worth
from .owner_counts import OwnerChange
from .validity import terms


class Facts(NamedTuple):
    """The facts about a step that the rules judge; the steps of one case share them.

    ``bound`` is the applier's authority at this point; ``granted`` and
    ``revoked`` are the whole new and old value; ``overlong`` are gains that
    outlast the bound; ``owners`` are the numbers of owners of the account
    and of workspaces that change; ``defaults`` are the additions to each default role; ``leaver``
    is the user that a service may remove with the access that the change takes; ``bots`` are the
    service accounts that get an account role or a wider one: name, role, and its permissions in
    the account and in every workspace. ``is_dated`` says that something new has an end or must
    have one.
    """

    fault: InvalidChange | None
    bound: Authority
    rights: tuple[RequiredRight, ...]
    granted: Value = ()
    revoked: Value = ()
    overlong: tuple[tuple[Address, Grant], ...] = ()
    owners: tuple[OwnerChange, ...] = ()
    defaults: Value = ()
    leaver: User | None = None
    bots: tuple[tuple[Address, Address, Mask, Mask], ...] = ()
    is_dated: bool = False


class Step(NamedTuple):
    """One change of a plan, with the facts about it."""

    change: Change
    facts: Facts


def defaults_by(change: Change, access: Access, now: Instant) -> Iterator[tuple[Address, Mask]]:
    """Yield what *change* adds to the default role of each workspace, earlier or for longer."""
    resource = change.after
    if isinstance(resource, Binding) and resource.principal == EVERYONE:
        scope, paths = resource.scope, access.paths(EVERYONE, resource.scope)
        open_ = (path for path in paths if path.holds(now))
        had = Authority((path.scope, path.permissions, path.until) for path in open_)
        grants = worth(resource.roles, scope, access)
        yield scope, union(mask & ~had.lasting(scope, until) for _, mask, until in grants)
    elif isinstance(resource, Role) and resource.address == (change.before or resource).address:
        for binding, role, here, _ in widened(resource, access):
            if binding.principal == EVERYONE:
                yield binding.scope, here & ~access.roles.here(role)


def bots_by(change: Change, access: Access) -> Iterator[tuple[Address, Address, Mask, Mask]]:
    """Yield the service accounts to which *change* gives an account role, or a wider one."""
    roles = access.roles
    for made in change.made:
        if isinstance(made, Binding) and _is_of_bot(made.principal, made.scope):
            for holding in in_order(made.roles):
                role = holding.role
                yield made.principal, role, roles.here(role), roles.below(role)
        elif isinstance(made, Role):
            for binding, role, here, below in widened(made, access):
                if _is_of_bot(binding.principal, binding.scope):
                    yield binding.principal, role, here, below


def is_dated(change: Change) -> bool:
    """Say whether something new in *change* has an end, or must have one."""
    after = change.after
    is_ending = is_invited(after) or isinstance(after, Key)
    return is_ending or any(term.until for term in terms(change))


def _is_of_bot(principal: Address, scope: Address) -> bool:
    return scope == ACCOUNT and principal.kind is Kind.SERVICE_ACCOUNT
