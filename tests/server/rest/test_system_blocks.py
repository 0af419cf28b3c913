"""The block type `secret`, which every workspace has before anybody makes one."""

from __future__ import annotations

import pytest


@pytest.fixture
def prod(acme):
    return f"/workspaces/{acme.workspace()['id']}"


@pytest.fixture
def secret(acme, prod):
    return acme.get(f"{prod}/block_types/slug/secret")


def schemas(acme, prod, type_):
    asked = {"block_schemas": {"block_type_id": {"any_": [type_["id"]]}}}
    return acme.post(f"{prod}/block_schemas/filter", asked)


def test_a_new_workspace_has_the_type_and_its_schema(acme, prod, secret):
    assert (secret["name"], secret["slug"], secret["is_protected"]) == ("Secret", "secret", True)
    assert acme.get(f"{prod}/block_types/{secret['id']}") == secret
    assert acme.post(f"{prod}/block_types/filter", {}) == [secret]
    (schema,) = schemas(acme, prod, secret)
    assert schema["fields"]["required"] == schema["fields"]["secret_fields"] == ["value"]
    assert schema["capabilities"] == []
    assert acme.get(f"{prod}/block_schemas/{schema['id']}") == schema
    assert acme.get(f"{prod}/block_schemas/checksum/{schema['checksum']}") == schema
    acme.get(f"{prod}/block_schemas/checksum/sha256:0", 404)


def test_each_workspace_has_its_own(acme, prod, secret):
    other = f"/workspaces/{acme.workspace('other')['id']}"
    assert acme.get(f"{other}/block_types/slug/secret")["id"] != secret["id"]
    acme.get(f"{other}/block_types/{secret['id']}", 404)


def test_installing_them_again_does_nothing(acme, prod, secret):
    assert acme.post(f"{prod}/block_types/install_system_block_types") is None
    assert acme.post(f"{prod}/block_types/filter", {}) == [secret]
    bo = acme.of(acme.server.person("bo@example.org"))
    acme.patch(prod, {"default_workspace_role_id": acme.role("Viewer")})
    bo.post(f"{prod}/block_types/install_system_block_types", None, 403)


def test_a_secret_is_kept_and_its_value_shown_to_who_may_see_it(acme, prod, secret):
    (schema,) = schemas(acme, prod, secret)
    body = {
        "name": "token",
        "data": {"value": "hush"},
        "block_type_id": secret["id"],
        "block_schema_id": schema["id"],
    }
    made = acme.post(f"{prod}/block_documents/", body, 201)
    path = f"{prod}/block_types/slug/secret/block_documents/name/token"
    assert acme.get(f"{path}?include_secrets=true")["data"] == {"value": "hush"}
    assert acme.get(path)["data"] == {"value": "********"}
    assert (made["block_type"], made["block_schema"]) == (secret, schema)


def test_a_client_describes_it_anew_and_it_stays_the_same_one(acme, prod, secret):
    acme.patch(f"{prod}/block_types/{secret['id']}", {"description": "mine", "is_protected": False})
    changed = acme.get(f"{prod}/block_types/slug/secret")
    assert changed["description"] == "mine"
    assert (changed["id"], changed["is_protected"]) == (secret["id"], True)
    acme.patch(f"{prod}/block_types/{secret['id']}", {"description": "ours"})
    (found,) = acme.post(f"{prod}/block_types/filter", {})
    assert (found["id"], found["description"]) == (secret["id"], "ours")
    assert len(schemas(acme, prod, secret)) == 1


def test_a_client_adds_a_version_of_its_own_which_is_then_the_latest(acme, prod, secret):
    body = {"block_type_id": secret["id"], "fields": {"properties": {}}}
    made = acme.post(f"{prod}/block_schemas/", body, 201)
    assert schemas(acme, prod, secret)[0]["id"] == made["id"]
    assert len(schemas(acme, prod, secret)) == 2


def test_a_version_of_a_clients_own_type_is_deleted(acme, prod):
    own = acme.post(f"{prod}/block_types/", {"name": "Own", "slug": "own"}, 201)
    body = {"block_type_id": own["id"], "fields": {"properties": {}}}
    path = f"{prod}/block_schemas/{acme.post(f'{prod}/block_schemas/', body, 201)['id']}"
    acme.delete(path)
    acme.get(path, 404)


def test_the_same_fields_are_the_version_that_is_there(acme, prod, secret):
    (schema,) = schemas(acme, prod, secret)
    body = {"block_type_id": secret["id"], "fields": schema["fields"]}
    assert acme.post(f"{prod}/block_schemas/", body, 201)["id"] == schema["id"]
    assert len(schemas(acme, prod, secret)) == 1


def test_there_is_no_second_one_and_the_systems_own_is_not_deleted(acme, prod, secret):
    refused = acme.post(f"{prod}/block_types/", {"name": "Secret", "slug": "secret"}, 409)
    assert refused["detail"] == "there is a block-type of this name already"
    (schema,) = schemas(acme, prod, secret)
    for path in (f"block_types/{secret['id']}", f"block_schemas/{schema['id']}"):
        refused = acme.call("DELETE", f"{prod}/{path}")
        assert refused.status_code == 403
        assert refused.json() == {
            "detail": "the system's own block type `secret` cannot be deleted"
        }


def test_one_that_somebody_made_before_the_system_had_it_stays_the_only_one(acme, prod):
    def work(transaction):
        workspace = next(iter(transaction.view.workspaces())).address
        transaction.documents.add(
            "block-type", workspace, "secret", {"name": "Mine", "slug": "secret"}
        )

    acme.server.guarded.write(acme.server.account, acme.server.key, work)
    (found,) = acme.post(f"{prod}/block_types/filter", {})
    assert (found["name"], found["is_protected"]) == ("Mine", False)
    assert acme.post(f"{prod}/block_schemas/filter", {}) == []
    acme.delete(f"{prod}/block_types/{found['id']}")
    assert acme.get(f"{prod}/block_types/slug/secret")["is_protected"] is True
