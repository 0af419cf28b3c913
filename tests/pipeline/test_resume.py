"""A run over REST that was interrupted goes on where it ended."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from rbac_sync import pipeline
from rbac_sync.backends.remote.journal import Journal
from rbac_sync.backends.store.accounts import Accounts
from rbac_sync.errors import PlanRefused, StalePlan
from rbac_sync.model import EVERYONE, Action, Status, Team, User
from rbac_sync.planning import Change
from rbac_sync.planning.planfile import decoded
from rbac_sync.server.guarded_store import GuardedStore

from ..backends.prefect_cloud.cutting import cutting
from ..build import bind
from ..server.serving import serving
from .company import company_for_cloud

EDITS = (
    ('permissions = ["see_flows"]\n', 'permissions = ["see_blocks"]\n'),
    ('[teams.data]\nmembers = ["bo"]', '[teams.data]\nmembers = ["pia"]'),
    ('member = ["bo", "pia", "lee", "sa:ci"]', 'member = ["bo", "pia", "sa:ci", "sa:etl"]'),
    ('granter = ["lee"]\n', ""),
    ('default_role = "viewer"', 'default_role = "runner"'),
    ("[roles.reader]", "[service_accounts.etl]\n\n[roles.reader]"),
)
"""Two things are cut into two steps each; somebody goes, with all there is; something comes."""

STEPS = 7


class Killed(BaseException):
    """What the process gets in the middle of things."""


@pytest.fixture
def company(tmp_path):
    return company_for_cloud(tmp_path)


def planned(company, backend, edits=EDITS):
    company.edit(*edits)
    review = company.review(backend)
    assert review.findings == []
    return decoded(review.saved.encoded())


def killed(company, backend, saved, after):
    """Apply in a process that ends once so many changes are made and on record."""
    done = []

    def progress(change):
        done.append(change)
        if len(done) == after:
            raise Killed

    with pytest.raises(Killed):
        company.apply(saved, backend=backend, progress=progress)


def rest(company, backend):
    return pipeline.drift(company.load(), backend).plan.changes


@pytest.mark.parametrize(
    "after",
    [pytest.param(n, marks=[] if n % 3 == 1 else [pytest.mark.long]) for n in range(1, STEPS + 1)],
)
def test_over_rest_a_run_goes_on_wherever_it_was_killed(company, cloud, after):
    saved = planned(company, cloud)
    assert len(saved.changes) == STEPS
    killed(company, cloud, saved, after)
    made = []

    company.apply(saved, backend=cloud, progress=made.append, resume=True)

    assert tuple(made) == saved.changes[after:]
    assert rest(company, cloud) == ()


RENAMES = (
    ("[service_accounts.ci]", '[service_accounts.builds]\nrenamed_from = "ci"'),
    ('"pia", "lee", "sa:ci"]', '"pia", "lee", "sa:builds"]'),
    ("[workspaces.test]\n", '[workspaces.stage]\nrenamed_from = "test"\n'),
    ("[workspaces.test.access]", "[workspaces.stage.access]"),
    ('default_role = "viewer"', 'default_role = "runner"'),
    ('runner = ["sa:ci"]', 'viewer = ["sa:builds"]'),
)
"""A service account and a workspace are renamed, and access that is named after both changes."""


@pytest.mark.parametrize("after", [pytest.param(1, marks=pytest.mark.long), 2])
def test_over_rest_a_run_goes_on_after_a_rename(company, cloud, after):
    saved = planned(company, cloud, RENAMES)
    assert [change.action for change in saved.changes[:2]] == [Action.RENAME] * 2
    killed(company, cloud, saved, after)
    made = []

    company.apply(saved, backend=cloud, progress=made.append, resume=True)

    assert tuple(made) == saved.changes[after:]
    assert rest(company, cloud) == ()


def test_what_somebody_else_changed_after_a_rename_is_not_written_over(company, cloud):
    saved = planned(company, cloud, RENAMES)
    killed(company, cloud, saved, 2)
    company.force(Change(*(bind(EVERYONE, "stage", role)[0] for role in ("viewer", "developer"))))

    with pytest.raises(PlanRefused) as found:
        company.apply(saved, backend=cloud, resume=True)

    assert [each.rule for each in found.value.findings] == ["INVALID"]


TEAM_GOES = (('[teams.data]\nmembers = ["bo"]\n\n', ""),)
"""To see that it is gone, no workspace need be read."""


@pytest.mark.parametrize("edits", [EDITS, TEAM_GOES], ids=["much", "a team goes"])
def test_a_run_that_was_killed_before_anything_was_on_record_is_found(
    company, cloud, monkeypatch, edits
):
    saved = planned(company, cloud, edits)
    with monkeypatch.context() as here:
        here.setattr(Journal, "record", dies)
        with pytest.raises(Killed):
            company.apply(saved, backend=cloud)
    made = []

    company.apply(saved, backend=cloud, progress=made.append, resume=True)

    assert tuple(made) == saved.changes[1:]
    assert rest(company, cloud) == ()


def dies(*_):
    raise Killed


RUN = """
import signal, sys
from rbac_sync.cli.main import main

signal.signal(signal.SIGINT, signal.default_int_handler)
main(sys.argv[1:])
"""
"""The program, which heeds interrupts though whoever runs the tests may ignore them."""


class Terminal:
    """Runs the command line, in processes that can be stopped."""

    def __init__(self, company, folder, program):
        self._company, self._program, self._processes = company, program, []
        secret = {"RBAC_SYNC_API_KEY": company.key("olivia"), "RBAC_SYNC_STATE_DIR": str(folder)}
        self._environment = os.environ | secret

    def run(self, *words):
        """Return the exit code of a command and what it said on standard error."""
        words = ("-c", RUN, *words, "--config", str(self._company.folder))
        started = self._program.start(*words, env=self._environment, cwd=Path.cwd())
        self._processes.append(started)
        ended = self._program.wait(*words)
        return ended.returncode, ended.stderr

    def stop(self, number):
        """Send a signal to what was run second."""
        os.kill(self._processes[1], number)


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGKILL, -signal.SIGKILL), (signal.SIGINT, 130)]
)
def test_a_process_that_is_stopped_at_its_first_request_is_gone_on_with(
    company, tmp_path, program, number, code
):
    """A new service account is the worst to ask for twice."""
    terminal, plan = Terminal(company, tmp_path, program), str(tmp_path / "my plan")
    with (
        serving(GuardedStore(Accounts(company.url))) as upstream,
        cutting(upstream, lambda: terminal.stop(number)) as (root, writes),
    ):
        company.edit(
            EDITS[-1],
            ('"lee", "sa:ci"]', '"lee", "sa:ci", "sa:etl"]'),
            ('runner = ["sa:ci"]', 'runner = ["sa:ci", "sa:etl"]'),
            ('type    = "store"', f'type = "prefect-cloud"\nurl = "{root}/api"'),
        )
        assert terminal.run("plan", "--out", plan)[0] == 0
        stopped, said = terminal.run("apply", plan)
        (first,) = writes
        progress = "[2/2] create workspace.test/access/sa:etl\n"
        assert terminal.run("apply", "--resume", plan) == (0, progress)
        assert terminal.run("drift") == (0, "")

    assert stopped == code
    said_so = SAID.format(plan=plan, folder=company.folder)
    assert said == ("" if number == signal.SIGKILL else said_so)
    assert writes.count(first) == 1
    assert first[1].endswith("/bots/")


SAID = """\
stopping after the present step (SIGINT); a second signal stops the run at once
[1/2] create service-account.etl
error[interrupted]: applied 1 of 2 changes; stopped by SIGINT
  = help: go on with: `rbac-sync apply '{plan}' --config {folder} --resume`
"""


def test_without_being_asked_to_go_on_it_is_stale_between_two_steps_of_a_change(company, cloud):
    saved = planned(company, cloud)
    teams = [number for number, c in enumerate(saved.changes, 1) if isinstance(c.after, Team)]
    assert len(teams) == 2
    killed(company, cloud, saved, teams[0])

    with pytest.raises(StalePlan, match="when planned"):
        company.apply(saved, backend=cloud)


def test_what_somebody_else_changed_meanwhile_still_makes_it_stale(company, cloud):
    saved = planned(company, cloud)
    killed(company, cloud, saved, 1)
    company.force(Change(User("otto@acme.example"), User("otto@acme.example", Status.SUSPENDED)))

    with pytest.raises(StalePlan, match=r"`member.otto@acme.example` is not as it was"):
        company.apply(saved, backend=cloud, resume=True)


def test_a_finished_run_has_nothing_to_go_on_with(company, cloud):
    saved = planned(company, cloud)
    company.apply(saved, backend=cloud)
    made = []

    company.apply(saved, backend=cloud, progress=made.append, resume=True)

    assert made == []
