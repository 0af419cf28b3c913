"""The rules of the guard, and the judgement of a plan by them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import IntEnum, auto

from ...dataclasses import dataclass
from ..context import GuardContext
from ..findings import Finding, RuleId


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


def examine(
    context: GuardContext, entrance: Entrance = Entrance.COMMAND, *, own: bool = False
) -> list[Finding]:
    """Return the findings of the rules that hold at *entrance*.

    *own* is for changes that need no permission; see ``Rule.judges_own``. OUTCOME runs
    last, and only if no other rule finds anything: it checks the other rules. A plan without
    changes is judged by the rules of ``standing`` alone: all others are about changes.
    """
    rules: Iterable[Rule]
    if context.plan.changes:
        from .registry import RULES

        rules = RULES.values()
    else:
        from .standing import STANDING

        rules = STANDING
    held = [rule for rule in rules if rule.holds_at(entrance) and (rule.judges_own or not own)]
    last = [rule for rule in held if rule.id is RuleId.OUTCOME]
    findings = [f for rule in held if rule not in last for f in rule.find(context)]
    return findings or [f for rule in last for f in rule.find(context)]
