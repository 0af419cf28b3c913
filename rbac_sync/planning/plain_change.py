"""Changes as plain JSON values and back: in plan files, audit rows and machine output."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..model import Binding, Resource
from ..model.plain import address, plain, resource
from .change import Change


def plain_change(change: Change) -> dict[str, Any]:
    """Return *change* as plain JSON; ``address`` and ``action`` are there to be read."""
    return {
        "address": str(change.address),
        "action": str(change.action),
        "before": plain(change.before) if change.before else None,
        "after": plain(change.after) if change.after else None,
        **company(change),
    }


def company(change: Change) -> dict[str, Any]:
    """Return what comes into being with *change* as plain JSON, empty if nothing does."""
    return {
        **({"brings": [plain(b) for b in change.brings]} if change.brings else {}),
        **({"joins": [plain(t) for t in change.joins]} if change.joins else {}),
    }


def change_of(shown: Mapping[str, Any]) -> Change:
    """Return the change that ``plain_change`` showed.

    Raises:
        ValueError, TypeError, KeyError: not such a form.
    """
    if not (shown["before"] or shown["after"]):
        raise ValueError("a change has at least one side")
    brings = [resource(b) for b in shown.get("brings", ())]
    return Change(
        _side(shown["before"]),
        _side(shown["after"]),
        tuple(b for b in brings if isinstance(b, Binding)),
        tuple(address(t) for t in shown.get("joins", ())),
    )


def _side(shown: Mapping[str, Any] | None) -> Resource | None:
    return resource(shown) if shown else None
