"""Commands on one account of several, and on all of them."""

from __future__ import annotations

import json
import os
import signal
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest

import rbac_sync
from rbac_sync.backends.store.accounts import Accounts
from rbac_sync.cli import plans
from rbac_sync.cli.completion import matching
from rbac_sync.cli.invocation import invocation
from rbac_sync.cli.main import cli
from rbac_sync.cli.run import ACCOUNT
from rbac_sync.errors import Undone
from rbac_sync.server.guarded_store import GuardedStore
from rbac_sync.server.outbox import nowhere
from rbac_sync.views.reports.markdown_check import is_own_report

from ..server.serving import serving
from .running import bare, run
from .test_drift import webhook

ROOT = """\
[backend]
type = "store"
world = "prefect-cloud"

[files]
"shared.toml" = ["people", "members", "teams", "workspaces"]
"accounts/*.toml" = ["accounts.{stem}"]

[guard]
min_owners = 1
"""
SHARED = """\
[people]
ana = "ana@x.org"
bo = "bo@x.org"

[members]
owner = ["ana"]
member = ["bo"]

[teams.data]
members = ["bo"]

[workspaces.etl]
access.runner = ["team:data"]
"""
NAMES = ("dev", "stage", "prod")


@dataclass
class Company:
    """A configuration of three accounts in the current folder, each in the store and empty."""

    folder: Path
    monkeypatch: pytest.MonkeyPatch

    def write(self, name: str, text: str = "", wave: int = 0) -> None:
        """Write the table of the account *name*, with *text* behind it."""
        number = wave or NAMES.index(name) + 1
        head = f'[accounts.{name}]\nwave = {number}\nkey_variable = "{name.upper()}_KEY"\n'
        backend = f'[accounts.{name}.backend]\naccount = "acme-{name}"\n'
        path = self.folder / "accounts" / f"{name}.toml"
        path.write_text(head + backend + text, encoding="utf-8")

    def lose_key(self, name: str) -> None:
        self.monkeypatch.setenv(f"{name.upper()}_KEY", "not-a-key")


@pytest.fixture(scope="session")
def founded_accounts(tmp_path_factory):
    """The database with the three accounts, and the key of each one's owner."""
    folder = tmp_path_factory.mktemp("accounts")
    with pytest.MonkeyPatch.context() as here:
        bare(here)
        here.chdir(folder)
        words = "--owner ana@x.org --world prefect-cloud --url sqlite:///rbac.db"
        keys = [run(f"store init {words} --account acme-{name}").out.strip() for name in NAMES]
    return (folder / "rbac.db").read_bytes(), keys


@pytest.fixture
def company(founded_accounts, tmp_path, monkeypatch):
    database, keys = founded_accounts
    bare(monkeypatch)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rbac.db").write_bytes(database)
    (tmp_path / "rbac.toml").write_text(ROOT, encoding="utf-8")
    (tmp_path / "shared.toml").write_text(SHARED, encoding="utf-8")
    (tmp_path / "accounts").mkdir()
    company = Company(tmp_path, monkeypatch)
    for name, key in zip(NAMES, keys, strict=True):
        monkeypatch.setenv(f"{name.upper()}_KEY", key)
        company.write(name)
    return company


def summary(ran):
    """Return the lines on what became of each account."""
    return ran.out.partition("--- accounts\n")[2].splitlines()


STALE = "the configuration has changed since the plan was made"
PLANNED = "Plan: 4 to add, 0 to change, 0 to destroy."
APPLIED = "Apply complete! Resources: 4 added, 0 changed, 0 destroyed."


def test_a_command_asks_which_account(company):
    ran = run("plan")
    assert ran.code == 1
    assert "this configuration is of 3 accounts: `dev`, `stage` and `prod`" in ran.err
    assert "name one with `--account NAME`" in ran.err


def test_each_account_has_its_own_key_and_trail(company):
    assert "account acme-stage" in run("plan --account stage").out
    assert run("apply --account stage --auto-approve").code == 0
    assert "No changes." in run("plan --account stage").out
    assert PLANNED in run("plan --account prod").out
    assert "bo@x.org" in run("audit log --account stage").out
    assert "bo@x.org" not in run("audit log --account prod").out
    company.monkeypatch.setenv("RBAC_SYNC_ACCOUNT", "stage")
    assert run("who-can see_flows -w etl").out != ""
    assert run("whoami").out.startswith("ana@x.org (owner), account acme-stage ")
    assert "Everything is in order." in run("doctor").out
    assert run("audit verify").code == 0


def test_a_hint_names_the_variable_of_the_account(company):
    company.monkeypatch.delenv("PROD_KEY")
    ran = run("plan --account prod")
    assert ran.code == 4
    assert "set `PROD_KEY` to the applier's key" in ran.err


def test_a_saved_plan_of_one_account_names_the_command_that_applies_it(company):
    ran = run("plan --account dev --out dev.plan")
    assert "rbac-sync apply dev.plan --account dev" in ran.err
    assert run("apply dev.plan --account prod").code == 5
    assert run("apply dev.plan --account dev").code == 0


def test_drift_names_the_account_in_its_commands(company):
    ran = run("drift --account dev")
    assert ran.code == 2
    assert "rbac-sync apply --account dev --target team.data" in ran.out


def test_the_message_about_drift_names_the_account_in_its_command(company):
    company.write("dev", '[accounts.dev.notify]\nslack = "CHAT_URL"\n')
    with webhook() as (chat, messages):
        company.monkeypatch.setenv("CHAT_URL", chat)
        assert run("drift --account dev").code == 2
    (message,) = messages
    assert message["text"].endswith("`rbac-sync drift --account dev` shows all of it")


def test_all_accounts_are_planned_wave_by_wave(company):
    company.write("prod", "[accounts.prod.workspaces.etl.access]\nrunner = []\n")
    ran = run("plan --all")
    heads = [line for line in ran.lines if line.startswith("---")]
    assert heads == ["--- dev (wave 1)", "--- stage (wave 2)", "--- prod (wave 3)", "--- accounts"]
    assert summary(ran) == [
        f"  dev    wave 1  ok: {PLANNED}",
        f"  stage  wave 2  ok: {PLANNED}",
        "  prod   wave 3  ok: Plan: 3 to add, 0 to change, 0 to destroy.",
    ]
    assert (ran.code, run("plan --all --detailed-exitcode").code) == (0, 2)


def test_an_account_that_cannot_be_read_does_not_hide_the_others(company):
    company.lose_key("stage")
    ran = run("plan --all --detailed-exitcode --json")
    answer = json.loads(ran.out)
    assert [(a["account"], a["state"], a["exit_code"]) for a in answer["accounts"]] == [
        ("dev", "changes", 2),
        ("stage", "no credential", 4),
        ("prod", "changes", 2),
    ]
    assert (ran.code, answer["exit_code"]) == (4, 4)
    dev, stage, prod = (each["result"] for each in answer["accounts"])
    assert len(dev["changes"]) == len(prod["changes"]) > 3
    assert stage["error"]["code"] == "credentials"
    assert "account `stage`:\nerror[credentials]: this API key is not known here" in ran.err


def test_drift_of_all_accounts_tells_them_apart(company):
    assert run("apply --account dev --auto-approve").code == 0
    company.write("prod", 'url = "sqlite:///none.db"\n')
    ran = run("drift --all --json")
    states = [each["state"] for each in json.loads(ran.out)["accounts"]]
    assert (states, ran.code) == (["ok", "changes", "error"], 1)


def test_all_accounts_are_applied_in_waves(company):
    ran = run("apply --all --auto-approve")
    assert (ran.code, summary(ran)) == (
        0,
        [
            f"  dev    wave 1  ok: {APPLIED}",
            f"  stage  wave 2  ok: {APPLIED}",
            f"  prod   wave 3  ok: {APPLIED}",
        ],
    )
    assert run("drift --all").code == 0


def test_a_wave_that_fails_stops_the_next_ones(company):
    company.write("stage", wave=1)
    company.lose_key("dev")
    ran = run("apply --all --auto-approve")
    assert ran.code == 4
    assert summary(ran) == [
        "  dev    wave 1  no credential: this API key is not known here",
        f"  stage  wave 1  ok: {APPLIED}",
        "  prod   wave 3  not begun",
    ]
    assert "No changes." in run("plan --account stage").out
    assert PLANNED in run("plan --account prod").out


def test_what_the_guard_refuses_in_one_wave_stops_the_next(company):
    forbidden = """
    [[accounts.stage.add.test]]
    name = "data does nothing"
    who = "team:data"
    workspace = "etl"
    only = []
    """
    company.write("stage", forbidden)
    ran = run("apply --all --auto-approve")
    assert (ran.code, summary(ran)[1:]) == (
        3,
        [f"  stage  wave 2  refused: {PLANNED}", "  prod   wave 3  not begun"],
    )
    assert run("plan --all").code == 3


@pytest.mark.usefixtures("company")
def test_a_signal_ends_all_runs_with_the_exit_code_that_the_report_tells(monkeypatch):
    def stopped(*_):
        invocation().stop.is_heeded = True
        os.kill(os.getpid(), signal.SIGTERM)
        raise Undone("stopped by SIGTERM; nothing was made")

    monkeypatch.setattr(plans, "make_review", stopped)
    ran = run("plan --all --json")
    report = json.loads(ran.out)
    states = [(each["state"], each["exit_code"]) for each in report["accounts"]]
    assert (ran.code, report["exit_code"]) == (143, 143)
    assert states == [("interrupted", 143), ("not begun", None), ("not begun", None)]


def test_saved_plans_are_one_file_for_each_account(company):
    ran = run("plan --all --out access.plan")
    assert "rbac-sync apply access.plan --all" in ran.err
    files = sorted(path.name for path in company.folder.glob("*.plan"))
    assert files == ["access.dev.plan", "access.prod.plan", "access.stage.plan"]
    assert run("apply --account dev --auto-approve").code == 0
    ran = run("apply access.plan --all")
    assert (ran.code, summary(ran)[0]) == (
        0,
        "  dev    wave 1  ok: Apply complete! Resources: 0 added, 0 changed, 0 destroyed.",
    )
    assert summary(ran)[2] == f"  prod   wave 3  ok: {APPLIED}"
    assert run("apply access.plan --all --resume").code == 0


def test_a_saved_plan_that_no_longer_fits_stops_the_waves(company):
    run("plan --all --out access.plan")
    company.write("stage", '[accounts.stage.add.members]\nmember = ["cy@x.org"]\n')
    ran = run("apply access.plan --all")
    assert (ran.code, summary(ran)) == (
        5,
        [
            f"  dev    wave 1  stale or locked: {STALE}",
            "  stage  wave 2  not begun",
            "  prod   wave 3  not begun",
        ],
    )


def test_a_saved_plan_that_is_missing_fails_its_account(company):
    run("plan --all --out access.plan")
    (company.folder / "access.dev.plan").unlink()
    ran = run("apply access.plan --all")
    assert (ran.code, summary(ran)[1]) == (1, "  stage  wave 2  not begun")
    assert "cannot read the plan file `access.dev.plan`" in ran.err


def test_events_name_their_account(company):
    company.lose_key("prod")
    ran = run("apply --all --auto-approve --json")
    events = [json.loads(line) for line in ran.out.splitlines()]
    applied = [each["account"] for each in events if each["event"] == "applied"]
    assert applied == ["dev", "stage"]
    assert events[-2]["event"] == "error"
    assert events[-1] == {
        "event": "accounts",
        "accounts": [
            {"account": "dev", "wave": 1, "state": "ok"},
            {"account": "stage", "wave": 2, "state": "ok"},
            {"account": "prod", "wave": 3, "state": "no credential"},
        ],
        "exit_code": 4,
    }


def test_one_report_of_each_kind_is_of_all_accounts(company):
    company.lose_key("stage")
    kinds = ("md", "json", "tfplan", "sarif", "codequality", "junit", "github", "html")
    requests = " ".join(f"--report {kind}={kind}.out" for kind in kinds)
    assert run(f"plan --all {requests}").code == 4
    text = {path.name: path.read_text() for path in company.folder.glob("*.out")}
    assert is_own_report(text["md.out"])
    assert "### rbac-sync: 3 accounts" in text["md.out"]
    assert f"- `dev`: `ok: {PLANNED}`" in text["md.out"]
    assert "- `stage`: `no credential: this API key is not known here`" in text["md.out"]
    assert "### rbac-sync on `prod`, `acme-prod`" in text["md.out"]
    assert len(json.loads(text["json.out"])["accounts"]) == 3
    plan = json.loads(text["tfplan.out"])
    assert (plan["create"], plan["errored"], plan["complete"]) == (8, True, False)
    assert {each["module_address"] for each in plan["resource_changes"]} == {
        "module.dev",
        "module.prod",
    }
    assert "module.dev.team.data" in {each["address"] for each in plan["resource_changes"]}
    categories = [each["automationDetails"]["id"] for each in json.loads(text["sarif.out"])["runs"]]
    assert categories == ["rbac-sync/dev/", "rbac-sync/stage/", "rbac-sync/prod/"]
    assert [each["check_name"] for each in json.loads(text["codequality.out"])] == [
        "credentials error"
    ]
    suites = {each.get("name"): each for each in fromstring(text["junit.out"])}
    assert {"dev.guard", "prod.guard"} <= suites.keys()
    assert suites["stage.run"].get("failures") == "1"
    assert text["github.out"].count("::error") == 1
    assert {"html.dev.out", "html.prod.out"} == {name for name in text if name.startswith("html")}


def test_a_comment_has_room_for_all_accounts(company):
    many = "".join(f'"p{n}@x.org", ' for n in range(1500))
    for name in NAMES:
        company.write(name, f"[accounts.{name}.add.members]\nmember = [{many}]\n")
    run("plan --all --report md=plan.md")
    text = (company.folder / "plan.md").read_text()
    assert is_own_report(text)
    assert len(text.encode()) < 65_536 - 1024
    assert text.count("### rbac-sync on ") == 3


def test_a_problem_that_all_accounts_have_is_printed_once(company):
    (company.folder / "shared.toml").write_text(SHARED.replace('"bo"]', '"bob"]'), "utf-8")
    ran = run("validate --all")
    assert ran.code == 1
    assert ran.err.count("unknown short name `bob`") == 2  # one in [members], one in [teams.data]
    assert ran.err.count("the problems are the ones above") == 2


def test_what_cannot_be_read_at_all_is_reported_once(company):
    (company.folder / "shared.toml").write_text("[people\n")
    ran = run("plan --all --json --report md=plan.md")
    assert (ran.code, ran.err.count("error[RS001]")) == (1, 1)
    assert json.loads(ran.out)["valid"] is False
    assert "cannot be used as it is written" in (company.folder / "plan.md").read_text()


def test_tests_of_all_accounts(company):
    test = """
    [[accounts.prod.add.test]]
    name = "bo keeps work pools"
    who = "bo"
    workspace = "etl"
    can = ["write_work_pools"]
    """
    company.write("prod", test)
    ran = run("test --all --json")
    assert ran.code == 1
    results = [each["result"] for each in json.loads(ran.out)["accounts"]]
    assert [len(each["tests"]) for each in results] == [0, 0, 1]


def test_snapshots_of_all_accounts_are_planned_against(company):
    assert run("pull --all --snapshot live.snapshot").code == 0
    for name in NAMES:
        company.monkeypatch.delenv(f"{name.upper()}_KEY")
    ran = run("plan --all --live live.snapshot --as ana")
    assert (ran.code, summary(ran)[2]) == (0, f"  prod   wave 3  ok: {PLANNED}")
    (company.folder / "live.stage.snapshot").unlink()
    ran = run("plan --all --live live.snapshot --as ana")
    error = "error: cannot read the snapshot `live.stage.snapshot`: no such file or directory"
    assert (ran.code, summary(ran)[1]) == (1, f"  stage  wave 2  {error}")
    assert error in ran.err


def test_what_is_live_is_written_into_a_folder_for_each_account(company):
    assert run("pull live --all").code == 0
    texts = [(company.folder / f"live.{name}" / "rbac.toml").read_text() for name in NAMES]
    assert [
        f'account = "acme-{name}"' in text for name, text in zip(NAMES, texts, strict=True)
    ] == [True] * 3
    company.monkeypatch.setenv("RBAC_SYNC_API_KEY", os.environ["DEV_KEY"])
    assert "No changes." in run("plan --config live.dev --url sqlite:///rbac.db").out


def test_accounts_of_a_service_have_a_journal_each(company):
    url = f"sqlite:///{company.folder / 'rbac.db'}"
    root = company.folder / "rbac.toml"
    root.write_text(ROOT.replace('type = "store"\nworld', "type"), encoding="utf-8")
    company.monkeypatch.setenv("RBAC_SYNC_STATE_DIR", str(company.folder / "state"))
    company.write("prod", "[accounts.prod.workspaces.etl]\nname = 'Production'\n")
    with serving(GuardedStore(Accounts(url), post=nowhere)) as server:
        company.monkeypatch.setenv("RBAC_SYNC_URL", f"{server}/api")
        company.lose_key("stage")
        ran = run("apply --all --auto-approve")
        assert (ran.code, summary(ran)[0]) == (4, f"  dev    wave 1  ok: {APPLIED}")
        assert run("audit log --account dev").out != run("audit log --account prod").out
        assert run("drift --account dev").code == 0
        ran = run("drift --all --json")
    states = [each["state"] for each in json.loads(ran.out)["accounts"]]
    assert (ran.code, states) == (4, ["ok", "no credential", "changes"])


def test_new_keys_of_each_account_have_a_file_of_their_own(company):
    robot = "[service_accounts.ci]\nkeys.build = { until = 2099-01-01 }\n"
    members = 'member = ["bo", "sa:ci"]'
    root = company.folder / "rbac.toml"
    wider = ROOT.replace('"people"', '"people", "service_accounts"')
    root.write_text(wider.replace("min_owners", "max_key_days = 36500\nmin_owners"), "utf-8")
    text = SHARED.replace('member = ["bo"]', members) + robot
    (company.folder / "shared.toml").write_text(text, encoding="utf-8")
    assert run("apply --all --auto-approve").code == 1
    assert run("apply --all --auto-approve --keys-out keys.json").code == 0
    secrets = [(company.folder / f"keys.{name}.json").read_text() for name in NAMES]
    assert len(set(secrets)) == 3


def test_a_program_names_the_account(company):
    configuration = rbac_sync.load(company.folder, account="stage")
    review = rbac_sync.plan(configuration, os.environ["STAGE_KEY"])
    assert (review.saved.target.account, review.plan.counts) == ("acme-stage", (4, 0, 0))


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("plan --all --account dev", "--account names one account, and --all is each of them"),
        (
            "plan --all --report html=-",
            "a report of kind html is of one account; name a file",
        ),
    ],
)
def test_options_that_do_not_go_with_all(company, command, message):
    ran = run(command)
    assert ran.code == 1
    assert message in ran.err


def test_all_needs_accounts(company):
    (company.folder / "rbac.toml").write_text(ROOT.replace("world", 'account = "a"\nworld'))
    for path in (company.folder / "accounts").iterdir():
        path.unlink()
    ran = run("plan --all")
    assert ran.code == 1
    assert "--all needs `[accounts]`, and this configuration has none" in ran.err


def test_one_url_is_not_put_over_those_of_all(company):
    (company.folder / "accounts" / "dev.toml").write_text(
        '[accounts.dev]\nwave = 1\nbackend = { account = "a", url = "sqlite:///dev.db" }\n'
    )
    ran = run("plan --all --url sqlite:///other.db")
    assert ran.code == 1
    assert "the accounts have URLs of their own, and --url is one for all" in ran.err


def test_hints_name_the_account_and_its_variable(company):
    company.monkeypatch.delenv("PROD_KEY", raising=False)
    asked = run("doctor --account prod")
    assert "set `PROD_KEY`" in asked.out
    (company.folder / "rbac.db").unlink()
    made = "make one: `rbac-sync store init --owner EMAIL --account acme-prod`"
    assert made in run("plan --account prod").err
    assert made in run("doctor --account prod").out


def test_two_variables_that_hold_one_database_are_one_account(company):
    for name in ("dev", "stage"):
        (company.folder / "accounts" / f"{name}.toml").write_text(
            f'[accounts.{name}]\nwave = 1\nurl_variable = "RBAC_SYNC_{name.upper()}_URL"\n'
            'backend.account = "acme-dev"\n'
        )
        company.monkeypatch.setenv(f"RBAC_SYNC_{name.upper()}_URL", "sqlite:///rbac.db")
    ran = run("plan --all --json")
    assert ran.code == 1
    assert "error[RS331]: `stage` and `dev` are one account: `acme-dev`" in ran.err
    assert " --> accounts/stage.toml:1:11" in ran.err
    assert "name another database or another `account` for one" in ran.err
    assert json.loads(ran.out)["diagnostics"][0]["code"] == "RS331"


@pytest.mark.parametrize(
    ("own", "message", "hint"),
    [
        ("", "is not set", "set it to the account's URL"),
        (
            "sqlite:///rbac.db",
            "and another URL is given, too",
            "leave out `--url` and `RBAC_SYNC_URL`",
        ),
    ],
)
def test_a_url_of_its_own_is_the_only_one(company, own, message, hint):
    (company.folder / "accounts" / "dev.toml").write_text(
        '[accounts.dev]\nwave = 1\nurl_variable = "RBAC_SYNC_DEV_URL"\n'
        'backend.account = "acme-dev"\n'
    )
    company.monkeypatch.setenv("RBAC_SYNC_DEV_URL", own)
    company.monkeypatch.setenv("RBAC_SYNC_URL", "sqlite:///other.db")
    ran = run("plan --account dev")
    assert ran.code == 4
    assert f"`RBAC_SYNC_DEV_URL`, which `[accounts.dev]` names, {message}" in ran.err
    assert hint in ran.err


@pytest.mark.parametrize("kind", ["store", "prefect-cloud"])
def test_a_key_where_a_url_belongs_is_not_printed(company, kind):
    (company.folder / "accounts" / "dev.toml").write_text(
        '[accounts.dev]\nwave = 1\nurl_variable = "RBAC_SYNC_DEV_API_KEY"\n'
        f'backend = {{ type = "{kind}", account = "acme-dev" }}\n'
    )
    company.monkeypatch.setenv("RBAC_SYNC_DEV_API_KEY", "pnu_abcdefgh")
    ran = run("plan --account dev")
    assert ran.code == 4
    assert "`RBAC_SYNC_DEV_API_KEY`, which `[accounts.dev]` names, holds no URL" in ran.err
    assert "set it to the account's URL" in ran.err
    assert "abcdefgh" not in ran.err + ran.out


def test_a_variable_of_the_runner_names_no_database(company):
    (company.folder / "accounts" / "dev.toml").write_text(
        '[accounts.dev]\nwave = 1\nurl_variable = "CI_MERGE_REQUEST_SOURCE_PROJECT_URL"\n'
    )
    ran = run("plan --account dev")
    assert ran.code == 1
    assert "error[RS115]: `url_variable` does not begin with `RBAC_SYNC_`" in ran.err
    assert "write it as in `RBAC_SYNC_PROD_URL`" in ran.err


def test_a_store_is_made_where_the_configuration_says(company):
    words = "--owner ana@x.org --world prefect-cloud"
    ran = run(f"store init {words} --account acme-dve")
    assert ran.code == 1
    assert "no account of this configuration is `acme-dve`" in ran.err
    handles = "`acme-dev`, `acme-stage`, `acme-prod`"
    assert f"pass one as `--account`: {handles}; for another one, name its `--url`" in ran.err
    ran = run(f"store init {words}")
    assert (ran.code, "this configuration is of 3 accounts" in ran.err) == (1, True)
    assert handles in ran.err
    (company.folder / "accounts" / "dev.toml").write_text(
        '[accounts.dev]\nwave = 1\nbackend = { account = "new", url = "sqlite:///new.db" }\n'
    )
    assert run(f"store init {words} --account new").code == 0
    assert (company.folder / "new.db").exists()


def test_a_store_of_the_only_account_needs_no_handle(company):
    for name in ("stage", "prod"):
        (company.folder / "accounts" / f"{name}.toml").unlink()
    (company.folder / "rbac.db").unlink()
    ran = run("store init --owner ana@x.org")
    assert "Creating account acme-dev" in ran.err, ran.err


def test_the_database_in_a_variable_of_the_account_is_named_by_the_user(company):
    (company.folder / "accounts" / "dev.toml").write_text(
        '[accounts.dev]\nwave = 1\nurl_variable = "RBAC_SYNC_DEV_URL"\n'
        'backend.account = "acme-dev"\n'
    )
    company.monkeypatch.setenv("RBAC_SYNC_DEV_URL", "postgresql://rbac:secret@localhost:9/rbac")
    ran = run("store migrate --account dev")
    assert (ran.code, "localhost" in ran.err) == (1, True)


def test_accounts_and_what_they_declare_are_completed(company):
    company.write("prod", "[accounts.prod.add.workspaces.billing]\n")
    with cli.make_context("rbac-sync", ["plan"], resilient_parsing=True) as context:
        assert matching("accounts", context, "") == ["dev", "prod", "stage"]
        assert matching("accounts", context, "p") == ["prod"]
        assert matching("workspaces", context, "") == ["etl"]
        context.meta[ACCOUNT] = "prod"
        assert matching("workspaces", context, "") == ["billing", "etl"]
