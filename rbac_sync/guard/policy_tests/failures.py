"""A failure of a test, and its message."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ...dataclasses import dataclass, field
from ...model import (
    Address,
    Permission,
    Permissions,
    label,
    place,
)
from ...model.expectation import Ability, Asset, Circle, Expectation, Separation
from ..access import Path
from ..findings import listed

TOO_FEW, TOO_MANY = "too few", "too many"
COULD_NOT, COULD, ALSO, BEYOND = "could not", "could", "could also", "could beyond"


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

    @property
    def is_lack(self) -> bool:
        """Say whether the cause is a permission that a principal does not hold."""
        return self.verb in (COULD_NOT, TOO_FEW)

    def may_pass(self, tests: Iterable[Expectation]) -> bool:
        """Say whether a handover may fail so on its way, where it succeeds in the end.

        The next holder comes before the former one goes, or after it if *tests* ask for an exact
        number: two plans cannot keep an exact number either.
        """
        expected = self.expectation
        if self.verb != TOO_FEW or not isinstance(expected, Circle):
            return self.verb == TOO_MANY
        least = expected.asset, expected.scope, expected.at_least
        circles = (each for each in tests if isinstance(each, Circle))
        return any((each.asset, each.scope, each.at_most) == least for each in circles)


def ability_failure(
    expected: Ability, verb: str, scope: Address, permissions: Permissions, paths: Iterable[Path]
) -> Failure:
    """Return the failure of a missing or a forbidden ability of ``who``."""
    names, who = tuple(sorted(permissions)), expected.who
    role = expected.at_most.key.partition("/")[2] if expected.at_most else ""
    more = f", more than `{role}`" if verb == BEYOND else ""
    verb_text = COULD if verb == BEYOND else verb
    what = f"`{label(who)}` {verb_text} {listed(names)} in {place(scope)}{more}"
    return Failure(expected, verb, who, scope, names, what, names, tuple(paths))


def circle_failure(
    expected: Circle, principal: Address, scope: Address, paths: Iterable[Path]
) -> Failure:
    """Return the failure of a holder outside of the circle."""
    what = f"`{label(principal)}` could {_use(expected.asset)}"
    return _of_circle(expected, COULD, principal, scope, what, paths)


def crowd_failure(expected: Circle, scope: Address, count: int) -> Failure:
    """Return the failure that *count* holders are too many."""
    what, limit = f"{count} could {_use(expected.asset)}", f"at most {expected.at_most} may"
    return _of_circle(expected, TOO_MANY, None, scope, what, limit=limit)


def scarcity_failure(expected: Circle, scope: Address, count: int) -> Failure:
    """Return the failure that *count* holders are too few."""
    what, limit = f"{count} can {_use(expected.asset)}", f"at least {expected.at_least} must"
    return _of_circle(expected, TOO_FEW, None, scope, what, limit=limit)


def _of_circle(
    expected: Circle,
    verb: str,
    principal: Address | None,
    scope: Address,
    what: str,
    paths: Iterable[Path] = (),
    limit: str = "",
) -> Failure:
    message = f"{what} in {place(scope)}{f', and {limit}' if limit else ''}"
    names, permissions = (expected.asset.name,), _permissions([expected.asset])
    return Failure(expected, verb, principal, scope, names, message, permissions, tuple(paths))


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
    what = f"`{label(principal)}` could hold {listed(names)} {where}"
    permissions = _permissions(held)
    return Failure(expected, "together", principal, scope, names, what, permissions, tuple(paths))


def _use(asset: Asset) -> str:
    return f"hold `{asset.name}`" if asset.roles else f"`{asset.name}`"


def _permissions(assets: Iterable[Asset]) -> tuple[Permission, ...]:
    return tuple(sorted(a.permission for a in assets if a.permission is not None))
