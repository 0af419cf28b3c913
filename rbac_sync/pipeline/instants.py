"""The instants at which something in an account, or in a table, begins or ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from itertools import chain

from ..config.text_rules import is_of_texts
from ..model import Address, Holding, Holdings, Instant, Key, Membership, State, Team, User


def live_instants(
    state: State, scopes: Iterable[Address], users: Iterable[User]
) -> Iterator[Instant]:
    """Yield each instant at which one of *users*, or a thing or a holding in *scopes*, ends."""
    held: set[Holdings] = set().union(*(state.row(scope).values() for scope in scopes))
    members = chain.from_iterable(team.members for team in state.of(Team).values())
    yield from _instants(chain(chain.from_iterable(held), members))
    yield from filter(None, (key.until for key in state.of(Key).values()))
    yield from filter(None, (user.expires for user in users))


def _instants(terms: Iterable[Holding | Membership]) -> Iterator[Instant]:
    for term in terms:
        yield from filter(None, (term.since, term.until))


def dates(value: object) -> Iterator[Instant]:
    """Yield each date that is written in a table."""
    if isinstance(value, datetime):
        yield value if value.tzinfo else value.replace(tzinfo=UTC)
    elif isinstance(value, date):
        yield datetime(value.year, value.month, value.day, tzinfo=UTC)
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from dates(inner)
    elif isinstance(value, list) and not is_of_texts(value):
        for inner in value:
            yield from dates(inner)


def next_instant(held: Iterable[Holdings], now: Instant | None = None) -> Instant | None:
    """Return the first instant, after *now* if given, at which one of *held* begins or ends."""
    instants = _instants(chain.from_iterable(set(held)))
    return min((each for each in instants if now is None or each > now), default=None)
