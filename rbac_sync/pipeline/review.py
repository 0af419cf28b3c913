"""The result of planning: a plan, the judgement of the guard, and the inputs of both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from ..dataclasses import dataclass, field
from ..errors import CredentialError

if TYPE_CHECKING:
    from ..backends.interface import Session
    from ..errors import Diagnostic
    from ..guard import Finding, GuardContext
    from ..guard.effect import Effect
    from ..model import Address, Declaration, Instant
    from ..planning import Plan
    from ..planning.planfile import SavedPlan
    from .run_options import RunOptions

NOBODY = "set `RBAC_SYNC_API_KEY` to the applier's key; `plan --as PRINCIPAL` needs none"


@dataclass(frozen=True)
class Review:
    """A plan for one account, the judgement of the guard, and the inputs of both.

    ``effects`` are its effects on people; ``makers`` are the makers of the live keys that gain
    access by it, if the target knows them. ``unsettled`` counts changes of earlier runs whose
    outcome is not known yet. ``passed_over`` counts the workspaces that were not read: they were as
    declared at ``passed_over_since`` and have not changed. ``passed_over`` is None if nothing was
    read, ``passed_over_since`` if everything was.
    """

    plan: Plan
    findings: list[Finding]
    context: GuardContext
    declaration: Declaration
    saved: SavedPlan
    effects: Sequence[Effect] = ()
    makers: Mapping[Address, str] = field(default_factory=dict)
    unsettled: int = 0
    passed_over: int | None = 0
    passed_over_since: Instant | None = None

    @cached_property
    def advice(self) -> tuple[Diagnostic, ...]:
        """The advice on the declaration, on the tests that only warn, and on ends of the plan."""
        if not self.plan.changes and not self.context.expectations:
            return self.declaration.advice
        from .advice import advice_on_ends, advice_on_tests

        ends = advice_on_ends(self.context)
        return (*self.declaration.advice, *advice_on_tests(self.context), *ends)


def applier(session: Session, options: RunOptions) -> Address:
    """Return the principal for whom a plan that is not applied is judged.

    Raises:
        CredentialError: there is none.
    """
    who = options.simulated or session.applier()
    if who is None:
        raise CredentialError("there is no API key", hint=NOBODY)
    return who
