"""The registry of the guard's rules. Each rule is registered once; none silences another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import assert_never

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


class Holds(Enum):
    """The servers on which a rule holds; on the command line every rule holds."""

    COMMAND = auto()
    """On no server: the rule is about plans of several steps, or about the configuration."""
    SERVER = auto()
    """On every server: the rule belongs to the system itself."""
    SERVER_WITH_POLICY = auto()
    """On a server that has a policy. Without one the rule refuses requests of real clients."""


class Entrance(Enum):
    """The entrance of a change, which decides the rules for its judgement."""

    COMMAND = auto()
    SERVER = auto()
    SERVER_WITH_POLICY = auto()


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as it is registered.

    ``code`` is published (SARIF, suppressions, fingerprints) and never changes. ``judges_own``
    says whether the rule also judges changes on a server that need no permission: to accept or
    give up one's own membership, and the consequences of a change that was allowed.
    """

    id: RuleId
    code: str
    holds: Holds
    judges_own: bool
    find: Callable[[GuardContext], Iterator[Finding]]

    @property
    def sentence(self) -> str:
        """The rule in one sentence: the first paragraph of its function's docstring."""
        return " ".join((self.find.__doc__ or "").split("\n\n")[0].split())

    @property
    def explanation(self) -> str:
        """The whole docstring of the rule's function, on one line."""
        return " ".join((self.find.__doc__ or "").split())

    def holds_at(self, entrance: Entrance) -> bool:
        """Say whether this rule judges changes that come in by *entrance*."""
        match entrance:
            case Entrance.COMMAND:
                return True
            case Entrance.SERVER:
                return self.holds is Holds.SERVER
            case Entrance.SERVER_WITH_POLICY:
                return self.holds is not Holds.COMMAND
        assert_never(entrance)


_IN_ORDER = (
    Rule(RuleId.NO_AUTHORITY, "RS401", Holds.SERVER, False, no_authority),
    Rule(RuleId.CAPABILITY, "RS402", Holds.SERVER, False, capability),
    Rule(RuleId.ESCALATION, "RS403", Holds.SERVER, False, escalation),
    Rule(RuleId.DOMINANCE, "RS404", Holds.SERVER, False, dominance),
    Rule(RuleId.DURATION, "RS405", Holds.SERVER, False, duration),
    Rule(RuleId.LAST_OWNER, "RS406", Holds.SERVER, True, last_owner),
    # A request is one transaction: nobody sees a state between its changes.
    Rule(RuleId.TRANSIENT, "RS407", Holds.COMMAND, False, transient),
    Rule(RuleId.SELF_LOCKOUT, "RS408", Holds.SERVER_WITH_POLICY, False, self_lockout),
    Rule(RuleId.BUILTIN, "RS409", Holds.SERVER, False, builtin),
    Rule(RuleId.IN_USE, "RS410", Holds.SERVER, False, in_use),
    Rule(RuleId.DEFAULT_ROLE, "RS411", Holds.SERVER_WITH_POLICY, False, default_role),
    Rule(RuleId.BOT, "RS412", Holds.SERVER_WITH_POLICY, False, bot),
    Rule(RuleId.PUBLIC, "RS413", Holds.SERVER_WITH_POLICY, False, public),
    Rule(RuleId.EXPIRY, "RS414", Holds.SERVER_WITH_POLICY, False, expiry),
    Rule(RuleId.THRESHOLD, "RS415", Holds.SERVER_WITH_POLICY, False, threshold),
    Rule(RuleId.EXTERNAL, "RS416", Holds.SERVER, False, external),
    Rule(RuleId.INVALID, "RS417", Holds.SERVER, True, invalid),
    Rule(RuleId.UNSUPPORTED, "RS418", Holds.SERVER, True, unsupported),
    Rule(RuleId.PROTECTED, "RS419", Holds.SERVER_WITH_POLICY, True, protected),
    Rule(RuleId.TEST, "RS420", Holds.COMMAND, False, test),
    Rule(RuleId.AUTHOR, "RS421", Holds.COMMAND, False, author),
    Rule(RuleId.UNSEEN, "RS424", Holds.SERVER, True, unseen),
    Rule(RuleId.OUTCOME, "RS422", Holds.SERVER, True, outcome),
    Rule(RuleId.REASON, "RS423", Holds.SERVER_WITH_POLICY, False, reason),
    Rule(RuleId.TERM, "RS425", Holds.SERVER_WITH_POLICY, False, term),
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
