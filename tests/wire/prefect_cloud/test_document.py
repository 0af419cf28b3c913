"""Every shape against the facts about the published document."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from enum import StrEnum
from functools import cache

import pytest
from pydantic import BaseModel

from rbac_sync.wire.prefect_cloud.shapes import BIGGEST, Answer, Body, Request

from ...originals import REST
from .models import MODELS, SHAPES

RENAMED = {
    "prefect_cloud__orion__schemas__filters__Operator": "Operator",
    "ValidationError": "FieldError",  # pydantic has a class of that name
    "AccountSettings-Input": "AccountSettings",
    "AccountSettings-Output": "AccountSettings",
    # one shape for each kind of criterion, not one for each field
    "AccountMembershipFilterAccountRoleId": "AnyId",
    "AccountMembershipFilterActorId": "AnyId",
    "AccountMembershipFilterEmail": "AnyOrLikeText",
    "AccountMembershipFilterHandle": "AnyOrLikeText",
    "AccountMembershipFilterName": "LikeText",
    "AccountMembershipFilterUserId": "AnyOrNotAnyId",
    "AccountRoleFilterName": "AnyText",
    "APIKeyNameFilter": "AnyOrLikeText",
    "BotFilterId": "AnyId",
    "BotFilterName": "AnyOrLikeText",
    "InvitationFilterEmail": "AnyOrLikeText",
    "InvitationFilterExpiration": "Between",
    "TeamFilterDirectoryId": "AnyText",
    "TeamFilterId": "AnyId",
    "TeamFilterMemberId": "AnyId",
    "TeamFilterWorkspaceId": "AnyId",
    "TeamFilterWorkspaceRoleId": "AnyId",
    "TeamNameFilter": "AnyOrLikeText",
    "UserFilterEmail": "AnyOrLikeText",
    "UserFilterHandle": "AnyOrLikeText",
    "UserFilterId": "AnyOrNotAnyId",
    "UserFilterName": "LikeText",
    "WorkspaceActorAccessFilterActorId": "AnyId",
    "WorkspaceActorAccessFilterWorkspaceRoleId": "AnyId",
    "WorkspaceFilterHandle": "AnyText",
    "WorkspaceFilterId": "AnyId",
    "WorkspaceRoleFilterName": "AnyText",
    # bodies whose operation's name says too little, or that are the same for two operations
    "Body_validate": "ValidateSSO",
    "Body_filter_my_api_keys": "FilterMyAPIKeys",
    "Body_read_account_events": "ReadEvents",
    "Body_read_workspace_events": "ReadEvents",
    "Body_count_account_events": "CountEvents",
    "Body_count_workspace_events": "CountEvents",
    "Body_validate_transfer_workspace": "TransferWorkspace",
}

PERMISSIONS = "the names of permissions live in the catalogue"
CARRIED = "result storage is carried as free JSON; it says nothing about access"
LEFT_OUT = {
    "AccountPermission": PERMISSIONS,
    "WorkspaceScopeName": PERMISSIONS,
    "AccountDefaultResultStorage-Input": CARRIED,
    "AccountDefaultResultStorage-Output": CARRIED,
    "AccountDefaultResultStorageBlockSchema": CARRIED,
    "AccountDefaultResultStorageBlockType": CARRIED,
    "Resource": "a plain mapping",
    "RelatedResource": "a plain mapping",
    "ResourceSpecification": "a plain mapping",
}

DIFFERENT = {
    ("AccountRole", "permissions"): PERMISSIONS,
    ("AccountRoleUpdate", "permissions"): PERMISSIONS,
    ("WorkspaceScope", "see_scope"): PERMISSIONS,
    ("AccountSettings", "default_result_storage"): CARRIED,
    ("AccountSettingsUpdate", "default_result_storage"): CARRIED,
    ("AccountSettings", "enabled_feature_flags"): "a set when sent, a list when received",
    ("TransferWorkspace", "new_handle"): "null is the same as absent",
    ("EventOccurredFilter", "since"): "null is the same as absent",
    ("EventOccurredFilter", "until"): "null is the same as absent",
}
"""Fields whose type is another on purpose."""

SAYS_ACCESS = "says who may do what: its absence must not read as nothing"
ALWAYS = "an answer without it cannot be told from another"
REQUIRED_BY_US = {
    "AccountMemberSummaryResponse": {"user_id": SAYS_ACCESS, "email": SAYS_ACCESS},
    "AccountMembershipsResponse": {"user_id": SAYS_ACCESS, "email": SAYS_ACCESS},
    "AccountResponse": {"features": SAYS_ACCESS},
    "AccountRole": {"account_id": SAYS_ACCESS},
    "APIKeyCreateResponse": {"expiration": SAYS_ACCESS},
    "APIKeyReadResponse": {"expiration": SAYS_ACCESS},
    "ReceivedEvent": {"received": ALWAYS},
    "TeamResponse": dict.fromkeys(
        ("memberships", "workspaces", "workos_directory_group_id"), SAYS_ACCESS
    ),
    "Workspace": {"default_workspace_role_id": SAYS_ACCESS, "is_public": SAYS_ACCESS},
    "WorkspaceRole": {"scopes": SAYS_ACCESS, "inherited_role_id": SAYS_ACCESS},
    "WorkspaceScope": {"includes_scopes": SAYS_ACCESS},
}
"""What an answer must have although the document has a default; ``id`` always is of these."""

OURS = {
    "AccountDomain": "the document leaves the answer untyped",
    "IPAllowlist": "not published",
    "IPAllowlistEntry": "not published",
    "IPAllowlistMyAccess": "not published",
    **dict.fromkeys(
        ("FlagCriterion", "IdCriterion", "MomentCriterion", "TagsCriterion", "TextCriterion"),
        "a part of the filters of objects, which the document does not publish",
    ),
}
"""Models for which the document has no schema."""


@cache
def published():
    return json.loads(REST.read_text(encoding="utf-8"))["components"]["schemas"]


def operation(name):
    return re.sub(r"_api_(accounts|me)_.*", "", name) if name.startswith("Body_") else name


def our_name(name):
    short = operation(name)
    if short.startswith("Body_"):
        words = short.removeprefix("Body_").split("_")
        return RENAMED.get(short, "".join(word.capitalize() for word in words))
    return RENAMED.get(short, short)


def pairs():
    """Return the published schemas that one of our shapes stands for, by our name."""
    found = defaultdict(list)
    for name, schema in published().items():
        if name not in LEFT_OUT:
            found[our_name(name)].append(schema)
    return found


OBJECTS = {name for name, shape in SHAPES.items() if ".workspace_objects." in shape.__module__}

STAND_INS = sorted(set(SHAPES) - set(OURS) - OBJECTS)
MODELLED = [name for name in STAND_INS if name in MODELS]

ELSEWHERE = {"title", "description", "examples", "deprecated", "default"}
MAPPING = {"additionalProperties": {"type": "string"}, "type": "object"}
SPECIFICATION = {
    "additionalProperties": {
        "anyOf": [{"type": "string"}, {"items": {"type": "string"}, "type": "array"}]
    },
    "type": "object",
}
INLINE = {
    "Resource": MAPPING,
    "RelatedResource": MAPPING,
    "ResourceSpecification": SPECIFICATION,
}


def plain(schema, *, answer):
    """Return what *schema* demands, without prose and defaults, in one spelling."""
    if isinstance(schema, list):
        return [plain(part, answer=answer) for part in schema]
    if not isinstance(schema, dict):
        return schema
    schema = _without_open_word(schema)
    if name := schema.get("$ref", "").rpartition("/")[2]:
        return INLINE.get(name, {"$ref": our_name(name)})
    found = {
        key: plain(value, answer=answer) for key, value in schema.items() if key not in ELSEWHERE
    }
    return {key: value for key, value in found.items() if _judged(found, key, answer=answer)}


def _judged(schema, key, *, answer):
    if schema[key] in (BIGGEST, -BIGGEST):
        return False  # what a database holds; the document has no bound there
    if key == "pattern":
        return schema.get("format") != "email"  # the document says it by the format
    if answer and key == "format":
        return schema[key] not in ("email", "uri")
    return not (answer and key in ("maxLength", "minLength"))


def _without_open_word(schema):
    """Undo ``Open``: a reference to a list of words, or any text."""
    options = schema.get("anyOf", [])
    if not (options and "$ref" in options[0] and {"type": "string"} in options):
        return schema
    rest = [option for option in options if option != {"type": "string"}]
    outer = {key: value for key, value in schema.items() if key != "anyOf"}
    return {**outer, **(rest[0] if len(rest) == 1 else {"anyOf": rest})}


def properties(name, schema, *, answer):
    return {
        field: plain(found, answer=answer)
        for field, found in schema["properties"].items()
        if (name, field) not in DIFFERENT
    }


def said_default(field):
    value = field.get_default(call_default_factory=True)
    return value.model_dump(exclude_none=True) if isinstance(value, BaseModel) else value


def test_every_published_schema_has_a_shape_or_a_reason_to_have_none():
    without = {name for name in published() if our_name(name) not in SHAPES}
    assert without == set(LEFT_OUT)


def test_every_shape_is_published_or_has_a_reason_not_to_be():
    assert set(SHAPES) - set(pairs()) == set(OURS) | OBJECTS


@pytest.mark.parametrize("name", MODELLED)
def test_a_model_has_the_published_fields_types_and_limits(name):
    model = MODELS[name]
    answer = issubclass(model, Answer)
    ours = properties(name, model.model_json_schema(), answer=answer)
    for schema in pairs()[name]:
        assert ours == properties(name, schema, answer=answer)


@pytest.mark.parametrize("name", MODELLED)
def test_a_model_has_the_published_defaults(name):
    fields = MODELS[name].model_fields
    for schema in pairs()[name]:
        for field, found in schema["properties"].items():
            published_default = found.get("default")
            if field in REQUIRED_BY_US.get(name, {}):
                assert fields[field].is_required(), field
            elif published_default is not None:
                assert said_default(fields[field]) == published_default, field
            elif fields[field].default_factory is None and not fields[field].is_required():
                assert fields[field].default is None, field


@pytest.mark.parametrize("name", MODELLED)
def test_a_model_requires_what_is_published_and_what_says_who_may_do_what(name):
    model = MODELS[name]
    ours = set(model.model_json_schema().get("required", ()))
    for schema in pairs()[name]:
        more = set(REQUIRED_BY_US.get(name, {}))
        if issubclass(model, Answer) and "id" in schema["properties"]:
            more.add("id")
        assert ours == set(schema.get("required", ())) | more


@pytest.mark.parametrize(
    "name", [name for name in STAND_INS if issubclass(SHAPES[name], (Request, Body))]
)
def test_a_request_is_closed_exactly_where_the_published_one_is(name):
    for schema in pairs()[name]:
        closed = schema.get("additionalProperties") is False
        assert closed == issubclass(MODELS[name], Request)


@pytest.mark.parametrize("name", [name for name in STAND_INS if name not in MODELS])
def test_a_list_of_words_is_the_published_one_in_its_order(name):
    for schema in pairs()[name]:
        assert issubclass(SHAPES[name], StrEnum)
        assert [word.value for word in SHAPES[name]] == schema["enum"]


def test_every_deliberate_departure_still_departs():
    for name, field in DIFFERENT:
        model = MODELS[name]
        answer = issubclass(model, Answer)
        ours = plain(model.model_json_schema()["properties"][field], answer=answer)
        theirs = [plain(schema["properties"][field], answer=answer) for schema in pairs()[name]]
        assert any(ours != found for found in theirs), (name, field)
