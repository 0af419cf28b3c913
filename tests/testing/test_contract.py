"""The contract suite fails for a backend that does not keep the contract, by the test it breaks."""

from __future__ import annotations

SUITE = """
from dataclasses import replace

import pytest

from rbac_sync.model import Team
from rbac_sync.testing import OWNER, MemoryBackend, TransactionalContract
from rbac_sync.testing.memory import MemorySession

make, outcome, record = MemorySession.make, MemorySession.outcome, MemorySession.record


{fault}


@pytest.fixture(autouse=True)
def _faulty(monkeypatch):
    monkeypatch.setattr(MemorySession, faulty.__name__, faulty)


class TestFaulty(TransactionalContract):
    @pytest.fixture
    def new_account(self):
        return lambda: MemoryBackend(applier=OWNER.address)
"""
FORGETS_TEAMS = """
def faulty(self, change):
    return {} if isinstance(change.after, Team) and change.before else make(self, change)
faulty.__name__ = "make"
"""
REPEATS_RUNS = """
def faulty(self, run):
    return outcome(self, "")
faulty.__name__ = "outcome"
"""
SILENT = """
def faulty(self, row):
    return record(self, replace(row, after=None))
faulty.__name__ = "record"
"""


EDIT = "test_what_is_made_is_what_is_read_and_exactly_that_has_a_new_version"


FAULTS = {
    "forgets": (FORGETS_TEAMS, f"{EDIT}[a team is described]", "*one more item: *key='ops'*"),
    "repeats": (REPEATS_RUNS, "test_a_run_is_made_once", "*DID NOT RAISE*"),
    "silent": (
        SILENT,
        "test_records_are_kept_in_a_chain_that_tells_of_the_state",
        "*assert*== []*",
    ),
}


def test_a_backend_that_breaks_the_contract_fails(pytester):
    """One process runs all: it takes more than a second to begin."""
    suites = {f"test_{name}": SUITE.replace("{fault}", fault[0]) for name, fault in FAULTS.items()}
    pytester.makepyfile(**suites)
    tests = [f"test_{name}.py::TestFaulty::{test}" for name, (_, test, _) in FAULTS.items()]

    result = pytester.runpytest_subprocess("-q", *tests)

    result.assert_outcomes(failed=len(FAULTS))
    for _, _, message in FAULTS.values():
        result.stdout.fnmatch_lines([message])
