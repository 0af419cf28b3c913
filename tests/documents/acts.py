"""What people do with the server, by name, so that a sentence of a document can be held against it.

Each act is one request of today's API. What it takes (a flow to delete, a
member to remove) is made beforehand by the account's owner.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import uuid4

import httpx

from rbac_sync.backends.store.accounts import Accounts
from rbac_sync.model import Key
from rbac_sync.model.address import service_account, user
from rbac_sync.planning import Change
from rbac_sync.server.guarded_store import GuardedStore

from ..patience import LONGEST
from ..server.serving import serving

REFUSED, NOT_FOUND = 403, 404
PLACE = re.compile(r"\{(\w+)(?:=([^}]*))?\}")
SECRET, HIDDEN = '"value":"hush"', '"value":"********"'
IN = "/workspaces/{workspace}"


@dataclass(frozen=True, slots=True)
class Act:
    """A request, what it is answered with if it is done, and what the answer then holds.

    ``{name}`` stands for the id of something that is made for the act,
    ``{name=which}`` for that of something that is there. ``shows`` is what an
    answer holds; with ``hides`` a refusal is an answer that holds this instead.
    """

    method: str
    path: str
    status: int = 200
    body: str = ""
    shows: str = ""
    hides: str = ""


def listing(path: str, shows: str = "") -> Act:
    """Return the act of reading a list."""
    return Act("POST", f"{path}/filter", body="{}", shows=shows)


def acts_on(one: str, all_: str, path: str, body: str, which: str, edit: str) -> dict[str, Act]:
    """Return the acts of viewing, creating, editing and deleting one kind of thing, by name."""
    return {
        f"view {all_}": listing(f"{IN}/{path}"),
        f"create {one}": Act("POST", f"{IN}/{path}/", 201, body),
        f"edit {one}": Act("PATCH", f"{IN}/{path}/{which}", 204, edit),
        f"delete {one}": Act("DELETE", f"{IN}/{path}/{which}", 204),
    }


NAMED = '{"name": "{new}"}'
DEPLOYMENT = '{"name": "{new}", "flow_id": "{flow}"}'
AUTOMATION = '{"name": "{new}", "trigger": {}, "actions": []}'
DISABLED = '{"enabled": false}'
POLICY = '{"state_names": ["Failed"], "block_document_id": "{block}"}'
LIMIT = '{"tag": "{new}", "concurrency_limit": 1}'
GLOBAL_LIMIT = '{"name": "{new}", "limit": 1}'

ACTS = {
    "view the account": Act("GET", "", shows='"handle":"acme"'),
    "view the account's settings": Act("GET", "/settings"),
    "set the account's profile": Act("PATCH", "", 204, '{"location": "Here"}'),
    "set the account's settings": Act("PATCH", "/settings", 204, '{"managed_execution": true}'),
    "do without SSO": Act("POST", "/sso/validate", 204, "{}"),
    "view members": listing("/account_memberships", '"account_role_name":"Owner"'),
    "invite a member": Act(
        "POST",
        "/invitations/",
        201,
        '[{"email": "new@acme.example", "account_role_id": "{account_role=Member}"}]',
    ),
    "set a member's role": Act(
        "PATCH",
        "/account_memberships/{membership=idler@acme.example}",
        204,
        '{"account_role_id": "{account_role=Admin}"}',
    ),
    "remove a member": Act("DELETE", "/account_memberships/{membership=idler@acme.example}", 204),
    "view service accounts": listing("/bots", '"name":"idle"'),
    "create a service account": Act("POST", "/bots/", 201, '{"name": "fresh"}'),
    "delete a service account": Act("DELETE", "/bots/{bot=idle}", 204),
    "create a workspace": Act("POST", "/workspaces/", 201, '{"name": "N", "handle": "new"}'),
    "view the workspace": Act("GET", IN, shows='"description":'),
    "set the workspace's description": Act("PATCH", IN, 204, '{"description": "New."}'),
    "set the default role": Act("PATCH", IN, 204, '{"default_workspace_role_id": "{role=Viewer}"}'),
    "view the workspace's settings": Act("GET", f"{IN}/settings"),
    "edit the workspace's settings": Act(
        "PATCH", f"{IN}/settings", 204, '{"inherit_default_result_storage": true}'
    ),
    "delete the workspace": Act("DELETE", IN, 204),
    "view the workspace's users": listing(f"{IN}/user_access"),
    "give a user a role": Act(
        "POST",
        f"{IN}/user_access/",
        200,
        '{"user_id": "{user=idler@acme.example}", "workspace_role_id": "{role=Viewer}"}',
    ),
    "take a user's role": Act("DELETE", f"{IN}/user_access/{{grant}}", 204),
    "view the workspace's service accounts": listing(f"{IN}/bot_access"),
    "view blocks": listing(f"{IN}/block_documents"),
    "read a secret": Act(
        "GET", f"{IN}/block_documents/{{block}}?include_secrets=true", shows=SECRET, hides=HIDDEN
    ),
    "create a block": Act(
        "POST",
        f"{IN}/block_documents/",
        201,
        '{"block_type_id": "{block_type}", "block_schema_id": "{block_schema}", "data": {}}',
    ),
    "edit a block": Act(
        "PATCH", f"{IN}/block_documents/{{block}}", 204, '{"data": {"value": "new"}}'
    ),
    "delete a block": Act("DELETE", f"{IN}/block_documents/{{block}}", 204),
    **acts_on("a flow", "flows", "flows", NAMED, "{flow}", '{"tags": ["new"]}'),
    "view flow runs": listing(f"{IN}/flow_runs"),
    "create a flow run": Act("POST", f"{IN}/flow_runs/", 201, '{"flow_id": "{flow}"}'),
    "run a deployment": Act(
        "POST", f"{IN}/deployments/{{deployment}}/create_flow_run", 201, "{}", '"SCHEDULED"'
    ),
    "delete a flow run": Act("DELETE", f"{IN}/flow_runs/{{flow_run}}", 204),
    **acts_on("an automation", "automations", "automations", AUTOMATION, "{automation}", DISABLED),
    "view saved searches": listing(f"{IN}/saved_searches"),
    "save a search": Act("PUT", f"{IN}/saved_searches/", 201, NAMED),
    "update a saved search": Act(
        "PUT", f"{IN}/saved_searches/", 200, '{"name": "{saved_search_name}", "filters": []}'
    ),
    "delete a saved search": Act("DELETE", f"{IN}/saved_searches/{{saved_search}}", 204),
    **acts_on(
        "a notification policy",
        "notification policies",
        "flow_run_notification_policies",
        POLICY,
        "{notification_policy}",
        '{"is_active": false}',
    ),
    "view concurrency limits": listing(f"{IN}/concurrency_limits"),
    "create a concurrency limit": Act("POST", f"{IN}/concurrency_limits/", 201, LIMIT),
    "edit a concurrency limit": Act(
        "POST", f"{IN}/concurrency_limits/", 200, '{"tag": "{tag}", "concurrency_limit": 2}'
    ),
    "delete a concurrency limit": Act("DELETE", f"{IN}/concurrency_limits/tag/{{tag}}", 200),
    **acts_on(
        "a global concurrency limit",
        "global concurrency limits",
        "v2/concurrency_limits",
        GLOBAL_LIMIT,
        "{global_limit}",
        '{"limit": 2}',
    ),
    **acts_on(
        "a deployment",
        "deployments",
        "deployments",
        DEPLOYMENT,
        "{deployment}",
        '{"tags": ["new"]}',
    ),
    **acts_on(
        "a work pool", "work pools", "work_pools", NAMED, "{work_pool}", '{"description": "New."}'
    ),
    "pause a work pool": Act("PATCH", f"{IN}/work_pools/{{work_pool}}", 204, '{"is_paused": true}'),
}


class Stage:
    """The account ``acme`` of the store in this folder, served, as its owner sees it."""

    def __init__(self, client: httpx.Client, owner: str, workspace: str) -> None:
        self._client, self._owner = client, owner
        self._rows: dict[str, list[dict]] = {}
        self.account = self._sent(owner, "GET", "/me/accounts").json()[0]["account_id"]
        self._workspace = self._id("/workspaces", workspace, "handle") if workspace else ""

    def send(self, key: str, act: Act) -> httpx.Response:
        """Send an act with a key."""
        path, body = self._filled(act.path), self._filled(act.body)
        return self._sent(key, act.method, f"/accounts/{self.account}{path}", body)

    def _sent(self, key: str, method: str, path: str, body: str = "") -> httpx.Response:
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        return self._client.request(method, path, headers=headers, content=body.encode() or None)

    def _filled(self, text: str) -> str:
        return PLACE.sub(lambda found: self._value(found[1], found[2] or ""), text)

    def _value(self, name: str, which: str) -> str:
        match name:
            case "workspace":
                return self._workspace
            case "new":
                return f"new-{uuid4()}"
            case "account_role":
                return self._id("/account_roles", which, "name")
            case "role":
                return self._id("/workspace_roles", which, "name")
            case "membership":
                return self._id("/account_memberships", which, "email")
            case "user":
                return self._id("/account_memberships", which, "email", "user_id")
            case "bot":
                return self._id("/bots", which, "name")
        return self._made(name)

    def _id(self, path: str, which: str, by: str, wanted: str = "id") -> str:
        if path not in self._rows:
            self._rows[path] = self._asked(f"{path}/filter", {})
        (found,) = (row for row in self._rows[path] if row[by] == which)
        return found[wanted]

    def _asked(self, path: str, body: object, method: str = "POST"):
        answer = self._sent(
            self._owner, method, f"/accounts/{self.account}{path}", self._filled(json.dumps(body))
        )
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    def _made(self, name: str) -> str:
        """Make something in the workspace as the owner; return what a path calls it."""
        path, body, called, *method = MADE[name]
        made = self._asked(f"{self._filled(IN)}/{path}/", json.loads(self._filled(body)), *method)
        return made[called]


SECRETS = """{
    "properties": {"value": {"type": "string", "format": "password"}},
    "secret_fields": ["value"]
}"""
BLOCK = (
    '{"block_type_id": "{block_type}", "block_schema_id": "{block_schema}",'
    ' "data": {"value": "hush"}}'
)

MADE = {
    "flow": ("flows", NAMED, "id"),
    "flow_run": ("flow_runs", '{"flow_id": "{flow}"}', "id"),
    "deployment": ("deployments", DEPLOYMENT, "id"),
    "work_pool": ("work_pools", NAMED, "name"),
    "block_type": ("block_types", '{"name": "new", "slug": "{new}"}', "id"),
    "block_schema": (
        "block_schemas",
        f'{{"block_type_id": "{{block_type}}", "fields": {SECRETS}}}',
        "id",
    ),
    "block": ("block_documents", BLOCK, "id"),
    "automation": ("automations", AUTOMATION, "id"),
    "saved_search": ("saved_searches", NAMED, "id", "PUT"),
    "saved_search_name": ("saved_searches", NAMED, "name", "PUT"),
    "notification_policy": ("flow_run_notification_policies", POLICY, "id"),
    "tag": ("concurrency_limits", LIMIT, "tag"),
    "global_limit": ("v2/concurrency_limits", GLOBAL_LIMIT, "id"),
    "grant": (
        "user_access",
        '{"user_id": "{user=idler@acme.example}", "workspace_role_id": "{role=Viewer}"}',
        "id",
    ),
}
"""Of what is made for an act: the path, the body, and the field that a path calls it by."""


def act(check, owner: str, url: str) -> None:
    """Do what a check says that somebody does, and what it says that nobody lets them do."""
    guarded = GuardedStore(Accounts(url))
    with (
        serving(guarded) as root,
        httpx.Client(base_url=f"{root}/api", timeout=LONGEST, verify=False) as client,
    ):
        stage = Stage(client, owner, check.get("in", ""))
        with key_of(guarded, check["by"]) as key:
            for name in check.get("does", ()):
                does(stage, key, name)
            for name in check.get("may_not", ()):
                refused(stage, key, name, REFUSED)
            for name in check.get("finds_not", ()):
                refused(stage, key, name, NOT_FOUND)


def does(stage: Stage, key: str, name: str) -> None:
    """Check that an act is done."""
    answer = stage.send(key, ACTS[name])
    assert answer.status_code == ACTS[name].status, f"{name}: {answer.status_code} {answer.text}"
    assert ACTS[name].shows in answer.text, f"{name}: {answer.text}"


def refused(stage: Stage, key: str, name: str, status: int) -> None:
    """Check that an act is refused."""
    answer, hides = stage.send(key, ACTS[name]), ACTS[name].hides
    if hides and status == REFUSED and answer.status_code == ACTS[name].status:
        assert hides in answer.text
        assert ACTS[name].shows not in answer.text
    else:
        assert answer.status_code == status, f"{name}: {answer.status_code} {answer.text}"


@contextmanager
def key_of(guarded: GuardedStore, who: str) -> Iterator[str]:
    """Give somebody a key for as long as the block lasts, past the guard."""
    named = who.startswith("sa:")
    principal = service_account(who.removeprefix("sa:")) if named else user(who)
    key = Key(principal, f"acts-{uuid4()}")
    backend = guarded.service.backend("acme", None)
    secrets = backend.transact(str(uuid4()), lambda writer: writer.make(Change(None, key)))
    yield secrets[str(key.address)]
    with backend.open() as session:
        there = session.read().get(key.address)
    if there:
        backend.transact(str(uuid4()), lambda writer: writer.make(Change(there, None)))
