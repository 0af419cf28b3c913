"""The run of ``[[test]]`` tables on the declared state alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..dataclasses import dataclass
from ..errors import Diagnostic
from ..guard import Access, Finding, finding_of
from ..guard.policy_tests.evaluate import Evaluator
from ..guard.policy_tests.failures import Failure
from ..model import (
    Address,
    Catalogue,
    Declaration,
    Instant,
    Kind,
    Resource,
    ServiceAccount,
    State,
    Team,
    User,
)
from .advice import advice_of
from .configuration import Configuration, validate
from .run_options import RunOptions

if TYPE_CHECKING:
    from ..model.expectation import Expectation


@dataclass(frozen=True)
class PolicyTestResult:
    """Each test with its failures, none if it holds, in the order written.

    ``state`` is the state on which the tests ran.
    """

    results: tuple[tuple[Expectation, tuple[Failure, ...]], ...]
    state: State

    @property
    def failed(self) -> int:
        """The number of tests that fail and do not only warn."""
        return sum(bool(failures) and not each.warns for each, failures in self.results)

    @property
    def expectations(self) -> tuple[Expectation, ...]:
        return tuple(each for each, _ in self.results)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The failures of the tests that do not only warn."""
        return tuple(map(finding_of, self._failures(warns=False)))

    @property
    def advice(self) -> tuple[Diagnostic, ...]:
        """The failures of the tests that only warn."""
        return tuple(advice_of(finding_of(each)) for each in self._failures(warns=True))

    def _failures(self, *, warns: bool) -> Iterator[Failure]:
        for each, failures in self.results:
            yield from failures if each.warns is warns else ()


def run_policy_tests(
    configuration: Configuration, now: Instant, options: RunOptions
) -> PolicyTestResult:
    """Return the results of the tests on the declared state alone.

    Raises:
        ConfigError: it cannot be used as written.
    """
    declaration, world = validate(configuration, now), configuration.catalogue
    state = declared_state(declaration, world)
    access = Access(state, world)
    results = (
        (expected, tuple(Evaluator([expected], access, now).failures()))
        for expected in options.judged(declaration.expectations)
    )
    return PolicyTestResult(tuple(results), state)


def declared_state(declaration: Declaration, catalogue: Catalogue) -> State:
    """Return the declared state, with built-in roles and with principals that it only refers to.

    A principal that has a binding but no declaration counts as active.
    """
    draft = declaration.desired.draft()
    for role in catalogue.roles.values():
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
