"""Changes as plain JSON values and back: in plan files, audit rows and JSON output."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..model import Binding, Resource
from ..model.plain import address, canonical, plain, resource, text
from .change import Change


def plain_change(change: Change) -> dict[str, Any]:
    """Return *change* as plain JSON; ``address`` and ``action`` are for readers only."""
    return {
        "address": str(change.address),
        "action": str(change.action),
        "before": plain(change.before) if change.before else None,
        "after": plain(change.after) if change.after else None,
        **company(change),
    }


def text_of_change(change: Change) -> str:
    """Return the canonical text of ``plain_change(change)``."""
    sides = f'"after":{text(change.after)},"before":{text(change.before)}'
    more = "".join([f',"{name}":{canonical(each)}' for name, each in company(change).items()])
    address = canonical(str(change.address))
    return f'{{"action":"{change.action}","address":{address},{sides}{more}}}'


def company(change: Change) -> dict[str, Any]:
    """Return the ``brings`` and ``joins`` of *change* as plain JSON, without empty ones."""
    parts = {"brings": change.brings, "joins": change.joins}
    return {name: [plain(each) for each in part] for name, part in parts.items() if part}


def change_of(document: Mapping[str, Any]) -> Change:
    """Return the change in the JSON that ``plain_change`` made.

    Raises:
        ValueError, TypeError, KeyError: not such a form.
    """
    if not (document["before"] or document["after"]):
        raise ValueError("a change has at least one side")
    before, after = _side(document["before"]), _side(document["after"])
    brings = map(resource, document.get("brings", ()))
    bindings = tuple([b for b in brings if isinstance(b, Binding)])
    return Change(before, after, bindings, tuple(map(address, document.get("joins", ()))))


def _side(document: Mapping[str, Any] | None) -> Resource | None:
    return resource(document) if document else None
