"""The context of a judgement: everything that a rule may use."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from ..dataclasses import dataclass, field
from ..model import (
    ACCOUNT,
    WHOLE,
    Action,
    Address,
    Catalogue,
    Horizon,
    Instant,
    Kind,
    Permission,
    Policy,
    State,
    User,
)
from ..model.address import workspace
from ..model.grants import with_copies
from ..planning import Capabilities, Change, Expresses, Plan
from ..planning.renames import new_names, under_new_names
from .recent import NOTHING, Recent

if TYPE_CHECKING:
    from ..model.expectation import Expectation
    from .access import Access
    from .access_comparison import Comparison
    from .authority import Authority
    from .bitsets import Mask
    from .facts import Facts, Step
    from .findings import Finding, RuleId

Verdict = TypeVar("Verdict")


@dataclass(frozen=True)
class GuardContext:
    """A plan, its applier, and the limits of its judgement.

    ``applier`` is None if it is unknown. ``author`` is a second principal on
    whose behalf the plan is applied: the bound is then the common authority of
    both. ``capabilities`` None: the target takes every change. ``now`` is the
    backend's time; ``horizon`` names the parts of the account that were not read. ``recent``
    is what was changed shortly before the plan, for limits on removals over a time; for a run of
    the command that is nothing. ``declared`` is the desired state as it is written, with the ends
    and reasons that the target may not keep; None: nothing is declared.
    """

    plan: Plan
    catalogue: Catalogue
    applier: Address | None
    now: Instant
    policy: Policy = field(default_factory=Policy)
    capabilities: Capabilities | None = None
    expectations: tuple[Expectation, ...] = ()
    author: Address | None = None
    horizon: Horizon = WHOLE
    recent: Recent = NOTHING
    declared: State | None = None

    @property
    def principals(self) -> tuple[Address | None, ...]:
        """The applier, and the author if there is one."""
        return (self.applier,) if self.author is None else (self.applier, self.author)

    @property
    def with_ends(self) -> State | None:
        """The desired state with its ends if the target keeps no ends, else None."""
        can = self.capabilities
        return None if can is None or Expresses.ENDS in can.expresses else self.declared

    @property
    def live(self) -> State:
        return self.plan.live

    @cached_property
    def _walked(self) -> tuple[tuple[Facts, ...], Access]:
        """The facts about each change, and access after every valid one."""
        if not self.plan.changes:
            from .access import Access

            return (), Access(self.live, self.catalogue)
        from .simulation import Simulation

        appliers = self.applier, self.author
        walk = Simulation(self.live, self.catalogue, *appliers, self.floors, self.now)
        return tuple(map(walk.step, self.plan.changes)), walk.access

    @cached_property
    def floors(self) -> Mapping[Address, int]:
        """The least number of owners of the account, and of workspaces by live and by new name."""
        old_names = {new: old for old, new in new_names(self.plan.changes).items()}
        floors = {ACCOUNT: self.policy.min_owners}
        for handle, floor in self.policy.workspace_owners.items():
            named = workspace(handle)
            for scope in {named, old_names.get(named, named)}:
                floors[scope] = max(floor, floors.get(scope, 0))
        return floors

    @property
    def steps(self) -> Iterator[Step]:
        """Each change with the facts about it, in the order given."""
        from .facts import Step

        return map(Step, self.plan.changes, self._walked[0])

    @cached_property
    def sound(self) -> tuple[Change, ...]:
        """The valid changes, which are the ones that are made: renames, then all others."""
        if not any(facts.fault for facts in self.facts):
            return self.plan.changes
        return tuple([step.change for step in self.steps if step.facts.fault is None])

    @cached_property
    def facts(self) -> tuple[Facts, ...]:
        """The facts about the steps, those of several steps once, in the order of the steps."""
        return tuple({id(facts): facts for facts in self._walked[0]}.values())

    def judged(self, judge: Callable[[Facts], Verdict | None]) -> Iterator[tuple[Step, Verdict]]:
        """Yield the steps about whose facts *judge* returns something, in order, each with that.

        *Why*: most of the steps of a large plan share a few facts, which are judged once.
        """
        verdicts = {id(facts): judge(facts) for facts in self.facts}
        for step in self.steps if any(verdicts.values()) else ():
            if verdict := verdicts[id(step.facts)]:
                yield step, verdict

    @property
    def after_renames(self) -> tuple[Change, ...]:
        """The valid changes from ``start`` to ``outcome``."""
        if not self.new_names:
            return self.sound
        return tuple(change for change in self.sound if change.action is not Action.RENAME)

    @property
    def outcome(self) -> Access:
        """Access after every valid change."""
        return self._walked[1]

    @cached_property
    def start(self) -> State:
        """The state before the plan, under the names that the plan gives."""
        return under_new_names(self.live, self.sound)

    @cached_property
    def start_horizon(self) -> Horizon:
        """The parts of ``start`` that were not read."""
        return self.horizon.under(self.new_names)

    @cached_property
    def before(self) -> Access:
        """Access now, in ``start``; uses the same bits as ``outcome``."""
        from .access import Access

        return Access(self.start, self.catalogue, self.outcome.alphabet)

    @cached_property
    def comparison(self) -> Comparison:
        from .access_comparison import Comparison

        return Comparison(self.before, self.outcome, self.now)

    def authority_of(self, principal: Address | None) -> Authority:
        """Return the authority at the start of *principal*, under its live name."""
        who = principal and self.new_address(principal)
        return self.before.authority(who, self.now, self._objects)

    @cached_property
    def _objects(self) -> tuple[Address, ...]:
        """The objects in which the plan gives or takes something, sorted."""
        values = (scope for facts in self.facts for scope, _ in (*facts.granted, *facts.revoked))
        return tuple(sorted({scope for scope in values if scope.kind is Kind.OBJECT}))

    def new_address(self, address: Address) -> Address:
        """Return the address of a resource after the plan, renamed or not."""
        return self.new_names.get(address, address)

    def live_address(self, address: Address) -> Address:
        """Return the live address of a resource by that after the plan, renamed or not."""
        return self.old_names.get(address, address)

    @cached_property
    def old_names(self) -> Mapping[Address, Address]:
        """The live address of each resource that the plan renames, by its new one."""
        return {new: old for old, new in self.new_names.items()}

    @cached_property
    def new_names(self) -> Mapping[Address, Address]:
        """The new address of each resource that the plan renames, by its old one."""
        return new_names(self.sound)

    @cached_property
    def limits(self) -> Policy:
        """The policy, with its limits on roles for their copies in the outcome."""
        return with_copies(self.policy, self.outcome.state, self.catalogue)

    @cached_property
    def first_limits(self) -> Policy:
        """The same for the copies in ``start``."""
        return with_copies(self.policy, self.start, self.catalogue)

    @cached_property
    def managers(self) -> tuple[tuple[Address, Authority], ...]:
        """The users with a managing permission at the start, with their authority, by name."""
        managing = self.outcome.alphabet.mask(r.permission for r in self.catalogue.manages.values())
        held = (
            (user, self.before.authority(user, self.now, self._objects))
            for user in sorted(self.live.of(User))
        )
        return tuple(
            (user, all_)
            for user, all_ in held
            if any(all_.mask(scope) & managing for scope in all_.scopes())
        )

    def names(self, mask: Mask) -> tuple[Permission, ...]:
        return tuple(sorted(self.outcome.alphabet.names(mask)))

    def finding(
        self,
        rule: RuleId,
        change: Change,
        message: str,
        hint: str,
        scope: Address | None = None,
        mask: Mask = 0,
    ) -> Finding:
        """Return a finding about *change*, with the place where it is declared."""
        from .findings import Finding

        return Finding(
            rule, change.address, message, hint, scope, self.names(mask), self.plan.place(change)
        )
