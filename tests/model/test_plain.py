"""Resources as plain JSON and back."""

from __future__ import annotations

import gc
import json
import weakref
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbac_sync.model import Binding, Holding, Level, Membership, Status, Team, User
from rbac_sync.model import address as named
from rbac_sync.model.plain import PlainObject, binding_of, canonical, plain, resource, text
from rbac_sync.model.resources import role

from ..build import NOW
from ..planning.worlds import states


@given(states())
def test_every_resource_is_what_its_json_says(state):
    for each in (*state.resources(), *state.bindings()):
        assert resource(json.loads(json.dumps(plain(each)))) == each


@given(states())
def test_the_text_of_every_resource_is_the_canonical_text_of_its_json(state):
    for each in (*state.resources(), *state.bindings()):
        assert text(each) == canonical(plain(each))


def test_the_text_of_a_large_set_is_not_kept():
    members = frozenset(Membership(named.user(f"p{i}@x.org")) for i in range(1000))
    alive = weakref.ref(members)
    text(Team("ops", members))
    del members
    gc.collect()

    assert alive() is None


def test_an_object_that_is_kept_as_text_has_the_values_of_its_json():
    ann = User("Änn@x.org", Status.PENDING, NOW)
    kept = PlainObject(text(ann))

    assert (dict(kept), len(kept), kept["email"]) == (plain(ann), 4, "Änn@x.org")
    assert kept == plain(ann)
    assert repr(kept) == canonical(plain(ann))


@pytest.mark.parametrize(
    "shown",
    [
        {},
        {"kind": "dragon"},
        {"kind": "team"},
        {"kind": "team", "name": 3},
        {"kind": "team", "name": "x", "colour": "red"},
        {"kind": "member", "email": "a@x.org", "status": "asleep"},
        {"kind": "key", "owner": ["member", "a@x.org"], "name": "k", "until": "tomorrow"},
        {"kind": "binding", "principal": "ann", "scope": ["workspace", "w"], "roles": []},
        {"kind": "member", "email": None},
        {"kind": "member", "email": "a@x.org", "status": None},
        {"kind": "team", "name": "x", "members": ["ann"]},
        {"kind": "team", "name": "x", "members": "ann"},
        {"kind": "role", "level": "account", "name": "x", "permissions": {"see_flows": 1}},
        {"kind": "binding", "principal": None, "scope": ["workspace", "w"], "roles": []},
        [],
    ],
    ids=str,
)
def test_anything_else_is_refused(shown):
    with pytest.raises(ValueError, match=r"\w"):
        resource(shown)


def test_a_reason_is_written_only_where_there_is_one():
    ann, viewer = named.user("ann@x.org"), role(Level.WORKSPACE, "viewer")
    without = Binding(ann, named.workspace("prod"), frozenset({Holding(viewer)}))
    given = replace(without, roles=frozenset({Holding(viewer, reason="INC-1")}))

    assert plain(without)["roles"] == [{"role": ["role", "workspace/viewer"]}]
    assert plain(given)["roles"] == [{"reason": "INC-1", "role": ["role", "workspace/viewer"]}]
    assert resource(plain(given)) == given


ODD = st.text('abc"\\]},:[{ \n\0\x7fé\ud800') | st.sampled_from(['],"roles":[', '"]}', "a"])


@given(ODD, ODD, states())
def test_the_text_of_a_binding_is_read_as_its_json_is(name, handle, state):
    alike = [replace(each, principal=named.user(name)) for each in state.bindings()]
    alike += [replace(each, scope=named.workspace(handle)) for each in state.bindings()]
    for each in (*state.bindings(), *alike):
        assert binding_of(text(each)) in (each, None)
    assert all(binding_of(text(each)) == each for each in state.bindings() if is_plain(each))


def is_plain(binding):
    return (
        '"' not in f"{binding.principal.key}{binding.scope.key}" and text(binding).count("\\") == 0
    )


@given(st.data())
def test_a_text_that_is_nearly_that_of_a_binding_is_read_as_its_json_is(data):
    viewer = frozenset({Holding(role(Level.WORKSPACE, "viewer"), until=NOW)})
    whole = text(Binding(named.user("bo"), named.workspace("prod"), viewer))
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(whole))] * 2)))
    edited = whole[:start] + data.draw(ODD | st.just(whole[start:end] * 2)) + whole[end:]
    if (binding := binding_of(edited)) is not None:
        assert resource(json.loads(edited)) == binding
