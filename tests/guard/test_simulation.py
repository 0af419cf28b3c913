"""The facts about the steps of a plan: changes of one case are looked at once."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbac_sync.guard.affected import watched
from rbac_sync.guard.simulation import Simulation
from rbac_sync.model import ACCOUNT
from rbac_sync.model.address import workspace as scope_of
from rbac_sync.planning import Change

from ..build import (
    CATALOGUE,
    NOW,
    bind,
    plan,
    role,
    service_account,
    state,
    team,
    user,
    who,
    workspace,
)
from ..planning.worlds import accounts

FLOORS = {ACCOUNT: 1, scope_of("prod"): 1}
PEOPLE = [f"u{n}" for n in range(12)]
ROLE = role("reader", "see_flows")
COMPANY = state(
    user("ana", "owner"),
    user("bo"),
    *map(user, PEOPLE),
    team("data", "ana"),
    team("ops", "u3"),
    service_account("ci"),
    ROLE,
    workspace("prod"),
    bind("u3", "prod", "viewer"),
)


def given_to(*names, roles=("reader",), scope="prod"):
    return [Change(None, *bind(name, scope, *roles)) for name in names]


def facts(changes, live, *appliers):
    """Return the facts about each of *changes*, and the state after them."""
    walk = Simulation(live, CATALOGUE, *appliers, FLOORS, NOW)
    judged = [walk.step(change) for change in changes]
    bounds = [each.bound._terms for each in judged]
    return [each._replace(bound=None) for each in judged], bounds, walk.state


def one_by_one(*asked):
    with patch.object(Simulation, "_case", return_value=None):
        return facts(*asked)


def looks(changes, live=COMPANY):
    """Return how many of *changes* are looked at."""
    walk = Simulation(live, CATALOGUE, who("ana"), None, {ACCOUNT: 1}, NOW)
    with patch.object(walk, "_facts", wraps=walk._facts) as single:
        for change in changes:
            walk.step(change)
    return single.call_count


@given(accounts(), accounts(), st.data())
def test_the_facts_about_each_step_are_those_of_the_step_alone(before, after, data):
    bindings = [Change(None, binding) for binding in after.bindings()]
    steps = data.draw(st.permutations([*plan(before, after).changes, *bindings]))
    someone = st.sampled_from([None, *sorted(before.scope_index)])
    asked = (steps, before, data.draw(someone), data.draw(someone))

    assert facts(*asked) == one_by_one(*asked)


@given(accounts(), accounts(), st.data())
def test_those_on_whom_the_bound_depends_are_known_after_each_step(before, after, data):
    steps = data.draw(st.permutations([*plan(before, after).changes, *plan(after, before).changes]))
    someone = st.sampled_from([None, *sorted(before.scope_index)])
    walk = Simulation(before, CATALOGUE, data.draw(someone), data.draw(someone), FLOORS, NOW)
    for change in steps:
        walk.step(change)
        assert walk._watched == watched(filter(None, walk._principals), walk.state)


def test_equal_access_is_looked_at_once():
    assert looks(given_to("u0", "u1", "u2")) == 1
    assert looks([*given_to("u0", "u1"), *given_to("u2", roles=["viewer"])]) == 2


def welcomed(*names, account="member", brings=(), joins=(), **more):
    """Return the creations of people; the first resource of each comes with the others."""
    made = [user(name, account, **more) for name in names]
    return [Change(None, one, (*others, *brings), joins) for one, *others in made]


def test_equal_new_people_are_looked_at_once():
    assert looks(welcomed("n0", "n1", "n2")) == 1
    assert looks([*welcomed("n0", "n1"), *welcomed("n2", account="admin")]) == 2
    assert looks([*welcomed("n0"), *given_to("u0"), *welcomed("n1"), *given_to("u1")]) == 2


ODD_PEOPLE = {
    "who is there": welcomed("bo"),
    "who came before": welcomed("n0"),
    "whose name is no address": welcomed("n7@"),
    "whose name looks like another": welcomed("N0@acme.example"),
    "who is the applier": welcomed("ana"),
    "an owner": welcomed("n7", account="owner"),
    "who is invited": welcomed("n7", status="pending"),
    "who has no role": welcomed("n7", account=None),
    "who brings the role of another": welcomed(
        "n7", account=None, brings=bind("n8", None, "member")
    ),
    "who brings access": welcomed("n7", brings=bind("n7", "prod", "reader")),
    "who brings nothing but access": welcomed(
        "n7", account=None, brings=bind("n7", "prod", "reader")
    ),
    "who joins a team": welcomed("n7", joins=(who("team:data"),)),
}


@pytest.mark.parametrize("odd", ODD_PEOPLE.values(), ids=ODD_PEOPLE)
def test_who_is_not_equal_is_looked_at_alone(odd):
    changes = [*welcomed("n0", "n1"), *odd, *welcomed("n5", "n6")]
    asked = (changes, COMPANY, who("ana"), None)

    assert facts(*asked) == one_by_one(*asked)
    assert looks(changes) > looks(welcomed("n0", "n1", "n5", "n6"))


ODD = {
    "who is not there": given_to("nobody"),
    "who has access already": given_to("u3"),
    "what was changed before": given_to("u0"),
    "who is the applier": given_to("ana"),
    "a team of the applier": given_to("team:data"),
    "everyone": given_to("everyone"),
    "a service account": given_to("sa:ci"),
    "a team": given_to("team:ops"),
    "the account": given_to("u4", scope=None, roles=["owner"]),
    "another workspace": given_to("u4", scope="test"),
    "a role that is not there": given_to("u4", roles=["writer"]),
    "who brings something": [
        Change(*[None, *bind("u4", "prod", "reader")], (*bind("u7", "prod", "reader"),))
    ],
    "with an end": given_to("u4", roles=["reader until 2027-01-01T00:00:00Z"]),
}


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
@pytest.mark.parametrize("author", [None, "bo"])
def test_what_is_not_equal_is_looked_at_by_itself(odd, author):
    changes = [*given_to("u0", "u1"), *odd, *given_to("u5", "u6")]
    asked = (changes, COMPANY, who("ana"), author and who(author))

    assert facts(*asked) == one_by_one(*asked)
    assert looks(changes) > looks(given_to("u0", "u1", "u5", "u6"))


@pytest.mark.parametrize(
    "between",
    [
        Change(ROLE[0], role("reader", "see_flows", "run_flows")[0]),
        Change(workspace("prod")[0], None),
        Change(user("ana", "owner")[1], bind("ana", None, "member")[0]),
    ],
    ids=["a role is widened", "the workspace goes", "the applier loses the account"],
)
def test_what_the_facts_rest_on_may_change_between_two_steps(between):
    changes = [*given_to("u0", "u1"), between, *given_to("u5", "u6")]
    asked = (changes, COMPANY, who("ana"), None)
    judged, bounds, _ = facts(*asked)

    assert facts(*asked) == one_by_one(*asked)
    first, *_, last = zip(judged, bounds, strict=True)
    assert first != last


def test_access_that_went_with_its_workspace_is_still_changed_twice():
    prod = workspace("prod")[0]
    anew = [Change(prod, None), Change(None, prod)]
    changes = [*given_to("u0"), *anew, *given_to("u1", "u2", "u0")]
    judged, *_ = facts(changes, COMPANY, who("ana"), None)

    faults = [change for change, each in zip(changes, judged, strict=True) if each.fault]
    assert faults == given_to("u0")


@pytest.mark.parametrize("name", ["u0", "u2"], ids=["the first", "one like it"])
def test_access_that_was_just_given_is_not_changed_again(name):
    again = Change(*bind(name, "prod", "reader"), *bind(name, "prod", "viewer"))
    *_, last = facts([*given_to("u0", "u1", "u2"), again], COMPANY, who("ana"), None)[0]

    assert last.fault.message.endswith(" is changed by an earlier step already")


def test_what_lasts_too_long_for_one_may_be_held_by_another_already():
    live = state(
        user("ana", "owner until 2027-01-01T00:00:00Z"),
        *map(user, PEOPLE),
        team("data", "u1"),
        ROLE,
        workspace("prod"),
        bind("team:data", "prod", "reader"),
    )
    judged, *_ = facts(given_to("u0", "u1", "u2"), live, who("ana"), None)

    assert [late for each in judged for late, _ in each.overlong] == [who("u0"), who("u2")]
