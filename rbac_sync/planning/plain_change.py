"""Changes as plain JSON values and back: in plan files, audit rows and JSON output."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..model import Binding, Resource
from ..model.plain import RESOURCES, address, plain, quoted, resource, text
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
    before, after = change.texts
    head = f'{{"action":"{change.action}","address":{quoted(str(change.address))}'
    more = "".join([f',"{name}":{text(part)}' for name, part in _company(change)])
    return f'{head},"after":{after},"before":{before}{more}}}'


def company(change: Change) -> dict[str, Any]:
    """Return the ``brings`` and ``joins`` of *change* as plain JSON, without empty ones."""
    return {name: plain(part) for name, part in _company(change)}


def _company(change: Change) -> list[tuple[str, tuple[Any, ...]]]:
    parts = (("brings", change.brings), ("joins", change.joins))
    return [(name, part) for name, part in parts if part]


def change_of(document: Mapping[str, Any]) -> Change:
    """Return the change in the JSON that ``plain_change`` made.

    Raises:
        ValueError, TypeError, KeyError: the JSON is not that of a change.
    """
    before, after = (_side(document[name]) for name in ("before", "after"))
    brings = map(resource, document.get("brings", ()))
    return _change(before, after, brings, document.get("joins", ()))


def object_of(document: dict[str, Any]) -> Resource | Change | dict[str, Any]:
    """Return the resource or change that a JSON object of a plan stands for; a parser's hook.

    The parser converts inner objects first. Other objects are returned unchanged.

    Raises:
        ValueError, TypeError, KeyError: the object is malformed.
    """
    if "kind" in document:
        return resource(document)
    if "after" not in document:
        return document
    brings, joins = document.get("brings", ()), document.get("joins", ())
    return _change(document["before"], document["after"], brings, joins)


def _change(
    before: Resource | None, after: Resource | None, brings: Iterable[Any], joins: Iterable[Any]
) -> Change:
    sides = [side for side in (before, after) if side is not None]
    if not sides or not all(type(side) in RESOURCES for side in sides):
        raise ValueError("a change has at least one side, and a resource on each")
    bindings = tuple(brings)
    if not all(isinstance(each, Binding) for each in bindings):
        raise ValueError("a change brings nothing but bindings")
    return Change(before, after, bindings, tuple(map(address, joins)))


def _side(document: Mapping[str, Any] | None) -> Resource | None:
    return None if document is None else resource(document)
