"""Rules about the authority of the applier."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from itertools import islice

from ...dataclasses import replace
from ...model import (
    ACCOUNT,
    EVERYONE,
    Action,
    Address,
    Instant,
    Kind,
    Level,
    Right,
    Workspace,
    label,
    place,
)
from ...model.instant import outlasts, rfc3339
from ...planning import Change
from ..authority import Authority, Value, uncovered, valued
from ..bitsets import Mask
from ..context import GuardContext
from ..facts import Facts, Step
from ..findings import Finding, RuleId, listed
from ..owner_counts import Counts, OwnerChange, shortfall
from ..owners import key_ends
from .standing import name_of

MOST_ABLE = 5
"""The number of possible approvers that a hint names."""

ABOUT_AUTHORITY = frozenset(
    {RuleId.NO_AUTHORITY, RuleId.CAPABILITY, RuleId.ESCALATION, RuleId.DOMINANCE, RuleId.DURATION}
)
"""The rules whose result depends on the applier."""

FOR_ALL = "a default role has no end: ask somebody who holds it for good to apply this"
"""The hint of a finding that a default role lasts too long."""


def capability(context: GuardContext) -> Iterator[Finding]:
    """You need the permission to manage this kind of object, in the place where it is."""
    for step, missing in context.judged(partial(_missing, context)):
        for right, scope, mask in missing:
            if right is None:
                message = f"`{name_of(context.applier)}` {_may_not(step)}"
                hint = "no permission of this world allows such a change"
            else:
                message = f"{_lacking(context, scope, mask)} {_may_not(step)}"
                hint = f"the change needs `{right.permission}` in {place(scope)}"
            yield context.finding(RuleId.CAPABILITY, step.change, message, hint, scope, mask)


def _missing(context: GuardContext, facts: Facts) -> list[tuple[Right | None, Address, Mask]]:
    """Return the required rights that the bound lacks, each with its scope and permission."""
    mask = context.outcome.alphabet.mask
    required = ((r, at, mask([r.permission] if r else [])) for r, at in facts.rights)
    return [
        (right, at, needed)
        for right, at, needed in required
        if right is None or needed & ~facts.bound.mask(at)
    ]


def _may_not(step: Step) -> str:
    return f"may not {step.change.action} `{step.change.address}`"


def escalation(context: GuardContext) -> Iterator[Finding]:
    """You cannot grant a permission that you do not hold yourself; the whole new value counts.

    What is stored counts, even if it has ended.
    """
    for step, beyond in context.judged(lambda facts: uncovered(facts.granted, facts.bound)):
        yield from _excess(context, RuleId.ESCALATION, step, beyond, "would give")


def dominance(context: GuardContext) -> Iterator[Finding]:
    """You cannot remove or overwrite access broader than your own.

    What is stored counts, even if it has ended.
    """
    for step, beyond in context.judged(lambda facts: uncovered(facts.revoked, facts.bound)):
        yield from _excess(context, RuleId.DOMINANCE, step, beyond, "would take or replace")


def _excess(
    context: GuardContext, rule: RuleId, step: Step, beyond: Value, verb: str
) -> Iterator[Finding]:
    for scope, mask in beyond:
        names = context.names(mask)
        what = f"what {_lacking(context, scope, mask)} does not hold: {listed(names)}"
        message = f"`{step.change.address}` {verb} in {place(scope)} {what}"
        yield context.finding(rule, step.change, message, _remedy(context, step), scope, mask)


def _lacking(context: GuardContext, scope: Address, mask: Mask, *until: Instant | None) -> str:
    """Return the names of applier or author that do not hold *mask*, or not *until* then."""
    held = ((who, context.authority_of(who)) for who in context.principals)
    lacking = [
        who
        for who, all_ in held
        if mask & ~(all_.lasting(scope, *until) if until else all_.mask(scope))
    ]
    return " and ".join(f"`{name_of(who)}`" for who in lacking or [context.applier])


def _remedy(context: GuardContext, step: Step) -> str:
    """Return a hint: with an author, the users who could approve the step instead."""
    if context.author is None:
        return "ask somebody who holds all of this to apply the plan, or leave the change out"
    able = (user for user, held in context.managers if _covers(held, step.facts, context))
    names = [f"`{label(user)}`" for user in islice(able, MOST_ABLE)]
    if not names:
        return "nobody here could apply this alone; leave the change out"
    return f"could be approved by {', '.join(names)} (`--on-behalf-of`); or leave the change out"


def could_apply(context: GuardContext, findings: Iterable[Finding]) -> tuple[Address, ...]:
    """Return the first few users who could apply the plan, if only authority is missing.

    *Why* without its applier: what is free to them, to leave and to change keys of their own, asks
    rights of everybody else.
    """
    rules = {finding.rule for finding in findings}
    if not rules or not rules <= ABOUT_AUTHORITY:
        return ()
    others = replace(context, applier=None, author=None)
    able = (
        user
        for user, held in others.managers
        if all(_covers(held, facts, others) for facts in others.facts if facts.fault is None)
    )
    return tuple(islice(able, MOST_ABLE))


def _covers(held: Authority, facts: Facts, context: GuardContext) -> bool:
    mask = context.outcome.alphabet.mask
    rights = [(scope, mask([right.permission])) for right, scope in facts.rights if right]
    return not uncovered((*rights, *facts.granted, *facts.revoked), held)


def duration(context: GuardContext) -> Iterator[Finding]:
    """Nothing that anybody gains outlasts the applier's own term for it."""
    for step, overlong in context.judged(lambda facts: facts.overlong):
        for principal, (scope, mask, until) in overlong:
            briefer = _lacking(context, scope, mask, until)
            end = f"until {rfc3339(until)}" if until else "for good"
            what = f"what {briefer} holds for less long: {listed(context.names(mask))}"
            message = f"`{label(principal)}` would hold in {place(scope)} {end} {what}"
            hint = FOR_ALL if principal == EVERYONE else "give it an `until` no later than your own"
            yield context.finding(RuleId.DURATION, step.change, message, hint, scope, mask)


def last_owner(context: GuardContext) -> Iterator[Finding]:
    """No step leaves fewer active owners who are people than the minimum, or none with a key.

    Nobody counts for the time after the end of the role, or of the last key if that is near. The
    same holds for a workspace for which the policy names a minimum. Such a workspace is not renamed
    to a name with a smaller minimum. A step that lowers the number of owners at no time is never
    refused.
    """
    judged = context.judged(lambda facts: [*filter(None, map(_too_few, facts.owners))])
    short = [(step, scope, what, hint) for step, all_ in judged for scope, what, hint in all_]
    for step, scope, what, hint in sorted(short, key=lambda each: each[1] is not None):
        message = f"`{step.change.address}` {what}"
        yield context.finding(RuleId.LAST_OWNER, step.change, message, hint, scope)
    for change, old, floor in _renamed_from_floor(context):
        what = f"has a minimum of {floor} in `workspace_owners`, and its new name has a smaller one"
        hint = f"write `{context.new_address(old).key}` there in place of the old name"
        yield context.finding(RuleId.LAST_OWNER, change, f"`{old}` {what}", hint, change.address)


def _too_few(owners: OwnerChange) -> tuple[Address | None, str, str] | None:
    """Return what is wrong if there are too few *owners* after a step: workspace, text, hint."""
    scope, floor, before, after = owners
    if short := _below(before.active, after.active, floor):
        left, since = short
        when = f" from {rfc3339(since)} on" if since else ""
        if scope != ACCOUNT:
            people = "active person who owns" if left == 1 else "active people who own"
            what = f"would leave {left} {people} {place(scope)}{when}; the minimum is {floor}"
            return scope, what, "make somebody else an owner there first, in a plan of its own"
        persons = "owner who is a person" if left == 1 else "owners who are people"
        number = f"{left} active owner{'s' * (left != 1)}" if since else f"{left} active {persons}"
        what = f"would leave {number}{when}; the minimum is {floor}"
        later = "give it a later `until`, or make somebody else an owner for longer first"
        return (
            None,
            what,
            later if since else "make somebody else an owner first, in a plan of its own",
        )
    if short := _below(before.with_key, after.with_key, 1):
        _, since = short
        when = f" from {rfc3339(since)} on" if since else ""
        hint = "make a key for an owner who stays first: `rbac-sync store key create`"
        return None, f"would leave no active human owner with a key{when}", hint
    return None


def _below(before: Counts, after: Counts, floor: int) -> tuple[int, Instant | None] | None:
    return shortfall(before, after, ((before[0][0], floor),))


def _renamed_from_floor(context: GuardContext) -> Iterator[tuple[Change, Address, int]]:
    """Yield each rename of a workspace to a name with a lower floor, the old name, and its floor.

    *Why*: otherwise the next plan could take the owners away.
    """
    floors = context.policy.workspace_owners
    for change in context.sound if floors else ():
        old = change.before
        if change.action is Action.RENAME and isinstance(old, Workspace):
            floor, new = floors.get(old.handle, 0), context.new_address(old.address)
            if floor > floors.get(new.key, 0):
                yield change, old.address, floor


def self_lockout(context: GuardContext) -> Iterator[Finding]:
    """The applier still holds at the end every managing permission that it holds at the start.

    An earlier end of its own role counts, too. A service account that applies keeps a key that has
    not ended, and if its last key comes to end within 12 hours, an earlier end counts.
    """
    if context.policy.allow_self_reduction or context.applier is None:
        return
    hint = "leave this to another applier, or pass `--allow-self-reduction`"
    applier = context.new_address(context.applier)
    states = (context.start, context.outcome.state)
    had, has = (key_ends(state, applier, context.now) for state in states)
    is_bot = applier.kind is Kind.SERVICE_ACCOUNT  # people make keys for themselves
    if is_bot and any(all(outlasts(was, end) for end in has) for was in had):
        when = f" from {rfc3339(max(filter(None, has)))} on" if has else ""
        message = f"`{name_of(context.applier)}` would have no API key left{when}"
        yield Finding(RuleId.SELF_LOCKOUT, context.applier, message, hint)
    start = context.authority_of(context.applier)
    end = context.outcome.authority(applier, context.now)
    missing = valued((scope, mask, None) for scope, mask in end.missing(start))
    for scope, mask in sorted(missing):
        level = Level.ACCOUNT if scope == ACCOUNT else Level.WORKSPACE
        rights = context.catalogue.managing_rights
        managing = context.outcome.alphabet.mask(r.permission for r in rights if r.level is level)
        gone = mask & managing & ~end.mask(scope)
        if lost := gone or mask & managing:
            names = context.names(lost)
            verb = "no longer hold" if gone else "hold for less long"
            who = name_of(context.applier)
            message = f"`{who}` would {verb} in {place(scope)}: {listed(names)}"
            yield Finding(RuleId.SELF_LOCKOUT, context.applier, message, hint, scope, names)
