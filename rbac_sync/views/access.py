"""Answers about access: may somebody do something, who may, and what may somebody do at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from ..guard import Access, Path
from ..model import (
    ACCOUNT,
    Address,
    Instant,
    Level,
    Permission,
    Role,
    ServiceAccount,
    Status,
    User,
    label,
    place,
)
from . import plan_json as forms
from .terminal import Line, Tone, shown
from .words import counted, listed, timing, way

MOST_ROLES = 8
NO_ROLE = "no role here holds it"
INDENT = " " * 5

OBSTACLES = {
    Status.SUSPENDED: "is suspended",
    Status.PENDING: "has not accepted the invitation yet",
}


@dataclass(frozen=True, slots=True)
class AccessAnswer:
    """The answer whether *principal* may use *permission* in *scope*, with the reason.

    ``paths`` are all that give it, with what keeps each shut at the moment,
    empty for an open one. ``obstacle`` says why the principal cannot act at
    all, empty if it can. ``needed`` are the roles that would do, those of the
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
        """Whether it may."""
        return not self.obstacle and any(not shut for shut, _ in self.paths)


@dataclass(frozen=True, slots=True)
class Explanation:
    """All the ways by which *principal* may do something, those of one scope together.

    With a *permission*, only the ways to that.
    """

    access: Access
    principal: Address
    paths: tuple[tuple[str, Path], ...]
    obstacle: str
    permission: Permission | None


def verdict(
    access: Access, principal: Address, scope: Address, permission: Permission, now: Instant
) -> AccessAnswer:
    """Say whether *principal* may use *permission* in *scope* at *now*."""
    found = _verdict(access, principal, scope, permission, now)
    if found.yes:
        return found
    return replace(found, needed=tuple(_granting(access, scope, permission)))


def holders(
    access: Access, scope: Address, permission: Permission, now: Instant
) -> list[AccessAnswer]:
    """Return the verdict on each person who may, then on each service account that may."""
    state = access.state
    principals = [*sorted(state.of(User)), *sorted(state.of(ServiceAccount))]
    found = (_verdict(access, p, scope, permission, now) for p in principals)
    return [each for each in found if each.yes]


def explanation(
    access: Access,
    principal: Address,
    scope: Address | None,
    permission: Permission | None,
    now: Instant,
) -> AccessAnswer | Explanation:
    """Return what *principal* may do, in *scope* if given; with a permission too, the verdict."""
    if scope and permission:
        return verdict(access, principal, scope, permission, now)
    paths = access.paths(principal, scope) if scope else access.everywhere(principal)
    if permission:
        paths = _giving(permission, paths, access)
    timed = tuple((timing(path, now), path) for path in paths)
    return Explanation(access, principal, timed, _obstacle(principal, access), permission)


def text(answer: AccessAnswer | Explanation, *, colour: bool = False) -> str:
    """Return an answer for people."""
    lines = _judged(answer) if isinstance(answer, AccessAnswer) else _explained(answer)
    return shown(lines, colour=colour)


def machine(answer: AccessAnswer | Explanation) -> forms.Shown:
    """Return an answer in JSON's own types."""
    found: forms.Shown = {
        "principal": label(answer.principal),
        "permission": answer.permission,
        "obstacle": answer.obstacle or None,
        "paths": [
            {
                **forms.path(path),
                "reaches": forms.scope(path.scope),
                "open": not shut,
                "permissions": sorted(answer.access.alphabet.names(path.permissions)),
            }
            for shut, path in answer.paths
        ],
    }
    if isinstance(answer, AccessAnswer):
        needed = [{"role": r.name, "level": str(r.level)} for r in answer.needed]
        found |= {"scope": forms.scope(answer.scope), "allowed": answer.yes, "needed": needed}
    return found


def _verdict(
    access: Access, principal: Address, scope: Address, permission: Permission, now: Instant
) -> AccessAnswer:
    paths = _giving(permission, access.paths(principal, scope), access)
    timed = tuple((timing(path, now), path) for path in paths)
    return AccessAnswer(access, principal, scope, permission, timed, _obstacle(principal, access))


def _giving(permission: Permission, paths: Iterable[Path], access: Access) -> Iterator[Path]:
    bit = access.alphabet.mask([permission])
    return (path for path in paths if path.permissions & bit)


def _obstacle(principal: Address, access: Access) -> str:
    if access.acts(principal):
        return ""
    found = access.state.get(principal)
    return OBSTACLES[found.status] if isinstance(found, User) else "does not exist here"


def _granting(access: Access, scope: Address, permission: Permission) -> Iterator[Role]:
    """Yield the roles that give *permission* in *scope*: its own, then those of the account."""
    bit = access.alphabet.mask([permission])
    level = Level.ACCOUNT if scope == ACCOUNT else Level.WORKSPACE
    roles = [role for _, role in sorted(access.state.of(Role).items())]
    for role in roles:
        if role.level is level and access.roles.here(role.address) & bit:
            yield role
    for role in roles:
        if level is Level.WORKSPACE and access.roles.below(role.address) & bit:
            yield role


def _judged(found: AccessAnswer) -> Iterator[Line]:
    who, what, where = label(found.principal), found.permission, place(found.scope)
    if found.yes:
        yield Line(f"yes  {who} may {what} in {where}", Tone.GAIN)
    else:
        yield Line(f"no   {who} may not {what} in {where}", Tone.LOSS)
    if found.obstacle:
        yield Line(f"{INDENT}{who} {found.obstacle}")
    for shut, path in found.paths:
        how = way(path, found.principal, found.access.state, f" in {place(path.bound)}")
        yield Line(f"{INDENT}{shut}{how} (which includes {what})")
    if not found.yes and not found.obstacle:
        yield Line(f"{INDENT}{_takes(found)}")


def _takes(found: AccessAnswer) -> str:
    """Return what would make a yes of a no."""
    parts = []
    for level, of in groupby(found.needed, lambda role: role.level):
        names = listed([role.name for role in of], MOST_ROLES, "or")
        if level is Level.ACCOUNT:
            parts.append(f"the account role {names}")
        else:
            parts.append(f"{names} in {place(found.scope)}")
    return f"it takes {', or '.join(parts)}" if parts else NO_ROLE


def _explained(found: Explanation) -> Iterator[Line]:
    who = label(found.principal)
    yield Line(f"{who} {found.obstacle}" if found.obstacle else who, Tone.HEADING)
    if not found.paths:
        yield Line(f"  no way to {found.permission or 'anything'}")
    for scope, of in groupby(found.paths, lambda timed: timed[1].scope):
        yield Line(f"  in {place(scope)}")
        for shut, path in of:
            how = way(path, found.principal, found.access.state, "")
            names = sorted(found.access.alphabet.names(path.permissions))
            yield Line(f"    {shut}{how}: {counted(len(names), 'permission')}")
            yield Line(f"      {', '.join(names)}")
