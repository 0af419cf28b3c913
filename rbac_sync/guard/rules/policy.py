"""Rules that the configuration's ``[guard]`` sets."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from ...model import (
    ACCOUNT,
    ANYWHERE,
    Action,
    Address,
    Binding,
    Holding,
    Instant,
    Key,
    Kind,
    Resource,
    ServiceAccount,
    State,
    User,
    Workspace,
    is_invited,
    label,
    place,
)
from ...model.address import bound
from ...model.instant import outlasts, rfc3339
from ...planning import Change, Invitations, gone_with
from ...planning.change import named_after
from ...planning.renames import under
from ..access_comparison import Comparison
from ..context import GuardContext
from ..findings import Finding, RuleId
from ..granted import is_invited_longer
from ..validity import terms

UNPROTECT = "take it out of `protect` in `[guard]` first, in a change of its own"


def default_role(context: GuardContext) -> Iterator[Finding]:
    """No forbidden permission comes into a default role, by any operation.

    Where any is forbidden, so is a permission that the catalogue does not list.
    """
    alphabet, forbids = context.outcome.alphabet, context.policy.default_role_forbids
    forbidden = alphabet.mask(forbids)
    listed = alphabet.mask(context.catalogue.titles) if forbids else ~0
    for step, defaults in context.judged(lambda facts: facts.defaults):
        for scope, mask in defaults:
            if beyond := mask & (forbidden | ~listed):
                names = ", ".join(f"`{n}`" for n in context.names(beyond))
                message = f"every user would come to hold in {place(scope)}: {names}"
                hint = "give it to named people or teams, or take it out of `default_role_forbids`"
                yield context.finding(
                    RuleId.DEFAULT_ROLE, step.change, message, hint, scope, beyond
                )


def bot(context: GuardContext) -> Iterator[Finding]:
    """Service accounts hold at most the configured account role, by any operation."""
    allowed = context.policy.bots_account_role
    if allowed is None:
        return
    roles = context.outcome.roles
    for step, bots in context.judged(lambda facts: facts.bots):
        for who, role, here, below in bots:
            more = here & ~roles.here(allowed)
            if more or below & ~roles.below(allowed):
                message = f"`{label(who)}` would hold `{role}`, more than `{allowed}`"
                hint = "service accounts hold at most `bots_account_role` of `[guard]`"
                yield context.finding(RuleId.BOT, step.change, message, hint, ACCOUNT, more)


def public(context: GuardContext) -> Iterator[Finding]:
    """A workspace becomes public only where that is allowed by name."""
    for change in context.sound if not context.policy.allow_public else ():
        after, before = change.after, change.before
        if not isinstance(after, Workspace) or not after.public:
            continue
        if not isinstance(before, Workspace) or not before.public:
            message = f"`{after.address}` would be open to readers who are not members"
            hint = "leave `public` out, or pass `--allow-public`"
            yield context.finding(RuleId.PUBLIC, change, message, hint)


def expiry(context: GuardContext) -> Iterator[Finding]:
    """Keys and invitations end, and not too late; nothing new has ended already."""
    all_steps = context.with_ends is not None
    dated = context.judged(lambda facts: facts.fault is None and (all_steps or facts.is_dated))
    for step, _ in dated:
        for what, until, days in _ends(step.change, context):
            if until is None:
                message, hint = f"{what} has no end", "give it an `until`"
            elif until <= context.now:
                message, hint = f"{what} ended {rfc3339(until)}", "choose a later end"
            elif days is not None and until > context.now + timedelta(days=days):
                message = f"{what} ends {rfc3339(until)}, more than {days} days from now"
                hint = "choose an earlier end"
            else:
                continue
            yield context.finding(RuleId.EXPIRY, step.change, message, hint)


def _ends(
    change: Change, context: GuardContext
) -> Iterator[tuple[str, Instant | None, int | None]]:
    after, before = change.after, change.before
    if isinstance(after, Key) and after != before:
        yield f"`{after.address}`", after.until, context.policy.max_key_days
    can = context.capabilities
    is_ours = can is None or Invitations.DATED in can.invitations
    if is_invited(after) and after != before and is_ours:
        yield f"the invitation of `{after.email}`", after.expires, context.policy.max_invite_days
    ends = (term.until for term in (*terms(change), *_declared_terms(change, context)))
    for end in sorted(filter(None, ends)):
        yield f"a term of `{change.address}`", end, None


def _declared_terms(change: Change, context: GuardContext) -> Iterator[Holding]:
    """Yield the declared holdings of *change* if the target keeps no ends.

    *Why*: a plan that is saved before such an end, and applied later, would give the role for good.
    """
    if (declared := context.with_ends) is not None:
        for made in change.made:
            if isinstance(made, Binding):
                yield from declared.holdings(made.principal, made.scope)


def protected(context: GuardContext) -> Iterator[Finding]:
    """A resource named in ``protect`` is not destroyed, neither by itself nor with another one.

    It also keeps the name by which it is protected; a protected member or service account loses
    none of its account roles, a protected grant gives no less, and a protected key or invitation
    does not end earlier.
    """
    if context.policy.protect:
        yield from _ending(context)
        yield from _lowered(context)


def _ending(context: GuardContext) -> Iterator[Finding]:
    """Yield the findings about protected things that go, or lose their names."""
    protect = context.policy.protect
    first_names = {new: old for old, new in context.new_names.items()}
    for change in context.sound:
        for resource in _destroyed(change, context.start):
            address = under(resource, first_names).address
            if str(address) in protect:
                message = f"`{address}` is protected and would be destroyed"
                yield context.finding(RuleId.PROTECTED, change, message, UNPROTECT)
        if (before := change.before) and _ends_earlier(before, change.after):
            address = under(before, first_names).address
            if str(address) in protect:
                message = f"`{address}` is protected, and would end earlier"
                yield context.finding(RuleId.PROTECTED, change, message, UNPROTECT)
        for old, new in _renamed(change, context):
            if str(old) in protect and str(new) not in protect:
                message = f"`{old}` is protected, and would lose that name"
                hint = f"protect `{new}` in its place"
                yield context.finding(RuleId.PROTECTED, change, message, hint)
        for text in _hidden_below(change, context):
            message = f"`{text}` is protected, and this key is not shown whether it exists"
            yield context.finding(RuleId.PROTECTED, change, message, UNPROTECT)


def _lowered(context: GuardContext) -> Iterator[Finding]:
    """Yield the findings about protected people, service accounts and grants that stay."""
    comparison = Comparison(context.before, context.outcome, context.now, sees_dormant=True)
    for who in _people(context):
        is_out = context.before.acts(who) and not context.outcome.acts(who)
        if is_out or comparison.loses(who, ACCOUNT) or comparison.loses(who, ANYWHERE):
            message = f"`{who}` is protected, and would hold less in the account"
            yield Finding(RuleId.PROTECTED, who, message, UNPROTECT)
    for grant in sorted(Address(Kind.BINDING, text) for text in context.policy.protect):
        for pair in bound(grant):
            if context.outcome.state.holdings(*pair) and comparison.lowers(*pair):
                message = f"`{grant}` is protected, and would give less"
                yield Finding(RuleId.PROTECTED, grant, message, UNPROTECT)


def _ends_earlier(before: Resource, after: Resource | None) -> bool:
    """Say whether *before* is a key or an invitation that *after* lets end earlier."""
    if isinstance(before, Key) and isinstance(after, Key):
        return outlasts(before.until, after.until)
    return is_invited_longer(before, after)


def _people(context: GuardContext) -> Iterator[Address]:
    """Yield the protected people and service accounts that stay, by the names they have then."""
    for kind in (User, ServiceAccount):
        for address in context.live.of(kind):
            who = context.new_address(address)
            if str(address) in context.policy.protect and context.comparison.stays(who):
                yield who


def _renamed(change: Change, context: GuardContext) -> Iterator[tuple[Address, Address]]:
    """Yield the old and new addresses of all that *change* renames, related resources included."""
    if change.action is Action.RENAME and change.before:
        yield change.before.address, change.address
        for row in named_after(change.before.address, context.live):
            yield row.address, under(row, context.new_names).address


def _hidden_below(change: Change, context: GuardContext) -> Iterator[str]:
    """Yield the protected addresses that go, or lose their names, with *change*, if not shown."""
    before, horizon = change.before, context.horizon
    goes = change.action in (Action.DELETE, Action.REPLACE, Action.RENAME)
    if before is None or not goes or horizon.is_whole:
        return
    seen = {str(row.address) for row in named_after(before.address, context.live)}
    for text in sorted(context.policy.protect - seen):
        is_hidden = (
            Address(Kind.OBJECT, text) in horizon.partly
            or ("/key/" in text and Kind.KEY in horizon.kinds)
            or ("/access/" in text and horizon.hides_access_in(before.address))
        )
        if is_hidden and text.startswith(f"{before.address}/"):
            yield text


def _destroyed(change: Change, state: State) -> Iterator[Resource]:
    if change.action in (Action.DELETE, Action.REPLACE):
        yield from (change.resource, *gone_with(change, state))
