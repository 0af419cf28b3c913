"""The table ``[alumni]``: people on record who have left, and hold nothing any more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..model import Address, Alumnus
from ..model import address as named
from ..model.address import folded
from ..model.instant import rfc3339
from .problems import TomlLocation
from .sources import Sources
from .text_rules import EMAIL_HINT, email_fault

if TYPE_CHECKING:
    from .resolve import NameResolver

LEAVES_LATER = "until then, write the day as `until` where the person holds something"


def locations(sources: Sources) -> Mapping[str, TomlLocation]:
    """Return the first location of each alumnus, by folded e-mail address."""
    first: dict[str, TomlLocation] = {}
    for location, name, _ in sources.named("alumni"):
        first.setdefault(folded(sources.people.get(name, name)), location.key)
    return first


def read_alumni(sources: Sources, names: NameResolver) -> Mapping[Address, Alumnus]:
    """Return the record of each alumnus; add the problems of names and dates."""
    alumni: dict[Address, Alumnus] = {}
    for table_location, name, table in sources.named("alumni"):
        location = table_location.key
        email = sources.people.get(name, name)
        if fault := email_fault(email):
            _refuse_name(name, fault, location, names)
            continue
        names.used.add(name)
        who = named.user(email)
        if who in alumni:
            names.problems.add_twice(name, location, names.alumni[folded(email)])
        if table.left is not None and table.left > names.now:
            message = f"`{name}` is in `[alumni]` and leaves only at {rfc3339(table.left)}"
            names.problems.add("RS351", location.at("left"), message, hint=LEAVES_LATER)
        alumni[who] = Alumnus(table.left, table.by or "", table.reason, table.note, location.place)
    return alumni


def _refuse_name(name: str, fault: str, location: TomlLocation, names: NameResolver) -> None:
    if "@" in name:
        names.problems.add("RS118", location, f"`{name}` {fault}", hint=EMAIL_HINT)
    elif name not in names.declared("people"):
        hint = "add it to `[people]`, or write an e-mail address"
        names.problems.add("RS201", location, f"unknown short name `{name}`", hint=hint)


def refuse_alumnus(text: str, email: str, location: TomlLocation, names: NameResolver) -> bool:
    """Add a problem, and return True, if the person of *email* is an alumnus."""
    left = names.alumni.get(folded(email))
    if left is not None:
        message = f"`{text}` has left, as `[alumni]` says, and holds nothing"
        hint = "take the name out here, or out of `[alumni]` if the person is back"
        second = (left, "on record here")
        names.problems.add("RS350", location, message, hint=hint, second=second)
    return left is not None


def alumnus(text: str, names: NameResolver) -> Address | None:
    """Return the address of the alumnus *text*; None if *text* names no alumnus."""
    email = names.people.get(text, text)
    return named.user(email) if folded(email) in names.alumni else None
