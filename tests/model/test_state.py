from __future__ import annotations

from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from rbac_sync.model import ACCOUNT, State
from rbac_sync.model import address as named
from rbac_sync.model import state as state_module
from tests.build import bind, team, user, workspace

USERS, SPACES = ("ana", "bo", "cy"), ("prod", "test")
HOLDERS = (*USERS, "team:data", "everyone")
(DATA,), (OPS,) = team("data", "ana", "bo"), team("ops", "ana", "bo")
THINGS = (*(user(name)[0] for name in USERS), *(workspace(name)[0] for name in SPACES), DATA)
NEW_NAMES = {
    user("ana")[0]: user("dan")[0],
    workspace("prod")[0]: workspace("live")[0],
    DATA: OPS,
}
BINDING = st.builds(
    lambda who, scope: bind(who, scope, "viewer")[0],
    st.sampled_from(HOLDERS),
    st.sampled_from((None, *SPACES)),
)
THING = st.sampled_from(THINGS)
EDITS = st.lists(
    st.tuples(st.sampled_from(("put", "remove")), BINDING)
    | st.tuples(st.sampled_from(("put", "remove", "rename", "rename back")), THING)
)


def by_looking(state):
    """Return the scopes of each principal, found by looking at every binding."""
    held = [(binding.principal, binding.scope) for binding in state.bindings()]
    return {who: sorted(scope for p, scope in held if p == who) for who, _ in held}


def edit(draft, action, thing):
    new = NEW_NAMES.get(thing)
    if action == "put":
        draft.put(thing)
    elif action == "remove":
        draft.remove(thing)
    elif action == "rename" and new and draft.find(thing):
        draft.rename(draft.find(thing), new)
    elif action == "rename back" and new and draft.find(new):
        draft.rename(draft.find(new), thing)


@given(st.lists(BINDING), EDITS, EDITS, st.sampled_from((0, 1, 2, 64)))
def test_the_scopes_of_a_principal_follow_every_change(bindings, edits, more, one_by_one):
    with patch.object(state_module, "ONE_BY_ONE", one_by_one):
        _check_scopes(bindings, edits, more)


def _check_scopes(bindings, edits, more):
    states = [State(THINGS, bindings)]
    expected = [by_looking(states[0])]
    for each in (edits, more):
        draft = states[-1].draft()
        for action, thing in each:
            edit(draft, action, thing)
        states.append(draft)
        expected.append(by_looking(draft))
    everybody = {who for each in expected for who in each}
    for state, found in zip(states, expected, strict=True):
        assert {who: state.scopes_of(who) for who in everybody if state.scopes_of(who)} == found


def test_all_that_hold_something_are_in_the_index_however_few_were_asked_for():
    (bo,), (data,) = bind("bo", "test", "viewer"), bind("team:data", "prod", "viewer")
    state = State(THINGS, (bo, data))
    assert state.scopes_of(bo.principal) == [bo.scope]
    assert dict(state.scope_index) == {bo.principal: {bo.scope}, data.principal: {data.scope}}
    assert len(state.scope_index) == 2
    assert dict(state.draft().scope_index) == dict(state.scope_index)


def test_the_scopes_of_several_principals_are_sorted_and_each_comes_once():
    (bo,), (data,) = bind("bo", "test", "viewer"), bind("team:data", "prod", "viewer")
    (again,), (account,) = bind("team:data", "test", "viewer"), bind("bo", None, "member")
    state = State(THINGS, (bo, again, account, data))
    spaces = [named.workspace("prod"), named.workspace("test")]
    assert state.scopes_of(bo.principal, data.principal) == [ACCOUNT, *spaces]
    assert list(state.bindings_of(data.principal)) == [data, again]
    assert state.scopes_of() == []
