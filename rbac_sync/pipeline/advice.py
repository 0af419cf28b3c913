"""Advice that needs the live state: impossible renames, near ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from ..config.expiry import SOON, ends_soon, format_remaining
from ..errors import ConfigError, Diagnostic
from ..guard import GuardContext
from ..guard.findings import listed
from ..model import (
    Address,
    Binding,
    Declaration,
    Horizon,
    Instant,
    Key,
    Kind,
    State,
    User,
    label,
)
from ..model.address_pattern import AddressIndex
from ..model.instant import rfc3339
from ..planning import Plan
from ..planning.renames import is_managed, new_names

if TYPE_CHECKING:
    from ..guard import Finding

ON_SCHEDULE = "run `apply` on a schedule, or take the access away by hand"

MOST_ALIKE = 5
"""More renames or ends than these become one piece of advice: a large account may have many."""


def with_live_advice(
    declaration: Declaration, live: State, now: Instant, texts: Mapping[str, str]
) -> Declaration:
    """Return *declaration* with advice that follows from the state *live*.

    Raises:
        ConfigError: a resource to be renamed is live under both names.
    """
    if both := tuple(_both_live(declaration, live)):
        raise ConfigError(both, texts)
    advice = (
        *_renamed(declaration, live),
        *_ending(declaration, live, now),
        *_ignoring_nothing(declaration, live),
    )
    return replace(declaration, advice=declaration.advice + advice)


def with_test_advice(declaration: Declaration, plan: Plan, horizon: Horizon) -> Declaration:
    """Return *declaration* with advice on the tests that the live state cannot answer.

    A test that names a workspace as *plan* renames it is about the live one.
    """
    if horizon.is_whole or not declaration.expectations:
        return declaration
    from ..planning.unseen import is_partly_seen

    old_names: dict[Address | None, Address]
    old_names = {new: old for old, new in new_names(plan.changes).items()}
    hint = "; ".join(horizon.reasons)
    advice = (
        Diagnostic(
            "RS513", f"the test `{each.name}` is asked only of what is seen", each.place, hint
        )
        for each in declaration.expectations
        if is_partly_seen(old_names.get(each.scope, each.scope), plan.live, horizon)
    )
    return replace(declaration, advice=(*declaration.advice, *advice))


def advice_on_tests(context: GuardContext) -> tuple[Diagnostic, ...]:
    """Return advice on the tests that only warn and that fail after the plan."""
    if not context.expectations:
        return ()
    from ..guard import warnings

    return tuple(map(advice_of, warnings(context)))


def advice_on_ends(context: GuardContext) -> Iterator[Diagnostic]:
    """Yield one piece of advice on the grants of the plan that only another apply ends."""
    if (declared := context.with_ends) is None:
        return
    bindings = (each for c in context.plan.changes for each in c.made if isinstance(each, Binding))
    ending = [
        (each, holding.role, until)
        for each in bindings
        for holding in declared.holdings(each.principal, each.scope)
        if (until := holding.until)
    ]
    for binding, role, until in ending[:1]:
        held = f"`{label(binding.principal)}` holds `{role.name}`"
        message = f"the service keeps no ends: {held} until an apply after {rfc3339(until)}"
        if more := len(ending) - 1:
            message = (
                f"{message}; {more} more {'grant has an end' if more == 1 else 'grants have ends'}"
            )
        yield Diagnostic("RS522", message, context.plan.origin(binding.address), ON_SCHEDULE)


def advice_of(finding: Finding) -> Diagnostic:
    """Return the advice about the failure of a test that only warns."""
    return Diagnostic("RS515", finding.message, finding.place, finding.hint)


def _both_live(declaration: Declaration, live: State) -> Iterator[Diagnostic]:
    """Yield the renames of resources, except people, that are live under two of their names."""
    hint = "take `renamed_from` out: these are two things, and the plan says what happens to each"
    for new, old_names in sorted(declaration.former.items()):
        resource = declaration.desired.get(new)
        if new.kind is Kind.USER or resource is None or not is_managed(declaration, resource):
            continue
        both = [name for name in (new, *old_names) if live.get(name) is not None]
        if len(both) > 1:
            message = f"`{both[1]}` cannot become `{new}`: both are live"
            if both[0] != new:
                message = f"`{both[0]}` and `{both[1]}` cannot both become `{new}`"
            yield Diagnostic("RS314", message, declaration.origin(new), hint)


def _renamed(declaration: Declaration, live: State) -> Iterator[Diagnostic]:
    done = [new for new in sorted(declaration.former) if _is_renamed(new, declaration, live)]
    hint = "delete `renamed_from`, unless another account is still to be renamed"
    messages = {new: f"`{new}` has its new name already" for new in done}
    if len(done) > MOST_ALIKE:
        names = listed([str(new) for new in done], MOST_ALIKE)
        messages = {done[0]: f"{names} have their new names already"}
    for new, message in messages.items():
        yield Diagnostic("RS505", message, declaration.origin(new), hint)


def _is_renamed(new: Address, declaration: Declaration, live: State) -> bool:
    resource = live.get(new)
    is_done = not any(live.get(old) for old in declaration.former[new])
    return resource is not None and is_done and is_managed(declaration, resource)


def _ignoring_nothing(declaration: Declaration, live: State) -> Iterator[Diagnostic]:
    everything = chain(live.resources(), live.bindings()) if declaration.ignored else ()
    index = AddressIndex(resource.address for resource in everything)
    for rule in declaration.ignored:
        if not any(True for _ in index.selected(rule.pattern)):
            message = f"`{rule.pattern}` is ignored, and nothing live matches it"
            yield Diagnostic("RS514", message, rule.place, "mend the pattern, or delete it")


def _ending(declaration: Declaration, live: State, now: Instant) -> Iterator[Diagnostic]:
    """Yield advice on near ends that the configuration does not state."""
    people = () if declaration.changed_people is not None else live.of(User).values()
    invitations = ((u.expires, f"the invitation of `{u.email}`", u.address) for u in people)
    yield from _soon(invitations, "remind the invited person of it", declaration, now)
    keys = []
    for address, key in live.of(Key).items():
        unstated = "until" in declaration.unstated.get(address, ())
        is_written = declaration.desired.get(address) is not None and not unstated
        if key.owner.kind is not Kind.USER and not is_written:
            # the keys of a person concern only that person
            keys.append((key.until, f"the key `{key.name}` of `{label(key.owner)}`", address))
    yield from _soon(keys, "make another key before that time", declaration, now)


def _soon(
    ends: Iterable[tuple[Instant | None, str, Address]],
    hint: str,
    declaration: Declaration,
    now: Instant,
) -> Iterator[Diagnostic]:
    """Yield advice on each near end of *ends*, or on the first one if there are many."""
    soon = [(at, subject, address) for at, subject, address in ends if at and ends_soon(at, now)]
    others = len(soon) - 1 if len(soon) > MOST_ALIKE else 0
    for until, subject, address in [min(soon)] if others else soon:
        message = f"{subject} ends {format_remaining(until, now)}, {rfc3339(until)}"
        message += f", and {others} more within {SOON.days} days" if others else ""
        yield Diagnostic("RS506", message, declaration.origin(address), hint)
