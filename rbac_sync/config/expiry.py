"""Ends of access: passed ones, near ones, and those that would leave too few owners."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from ..model import Holding, Instant, Kind, Level, Manage, Row, Subject
from ..model.instant import LONG_AGO, rfc3339
from .problems import TomlLocation
from .sources import Sources

if TYPE_CHECKING:
    from .resolve import NameResolver

SOON = timedelta(days=14)
"""The time before an end in which there is advice about it."""


def advise_on_end(
    subject: str, until: Instant, location: TomlLocation, names: NameResolver
) -> None:
    """Add advice if the end of *subject* is near."""
    if ends_soon(until, names.now):
        message = f"{subject} ends {format_remaining(until, names.now)}, {rfc3339(until)}"
        hint = "choose a later end if it is still needed"
        names.problems.add("RS506", location, message, hint=hint)


def ends_soon(until: Instant, now: Instant) -> bool:
    """Say whether *until* is near and has not passed."""
    return now < until <= now + SOON


def format_remaining(until: Instant, now: Instant) -> str:
    """Return ``in 3 days``, ``in 1 day``, or on the last day ``in less than a day``."""
    days = (until - now).days
    return f"in {days} day{'s' * (days != 1)}" if days else "in less than a day"


def refuse_too_few_owners(sources: Sources, names: NameResolver, account: Row, floor: int) -> None:
    """Add a problem for each end after which there are fewer declared owners than *floor*.

    It is an error where all members are declared; elsewhere an undeclared member may be an owner.
    """
    is_whole = names.reach.get(Subject.MEMBERS) is Manage.ALL
    is_written = sources.root.document.guard.min_owners is not None
    written = TomlLocation(sources.root, ("guard", "min_owners"))
    second = (written, "the floor") if is_written else None
    terms = _ownerships(account, names)
    starts = sorted(term.since or LONG_AGO for term in terms)
    ends = sorted(term.until for term in terms if term.until)
    for until, location in sorted(_ends(sources, names), key=lambda end: end[0]):
        owners = bisect_right(starts, until) - bisect_right(ends, until)
        if owners < floor:
            remaining = f"{owners} owner{'s' * (owners != 1)}"
            message = f"at {rfc3339(until)} there would be {remaining}; the minimum is {floor}"
            code = "RS315" if is_whole else "RS507"
            hint = "let this one stay, or make somebody else an owner for longer"
            names.problems.add(code, location, message, hint=hint, second=second)


def _ends(sources: Sources, names: NameResolver) -> Iterator[tuple[Instant, TomlLocation]]:
    """Yield the future ends of ownerships, and their locations."""
    owner = names.catalogue.owner
    for of_role, role, entries in sources.named("members"):
        if names.known_role(role, Level.ACCOUNT) != owner:
            continue
        for index, entry in enumerate(entries):
            location = of_role.at(index)
            for holder in names.groups.expand(entry, location):
                until = holder.term.until
                if until and until > names.now:
                    is_written = not isinstance(entry, str) and entry.until == until
                    yield until, location.at("until") if is_written else location


def _ownerships(account: Row, names: NameResolver) -> list[Holding]:
    """Return the holdings of the owner role by users in the row *account*."""
    owner = names.catalogue.owner
    return [
        holding
        for who, roles in account.items()
        for holding in roles
        if who.kind is Kind.USER and holding.role == owner
    ]
