"""Whole addresses in ``[guard]``: an edit of ``[people]`` cannot change their meaning."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..model.kind import PREFIXES
from .problems import TomlLocation
from .resolve import NameResolver
from .table_forms import Table
from .values import AddressText, WholeAddress

MEMBER = "member."
SOMEBODY = "write an e-mail address, or `sa:NAME`"


def refuse_short_names(guard: Table, location: TomlLocation, names: NameResolver) -> frozenset[str]:
    """Refuse, and return, the values of *guard* that name a person by a short name."""
    values = set()
    for place, text in _address_values(guard, location):
        who, hint = _short_name(text, names.people)
        if who is not None:
            message = f"`{who}` is a short name; `[guard]` takes whole addresses only"
            names.problems.add("RS125", place, message, hint=hint)
            values.add(str(text))
    return frozenset(values)


def _short_name(text: AddressText, people: Mapping[str, str]) -> tuple[str | None, str]:
    """Return the short name in *text*, None if there is none, and a hint on its whole form."""
    if isinstance(text, WholeAddress):
        who, slash, inner = text.removeprefix(MEMBER).partition("/")
        is_member = text.startswith(MEMBER)
        is_short = "@" not in who if is_member else text in people and "." not in text
        name = who if is_member else str(text)
        after = f"{slash}{inner}" if is_member else ""
        return (name if is_short else None), f"write `{MEMBER}{people.get(name, 'EMAIL')}{after}`"
    prefix, colon, _ = text.partition(":")
    is_short = "@" not in text and not (colon and prefix in PREFIXES)
    hint = f"write `{people[text]}`" if text in people else SOMEBODY
    return (str(text) if is_short else None), hint


def _address_values(
    value: object, location: TomlLocation
) -> Iterator[tuple[TomlLocation, AddressText]]:
    """Yield every value inside *value* that must be a whole address, with its location."""
    if isinstance(value, AddressText):
        yield location, value
    elif isinstance(value, Table):
        for name in sorted(value.written):
            yield from _address_values(getattr(value, name), location.at(name))
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _address_values(inner, location.at(key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _address_values(inner, location.at(index))
