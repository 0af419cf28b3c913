"""Files that a run tells of itself in: validate, plan, apply and drift with --report."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from rbac_sync.views.reports.registry import KINDS

from .live import bound, by_hand, dump
from .running import run

WIDER = ('default_role = "none"', 'default_role = "viewer"')
ESCALATION = ('owner = ["lea"]', 'owner = ["lea", "bo"]')
FAULTY = ('member = ["bo", "cy"', 'member = ["bob", "cy"')
ALL = " ".join(f"--report {kind}=out/{kind}" for kind in KINDS)
OF_PROBLEMS = {"md", "json", "sarif", "github", "codequality", "junit"}


@pytest.fixture
def out(account):
    """The folder that reports go into."""
    folder = account.folder / "out"
    folder.mkdir()
    return folder


def written(out):
    """Return the names of the reports that were written."""
    return {path.name for path in out.iterdir()}


def shown(out, kind):
    return (out / kind).read_text(encoding="utf-8")


def test_one_plan_tells_of_itself_in_every_kind(account, out):
    account.edit(WIDER)
    ran = run(f"plan {ALL}")
    assert (ran.code, ran.err) == (0, "")
    assert ran.lines[-1] == "Plan: 1 to add, 0 to change, 0 to destroy."
    assert written(out) == set(KINDS)
    assert "\nPlan: 1 to add, 0 to change, 0 to destroy.\n" in shown(out, "md")
    (resource,) = json.loads(shown(out, "tfplan"))["resource_changes"]
    assert resource["address"] == "workspace.test/default_role"
    assert shown(out, "github") == ""
    assert json.loads(shown(out, "codequality")) == []


def test_the_backend_is_read_once_for_all_of_them(account, out, monkeypatch):
    from rbac_sync.backends.store.session import StoreSession

    reads = []
    read = StoreSession.read
    monkeypatch.setattr(StoreSession, "read", lambda *given: reads.append(1) or read(*given))
    assert run(f"plan {ALL}").code == 0
    assert len(reads) == 1


def test_a_report_as_json_is_what_json_prints(account, out):
    account.edit(WIDER, ESCALATION)

    def same(command, code):
        ran = run(f"{command} --json --report json=out/json")
        assert (ran.code, ran.out) == (code, shown(out, "json"))
        return json.loads(ran.out)

    same("validate", 0)
    same("drift", 2)
    timed = same("plan --as bo", 3)
    assert timed["refused"]


def test_a_refused_plan_tells_why_in_every_kind(account, out):
    account.edit(ESCALATION)
    ran = run(f"plan --as bo --out out/plan {ALL}")
    assert ran.code == 3
    assert written(out) == set(KINDS)
    assert "**Refused by the guard: 2 findings. Nothing is changed.**" in shown(out, "md")
    assert json.loads(shown(out, "tfplan"))["errored"] is True
    results = json.loads(shown(out, "sarif"))["runs"][0]["results"]
    assert [result["ruleId"] for result in results] == ["RS402", "RS403"]
    first, second = shown(out, "github").splitlines()
    place = "file=rbac.toml,line=45,col=17,endColumn=21"
    assert first.startswith(f"::error title=RS402 CAPABILITY,{place}::`bo@acme.example` may not")
    assert second.startswith(f"::error title=RS403 ESCALATION,{place}::")
    assert {
        each["location"]["lines"]["begin"] for each in json.loads(shown(out, "codequality"))
    } == {45}
    failed = ET.fromstring(shown(out, "junit")).findall(".//failure")
    assert [each.get("type") for each in failed] == ["RS402", "RS403"]


@pytest.mark.parametrize("command", ["plan", "apply --auto-approve", "validate", "validate --json"])
def test_a_faulty_configuration_is_told_with_its_places(account, out, command):
    account.edit(FAULTY)
    kinds = OF_PROBLEMS if command.startswith("validate") else set(KINDS)
    ran = run(f"{command} {' '.join(f'--report {kind}=out/{kind}' for kind in kinds)}")
    assert ran.code == 1
    assert written(out) == OF_PROBLEMS
    assert json.loads(shown(out, "json"))["valid"] is False
    assert "file=rbac.toml,line=27,col=11," in shown(out, "github")
    assert " --> rbac.toml:27:11" in shown(out, "md")
    assert ET.fromstring(shown(out, "junit")).find(".//failure") is not None


def test_advice_is_told_where_nothing_fails(account, out):
    account.edit(("until = 2099-01-01", "until = 2020-01-01"))
    assert run("validate --report github=out/github --report junit=out/junit").code == 0
    assert shown(out, "github").startswith("::notice title=RS501 has ended,file=rbac.toml,line=")
    assert ET.fromstring(shown(out, "junit")).find(".//failure") is None


def test_a_drift_tells_of_itself(account, out):
    by_hand(account, (None, bound("bo", "prod", "viewer")))
    ran = run("drift --report md=out/md --report json=out/json --report tfplan=out/tfplan")
    assert ran.code == 2
    assert "\nDrift: 1 thing differs from the configuration.\n" in shown(out, "md")
    assert json.loads(shown(out, "json"))["drift"] is True
    (resource,) = json.loads(shown(out, "tfplan"))["resource_changes"]
    assert resource["change"]["actions"] == ["delete"]


@pytest.mark.parametrize("saved", [False, True])
def test_an_apply_tells_what_it_made(account, out, saved):
    account.edit(WIDER)
    if saved:
        assert run("plan --out some.plan").code == 0
    ran = run(f"apply {'some.plan' if saved else '--auto-approve'} {ALL}")
    assert (ran.code, written(out)) == (0, set(KINDS))
    assert "\nApply complete! Resources: 1 added, 0 changed, 0 destroyed.\n" in shown(out, "md")
    assert "🔺 `everyone`" in shown(out, "md")
    made = json.loads(shown(out, "json"))
    assert made["made"] == {"add": 1, "change": 0, "destroy": 0}
    assert made["effects"]
    assert len(json.loads(shown(out, "tfplan"))["resource_changes"]) == 1


@pytest.mark.parametrize("saved", [False, True])
def test_a_refused_apply_tells_why_and_changes_nothing(account, out, monkeypatch, saved):
    account.edit(ESCALATION)
    if saved:
        assert run("plan --out some.plan").code == 0
    before = dump(account)
    words = "some.plan" if saved else "--auto-approve"
    ran = run(f"apply {words} --on-behalf-of bo {ALL}")
    assert (ran.code, dump(account)) == (3, before)
    assert written(out) == set(KINDS)
    assert "Refused by the guard" in shown(out, "md")
    assert "made" not in json.loads(shown(out, "json"))
    assert json.loads(shown(out, "tfplan"))["resource_changes"]


@pytest.mark.parametrize("command", ["plan", "apply --auto-approve", "validate", "drift"])
@pytest.mark.parametrize("file", ["none/plan.md", "out", "rbac.toml/x"])
def test_where_nothing_can_be_written_nothing_begins(account, out, command, file):
    account.edit(WIDER)
    before = dump(account)
    ran = run(f"{command} --report json=out/json --report md={file}")
    assert (ran.code, ran.out, dump(account)) == (1, "", before)
    assert ran.err.startswith(f"error: cannot write `{file}`: ")
    assert "= help: name a file that can be written" in ran.err
    assert written(out) == set()


def test_a_report_that_cannot_be_written_hides_no_refusal(account, out):
    account.edit(WIDER)
    ran = run("apply --auto-approve --on-behalf-of bo --report md=/dev/full")
    assert ran.code == 3
    assert "error: cannot write `/dev/full`: no space left on device" in ran.err
    assert "error[ESCALATION]: " in ran.err


def test_a_report_follows_no_link_that_a_repository_holds(account, out):
    kept = account.folder / "kept"
    kept.write_text("kept")
    for name in ("md", "md.part"):
        (out / name).symlink_to(kept)
    assert run("plan --report md=out/md").code == 0
    assert kept.read_text() == "kept"
    assert shown(out, "md").startswith("<!-- rbac-sync -->")


def test_a_run_whose_report_cannot_be_written_has_failed(account):
    assert run("plan --report md=/dev/full").code == 1
    ran = run("plan --out none/some.plan --no-cache")
    assert ran.code == 1
    assert ran.err.startswith("error: cannot write `none/some.plan`: no such file")


def test_a_run_that_fails_says_so_in_place_of_what_an_earlier_one_found(account, out, monkeypatch):
    assert run("plan --report md=out/md").code == 0
    monkeypatch.setenv("RBAC_SYNC_API_KEY", "wrong")
    ran = run(f"plan {ALL}")
    assert (ran.code, ran.out, written(out)) == (4, "", OF_PROBLEMS)
    assert "\n\nError: this run did not come to its end.\n" in shown(out, "md")
    assert "error[credentials]: " in shown(out, "md")
    error = json.loads(shown(out, "json"))["error"]
    assert (error["code"], error["exit_code"]) == ("credentials", 4)
    assert shown(out, "github").startswith("::error title=credentials error::")
    assert ET.fromstring(shown(out, "junit")).find(".//failure").get("type") == "credentials"
    assert "wrong" not in "".join(shown(out, kind) for kind in OF_PROBLEMS)


def test_a_plan_that_is_stale_says_so(account, out):
    account.edit(('owner = ["lea"]', 'developer = ["lea"]'))
    assert run("plan --out some.plan").code == 0
    by_hand(account, (bound("lea", "prod", "owner"), bound("lea", "prod", "viewer")))
    assert run("apply some.plan --report md=out/md --report tfplan=out/tfplan").code == 5
    assert written(out) == {"md"}
    assert "error[stale-plan]: " in shown(out, "md")


def test_what_was_asked_for_wrongly_writes_nothing_and_leaves_no_part(account, out):
    assert run(f"plan --allow-deletes 3 {ALL}").code == 1
    assert written(out) == set()


def test_an_apply_that_nobody_approves_still_tells_what_it_would_do(account, out, monkeypatch):
    monkeypatch.setattr("rbac_sync.cli.apply_run.ask_approval", lambda _: False)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    account.edit(WIDER)
    assert run("apply --report md=out/md").code == 1
    assert "\nPlan: 1 to add, 0 to change, 0 to destroy.\n" in shown(out, "md")


@pytest.mark.parametrize("kind", ["md", "json", "tfplan", "sarif", "codequality", "junit"])
def test_a_report_may_stand_on_standard_output_in_place_of_the_text(account, out, kind):
    account.edit(WIDER)
    ran = run(f"plan --report {kind}=- --report {kind}=out/{kind}")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == shown(out, kind)


def test_what_a_runner_reads_line_by_line_stands_beside_the_text(account):
    account.edit(ESCALATION)
    ran = run("plan --as bo --report github=-")
    assert ran.code == 3
    assert "Refused by the guard: CAPABILITY, ESCALATION. Nothing was changed." in ran.lines
    assert [line[:7] for line in ran.lines[-2:]] == ["::error"] * 2


@pytest.mark.parametrize(
    "options",
    [
        "--json --report md=-",
        "--json --report github=-",
        "--report md=- --report json=-",
        "--report md=a --report json=a",
    ],
)
def test_two_reports_cannot_go_to_one_place(account, options):
    ran = run(f"plan {options}")
    assert (ran.code, ran.out) == (1, "")
    assert re.search("two reports cannot both go to ('a'|standard output)", ran.err)


def test_apply_keeps_standard_output_for_itself(account):
    ran = run("apply --auto-approve --report md=-")
    assert (ran.code, ran.out) == (1, "")
    assert "apply writes its own lines to standard output; name a file" in ran.err


@pytest.mark.parametrize(
    ("command", "report", "among"),
    [
        ("plan", "docx=a", ", ".join(KINDS)),
        ("plan", "md", ", ".join(KINDS)),
        ("plan", "md=", ", ".join(KINDS)),
        ("validate", "tfplan=a", ", ".join(kind for kind in KINDS if kind in OF_PROBLEMS)),
        ("drift", "sarif=a", ", ".join(kind for kind in KINDS if kind in {"md", "json", "tfplan"})),
    ],
)
def test_a_kind_has_to_be_one_that_the_command_has(account, command, report, among):
    ran = run(f"{command} --report {report}")
    assert (ran.code, ran.out) == (1, "")
    assert f"'{report}' is not KIND=FILE with a KIND of {among}." in " ".join(ran.err.split())


def test_reports_may_be_asked_for_in_the_environment(account, out, monkeypatch):
    monkeypatch.setenv("RBAC_SYNC_REPORT", "md=out/md json=out/json")
    assert run("plan").code == 0
    assert written(out) == {"md", "json"}


def test_files_are_named_from_the_root_of_the_repository(account, out, monkeypatch):
    account.edit(FAULTY)
    access = account.folder / "access"
    access.mkdir()
    account.file.rename(access / "acme.toml")
    (account.folder / ".git").mkdir()
    monkeypatch.chdir(out)
    ran = run("validate --config ../access/acme.toml --report github=github")
    assert ran.code == 1
    assert "file=access/acme.toml,line=27," in shown(out, "github")


def test_a_device_takes_a_report_as_it_comes(account, out):
    os.mkfifo(out / "pipe")
    reader = os.open(out / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert run("plan --report md=out/pipe --report json=/dev/null").code == 0
        assert os.read(reader, 99).startswith(b"<!-- rbac-sync -->")
    finally:
        os.close(reader)
    assert Path("/dev/null").is_char_device()
    assert written(out) == {"pipe"}
