"""Each mutation refuses whoever holds everything but the right that it takes, and no one else."""

from __future__ import annotations

import json

from rbac_sync.catalogues import catalogue
from rbac_sync.model import ACCOUNT, Binding, Key, Level, Permission, Role, User, held
from rbac_sync.planning import Change
from rbac_sync.server.graphql.mutations.tenants import SLUG_STAYS, TENANT_STAYS

from .tenants import ID, UNAUTHORIZED, WORLD, Asker, compressed, failed

FLOW = {"name": "etl", "tasks": [], "parameters": []}
RIGHTS = {
    "create_custom_role": "create:role",
    "update_custom_role_permissions": "update:role",
    "delete_custom_role": "delete:role",
    "set_membership_role": "update:membership",
    "set_membership_role of a machine": "update:service-account",
    "delete_membership": "delete:membership",
    "create_membership_invitation": "create:membership-invitation",
    "delete_membership_invitation": "delete:membership-invitation",
    "create_service_account": "create:service-account",
    "delete_service_account": "delete:service-account",
    "create_api_key": "create:api-key",
    "create_api_key of a machine": "create:service-api-key",
    "delete_api_key of a machine": "delete:service-api-key",
    "update_tenant_name": "update:tenant",
    "update_tenant_slug": "update:tenant",
    "update_tenant_settings": "update:tenant",
    "create_project": "create:project",
    "set_project_name": "update:project",
    "set_project_description": "update:project",
    "delete_project": "delete:project",
    "create_flow": "create:flow",
    "register_tasks": "create:flow",
    "set_schedule_active": "update:flow",
    "set_schedule_inactive": "update:flow",
    "archive_flow": "update:flow",
    "delete_flow": "delete:flow",
    "create_flow_from_compressed_string": "create:flow",
    "register_edges": "create:flow",
    "create_flow_run": "create:run",
    "set_flow_run_name": "update:run",
    "delete_flow_run": "delete:run",
    "delete_api_key": "delete:api-key",
    "delete_tenant": "delete:tenant",
}
"""The right that each mutation takes, as the vendor's own pages ask for it."""
REFUSED = {
    "update_tenant_slug": [failed(SLUG_STAYS)],
    "delete_tenant": [failed(TENANT_STAYS)],
}
"""What whoever holds every right is told all the same."""
OTHERS = {
    *("accept_membership_invitation", "update_user_details", "update_user_settings"),
    *("create_api_token", "delete_api_token"),  # kinds of keys that are not made any more
    *("create_enterprise_tenant", "delete_enterprise_tenant"),  # they take the licence
    "create_tenant",  # it takes a key of all tenants, too
    *("log_in", "log_out", "refresh_token", "switch_tenant"),
}
"""The mutations about oneself, and those that no right of a role gives."""


def things(stage):
    """Make one thing of each kind; return the arguments of every mutation about them."""
    admin = stage.admin
    stage.person("bo@example.org")
    stage.machine("ci")
    stage.role("empty", "read:flow")
    stage.role("gone")
    tenant = admin.me()["tenant_id"]
    role = {"role_id": admin.role("empty")}
    invited = {"email": "new@example.org", "role_id": admin.role("USER")}
    invitation = admin.do("create_membership_invitation", **{**invited, "email": "in@example.org"})
    machine = {"user_id": admin.members()["ci"]["id"], "name": "more"}
    project = {"project_id": admin.do("create_project", name="daily")[ID]}
    flow = {"flow_id": admin.do("create_flow", **project, serialized_flow=FLOW)[ID]}
    run = {"flow_run_id": admin.do("create_flow_run", **flow)[ID]}
    bo, ci = ({"membership_id": admin.membership(who)} for who in ("bo@example.org", "ci"))
    return {
        "create_custom_role": {"name": "new", "permissions": ["read:flow"]},
        "update_custom_role_permissions": {**role, "permissions": []},
        "delete_custom_role": {"role_id": admin.role("gone")},
        "set_membership_role": {**bo, **role},
        "set_membership_role of a machine": {**ci, **role},
        "delete_membership": bo,
        "create_membership_invitation": invited,
        "delete_membership_invitation": {"invitation_id": invitation[ID]},
        "create_service_account": {"tenant_id": tenant, "name": "cd", **role},
        "create_api_key": {"name": "more"},
        "create_api_key of a machine": {**machine, "name": "other"},
        "delete_api_key of a machine": {"key_id": admin.do("create_api_key", **machine)[ID]},
        "delete_service_account": {"user_id": machine["user_id"]},
        "update_tenant_name": {"name": "Acme"},
        "update_tenant_slug": {"slug": "other"},
        "update_tenant_settings": {"settings": {}},
        "create_project": {"name": "other"},
        "set_project_name": {**project, "name": "nightly"},
        "set_project_description": {**project, "description": "other"},
        "create_flow": {**project, "serialized_flow": {**FLOW, "name": "other"}},
        "create_flow_from_compressed_string": {
            **project,
            "serialized_flow": compressed(json.dumps({**FLOW, "name": "third"}).encode()),
        },
        "register_tasks": {**flow, "serialized_tasks": []},
        "register_edges": {**flow, "serialized_edges": []},
        "set_schedule_active": flow,
        "set_schedule_inactive": flow,
        "create_flow_run": flow,
        "set_flow_run_name": {**run, "name": "other"},
        "delete_flow_run": run,
        "archive_flow": flow,
        "delete_flow": flow,
        "delete_project": project,
        "delete_api_key": {},
        "delete_tenant": {"confirm": True},
    }


def let_in(stage, held_by):
    """Let in a person for each set of permissions; return them by the same keys."""
    changes, keys = [], {}
    for number, (name, permissions) in enumerate(held_by.items()):
        role = Role(Level.ACCOUNT, f"role-{number}", frozenset(map(Permission, permissions)))
        who = User(f"p{number}@example.org")
        key = keys[name] = Key(who.address, "test")
        binding = Binding(who.address, ACCOUNT, held(role.address))
        changes += [Change(None, role), Change(None, who, brings=(binding,)), Change(None, key)]
    secrets = stage.add(*changes)
    return {name: Asker(stage.root, secrets[str(key.address)]) for name, key in keys.items()}


def test_every_mutation_is_listed(stage):
    query = "{ __schema { mutationType { fields { name } } } }"
    fields = stage.admin.ask(query)["__schema"]["mutationType"]["fields"]
    listed = {name.partition(" ")[0] for name in RIGHTS}
    assert {field["name"] for field in fields} - OTHERS == listed


def test_a_mutation_takes_its_right(stage):
    told, everything = things(stage), {str(name) for name in catalogue(WORLD).titles}
    rights = sorted(set(RIGHTS.values()))

    def answer(name, asker):
        own = {}
        if name == "create_api_key":
            own = {"user_id": asker.me()["user_id"]}
        if name == "delete_api_key":
            keys = asker.ask("{ auth_api_key(order_by: {name: asc}) { key_id: id } }")
            own = keys["auth_api_key"][0]  # of all that are made here, not the one that asks
        body = asker.sent(name.partition(" ")[0], {**told[name], **own})
        return [(each["message"], each["extensions"]["code"]) for each in body.get("errors", ())]

    askers = let_in(stage, {right: everything - {right} for right in rights} | {"": everything})
    with stage.unchanged():
        answers = {name: answer(name, askers[right]) for name, right in RIGHTS.items()}
    assert answers == {name: [UNAUTHORIZED] for name in RIGHTS}
    answers = {name: answer(name, askers[""]) for name in told}
    assert answers == {name: REFUSED.get(name, []) for name in told}
