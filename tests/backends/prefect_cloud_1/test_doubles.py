"""Names that several things have: all of them are seen, and none of them is touched."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rbac_sync.model import (
    ACCOUNT,
    Declaration,
    Key,
    Level,
    Manage,
    Role,
    ServiceAccount,
    Subject,
    User,
    held,
)
from rbac_sync.model.resources import role as role_address
from rbac_sync.planning import Change
from rbac_sync.planning.planner import Planner
from rbac_sync.testing.account import live

from ..remote.runs import made
from .verbs import USER, bound, new, role

RUNNER = role("runner")


@pytest.fixture
def doubled(tenant):
    tenant.first, tenant.second = (tenant.service_account("ci") for _ in "12")
    tenant.one_role, _ = (tenant.custom_role("agent", "read:run") for _ in "12")
    etl = tenant.service_account("etl", "agent")
    tenant.keys = [tenant.key(etl, "host", f"202{n}-01-01T00:00:00Z") for n in (7, 8)]
    tenant.key(tenant.first, "build")
    return tenant


def named(row):
    return f"{row.get('first_name') or row['name']} ({row['id']})"


def reasons(backend, change):
    with backend.open() as session:
        return list(session.capabilities.obstacles(change))


def test_each_is_read_by_its_name_and_id_with_all_that_it_holds(doubled, backend):
    state = live(backend)
    called = {account.name for account in state.of(ServiceAccount).values()}
    assert called == {named(doubled.first), named(doubled.second), "etl"}
    first = ServiceAccount(named(doubled.first)).address
    assert state.holdings(first, ACCOUNT) == USER
    assert [key.name for key in state.keys_of(first)] == ["build"]
    etl = ServiceAccount("etl").address
    assert {key.name for key in state.keys_of(etl)} == {named(key) for key in doubled.keys}
    (holding,) = state.holdings(etl, ACCOUNT)
    assert holding.role == role_address(Level.ACCOUNT, named(doubled.one_role))


@pytest.mark.parametrize(
    "name", ["USER", "user", "Tenant_Admin", "administrator", "Read Only User"]
)
def test_a_role_that_bears_the_name_of_a_built_in_one_is_never_taken_for_it(tenant, backend, name):
    imitation = tenant.custom_role(name, "read:run")
    state = live(backend)
    assert state.get(role_address(Level.ACCOUNT, named(imitation))).permissions == {"read:run"}
    assert state.get(role_address(Level.ACCOUNT, "user")).builtin
    bo = User("bo@example.org").address
    assert reasons(backend, bound(bo, RUNNER, USER)) == []


def test_a_service_account_without_a_name_has_its_id(tenant, backend):
    row = tenant.service_account(None)
    assert ServiceAccount(f"({row['id']})").address in live(backend).of(ServiceAccount)


def _ambiguous(doubled):
    ci, agent = ServiceAccount("ci"), Role(Level.ACCOUNT, "agent", frozenset({"read:run"}))
    etl, bo = ServiceAccount("etl"), User("bo@example.org")
    first, host = ServiceAccount(named(doubled.first)), Key(etl.address, "host")
    return {
        "another one is made": new(ci),
        "one of them goes": Change(first, None),
        "one of them gets a key": Change(None, Key(first.address, "host")),
        "one of them loses a key": Change(Key(first.address, "build"), None),
        "one of them gets a role": bound(first.address, USER, RUNNER),
        "another role is made": Change(None, agent),
        "one of the roles goes": Change(replace(agent, name=named(doubled.one_role)), None),
        "somebody is invited to one of the roles": new(bo, held(agent.address)),
        "somebody gets one of the roles": bound(bo.address, USER, held(agent.address)),
        "another key is made": Change(None, host),
        "one of the keys goes": Change(replace(host, name=named(doubled.keys[0])), None),
    }


def test_nothing_is_done_by_an_ambiguous_name_and_the_ids_are_told(doubled, backend):
    with backend.open() as session:
        for what, change in _ambiguous(doubled).items():
            told = " ".join(session.capabilities.obstacles(change))
            assert "is ambiguous in this tenant: `00000000-" in told, what


def test_somebody_can_be_taken_off_an_ambiguous_role(doubled, backend):
    etl = ServiceAccount("etl").address
    change = bound(etl, role(named(doubled.one_role)), USER)
    assert reasons(backend, change) == []
    made(backend, change)
    assert live(backend).holdings(etl, ACCOUNT) == USER


def test_what_nobody_declares_can_be_ambiguous_without_harm(doubled, backend):
    with backend.open() as session:
        state = session.read()
        wanted = state.draft()
        for account in list(wanted.of(ServiceAccount).values()):
            wanted.remove(account)
        declared = Declaration(wanted, manage=dict.fromkeys(Subject, Manage.DECLARED))
        plan = Planner(session.catalogue, session.capabilities, session.now()).plan(declared, state)
    assert plan.changes == ()
    assert ServiceAccount(named(doubled.first)).address in plan.unmanaged


def test_a_name_is_no_longer_ambiguous_once_one_of_them_is_gone(doubled, backend):
    doubled.drop("user_view_same_tenant", doubled.second["id"])
    assert ServiceAccount("ci").address in live(backend).of(ServiceAccount)
    assert reasons(backend, Change(ServiceAccount("ci"), None)) == []
