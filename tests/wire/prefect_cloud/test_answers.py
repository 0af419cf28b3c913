"""Answers, read by a client and written by the server."""

from __future__ import annotations

import json

import pytest
from pydantic import TypeAdapter, ValidationError

from rbac_sync.wire.prefect_cloud.access import ObjectActorAccess
from rbac_sync.wire.prefect_cloud.account_memberships import AccountMembershipsResponse
from rbac_sync.wire.prefect_cloud.accounts import AccountResponse, IPAllowlist
from rbac_sync.wire.prefect_cloud.bots import (
    APIKeyCreateResponse,
    APIKeyReadResponse,
    BotCreateResponse,
    BotReadResponse,
)
from rbac_sync.wire.prefect_cloud.events import EventPage
from rbac_sync.wire.prefect_cloud.invitations import InvitationReadResponse
from rbac_sync.wire.prefect_cloud.roles import AccountRole, WorkspaceRole, WorkspaceScope
from rbac_sync.wire.prefect_cloud.teams import TeamResponse
from rbac_sync.wire.prefect_cloud.users import UserWorkspaceResponse
from rbac_sync.wire.prefect_cloud.workspaces import Workspace

ID = "00000000-0000-4000-8000-000000000001"
THEN = "2026-11-22T21:03:15Z"

ENTITY = {"id": ID, "created": THEN, "updated": THEN}
KEY = {"id": ID, "created": THEN, "name": "dbt-1", "expiration": None}
BOT = ENTITY | {"actor_id": ID, "account_id": ID, "name": "dbt", "account_role_name": "Member"}
ROLE = ENTITY | {
    "account_id": None,
    "name": "Viewer",
    "description": "",
    "permissions": [],
    "scopes": ["see_flows"],
    "inherited_role_id": None,
}
WORKSPACE = ENTITY | {
    "account_id": ID,
    "name": "Production",
    "description": "",
    "handle": "prod",
    "default_workspace_role_id": None,
    "is_public": False,
}
TEAM = ENTITY | {
    "account_id": ID,
    "name": "oncall",
    "description": "",
    "workos_directory_group_id": None,
    "memberships": [
        {
            "id": ID,
            "handle": "ana",
            "name": "Ana Ruiz",
            "email": "ana@acme.example",
            "type": "user",
        }
    ],
    "workspaces": [
        {
            "workspace_id": ID,
            "workspace_handle": "prod",
            "workspace_role_id": ID,
            "workspace_role_name": "Owner",
        }
    ],
}
INVITATION = ENTITY | {
    "email": "ana@acme.example",
    "account_id": ID,
    "account_role_id": ID,
    "status": "PENDING",
    "expiration": THEN,
}
MEMBERSHIP = {
    "id": ID,
    "actor_id": ID,
    "user_id": None,
    "first_name": None,
    "last_name": None,
    "handle": None,
    "email": None,
    "account_role_name": "Member",
    "account_role_id": ID,
    "last_login": None,
    "active": True,
}
EVENTS = {
    "events": [
        {
            "occurred": THEN,
            "event": "prefect-cloud.team.created",
            "resource": {"prefect.resource.id": f"prefect-cloud.team.{ID}"},
            "related": [{"prefect.resource.id": f"prefect-cloud.actor.{ID}"}],
            "payload": {},
            "id": ID,
            "follows": None,
            "account": ID,
            "workspace": None,
            "received": THEN,
        }
    ],
    "total": 1,
    "next_page": "https://api.prefect.cloud/api/events/filter/next?page-token=x",
}
ROUND = [
    (WorkspaceRole, ROLE),
    (Workspace, WORKSPACE),
    (TeamResponse, TEAM),
    (InvitationReadResponse, INVITATION),
    (AccountMembershipsResponse, MEMBERSHIP),
    (BotReadResponse, BOT | {"api_key": KEY | {"masked_key": "pnb_...a1b2"}}),
    (BotCreateResponse, BOT | {"api_key": KEY | {"key": "pnb_" + "a" * 36}}),
    (EventPage, EVENTS),
]
"""Answers as they stand on the wire."""

SAYS_ACCESS = [
    (WorkspaceRole, ROLE, "scopes"),
    (WorkspaceRole, ROLE, "inherited_role_id"),
    (Workspace, WORKSPACE, "default_workspace_role_id"),
    (TeamResponse, TEAM, "memberships"),
    (TeamResponse, TEAM, "workspaces"),
    (TeamResponse, TEAM, "workos_directory_group_id"),
    (AccountMembershipsResponse, MEMBERSHIP, "user_id"),
    (APIKeyReadResponse, KEY, "expiration"),
    (InvitationReadResponse, INVITATION, "id"),
]


@pytest.mark.parametrize(("model", "answer"), ROUND)
def test_an_answer_survives_being_read_and_written(model, answer):
    read = model.model_validate_json(json.dumps(answer))
    assert json.loads(read.model_dump_json()) == answer


@pytest.mark.parametrize(("model", "answer"), ROUND)
def test_a_field_that_the_api_adds_is_passed_over_at_any_depth(model, answer):
    def grow(found):
        free = not found or "prefect.resource.id" in found
        return found if free else found | {"new": "x"}

    grown = json.loads(json.dumps(answer), object_hook=grow)
    assert model.model_validate(grown) == model.model_validate(answer)


@pytest.mark.parametrize(("model", "answer", "field"), SAYS_ACCESS)
def test_an_answer_without_what_says_access_is_no_answer(model, answer, field):
    cut = {key: value for key, value in answer.items() if key != field}
    with pytest.raises(ValidationError, match=f"{field}\n  Field required"):
        model.model_validate(cut)


def test_a_permission_that_is_new_to_us_is_read():
    role = AccountRole.model_validate(
        ENTITY | {"account_id": None, "name": "Owner", "permissions": ["create:galaxy"]}
    )
    assert role.permissions == ["create:galaxy"]


def test_a_scope_that_is_new_to_us_is_read():
    scope = WorkspaceScope.model_validate(
        {
            "name": "manage_galaxies",
            "title": "",
            "feature_group": "",
            "includes_scopes": ["see_galaxies"],
            "see_scope": "see_galaxies",
        }
    )
    assert scope.includes_scopes == ["see_galaxies"]


def test_a_plan_that_is_new_to_us_is_read():
    account = AccountResponse.model_validate(
        ENTITY
        | {
            "name": "Acme",
            "handle": "acme",
            "plan_type": "GALACTIC",
            "scim_state": "ENABLED",
            "sso_state": "ENABLED",
            "features": ["teams", "acls"],
            "work_pool_limit": None,
            "mex_work_pool_limit": 1,
            "run_retention_days": 7,
            "audit_log_retention_days": 7,
            "automations_limit": 5,
        }
    )
    assert account.plan_type == "GALACTIC"
    assert account.model_dump(mode="json")["features"] == ["acls", "teams"]
    assert account.settings.enforce_ip_allowlist is False


def test_a_state_of_an_invitation_that_is_new_to_us_stops_the_reading():
    with pytest.raises(ValidationError, match="status"):
        InvitationReadResponse.model_validate(INVITATION | {"status": "FORWARDED"})


def test_a_kind_of_member_that_is_new_to_us_stops_the_reading():
    robot = TEAM["memberships"][0] | {"type": "robot"}
    with pytest.raises(ValidationError, match=r"memberships\.0\.type"):
        TeamResponse.model_validate(TEAM | {"memberships": [robot]})


def test_a_live_description_longer_than_a_new_one_may_be_is_read():
    assert WorkspaceRole.model_validate(ROLE | {"description": "x" * 500})


def test_everyone_is_read_as_a_star():
    row = {"id": "*", "name": "*", "email": None, "type": "*"}
    assert ObjectActorAccess.model_validate(row).model_dump(mode="json") == row


def test_a_workspace_of_the_caller_always_has_a_description():
    row = dict.fromkeys(UserWorkspaceResponse.model_fields, "x") | dict.fromkeys(
        ("account_id", "workspace_id"), ID
    )
    assert UserWorkspaceResponse.model_validate(row).workspace_description == "x"
    with pytest.raises(ValidationError, match="workspace_description"):
        UserWorkspaceResponse.model_validate(row | {"workspace_description": None})


def test_the_representation_of_a_new_key_does_not_show_it():
    secret = "pnb_" + "s" * 36
    assert secret not in repr(APIKeyCreateResponse.model_validate(KEY | {"key": secret}))


def test_a_refused_answer_quotes_what_was_wrong():
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(list[Workspace]).validate_json(json.dumps([WORKSPACE, WORKSPACE | {"id": "x"}]))
    assert [error["loc"] for error in refused.value.errors()] == [(1, "id")]


def test_an_allow_list_is_read_and_written_in_one_shape():
    entries = {
        "entries": [
            {
                "ip_network": "192.0.2.0/24",
                "enabled": True,
                "description": None,
                "last_seen": None,
            }
        ]
    }
    assert IPAllowlist.model_validate(entries).model_dump(mode="json") == entries
