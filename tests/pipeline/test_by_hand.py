"""A change by hand reads what the judgement needs, and is checked before its commit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from rbac_sync.backends.store.handlers import Bindings
from rbac_sync.errors import PlanRefused
from rbac_sync.guard.rules.outcome import REPORT
from rbac_sync.model import Binding, Key, Level, Workspace, held
from rbac_sync.model import address as named
from rbac_sync.model.resources import role
from rbac_sync.pipeline import made_check
from rbac_sync.pipeline.by_hand import change_by_hand
from rbac_sync.planning import Change

PROD, TEST = named.workspace("prod"), named.workspace("test")
PIA = named.user("pia@acme.example")
SOON = datetime.now(UTC) + timedelta(days=9)
VIEWER, RUNNER = (held(role(Level.WORKSPACE, name)) for name in ("viewer", "runner"))
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
    monkeypatch.setattr(made_check, "FEW", few)
    monkeypatch.setattr(
        Bindings, "make", lambda rows, _: make(rows, Change(None, Binding(PIA, TEST, RUNNER)))
    )
    with pytest.raises(PlanRefused) as caught:
        changed(company, GRANT)
    (finding,) = caught.value.findings
    assert finding.message == f"`{GRANT.address}` would not be as the guard has judged it"
    assert (finding.rule, finding.hint) == ("OUTCOME", REPORT)
    assert company.dump() == before


def test_a_change_on_which_other_rows_depend_is_compared_with_all(company, reads):
    renamed = Change(company.state.get(TEST), Workspace("test", "Tested"))
    reads.clear()
    changed(company, renamed)
    assert reads
