"""Answers about access as text and JSON: a yes or no, the holders, an explanation."""

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
from .terminal import Line, Tone, render_lines
from .words import counted, describe_path, describe_timing, listed

MOST_ROLES = 8
NO_ROLE = "no role here holds it"
INDENT = " " * 5

OBSTACLES = {
    Status.SUSPENDED: "is suspended",
    Status.PENDING: "has not accepted the invitation yet",
}


@dataclass(frozen=True, slots=True)
class AccessAnswer:
    """The answer to the question if *principal* may use *permission* in *scope*.

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
        """True if the principal may use the permission."""
        return not self.obstacle and any(not shut for shut, _ in self.paths)


@dataclass(frozen=True, slots=True)
class Explanation:
    """All access paths of *principal*, grouped by scope.

    With a *permission*, only the ways to that.
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
    if answer.yes:
        return answer
    return replace(answer, needed=tuple(_granting(access, scope, permission)))


def find_holders(
    access: Access, scope: Address, permission: Permission, now: Instant
) -> list[AccessAnswer]:
    """Return the answers for all users, then all service accounts, that may."""
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
    if permission:
        paths = _giving(permission, paths, access)
    timed = tuple((describe_timing(path, now), path) for path in paths)
    return Explanation(access, principal, timed, _obstacle(principal, access), permission)


def render_answer(answer: AccessAnswer | Explanation, *, colour: bool = False) -> str:
    """Return an answer as text."""
    lines = _judged(answer) if isinstance(answer, AccessAnswer) else _explained(answer)
    return render_lines(lines, colour=colour)


def to_json(answer: AccessAnswer | Explanation) -> forms.JsonObject:
    """Return an answer as JSON."""
    result: forms.JsonObject = {
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
        result |= {"scope": forms.scope(answer.scope), "allowed": answer.yes, "needed": needed}
    return result


def _verdict(
    access: Access, principal: Address, scope: Address, permission: Permission, now: Instant
) -> AccessAnswer:
    paths = _giving(permission, access.paths(principal, scope), access)
    timed = tuple((describe_timing(path, now), path) for path in paths)
    return AccessAnswer(access, principal, scope, permission, timed, _obstacle(principal, access))


def _giving(permission: Permission, paths: Iterable[Path], access: Access) -> Iterator[Path]:
    bit = access.alphabet.mask([permission])
    return (path for path in paths if path.permissions & bit)


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


def _judged(answer: AccessAnswer) -> Iterator[Line]:
    name, permission, scope = label(answer.principal), answer.permission, place(answer.scope)
    if answer.yes:
        yield Line(f"yes  {name} may {permission} in {scope}", Tone.GAIN)
    else:
        yield Line(f"no   {name} may not {permission} in {scope}", Tone.LOSS)
    if answer.obstacle:
        yield Line(f"{INDENT}{name} {answer.obstacle}")
    for shut, path in answer.paths:
        how = describe_path(path, answer.principal, answer.access.state, f" in {place(path.bound)}")
        yield Line(f"{INDENT}{shut}{how} (which includes {permission})")
    if not answer.yes and not answer.obstacle:
        yield Line(f"{INDENT}{_takes(answer)}")


def _takes(answer: AccessAnswer) -> str:
    """Return the roles that would turn a no into a yes, as text."""
    parts = []
    for level, of in groupby(answer.needed, lambda role: role.level):
        names = listed([role.name for role in of], MOST_ROLES, "or")
        if level is Level.ACCOUNT:
            parts.append(f"the account role {names}")
        else:
            parts.append(f"{names} in {place(answer.scope)}")
    return f"it takes {', or '.join(parts)}" if parts else NO_ROLE


def _explained(explanation: Explanation) -> Iterator[Line]:
    name = label(explanation.principal)
    yield Line(f"{name} {explanation.obstacle}" if explanation.obstacle else name, Tone.HEADING)
    if not explanation.paths:
        yield Line(f"  no way to {explanation.permission or 'anything'}")
    for scope, of in groupby(explanation.paths, lambda timed: timed[1].scope):
        yield Line(f"  in {place(scope)}")
        for shut, path in of:
            how = describe_path(path, explanation.principal, explanation.access.state, "")
            names = sorted(explanation.access.alphabet.names(path.permissions))
            yield Line(f"    {shut}{how}: {counted(len(names), 'permission')}")
            yield Line(f"      {', '.join(names)}")
