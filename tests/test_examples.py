from __future__ import annotations

import re
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from rbac_sync import config
from rbac_sync.backends.store import init
from rbac_sync.backends.store.accounts import Accounts
from rbac_sync.catalogues import catalogue
from rbac_sync.guard import GuardContext, examine
from rbac_sync.model import (
    ACCOUNT,
    Binding,
    Role,
    ServiceAccount,
    State,
    Team,
    User,
    Workspace,
    held,
)
from rbac_sync.planning import followed
from rbac_sync.planning.planner import Planner
from rbac_sync.server.guarded_store import GuardedStore
from rbac_sync.server.outbox import nowhere
from tests.build import ANYTHING

from .cli.running import bare, run
from .server.serving import serving

EXAMPLES = Path(__file__).parents[1] / "examples"
ACCOUNTS = EXAMPLES / "three-accounts"
COMPANY, TENANT = EXAMPLES / "prefect-cloud-company", EXAMPLES / "cloud-1-tenant"
NOW = datetime(2026, 11, 21, tzinfo=UTC)
DATE = re.compile(r"\b20\d\d-\d\d-\d\d\b")

OWNERS = {COMPANY: "ana.ruiz@halden.example", TENANT: "ines.costa@brightwater.example"}

each_example = pytest.mark.parametrize("folder", [COMPANY, TENANT], ids=lambda f: f.name)


def declared(folder, now=NOW):
    sources = config.read(folder)
    known = catalogue(config.settings(sources).world)
    return known, config.declaration(sources, known, now)


def new_store(known, owner):
    user = User(owner)
    return State([user, *known.roles.values(), Binding(user.address, ACCOUNT, held(known.owner))])


def test_the_examples_are_in_canonical_form():
    assert run("fmt --check", EXAMPLES).out == ""


@each_example
def test_an_example_can_be_used_as_written_and_needs_no_advice(folder):
    assert declared(folder)[1].advice == ()


@each_example
def test_the_first_owner_may_apply_an_example_to_a_new_store_and_then_all_is_done(folder):
    known, wanted = declared(folder)
    live = new_store(known, OWNERS[folder])
    owner = User(OWNERS[folder]).address
    plan = Planner(known, ANYTHING, NOW).plan(wanted, live)
    context = GuardContext(
        plan, known, owner, NOW, wanted.policy, ANYTHING, wanted.expectations, None
    )
    assert plan.changes
    assert examine(context) == []
    assert Planner(known, ANYTHING, NOW).plan(wanted, followed(live, plan.changes)).changes == ()


@each_example
def test_an_example_is_planned_and_applied_as_its_readme_says(folder, tmp_path, monkeypatch):
    _laid_out(folder, tmp_path)
    monkeypatch.chdir(tmp_path)
    bare(monkeypatch)
    founded = run(f"store init --owner {OWNERS[folder]}")
    monkeypatch.setenv("RBAC_SYNC_API_KEY", founded.out.strip())

    assert run("plan --detailed-exitcode").code == 2
    assert run("apply --auto-approve --keys-out keys.json").code == 0
    assert "No changes." in run("plan").out
    assert run("drift").code == 0
    assert run("audit verify").code == 0


def _laid_out(folder, where):
    """Copy an example, with its dates as far ahead as they were on the day it was written."""
    passed = datetime.now(UTC).date() - NOW.date()
    for path in folder.rglob("*.toml"):
        copy = where / path.relative_to(folder)
        copy.parent.mkdir(exist_ok=True)
        text = path.read_text(encoding="utf-8")
        copy.write_text(DATE.sub(lambda d: str(date.fromisoformat(d[0]) + passed), text))


@each_example
def test_an_example_stays_usable_when_its_dates_have_passed(folder):
    _, wanted = declared(folder, datetime(2029, 1, 1, tzinfo=UTC))
    assert {advice.code for advice in wanted.advice} == {"RS501"}


@each_example
def test_the_readme_makes_an_owner_that_the_example_declares(folder):
    assert f"--owner {OWNERS[folder]}\n" in (folder / "README.md").read_text(encoding="utf-8")
    known, wanted = declared(folder)
    assert wanted.desired.holdings(User(OWNERS[folder]).address, ACCOUNT) == held(known.owner)


def test_the_company_is_as_large_as_its_readme_says():
    _, wanted = declared(COMPANY)
    counts = [len(wanted.desired.of(k)) for k in (User, Team, Workspace, ServiceAccount, Role)]
    assert counts == [30, 6, 5, 7, 5]


def test_the_tenant_is_as_large_as_its_readme_says():
    _, wanted = declared(TENANT)
    counts = [len(wanted.desired.of(k)) for k in (User, Team, Workspace, ServiceAccount, Role)]
    assert counts == [11, 0, 0, 3, 5]


def test_every_path_that_has_a_code_owner_exists():
    lines = (COMPANY / "CODEOWNERS").read_text(encoding="utf-8").splitlines()
    paths = [line.split()[0] for line in lines if line.startswith("/")]
    assert paths
    assert [path for path in paths if not (COMPANY / path.lstrip("/")).is_file()] == []


def test_the_company_can_be_planned_on_the_service_itself(tmp_path, monkeypatch):
    _laid_out(COMPANY, tmp_path)
    monkeypatch.chdir(tmp_path)
    bare(monkeypatch)
    url, settings = f"sqlite:///{tmp_path / 'live.db'}", tmp_path / "rbac.toml"
    key = init(url, "halden-freight", "prefect-cloud", OWNERS[COMPANY])
    rest = settings.read_text().partition("\n[files]")[2]
    service = '[backend]\ntype = "prefect-cloud"\naccount = "halden-freight"\n'
    settings.write_text(f"{service}\n[files]{rest}")
    monkeypatch.setenv("RBAC_SYNC_API_KEY", key)
    monkeypatch.setenv("RBAC_SYNC_STATE_DIR", str(tmp_path / "state"))
    with serving(GuardedStore(Accounts(url), post=nowhere)) as root:
        monkeypatch.setenv("RBAC_SYNC_URL", f"{root}/api")
        ran = run("plan --detailed-exitcode")
        assert (ran.code, ran.err) == (2, "")
        assert run("apply --auto-approve --keys-out keys.json").code == 0
        assert "is waiting for" in run("plan").out


def test_three_accounts_are_planned_and_applied_as_their_readme_says(tmp_path, monkeypatch):
    shutil.copytree(ACCOUNTS, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    bare(monkeypatch)
    (block,) = re.findall(r"```sh\n(.*?)```", (ACCOUNTS / "README.md").read_text(), re.DOTALL)
    outputs = []
    for line in block.splitlines():
        setting = re.fullmatch(r"export (\w+)=\$\(rbac-sync (.*)\)", line)
        ran = run(setting[2] if setting else line.removeprefix("rbac-sync "))
        assert ran.code == 0, f"{line}: {ran.err}"
        outputs.append(ran.out)
        if setting:
            monkeypatch.setenv(setting[1], ran.out.strip())
    *_, planned, applied, _, explained = outputs
    assert "group:operators, accounts/prod.toml:8, over people.toml:21" in planned
    assert [line.split()[:4] for line in applied.splitlines()[-3:]] == [
        [name, "wave", str(wave), "ok:"] for wave, name in enumerate(("dev", "stage", "prod"), 1)
    ]
    assert "developer" in explained


def test_the_example_of_three_accounts_needs_no_advice():
    shared = config.read(ACCOUNTS)
    for account in config.accounts(shared):
        sources = config.select_account(shared, account.name)
        assert config.declaration(sources, catalogue("prefect-cloud"), NOW).advice == ()
