"""``[[test]]`` put to what is declared, without a look at what is live."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..catalogues import catalogue
from ..guard import Access
from ..guard.policy_tests.evaluate import Evaluator
from ..guard.policy_tests.failures import Failure
from ..model import (
    Address,
    Catalogue,
    Declaration,
    Expectation,
    Instant,
    Kind,
    Resource,
    ServiceAccount,
    State,
    Team,
    User,
)
from .configuration import WORLD, Configuration, validate


@dataclass(frozen=True)
class Tested:
    """Each test with the ways in which it fails, none if it holds, in the order written.

    ``state`` is what they were put to.
    """

    results: tuple[tuple[Expectation, tuple[Failure, ...]], ...]
    state: State

    @property
    def failed(self) -> int:
        """The number of tests that fail."""
        return sum(bool(failures) for _, failures in self.results)


def tested(configuration: Configuration, now: Instant) -> Tested:
    """Return how the tests end on what is declared alone.

    Raises:
        ConfigError: it cannot be used as written.
    """
    known = catalogue(configuration.settings.world or WORLD)
    declaration = validate(configuration, now)
    state = declared_alone(declaration, known)
    access = Access(state, known)
    results = (
        (expected, tuple(Evaluator([expected], access, now).failures()))
        for expected in declaration.expectations
    )
    return Tested(tuple(results), state)


def declared_alone(declaration: Declaration, known: Catalogue) -> State:
    """Return what is declared, with the world's own roles and with whomever it takes for granted.

    Who holds something and is kept elsewhere is there, as far as anybody can tell.
    """
    draft = declaration.desired.draft()
    for role in known.roles.values():
        draft.put(role)
    for resource in _granted(declaration.desired):
        draft.put(resource)
    return draft


def _granted(desired: State) -> Iterator[Resource]:
    holders = {principal for scope in desired.scopes() for principal in desired.row(scope)}
    for team in desired.of(Team).values():
        holders |= team.references
    for principal in sorted(holders):
        if not desired.knows(principal):
            yield _unknown(principal)


def _unknown(principal: Address) -> Resource:
    if principal.kind is Kind.USER:
        return User(principal.key)
    return Team(principal.key) if principal.kind is Kind.TEAM else ServiceAccount(principal.key)
