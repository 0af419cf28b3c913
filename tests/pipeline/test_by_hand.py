"""A change by hand reads what the judgement needs, and is checked before its commit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from rbac_sync import pipeline
from rbac_sync.backends.store import StoreBackend
from rbac_sync.backends.store.handlers import Bindings
from rbac_sync.backends.store.writer import StoreWriter
from rbac_sync.errors import PlanRefused
from rbac_sync.guard.rules.outcome import REPORT
from rbac_sync.model import Binding, Key, Level, Team, Workspace, held
from rbac_sync.model import address as named
from rbac_sync.model.resources import role
from rbac_sync.pipeline import commit_check
from rbac_sync.pipeline.by_hand import change_by_hand
from rbac_sync.pipeline.commit_check import are_single_rows
from rbac_sync.planning import Change
from tests.new_store import begin

from ..backends.store.stores import OWNER, live
from ..backends.store.test_partial_state import change as random_change
from ..backends.store.test_partial_state import filled

PROD, TEST = named.workspace("prod"), named.workspace("test")
PIA = named.user("pia@acme.example")
SOON = datetime.now(UTC) + timedelta(days=9)
VIEWER, RUNNER = (held(role(Level.WORKSPACE, name)) for name in ("viewer", "runner"))
CONFIGURATION = """\
[backend]
type = "store"
account = "acme"

[members]
owner = ["olivia@example.org"]

[guard]
min_owners = 1
"""
LIMITS = (
    "",
    "max_key_days = 20\nmax_deletes = 0\nmax_losers = 0",
    'protect = ["workspace.prod", "member.p1@example.org"]\nworkspace_owners = { dev = 1 }',
)
"""Further lines of ``[guard]``."""

GRANT = Change(None, Binding(PIA, TEST, VIEWER))


def changed(company, *changes):
    """Make changes by hand."""
    return change_by_hand(company.load(), company.backend("olivia"), changes, "by hand")


@pytest.fixture
def reads(monkeypatch):
    """One for each time that all access is read."""
    times, whole = [], Bindings.whole

    def noted(bindings, *given):
        times.append(1)
        return whole(bindings, *given)

    monkeypatch.setattr(Bindings, "whole", noted)
    return times


def test_one_row_is_changed_without_a_read_of_all(company, reads):
    changed(company, GRANT)
    changed(company, Change(None, Key(PIA, "laptop", SOON)))
    changed(company, Change(Key(PIA, "laptop"), None), Change(GRANT.after, None))
    assert reads == []
    assert company.outstanding() == ()


@pytest.mark.parametrize("few", [100, 0])
def test_a_row_that_is_not_as_judged_undoes_the_change(company, monkeypatch, few):
    make, before = Bindings.make, company.dump()
    monkeypatch.setattr(commit_check, "FEW", few)
    monkeypatch.setattr(
        Bindings, "make", lambda rows, _: make(rows, Change(None, Binding(PIA, TEST, RUNNER)))
    )
    with pytest.raises(PlanRefused) as caught:
        changed(company, GRANT)
    (finding,) = caught.value.findings
    assert finding.message == f"`{GRANT.address}` would not be as the guard has judged it"
    assert (finding.rule, finding.hint) == ("OUTCOME", REPORT)
    assert company.dump() == before


def test_another_row_that_is_written_beside_a_workspace_undoes_the_change(company, monkeypatch):
    make, before = StoreWriter.make, company.dump()
    monkeypatch.setattr(StoreWriter, "make", lambda *given: make(given[0], GRANT) | make(*given))
    with pytest.raises(PlanRefused) as caught:
        changed(company, Change(company.state.get(TEST), Workspace("test", "Tested")))
    assert [finding.address for finding in caught.value.findings] == [GRANT.address]
    assert company.dump() == before


TEAM = Team("data")


@pytest.mark.parametrize(
    ("change", "are_single"),
    [
        (GRANT, True),
        (Change(None, Key(PIA, "laptop")), True),
        (Change(GRANT.after, Binding(PIA, TEST, RUNNER)), True),
        (Change(None, TEAM), False),
        (Change(TEAM, GRANT.after), False),
        (Change(GRANT.after, TEAM), False),
        (Change(None, GRANT.after, brings=(Binding(PIA, PROD, VIEWER),)), False),
        (Change(None, GRANT.after, joins=(TEAM.address,)), False),
    ],
)
def test_only_changes_of_grants_and_keys_alone_are_of_single_rows(change, are_single):
    assert are_single_rows([change]) is are_single
    assert are_single_rows([GRANT, change]) is are_single
    assert not are_single_rows([change] * 101)


class Undone(Exception):
    """The end of a write that is tried; ``state`` is what it made."""

    def __init__(self, state):
        super().__init__()
        self.state = state


class Trial(StoreBackend):
    """A store in which each write is undone at its end."""

    def transact(self, run, work, *, locks_late=False):
        """Do *work*, and undo it."""

        def undone(writer):
            work(writer)
            raise Undone(writer.read())

        return super().transact(run, undone)


def end(configuration, backend, changes):
    """Return the end of a change by hand: the findings that refuse it, or the state after it."""
    try:
        change_by_hand(configuration, backend, changes, "by hand")
    except Undone as done:
        return done.state
    except PlanRefused as error:
        return error.findings
    raise AssertionError("it is undone")


@pytest.mark.parametrize(
    "seed", [0, 1, 2, *(pytest.param(n, marks=pytest.mark.long) for n in range(3, 60))]
)
@pytest.mark.parametrize("limits", LIMITS)
def test_a_change_ends_as_it_does_from_a_read_of_all(
    store_url, tmp_path, monkeypatch, limits, seed
):
    random, key = Random(seed), begin(store_url, "acme", "prefect-cloud", OWNER.email)
    trial = Trial(store_url, "acme", key)
    filled(StoreBackend(store_url, "acme", key), random)
    (tmp_path / "rbac.toml").write_text(f"{CONFIGURATION}{limits}")
    configuration = pipeline.load(tmp_path, store_url)
    for _ in range(12):
        changes = [random_change(random, live(trial)) for _ in range(random.choice((1, 1, 2)))]
        in_parts = end(configuration, trial, changes)
        with monkeypatch.context() as whole:
            whole.setattr(commit_check, "FEW", 0)
            assert end(configuration, trial, changes) == in_parts, changes
