"""The permissions that a change gives and takes, by scope, in the state before it.

Both sides count whole: an applier who narrows a role must hold all permissions of the old
and of the new role; else a manager of few permissions could take many away. What has ended
counts on both sides, as long as it is stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, product
from typing import assert_never

from ..model import (
    ACCOUNT,
    ANYWHERE,
    EVERYONE,
    Action,
    Address,
    Binding,
    Holdings,
    Instant,
    Key,
    Kind,
    Level,
    Membership,
    ObjectAccess,
    Resource,
    Role,
    ServiceAccount,
    Status,
    Team,
    User,
    Workspace,
    meet,
)
from ..model.instant import earlier, outlasts
from ..model.reasons import in_order, without_reasons
from ..model.resources import ObjectLevel
from ..planning import Change
from .access import Access
from .authority import Grant, Value, valued
from .bitsets import Mask

Gain = tuple[Address, Grant]
"""A principal and the grant that it gains, with its end."""


def granted_value(change: Change, access: Access) -> Value:
    """Return the whole new value of *change*."""
    return () if change.only_explains else valued(_granted(change, access))


def _granted(change: Change, access: Access) -> Iterable[Grant]:
    after = change.after
    match after:
        case User() | ServiceAccount():
            return (*_given_again(change, access), *_brought(change, access))
        case Team():
            is_open = members(after) - members(change.before) or _is_tied(after, change.before)
            return _held(after.address, access) if is_open else ()
        case ObjectAccess():
            return _listed(after, change.before, access)
        case Binding():
            return worth(after.roles, after.scope, access)
        case Role():
            return _role_worth(after, access)
        case Key():
            return _key_worth(after, access)
        case Workspace() | None:
            return ()
    assert_never(after)


def revoked_value(change: Change, access: Access) -> Value:
    """Return the whole old value of *change*, taken from the live state."""
    return () if change.only_explains else valued(_revoked(change, access))


def _revoked(change: Change, access: Access) -> Iterable[Grant]:
    before = access.state.find(change.before) if change.before is not None else None
    match before:
        case User() | ServiceAccount():
            ends = change.action in (Action.DELETE, Action.REPLACE)
            is_briefer = is_invited_longer(before, change.after)
            is_all = ends or is_briefer or _changes_status(change) or passes_on(change)
            return _reached(before.address, access) if is_all else ()
        case Team():
            return _held(before.address, access) if members(before) - members(change.after) else ()
        case Workspace():
            goes = Kind.BINDING in access.catalogue.deletes_with.get(Kind.WORKSPACE, ())
            ends = change.after is None and not goes
            row = access.state.row(before.address) if ends else {}
            return (g for held in row.values() for g in worth(held, before.address, access))
        case ObjectAccess():
            managing = access.alphabet.mask([ObjectLevel.MANAGE.permission])
            removed = _listed(before, change.after, access)
            return (*removed, (before.address, managing, None))
        case Binding():
            return worth(before.roles, before.scope, access)
        case Role():
            return _role_worth(before, access)
        case Key():
            return _key_worth(before, access)
        case None:
            return ()
    assert_never(before)


def claims(change: Change, access: Access, makers: Iterable[Address | None]) -> Iterator[Gain]:
    """Yield what each principal holds by *change* and did not hold by the same way before.

    A team stands for its members: it holds its roles for at least as long as they do. A key is
    open to its *makers*, the applier and the author, and so is a team that is tied to a directory.
    """
    after = None if change.only_explains else change.after
    match after:
        case Binding():
            kept = meet(change.before, after) if isinstance(change.before, Binding) else None
            roles = after.roles - (kept.roles if kept else frozenset())
            yield from ((after.principal, grant) for grant in worth(roles, after.scope, access))
        case User() | ServiceAccount():
            grants = (*_given_again(change, access), *_brought(change, access))
            yield from ((after.address, grant) for grant in grants)
        case Team():
            yield from _joined(after, change.before, access)
            yield from _tied(after, change.before, access, makers)
        case Key():
            for maker in filter(None, makers):
                yield from ((maker, grant) for grant in _key_worth(after, access))
        case Role():
            yield from _widened(after, access)
        case ObjectAccess():
            for level, principals in listed_only_in(after, change.before):
                mask = access.alphabet.mask([level.permission])
                yield from ((who, (after.address, mask, None)) for who in sorted(principals))
        case Workspace() | None:
            pass  # a workspace grants nothing, and neither does a deletion
        case _ as never:
            assert_never(never)


def _joined(after: Team, before: Resource | None, access: Access) -> Iterator[Gain]:
    kept = meet(before, after) if isinstance(before, Team) else None
    for member in in_order(members(after) - members(kept)):
        for grant in _until(member.until, _held(after.address, access)):
            yield member.principal, grant


def _tied(
    after: Team, before: Resource | None, access: Access, makers: Iterable[Address | None]
) -> Iterable[Gain]:
    held = _held(after.address, access) if _is_tied(after, before) else ()
    return product(filter(None, makers), held)


def members(team: Resource | None) -> frozenset[Membership]:
    """Return the members of *team* without their reasons; none for no team."""
    return without_reasons(team.members) if isinstance(team, Team) else frozenset()


def _is_tied(team: Team, before: Resource | None) -> bool:
    """Say whether another directory than *before* manages *team*, and says who is in it."""
    return team.managed_by not in ("", before.managed_by if isinstance(before, Team) else "")


def worth(roles: Holdings, scope: Address, access: Access) -> Iterator[Grant]:
    """Yield the permissions of *roles* in *scope*."""
    for holding in in_order(roles):
        yield scope, access.roles.here(holding.role), holding.until
        if scope == ACCOUNT:
            yield ANYWHERE, access.roles.below(holding.role), holding.until


def _role_worth(role: Role, access: Access) -> Iterator[Grant]:
    scope = ACCOUNT if role.level is Level.ACCOUNT else ANYWHERE
    yield scope, access.roles.of(role), None
    yield ANYWHERE, access.roles.implied(role), None


def _key_worth(key: Key, access: Access) -> Iterator[Grant]:
    defaults = access.state.bindings_of(EVERYONE) if key.owner.kind is Kind.USER else ()
    by_default = (grant for each in defaults for grant in worth(each.roles, each.scope, access))
    return _until(key.until, chain(_reached(key.owner, access), by_default))


def _held(principal: Address, access: Access) -> Iterator[Grant]:
    for binding in access.state.bindings_of(principal):
        yield from worth(binding.roles, binding.scope, access)
    yield from _on_lists(principal, access)


def _until(end: Instant | None, grants: Iterable[Grant]) -> Iterator[Grant]:
    """Yield *grants*, none for longer than until *end*."""
    return ((scope, mask, earlier(until, end)) for scope, mask, until in grants)


def _on_lists(principal: Address, access: Access) -> Iterator[Grant]:
    """Yield the levels at which access lists name *principal* itself."""
    for listed in access.state.lists_naming(principal):
        levels = (each for each in listed.levels if principal in listed.at(each))
        yield listed.address, access.alphabet.mask(each.permission for each in levels), None


def _listed(one: ObjectAccess, other: Resource | None, access: Access) -> Iterator[Grant]:
    """Yield the levels at which list *one* names a principal that list *other* does not name."""
    for level, _ in listed_only_in(one, other):
        yield one.address, access.alphabet.mask([level.permission]), None


def listed_only_in(
    one: ObjectAccess, other: Resource | None
) -> Iterator[tuple[ObjectLevel, frozenset[Address]]]:
    """Yield each level with principals on list *one* only; *other* may be no access list."""
    for level in one.levels:
        others = other.at(level) if isinstance(other, ObjectAccess) else frozenset()
        if more := one.at(level) - others:
            yield level, more


def _reached(principal: Address, access: Access) -> Iterator[Grant]:
    """Yield the holdings of *principal* by itself and by teams, as if it were active.

    *Why* without default roles: every user has them, and they are judged when they are set.
    """
    yield from _held(principal, access)
    for team, place in access.state.memberships_of(principal).items():
        yield from _until(place.until, _held(team, access))


def _brought(change: Change, access: Access) -> Iterator[Grant]:
    for binding in change.brings:
        yield from worth(binding.roles, binding.scope, access)
    for team in change.joins:
        yield from _held(team, access)


def _given_again(change: Change, access: Access) -> Iterator[Grant]:
    """Yield the holdings that a principal has before *change* and that *change* gives again."""
    is_longer = is_invited_longer(change.after, change.before)
    if change.before and (is_longer or _changes_status(change) or passes_on(change)):
        yield from _reached(change.before.address, access)


def passes_on(change: Change) -> bool:
    """Say whether *change* gives the holdings of a person to another e-mail address.

    An e-mail address identifies a person, who logs in with it. Other names are only labels.
    """
    return change.action is Action.RENAME and isinstance(change.after, User)


def _changes_status(change: Change) -> bool:
    """Say whether an update starts or stops the effect of a user's holdings."""
    sides = (change.before, change.after)
    status = {side.status for side in sides if isinstance(side, User)}
    return change.action is Action.UPDATE and len(status) > 1


def is_invited_longer(one: Resource | None, other: Resource | None) -> bool:
    """Say whether *one* and *other* are invitations of which *one* ends later.

    *Why*: the holdings of an extended invitation count as given, those of a shortened one as taken.
    """
    if not isinstance(one, User) or not isinstance(other, User):
        return False
    pending = one.status is other.status is Status.PENDING
    return pending and outlasts(one.expires, other.expires)


def _widened(after: Role, access: Access) -> Iterator[Gain]:
    roles = access.roles
    for binding, role, new_here, new_below in widened(after, access):
        here, below = new_here & ~roles.here(role), new_below & ~roles.below(role)
        for holding in binding.roles:
            if holding.role == role:
                yield binding.principal, (binding.scope, here, holding.until)
                if below and binding.scope == ACCOUNT:
                    yield binding.principal, (ANYWHERE, below, holding.until)


def widened(after: Role, access: Access) -> Iterator[tuple[Binding, Address, Mask, Mask]]:
    """Yield the bindings to which *after* gives more, itself or as a base.

    Each comes with the role that it holds, and the new permissions of that role in the scope and
    in every workspace.
    """
    roles, new = access.roles, access.roles.changed(after)
    for role in (after.address, *access.state.roles_on(after.address)):
        here, below = new.here(role), new.below(role)
        is_wider = here & ~roles.here(role) or below & ~roles.below(role)
        for binding in access.state.bindings_with(role) if is_wider else ():
            yield binding, role, here, below
