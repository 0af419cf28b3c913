"""The options of one run, beyond the configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..dataclasses import dataclass, field, replace
from ..model import Address, Policy
from ..planning.selection import Selection

if TYPE_CHECKING:
    from ..model.expectation import Expectation


@dataclass(frozen=True, slots=True)
class RunOptions:
    """The options of one run, beyond the configuration.

    ``simulated`` is a principal to plan for without its credential; ``apply`` ignores
    it. The authority of ``author`` is a second bound; ``token``, if given, proves the
    author. The ``allow`` options loosen the guard and exist on the command line only.
    ``resume`` continues an interrupted run of the plan; with ``strict`` a failure of a
    test that only warns refuses the plan. ``whole`` reads the bindings of every workspace,
    for commands that show them.
    """

    simulated: Address | None = None
    author: Address | None = None
    token: str = field(default="", repr=False)
    selection: Selection = field(default_factory=Selection)
    allow_self_reduction: bool = False
    allow_public: bool = False
    allow_deletes: int = 0
    allow_losers: int = 0
    allow_gainers: int = 0
    reason: str = ""
    resume: bool = False
    strict: bool = False
    whole: bool = False

    @property
    def allowed(self) -> dict[str, int]:
        """The numbers of removals that this run allows, by kind of removal, for the audit trail."""
        counts = {
            "deletes": self.allow_deletes,
            "losers": self.allow_losers,
            "gainers": self.allow_gainers,
        }
        return {noun: count for noun, count in counts.items() if count}

    def judged(self, expectations: tuple[Expectation, ...]) -> tuple[Expectation, ...]:
        """Return *expectations* for this run: with ``strict`` none of them only warns."""
        if not self.strict:
            return expectations
        return tuple(replace(each, warns=False) for each in expectations)

    def loosened(self, policy: Policy) -> Policy:
        """Return *policy* with the exceptions of this run; a simulation needs no author."""
        return replace(
            policy,
            require_author=policy.require_author and self.simulated is None,
            allow_self_reduction=self.allow_self_reduction,
            is_strict=self.strict,
            allow_public=policy.allow_public or self.allow_public,
            allow_removals=max(policy.allow_removals, self.allow_deletes),
            allow_losers=max(policy.allow_losers, self.allow_losers),
            allow_gainers=max(policy.allow_gainers, self.allow_gainers),
        )
