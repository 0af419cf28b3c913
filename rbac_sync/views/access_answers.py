"""Answers about access: a yes or no, the holders of a permission, an explanation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from ..guard import Access, Path
from ..model import ACCOUNT, Address, Instant, Level, Permission, Role, ServiceAccount, Status, User
from .words import describe_timing

OBSTACLES = {
    Status.SUSPENDED: "is suspended",
    Status.PENDING: "has not accepted the invitation yet",
}


@dataclass(frozen=True, slots=True)
class AccessAnswer:
    """The answer to the question if *principal* may use *permission* in *scope*.

    ``paths`` are all paths that give it, each with the reason why it is not open
    now, empty for an open one. ``obstacle`` says why the principal cannot act at
    all, empty if it can. ``needed`` are the roles that would give it, those of the
    scope before those of the account; none for a yes.
    """

    access: Access
    principal: Address
    scope: Address
    permission: Permission
    paths: tuple[tuple[str, Path], ...]
    obstacle: str
    needed: tuple[Role, ...] = ()

    @property
    def yes(self) -> bool:
        """True if the principal may use the permission."""
        return not self.obstacle and any(not shut for shut, _ in self.paths)


@dataclass(frozen=True, slots=True)
class Explanation:
    """All access paths of *principal*, grouped by scope.

    With a *permission*, only the paths that give it.
    """

    access: Access
    principal: Address
    paths: tuple[tuple[str, Path], ...]
    obstacle: str
    permission: Permission | None


def find_answer(
    access: Access, principal: Address, scope: Address, permission: Permission, now: Instant
) -> AccessAnswer:
    """Return the answer to the question if *principal* may use *permission* in *scope* at *now*."""
    answer = _verdict(access, principal, scope, permission, now)
    needed = () if answer.yes else tuple(_granting(access, scope, permission))
    return replace(answer, needed=needed)


def find_holders(
    access: Access, scope: Address, permission: Permission, now: Instant
) -> list[AccessAnswer]:
    """Return the answers for all users, then all service accounts, with the permission."""
    state = access.state
    principals = [*sorted(state.of(User)), *sorted(state.of(ServiceAccount))]
    answers = (_verdict(access, p, scope, permission, now) for p in principals)
    return [each for each in answers if each.yes]


def explain(
    access: Access,
    principal: Address,
    scope: Address | None,
    permission: Permission | None,
    now: Instant,
) -> AccessAnswer | Explanation:
    """Return the access of *principal* in *scope*, or in all; with *permission* too, the answer."""
    if scope and permission:
        return find_answer(access, principal, scope, permission, now)
    paths = access.paths(principal, scope) if scope else access.everywhere(principal)
    timed = _timed(permission, paths, access, now)
    return Explanation(access, principal, timed, _obstacle(principal, access), permission)


def _verdict(
    access: Access, principal: Address, scope: Address, permission: Permission, now: Instant
) -> AccessAnswer:
    timed = _timed(permission, access.paths(principal, scope), access, now)
    return AccessAnswer(access, principal, scope, permission, timed, _obstacle(principal, access))


def _timed(
    permission: Permission | None, paths: Iterable[Path], access: Access, now: Instant
) -> tuple[tuple[str, Path], ...]:
    """Return the *paths* that give *permission*, or all, with the reason why each is not open."""
    bit = access.alphabet.mask([permission]) if permission else 0
    return tuple(
        (describe_timing(path, now), path)
        for path in paths
        if permission is None or path.permissions & bit
    )


def _obstacle(principal: Address, access: Access) -> str:
    if access.acts(principal):
        return ""
    resource = access.state.get(principal)
    return OBSTACLES[resource.status] if isinstance(resource, User) else "does not exist here"


def _granting(access: Access, scope: Address, permission: Permission) -> Iterator[Role]:
    """Yield the roles that give *permission* in *scope*: of the scope, then of the account."""
    bit = access.alphabet.mask([permission])
    level = Level.ACCOUNT if scope == ACCOUNT else Level.WORKSPACE
    roles = [role for _, role in sorted(access.state.of(Role).items())]
    for role in roles:
        if role.level is level and access.roles.here(role.address) & bit:
            yield role
    for role in roles:
        if level is Level.WORKSPACE and access.roles.below(role.address) & bit:
            yield role
