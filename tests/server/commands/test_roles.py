"""Custom roles, made, changed and deleted in a transaction."""

from __future__ import annotations

from dataclasses import replace

from rbac_sync.model import Level, Permission, Role, Workspace
from rbac_sync.model.resources import role as role_address
from rbac_sync.server.commands.bindings import set_role
from rbac_sync.server.commands.resources import create, delete, update
from rbac_sync.server.refusals import Conflict, InvalidRequest, NotAllowed

from .conftest import joined

DEV = Role(Level.WORKSPACE, "dev", frozenset({Permission("see_flows")}))


def test_a_role_is_created_changed_and_deleted(owner):
    assert owner.do(create, DEV) == DEV
    assert owner.get(DEV.address) == DEV
    after = owner.do(update, DEV, replace(DEV, description="for developers"))
    assert owner.get(DEV.address).description == after.description == "for developers"
    owner.do(delete, after)
    assert owner.get(DEV.address) is None


def test_a_renamed_role_is_still_held(owner):
    prod = owner.do(create, Workspace("prod"))
    owner.do(create, DEV)
    owner.do(set_role, owner.address, prod.address, DEV.address)
    owner.do(update, DEV, replace(DEV, name="builder", permissions=frozenset()))
    assert owner.role_of(owner.address, prod.address) == ["workspace/builder"]
    assert owner.get(role_address(Level.WORKSPACE, "builder")).permissions == frozenset()


def test_a_role_of_a_name_that_is_there_is_a_conflict(owner):
    owner.do(create, DEV)
    assert owner.refused(Conflict, create, DEV) == "`role.dev` exists already"


def test_a_member_makes_no_role(owner, member):
    assert member.refused(NotAllowed, create, DEV) == "`bo@example.org` may not create `role.dev`"
    assert owner.get(DEV.address) is None


def test_a_name_that_a_role_cannot_have_is_told_and_nothing_that_follows_from_it(owner):
    builtin = owner.get(role_address(Level.WORKSPACE, "viewer"))
    owner.do(create, DEV)
    owner.do(create, replace(DEV, name="builder"))
    taken = replace(DEV, name="builder", permissions=frozenset())
    assert owner.refused(Conflict, update, DEV, taken) == "`role.builder` exists already"
    for name in ("builder", "new"):
        changed = replace(builtin, name=name, permissions=frozenset())
        told = owner.refused(NotAllowed, update, builtin, changed)
        assert told == "`viewer` is a built-in role and cannot be changed"


def test_a_role_that_somebody_holds_stays(owner):
    prod = owner.do(create, Workspace("prod"))
    owner.do(create, DEV)
    owner.do(set_role, owner.address, prod.address, DEV.address)
    refused = "`role.dev` is in use: olivia@example.org in `workspace.prod`"
    assert owner.refused(Conflict, delete, DEV) == refused
    assert owner.get(DEV.address) == DEV


def test_of_several_who_hold_a_role_the_first_by_name_is_told(owner):
    prod = owner.do(create, Workspace("prod"))
    owner.do(create, DEV)
    for name in ("zoe", "amy", "max"):
        who = joined(owner, f"{name}@example.org")
        owner.do(set_role, who.address, prod.address, DEV.address)
    refused = "`role.dev` is in use: amy@example.org in `workspace.prod`"
    assert owner.refused(Conflict, delete, DEV) == refused


def test_of_several_names_that_look_like_a_new_one_the_first_is_told(owner):
    for name in ("el", "ei"):  # with a capital I, both
        owner.do(create, replace(DEV, name=name))
    refused = "`eI` cannot be told apart from the role `ei`"
    assert owner.refused(InvalidRequest, create, replace(DEV, name="eI")) == refused


def test_a_built_in_role_is_neither_changed_nor_deleted(owner):
    viewer = owner.get(role_address(Level.WORKSPACE, "viewer"))
    assert (
        owner.refused(NotAllowed, update, viewer, replace(viewer, description="mine"))
        == "`viewer` is a built-in role and cannot be changed"
    )
    assert (
        owner.refused(NotAllowed, delete, viewer)
        == "`viewer` is a built-in role and cannot be changed"
    )
