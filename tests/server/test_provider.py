"""The vendor's Terraform provider, played: its paths, bodies, and what it insists on.

Its client is written in Go. It takes one status code for most calls, panics or fails on a
null where it declares a value, and reads element 0 of a list unseen.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from rbac_sync.model import Team
from rbac_sync.planning import Change

from .serving import OWNER

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)")
EVERYONE = {"id": "*", "name": "*", "email": None, "type": "*"}
NOTHING = object()


def text(value):
    assert isinstance(value, str)


def number(value):
    assert type(value) is int


def flag(value):
    assert isinstance(value, bool)


def moment(value):
    assert INSTANT.fullmatch(value)
    datetime.fromisoformat(value)


def texts(value):
    for each in value:
        text(each)


def nullable(reads):
    return lambda value: value is None or reads(value)


ENTITY = {"id": UUID, "created": moment, "updated": moment}
WORKSPACE = {
    **ENTITY,
    "account_id": UUID,
    "name": text,
    "description": text,
    "handle": text,
    "default_workspace_role_id": nullable(UUID),
}
ROLE = {
    **ENTITY,
    "name": text,
    "description": text,
    "scopes": texts,
    "account_id": nullable(UUID),
    "inherited_role_id": nullable(UUID),
}
ACCOUNT_ROLE = {**ENTITY, "name": text, "permissions": texts, "account_id": nullable(UUID)}
KEY = {"id": UUID, "created": moment, "name": text, "expiration": nullable(moment)}
NEW_KEY = {**KEY, "key": text}


def bot_with(key):
    return {
        **ENTITY,
        "actor_id": UUID,
        "account_id": UUID,
        "name": text,
        "account_role_name": text,
        "api_key": lambda found: decoded(found, key),
    }


BOT, NEW_BOT = bot_with(KEY), bot_with(NEW_KEY)
MEMBER = {
    "id": UUID,
    "actor_id": UUID,
    "user_id": UUID,
    "first_name": text,
    "last_name": text,
    "handle": text,
    "email": text,
    "account_role_name": text,
    "account_role_id": UUID,
}
ACCESS = {**ENTITY, "workspace_id": UUID, "workspace_role_id": UUID}
MEMBERSHIP = {"id": UUID, "type": text}
TEAM = {
    **ENTITY,
    "name": text,
    "description": text,
    "memberships": lambda rows: [decoded(row, MEMBERSHIP) for row in rows],
}
USER = {
    **ENTITY,
    "actor_id": UUID,
    "handle": text,
    "first_name": text,
    "last_name": text,
    "email": text,
}
SETTINGS = dict.fromkeys(
    (
        "allow_public_workspaces",
        "ai_log_summaries",
        "managed_execution",
        "enforce_webhook_authentication",
    ),
    flag,
)
ACCOUNT = {
    **ENTITY,
    "name": text,
    "handle": text,
    "location": nullable(text),
    "link": nullable(text),
    "image_location": nullable(text),
    "auth_expiration_seconds": nullable(number),
    "settings": lambda found: decoded(found, SETTINGS),
    "sso_state": text,
    "features": texts,
    "plan_type": text,
    "run_retention_days": number,
    "audit_log_retention_days": number,
    "automations_limit": number,
    "billing_email": nullable(text),
}
DOMAIN = {**ENTITY, "account_id": UUID, "name": text}
ACTOR = {"id": text, "name": text, "email": nullable(text), "type": text}


def decoded(found, shape):
    """Return *found* if each field of *shape* is there and is what the client declares."""
    for name, reads in shape.items():
        assert name in found, name
        reads(found[name])
    return found


def stays(before, after):
    """Say whether what a plan takes from the state unasked is the same before and after."""
    kept = before.keys() & {"id", "created", "actor_id", "account_id"}
    return all(before[name] == after[name] for name in kept)


class Provider:
    """The provider's HTTP client: JSON headers on every request, and 307 followed."""

    def __init__(self, server, key=None):
        self.server = server
        self.client = server.client(key, follow_redirects=True)
        self.client.headers.update(
            {
                "Content-Type": "application/json",
                "Accept": "application/json",
                "User-Agent": "Go-http-client/1.1",
            }
        )
        self.account_id = self.client.get("/me/accounts").json()[0]["account_id"]
        self.path = f"/accounts/{self.account_id}"

    def send(self, method, path, status, body=NOTHING, *, redirected=False):
        """Send a request below the account; return what the answer says."""
        content = b"" if body is NOTHING else (json.dumps(body) + "\n").encode()
        path = path if path.startswith("/users/") else self.path + path
        answer = self.client.request(method, path, content=content)
        assert answer.status_code == status, answer.text
        assert [each.status_code for each in answer.history] == ([307] if redirected else [])
        if status == 204:
            assert answer.content == b""
            return None
        assert answer.headers["content-type"] == "application/json"
        return answer.json()

    def gone(self, path):
        """See that reading and deleting *path* both answer 404, in JSON."""
        assert "detail" in self.send("GET", path, 404)
        assert "detail" in self.send("DELETE", path, 404)

    def read(self, path, shape):
        """Read twice: reading changes nothing, and `updated` does not move."""
        found = decoded(self.send("GET", path, 200), shape)
        assert self.send("GET", path, 200) == found
        return found

    def listed(self, path, filter_, shape):
        """List with a filter, as data sources do."""
        return [decoded(row, shape) for row in self.send("POST", f"{path}/filter", 200, filter_)]

    def named(self, path, what, name, shape):
        """Return element 0 of the list of what has *name*, which is all there is in it."""
        (found,) = self.listed(path, {what: {"name": {"any_": [name]}}}, shape)
        return found

    def account_role(self, name):
        return self.named("/account_roles", "account_roles", name, ACCOUNT_ROLE)["id"]

    def role(self, name):
        return self.named("/workspace_roles", "workspace_roles", name, ROLE)["id"]

    def member(self, email):
        body = {"account_memberships": {"email": {"any_": [email]}}}
        (found,) = self.listed("/account_memberships", body, MEMBER)
        return found

    def workspace(self, handle="prod"):
        body = {"name": handle, "description": "", "handle": handle}
        return decoded(self.send("POST", "/workspaces/", 201, body), WORKSPACE)

    def bot(self, name="ci"):
        body = {"name": name, "account_role_id": self.account_role("Member")}
        return decoded(self.send("POST", "/bots/", 201, body), NEW_BOT)

    def team(self, name="platform", description=""):
        body = {"name": name, "description": description}
        return decoded(self.send("POST", "/teams", 201, body, redirected=True), TEAM)

    def let_in(self, key):
        """Say whether *key* still lets somebody in."""
        return self.server.client(key).get("/me/accounts").status_code == 200


def later(**by):
    """Return an instant of whole seconds, as a plan has it."""
    return (datetime.now(UTC) + timedelta(**by)).replace(microsecond=0)


def written(instant):
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture
def go(server):
    return Provider(server)


@pytest.fixture
def prod(go):
    return f"/workspaces/{go.workspace()['id']}"


@pytest.mark.parametrize("description", ["", None, "where it runs"])
def test_prefect_workspace(go, description):
    body = {"name": "Prod", "description": description, "handle": "prod"}
    made = decoded(go.send("POST", "/workspaces/", 201, body), WORKSPACE)
    path = f"/workspaces/{made['id']}"
    assert go.read(path, WORKSPACE) == made
    assert made["description"] == (description or "")
    body = {
        "name": "Production",
        "description": None,
        "handle": "production",
        "default_workspace_role_id": None,
    }
    for _ in range(2):
        go.send("PATCH", path, 204, body)
    found = go.read(path, WORKSPACE)
    assert stays(made, found)
    assert (found["name"], found["description"], found["handle"]) == (
        "Production",
        "",
        "production",
    )
    go.send("DELETE", path, 204)
    go.gone(path)


def test_an_update_of_prefect_workspace_keeps_the_default_role_that_it_never_names(go, prod):
    role = go.role("Viewer")
    go.send("PATCH", prod, 204, {"default_workspace_role_id": role})
    body = {"name": "New", "description": "", "handle": "prod", "default_workspace_role_id": None}
    go.send("PATCH", prod, 204, body)
    assert go.read(prod, WORKSPACE)["default_workspace_role_id"] == role


def test_prefect_workspace_is_looked_up_by_handle(go):
    one, two = go.workspace("one"), go.workspace("two")
    assert go.listed("/workspaces", {"workspaces": {"handle": {"any_": ["two"]}}}, WORKSPACE) == [
        two
    ]
    assert go.listed("/workspaces", {"workspaces": {"handle": {"any_": None}}}, WORKSPACE) == [
        one,
        two,
    ]


def test_prefect_workspace_role(go):
    viewer = go.role("Viewer")
    body = {
        "name": "Blocks",
        "description": "",
        "scopes": ["manage_blocks"],
        "inherited_role_id": viewer,
    }
    made = decoded(go.send("POST", "/workspace_roles/", 201, body), ROLE)
    path = f"/workspace_roles/{made['id']}"
    assert go.read(path, ROLE) == made
    assert {"manage_blocks", "see_blocks"} <= set(made["scopes"])
    assert (made["inherited_role_id"], made["account_id"]) == (viewer, go.account_id)
    body = {"name": "None", "description": "x", "scopes": None, "inherited_role_id": None}
    for _ in range(2):
        go.send("PATCH", path, 204, body)
    found = go.read(path, ROLE)
    assert stays(made, found)
    assert (found["name"], found["description"], found["scopes"]) == ("None", "x", [])
    assert found["inherited_role_id"] is None
    go.send("DELETE", path, 204)
    go.gone(path)


def test_prefect_workspace_role_of_see_scopes_reads_back_as_written(go):
    body = {
        "name": "Looker",
        "description": "",
        "scopes": ["see_flows", "see_blocks"],
        "inherited_role_id": None,
    }
    made = go.send("POST", "/workspace_roles/", 201, body)
    assert set(made["scopes"]) == {"see_flows", "see_blocks"}
    found = go.listed("/workspace_roles", {"workspace_roles": {"name": {"any_": None}}}, ROLE)
    assert {"Owner", "Worker", "Developer", "Viewer", "Runner", "Looker"} == {
        role["name"] for role in found
    }
    assert go.named("/workspace_roles", "workspace_roles", "Looker", ROLE) == made


def test_prefect_account_role_is_looked_up_by_name_and_read_by_id(go):
    admin = go.named("/account_roles", "account_roles", "Admin", ACCOUNT_ROLE)
    assert go.read(f"/account_roles/{admin['id']}", ACCOUNT_ROLE) == admin
    assert admin["account_id"] is None
    found = go.listed("/account_roles", {"account_roles": {"name": {"any_": None}}}, ACCOUNT_ROLE)
    assert {"Owner", "Admin", "Member"} <= {role["name"] for role in found}
    assert (
        go.listed("/account_roles", {"account_roles": {"name": {"any_": ["x"]}}}, ACCOUNT_ROLE)
        == []
    )


def test_prefect_service_account(go):
    made = go.bot()
    path = f"/bots/{made['id']}"
    assert made["api_key"]["name"].startswith("ci")
    assert made["api_key"]["expiration"] is None
    assert go.let_in(made["api_key"]["key"])
    found = go.read(path, BOT)
    key = found.pop("api_key")
    assert made.items() >= found.items()
    assert made["api_key"].items() >= {name: key[name] for name in KEY}.items()
    body = {"name": "cd", "account_role_id": go.account_role("Admin")}
    for _ in range(2):
        go.send("PATCH", path, 204, body)
    renamed = go.read(path, BOT)
    assert stays(made, renamed)
    assert (renamed["name"], renamed["account_role_name"]) == ("cd", "Admin")
    assert renamed["api_key"]["id"] == made["api_key"]["id"]
    assert go.let_in(made["api_key"]["key"])
    go.send("DELETE", path, 204)
    go.gone(path)
    assert not go.let_in(made["api_key"]["key"])


def test_prefect_service_account_is_looked_up_by_name(go):
    made, other = go.bot(), go.bot("other")
    assert go.named("/bots", "service_accounts", "ci", BOT)["id"] == made["id"]
    found = go.listed("/bots", {"service_accounts": {"name": {"any_": None}}}, BOT)
    assert [bot["id"] for bot in found] == [made["id"], other["id"]]


def test_the_expiration_of_a_key_keeps_its_instant_to_the_second(go):
    ends = datetime(2031, 1, 2, 3, 4, 5, tzinfo=UTC)
    east = ends.astimezone(datetime.strptime("+0530", "%z").tzinfo)
    for name, sent in (("z", written(ends)), ("offset", east.isoformat())):
        body = {
            "name": name,
            "api_key_expiration": sent,
            "account_role_id": go.account_role("Member"),
        }
        made = decoded(go.send("POST", "/bots/", 201, body), NEW_BOT)
        read = go.read(f"/bots/{made['id']}", BOT)
        for found in (made, read):
            assert datetime.fromisoformat(found["api_key"]["expiration"]) == ends


@pytest.mark.parametrize("grace", [0, 3600])
def test_rotation_gives_a_new_key_and_leaves_the_old_one_its_time(go, grace):
    made, ends = go.bot(), later(days=1)
    path = f"/bots/{made['id']}"
    body = {"api_key_expiration": written(ends), "old_key_expires_in_seconds": grace}
    turned = decoded(go.send("POST", f"{path}/rotate_api_key", 201, body), NEW_BOT)
    old, new = made["api_key"], turned["api_key"]
    assert old["id"] != new["id"]
    assert go.let_in(new["key"])
    assert go.let_in(old["key"]) == bool(grace)
    found = go.read(path, BOT)["api_key"]
    assert (found["id"], found["name"]) == (new["id"], new["name"])
    assert datetime.fromisoformat(found["expiration"]) == ends
    body = {"api_key_expiration": None, "old_key_expires_in_seconds": 0}
    again = decoded(go.send("POST", f"{path}/rotate_api_key", 201, body), NEW_BOT)
    assert go.read(path, BOT)["api_key"]["expiration"] is None
    assert go.let_in(again["api_key"]["key"])
    assert not go.let_in(new["key"])


def test_prefect_account_member(go):
    go.server.person("bo@example.org")
    member = go.member("bo@example.org")
    path = f"/account_memberships/{member['id']}"
    admin = go.account_role("Admin")
    go.send("PATCH", path, 204, {"account_role_id": admin})
    found = go.member("bo@example.org")
    assert (found["account_role_name"], found["account_role_id"]) == ("Admin", admin)
    assert found["id"] == member["id"]
    go.send("DELETE", path, 204)
    body = {"account_memberships": {"email": {"any_": ["bo@example.org"]}}}
    assert go.listed("/account_memberships", body, MEMBER) == []
    go.gone(path)


def test_prefect_account_members_lists_everybody_where_it_names_nobody(go):
    made = go.bot()
    go.server.person("bo@example.org")
    found = go.send(
        "POST",
        "/account_memberships/filter",
        200,
        {"account_memberships": {"email": {"any_": None}}},
    )
    people = [decoded(row, MEMBER) for row in found if row["user_id"] is not None]
    assert {row["email"] for row in people} == {OWNER, "bo@example.org"}
    assert [row["actor_id"] for row in found if row["user_id"] is None] == [made["actor_id"]]


@pytest.mark.parametrize("kind", ["user", "bot"])
def test_prefect_workspace_access_of_an_actor(go, prod, kind):
    go.server.person("bo@example.org")
    who = go.member("bo@example.org")["user_id"] if kind == "user" else go.bot()["id"]
    shape = {**ACCESS, f"{kind}_id": UUID, "actor_id": UUID}
    rows = {}
    for name in ("Developer", "Runner", "Runner"):
        body = [{"workspace_role_id": go.role(name), f"{kind}_id": who}]
        row = decoded(go.send("POST", f"{prod}/{kind}_access/", 200, body)[0], shape)
        rows[row["id"]] = row
    (row,) = rows.values()
    assert (row[f"{kind}_id"], row["workspace_role_id"]) == (who, go.role("Runner"))
    assert prod.endswith(row["workspace_id"])
    path = f"{prod}/{kind}_access/{row['id']}"
    assert go.read(path, shape) == row
    go.send("DELETE", path, 204)
    go.gone(path)


def test_prefect_workspace_access_of_a_team(go, prod):
    team, shape = go.team()["id"], {**ACCESS, "team_id": UUID}
    rows = {}
    for name in ("Developer", "Runner"):
        body = [{"workspace_role_id": go.role(name), "team_id": team}]
        row = decoded(go.send("PUT", f"{prod}/team_access/", 200, body)[0], shape)
        rows[row["id"]] = row
    (row,) = rows.values()
    assert (row["team_id"], row["workspace_role_id"]) == (team, go.role("Runner"))
    (found,) = go.listed(f"{prod}/team_access", NOTHING, shape)
    assert found.items() >= row.items()
    go.send("DELETE", f"{prod}/team_access/{team}", 204)
    assert go.listed(f"{prod}/team_access", NOTHING, shape) == []
    assert "detail" in go.send("DELETE", f"{prod}/team_access/{team}", 404)


@pytest.mark.parametrize("description", ["", None, "who runs it"])
def test_prefect_team(go, description):
    made = go.team(description=description)
    assert made["description"] == (description or "")
    path = f"/teams/{made['id']}"
    assert go.read(path, TEAM) == made
    for changed in ("other", None, ""):
        body = {"name": "infra", "description": changed}
        put = decoded(go.send("PUT", path, 200, body), TEAM)
        assert stays(made, put)
        assert (put["id"], put["name"], put["description"]) == (made["id"], "infra", changed or "")
        assert go.read(path, TEAM) == put
    go.send("DELETE", path, 204)
    go.gone(path)


def test_prefect_team_is_looked_up_by_name_and_listed_to_the_end(go):
    go.server.add(*(Change(None, Team(f"t{number:03}")) for number in range(201)))
    body = {"teams": {"name": {"any_": ["t007"]}}, "limit": 200, "offset": 0}
    (found,) = go.listed("/teams", body, TEAM)
    assert found["name"] == "t007"
    pages = [
        go.listed(
            "/teams", {"teams": {"name": {"any_": None}}, "limit": 200, "offset": offset}, TEAM
        )
        for offset in (0, 200)
    ]
    assert [len(page) for page in pages] == [200, 1]
    assert len({team["id"] for page in pages for team in page}) == 201


def test_prefect_team_access(go):
    go.server.person("bo@example.org")
    bo, bot, team = go.member("bo@example.org"), go.bot(), f"/teams/{go.team()['id']}"
    joining = (
        (bo["user_id"], bo["actor_id"], "user"),
        (bot["id"], bot["actor_id"], "service_account"),
    )
    for member_id, _, kind in joining:
        body = {"members": [{"member_id": member_id, "member_type": kind}]}
        for _ in range(2):
            go.send("PUT", f"{team}/members", 200, body)
    found = {row["id"]: row["type"] for row in go.read(team, TEAM)["memberships"]}
    assert found == {actor: kind for _, actor, kind in joining}
    for _, actor, _ in joining:
        go.send("DELETE", f"{team}/members/{actor}", 204)
        assert "detail" in go.send("DELETE", f"{team}/members/{actor}", 404)
    assert go.read(team, TEAM)["memberships"] == []


def test_prefect_account(go):
    found = decoded(go.send("GET", "/", 200, redirected=True), ACCOUNT)
    assert found["id"] == go.account_id
    body = {
        "name": "Acme",
        "handle": found["handle"],
        "location": "Here",
        "link": None,
        "auth_expiration_seconds": None,
    }
    go.send("PATCH", "/", 204, body, redirected=True)
    found = decoded(go.send("GET", "/", 200, redirected=True), ACCOUNT)
    assert found.items() >= body.items()
    unsaid = dict.fromkeys(body)
    go.send("PATCH", "/", 204, unsaid, redirected=True)
    found = decoded(go.send("GET", "/", 200, redirected=True), ACCOUNT)
    assert found.items() >= {**unsaid, "name": "Acme", "handle": body["handle"]}.items()
    refused = go.send("DELETE", "/", 403, redirected=True)
    assert "detail" in refused


def test_prefect_account_with_settings_and_domains(go):
    settings = {
        "allow_public_workspaces": True,
        "ai_log_summaries": True,
        "managed_execution": False,
        "enforce_webhook_authentication": False,
    }
    go.send("PATCH", "/settings", 204, settings)
    found = decoded(go.send("GET", "/", 200, redirected=True), ACCOUNT)
    assert found["settings"].items() >= settings.items()
    for names in (["b.example", "a.example"], ["c.example", "b.example"], ["b.example"], []):
        go.send("PATCH", "/domains", 204, {"domain_names": names})
        domains = [decoded(row, DOMAIN) for row in go.send("GET", "/domains", 200)]
        assert [domain["name"] for domain in domains] == names


def test_prefect_user(go):
    path = f"/users/{go.member(OWNER)['user_id']}"
    found = go.read(path, USER)
    body = {
        "handle": found["handle"],
        "first_name": "Olivia",
        "last_name": "",
        "email": found["email"],
    }
    go.send("PATCH", path, 204, body)
    after = go.read(path, USER)
    assert after.items() >= body.items()
    assert (after["id"], after["actor_id"]) == (found["id"], found["actor_id"])
    assert "detail" in go.send("GET", f"/users/{uuid4()}", 404)


@pytest.mark.parametrize("ends", [None, later(days=7)])
def test_prefect_user_api_key(go, ends):
    path = f"/users/{go.member(OWNER)['user_id']}/api_keys"
    body = {"name": "laptop"} | ({"expiration": written(ends)} if ends else {})
    made = decoded(go.send("POST", path, 201, body), NEW_KEY)
    assert go.let_in(made["key"])
    found = go.read(f"{path}/{made['id']}", KEY)
    expiration = found["expiration"] and datetime.fromisoformat(found["expiration"])
    assert (found["name"], expiration) == ("laptop", ends)
    go.send("DELETE", f"{path}/{made['id']}", 204)
    go.gone(f"{path}/{made['id']}")
    assert not go.let_in(made["key"])


@pytest.fixture
def block(go, prod):
    kind = {"name": "Own", "slug": "own", "logo_url": "", "documentation_url": ""}
    type_ = go.send("POST", f"{prod}/block_types/", 201, kind)
    body = {
        "block_type_id": type_["id"],
        "capabilities": None,
        "version": "1",
        "fields": {"properties": {}},
    }
    schema = go.send("POST", f"{prod}/block_schemas", 201, body, redirected=True)
    body = {
        "name": "token",
        "data": {"value": "x"},
        "block_schema_id": schema["id"],
        "block_type_id": type_["id"],
    }
    made = go.send("POST", f"{prod}/block_documents/", 201, body)
    return f"{prod}/block_documents/{made['id']}"


@pytest.fixture
def deployment(go, prod):
    flow = go.send("POST", f"{prod}/flows/", 201, {"name": "etl", "tags": None})
    body = {"name": "nightly", "flow_id": flow["id"], "entrypoint": "etl.py:etl", "paused": True}
    made = go.send("POST", f"{prod}/deployments/", 201, body)
    return f"{prod}/deployments/{made['id']}"


@pytest.fixture
def pool(go, prod):
    body = {
        "name": "k8s",
        "description": None,
        "type": "kubernetes",
        "is_paused": False,
        "concurrency_limit": None,
    }
    go.send("POST", f"{prod}/work_pools/", 201, body)
    return f"{prod}/work_pools/k8s"


@pytest.mark.parametrize("what", ["block", "deployment", "pool"])
def test_prefect_access_lists_of_objects(go, request, what):
    path = f"{request.getfixturevalue(what)}/access"
    levels = ("manage", "view") if what == "block" else ("manage", "run", "view")
    shape = {f"{level}_actors": lambda rows: [decoded(r, ACTOR) for r in rows] for level in levels}
    found = go.read(path, shape)
    assert all(found[name] == [EVERYONE] for name in shape)
    bots, team = [go.bot(name) for name in ("one", "two")], go.team()
    actors = {f"{level}_actor_ids": [bot["actor_id"] for bot in bots] for level in levels}
    teams = {f"{level}_team_ids": [] for level in levels} | {"view_team_ids": [team["id"]]}
    go.send("PUT", path, 204, {"access_control": actors | teams})
    found = go.read(path, shape)
    assert [row["name"] for row in found["manage_actors"]] == ["one", "two"]
    assert [row["name"] for row in found["view_actors"]] == ["one", "two", "platform"]
    assert found["view_actors"][2] == {**found["view_actors"][2], "id": team["id"], "type": "team"}
    empty = {f"{level}_{kind}_ids": [] for level in levels for kind in ("actor", "team")}
    go.send("PUT", path, 204, {"access_control": empty})
    assert all(found == [] for found in go.read(path, shape).values())
    open_ = empty | {f"{level}_actor_ids": ["*"] for level in levels}
    go.send("PUT", path, 204, {"access_control": open_})
    assert all(found == [EVERYONE] for found in go.read(path, shape).values())


@pytest.mark.parametrize("what", ["block", "deployment", "pool"])
def test_the_access_list_of_an_object_that_is_not_there_is_not_there(go, request, what):
    path = request.getfixturevalue(what)
    go.send("DELETE", path, 204)
    assert "detail" in go.send("GET", f"{path}/access", 404)
    levels = ("manage", "view") if what == "block" else ("manage", "run", "view")
    lists = {f"{level}_actor_ids": [] for level in levels}
    assert "detail" in go.send("PUT", f"{path}/access", 404, {"access_control": lists})


def test_a_service_account_of_an_administrator_applies_a_whole_configuration(server):
    go = Provider(server, server.bot("terraform", "admin"))
    prod, bot, team = f"/workspaces/{go.workspace()['id']}", go.bot(), go.team()
    role = go.role("Developer")
    body = {"name": "Looker", "description": "", "scopes": ["see_flows"], "inherited_role_id": None}
    own = go.send("POST", "/workspace_roles/", 201, body)["id"]
    body = [{"workspace_role_id": own, "bot_id": bot["id"]}]
    (row,) = go.send("POST", f"{prod}/bot_access/", 200, body)
    body = [{"workspace_role_id": role, "team_id": team["id"]}]
    go.send("PUT", f"{prod}/team_access/", 200, body)
    body = {"members": [{"member_id": bot["id"], "member_type": "service_account"}]}
    go.send("PUT", f"/teams/{team['id']}/members", 200, body)
    for gone in (
        f"/teams/{team['id']}/members/{bot['actor_id']}",
        f"{prod}/team_access/{team['id']}",
        f"{prod}/bot_access/{row['id']}",
        f"/workspace_roles/{own}",
        f"/teams/{team['id']}",
        f"/bots/{bot['id']}",
        prod,
    ):
        go.send("DELETE", gone, 204)


def test_a_wrong_key_is_told_in_json_on_the_wrong_slash_too(go):
    go.client.headers["Authorization"] = "Bearer pnu_wrong"
    for method, path in (("GET", "/"), ("POST", "/teams")):
        refused = go.send(method, path, 401, redirected=True)
        assert refused == {"detail": "Invalid authentication credentials"}
