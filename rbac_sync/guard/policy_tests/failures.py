"""A failure of a test, and its message."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ...model import (
    Ability,
    Address,
    Asset,
    Circle,
    Expectation,
    Permission,
    Permissions,
    Separation,
    label,
    place,
)
from ..access import Path

COULD_NOT, COULD, ALSO, BEYOND = "could not", "could", "could also", "could beyond"
MOST = 6
"""More names than these are only counted."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One way in which a test fails.

    ``principal`` None: too many, whoever they are; ``scope`` None: here and
    there. ``names`` are the permissions or roles in question, sorted; ``what``
    says it all in words; ``paths`` are those that give what is too much.
    """

    expectation: Expectation
    verb: str
    principal: Address | None
    scope: Address | None
    names: tuple[str, ...]
    what: str = field(compare=False)
    permissions: tuple[Permission, ...] = field(default=(), compare=False)
    paths: tuple[Path, ...] = field(default=(), compare=False)


def of_ability(
    expected: Ability, verb: str, scope: Address, permissions: Permissions, paths: Iterable[Path]
) -> Failure:
    """Return that ``who`` could not do what it must, or could do what it must not."""
    names, who = tuple(sorted(permissions)), expected.who
    role = expected.at_most.key.partition("/")[2] if expected.at_most else ""
    more = f", more than `{role}`" if verb == BEYOND else ""
    said = COULD if verb == BEYOND else verb
    what = f"`{label(who)}` {said} {_listed(names)} in {place(scope)}{more}"
    return Failure(expected, verb, who, scope, names, what, names, tuple(paths))


def of_circle(
    expected: Circle, principal: Address, scope: Address, paths: Iterable[Path]
) -> Failure:
    """Return that somebody outside the circle is in it."""
    what = f"`{label(principal)}` could {_use(expected.asset)} in {place(scope)}"
    names, permissions = (expected.asset.name,), _permissions([expected.asset])
    return Failure(expected, COULD, principal, scope, names, what, permissions, tuple(paths))


def of_crowd(expected: Circle, scope: Address, count: int) -> Failure:
    """Return that *count* are too many."""
    could = f"{count} could {_use(expected.asset)} in {place(scope)}"
    what = f"{could}, and at most {expected.at_most} may"
    names, permissions = (expected.asset.name,), _permissions([expected.asset])
    return Failure(expected, "too many", None, scope, names, what, permissions)


def of_separation(
    expected: Separation,
    principal: Address,
    scope: Address | None,
    held: Sequence[Asset],
    paths: Iterable[Path],
) -> Failure:
    """Return that somebody could hold together what is to be kept apart."""
    names = tuple(sorted(asset.name for asset in held))
    where = f"together in {place(scope)}" if scope else "together"
    what = f"`{label(principal)}` could hold {_listed(names)} {where}"
    permissions = _permissions(held)
    return Failure(expected, "together", principal, scope, names, what, permissions, tuple(paths))


def _use(asset: Asset) -> str:
    return f"hold `{asset.name}`" if asset.roles else f"`{asset.name}`"


def _permissions(assets: Iterable[Asset]) -> tuple[Permission, ...]:
    return tuple(sorted(a.permission for a in assets if a.permission is not None))


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(f"`{name}`" for name in names[:MOST])
    return shown + (f" and {len(names) - MOST} more" if len(names) > MOST else "")
