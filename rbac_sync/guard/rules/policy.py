"""Rules that the configuration's ``[guard]`` sets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from ...model import (
    ACCOUNT,
    Action,
    Address,
    Binding,
    Instant,
    Key,
    Kind,
    Resource,
    Role,
    State,
    Status,
    User,
    Workspace,
    label,
    place,
)
from ...model.instant import rfc3339
from ...planning import Change, gone_with
from ..findings import Finding, RuleId
from ..inquiry import Inquiry
from ..soundness import terms

COUNTED = (Kind.USER, Kind.SERVICE_ACCOUNT, Kind.TEAM, Kind.ROLE, Kind.WORKSPACE, Kind.BINDING)


def default_role(inquiry: Inquiry) -> Iterator[Finding]:
    """No forbidden permission comes into a default role, by any operation."""
    forbidden = inquiry.outcome.alphabet.mask(inquiry.policy.default_role_forbids)
    for step in inquiry.sound:
        for scope, mask in step.defaults:
            if mask & forbidden:
                names = ", ".join(f"`{n}`" for n in inquiry.names(mask & forbidden))
                message = f"every user would come to hold in {place(scope)}: {names}"
                hint = "give it to named people or teams, or take it out of `default_role_forbids`"
                yield inquiry.finding(
                    RuleId.DEFAULT_ROLE, step.change, message, hint, scope, mask & forbidden
                )


def bot(inquiry: Inquiry) -> Iterator[Finding]:
    """Service accounts hold at most the configured account role."""
    allowed = inquiry.policy.bots_account_role
    if allowed is None:
        return
    roles = inquiry.outcome.roles
    for step in inquiry.sound:
        for binding in (step.change.after, *step.change.brings):
            if not isinstance(binding, Binding) or not _of_bot(binding):
                continue
            for holding in binding.roles:
                more = roles.here(holding.role) & ~roles.here(allowed)
                if more or roles.below(holding.role) & ~roles.below(allowed):
                    who = label(binding.principal)
                    message = f"`{who}` would hold `{holding.role}`, more than `{allowed}`"
                    hint = "service accounts hold at most `bots_account_role` of `[guard]`"
                    yield inquiry.finding(RuleId.BOT, step.change, message, hint, ACCOUNT, more)


def _of_bot(binding: Binding) -> bool:
    return binding.scope == ACCOUNT and binding.principal.kind is Kind.SERVICE_ACCOUNT


def public(inquiry: Inquiry) -> Iterator[Finding]:
    """A workspace becomes public only where that is allowed by name."""
    for step in inquiry.sound if not inquiry.policy.allow_public else ():
        after, before = step.change.after, step.change.before
        was = isinstance(before, Workspace) and before.public
        if isinstance(after, Workspace) and after.public and not was:
            message = f"`{after.address}` would be open to readers who are not members"
            hint = "leave `public` out, or pass `--allow-public`"
            yield inquiry.finding(RuleId.PUBLIC, step.change, message, hint)


def expiry(inquiry: Inquiry) -> Iterator[Finding]:
    """Keys and invitations end, and not too late; nothing new has ended already."""
    for step in inquiry.sound:
        for what, until, days in _ends(step.change, inquiry):
            if until is None:
                message, hint = f"{what} has no end", "give it an `until`"
            elif until <= inquiry.now:
                message, hint = f"{what} ended {rfc3339(until)}", "choose a later end"
            elif days is not None and until > inquiry.now + timedelta(days=days):
                message = f"{what} ends {rfc3339(until)}, more than {days} days from now"
                hint = "choose an earlier end"
            else:
                continue
            yield inquiry.finding(RuleId.EXPIRY, step.change, message, hint)


def _ends(change: Change, inquiry: Inquiry) -> Iterator[tuple[str, Instant | None, int | None]]:
    after, before = change.after, change.before
    if isinstance(after, Key) and after != before:
        yield f"`{after.address}`", after.until, inquiry.policy.max_key_days
    is_ours = inquiry.capabilities is None or inquiry.capabilities.dated_invitations
    if isinstance(after, User) and after.status is Status.PENDING and after != before and is_ours:
        yield f"the invitation of `{after.email}`", after.expires, inquiry.policy.max_invite_days
    for term in terms(change):
        if term.until:
            yield f"a term of `{change.address}`", term.until, None


def threshold(inquiry: Inquiry) -> Iterator[Finding]:
    """A plan does not remove a large part, or a large number, of what is live."""
    policy = inquiry.policy
    gone = [s.change for s in inquiry.sound if _removes(s.change)]
    counts = Counter(change.address.kind for change in gone)
    for kind in COUNTED:
        count, existing = counts[kind], _existing(inquiry.live, kind)
        share = existing >= policy.removal_min_existing and (
            count > policy.max_removal_fraction * existing
        )
        many = policy.max_deletes is not None and count > policy.max_deletes
        if count > policy.allow_removals and (share or many):
            first = next(c for c in gone if c.address.kind is kind)
            message = f"{count} of {existing} would be removed ({kind})"
            hint = f"if that is meant, pass `--allow-deletes {count} --reason TEXT`"
            yield inquiry.finding(RuleId.THRESHOLD, first, message, hint)


def _removes(change: Change) -> bool:
    before = change.before
    pending = isinstance(before, User) and before.status is Status.PENDING
    return change.action is Action.DELETE and not pending


def _existing(live: State, kind: Kind) -> int:
    if kind is Kind.BINDING:
        return sum(len(live.row(scope)) for scope in live.scopes() if scope != ACCOUNT)
    found = (r for r in live.resources() if r.kind is kind)
    return sum(not _unmade(resource) for resource in found)


def _unmade(resource: Resource) -> bool:
    pending = isinstance(resource, User) and resource.status is Status.PENDING
    return pending or (isinstance(resource, Role) and resource.builtin)


def protected(inquiry: Inquiry) -> Iterator[Finding]:
    """What ``protect`` names is not destroyed, neither by itself nor with something else.

    Nor does it lose the name that it is protected by.
    """
    protect = inquiry.policy.protect
    for step in inquiry.sound:
        for address in _destroyed(step.change, inquiry.live):
            if str(address) in protect:
                message = f"`{address}` is protected and would be destroyed"
                hint = "take it out of `protect` in `[guard]` first, in a change of its own"
                yield inquiry.finding(RuleId.PROTECTED, step.change, message, hint)
        for old, new in _renamed(step.change):
            if str(old) in protect and str(new) not in protect:
                message = f"`{old}` is protected, and would lose that name"
                hint = f"protect `{new}` in its place"
                yield inquiry.finding(RuleId.PROTECTED, step.change, message, hint)


def _renamed(change: Change) -> Iterator[tuple[Address, Address]]:
    if change.action is Action.RENAME and change.before:
        yield change.before.address, change.address


def _destroyed(change: Change, live: State) -> Iterator[Address]:
    if change.action is not Action.DELETE:
        return
    yield change.address
    yield from (resource.address for resource in gone_with(change, live))
