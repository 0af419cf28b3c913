"""Access: the permissions of a principal in a scope, the paths that give them, and their terms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from ..dataclasses import dataclass, field, replace
from ..model import (
    ACCOUNT,
    ANYWHERE,
    EVERYONE,
    Address,
    Catalogue,
    Instant,
    Kind,
    ObjectAccess,
    Permission,
    Permissions,
    Role,
    State,
    Status,
    User,
)
from ..model.instant import earlier, is_open, later
from ..model.reasons import in_order
from ..model.resources import Level, ObjectLevel, role
from .authority import Authority
from .bitsets import Mask, PermissionBits, RoleMasks, union


@dataclass(frozen=True, slots=True)
class Path:
    """One way in which a principal gets permissions in ``scope``.

    ``holder`` holds ``role``: the principal, a team of it, or everyone. ``bound`` is the
    scope of that binding: ``scope`` itself, or the account if the role implies ownership of
    every workspace. If ``scope`` is an object, ``bound`` is its workspace, or the object
    itself if its access list names the holder (``role`` is then the level). The term is that
    of the holding and the membership together; ``reason`` is that of either or of both.
    """

    scope: Address
    permissions: Mask
    role: Address
    holder: Address
    bound: Address
    since: Instant | None = None
    until: Instant | None = None
    reason: str = field(default="", compare=False)

    def holds(self, now: Instant) -> bool:
        return is_open(self.since, self.until, now)


class Access:
    """The access of all principals in one state, by scope; kept up to date with a draft."""

    def __init__(
        self, state: State, catalogue: Catalogue, alphabet: PermissionBits | None = None
    ) -> None:
        self.state, self.catalogue = state, catalogue
        self.alphabet = alphabet or PermissionBits()
        self.roles = RoleMasks(state.get, catalogue, self.alphabet)

    def paths(self, principal: Address, scope: Address) -> Iterator[Path]:
        """Yield every path of *principal* to *scope*, open or not: own, by teams, by default."""
        if scope.kind is Kind.OBJECT:
            yield from self._object_paths(principal, scope)
            return
        for holder, since, until, why in self._holders(principal):
            for bound, mask_of in self._sources(scope):
                for h in in_order(self.state.holdings(holder, bound)):
                    if mask := mask_of(h.role):
                        start, end = later(since, h.since), earlier(until, h.until)
                        reason = "; ".join(filter(None, (why, h.reason)))
                        yield Path(scope, mask, h.role, holder, bound, start, end, reason)

    def everywhere(self, principal: Address) -> Iterator[Path]:
        """Yield every path of *principal*, each in the widest scope that it reaches."""
        holders = [holder for holder, *_ in self._holders(principal)]
        yield from self.paths(principal, ACCOUNT)
        yield from self.paths(principal, ANYWHERE)
        for scope in self.state.scopes_of(*holders):
            if scope != ACCOUNT:
                yield from (path for path in self.paths(principal, scope) if path.bound == scope)

    def actors(self, scope: Address, permission: Permission) -> set[Address]:
        """Return the users and service accounts with a path to *permission* in *scope*.

        Some may hold only a part of what such a path takes.
        """
        listed = self.state.get(scope)
        if isinstance(listed, ObjectAccess):
            rights = self.catalogue.lists.get(listed.type, {}).values()
            return set().union(*(self.actors(listed.workspace, right) for right in rights))
        bit, state, holders = self.alphabet.mask([permission]), self.state, set[Address]()
        for bound, mask_of in self._sources(scope):
            giving = {each for each in state.of(Role) if mask_of(each) & bit}
            if bound == ACCOUNT:  # where each member holds a role
                holders.update(who for each in giving for who in state.holders(each, bound))
            else:
                row = state.row(bound).items()
                holders.update(who for who, roles in row if any(h.role in giving for h in roles))
        people = state.of(User) if EVERYONE in holders else ()
        return {*people, *chain.from_iterable(map(state.behind, holders - {EVERYONE}))}

    def potential(self, principal: Address, scope: Address) -> Mask:
        """Return the permissions of *principal* in *scope*, terms and status ignored."""
        if scope.kind is Kind.OBJECT:
            return union(path.permissions for path in self.paths(principal, scope))
        sources = list(self._sources(scope))
        return union(
            mask_of(holding.role)
            for holder, *_ in self._holders(principal)
            for bound, mask_of in sources
            for holding in self.state.holdings(holder, bound)
        )

    def may(self, principal: Address, scope: Address, now: Instant) -> Permissions:
        """Return the permissions of *principal* in *scope* at *now*; none unless it is active."""
        return self.alphabet.names(self.held_at(principal, scope, now))

    def held_at(self, principal: Address, scope: Address, now: Instant) -> Mask:
        """Return the same as ``may``, as numbers."""
        if not self.acts(principal):
            return 0
        return union(p.permissions for p in self.paths(principal, scope) if p.holds(now))

    def acts(self, principal: Address) -> bool:
        """Say whether *principal* exists and is neither suspended nor pending."""
        user = self.state.get(principal)
        if isinstance(user, User):
            return user.status is Status.ACTIVE
        return user is not None or principal == EVERYONE

    def authority(
        self, applier: Address | None, now: Instant, objects: Iterable[Address] = ()
    ) -> Authority:
        """Return the authority that *applier* has at *now* in every case: the bound of a plan.

        It covers only the given *objects*, since an account may have many.
        """
        if applier is None or not self.acts(applier):
            return Authority()
        return _held(chain(self.everywhere(applier), self._in(applier, objects)), now)

    def authority_in(
        self, applier: Address | None, scopes: Iterable[Address], now: Instant
    ) -> Authority:
        """Return the authority that *applier* has at *now* in *scopes* alone."""
        if applier is None or not self.acts(applier):
            return Authority()
        return _held(self._in(applier, scopes), now)

    def _in(self, principal: Address, scopes: Iterable[Address]) -> Iterator[Path]:
        return (path for scope in scopes for path in self.paths(principal, scope))

    def prospects(self, principal: Address) -> Authority:
        """Return all permissions that *principal* has or may get later, with their ends."""
        paths = self.everywhere(principal)
        return Authority((path.scope, path.permissions, path.until) for path in paths)

    def entries(self, principal: Address, at: Address) -> Iterator[Path]:
        """Yield the levels at which an access list names *principal* or a team of it."""
        listed = self.state.get(at)
        if isinstance(listed, ObjectAccess):
            for level in listed.levels:
                yield from self._named(principal, listed, level)

    def _object_paths(self, principal: Address, scope: Address) -> Iterator[Path]:
        """Yield the paths to an object: the permissions of roles that its access list permits.

        A level needs the right in the workspace, and either a place on the list or the right to
        pass every list. Two different roles or teams may give the two.
        """
        listed = self.state.get(scope)
        if not isinstance(listed, ObjectAccess):
            return
        mask_of, within = self.alphabet.mask, list(self.paths(principal, listed.workspace))
        passing = mask_of(self.catalogue.passes_lists)
        rights = self.catalogue.lists.get(listed.type, {}).items()
        for path in within:
            levels = mask_of(
                level.permission
                for level, right in rights
                if path.permissions & mask_of([right])
                and (path.permissions & passing or EVERYONE in listed.at(level))
            )
            if levels:
                yield replace(path, scope=scope, permissions=levels)
        for level, right in rights:
            giving = [path for path in within if path.permissions & mask_of([right])]
            terms = dict.fromkeys((path.since, path.until) for path in giving)
            passes = [p for p in within if p.permissions & passing and p not in giving]
            for path in chain(passes, self._named(principal, listed, level)):
                mask = mask_of([level.permission])
                for since, until in terms:
                    start, end = later(path.since, since), earlier(path.until, until)
                    yield replace(path, scope=scope, permissions=mask, since=start, until=end)

    def _named(
        self, principal: Address, listed: ObjectAccess, level: ObjectLevel
    ) -> Iterator[Path]:
        """Yield the entries of a list at *level* that name *principal* or a team of it."""
        at, mask = listed.address, self.alphabet.mask([level.permission])
        name = role(Level.WORKSPACE, level)  # a list gives no role: its level stands in the place
        for holder, since, until, why in self._holders(principal):
            if holder in listed.at(level) - {EVERYONE}:
                yield Path(at, mask, name, holder, at, since, until, why)

    def _holders(
        self, principal: Address
    ) -> Iterator[tuple[Address, Instant | None, Instant | None, str]]:
        yield principal, None, None, ""
        if principal.kind in (Kind.USER, Kind.SERVICE_ACCOUNT):
            for team, place in sorted(self.state.memberships_of(principal).items()):
                yield team, place.since, place.until, place.reason
        if principal.kind is Kind.USER and self.state.knows(principal):
            yield EVERYONE, None, None, ""

    def _sources(self, scope: Address) -> Iterator[tuple[Address, Callable[[Address], Mask]]]:
        yield scope, self.roles.here
        if scope.kind is Kind.WORKSPACE:
            yield ACCOUNT, self.roles.below


def _held(paths: Iterable[Path], now: Instant) -> Authority:
    """Return the authority of those of *paths* that are open at *now*."""
    return Authority((p.scope, p.permissions, p.until) for p in paths if p.holds(now))
