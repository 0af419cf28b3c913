"""What is planned and judged from a part of an account is what is from all of it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from rbac_sync.guard import Finding, GuardContext, RuleId, examine
from rbac_sync.guard.effects import effects
from rbac_sync.guard.passing_access import ApplierWatch
from rbac_sync.model import (
    ACCOUNT,
    ACTORS,
    WHOLE,
    Binding,
    Declaration,
    Key,
    Level,
    Manage,
    Policy,
    Role,
    ServiceAccount,
    State,
    Subject,
    Team,
    User,
    Workspace,
)
from rbac_sync.model.address_pattern import IgnoreRule
from rbac_sync.model.expectation import Ability, Expectation
from rbac_sync.pipeline.read_extent import wider
from rbac_sync.planning import Change
from rbac_sync.planning.extent import (
    extent_of_changes,
    extent_of_declaration,
    extent_of_plan,
    extent_on_record,
)
from rbac_sync.planning.planfile import SavedPlan, Target
from rbac_sync.planning.planner import Planner
from rbac_sync.planning.selection import Selection
from rbac_sync.testing.states import CLOUD, OWNER, SPACES

from ..build import (
    NOW,
    bind,
    context,
    key,
    plan,
    role,
    service_account,
    state,
    team,
    user,
    who,
    workspace,
)
from ..planning.test_properties import TARGETS
from ..planning.worlds import accounts

MANAGE = dict.fromkeys(Subject, Manage.ALL) | {Subject.WORKSPACES: Manage.DECLARED}
EDITS = ("binding", "unbinding", "member", "leaver", "guest", "description", "nothing")
WIDE_EDITS = (*EDITS, "promotion", "departure", "role", "custom role", "bot", "key")
EVERYWHERE = Selection()


def edited(live, data):
    """Return *live* after some edits, most of which have an effect in few places."""
    draft = live.draft()
    for _ in range(data.draw(st.integers(1, 4))):
        _edit(draft, data.draw(st.sampled_from(EDITS)), data)
    return draft


def _edit(draft, edit, data):
    bindings = sorted((b for b in draft.bindings() if b.scope != ACCOUNT), key=lambda b: b.address)
    teams = sorted(draft.of(Team))
    if edit in ("binding", "unbinding") and bindings:
        binding = data.draw(st.sampled_from(bindings))
        other = data.draw(st.sampled_from(bindings))
        draft.put(replace(binding, roles=other.roles if edit == "binding" else frozenset()))
    elif edit in ("member", "leaver") and teams:
        chosen = draft.get(data.draw(st.sampled_from(teams)))
        members = team("x", "olivia")[0].members if edit == "member" else frozenset()
        draft.put(replace(chosen, members=members))
    elif edit == "guest":
        for resource in user("zoe"):
            draft.put(resource)
    elif edit == "description" and draft.of(Workspace):
        space = data.draw(st.sampled_from(sorted(draft.of(Workspace))))
        draft.put(replace(draft.get(space), description="New."))


def _edit_more(draft, edit, data):
    """Make an edit that may have an effect anywhere."""
    people = sorted((*draft.of(User), *draft.of(ServiceAccount)))
    custom = sorted(a for a, known in draft.of(Role).items() if not known.builtin)
    if edit == "promotion" and people:
        other = data.draw(st.sampled_from(people))
        draft.put(
            Binding(data.draw(st.sampled_from(people)), ACCOUNT, draft.holdings(other, ACCOUNT))
        )
    elif edit == "departure" and people:
        draft.remove(draft.get(data.draw(st.sampled_from(people))))
    elif edit == "role" and custom:
        known, other = (draft.get(data.draw(st.sampled_from(custom))) for _ in range(2))
        draft.put(replace(known, permissions=other.permissions | {"see_blocks"}))
    elif edit == "custom role":
        draft.put(role("writer", "run_flows")[0])
    elif edit == "bot":
        for resource in service_account("zeta"):
            draft.put(resource)
    elif edit == "key" and draft.of(ServiceAccount):
        draft.put(Key(data.draw(st.sampled_from(sorted(draft.of(ServiceAccount)))), "spare"))


def index(state):
    """Return the look-up of scopes in an index of all bindings of *state*."""

    def scopes_of(holders):
        return {
            binding.scope
            for binding in state.bindings()
            if {binding.principal, *(h.role for h in binding.roles)} & {*holders}
        }

    return scopes_of


def without(state, scopes):
    """Return *state* as a read that passes over *scopes* has it."""
    rest = [b for b in state.bindings() if b.scope not in scopes or b.principal.kind not in ACTORS]
    return State([*state.resources(), *rest])


def unbound(state, scopes):
    """Return *state* without the bindings in *scopes*."""
    return State([*state.resources(), *(b for b in state.bindings() if b.scope not in scopes)])


def undeclared(state, scopes):
    """Return *state* as a configuration has it that does not speak of *scopes*."""
    resources = [r for r in state.resources() if r.address not in scopes]
    return State([*resources, *(b for b in state.bindings() if b.scope not in scopes)])


def judged(live, declaration, horizon, capabilities):
    watcher = partial(ApplierWatch, CLOUD, OWNER.address, NOW)
    planner = Planner(CLOUD, capabilities, NOW, watcher, horizon)
    made = planner.plan(declaration, live)
    context = GuardContext(
        made, CLOUD, OWNER.address, NOW, declaration.policy, capabilities, horizon=horizon
    )
    return made, examine(context), effects(context)


POLICIES = st.sampled_from([Policy(), Policy(allow_removals=1_000, allow_losers=1_000)])


@given(accounts(), st.data(), st.sampled_from(SPACES), TARGETS, POLICIES)
def test_what_was_not_read_makes_no_difference(live, data, passed_over, capabilities, policy):
    scopes = frozenset({passed_over.address}) & live.of(Workspace).keys()
    silent = dict.fromkeys(live.of(User), frozenset({"status", "expires"}))
    desired = undeclared(edited(live, data), scopes)
    declaration = Declaration(desired, manage=MANAGE, unstated=silent, policy=policy)
    horizon = replace(WHOLE, unread=scopes)
    extent = extent_of_declaration(declaration, EVERYWHERE)
    made, findings, seen = judged(without(live, scopes), declaration, horizon, capabilities)
    is_enough = bool(scopes) and wider(extent, made, horizon, findings) == extent
    event(f"enough: {is_enough}, changes: {bool(made.changes)}")
    if not is_enough:
        return
    whole, objections, all_ = judged(live, declaration, WHOLE, capabilities)

    assert made.changes == whole.changes
    assert objections == findings == []
    assert list(seen) == list(all_)


@given(accounts(), st.data(), TARGETS, POLICIES)
def test_what_is_as_declared_and_not_reached_makes_no_difference(live, data, capabilities, policy):
    desired = live.draft()
    for _ in range(data.draw(st.integers(1, 3))):
        edit = data.draw(st.sampled_from(WIDE_EDITS))
        (_edit if edit in EDITS else _edit_more)(desired, edit, data)
    silent = dict.fromkeys(live.of(User), frozenset({"status", "expires"}))
    declared = Declaration(desired, manage=MANAGE, unstated=silent, policy=policy)
    whole, objections, all_ = judged(live, declared, WHOLE, capabilities)
    places = extent_on_record((*whole.changes, *whole.deferred), live, index(live))
    scopes = frozenset() if places is None else live.of(Workspace).keys() - places
    event(f"passed over: {bool(scopes)}, refused: {bool(objections)}")
    if not scopes or not whole.changes:
        return
    of_part = replace(declared, desired=unbound(desired, scopes))
    horizon = replace(WHOLE, passed_over=scopes)
    made, findings, seen = judged(unbound(live, scopes), of_part, horizon, capabilities)

    assert extent_on_record((*made.changes, *made.deferred), made.live, index(live)) == places
    assert made.unknown == ()
    assert findings or not objections
    if not findings:
        assert (made.changes, made.deferred) == (whole.changes, whole.deferred)
        assert list(seen) == list(all_)


LIVE = [
    *user("ana", "owner"),
    *user("bo"),
    *service_account("ci"),
    *team("data", "bo"),
    *workspace("prod"),
    *workspace("test"),
    *role("reader", "see_flows"),
    *bind("team:data", "test", "viewer"),
    *bind("bo", "prod", "viewer"),
]
PROD, TEST = (workspace(name)[0].address for name in ("prod", "test"))


def rest(*gone):
    return [each for each in LIVE if each not in gone]


NEAR = {
    "a grant": ([*LIVE, *bind("sa:ci", "prod", "viewer")], {PROD}),
    "somebody new": ([*LIVE, *user("cy")], set()),
    "a new role": ([*LIVE, *role("writer", "run_flows")], set()),
    "a new service account with its key": (
        [*LIVE, *service_account("new"), *key("sa:new", "main")],
        set(),
    ),
    "a workspace that goes": (rest(*workspace("prod"), *bind("bo", "prod", "viewer")), {PROD}),
    "members of a team that holds something": (
        [*rest(*team("data", "bo")), *team("data", "bo", "ana")],
        {TEST},
    ),
}
FAR = {
    "a wider role": [*rest(*role("reader", "see_flows")), *role("reader", "run_flows")],
    "a role that goes": rest(*role("reader", "see_flows")),
    "a person who goes": [
        *rest(*user("bo"), *team("data", "bo"), *bind("bo", "prod", "viewer")),
        *team("data"),
    ],
    "an account role": [*rest(*user("bo")), *user("bo", "admin")],
    "a key of a service account that is there": [*LIVE, *key("sa:ci", "main")],
}


@pytest.mark.parametrize("case", NEAR)
def test_what_has_an_effect_in_few_places_needs_these(case):
    desired, extent = NEAR[case]
    changes = plan(state(LIVE), state(desired)).changes
    assert changes
    assert extent_of_changes(changes, state(LIVE)) == extent


HELD = bind("ana", "prod", "reader")
FOUND = {
    "a wider role": {PROD},
    "a person who goes": {PROD, TEST},
    "an account role": {PROD, TEST},
    "a key of a service account that is there": set(),
}
CLERK = partial(role, "clerk", level=Level.ACCOUNT)
OF_ALL = {
    "a role of the account": ([CLERK("see_flows")], [CLERK("see_flows", "see_blocks")]),
    "a team with a role in the account": (
        [team("ops", "bo"), bind("team:ops", None, "member")],
        [team("ops", "bo", "ana"), bind("team:ops", None, "member")],
    ),
    "a team with a role in every workspace": (
        [team("ops", "bo"), bind("team:ops", "*", "viewer")],
        [team("ops", "bo", "ana"), bind("team:ops", "*", "viewer")],
    ),
}


@pytest.mark.parametrize("case", FOUND)
def test_an_index_finds_where_a_change_has_an_effect(case):
    live = state([*LIVE, *HELD])
    changes = plan(live, state([*FAR[case], *HELD])).changes
    assert extent_on_record(changes, live, index(live)) == FOUND[case]


@pytest.mark.parametrize("case", OF_ALL)
def test_what_is_given_in_the_account_has_an_effect_in_every_workspace(case):
    before, after = (state(LIVE, *sides) for sides in OF_ALL[case])
    changes = plan(before, after).changes
    assert len(changes) == 1
    assert extent_on_record(changes, before, index(before)) is None


def test_a_role_in_every_workspace_has_an_effect_in_every_workspace():
    live, (given,) = state(LIVE), bind("team:data", "*", "viewer")
    assert extent_on_record([Change(None, given)], live, index(live)) is None


@pytest.mark.parametrize("case", FAR)
def test_what_may_have_an_effect_anywhere_needs_every_workspace(case):
    made = plan(state(LIVE), state(FAR[case]))
    assert made.changes
    assert extent_of_changes(made.changes, state(LIVE)) is None
    share, horizon = Finding(RuleId.THRESHOLD, None, "", ""), replace(WHOLE, unread={TEST})
    assert wider(frozenset({PROD}), made, horizon, [share]) is None


DECLARED = Declaration(state(LIVE))


@pytest.mark.parametrize(
    ("selection", "extent"),
    [
        (Selection(), {PROD, TEST}),
        (Selection(targets=("workspace.prod",)), {PROD}),
        (Selection(targets=("workspace.prod/access/user:bo@example.org",)), {PROD}),
        (Selection(targets=("workspace.*/access/*",)), {PROD, TEST}),
        (Selection(targets=("workspace.p*",)), {PROD}),
        (Selection(targets=("team.data",)), set()),
        (Selection(excludes=("workspace.prod",)), {TEST}),
        (Selection(excludes=("workspace.prod/access",)), {PROD, TEST}),
    ],
)
def test_a_plan_compares_access_where_it_is_declared_and_selected(selection, extent):
    assert extent_of_declaration(DECLARED, selection) == extent


def test_a_workspace_is_compared_under_both_its_names():
    new = workspace("live")[0].address
    renamed = Declaration(state(workspace("live")), former={new: (PROD,)})
    assert extent_of_declaration(renamed, Selection(targets=("workspace.live",))) == {new, PROD}


def test_tests_and_floors_are_asked_where_they_are_put():
    test = Ability("t", who("bo"), TEST)
    floors = Policy(workspace_owners={"prod": 1})
    none = Selection(targets=("team.data",))
    assert extent_of_declaration(replace(DECLARED, expectations=(test,)), none) == {TEST}
    assert extent_of_declaration(replace(DECLARED, policy=floors), none) == {PROD}


@pytest.mark.parametrize("place", [workspace("*")[0].address])
def test_a_test_about_every_workspace_needs_every_workspace(place):
    expectations: tuple[Expectation, ...] = (Ability("t", who("bo"), place),)
    everywhere = replace(DECLARED, expectations=expectations)
    saved = SavedPlan(Target("", "", "", "prefect-cloud"), "", NOW, (), {})
    assert extent_of_declaration(everywhere, Selection(targets=("team.data",))) is None
    assert extent_of_plan(saved, everywhere) is None


def test_what_is_ignored_may_be_anywhere():
    ignoring = replace(DECLARED, ignored=(IgnoreRule("workspace.*/access/*", "theirs"),))
    assert extent_of_declaration(ignoring, Selection(targets=("team.data",))) is None


def test_a_saved_plan_needs_the_places_that_it_depends_on():
    (granted,) = bind("bo", "test", "viewer")
    pins = {granted.address: "1", who("bo"): "1"}
    saved = SavedPlan(Target("", "", "", "prefect-cloud"), "", NOW, (), pins)
    assert extent_of_plan(saved, DECLARED) == {TEST}


@pytest.mark.parametrize("horizon", [WHOLE, replace(WHOLE, unread=frozenset({TEST}))])
def test_a_share_counts_only_what_was_read(horizon):
    """Half of what was read goes; of all that there is it is little."""
    people = [each for n in range(12) for each in user(f"p{n}")]
    there = [each for n in range(12) for each in bind(f"p{n}", "test", "viewer")]
    here = [each for n in range(4) for each in bind(f"p{n}", "prod", "viewer")]
    live = state([*LIVE, *people, *there, *here])
    made = plan(live, state([*LIVE, *people, *there, *here[3:]]))
    policy = Policy(max_losers=None)
    shown = replace(made, live=without(live, horizon.unread))
    asked = context(shown, policy=policy, horizon=horizon)

    counted = [f for f in examine(asked) if f.rule == RuleId.THRESHOLD]
    assert bool(counted) == bool(horizon.unread)
