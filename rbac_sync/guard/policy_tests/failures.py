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

TOO_FEW = "too few"
COULD_NOT, COULD, ALSO, BEYOND = "could not", "could", "could also", "could beyond"
LACKS = (COULD_NOT, TOO_FEW)
"""The kinds of failure caused by permissions that a principal does not hold."""

MOST = 6
"""More names than these are only counted."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One failure of a test.

    ``principal`` is None if the number of holders fails; ``scope`` is None if several scopes
    do together. ``names`` are the permissions or roles of the test, sorted; ``what`` is
    the message; ``paths`` give the access that is too much.
    """

    expectation: Expectation
    verb: str
    principal: Address | None
    scope: Address | None
    names: tuple[str, ...]
    what: str = field(compare=False)
    permissions: tuple[Permission, ...] = field(default=(), compare=False)
    paths: tuple[Path, ...] = field(default=(), compare=False)


def ability_failure(
    expected: Ability, verb: str, scope: Address, permissions: Permissions, paths: Iterable[Path]
) -> Failure:
    """Return the failure of a missing or a forbidden ability of ``who``."""
    names, who = tuple(sorted(permissions)), expected.who
    role = expected.at_most.key.partition("/")[2] if expected.at_most else ""
    more = f", more than `{role}`" if verb == BEYOND else ""
    verb_text = COULD if verb == BEYOND else verb
    what = f"`{label(who)}` {verb_text} {_listed(names)} in {place(scope)}{more}"
    return Failure(expected, verb, who, scope, names, what, names, tuple(paths))


def circle_failure(
    expected: Circle, principal: Address, scope: Address, paths: Iterable[Path]
) -> Failure:
    """Return the failure of a holder outside of the circle."""
    what = f"`{label(principal)}` could {_use(expected.asset)} in {place(scope)}"
    names, permissions = (expected.asset.name,), _permissions([expected.asset])
    return Failure(expected, COULD, principal, scope, names, what, permissions, tuple(paths))


def crowd_failure(expected: Circle, scope: Address, count: int) -> Failure:
    """Return the failure that *count* holders are too many."""
    could = f"{count} could {_use(expected.asset)} in {place(scope)}"
    what = f"{could}, and at most {expected.at_most} may"
    names, permissions = (expected.asset.name,), _permissions([expected.asset])
    return Failure(expected, "too many", None, scope, names, what, permissions)


def scarcity_failure(expected: Circle, scope: Address, count: int) -> Failure:
    """Return the failure that *count* holders are too few."""
    can = f"{count} can {_use(expected.asset)} in {place(scope)}"
    what = f"{can}, and at least {expected.at_least} must"
    names, permissions = (expected.asset.name,), _permissions([expected.asset])
    return Failure(expected, TOO_FEW, None, scope, names, what, permissions)


def separation_failure(
    expected: Separation,
    principal: Address,
    scope: Address | None,
    held: Sequence[Asset],
    paths: Iterable[Path],
) -> Failure:
    """Return the failure of a principal that could hold separated assets together."""
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
    text = ", ".join(f"`{name}`" for name in names[:MOST])
    return text + (f" and {len(names) - MOST} more" if len(names) > MOST else "")
