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


MOST = """
    from hypothesis import given, settings, strategies as st

    @settings(max_examples=7)
    @given(st.booleans())
    def test_property(_):
        print("most", settings.default.max_examples)
"""
"""*Why* booleans: a property of two examples ends after them, however many it may have."""


@pytest.fixture
def run(pytester, monkeypatch):
    """Return the output of a run of a file with one property, with its options."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[1]))
    monkeypatch.delenv("RBAC_SYNC_TEST_SEED", raising=False)
    pytester.makeini("[pytest]\nmarkers = long: more\n")
    plugins = ("-p", "tests.properties", "-p", "no:schemathesis")

    def run(*options, text=PROPERTY):
        pytester.makepyfile(text)
        found = pytester.runpytest_subprocess(*plugins, "-q", "-s", *options)
        assert found.ret == 0
        return found.stdout.str()

    return run


def test_a_property_runs_ten_thousand_examples_behind_the_marker(run):
    assert set(re.findall(r"most (\d+)", run("-m", "not long", text=MOST))) == {"7"}
    assert set(re.findall(r"most (\d+)", run("-m", "long", text=MOST))) == {str(EXAMPLES)}


def test_a_run_prints_the_seed_that_repeats_it(run):
    first = run("-m", "not long")

    option = re.search(r"repeat with (--hypothesis-seed=\d+)", first)[1]

    assert (
        re.search(r"seen .*", run("-m", "not long", option))[0] == re.search(r"seen .*", first)[0]
    )


def test_the_environment_fixes_the_seed(run, monkeypatch):
    monkeypatch.setenv("RBAC_SYNC_TEST_SEED", "7")

    assert "--hypothesis-seed=7\n" in run("-m", "not long")
