"""The rules that judge a plan without changes, too."""

from __future__ import annotations

from collections.abc import Iterator

from ...model import Address, Key, Kind, label
from ..context import GuardContext
from ..findings import Finding, RuleId
from . import Entrance, Rule
from .grants import reason, term

PROVE = "set `RBAC_SYNC_OIDC_TOKEN` to the signed token of the run"
"""The hint of a finding that the author of a change is not proved."""


def no_authority(context: GuardContext) -> Iterator[Finding]:
    """The applier is known, active and holds something.

    An active person whose access has ended, or has not begun, still changes keys of their own.
    """
    for principal in context.principals:
        if not context.authority_of(principal) and not _only_own_keys(context, principal):
            message = f"`{name_of(principal)}` is unknown, not active, or holds nothing here"
            hint = "apply with the key of an active member of the account"
            yield Finding(RuleId.NO_AUTHORITY, principal, message, hint)


def _only_own_keys(context: GuardContext, principal: Address | None) -> bool:
    """Say whether *principal* is an active person and all changes are about keys of their own."""
    if principal is None or principal.kind is not Kind.USER or not context.before.acts(principal):
        return False
    things = [change.resource for change in context.plan.changes]
    return bool(things) and all(isinstance(t, Key) and t.owner == principal for t in things)


def author(context: GuardContext) -> Iterator[Finding]:
    """A plan that needs an author names one."""
    if context.policy.require_author and context.author is None:
        message = "this configuration applies only on behalf of the author of a change"
        hint = "pass `--on-behalf-of PRINCIPAL`" if context.policy.authors is None else PROVE
        yield Finding(RuleId.AUTHOR, context.applier, message, hint)


def test(context: GuardContext) -> Iterator[Finding]:
    """Every ``[[test]]`` holds once the plan is applied, and after every step on the way.

    A test about a thing that the plan renames holds for the new name, too. A test that fails before
    the plan may fail during it. During a handover there may be more holders than `at_most`, and
    fewer than `at_least` if that is the same number. A permission that may come from unread parts
    of the account does not count as missing.
    """
    if context.expectations:
        from ..policy_tests.findings import refusals

        yield from refusals(context)


def name_of(principal: Address | None) -> str:
    """Return the name of *principal* for a message."""
    return label(principal) if principal else "the applier"


NO_AUTHORITY = Rule(RuleId.NO_AUTHORITY, "RS401", Entrance.SERVER, False, no_authority)
TEST = Rule(RuleId.TEST, "RS420", Entrance.COMMAND, False, test)
AUTHOR = Rule(RuleId.AUTHOR, "RS421", Entrance.COMMAND, False, author)
REASON = Rule(RuleId.REASON, "RS423", Entrance.SERVER_WITH_POLICY, False, reason)
TERM = Rule(RuleId.TERM, "RS425", Entrance.SERVER_WITH_POLICY, False, term)

STANDING = (NO_AUTHORITY, TEST, AUTHOR, REASON, TERM)
