"""Access lists of objects from the configuration to a store and over REST, and back."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from rbac_sync import pipeline
from rbac_sync.backends.prefect_cloud.session import PrefectCloudBackend
from rbac_sync.backends.remote.client import Client
from rbac_sync.backends.remote.login import Login
from rbac_sync.backends.store import StoreBackend
from rbac_sync.cli.run import KEY
from rbac_sync.config.export import export
from rbac_sync.errors import ConfigError
from rbac_sync.model import EVERYONE, ObjectAccess
from rbac_sync.model import address as named
from rbac_sync.model.instant import rfc3339
from rbac_sync.model.resources import opened
from rbac_sync.pipeline import projections, queries
from rbac_sync.pipeline.undo import undo
from rbac_sync.planning import Change
from rbac_sync.planning.planfile import decoded

from ..cli.running import Ran, run
from .company import company_for_cloud

PROD, TEST = named.workspace("prod"), named.workspace("test")
NAME = "deployment:etl/daily"
DAILY = named.workspace_object(PROD, NAME)
BO, OPS = named.user("bo@acme.example"), named.team("ops")
TABLE = f"""
[workspaces.prod.objects."{NAME}"]
view = ["*"]
run  = [
  "team:ops",
]
manage = ["team:ops"]
"""


@pytest.fixture
def company(tmp_path):
    """A company with a few objects in two workspaces."""
    made = company_for_cloud(tmp_path, ('keys             = "all"\n', ""))
    StoreBackend(made.url, made.account).transact(str(uuid4()), _objects)
    return made


def _objects(writer) -> None:
    for workspace in (PROD, TEST):
        keep = writer.documents.add
        flow = keep("flow", workspace, "etl", {"name": "etl"})
        for name in ("daily", "hourly"):
            content = {"name": name, "flow_id": str(flow.id)}
            keep("deployment", workspace, f"{flow.id}/{name}", content)


@pytest.fixture
def cloud(company, served, tmp_path):
    """Return the company's account over REST, as somebody."""

    def cloud(who: str = "olivia") -> PrefectCloudBackend:
        folder = {"RBAC_SYNC_STATE_DIR": str(tmp_path / f"state-{who}")}
        return PrefectCloudBackend(
            company.account, Login(served, company.key(who)), environment=folder
        )

    return cloud


@pytest.fixture(params=["store", "cloud"])
def backend(request, company):
    return request.getfixturevalue("cloud")() if request.param == "cloud" else company.backend()


def declare(company, text: str) -> None:
    company.write(company.file.read_text() + text)


def sync(company, backend):
    found = company.review(backend)
    assert found.findings == []
    return company.apply(decoded(found.saved.encoded()), backend=backend)


def live(company, address=DAILY):
    with company.backend().open() as session:
        session.show_lists([address])
        return session.read().get(address)


def test_a_protected_list_keeps_its_workspace(company, backend):
    declare(company, TABLE)
    sync(company, backend)
    first, last = (
        company.file.read_text().index(f"[workspaces.{name}]") for name in ("prod", "test")
    )
    company.write(
        company.file.read_text()[:first] + company.file.read_text()[last:].replace(TABLE, "")
    )
    removals = {"allow_deletes": 9, "allow_losers": 9, "reason": "gone"}
    unprotected = company.review(backend, **removals)
    assert PROD in [change.address for change in unprotected.plan.changes]
    assert unprotected.findings == []
    company.edit(("min_owners = 1", f'min_owners = 1\nprotect = ["{DAILY}"]'))
    (finding,) = company.review(backend, **removals).findings
    assert (finding.rule, finding.message) == (
        "PROTECTED",
        f"`{DAILY}` is protected and would be destroyed",
    )


def test_what_is_declared_is_planned_applied_and_then_as_declared(company, backend):
    declare(company, TABLE)
    found = company.review(backend)

    assert [change.address for change in found.plan.changes] == [DAILY]
    assert found.plan.changes[0].before == opened(PROD, NAME)
    sync(company, backend)
    listed = frozenset({OPS})
    assert live(company) == ObjectAccess(PROD, NAME, frozenset({EVERYONE}), listed, listed)
    assert company.review(backend).plan.changes == ()
    assert pipeline.drift(company.load(), backend).plan.changes == ()


def test_questions_about_what_is_declared_or_planned_see_the_lists(company, backend):
    hourly = named.workspace_object(PROD, "deployment:etl/hourly")
    declare(company, TABLE)
    saved = decoded(company.review(backend).saved.encoded())
    desired = projections.desired_account(company.load(), backend, [hourly])
    planned = projections.planned_account(company.load(), backend, [hourly], saved)

    for account in (desired, planned):
        assert account.state.knows(hourly)
        listed = account.state.get(DAILY)
        assert isinstance(listed, ObjectAccess)
        assert listed.run == frozenset({OPS})


def test_what_somebody_else_does_to_a_list_is_drift_and_is_taken_back(company, backend):
    declare(company, TABLE)
    sync(company, backend)
    before = live(company)
    company.force(Change(before, opened(PROD, NAME)))

    time.sleep(1.2)  # the service's time is in seconds, and a plan is applied once
    (change,) = pipeline.drift(company.load(), backend).plan.changes
    assert (change.before, change.after) == (opened(PROD, NAME), before)
    declare(company, "[teams.more]\n")  # else it is the plan of a moment ago, applied already
    sync(company, backend)
    assert live(company) == before


def test_a_list_whose_table_is_taken_out_is_left_alone(company, backend):
    declare(company, TABLE)
    sync(company, backend)
    before = live(company)
    company.edit((TABLE, ""))

    assert company.review(backend).plan.changes == ()
    assert live(company) == before


def test_pull_writes_the_lists_that_are_not_open_and_nothing_is_left_to_do(company, backend):
    declare(company, TABLE + '[workspaces.test.objects."deployment:etl/hourly"]\n')
    sync(company, backend)
    account = queries.live_account(backend, objects=None)
    settings = company.load().settings
    files = export(account.state, account.catalogue, settings, account.now, account.capabilities)

    assert f'[workspaces.prod.objects."{NAME}"]' in files["workspaces/prod.toml"]
    assert 'objects."deployment:etl/hourly"' in files["workspaces/test.toml"]
    assert "hourly" not in files["workspaces/prod.toml"]


def test_an_object_that_is_not_there_is_refused_and_nothing_is_written(company, backend):
    declare(company, TABLE.replace("daily", "weekly"))
    (finding,) = company.review(backend).findings

    assert finding.rule == "UNSUPPORTED"
    assert finding.message == "there is no `deployment:etl/weekly` in workspace prod"
    assert finding.hint == "make it first and plan again, correct the name, or take its table out"


def test_who_has_no_access_to_the_workspace_is_an_error_with_its_place(company, backend):
    declare(company, TABLE.replace('"team:ops",', '"pia",'))
    with pytest.raises(ConfigError) as raised:
        company.review(backend)
    (error,) = raised.value.diagnostics

    assert (error.code, error.message) == (
        "RS341",
        "`pia@acme.example` has no access to workspace prod",
    )
    assert error.hint == f"give it a role there, or take it off the list of `{NAME}`"
    assert company.file.read_text().splitlines()[error.place.line - 1] == '  "pia",'


def test_who_gets_access_by_the_same_plan_may_be_on_a_list(company, backend):
    company.edit(('viewer  = ["bo"]', 'viewer  = ["bo", "pia"]'))
    declare(company, TABLE.replace('"team:ops",', '"pia",'))
    steps = company.review(backend).plan.changes

    assert [step.address for step in steps][-1] == DAILY
    sync(company, backend)
    assert live(company).run == frozenset({named.user("pia@acme.example")})


def test_a_manager_of_small_things_gives_nobody_a_level_that_it_has_not(company):
    company.force(Change(opened(PROD, NAME), ObjectAccess(PROD, NAME, manage=frozenset({OPS}))))
    declare(company, TABLE.replace('manage = ["team:ops"]', 'manage = ["team:ops", "bo"]'))
    rules = {finding.rule for finding in company.review(company.backend("lee")).findings}

    assert rules == {"CAPABILITY", "ESCALATION", "DOMINANCE"}


def test_what_an_access_list_hides_is_unknown_and_not_missing(company, cloud):
    declare(company, TABLE)
    nobody = frozenset({OPS})
    company.force(Change(opened(PROD, NAME), ObjectAccess(PROD, NAME, nobody, nobody, nobody)))
    found = company.review(cloud("lee"))

    assert str(DAILY) in found.plan.unknown
    assert found.plan.changes == ()
    reason = f"the access list of `{DAILY}` is not shown: the key needs `manage_acls` there"
    assert reason in found.plan.unseen_because


def test_a_run_that_changed_a_list_is_undone(company):
    declare(company, TABLE)
    sync(company, company.backend())
    run = company.trail()[-1].run
    undone = undo(company.load(), company.backend(), run, pipeline.RunOptions())

    (change,) = undone.plan.changes
    assert change.after == opened(PROD, NAME)
    assert undone.findings == []
    company.verify()
    company.apply(decoded(undone.saved.encoded()))
    assert live(company) == opened(PROD, NAME)
    company.verify()


def test_a_plan_asks_for_declared_lists_alone_and_another_configuration_for_none(
    company, cloud, monkeypatch
):
    asked: list[str] = []
    send = Client.send

    def counted(self, call):
        asked.append(f"{call.method} {call.path}")
        return send(self, call)

    monkeypatch.setattr(Client, "send", counted)
    company.review(cloud())
    before = len(asked)
    assert not any("deployments" in call or "/access" in call for call in asked)
    asked.clear()
    declare(company, TABLE)
    company.review(cloud())

    assert len(asked) == before + 5  # flows and deployments, each with an empty page, and the list
    assert sum(call.endswith("/access") for call in asked) == 1


def test_the_trail_says_what_became_of_a_list(company, backend):
    declare(company, TABLE)
    sync(company, backend)
    record = company.trail()[-1]

    assert (record.object_id, record.object_table) == (str(DAILY), "object_access")
    assert record.after["run"] == [["team", "ops"]]


@pytest.fixture
def ask(company, monkeypatch, backend, served):
    """Return a function that asks on the command line, of the store or over REST."""
    if isinstance(backend, PrefectCloudBackend):
        edit = 'type    = "store"', f'type    = "prefect-cloud"\nurl     = "{served}"'
        company.edit(edit, ('world   = "prefect-cloud"\n', ""))
    monkeypatch.setenv(KEY, company.key("olivia"))

    def ask(words: str) -> Ran:
        url = () if isinstance(backend, PrefectCloudBackend) else ("--url", company.url)
        return run(words, "--config", company.folder, *url)

    return ask


QUESTIONS = [
    (f"can bo view -w prod --object {NAME}", 1, "no   bo@acme.example may not view in"),
    (
        f"can bo view -w prod --object {NAME}",
        1,
        "     it needs see_deployments in workspace prod, and a place on its access list",
    ),
    (f"can otto run -w prod --object {NAME}", 0, "as account owner, who owns every workspace"),
    (f"who-can run -w prod --object {NAME}", 0, f"run in `{NAME}` of workspace prod: 3 people"),
    (f"explain otto -w prod --object {NAME}", 0, "3 of 3 permissions"),
    (f"explain otto -w prod --object {NAME}", 0, "through team:ops, which is on its access list"),
]


@pytest.mark.parametrize(("words", "code", "line"), QUESTIONS)
def test_the_command_line_says_who_may_do_what_with_an_object(company, ask, words, code, line):
    before = opened(PROD, NAME)
    listed = frozenset({OPS})
    company.force(Change(before, ObjectAccess(PROD, NAME, listed, listed, listed)))
    ran = ask(words)

    assert ran.code == code
    assert line in ran.out


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (
            "can bo see -w prod --object deployment:etl/daily",
            "`deployment:etl/daily` has no level `see`",
            "ask about view or run or manage",
        ),
        (
            "can bo view -w prod --object deployment:etl/weekly",
            "there is no `deployment:etl/weekly` in workspace prod",
            "write `deployment:FLOW/NAME`, `block:TYPE/NAME`, `work_pool:NAME`",
        ),
        (
            "who-can view -w prod --object rubbish",
            "there is no `rubbish` in workspace prod",
            "write `deployment:FLOW/NAME`, `block:TYPE/NAME`, `work_pool:NAME`",
        ),
    ],
)
def test_an_object_or_level_that_there_is_not_is_an_error(ask, words, message, hint):
    ran = ask(words)

    assert (ran.code != 0, ran.out) == (True, "")
    assert message in ran.err
    assert hint in ran.err


def test_a_list_of_the_past_is_open_until_somebody_changes_it(company):
    ask = f"can bo view -w prod --object {NAME} --config {company.folder} --url {company.url}"
    open_ = datetime.now(UTC)
    assert run(f"{ask} --at {rfc3339(open_)}").code == 0
    listed = frozenset({OPS})
    time.sleep(0.002)
    company.force(Change(opened(PROD, NAME), ObjectAccess(PROD, NAME, listed, listed, listed)))
    time.sleep(0.002)

    assert run(f"{ask} --at {rfc3339(open_)}").code == 0
    assert run(f"{ask} --at {rfc3339(datetime.now(UTC))}").code == 1
    ran = run(f"{ask.replace('daily', 'weekly')} --at {rfc3339(open_)}")
    assert "there is no `deployment:etl/weekly` in workspace prod" in ran.err


def test_an_object_is_one_of_a_workspace(ask):
    ran = ask(f"who-can run --object {NAME}")

    assert "--object needs -w HANDLE: an object is in a workspace" in ran.err
