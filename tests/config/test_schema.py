"""The JSON Schema says for editors what the tables are."""

from __future__ import annotations

import json

import pytest

from rbac_sync import config


@pytest.fixture(scope="module")
def schema():
    return config.json_schema()


def test_every_table_and_key_is_in_the_schema(schema):
    assert list(schema["properties"]) == [
        "people",
        "members",
        "alumni",
        "service_accounts",
        "roles",
        "groups",
        "teams",
        "workspaces",
        "workspace_defaults",
        "ignore",
        "owners",
        "test",
        "backend",
        "journal",
        "files",
        "limits",
        "manage",
        "guard",
        "notify",
        "accounts",
    ]
    assert list(schema["$defs"]["PrincipalEntry"]["properties"]) == [
        "who",
        "from",
        "until",
        "reason",
    ]


def test_no_table_takes_other_keys(schema):
    tables = [schema, *schema["$defs"].values()]
    assert all(table["additionalProperties"] is False for table in tables)


def test_somebody_is_a_name_or_a_table(schema):
    alternatives = schema["$defs"]["TeamTable"]["properties"]["members"]["anyOf"][0]["items"][
        "oneOf"
    ]
    assert alternatives == [{"type": "string"}, {"$ref": "#/$defs/PrincipalEntry"}]


def test_a_moment_is_a_date_or_a_date_time(schema):
    assert schema["$defs"]["KeyTable"]["properties"]["until"]["anyOf"] == [
        {"format": "date", "type": "string"},
        {"format": "date-time", "type": "string"},
        {"type": "null"},
    ]


def test_the_schema_is_plain_json(schema):
    assert json.loads(json.dumps(schema)) == schema
    assert schema["$schema"].startswith("https://json-schema.org/")


def test_a_test_is_of_one_of_four_kinds(schema):
    kinds = schema["properties"]["test"]["items"]["oneOf"]
    names = [kind["$ref"].rpartition("/")[2] for kind in kinds]
    asked = {name: set(schema["$defs"][name]["required"]) - {"name"} for name in names}
    assert asked == {
        "WhoTest": {"who"},
        "PermissionTest": {"permission"},
        "RoleTest": {"role"},
        "TogetherTest": {"never_together"},
    }
    assert "except" in schema["$defs"]["TogetherTest"]["properties"]
