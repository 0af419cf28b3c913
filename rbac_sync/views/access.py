"""Answers about access as text and JSON."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from ..errors import Place
from ..guard import Access, Path
from ..guard.bitsets import union
from ..guard.risk import Ranking
from ..model import (
    ACCOUNT,
    EVERYONE,
    Address,
    Kind,
    Level,
    ObjectAccess,
    ObjectLevel,
    Permission,
    label,
    place,
)
from ..model.address import binding
from ..model.declaration import nowhere
from . import plan_json as forms
from .access_answers import AccessAnswer
from .terminal import BLANK, PLAIN, Layout, Line, Tone, render_lines
from .words import counted, describe_path, format_place, listed, term

MOST_ROLES = 8
MOST_NAMED = 6
NO_ROLE = "no role here holds it"
INDENT = " " * 5

Origin = Callable[[Address], Place | None]
"""Returns the place where a grant is declared, None if it is not declared."""


def render_answer(
    answer: AccessAnswer,
    layout: Layout = PLAIN,
    *,
    every: bool = False,
    origin: Origin = nowhere,
) -> str:
    """Return an answer as text: a verdict on one permission in one scope, else an explanation.

    An explanation names the place of each grant by *origin* and, with *every*, all permissions.
    """
    if answer.scope and answer.permission:
        return render_lines(_judged(answer, answer.scope, answer.permission), layout)
    return render_lines(_explained(answer, origin, every=every), layout)


def to_json(answer: AccessAnswer) -> forms.JsonObject:
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
    if answer.scope and answer.permission:
        needed = [{"role": r.name, "level": str(r.level)} for r in answer.needed]
        result |= {"scope": forms.scope(answer.scope), "allowed": answer.yes, "needed": needed}
    return result


def _judged(answer: AccessAnswer, scope: Address, permission: Permission) -> Iterator[Line]:
    name = label(answer.principal)
    if answer.yes:
        yield Line(f"yes  {name} may {permission} in {place(scope)}", Tone.GAIN)
    else:
        yield Line(f"no   {name} may not {permission} in {place(scope)}", Tone.LOSS)
    if answer.obstacle:
        yield Line(f"{INDENT}{name} {answer.obstacle}")
    for shut, path in answer.paths:
        how = describe_path(path, answer.principal, answer.access.state, f" in {place(path.bound)}")
        yield Line(f"{INDENT}{shut}{how} (which includes {permission})")
    if not answer.yes and not answer.obstacle:
        yield Line(f"{INDENT}{_takes(answer, scope, permission)}")


def _takes(answer: AccessAnswer, scope: Address, permission: Permission) -> str:
    """Return the roles, or the needs of an object, that would turn a no into a yes, as text."""
    thing, parts = answer.access.state.get(scope), []
    if isinstance(thing, ObjectAccess):
        right = answer.access.catalogue.lists[thing.type][ObjectLevel(permission)]
        return f"it needs {right} in {place(thing.workspace)}, and a place on its access list"
    for level, of in groupby(answer.needed, lambda role: role.level):
        names = listed([role.name for role in of], MOST_ROLES, "or")
        here = f"{names} in {place(scope)}"
        parts.append(f"the account role {names}" if level is Level.ACCOUNT else here)
    return f"it needs {', or '.join(parts)}" if parts else NO_ROLE


def _explained(explanation: AccessAnswer, origin: Origin, *, every: bool) -> Iterator[Line]:
    name = label(explanation.principal)
    if explanation.obstacle:
        yield Line(f"{name} {explanation.obstacle}", Tone.HEADING)
    if not explanation.paths:
        yield Line(f"{name} has no way to {explanation.permission or 'anything'}")
    for scope, of in groupby(explanation.paths, lambda timed: timed[1].scope):
        yield from _explained_scope(explanation, scope, list(of), origin, every=every)


def _explained_scope(
    explanation: AccessAnswer,
    scope: Address,
    timed: list[tuple[str, Path]],
    origin: Origin,
    *,
    every: bool,
) -> Iterator[Line]:
    """Yield the sum of a scope, a row for each path, and the permissions of only one role."""
    access = explanation.access
    level = Level.ACCOUNT if scope == ACCOUNT else Level.WORKSPACE
    known = sum(title.level is level for title in access.catalogue.titles.values())
    listed_object = access.state.get(scope)
    if isinstance(listed_object, ObjectAccess):
        known = len(listed_object.levels)
    open_paths = [path for shut, path in timed if not shut]
    names = access.alphabet.names(union(path.permissions for path in open_paths))
    roles = dict.fromkeys(
        path.role.name + (f" (until {path.until:%Y-%m-%d})" if path.until else "")
        for path in open_paths
    )
    head = f"{label(explanation.principal)} in {place(scope)}: {len(names)} of {known} permissions"
    yield Line(f"{head}{', by ' if roles else ''}{' + '.join(roles)}", Tone.HEADING, 4)
    width = max(len(path.role.name) for _, path in timed)
    for shut, path in timed:
        count = path.permissions.bit_count()
        how = shut + describe_path(path, explanation.principal, access.state, "")
        how += format_place(origin(binding(path.holder, path.bound)))
        yield Line(f"  {path.role.name:<{width}}  {count:>3}  {how}", hang=width + 9)
    yield from _alone(access, open_paths)
    if every:
        yield Line(f"  {', '.join(Ranking(access.catalogue).sorted(names))}", hang=2)


def _alone(access: Access, paths: list[Path]) -> Iterator[Line]:
    """Yield the permissions that only one of several roles gives, the riskiest first."""
    by_role: defaultdict[Address, int] = defaultdict(int)
    for path in paths:
        by_role[path.role] |= path.permissions
    for role, mask in by_role.items() if len(by_role) > 1 else ():
        others = union(other for each, other in by_role.items() if each != role)
        names = Ranking(access.catalogue).sorted(access.alphabet.names(mask & ~others))
        if names:
            yield Line(f"  {len(names)} only by {role.name}: {listed(names, MOST_NAMED)}", hang=4)


def render_holders(
    answers: Sequence[AccessAnswer],
    permission: Permission,
    scope: Address,
    layout: Layout,
    origin: Origin,
) -> str:
    """Return the holders of *permission* in *scope* as text: a sum, and a row for each path."""
    if not answers:
        return f"nobody may {permission}"
    kinds = Counter(answer.principal.kind for answer in answers)
    nouns = {Kind.USER: "person", Kind.SERVICE_ACCOUNT: "service account"}
    parts = [counted(kinds[kind], noun) for kind, noun in nouns.items() if kinds[kind]]
    lines = [Line(f"{permission} in {place(scope)}: {', '.join(parts)}", Tone.HEADING)]
    lines += [BLANK, *_holder_rows(answers, origin)]
    return render_lines(lines, layout)


def _holder_rows(answers: Sequence[AccessAnswer], origin: Origin) -> Iterator[Line]:
    """Yield a row for each path: role, principal, team, end, place."""
    ways: defaultdict[tuple[str, str, str], list[str]] = defaultdict(list)
    for answer in answers:
        for path in (path for shut, path in answer.paths if not shut):
            ways[_way(path, answer.principal, origin)].append(label(answer.principal))
    width = max(len(role) for role, *_ in ways)
    for (role, via, where), names in ways.items():
        text = f"  {role:<{width}}  {', '.join(names)}"
        yield Line("  ".join(filter(None, (text, via, where))), hang=width + 4)


def _way(path: Path, principal: Address, origin: Origin) -> tuple[str, str, str]:
    """Return the role with its scope, the team with the term, and the place of the grant."""
    role = path.role.name
    where = place(path.bound).removeprefix("workspace ")
    title = f"{role} of the account" if path.bound == ACCOUNT else f"{role} in {where}"
    if path.holder == EVERYONE:
        title = f"{role}, the default role of {where}"
    via = "" if path.holder in (principal, EVERYONE) else f"via {label(path.holder)}"
    via += term(path.since, path.until, path.reason)
    return title, via.strip(), format_place(origin(binding(path.holder, path.bound))).strip()
