from __future__ import annotations

from unittest.mock import patch

from hypothesis import example, given
from hypothesis import strategies as st

from rbac_sync.model import ACCOUNT, Binding, ObjectAccess, State, row_indexes
from rbac_sync.model import address as named
from rbac_sync.model import draft as draft_module
from rbac_sync.model.skeleton import are_alike
from tests.build import access_list, bind, role, team, user, who, workspace

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


FEW = st.sampled_from((0, 1, 2, 64))


@given(st.lists(BINDING), EDITS, EDITS, FEW, FEW)
def test_the_scopes_of_a_principal_follow_every_change(bindings, edits, more, one_by_one, noted):
    with (
        patch.object(row_indexes, "ONE_BY_ONE", one_by_one),
        patch.object(draft_module, "MOST_MOVED", noted),
    ):
        _check_scopes(bindings, edits, more)


def _check_scopes(bindings, edits, more):
    states = [State([*THINGS, *bindings])]
    expected = [by_looking(states[0])]
    for each in (edits, more):
        draft = states[-1].draft()
        for action, thing in each:
            edit(draft, action, thing)
            before = State([*draft.resources(), *draft.bindings()])
            draft.compact()
            assert draft == before
        states.append(draft)
        expected.append(by_looking(draft))
    everybody = {who for each in expected for who in each}
    for state, found in zip(states, expected, strict=True):
        assert {who: state.scopes_of(who) for who in everybody if state.scopes_of(who)} == found


def test_all_that_hold_something_are_in_the_index_however_few_were_asked_for():
    (bo,), (data,) = bind("bo", "test", "viewer"), bind("team:data", "prod", "viewer")
    state = State([*THINGS, bo, data])
    assert state.scopes_of(bo.principal) == [bo.scope]
    assert dict(state.scope_index) == {bo.principal: {bo.scope}, data.principal: {data.scope}}
    assert len(state.scope_index) == 2
    assert dict(state.draft().scope_index) == dict(state.scope_index)


def test_the_scopes_of_several_principals_are_sorted_and_each_comes_once():
    (bo,), (data,) = bind("bo", "test", "viewer"), bind("team:data", "prod", "viewer")
    (again,), (account,) = bind("team:data", "test", "viewer"), bind("bo", None, "member")
    state = State([*THINGS, bo, again, account, data])
    spaces = [named.workspace("prod"), named.workspace("test")]
    assert state.scopes_of(bo.principal, data.principal) == [ACCOUNT, *spaces]
    assert list(state.bindings_of(data.principal)) == [data, again]
    assert state.scopes_of() == []


NAMES = ("a", "b", "c")
MAKE = {
    "user": lambda name: user(name)[0],
    "team": lambda name: team(name, "ana")[0],
    "workspace": lambda name: workspace(name)[0],
}
MOVES = st.lists(
    st.tuples(st.sampled_from(tuple(MAKE)), st.sampled_from(NAMES), st.sampled_from(NAMES))
    | st.tuples(
        st.sampled_from(("bind", "unbind")),
        st.sampled_from(("a", "b", "c", "team:a", "team:b", "team:c")),
        st.sampled_from(NAMES),
    ),
    max_size=12,
)


def move(draft, what, one, other):
    """Make one step in *draft*: a rename to a name that is free, or a change of a binding."""
    if what in MAKE:
        before, after = draft.find(MAKE[what](one)), MAKE[what](other)
        if before and not draft.find(after):
            draft.rename(before, after)
    elif draft.knows(workspace(other)[0].address) and draft.knows(who(one)):
        binding = bind(one, other, "viewer" if what == "bind" else "runner")[0]
        (draft.put if what == "bind" else draft.remove)(binding)


def moved(held, draft, what, one, other):
    """Return what *held*, a set of (principal, scope), is after that step in *draft*."""
    if what in MAKE:
        before, after = draft.find(MAKE[what](one)), MAKE[what](other)
        if not before or draft.find(after):
            return held
        names = {before.address: after.address}
        return {(names.get(p, p), names.get(s, s)) for p, s in held}
    there = who(one), workspace(other)[0].address
    if not all(map(draft.knows, there)):
        return held
    return held | {there} if what == "bind" else held - {there}


@given(MOVES, MOVES, MOVES)
def test_drafts_of_a_draft_are_apart_through_renames_in_a_ring(first, parents, childs):
    start = [make(name) for make in MAKE.values() for name in NAMES[:2]]
    rows = [bind("a", "a", "viewer")[0], bind("team:b", "b", "viewer")[0]]
    parent = State([*start, *rows]).draft()
    held = {(b.principal, b.scope) for b in rows}
    for step in first:
        held = moved(held, parent, *step)
        move(parent, *step)
    child, in_child = parent.draft(), held
    for step in parents:
        held = moved(held, parent, *step)
        move(parent, *step)
    for step in childs:
        in_child = moved(in_child, child, *step)
        move(child, *step)

    for draft, expected in ((parent, held), (child, in_child)):
        assert {(b.principal, b.scope) for b in draft.bindings()} == expected
        assert {(p, s) for p, scopes in draft.scope_index.items() for s in scopes} == expected


ROLES, LIST = ("a", "b"), "work_pool:main"
LOOKED_AT = {
    "user": [user(name)[0] for name in NAMES],
    "workspace": [workspace(name)[0] for name in NAMES],
    "role": [role(name, base=base)[0] for name in ROLES for base in ("", "viewer")],
    "binding": [bind(p, at, *of)[0] for p in "ab" for at in "ab" for of in ("a", "ab")],
    "list": [access_list(LIST, at, view=view)[0] for at in NAMES for view in ("a", "b c")],
}
LOOKED_AT_STEPS = st.sampled_from(tuple(LOOKED_AT)).flatmap(
    lambda kind: st.tuples(
        st.sampled_from(("put", "put", "remove", "rename", "copy", "ask")),
        *[st.sampled_from(LOOKED_AT[kind])] * 2,
    )
)


def looked_up(draft):
    """Return what the indexes of *draft* find, and the same found by looking at everything."""
    bindings = list(draft.bindings())
    roles = [each.address for each in (*LOOKED_AT["role"], role("viewer")[0])]
    spaces = [each.address for each in LOOKED_AT["workspace"]]
    held = {r: {b.address for b in bindings if r in b.references} for r in roles}
    lists, of_roles = (
        [x for x in draft.resources() if x.kind is each.kind]
        for each in (LOOKED_AT["list"][0], LOOKED_AT["role"][0])
    )
    found = (
        {r: sorted(b.address for b in draft.bindings_with(r)) for r in roles},
        {(r, at): sorted(draft.holders(r, at)) for r in roles for at in spaces},
        {r: sorted(draft.roles_on(r)) for r in roles},
        {at: sorted(x.address for x in draft.lists_in(at)) for at in spaces},
        {each: sorted(x.address for x in draft.lists_naming(who(each))) for each in NAMES},
    )
    return found, (
        {r: sorted(held[r]) for r in roles},
        {
            (r, at): sorted(b.principal for b in bindings if b.scope == at and b.address in held[r])
            for r in roles
            for at in spaces
        },
        {r: sorted(x.address for x in of_roles if r in x.references) for r in roles},
        {at: sorted(x.address for x in lists if x.workspace == at) for at in spaces},
        {each: sorted(x.address for x in lists if who(each) in x.principals) for each in NAMES},
    )


@example(True, [("rename", *LOOKED_AT["workspace"][:2])])
@given(st.booleans(), st.lists(LOOKED_AT_STEPS, max_size=20))
def test_the_indexes_of_a_draft_have_what_it_has(are_asked, steps):
    start = [LOOKED_AT[kind][0] for kind in ("user", "workspace", "role", "list")]
    drafts = [State([*start, *LOOKED_AT["binding"][:1]]).draft()]
    if are_asked:
        looked_up(drafts[0])
    for what, one, other in steps:
        draft = drafts[-1]
        if what == "copy":
            drafts.append(draft.draft())
        elif what == "ask":
            looked_up(draft)
        elif what == "rename":
            if (
                draft.find(one)
                and not draft.find(other)
                and not isinstance(one, Binding | ObjectAccess)
            ):
                draft.rename(draft.find(one), other)
        else:
            (draft.put if what == "put" else draft.remove)(one)
    for draft in drafts:
        found, expected = looked_up(draft)
        assert found == expected


def test_a_draft_does_not_follow_the_draft_that_it_was_made_from():
    (ana,), (bo,) = bind("ana", "prod", "viewer"), bind("bo", "prod", "viewer")
    parent = State(THINGS).draft()
    parent.put(ana)
    assert parent.scopes_of(ana.principal) == [ana.scope]
    child = parent.draft()

    parent.put(bo)
    parent.remove(ana)

    assert list(child.bindings()) == [ana]
    assert child.scopes_of(ana.principal) == [ana.scope]


def test_the_places_of_a_member_are_copied_once_and_shared_with_no_other_draft():
    parent, ana = State(THINGS).draft(), who("ana")
    assert [*parent.memberships_of(ana)] == [DATA.address]
    parent.put(OPS)
    places = parent.memberships_of(ana)
    parent.put(team("web", "ana")[0])
    parent.remove(DATA)
    assert parent.memberships_of(ana) is places
    assert [*places] == [OPS.address, who("team:web")]
    child = parent.draft()

    parent.remove(OPS)
    child.put(DATA)

    assert [*parent.memberships_of(ana)] == [who("team:web")]
    assert [*child.memberships_of(ana)] == [OPS.address, who("team:web"), DATA.address]


ALIKE = [team(name)[0] for name in ("data", "Data", "d\u0430ta", "0ps", "ops")]
TEAM = st.sampled_from(ALIKE)


@given(st.sets(TEAM), st.lists(st.tuples(st.sampled_from(("put", "remove", "copy")), TEAM, TEAM)))
def test_the_look_alikes_of_a_name_are_those_that_a_draft_has(start, steps):
    draft = State(start).draft()
    for what, one, other in steps:
        if what == "copy":
            draft = draft.draft()
        elif draft.find(one) and not draft.find(other):
            draft.rename(one, other)
        else:
            (draft.put if what == "put" else draft.remove)(one)
        there = [each.address for each in ALIKE if draft.find(each) and each != other]
        expected = [address for address in there if are_alike(address.name, other.name)]
        assert sorted(draft.alike(other.address)) == sorted(expected)
