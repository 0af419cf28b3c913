"""Roles in scopes, given and taken away in a transaction."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from rbac_sync.model import (
    ACCOUNT,
    EVERYONE,
    Binding,
    Holding,
    Level,
    Membership,
    Team,
    Workspace,
    held,
)
from rbac_sync.model.resources import role
from rbac_sync.server.commands.bindings import (
    leave_scope,
    revoke_binding,
    revoke_role,
    set_role,
    set_roles,
)
from rbac_sync.server.commands.resources import create
from rbac_sync.server.commands.teams import create_team
from rbac_sync.server.commands.workspaces import update_workspace
from rbac_sync.server.refusals import Missing, NotAllowed

from .conftest import joined, planted

VIEWER, RUNNER, OWNER = (role(Level.WORKSPACE, name) for name in ("viewer", "runner", "owner"))
PROD = Workspace("prod").address
LONG_AGO, LATER = datetime(2020, 1, 1, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def prod(owner):
    owner.do(create, Workspace("prod"))


def test_a_role_replaces_the_one_before(owner, member):
    for wanted, key in ((VIEWER, "workspace/viewer"), (RUNNER, "workspace/runner")):
        owner.do(set_role, member.address, PROD, wanted)
        assert owner.role_of(member.address, PROD) == [key]


def test_an_account_role_is_a_binding_like_any_other(owner, member):
    owner.do(set_role, member.address, ACCOUNT, role(Level.ACCOUNT, "admin"))
    assert owner.role_of(member.address) == ["account/admin"]


def test_of_several_all_are_made_or_none(owner, member):
    cy = joined(owner, "cy@example.org")
    roles = {cy.address: VIEWER, member.address: RUNNER}
    assert member.refused(NotAllowed, set_roles, PROD, roles) == (
        "`bo@example.org` may not create `workspace.prod/access/cy@example.org`; "
        "`bo@example.org` may not create `workspace.prod/access/bo@example.org`"
    )
    assert owner.role_of(cy.address, PROD) == owner.role_of(member.address, PROD) == []
    owner.do(set_roles, PROD, roles)
    assert owner.role_of(cy.address, PROD) == ["workspace/viewer"]
    assert owner.role_of(member.address, PROD) == ["workspace/runner"]


def test_a_role_is_revoked_once(owner, member):
    owner.do(set_role, member.address, PROD, VIEWER)
    owner.do(revoke_role, member.address, PROD, VIEWER)
    assert owner.role_of(member.address, PROD) == []
    assert owner.refused(Missing, revoke_role, member.address, PROD, VIEWER) == "Not Found"


def test_a_role_that_is_not_the_one_held_is_not_there_to_revoke(owner, member):
    owner.do(set_role, member.address, PROD, VIEWER)
    assert owner.refused(Missing, revoke_role, member.address, PROD, RUNNER) == "Not Found"
    assert owner.role_of(member.address, PROD) == ["workspace/viewer"]


def test_a_user_who_is_there_for_one_workspace_leaves_with_its_role(owner):
    guest = joined(owner, "gus@example.org", "collaborator")
    owner.do(set_role, guest.address, PROD, VIEWER)
    owner.do(revoke_role, guest.address, PROD, VIEWER)
    assert owner.get(guest.address) is None


@pytest.mark.parametrize(
    ("term", "stays"), [({"until": LONG_AGO}, False), ({"since": LATER}, True)]
)
@pytest.mark.parametrize("handle", ["prod", "dev"])
def test_a_role_to_begin_keeps_a_guest_in_the_account_and_one_that_has_ended_does_not(
    owner, handle, term, stays
):
    owner.do(create, Workspace("dev"))
    guest = joined(owner, "gus@example.org", "collaborator")
    roles = {"prod": held(VIEWER)}
    roles[handle] = roles.get(handle, frozenset()) | {Holding(RUNNER, **term)}
    for place, there in roles.items():
        planted(owner, Binding(guest.address, Workspace(place).address, there))
    owner.do(revoke_role, guest.address, PROD, VIEWER)
    assert (owner.get(guest.address) is not None) is stays


@pytest.mark.parametrize(("until", "stays"), [(None, True), (LATER, True), (LONG_AGO, False)])
@pytest.mark.parametrize("leaves", [False, True])
def test_who_holds_a_role_elsewhere_by_a_team_stays_in_the_account(owner, leaves, until, stays):
    """Who manages access to one workspace takes nothing away in that of the team."""
    owner.do(create, Workspace("dev"))
    guest = joined(owner, "gus@example.org", "collaborator")
    manager = joined(owner, "mia@example.org")
    team = Team("ops", frozenset({Membership(guest.address, until=until)}))
    role_there = Binding(team.address, Workspace("dev").address, held(OWNER))
    planted(owner, team, role_there, Binding(manager.address, PROD, held(OWNER)))
    owner.do(set_role, guest.address, PROD, VIEWER)
    if leaves:
        guest.do(leave_scope, PROD)
    else:
        manager.do(revoke_role, guest.address, PROD, VIEWER)
    assert (owner.get(guest.address) is not None) is stays


@pytest.mark.parametrize("coming", [RUNNER, VIEWER])
def test_a_role_to_begin_stays_beside_a_role_that_is_given(owner, coming):
    ops = owner.do(create_team, "ops")
    there = {Holding(role(Level.WORKSPACE, "developer")), Holding(coming, since=LATER)}
    for who in (ops.address, EVERYONE):
        planted(owner, Binding(who, PROD, frozenset(there | {Holding(RUNNER, until=LONG_AGO)})))
    owner.do(set_role, ops.address, PROD, VIEWER)
    owner.do(update_workspace, Workspace("prod"), Workspace("live"), [VIEWER])
    for who in (ops.address, EVERYONE):
        with owner.view() as view:
            found = view.state.holdings(who, Workspace("live").address)
        wanted = {Holding(VIEWER), Holding(coming, since=LATER)} - {Holding(VIEWER, since=LATER)}
        assert found == wanted


def test_all_that_a_team_holds_is_revoked(owner):
    ops = owner.do(create_team, "ops")
    owner.do(set_role, ops.address, PROD, VIEWER)
    owner.do(revoke_binding, ops.address, PROD)
    assert owner.role_of(ops.address, PROD) == []
    assert owner.refused(Missing, revoke_binding, Team("ops").address, PROD) == "Not Found"


def test_everybody_gives_up_what_they_hold_themselves(owner, member):
    owner.do(set_role, member.address, PROD, VIEWER)
    member.do(leave_scope, PROD)
    assert owner.role_of(member.address, PROD) == []
    assert (
        member.refused(Missing, leave_scope, PROD)
        == "what you hold here comes from a team, a default or your account role"
    )
