"""The contract suite fails for a backend that does not keep the contract, by the test it breaks."""

from __future__ import annotations

import pytest

SUITE = """
import pytest

from rbac_sync.testing import OWNER, MemoryBackend, TransactionalContract
from rbac_sync.testing.memory import MemorySession


{fault}


class TestFaulty(TransactionalContract):
    @pytest.fixture
    def new_account(self):
        return lambda: MemoryBackend(applier=OWNER.address)
"""
FORGETS_TEAMS = """
from rbac_sync.model import Team
make = MemorySession.make
MemorySession.make = lambda self, change: (
    {} if isinstance(change.after, Team) and change.before else make(self, change)
)
"""
REPEATS_RUNS = """
outcome = MemorySession.outcome
MemorySession.outcome = lambda self, run: outcome(self, "")
"""
SILENT = """
from dataclasses import replace
record = MemorySession.record
MemorySession.record = lambda self, row: record(self, replace(row, after=None))
"""


EDIT = "test_what_is_made_is_what_is_read_and_exactly_that_has_a_new_version"


@pytest.mark.parametrize(
    ("fault", "test", "message"),
    [
        (FORGETS_TEAMS, f"{EDIT}[a team is described]", "*one more item: *key='ops'*"),
        (REPEATS_RUNS, "test_a_run_is_made_once", "*DID NOT RAISE*"),
        (SILENT, "test_records_are_kept_in_a_chain_that_tells_of_the_state", "*assert*== []*"),
    ],
    ids=["forgets changes of teams", "repeats runs", "records nothing of what is new"],
)
def test_a_backend_that_breaks_the_contract_fails(pytester, fault, test, message):
    path = pytester.makepyfile(SUITE.replace("{fault}", fault))

    result = pytester.runpytest_subprocess("-q", f"{path}::TestFaulty::{test}")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([message])
