"""The findings about ``[[test]]``: on the outcome, and on every state on the way to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, assert_never

from ...model import (
    ACCOUNT,
    ANYWHERE,
    Address,
    Resource,
    Role,
    ServiceAccount,
    State,
    Team,
    User,
)
from ...model.expectation import Ability, Asset, Circle, Expectation, Separation
from ...planning import Change, make
from ...planning.unseen import is_partly_seen
from ..access import Access
from ..affected import Affected, affected_by
from ..context import GuardContext
from ..findings import Finding, RuleId
from ..granted import members

if TYPE_CHECKING:
    from .failures import Failure

HINT = "change the access, or the test if it is out of date"

Known = defaultdict[tuple[Expectation, str, Address | None, Address | None], set[str]]
"""The names in failures that a plan does not cause, by test, verb, principal and scope."""


def refusals(context: GuardContext) -> Iterator[Finding]:
    """Yield the failures that refuse the plan; see the rule ``test``."""
    expectations = _expectations(context, warns=False)
    if not expectations:
        return
    failures = _failures(expectations, context)
    for failure in failures:
        yield finding_of(failure)
    yield from _between(expectations, context, failures)


def warnings(context: GuardContext) -> Iterator[Finding]:
    """Yield the failures, on the outcome, of the tests that only warn."""
    expectations = _expectations(context, warns=True)
    for failure in _failures(expectations, context) if expectations else ():
        yield finding_of(failure)


def _expectations(context: GuardContext, *, warns: bool) -> list[Expectation]:
    """Return the tests, each also under the names that the plan gives to what it names.

    *Why*: a plan that renames a thing would pass every test that forbids access to it.
    """
    expectations = [each for each in context.expectations if each.warns is warns]
    renamed = ((each, _renamed(each, context)) for each in expectations)
    return expectations + [new for each, new in renamed if new != each]


def _renamed(expected: Expectation, context: GuardContext) -> Expectation:
    new = context.new_address

    def moved(asset: Asset) -> Asset:
        return replace(asset, roles=frozenset(map(new, asset.roles)))

    match expected:
        case Ability(_, who, scope, at_most=most, at_least=least):
            most, least = most and new(most), least and new(least)
            return replace(expected, who=new(who), scope=new(scope), at_most=most, at_least=least)
        case Circle(_, asset, scope):
            return replace(expected, asset=moved(asset), scope=new(scope))
        case Separation(_, assets, where):
            assets = tuple(map(moved, assets))
            return replace(expected, assets=assets, scope=where and new(where))
    assert_never(expected)


def _failures(expectations: Iterable[Expectation], context: GuardContext) -> list[Failure]:
    """Return the failures on the outcome, without those that unread access may disprove."""
    from .evaluate import Evaluator

    outcome = Evaluator(expectations, context.outcome, context.now)
    return [each for each in outcome.failures() if not _is_unknown(each, context)]


def finding_of(failure: Failure) -> Finding:
    """Return the finding that says how a test fails."""
    return _finding(failure, f"test `{failure.expectation.name}` fails: {failure.what}", HINT)


def _between(
    expectations: Iterable[Expectation], context: GuardContext, failures: Iterable[Failure]
) -> Iterator[Finding]:
    """Yield the failures after a step that are neither there before the plan nor after it.

    A role that a test names may change on the way; it counts as before or after the plan.
    """
    changes = context.after_renames[:-1]
    if not changes:
        return
    from .evaluate import Evaluator

    draft = context.start.draft()
    access = Access(draft, context.catalogue, context.outcome.alphabet)
    before, after = context.before.roles.here, context.outcome.roles.here
    evaluator = Evaluator(
        expectations,
        access,
        context.now,
        measure=lambda role: before(role) | after(role),
        floor=lambda role: before(role) & after(role),
    )
    known: Known = defaultdict(set)
    for failure in (*failures, *evaluator.failures()):
        known[_key(failure)].update(failure.names)
    for change in changes:
        touched = [*_touched(change.before, change.after, draft)]
        make(draft, change)
        if isinstance(change.resource, Role):
            access.roles.forget()
        touched += _touched(change.after, change.before, draft)
        for failure in evaluator.failures_at(touched):
            is_new = failure.scope is not None and not context.start.knows(failure.scope)
            if failure.is_lack and is_new:
                continue  # nobody had access to a scope that the plan creates
            if failure.may_pass(expectations) or _is_unknown(failure, context):
                continue
            if not known[_key(failure)].issuperset(failure.names):
                known[_key(failure)].update(failure.names)
                yield _on_the_way(failure, change)


def _touched(side: Resource | None, other: Resource | None, state: State) -> Iterator[Affected]:
    """Yield where tests may give another result because *state* has *side* and not *other*."""
    yield from affected_by(side, other, state, ())
    people = {side.address} if isinstance(side, User | ServiceAccount) else set()
    people |= {m.principal for m in members(side) - members(other)}  # tests name teams too
    for person in sorted(people):
        yield from ((person, ACCOUNT), (person, ANYWHERE))
    if isinstance(side, Team) and other is None:
        scopes = (*state.scopes_of(side.address), ACCOUNT, ANYWHERE)
        yield from ((side.address, scope) for scope in scopes)


def _is_unknown(failure: Failure, context: GuardContext) -> bool:
    """Say whether access that was not read may give the permission that is missing in *failure*."""
    is_no = failure.is_lack and failure.scope is not None
    return is_no and is_partly_seen(failure.scope, context.start, context.start_horizon)


def _key(failure: Failure) -> tuple[Expectation, str, Address | None, Address | None]:
    return failure.expectation, failure.verb, failure.principal, failure.scope


def _on_the_way(failure: Failure, change: Change) -> Finding:
    after = f"after `{change.address}`, and not at the end"
    message = f"test `{failure.expectation.name}` would fail {after}: {failure.what}"
    order = ("gives", "takes") if failure.is_lack else ("takes", "gives")
    hint = "make the change in two plans: first what {}, then what {}".format(*order)
    return _finding(failure, message, hint)


def _finding(failure: Failure, message: str, hint: str) -> Finding:
    place, permissions = failure.expectation.place, failure.permissions
    return Finding(RuleId.TEST, failure.principal, message, hint, failure.scope, permissions, place)
