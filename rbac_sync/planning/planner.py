"""The plan from the live state to the declared one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import TYPE_CHECKING

from ..dataclasses import dataclass, field, replace
from ..model import WHOLE, Action, Address, Catalogue, Declaration, Horizon, Instant, State
from .capabilities import Capabilities
from .change import Change
from .comparison import LiveComparison
from .plan import Absence, Plan
from .renames import renames, under_new_names
from .target_form import normal

if TYPE_CHECKING:
    from .selection import Selection
    from .watch import Watcher


@dataclass(frozen=True)
class Planner:
    """The maker of plans for one target.

    ``watcher`` checks the applier's access, under the name after the renames. No change is planned
    for parts that ``horizon`` hides. ``absent`` has the absences of declared people who
    are not members, from the target's records.
    """

    catalogue: Catalogue
    capabilities: Capabilities
    now: Instant
    watcher: Watcher | None = None
    horizon: Horizon = WHOLE
    absent: Mapping[Address, Absence] = field(default_factory=dict)

    def plan(self, declaration: Declaration, live: State) -> Plan:
        """Return the changes that turn *live* into the declared state, in a safe order.

        Renames come first and change nothing else: a new name gives nobody access.
        """
        live = normal(live, self.catalogue)
        renamed = tuple(renames(declaration, live, self.capabilities))
        if self.horizon.is_whole:
            return self._ordered(self._compared(declaration, live, renamed))
        from .unseen import seen_part, unseen_renames

        unmoved = unseen_renames(renamed, self.horizon, live)
        moved = tuple(change for change in renamed if change not in unmoved)
        plan = self._compared(declaration, live, moved)
        return self._ordered(seen_part(plan, declaration, self.horizon, unmoved))

    def _compared(self, declaration: Declaration, live: State, moved: tuple[Change, ...]) -> Plan:
        """Return the plan, in no order, that begins with the renames *moved*."""
        comparison = LiveComparison(declaration, under_new_names(live, moved), self)
        comparison.compare()
        return Plan(
            live,
            (*moved, *comparison.changes),
            waiting=tuple(comparison.waiting),
            unmanaged=tuple(sorted(comparison.unmanaged, key=str)),
            ignored=tuple(sorted(comparison.ignored, key=str)),
            unseen_because=self.horizon.reasons,
            successors=comparison.successors,
            absent=self.absent,
            uninvited=comparison.uninvited,
            origin=declaration.origin,
            entry=declaration.entry,
        )

    def part(self, plan: Plan, selection: Selection) -> Plan:
        """Return the part of *plan* in *selection*, in an order of its own.

        *Why*: in the order of the whole plan a step may be safe because of another one.
        """
        selected = selection.of(plan)
        if selected.changes == plan.changes:
            return selected
        moved, steps = _after_renames(selected.changes)
        whole = dict[Address, Change]()
        for step in steps:
            earlier = whole.get(step.address, step)
            whole[step.address] = replace(step, before=earlier.before)
        return self._ordered(replace(selected, changes=(*moved, *whole.values())))

    def _ordered(self, plan: Plan) -> Plan:
        """Return *plan* with the changes after its renames in a safe order."""
        moved, changes = _after_renames(plan.changes)
        if not changes:
            return plan
        from .order import in_safe_order
        from .watch import Watch

        watcher, start = self.watcher or Watch, under_new_names(plan.live, moved)
        ordered = in_safe_order(changes, start, self.catalogue, watcher, plan.successors)
        return replace(
            plan,
            changes=(*moved, *ordered.steps),
            deferred=plan.deferred + ordered.deferred,
            reasons={**plan.reasons, **ordered.reasons},
        )


def _after_renames(changes: Sequence[Change]) -> tuple[Sequence[Change], Sequence[Change]]:
    """Return the renames, with which *changes* begin, and the other changes."""
    renamed = tuple(takewhile(lambda change: change.action is Action.RENAME, changes))
    return renamed, changes[len(renamed) :]
