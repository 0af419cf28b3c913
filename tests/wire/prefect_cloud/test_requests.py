"""Requests as the real clients send them, and the limits of the published document."""

from __future__ import annotations

from uuid import UUID

import pytest
from pydantic import TypeAdapter, ValidationError

from rbac_sync.wire.prefect_cloud.access import (
    ReadWorkspaceTeamAccesses,
    SetBlockDocumentAccess,
    SetWorkPoolAccess,
    WorkspaceBotAccessCreate,
    WorkspaceUserAccessCreate,
)
from rbac_sync.wire.prefect_cloud.account_memberships import (
    AccountMembershipBulkSetActive,
    ReadAccountMemberships,
)
from rbac_sync.wire.prefect_cloud.accounts import AccountSettingsUpdate, AccountUpdate
from rbac_sync.wire.prefect_cloud.bots import BotCreate, BotRotateAPIKey, ReadBots
from rbac_sync.wire.prefect_cloud.events import CountEvents, ReadEvents
from rbac_sync.wire.prefect_cloud.filters import Page
from rbac_sync.wire.prefect_cloud.invitations import InvitationCreate
from rbac_sync.wire.prefect_cloud.roles import (
    ReadAccountRoles,
    ReadWorkspaceRoles,
    WorkspaceRoleCreate,
    WorkspaceRoleUpdate,
)
from rbac_sync.wire.prefect_cloud.teams import ReadTeams, TeamCreate, TeamUpdate, UpsertTeamMembers
from rbac_sync.wire.prefect_cloud.workspaces import ReadWorkspaces, WorkspaceCreate, WorkspaceUpdate

ONE = UUID(int=1)
TWO = UUID(int=2)

LISTS = [
    (ReadWorkspaceRoles, "workspace_roles", "name"),
    (ReadAccountRoles, "account_roles", "name"),
    (ReadAccountMemberships, "account_memberships", "email"),
    (ReadWorkspaces, "workspaces", "handle"),
    (ReadBots, "service_accounts", "name"),
    (ReadTeams, "teams", "name"),
]


def refused(model, **fields):
    with pytest.raises(ValidationError) as refusal:
        model.model_validate(fields)
    return {".".join(str(part) for part in error["loc"]) for error in refusal.value.errors()}


@pytest.mark.parametrize(("model", "key", "field"), LISTS)
def test_null_inside_a_criterion_filters_nothing(model, key, field):
    read = model.model_validate({key: {field: {"any_": None}}})
    assert getattr(getattr(read, key), field).any_ is None


@pytest.mark.parametrize(("model", "key", "field"), LISTS)
def test_an_empty_list_is_a_criterion_and_not_null(model, key, field):
    read = model.model_validate({key: {field: {"any_": []}}})
    assert getattr(getattr(read, key), field).any_ == []


@pytest.mark.parametrize(("model", "key", "field"), LISTS)
def test_a_misspelt_operator_is_refused(model, key, field):
    assert refused(model, **{key: {field: {"any": []}}}) == {f"{key}.{field}.any"}


@pytest.mark.parametrize("body", [{}, {"limit": 200, "offset": 0}])
def test_a_page_is_200_from_the_first_unless_said_otherwise(body):
    assert ReadWorkspaceTeamAccesses.model_validate(body) == ReadWorkspaceTeamAccesses()
    assert (ReadTeams().limit, ReadTeams().offset) == (200, 0)


@pytest.mark.parametrize(
    ("field", "value"),
    [("limit", -1), ("limit", 201), ("limit", None), ("offset", -1), ("offset", 2**63)],
)
def test_a_page_outside_its_bounds_is_refused(field, value):
    assert refused(Page, **{field: value}) == {field}


def test_no_rows_at_all_may_be_asked_for():
    assert Page(limit=0).limit == 0


def test_an_absent_default_role_and_a_null_one_are_told_apart():
    renamed = WorkspaceUpdate.model_validate({"name": "Production"})
    cleared = WorkspaceUpdate.model_validate({"default_workspace_role_id": None})
    assert "default_workspace_role_id" not in renamed.model_fields_set
    assert "default_workspace_role_id" in cleared.model_fields_set
    assert renamed.model_dump_json(exclude_unset=True) == '{"name":"Production"}'
    assert cleared.model_dump_json(exclude_unset=True) == '{"default_workspace_role_id":null}'


def test_an_absent_description_is_no_part_of_an_update_though_it_has_a_default():
    update = WorkspaceUpdate.model_validate({"handle": "prod"})
    assert update.description == ""
    assert update.model_fields_set == {"handle"}


@pytest.mark.parametrize("model", [WorkspaceRoleCreate, WorkspaceRoleUpdate])
def test_null_scopes_are_none_at_all(model):
    role = model.model_validate({"name": "auditor", "scopes": None})
    assert role.scopes == []
    assert "scopes" in role.model_fields_set


def test_absent_scopes_are_no_part_of_an_update():
    assert "scopes" not in WorkspaceRoleUpdate(name="auditor").model_fields_set


def test_a_role_has_140_characters_of_description():
    assert WorkspaceRoleCreate(name="a", description="x" * 140).description == "x" * 140
    assert refused(WorkspaceRoleCreate, name="a", description="x" * 141) == {"description"}
    assert refused(WorkspaceRoleUpdate, description="x" * 141) == {"description"}


def test_a_name_has_5000_characters():
    assert WorkspaceCreate(name="x" * 5000, handle="a").name == "x" * 5000
    assert refused(WorkspaceCreate, name="x" * 5001, handle="a") == {"name"}


@pytest.mark.parametrize("seconds", [None, 0, 172_800])
def test_an_old_key_lives_48_hours_at_most(seconds):
    rotation = BotRotateAPIKey(old_key_expires_in_seconds=seconds)
    assert rotation.old_key_expires_in_seconds == seconds
    assert refused(BotRotateAPIKey, old_key_expires_in_seconds=172_801)
    assert refused(BotRotateAPIKey, old_key_expires_in_seconds=-1)


def test_a_rotation_is_read_as_the_go_client_sends_it():
    rotation = BotRotateAPIKey.model_validate_json(
        '{"api_key_expiration":"2026-11-22T21:03:15Z","old_key_expires_in_seconds":0}'
    )
    assert rotation.model_dump(mode="json") == {
        "api_key_expiration": "2026-11-22T21:03:15Z",
        "old_key_expires_in_seconds": 0,
    }


def test_a_bot_needs_nothing_but_a_name():
    bot = BotCreate.model_validate_json('{"name":"dbt"}')
    assert (bot.account_role_id, bot.api_key_expiration) == (None, None)


def test_a_team_without_description_has_an_empty_one():
    assert TeamCreate(name="oncall").description == ""
    assert TeamUpdate(name="oncall").description == ""


@pytest.mark.parametrize("many", [False, True])
def test_user_and_bot_access_is_read_by_itself_or_in_a_list(many):
    models = {"user_id": WorkspaceUserAccessCreate, "bot_id": WorkspaceBotAccessCreate}
    for field, model in models.items():
        row = {field: str(ONE), "workspace_role_id": str(TWO)}
        read = TypeAdapter(model | list[model]).validate_python([row] if many else row)
        assert isinstance(read, list) == many


def test_an_id_that_is_none_is_refused():
    assert refused(WorkspaceUserAccessCreate, user_id="ana", workspace_role_id=str(ONE)) == {
        "user_id"
    }


def test_a_member_is_a_user_or_a_service_account():
    member = {"member_id": str(ONE), "member_type": "team"}
    assert refused(UpsertTeamMembers, members=[member]) == {"members.0.member_type"}


def test_invitations_come_in_a_list():
    row = {"email": "ana@acme.example", "account_role_id": str(ONE)}
    (invitation,) = TypeAdapter(list[InvitationCreate]).validate_python([row])
    assert invitation.model_dump(mode="json") == row


def test_between_1_and_200_members_are_suspended_at_once():
    ids = [str(ONE)] * 200
    many = AccountMembershipBulkSetActive(membership_ids=ids, active=False)
    assert len(many.membership_ids) == 200
    for wrong in ([], [*ids, str(TWO)]):
        found = refused(AccountMembershipBulkSetActive, membership_ids=wrong, active=False)
        assert found == {"membership_ids"}


def test_the_settings_of_an_account_come_unwrapped():
    update = AccountSettingsUpdate.model_validate({"managed_execution": False})
    assert update.model_dump(exclude_unset=True) == {"managed_execution": False}
    assert refused(AccountSettingsUpdate, settings={}) == {"settings"}


def test_an_account_is_updated_with_nulls_as_the_go_client_sends_them():
    sent = {
        "name": "Acme",
        "handle": "acme",
        "location": None,
        "link": None,
        "auth_expiration_seconds": None,
    }
    assert AccountUpdate.model_validate(sent).model_dump(exclude_unset=True) == sent


@pytest.mark.parametrize("actors", [["*"], [str(ONE)], []])
def test_an_access_list_names_actors_or_everyone_or_nobody(actors):
    body = {"access_control": {"manage_actor_ids": actors, "view_actor_ids": actors}}
    access = SetBlockDocumentAccess.model_validate(body).access_control
    assert access.model_dump(mode="json", exclude_unset=True) == body["access_control"]
    assert access.manage_team_ids == []


def test_an_access_list_of_a_work_pool_says_who_may_run_it():
    without = {"manage_actor_ids": [], "view_actor_ids": []}
    missing = refused(SetWorkPoolAccess, access_control=without)
    assert missing == {"access_control.run_actor_ids"}


def test_an_actor_is_an_id_or_a_star():
    body = {"manage_actor_ids": ["everyone"], "view_actor_ids": []}
    assert refused(SetBlockDocumentAccess, access_control=body)


@pytest.mark.parametrize("form", [{"role": ["actor"]}, [{"role": ["actor"]}]])
def test_related_resources_of_events_are_one_criterion_or_several(form):
    read = ReadEvents.model_validate({"filter": {"related": form}})
    assert isinstance(read.filter.related, list) == isinstance(form, list)
    assert read.limit == 50


def test_events_are_counted_by_no_less_than_a_hundredth_of_a_unit():
    assert CountEvents().time_interval == 1.0
    assert refused(CountEvents, time_interval=0.001) == {"time_interval"}
    assert refused(CountEvents, time_interval=float("inf")) == {"time_interval"}
