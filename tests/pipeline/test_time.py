"""Terms: shown as instants, announced when they end soon, and ended by the next run."""

from __future__ import annotations

import pytest

from rbac_sync import pipeline
from rbac_sync.errors import ConfigError
from rbac_sync.model import ACCOUNT, Binding, Key, Level, State, Status, User, held
from rbac_sync.model import address as named
from rbac_sync.model.instant import parsed
from rbac_sync.model.resources import role
from rbac_sync.pipeline.apply import ApplyRun
from rbac_sync.testing import MemoryBackend
from rbac_sync.views import plan as shown
from rbac_sync.views import state as shown_state
from rbac_sync.views.run import Run

CONFIGURATION = """\
[backend]
type = "store"
account = "memory"
world = "prefect-cloud"

[manage]
{manage}

[members]
owner = ["ana@x.org"]
member = ["bo@x.org", "sa:ci", {{ who = "eve@x.org", until = 2026-12-31 }}]

[service_accounts.ci]
keys.ci = {{ until = 2026-12-31T18:00:00+02:00 }}

[teams.oncall]
members = ["ana@x.org", {{ who = "bo@x.org", from = 2026-06-01, until = 2026-12-31 }}]

[workspaces.prod]

[workspaces.prod.access]
developer = [{{ who = "bo@x.org", from = 2026-06-01, until = 2026-12-31 }}]
viewer = ["team:oncall"]
"""
REACH = {
    "all": 'members = "all"\nteams = "all"\naccess = "all"\nkeys = "all"',
    "declared": 'access = "declared"',
}
ANA = User("ana@x.org")
OWNER = Binding(ANA.address, ACCOUNT, held(role(Level.ACCOUNT, "owner")))
BO = "workspace.prod/access/bo@x.org"


class Clocked:
    """A configuration, an account in which it is true from 1 July 2026 on, and the clock."""

    def __init__(self, folder, time_machine, reach):
        (folder / "rbac.toml").write_text(CONFIGURATION.format(manage=reach))
        self.configuration = pipeline.load(folder)
        self.backend = MemoryBackend(State([ANA, OWNER]), applier=ANA.address)
        self._clock = time_machine
        self.at("2026-07-01T00:00:00Z")
        self.apply()

    def at(self, instant):
        self._clock.move_to(parsed(instant), tick=False)

    def plan(self):
        return pipeline.plan(self.configuration, self.backend, pipeline.RunOptions())

    def apply(self):
        found = self.plan()
        assert found.findings == []
        made = (self.configuration, found.saved, pipeline.RunOptions())
        return ApplyRun(*made, lambda _: None, lambda _: None).apply(self.backend)


@pytest.fixture(params=REACH)
def clocked(request, tmp_path, time_machine):
    return Clocked(tmp_path, time_machine, REACH[request.param])


def actions(review):
    return {f"{change.action} {change.address}" for change in review.plan.changes}


def test_terms_are_shown_as_instants_in_plans_and_states(tmp_path, time_machine):
    clocked = Clocked(tmp_path, time_machine, "")
    clocked.backend = MemoryBackend(State([ANA, OWNER]), applier=ANA.address)
    review = clocked.plan()
    text = shown.render_plan(Run(plan=review.plan, context=review.context))
    for line in (
        "+ role = developer (from 2026-06-01T00:00:00Z until 2026-12-31T00:00:00Z)",
        "+ member = bo@x.org (from 2026-06-01T00:00:00Z until 2026-12-31T00:00:00Z)",
        "+ account role = member (until 2026-12-31T00:00:00Z)",
        "+ until = 2026-12-31T16:00:00Z",
    ):
        assert line in [each.strip() for each in text.splitlines()]
    clocked.apply()
    live = shown_state.render_state(clocked.backend.moment.state, review.context.catalogue)
    assert "bo@x.org (from 2026-06-01T00:00:00Z until 2026-12-31T00:00:00Z)" in live
    assert "key ci (until 2026-12-31T16:00:00Z)" in live


def test_before_the_end_there_is_nothing_to_do(clocked):
    clocked.at("2026-12-30T23:59:59Z")
    assert clocked.plan().plan.changes == ()


def test_the_next_run_ends_what_has_passed(clocked):
    clocked.at("2026-12-31T00:00:00Z")
    review = clocked.plan()
    assert actions(review) == {
        "delete member.eve@x.org",
        "update team.oncall",
        f"delete {BO}",
    }
    assert review.findings == []
    clocked.apply()
    assert clocked.plan().plan.changes == ()
    bo, prod = named.user("bo@x.org"), named.workspace("prod")
    assert clocked.backend.moment.state.holdings(bo, prod) == frozenset()
    assert list(clocked.backend.moment.state.teams_of(bo)) == []


def test_what_ends_soon_is_announced_where_it_is_written(clocked):
    clocked.at("2026-12-27T12:00:00Z")
    lines = clocked.configuration.sources.texts["rbac.toml"].splitlines()
    advice = clocked.plan().declaration.advice
    said = [(a.code, lines[a.place.line - 1].partition(" = ")[0], a.message) for a in advice]
    assert said == [
        ("RS506", "member", "the time of `eve@x.org` ends in 3 days, 2026-12-31T00:00:00Z"),
        ("RS506", "keys.ci", "the key `ci` ends in 4 days, 2026-12-31T16:00:00Z"),
        ("RS506", "members", "the time of `bo@x.org` ends in 3 days, 2026-12-31T00:00:00Z"),
        ("RS506", "developer", "the time of `bo@x.org` ends in 3 days, 2026-12-31T00:00:00Z"),
    ]


def test_an_invitation_and_an_unwritten_end_of_a_key_are_announced_too(tmp_path, time_machine):
    clocked = Clocked(tmp_path, time_machine, "")
    ci = named.service_account("ci")
    draft = clocked.backend.moment.state.draft()
    draft.put(User("eve@x.org", Status.PENDING, parsed("2026-07-04T00:00:00Z")))
    draft.put(Key(ci, "other", parsed("2026-07-02T00:00:00Z")))
    draft.put(Key(ANA.address, "own", parsed("2026-07-02T00:00:00Z")))
    clocked.backend = MemoryBackend(draft, applier=ANA.address)
    assert [a.message for a in clocked.plan().declaration.advice] == [
        "the invitation of `eve@x.org` ends in 3 days, 2026-07-04T00:00:00Z",
        "the key `other` of `sa:ci` ends in 1 day, 2026-07-02T00:00:00Z",
    ]


def test_many_ends_are_one_piece_of_advice(tmp_path, time_machine):
    clocked = Clocked(tmp_path, time_machine, "")
    draft = clocked.backend.moment.state.draft()
    for day in range(2, 8):
        end = parsed(f"2026-07-0{day}T00:00:00Z")
        draft.put(User(f"p{9 - day}@x.org", Status.PENDING, end))
        draft.put(Key(named.service_account("ci"), f"k{9 - day}", end))
    clocked.backend = MemoryBackend(draft, applier=ANA.address)
    when = "ends in 1 day, 2026-07-02T00:00:00Z, and 5 more within 14 days"
    assert [a.message for a in clocked.plan().declaration.advice] == [
        f"the invitation of `p7@x.org` {when}",
        f"the key `k7` of `sa:ci` {when}",
    ]


def test_an_end_that_would_leave_nobody_to_own_the_account_is_refused_today(tmp_path):
    text = CONFIGURATION.format(manage='members = "all"').replace(
        'owner = ["ana@x.org"]', 'owner = [{ who = "ana@x.org", until = 2026-12-31 }]'
    )
    (tmp_path / "rbac.toml").write_text(text)
    backend = MemoryBackend(State([ANA, OWNER]), applier=ANA.address)
    with pytest.raises(ConfigError, match="there would be 0 owners; the minimum is 1"):
        pipeline.plan(pipeline.load(tmp_path), backend, pipeline.RunOptions())
