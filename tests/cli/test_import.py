"""A configuration from a Terraform state of Prefect's provider.

The shapes of the states are those that Terraform 1.11.4 with the provider at commit d7f1aa4 wrote
of an account of ``rbac-sync serve``.
"""

from __future__ import annotations

import json

import pytest
import tomli

from rbac_sync.cli.run import KEY

from ..server.account import Account
from ..server.serving import OWNER, served
from .running import bare, run


@pytest.fixture
def work(tmp_path, monkeypatch):
    bare(monkeypatch)
    for name in ("PREFECT_API_URL", "PREFECT_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("RBAC_SYNC_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def resource(kind, name, values, mode="managed"):
    prefix = "data." if mode == "data" else ""
    address = f"{prefix}prefect_{kind}.{name}"
    return {
        "address": address,
        "mode": mode,
        "type": f"prefect_{kind}",
        "name": name,
        "values": values,
    }


def shown(*resources):
    """Return a state as ``terraform show -json`` prints it, one resource in a module of its own."""
    *own, last = resources
    modules = [{"resources": [{**last, "address": f"module.m.{last['address']}"}]}]
    root = {"resources": own, "child_modules": modules}
    return json.dumps({"format_version": "1.0", "values": {"root_module": root}})


def kept(*resources):
    """Return a state as Terraform keeps it in a file."""
    rows = [
        {
            "mode": row["mode"],
            "type": row["type"],
            "name": row["name"],
            "instances": [{"index_key": "a", "attributes": row["values"]}],
        }
        for row in resources
    ]
    return json.dumps({"version": 4, "resources": rows})


PEOPLE = (
    resource("account", "me", {"id": "acc", "handle": "acme"}, "data"),
    resource(
        "account_member",
        "ana",
        {"id": "m-ana", "user_id": "u-ana", "actor_id": "a-ana", "email": "ana@x.org"},
        "data",
    ),
    resource("workspace_role", "viewer", {"id": "r-viewer", "name": "Viewer"}, "data"),
)
CI = resource(
    "service_account",
    "ci",
    {
        "id": "s-ci",
        "actor_id": "a-ci",
        "name": "ci",
        "account_role_name": "Member",
        "api_key": "pnu_0123456789abcdefghijklmnopqrstuvwxyz",
        "api_key_expiration": "2027-05-01T00:00:00Z",
    },
)
TEAM = resource("team", "ops", {"id": "t-ops", "name": "ops", "description": "Ops"})
IN_TEAM = resource(
    "team_access",
    "ana",
    {"team_id": "t-ops", "member_id": "u-ana", "member_actor_id": "a-ana", "member_type": "user"},
)
ROLE = resource(
    "workspace_role",
    "oncall",
    {
        "id": "r-oncall",
        "name": "oncall",
        "description": "",
        "inherited_role_id": "r-viewer",
        "scopes": ["write_work_pools", "see_work_pools"],
    },
)
PROD = resource("workspace", "prod", {"id": "w-prod", "handle": "prod", "name": "Production"})


def access(who, role="r-viewer", workspace="w-prod", name="a"):
    values = {"accessor_id": who, "workspace_role_id": role, "workspace_id": workspace}
    return resource("workspace_access", name, values)


def converted(work, text, options=""):
    """Return the tables of all files that a state becomes, and how the command ended."""
    (work / "state.json").write_text(text)
    ran = run(f"import terraform state.json access {options}")
    tables = {}
    for path in sorted((work / "access").rglob("*.toml")):
        for name, table in tomli.loads(path.read_text()).items():
            tables.setdefault(name, {}).update(table)
    return tables, ran


@pytest.mark.parametrize(("form", "mark"), [(shown, ""), (kept, ""), (shown, "\ufeff")])
def test_a_state_becomes_a_configuration(work, form, mark):
    state = mark + form(
        *PEOPLE, CI, TEAM, IN_TEAM, ROLE, PROD, access("t-ops"), access("a-ci", "r-oncall")
    )
    tables, ran = converted(work, state)
    assert (ran.code, ran.err) == (0, "")
    assert tables["backend"] == {"type": "prefect-cloud", "account": "acme"}
    assert tables["members"] == {"member": ["sa:ci"]}
    assert str(tables["service_accounts"]["ci"]["keys"]["active"]["until"]) == "2027-05-01"
    assert tables["teams"] == {"ops": {"description": "Ops", "members": ["ana@x.org"]}}
    assert tables["roles"] == {"oncall": {"base": "viewer", "permissions": ["write_work_pools"]}}
    prod = {"name": "Production", "access": {"viewer": ["team:ops"], "oncall": ["sa:ci"]}}
    assert tables["workspaces"] == {"prod": prod}
    assert run("validate --config access").code == 0
    assert run("fmt --check access").out == ""


def test_no_secret_of_the_state_is_written(work):
    converted(work, shown(*PEOPLE, CI, PROD))
    texts = [path.read_text() for path in (work / "access").rglob("*.toml")]
    assert "pnu_" not in "".join(texts)


def test_what_terraform_says_nothing_about_keeps_its_live_value(work):
    data = resource("workspace", "w", {"id": "w", "handle": "other", "name": "O"}, "data")
    tables, _ = converted(work, shown(*PEOPLE, TEAM, PROD, data, access("u-ana", workspace="w")))
    assert tables["teams"] == {"ops": {"description": "Ops"}}
    assert tables["workspaces"] == {
        "prod": {"name": "Production"},
        "other": {"access": {"viewer": ["ana@x.org"]}},
    }


@pytest.mark.parametrize(
    ("left_out", "reason"),
    [
        (resource("variable", "v", {}), "prefect_variable.v is not about access"),
        (access("u-bo"), "prefect_workspace_access.a is for somebody that the state does not name"),
        (
            access("u-ana", "r-x"),
            "prefect_workspace_access.a is for a role that the state does not name",
        ),
        (
            access("u-ana", workspace="w-x"),
            "prefect_workspace_access.a is in a workspace that the state does not name",
        ),
        (
            resource("team_access", "a", {"team_id": "t-ops", "member_id": "x"}),
            "prefect_team_access.a is for somebody whom the state does not name",
        ),
        (
            resource("workspace_role", "r", {"id": "r", "name": "r", "scopes": ["fly"]}),
            "prefect_workspace_role.r has a permission or a base that is not known here",
        ),
        (
            resource("team", "t", {"id": "t", "name": " t"}),
            "prefect_team.t has a name that cannot be written",
        ),
        (
            resource("account_member", "m", {"email": "m@x.org", "account_role_name": "Boss"}),
            "prefect_account_member.m has an account role that the state does not name",
        ),
        (
            resource("account_member", "m", {"account_role_name": "Owner"}),
            "prefect_account_member.m has no e-mail address in the state",
        ),
        *(
            (
                resource("workspace", "w", {"id": "w", "handle": handle}),
                "prefect_workspace.w has a handle that cannot be written",
            )
            for handle in ("", "a\u202eb", "\ud800", "a" * 300)
        ),
    ],
)
def test_what_cannot_be_written_is_listed(work, left_out, reason):
    tables, ran = converted(work, shown(*PEOPLE, left_out, TEAM, PROD))
    assert ran.code == 0
    assert ran.err == f"left out: {reason}\n"
    assert f"# Left out: {reason}\n" in (work / "access" / "rbac.toml").read_text()
    assert tables["teams"] == {"ops": {"description": "Ops"}}


def test_no_address_begins_a_line_of_its_own(work):
    hostile = resource("variable", "v\nmembers = 'all'\x1b", {})
    tables, ran = converted(work, shown(*PEOPLE, hostile, TEAM))
    assert ran.err == "left out: prefect_variable.v\\x0amembers = 'all'\\x1b is not about access\n"
    assert tables["manage"]["members"] == "declared"
    assert tables["teams"]


@pytest.mark.parametrize("name", ["two\nlines", "\u202e", "\ud800", "a" * 300])
def test_a_display_name_that_cannot_be_written_keeps_its_live_value(work, name):
    hidden = resource("workspace", "w", {"id": "w", "handle": "w", "name": name})
    tables, ran = converted(work, shown(*PEOPLE, TEAM, hidden))
    assert (ran.code, tables["workspaces"]) == (0, {"w": {}})


@pytest.mark.parametrize("end", ["0001-01-01T00:00:00+14:00", "soon", "2027-05-01T00:00:00", ""])
def test_an_end_that_is_no_instant_is_not_written(work, end):
    bot = resource("service_account", "b", {**CI["values"], "api_key_expiration": end})
    tables, ran = converted(work, shown(*PEOPLE, bot))
    assert (ran.code, tables["service_accounts"]) == (0, {"ci": {"keys": {"active": {}}}})
    reason = "has a key with an end that is no time with a UTC offset"
    left_out = [f"left out: module.m.prefect_service_account.b {reason}"] if end else []
    assert ran.err.splitlines() == left_out


@pytest.mark.parametrize(
    ("mistakable", "reason"),
    [
        (
            (resource("team", "t", {"id": "t-2", "name": "ops"}), access("t-2")),
            ("prefect_team.t has the name of another one", "prefect_workspace_access.a is for"),
        ),
        (
            (resource("workspace", "w", {"id": "w-2", "handle": "prod"}), access("u-ana", "", "")),
            ("prefect_workspace.w has the name of another one", "prefect_workspace_access.a is in"),
        ),
        (
            (
                resource("workspace_role", "r", {"id": "r-2", "name": "viewer", "scopes": []}),
                access("u-ana", "r-2"),
            ),
            (
                "prefect_workspace_role.r has the name of a built-in role",
                "prefect_workspace_access.a is for a role that the state does not name",
            ),
        ),
        (
            (
                resource("workspace_role", "r", {"id": None, "name": "Owner"}, "data"),
                access("u-ana", None),
            ),
            ("prefect_workspace_access.a is for a role that the state does not name",),
        ),
        (
            (
                resource("workspace", "w", {"handle": "a/b", "id": "w-2"}),
                access("u-ana", workspace="w-2"),
            ),
            (
                "prefect_workspace.w has a handle that cannot be written",
                "prefect_workspace_access.a is in a workspace that the state does not name",
            ),
        ),
        (
            (resource("team_access", "x", {"team_id": "t-9", "member_id": "u-ana"}),),
            ("prefect_team_access.x is in a team that the state does not hold",),
        ),
    ],
)
def test_nobody_gets_what_the_state_gives_to_another_of_the_name(work, mistakable, reason):
    tables, ran = converted(work, shown(*PEOPLE, TEAM, PROD, *mistakable))
    lines = ran.err.splitlines()
    assert (ran.code, len(lines)) == (0, len(reason))
    assert all(any(part in line for line in lines) for part in reason)
    assert tables["teams"] == {"ops": {"description": "Ops"}}
    assert tables["workspaces"] == {"prod": {"name": "Production"}}
    assert "roles" not in tables


def test_two_resources_without_ids_do_not_meet(work):
    team = resource("team", "ops", {"name": "ops"})
    member = resource("team_access", "m", {"member_id": "u-ana"})
    workspace = resource("workspace", "w", {"handle": "prod"})
    grant = access("u-ana", workspace=None)
    tables, ran = converted(work, shown(*PEOPLE, team, member, workspace, grant))
    assert ran.code == 0
    assert tables["teams"] == {"ops": {}}
    assert tables["workspaces"] == {"prod": {}}
    assert len(ran.err.splitlines()) == 2


def test_an_object_that_terraform_has_yet_to_destroy_is_not_read(work):
    old = resource("team", "old", {"id": "t-1", "name": "old"})
    tree = json.loads(shown(*PEOPLE, PROD, {**old, "deposed_key": "00000000"}, TEAM))
    assert converted(work, json.dumps(tree))[0]["teams"].keys() == {"ops"}
    tree = json.loads(kept(*PEOPLE, PROD, old, TEAM))
    tree["resources"][-2]["instances"][0]["deposed"] = "00000000"
    tables, _ = converted(work, json.dumps(tree), "--overwrite")
    assert tables["teams"].keys() == {"ops"}


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("no", "`state.json` is no Terraform state", "terraform show -json > state.json"),
        ("[]", "`state.json` is no Terraform state", "terraform show -json > state.json"),
        ('{"version": 3}', "`state.json` is no Terraform state", "terraform show -json"),
        ('{"values": {"root_module": {"resources": [1]}}}', "is no Terraform state", "terraform"),
        ("[" * 100_000, "`state.json` is no Terraform state", "terraform show -json > state.json"),
        (shown(PEOPLE[0], PEOPLE[1]), "has no resource", "`rbac-sync pull FOLDER`"),
        (shown(TEAM, PROD), "does not name the account by its handle", "`--account HANDLE`"),
    ],
)
def test_another_file_is_refused(work, text, message, hint):
    tables, ran = converted(work, text)
    assert (ran.code, tables) == (1, {})
    assert message in ran.err
    assert hint in ran.err


def test_a_folder_that_is_not_empty_is_kept(work):
    converted(work, shown(*PEOPLE, TEAM, PROD))
    _, ran = converted(work, shown(*PEOPLE, ROLE, PROD))
    assert ran.code == 1
    assert "is there already" in ran.err


def test_importing_over_files_keeps_those_of_workspaces_in_other_states(work):
    _, ran = converted(work, shown(*PEOPLE, TEAM, PROD))
    (prod,) = (work / "access" / "workspaces").iterdir()
    other = prod.rename(prod.with_name("other.toml"))
    _, ran = converted(work, shown(*PEOPLE, ROLE, PROD), "--overwrite")
    assert ran.code == 0
    assert prod.exists()
    assert other.exists()


def test_an_import_by_address_is_told_what_takes_its_place(work):
    ran = run("import prefect_team.ops 0123")
    assert ran.code == 1
    assert (
        "there is no state to import into: `rbac-sync pull FOLDER` writes what is live" in ran.err
    )


def test_a_misspelt_tool_is_told_its_name(work):
    ran = run("import terraforn state.json here")
    assert ran.code == 1
    assert "Did you mean 'terraform'?" in ran.err


def test_a_plan_of_the_same_account_has_no_changes(work, monkeypatch):
    with served(f"sqlite:///{work / 'live.db'}") as server, server.client() as client:
        acme = Account(server, client)
        state = shown(*terraformed(acme))
        tables, ran = converted(work, state)
        assert (ran.code, ran.err) == (0, "")
        monkeypatch.setenv(KEY, server.key)
        monkeypatch.setenv("RBAC_SYNC_URL", f"{server.root}/api")
        ran = run("plan --config access --detailed-exitcode")
    assert ran.code == 0, ran.out + ran.err
    assert ran.out.startswith("No changes.")
    assert tables["workspaces"]["prod"]["access"] == {"on-call": ["team:ops"], "viewer": [OWNER]}


def terraformed(acme):
    """Make a small account over REST, and return what Terraform would keep of it."""
    viewer = acme.role("Viewer")
    body = {"scopes": ["manage_blocks"], "inherited_role_id": viewer, "description": "For nights"}
    role = acme.post("/workspace_roles/", {"name": "on-call", **body}, 201)
    prod = acme.workspace("prod", description="The one")
    bot = acme.post("/bots/", {"name": "ci", "account_role_id": acme.account_role("Member")}, 201)
    team = acme.post("/teams/", {"name": "ops", "description": ""}, 201)
    member = {"member_id": bot["id"], "member_type": "service_account"}
    acme.put(f"/teams/{team['id']}/members", {"members": [member]})
    owner = acme.member(OWNER)
    path = f"/workspaces/{prod['id']}"
    grant = {"workspace_role_id": role["id"], "team_id": team["id"]}
    acme.put(f"{path}/team_access/", [grant])
    grant = {"workspace_role_id": viewer, "user_id": owner["user_id"]}
    acme.post(f"{path}/user_access/", [grant])
    yield resource("account", "me", {"id": acme.id, "handle": "acme"}, "data")
    yield resource("workspace_role", "viewer", {"id": viewer, "name": "Viewer"}, "data")
    yield resource("account_member", "owner", owner, "data")
    yield resource("workspace_role", "on-call", role)
    yield resource("workspace", "prod", prod)
    yield resource("service_account", "ci", {**bot, "account_role_name": "Member"})
    yield resource("team", "ops", team)
    yield resource("team_access", "ci", {"team_id": team["id"], **member})
    yield access(team["id"], role["id"], prod["id"], "ops")
    yield access(owner["user_id"], viewer, prod["id"], "owner")
