"""The reasons of memberships and holdings: texts that grant nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TypeVar, assert_never, cast

from .resources import (
    Binding,
    Holding,
    Key,
    Membership,
    ObjectAccess,
    Resource,
    Role,
    ServiceAccount,
    Team,
    User,
    Workspace,
)

MOST_CHARACTERS = 500
"""The characters of the longest reason."""

R = TypeVar("R", bound=Resource)
Element = TypeVar("Element", bound=Holding | Membership)


def unexplained(resource: R) -> R:
    """Return *resource* without reasons."""
    value: Resource = resource
    match value:
        case Team():
            members = without_reasons(value.members)
            value = value if members is value.members else replace(value, members=members)
        case Binding():
            roles = without_reasons(value.roles)
            value = value if roles is value.roles else replace(value, roles=roles)
        case User() | ServiceAccount() | Key() | Workspace() | Role() | ObjectAccess():
            pass
        case _ as never:
            assert_never(never)
    return cast("R", value)


def elements(resource: Resource | None) -> frozenset[Holding | Membership]:
    """Return the elements with terms and reasons: memberships of a team, holdings of a binding."""
    match resource:
        case Team():
            return frozenset(resource.members)
        case Binding():
            return frozenset(resource.roles)
        case User() | ServiceAccount() | Key() | Workspace() | Role() | ObjectAccess() | None:
            return frozenset()
    assert_never(resource)


def in_order(elements: Collection[Element]) -> Sequence[Element]:
    """Return *elements* in an order that does not depend on their hashes, which differ by run."""
    return sorted(elements, key=repr) if len(elements) > 1 else tuple(elements)


def reason_fault(text: str) -> str:
    """Return the fault of a reason, or nothing; an empty reason has no fault.

    *Why* one line: reports show a reason in the middle of a line.
    """
    if not text.isprintable():
        return "must be one line of visible characters"
    if text != text.strip():
        return "must not begin or end with space"
    if len(text) > MOST_CHARACTERS:
        return f"is longer than {MOST_CHARACTERS} characters"
    return ""


def is_same(live: Resource | None, recorded: Resource | None) -> bool:
    """Say whether *live* equals *recorded*, except for reasons where the system keeps none."""
    return live == recorded or (recorded is not None and live == unexplained(recorded))


def without_reasons(elements: frozenset[Element]) -> frozenset[Element]:
    """Return *elements* without reasons; the same object where none has one."""
    if not any(element.reason for element in elements):
        return elements
    return frozenset(replace(element, reason="") for element in elements)


def with_reasons_of(elements: frozenset[Element], others: frozenset[Element]) -> frozenset[Element]:
    """Return *elements*, each replaced by the one of *others* that differs only in its reason."""
    known = {replace(other, reason=""): other for other in others}
    return frozenset(known.get(replace(e, reason=""), e) for e in elements)
