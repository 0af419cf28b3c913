"""What holds for every pair of live and desired states."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from rbac_sync.guard import GuardContext, examine
from rbac_sync.guard.passing_access import ApplierWatch
from rbac_sync.model import (
    ACCOUNT,
    Declaration,
    Manage,
    Policy,
    State,
    Status,
    Subject,
    User,
    Workspace,
)
from rbac_sync.planning import Change, Invitations, followed
from rbac_sync.planning.order import in_safe_order
from rbac_sync.planning.planner import Planner
from rbac_sync.planning.target_form import normal
from rbac_sync.planning.watch import Watch
from tests.build import ANYTHING

from .worlds import BOTS, CLOUD, OWNER, PEOPLE, accounts, states

NOW = datetime(2026, 11, 21, tzinfo=UTC)
ALL = dict.fromkeys(Subject, Manage.ALL)


def plan_of(live: State, desired: State):
    planner = Planner(CLOUD, ANYTHING, NOW, partial(ApplierWatch, CLOUD, OWNER.address, NOW))
    return planner.plan(Declaration(desired, manage=ALL), live)


@given(states(), states())
def test_following_a_plan_leads_to_what_is_declared_and_then_there_is_nothing_to_do(live, desired):
    plan = plan_of(live, desired)

    outcome = followed(live, plan.changes)

    assert normal(outcome, CLOUD) == normal(desired, CLOUD)
    assert plan_of(outcome, desired).changes == ()


class Undone(Watch):
    """A watch that finds every step short of owners, and checks that each begins from the draft."""

    keeps_owners = True

    def make(self, step: Change) -> None:
        assert self._draft.find(step.before or step.resource) == step.before
        super().make(step)
        self.short = ACCOUNT


@given(accounts(), accounts())
def test_every_step_and_what_undoes_it_begins_from_what_is_there(live, desired):
    plan = Planner(CLOUD, ANYTHING, NOW, Undone).plan(Declaration(desired, manage=ALL), live)

    assert normal(followed(live, plan.changes), CLOUD) == normal(desired, CLOUD)


@given(states(), states())
def test_every_prefix_of_a_plan_is_safe(live, desired):
    plan = plan_of(live, desired)
    policy = Policy(min_owners=1, allow_removals=1_000, allow_losers=1_000)

    findings = examine(GuardContext(plan, CLOUD, OWNER.address, NOW, policy))

    assert [(f.rule, f.message) for f in findings] == []


@given(states(), states(), st.randoms(use_true_random=False))
def test_the_order_of_what_is_declared_does_not_matter(live, desired, random):
    resources, bindings = list(desired.resources()), list(desired.bindings())
    random.shuffle(resources)
    random.shuffle(bindings)

    assert plan_of(live, State([*resources, *bindings])).changes == plan_of(live, desired).changes


@given(states())
def test_between_equal_states_there_is_nothing_to_do(live):
    assert plan_of(live, live).changes == ()


def judged_order(plan, applier):
    """Return what the guard finds in *plan* that another order would mend."""
    policy = Policy(min_owners=1, allow_removals=1_000, allow_losers=1_000)
    findings = examine(GuardContext(plan, CLOUD, applier, NOW, policy))
    return [(f.rule, f.message) for f in findings if f.rule in ("TRANSIENT", "INVALID", "IN_USE")]


def declared(desired, manage=ALL):
    """Return *desired* as a configuration says it: how far somebody may act is not written."""
    silent = dict.fromkeys(desired.of(User), frozenset({"status", "expires"}))
    return Declaration(desired, manage=manage, unstated=silent)


INVITING = replace(ANYTHING, invitations=~Invitations.NONE)
TARGETS = st.sampled_from(
    [ANYTHING, INVITING, replace(INVITING, invitations=Invitations.REQUIRED | Invitations.DATED)]
)
REACHES = st.sampled_from([Manage.ALL, Manage.ALL, Manage.DECLARED, Manage.NONE])


@given(accounts(), accounts(), st.sampled_from([OWNER, *PEOPLE, *BOTS]), TARGETS)
def test_whoever_applies_a_plan_its_order_is_safe_and_what_is_left_is_then_made(
    live, desired, applier, capabilities
):
    planner = Planner(CLOUD, capabilities, NOW, partial(ApplierWatch, CLOUD, applier.address, NOW))
    found = planner.plan(declared(desired), live)

    assert judged_order(found, applier.address) == []
    assert {change.address for change in found.deferred} == set(found.reasons)
    for _ in range(3):
        found = planner.plan(declared(desired), found.outcome)
        assert judged_order(found, applier.address) == []
    assert (found.changes, found.deferred) == ((), ())


@given(accounts(), accounts(), st.sampled_from([OWNER, *PEOPLE, *BOTS]), TARGETS)
def test_what_only_creates_has_the_order_that_it_has_beside_a_change_of_something_else(
    live, desired, applier, capabilities
):
    """Without a change of something that exists, no draft is made to find the order."""
    here, other = live.draft(), Change(Workspace("zoo"), Workspace("zoo", description="new"))
    here.put(Workspace("zoo"))
    watcher = partial(ApplierWatch, CLOUD, applier.address, NOW)
    found = Planner(CLOUD, capabilities, NOW, watcher).plan(declared(desired), here)
    new = [change for change in found.changes if change.before is None]

    alone, beside = (
        in_safe_order(changes, here, CLOUD, watcher) for changes in (new, [*new, other])
    )

    assert other in beside.steps
    assert alone == replace(beside, steps=tuple(each for each in beside.steps if each != other))


@given(accounts(), accounts(), st.fixed_dictionaries(dict.fromkeys(Subject, REACHES)))
def test_an_owner_is_refused_no_plan_for_its_order_whatever_is_managed(live, desired, manage):
    planner = Planner(CLOUD, ANYTHING, NOW, partial(ApplierWatch, CLOUD, OWNER.address, NOW))

    found = planner.plan(declared(desired, manage), live)

    assert [f for f in judged_order(found, OWNER.address) if f[0] == "TRANSIENT"] == []
    assert found.deferred == ()


@given(accounts(), accounts())
def test_the_owners_are_on_the_way_never_fewer_than_at_both_ends(live, desired):
    planner = Planner(CLOUD, ANYTHING, NOW, partial(ApplierWatch, CLOUD, OWNER.address, NOW))
    found = planner.plan(declared(desired), live)
    lowest = min(owners(live), owners(found.outcome))

    counts = [owners(followed(live, found.changes[:n])) for n in range(len(found.changes))]

    assert all(count >= lowest for count in counts)


def owners(state):
    """Return how many people own an account and may act."""
    users = state.of(User)
    held = state.row(ACCOUNT).items()
    own = [who for who, roles in held if {h.role for h in roles} == {CLOUD.owner}]
    return sum(who in users and users[who].status is Status.ACTIVE for who in own)
