"""Whole addresses in ``[guard]``: an edit of ``[people]`` cannot change their meaning."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import BaseModel

from ..model.kind import PREFIXES
from .problems import TomlLocation
from .resolve import NameResolver
from .values import AddressText, WholeAddress

MEMBER = "member."


def refuse_short_names(
    guard: BaseModel, location: TomlLocation, names: NameResolver
) -> frozenset[str]:
    """Refuse, and return, the values of *guard* that name a person by a short name."""
    values = set()
    for place, text in _address_values(guard, location):
        before, who, after = _parts(text)
        if _is_short(text, before, who, names):
            message = f"`{who}` is a short name; `[guard]` takes whole addresses only"
            hint = _hint(text, names.people.get(who, ""), after)
            names.problems.add("RS125", place, message, hint=hint)
            values.add(str(text))
    return frozenset(values)


def _parts(text: AddressText) -> tuple[str, str, str]:
    """Return the parts of *text* before the user, the user, and after it."""
    if not isinstance(text, WholeAddress) or not text.startswith(MEMBER):
        return "", str(text), ""
    who, slash, inner = text.removeprefix(MEMBER).partition("/")
    return MEMBER, who, f"{slash}{inner}"


def _is_short(text: AddressText, before: str, who: str, names: NameResolver) -> bool:
    if isinstance(text, WholeAddress):
        return "@" not in who if before else ("." not in who and who in names.people)
    prefix, colon, _ = who.partition(":")
    return "@" not in who and not (colon and prefix in PREFIXES)


def _hint(text: AddressText, email: str, after: str) -> str:
    if isinstance(text, WholeAddress):
        return f"write `{MEMBER}{email or 'EMAIL'}{after}`"
    return f"write `{email}`" if email else "write an e-mail address, or `sa:NAME`"


def _address_values(
    value: object, location: TomlLocation
) -> Iterator[tuple[TomlLocation, AddressText]]:
    """Yield every value inside *value* that must be a whole address, with its location."""
    if isinstance(value, AddressText):
        yield location, value
    elif isinstance(value, BaseModel):
        for name in sorted(value.model_fields_set):
            yield from _address_values(getattr(value, name), location.at(name))
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _address_values(inner, location.at(key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _address_values(inner, location.at(index))
