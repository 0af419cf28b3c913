"""The result of one run: the data of every kind of report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from ..config.codes import is_advice
from ..dataclasses import dataclass, field
from ..model import Address
from .short_names import NO_NAMES, ShortNames

if TYPE_CHECKING:
    from ..audit.record import Touch
    from ..errors import Diagnostic, Place, RbacSyncError
    from ..guard import Finding, GuardContext
    from ..guard.effect import Effect
    from ..guard.rising_keys import RisingKey
    from ..model.expectation import Expectation
    from ..planning import Plan
    from ..planning.planfile import SavedPlan
    from .effect_rows import EffectRow

Makers = Mapping[Address, str] | None
"""The maker of each key, by the key's address; None: not known."""


@dataclass(frozen=True)
class Run:
    """The result of one run.

    ``problems`` are those of the configuration, advice included, ``sources``
    its texts by file name. ``plan`` and ``saved`` are None if nothing was
    planned, ``context`` if the guard did not judge the plan, as in a drift. ``made``
    counts added, changed and destroyed resources, None if there was nothing to apply.
    ``touched`` are the last changes of drifted resources; ``traced`` says that all are known.
    ``folder`` is the path of the configuration in its repository, empty or with
    a slash at its end; ``root`` is its first file. ``objection`` says why a
    saved plan cannot be applied although the guard allows it, such as a stale one.
    ``known_effects`` are those of the plan, if computed already; ``makers``
    are the makers of the keys that gain access, ``names`` the short names of people.
    ``tests`` are those that ran without a plan.
    ``account`` names the account if the configuration has several.
    ``error`` is the error that ended the run, if any.
    """

    problems: Sequence[Diagnostic] = ()
    sources: Mapping[str, str] = field(default_factory=dict)
    plan: Plan | None = None
    saved: SavedPlan | None = None
    context: GuardContext | None = None
    findings: Sequence[Finding] = ()
    made: tuple[int, int, int] | None = None
    touched: Mapping[Address, Touch] = field(default_factory=dict)
    traced: bool = False
    folder: str = ""
    root: str = "rbac.toml"
    objection: str = ""
    error: RbacSyncError | None = None
    known_effects: Sequence[Effect] | None = None
    makers: Makers = None
    names: ShortNames = NO_NAMES
    account: str = ""
    tests: Sequence[Expectation] = ()

    @property
    def valid(self) -> bool:
        """True if the configuration can be used."""
        return all(is_advice(problem.code) for problem in self.problems)

    @property
    def expectations(self) -> Sequence[Expectation]:
        """The tests that were run."""
        return self.context.expectations if self.context else self.tests

    @cached_property
    def effects(self) -> Sequence[Effect]:
        """The effects of the plan on principals; empty if the plan was not judged."""
        if self.known_effects is not None:
            return self.known_effects
        from ..guard.effects import effects

        return effects(self.context) if self.context else ()

    @cached_property
    def rows(self) -> Sequence[EffectRow]:
        """The effects as rows, in the order of risk."""
        from .effect_rows import effect_rows

        return tuple(effect_rows(self.effects, self.names))

    @cached_property
    def rising(self) -> Sequence[RisingKey]:
        """The live keys that gain access by the plan."""
        if self.context is None or not self.effects:
            return ()
        from ..guard.rising_keys import rising

        return rising(self.context, self.effects)

    @cached_property
    def able(self) -> Sequence[Address]:
        """The first few principals who could apply the plan that the guard refuses."""
        if self.context is None or not self.findings:
            return ()
        from ..guard import could_apply

        return could_apply(self.context, self.findings)

    def file(self, place: Place | None) -> str:
        """Return the file of *place* relative to the repository, by default the root file."""
        return self.folder + (place.file if place else self.root)
