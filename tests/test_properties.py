"""How property tests are run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from .properties import EXAMPLES

PROPERTY = """
    from hypothesis import given, settings, strategies as st

    seen = []

    @settings(max_examples=7)
    @given(st.integers())
    def test_property(number):
        seen.append(number)

    def test_count():
        print("seen", len(seen), hash(tuple(seen)))

"""


@pytest.fixture
def run(pytester, monkeypatch):
    """Return the output of a run of one property, with its options."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[1]))
    monkeypatch.delenv("RBAC_SYNC_TEST_SEED", raising=False)
    pytester.makeini("[pytest]\nmarkers = long: more\n")
    pytester.makepyfile(PROPERTY)

    def run(*options):
        found = pytester.runpytest_subprocess("-p", "tests.properties", "-q", "-s", *options)
        assert found.ret == 0
        return found.stdout.str()

    return run


def test_a_property_runs_ten_thousand_examples_behind_the_marker(run):
    assert int(re.search(r"seen (\d+)", run("-m", "not long"))[1]) <= 7
    assert int(re.search(r"seen (\d+)", run("-m", "long or not long"))[1]) >= EXAMPLES


def test_a_run_prints_the_seed_that_repeats_it(run):
    first = run("-m", "not long")

    option = re.search(r"repeat with (--hypothesis-seed=\d+)", first)[1]

    assert (
        re.search(r"seen .*", run("-m", "not long", option))[0] == re.search(r"seen .*", first)[0]
    )


def test_the_environment_fixes_the_seed(run, monkeypatch):
    monkeypatch.setenv("RBAC_SYNC_TEST_SEED", "7")

    assert "--hypothesis-seed=7\n" in run("-m", "not long")
