"""A key that is not shown everything: what is not seen is not gone. Over REST, through `serve`."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import pytest

from rbac_sync.catalogues import catalogue
from rbac_sync.model import Binding, Level, Role, ServiceAccount, Team, Workspace, held
from rbac_sync.model import address as named
from rbac_sync.model.resources import role
from rbac_sync.planning import Change
from rbac_sync.views.reports.markdown_check import is_own_report

from ..server.serving import served
from .running import run
from .test_drift import webhook

CONFIGURATION = """
[backend]
type = "prefect-cloud"
account = "acme"
url = "{root}/api"

[manage]
workspaces = "{workspaces}"
roles = "{roles}"

[service_accounts.nightly]
[service_accounts.other]

[members]
member = ["sa:nightly", "sa:other"]

[workspaces.prod]
name = "prod"
access.owner = ["sa:nightly"]
"""
SECRET = """
[workspaces.secret]
name = "secret"
access.viewer = ["sa:other"]
"""
CLOUD = catalogue("prefect-cloud")
NIGHTLY, OTHER = named.service_account("nightly"), named.service_account("other")
PROD, HIDDEN = Workspace("prod", "prod"), Workspace("secret", "secret")


def workspace_role(name):
    return held(role(Level.WORKSPACE, name))


@pytest.fixture(scope="module")
def nights(tmp_path_factory):
    """An account of two workspaces, one of which the key of `nightly` is not shown."""
    folder = tmp_path_factory.mktemp("horizon")
    with served(f"sqlite:///{folder / 'rbac.db'}") as server:
        keys = {"nightly": server.bot("nightly"), "owner": server.key}
        server.bot("other")
        server.add(
            Change(None, PROD),
            Change(None, HIDDEN),
            Change(None, Binding(NIGHTLY, PROD.address, workspace_role("owner"))),
            Change(None, Binding(OTHER, HIDDEN.address, workspace_role("viewer"))),
        )
        yield server, keys


@pytest.fixture
def nightly(nights, tmp_path, monkeypatch):
    """The current folder declares the account; the key is that of `nightly`."""
    server, keys = nights
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RBAC_SYNC_API_KEY", keys["nightly"])
    monkeypatch.setenv("RBAC_SYNC_STATE_DIR", str(tmp_path / "state"))

    def declare(*more, workspaces="declared", roles="declared"):
        text = CONFIGURATION.format(root=server.root, workspaces=workspaces, roles=roles)
        (tmp_path / "rbac.toml").write_text(text + "\n".join(more))

    declare(SECRET)
    declare.server, declare.keys = server, keys
    return declare


def test_f1_a_declared_workspace_that_is_not_shown_is_unknown_and_no_drift(nightly):
    ran = run("drift")

    assert ran.code == 7
    assert "is declared, but not live" not in ran.out
    assert ran.shows("No drift in what is seen. * managed parts could not be seen.")
    assert ran.shows("workspace.secret")
    assert "  because this key is shown only the workspaces" in ran.out


def test_f1_a_workspace_that_is_not_shown_is_not_created(nightly):
    ran = run("plan")

    assert ran.code == 0
    assert "will be created" not in ran.out
    assert ran.shows("Not seen, so nothing is planned for it")
    assert ran.shows("workspace.secret/access/sa:other")


def test_f1_what_is_seen_whole_has_drift_or_none_as_ever(nightly):
    nightly()

    assert run("drift").code == 0


def test_f1_workspaces_that_are_managed_whole_are_never_known_without_all_of_them(nightly):
    nightly(workspaces="all")
    ran = run("drift")

    assert ran.code == 7
    assert ran.shows("workspaces that are not shown")


def test_f1_a_key_that_is_shown_everything_sees_the_truth(nightly, monkeypatch):
    monkeypatch.setenv("RBAC_SYNC_API_KEY", nightly.keys["owner"])

    assert run("drift").code == 0
    nightly(workspaces="all")
    assert "workspace.secret is live, but not declared" in run("drift").out


def test_f1_a_role_that_may_be_held_where_nobody_looks_is_not_deleted(nightly):
    reader = Role(Level.WORKSPACE, "reader", frozenset({"see_flows"}))
    nightly.server.add(Change(None, reader))
    try:
        nightly(roles="all")
        ran = run("drift")
    finally:
        nightly.server.add(Change(reader, None))

    assert ran.code == 7
    assert ran.shows("role.reader")


def test_f1_a_part_is_not_written_down_as_the_whole(nightly, tmp_path):
    ran = run("pull copy")

    assert ran.code == 1
    assert "this key is not shown all of the account, so it cannot be written down" in ran.err
    assert "this key is shown only the workspaces" in ran.err
    assert not (tmp_path / "copy").exists()


def test_f1_a_snapshot_of_a_part_says_so_and_plans_like_it(nightly, tmp_path, monkeypatch):
    assert run("pull --snapshot part.json").code == 0
    assert json.loads((tmp_path / "part.json").read_text())["horizon"]["more_workspaces"] is True
    monkeypatch.delenv("RBAC_SYNC_API_KEY")
    ran = run("plan --live part.json --as sa:nightly")

    assert "will be created" not in ran.out
    assert ran.shows("workspace.secret")


def test_a_snapshot_without_its_horizon_is_damaged(nightly, tmp_path, monkeypatch):
    assert run("pull --snapshot part.json").code == 0
    body = json.loads((tmp_path / "part.json").read_text())
    del body["horizon"]
    (tmp_path / "part.json").write_text(json.dumps(body))
    ran = run("plan --live part.json --as sa:nightly")

    assert ran.code == 1
    assert "the file is not a snapshot, or it is damaged" in ran.err


def test_f1_a_team_that_holds_a_role_where_nobody_looks_stops_nothing(nightly):
    team = Team("data")
    nightly.server.add(
        Change(None, team),
        Change(None, Binding(team.address, HIDDEN.address, workspace_role("viewer"))),
    )
    try:
        nightly()
        drift, shown = run("drift"), run("show")
        nightly("[teams.data]\nmembers = ['sa:other']")
        plan = run("plan")
    finally:
        nightly.server.add(Change(team, None))

    assert drift.code == 0, drift.err
    assert shown.code == 0
    assert plan.shows("team.data")
    assert "team.data will be updated" not in plan.out


def test_a_saved_plan_of_somebody_who_sees_all_is_refused_beyond_the_horizon(
    nightly, tmp_path, monkeypatch
):
    monkeypatch.setenv("RBAC_SYNC_API_KEY", nightly.keys["owner"])
    nightly(SECRET.replace("viewer", "developer"))
    assert run("plan --out wide.plan").code == 0
    monkeypatch.setenv("RBAC_SYNC_API_KEY", nightly.keys["nightly"])
    ran = run("apply wide.plan")

    assert ran.code == 5
    assert "when planned and is not shown to this key" in ran.err
    assert "absent" not in ran.err


def test_f1_a_deletion_that_is_not_shown_has_not_been_made(nightly, tmp_path, monkeypatch):
    monkeypatch.setenv("RBAC_SYNC_API_KEY", nightly.keys["owner"])
    nightly(SECRET.replace('["sa:other"]', "[]"))
    file = tmp_path / "rbac.toml"
    file.write_text(file.read_text().replace("[manage]", '[manage]\naccess = "all"'))
    assert "workspace.secret/access/sa:other will be destroyed" in run("plan --out wide.plan").out
    monkeypatch.setenv("RBAC_SYNC_API_KEY", nightly.keys["nightly"])
    ran = run("apply wide.plan")

    assert ran.code == 5
    what = "`workspace.secret/access/sa:other` was `viewer` when planned"
    assert f"{what} and is not shown to this key now" in ran.err


def test_whoami_says_what_the_key_is_not_shown(nightly):
    ran = run("whoami")
    shown = json.loads(run("whoami --json").out)

    assert ran.lines[1] == "This key does not see the whole account."
    assert "not everything is seen: this key is shown only the workspaces" in ran.err
    assert shown["sees_everything"] is False
    assert "admin" in shown["not_seen"][0]


def test_f1_the_report_of_a_part_can_be_shown_as_a_comment(nightly, tmp_path):
    run("drift --report md=drift.md")
    run("plan --report md=plan.md")
    drift, plan = ((tmp_path / name).read_text() for name in ("drift.md", "plan.md"))

    assert is_own_report(drift)
    assert is_own_report(plan)
    assert "could not be seen" in drift
    assert "workspace.secret" in plan
    assert "because this key is shown only" in plan


def test_f1_json_says_what_is_unknown_and_why(nightly):
    plan, drift = (json.loads(run(f"{command} --json").out) for command in ("plan", "drift"))

    for shown in (plan, drift):
        assert "workspace.secret" in shown["unknown"]
        assert "this key is shown only" in shown["unseen_because"][0]


def test_f1_a_question_about_a_workspace_that_is_not_shown_is_no_no(nightly):
    ran = run("can sa:other see_flows -w secret")

    assert ran.code == 1
    assert "whether there is a workspace `secret` is not known: not everything is seen" in ran.err
    assert "this key is shown only the workspaces" in ran.err


@pytest.fixture
def narrow(nightly, monkeypatch):
    """The key of `narrow`, which is in `prod` and does not see who else is."""
    server = nightly.server
    reader = Role(Level.WORKSPACE, "narrow-role", frozenset({"see_flows"}))
    narrow = named.service_account("narrow")
    binding = Binding(narrow, PROD.address, workspace_role("narrow-role"))
    monkeypatch.setenv("RBAC_SYNC_API_KEY", server.bot("narrow"))
    server.add(Change(None, reader), Change(None, binding))
    yield server
    server.add(Change(ServiceAccount("narrow"), None), Change(reader, None))


def test_f1_access_that_is_not_shown_is_named_by_the_handle_and_is_no_drift(nightly, narrow):
    nightly()
    drift, plan = run("drift"), run("plan")

    assert drift.code == 7
    assert (
        "who has access to `workspace.prod` is not shown: the key needs `see_workspace_users`"
        in (drift.out)
    )
    assert plan.shows("No changes to what is seen. * could not be seen.")


def test_f1_a_no_about_access_that_is_not_shown_is_unknown(nightly, narrow):
    assert run("can sa:other see_flows -w prod").code == 7


def test_a_can_that_sees_a_part_says_so(nightly):
    ran = run("can sa:other see_flows -w prod")

    assert "note: not everything is seen" in ran.err


@pytest.mark.parametrize("form", ["csv", "openfga", "cedar"])
def test_an_export_of_a_part_ends_with_7(nightly, form, monkeypatch):
    assert run(f"export --as {form} -o part").code == 7
    ran = run(f"export --as {form}")
    assert (ran.code, ran.out != "") == (7, True)
    assert "note: not everything is seen" in ran.err
    monkeypatch.setenv("RBAC_SYNC_API_KEY", nightly.keys["owner"])
    assert run(f"export --as {form}").code == 0


def test_a_page_says_what_its_key_is_not_shown(nightly, tmp_path):
    nightly()
    assert run("report --out page.html").code == 0

    page = (tmp_path / "page.html").read_text()
    assert "Not everything is seen" in page
    assert "this key is shown only the workspaces" in page


def test_a_chat_that_is_told_of_drift_is_told_what_is_unknown(nightly, tmp_path, monkeypatch):
    file = tmp_path / "rbac.toml"
    viewer = 'access.owner = ["sa:nightly"]\naccess.viewer = ["sa:other"]'
    text = file.read_text().replace('access.owner = ["sa:nightly"]', viewer)
    file.write_text(f"{text}\n[notify]\nslack = 'CHAT_URL'\n")
    with webhook() as (url, told):
        monkeypatch.setenv("CHAT_URL", url)
        assert run("drift").code == 7

    lines = told[0]["text"].splitlines()
    assert lines[-2] == "2 managed parts could not be seen. What differs there is unknown."


def test_a_comment_on_drift_says_what_is_unknown(nightly, tmp_path):
    assert run("drift --report md=comment.md").code == 7

    text = (tmp_path / "comment.md").read_text()
    assert "No drift in what is seen. 2 managed parts could not be seen." in text
    assert "workspace.secret/access/sa:other" in text
    assert "because this key is shown only the workspaces" in text


def test_whoever_pulls_a_snapshot_of_a_part_is_told_so(nightly):
    ran = run("pull --snapshot part.json")

    assert ran.code == 0
    assert "note: not everything is seen: this key is shown only the workspaces" in ran.err


WRONG = {
    "more_workspaces": (False, 0, "false", None),
    "kinds": ({}, "", "team", ["no-kind"]),
    "partly": ({}, "", ["workspace.prod"]),
    "reasons": ([], {}, "because"),
}


def test_a_snapshot_whose_horizon_is_not_as_it_is_written_is_refused(nightly, tmp_path):
    file = tmp_path / "part.json"
    assert run("pull --snapshot part.json").code == 0
    body = json.loads(file.read_text())
    for name, value in ((name, value) for name, values in WRONG.items() for value in values):
        file.write_text(json.dumps(body | {"horizon": body["horizon"] | {name: value}}))
        ran = run("plan --live part.json --as sa:nightly")

        assert ran.code == 1, (name, value)
        assert "the file is not a snapshot, or it is damaged" in ran.err
        assert "write one with `rbac-sync pull --snapshot FILE`" in ran.err


def lacking(server, right):
    """Let a service account come in that holds all rights of `admin` but *right*; its key."""
    admin = CLOUD.roles[role(Level.ACCOUNT, "admin")]
    name = f"lacks-{right.replace(':', '-')}"
    server.add(Change(None, Role(Level.ACCOUNT, name, admin.permissions - {right})))
    return server.bot(name, name)


def test_a_key_that_may_not_read_service_accounts_is_told_so_and_not_that_it_is_nobodys(
    nightly, monkeypatch
):
    monkeypatch.setenv("RBAC_SYNC_API_KEY", lacking(nightly.server, "read:bot"))
    plan, drift = run("plan"), run("drift")

    assert plan.code == 4
    assert "this API key may not see whose it is" in plan.err
    assert "not every service-account is shown: the key needs `read:bot`" in plan.err
    assert drift.code == 7
    assert drift.shows("every service-account")


def test_kinds_that_are_not_managed_and_not_shown_stop_nothing(nightly, tmp_path, monkeypatch):
    monkeypatch.setenv("RBAC_SYNC_API_KEY", lacking(nightly.server, "read:team"))
    configuration = CONFIGURATION.replace("[manage]", '[manage]\nteams = "none"')
    text = configuration.format(root=nightly.server.root, workspaces="none", roles="none")
    (tmp_path / "rbac.toml").write_text(text.partition("[workspaces.prod]")[0])
    plan, drift = run("plan"), run("drift")

    assert plan.code == drift.code == 0
    assert "not every team is shown: the key needs `read:team`" in drift.err


ASKED = """
[[test]]
name = "other looks into secret"
who = "sa:other"
workspace = "secret"
{verb} = ["see_flows"]
"""


def test_a_test_of_a_workspace_that_is_not_shown_neither_fails_nor_seems_to_hold(nightly):
    nightly(SECRET, ASKED.format(verb="can"))
    demanded = run("plan")
    nightly(SECRET, ASKED.format(verb="cannot"))
    forbidden = run("plan")

    assert demanded.code == forbidden.code == 0
    for ran in (demanded, forbidden):
        assert "the test `other looks into secret` is asked only of what is seen" in ran.err
        assert "this key is shown only the workspaces" in ran.err


def test_a_test_of_a_workspace_that_is_not_shown_is_skipped_in_junit(nightly):
    shown = ASKED.format(verb="cannot").replace('"secret"', '"prod"').replace("into secret", "in")
    nightly(SECRET, ASKED.format(verb="cannot"), shown)
    suites = ET.fromstring(run("plan --report junit=-").out)
    suite = suites.find("testsuite[@name='test']")
    skipped = {case.get("name"): case.find("skipped") is not None for case in suite}

    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("2", "0", "1")
    assert skipped == {"other looks into secret": True, "other looks in": False}


def test_a_test_of_what_is_shown_fails_as_ever(nightly):
    nightly(SECRET, ASKED.format(verb="can").replace('"secret"', '"prod"'))
    ran = run("plan")

    assert ran.code == 3
    assert "`sa:other` could not `see_flows` in workspace prod" in ran.out + ran.err
    assert "asked only of what is seen" not in ran.err


def test_a_test_of_a_workspace_in_part_is_not_answered_under_its_new_name_either(nightly, tmp_path):
    file, snapshot = tmp_path / "rbac.toml", tmp_path / "part.json"
    nightly(ASKED.format(verb="cannot").replace('"secret"', '"production"'))
    file.write_text(file.read_text().replace(".prod]", '.production]\nrenamed_from = "prod"'))
    assert run("pull --snapshot part.json").code == 0
    body = json.loads(snapshot.read_text())
    partly = {"kinds": [], "more_workspaces": False, "partly": [["workspace", "prod"]]}
    snapshot.write_text(json.dumps(body | {"horizon": body["horizon"] | partly}))
    ran = run("plan --live part.json --as sa:nightly")

    assert "workspace.prod has moved to workspace.production" in ran.out
    assert "the test `other looks into secret` is asked only of what is seen" in ran.err


def test_whoever_is_shown_everything_has_every_test_answered(nightly, monkeypatch):
    monkeypatch.setenv("RBAC_SYNC_API_KEY", nightly.keys["owner"])
    nightly(SECRET, ASKED.format(verb="cannot"))
    ran = run("plan")

    assert ran.code == 3
    assert "`sa:other` could `see_flows` in workspace secret" in ran.out + ran.err
