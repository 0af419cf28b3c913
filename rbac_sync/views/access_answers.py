"""Answers about access: a yes or no, the holders of a permission, an explanation."""

from __future__ import annotations

from ..dataclasses import dataclass
from ..guard import Access, Path
from ..model import ACCOUNT, Address, Instant, Kind, Level, Permission, Role, Status, User
from .words import describe_timing

OBSTACLES = {
    Status.SUSPENDED: "is suspended",
    Status.PENDING: "has not accepted the invitation yet",
}


@dataclass(frozen=True, slots=True)
class AccessAnswer:
    """The access of *principal* in *scope*; in all scopes if that is None.

    ``paths`` are the access paths, with a *permission* only those that give it. Each has the reason
    why it is not open now, empty for an open one. ``obstacle`` says why the principal cannot act
    at all, empty if it can.
    """

    access: Access
    principal: Address
    scope: Address | None
    permission: Permission | None
    paths: tuple[tuple[str, Path], ...]
    obstacle: str

    @property
    def yes(self) -> bool:
        """True if the principal may use the permission, or has any access without one."""
        return not self.obstacle and any(not shut for shut, _ in self.paths)

    @property
    def bounds(self) -> frozenset[Address]:
        """The scopes of the bindings on which the paths depend."""
        return frozenset(path.bound for _, path in self.paths)

    @property
    def needed(self) -> tuple[Role, ...]:
        """The roles that would turn a no into a yes: those of the scope, then of the account."""
        if self.yes or self.permission is None:
            return ()
        known, bit = self.access.roles, self.access.alphabet.mask([self.permission])
        level = Level.ACCOUNT if self.scope == ACCOUNT else Level.WORKSPACE
        roles = [role for _, role in sorted(self.access.state.of(Role).items())]
        here = (r for r in roles if r.level is level and known.here(r.address) & bit)
        above = (r for r in roles if level is Level.WORKSPACE and known.below(r.address) & bit)
        return (*here, *above)


def find_answer(
    access: Access,
    principal: Address,
    scope: Address | None,
    permission: Permission | None,
    now: Instant,
) -> AccessAnswer:
    """Return the access of *principal* at *now*: only in *scope*, by *permission*, if given."""
    paths = access.paths(principal, scope) if scope else access.everywhere(principal)
    bit = access.alphabet.mask([permission]) if permission else 0
    timed = tuple(
        (describe_timing(path, now), path)
        for path in paths
        if permission is None or path.permissions & bit
    )
    return AccessAnswer(access, principal, scope, permission, timed, _obstacle(principal, access))


def find_holders(
    access: Access, scope: Address, permission: Permission, now: Instant
) -> list[AccessAnswer]:
    """Return the answers for all users, then all service accounts, with the permission."""
    actors = access.actors(scope, permission)
    access.state.expect_access(actors, scope)
    principals = sorted(actors, key=lambda who: (who.kind is not Kind.USER, who))
    answers = (find_answer(access, p, scope, permission, now) for p in principals)
    return [each for each in answers if each.yes]


def _obstacle(principal: Address, access: Access) -> str:
    if access.acts(principal):
        return ""
    resource = access.state.get(principal)
    return OBSTACLES[resource.status] if isinstance(resource, User) else "does not exist here"
