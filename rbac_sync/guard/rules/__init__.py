"""The registry of the guard's rules. Each rule is registered once; none silences another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from enum import IntEnum, auto

from ...dataclasses import dataclass
from ..context import GuardContext
from ..findings import Finding, RuleId
from .authority import (
    author,
    capability,
    dominance,
    duration,
    escalation,
    last_owner,
    no_authority,
    self_lockout,
)
from .grants import reason, term
from .outcome import outcome
from .policy import bot, default_role, expiry, protected, public
from .policy_tests import test
from .threshold import threshold
from .transient import transient
from .validity import builtin, external, in_use, invalid, unseen, unsupported


class Entrance(IntEnum):
    """The entrance of a change, which decides the rules for its judgement.

    A rule holds at one entrance and at those below it in this list.
    """

    SERVER = auto()
    """Any server: the rule belongs to the system itself."""
    SERVER_WITH_POLICY = auto()
    """A server that has a policy. Without one the rule refuses requests of real clients."""
    COMMAND = auto()
    """The command line: the rule is about plans of several steps, or about the configuration."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as it is registered.

    ``code`` is published (SARIF, suppressions, fingerprints) and never changes. ``judges_own``
    says whether the rule also judges changes on a server that need no permission: to accept or
    give up one's own membership, and the consequences of a change that was allowed.
    """

    id: RuleId
    code: str
    holds: Entrance
    judges_own: bool
    find: Callable[[GuardContext], Iterator[Finding]]

    @property
    def sentence(self) -> str:
        """The rule in one sentence: the first paragraph of its function's docstring."""
        return " ".join(self._text.split("\n\n")[0].split())

    @property
    def explanation(self) -> str:
        """The whole docstring of the rule's function, on one line."""
        return " ".join(self._text.split())

    @property
    def _text(self) -> str:
        return (self.find.__doc__ or "").replace("``", "`")

    def holds_at(self, entrance: Entrance) -> bool:
        """Say whether this rule judges changes that come in by *entrance*."""
        return self.holds <= entrance


_IN_ORDER = (
    Rule(RuleId.NO_AUTHORITY, "RS401", Entrance.SERVER, False, no_authority),
    Rule(RuleId.CAPABILITY, "RS402", Entrance.SERVER, False, capability),
    Rule(RuleId.ESCALATION, "RS403", Entrance.SERVER, False, escalation),
    Rule(RuleId.DOMINANCE, "RS404", Entrance.SERVER, False, dominance),
    Rule(RuleId.DURATION, "RS405", Entrance.SERVER, False, duration),
    Rule(RuleId.LAST_OWNER, "RS406", Entrance.SERVER, True, last_owner),
    # A request is one transaction: nobody sees a state between its changes.
    Rule(RuleId.TRANSIENT, "RS407", Entrance.COMMAND, False, transient),
    Rule(RuleId.SELF_LOCKOUT, "RS408", Entrance.SERVER_WITH_POLICY, False, self_lockout),
    Rule(RuleId.BUILTIN, "RS409", Entrance.SERVER, False, builtin),
    Rule(RuleId.IN_USE, "RS410", Entrance.SERVER, False, in_use),
    Rule(RuleId.DEFAULT_ROLE, "RS411", Entrance.SERVER_WITH_POLICY, False, default_role),
    Rule(RuleId.BOT, "RS412", Entrance.SERVER_WITH_POLICY, False, bot),
    Rule(RuleId.PUBLIC, "RS413", Entrance.SERVER_WITH_POLICY, False, public),
    Rule(RuleId.EXPIRY, "RS414", Entrance.SERVER_WITH_POLICY, False, expiry),
    Rule(RuleId.THRESHOLD, "RS415", Entrance.SERVER_WITH_POLICY, False, threshold),
    Rule(RuleId.EXTERNAL, "RS416", Entrance.SERVER, False, external),
    Rule(RuleId.INVALID, "RS417", Entrance.SERVER, True, invalid),
    Rule(RuleId.UNSUPPORTED, "RS418", Entrance.SERVER, True, unsupported),
    Rule(RuleId.PROTECTED, "RS419", Entrance.SERVER_WITH_POLICY, True, protected),
    Rule(RuleId.TEST, "RS420", Entrance.COMMAND, False, test),
    Rule(RuleId.AUTHOR, "RS421", Entrance.COMMAND, False, author),
    Rule(RuleId.UNSEEN, "RS424", Entrance.SERVER, True, unseen),
    Rule(RuleId.OUTCOME, "RS422", Entrance.SERVER, True, outcome),
    Rule(RuleId.REASON, "RS423", Entrance.SERVER_WITH_POLICY, False, reason),
    Rule(RuleId.TERM, "RS425", Entrance.SERVER_WITH_POLICY, False, term),
)
"""The rules, in the order of their findings in reports."""

RULES: Mapping[RuleId, Rule] = {rule.id: rule for rule in _IN_ORDER}
CODES: Mapping[RuleId, str] = {rule.id: rule.code for rule in _IN_ORDER}


def examine(
    context: GuardContext, entrance: Entrance = Entrance.COMMAND, *, own: bool = False
) -> list[Finding]:
    """Return the findings of the rules that hold at *entrance*.

    *own* is for changes that need no permission; see ``Rule.judges_own``. OUTCOME runs
    last, and only if no other rule finds anything: it checks the other rules.
    """
    rules = [
        rule for rule in RULES.values() if rule.holds_at(entrance) and (rule.judges_own or not own)
    ]
    findings = [f for rule in rules if rule.id is not RuleId.OUTCOME for f in rule.find(context)]
    return findings or list(RULES[RuleId.OUTCOME].find(context))
