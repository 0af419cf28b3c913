"""How property tests run: with a seed that is printed, 50 examples, and 10,000 behind `long`.

The profile `ci` says so for every property; one whose examples cost more says a smaller number
itself. *Why* no more than 50: each run has a new seed, so that runs add up. In `.ci/run` the seed
comes from the files of the commit (`RBAC_SYNC_TEST_SEED`): *why*, the same commit passes or fails
each time.

A failure that was found once becomes an ``@example`` of its test, or a case in ``tests/cases``.
"""

from __future__ import annotations

import os
from random import SystemRandom

import pytest
from hypothesis import HealthCheck, is_hypothesis_test, settings

settings.register_profile(
    "ci",
    deadline=None,
    max_examples=50,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("ci")

EXAMPLES = 10_000
USUAL = pytest.param(None, id=pytest.HIDDEN_PARAM)
MANY = pytest.param(EXAMPLES, id="long", marks=[pytest.mark.long, pytest.mark.timeout(0)])
SETTINGS = "_hypothesis_internal_use_settings"


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config):
    """Choose the seed of this run, unless the command line or the environment gives one."""
    if config.option.hypothesis_seed is None:
        fixed = os.environ.get("RBAC_SYNC_TEST_SEED")
        config.option.hypothesis_seed = fixed or str(SystemRandom().getrandbits(32))


def pytest_terminal_summary(terminalreporter, config):
    """Print the seed at the end, where `-q` shows it too."""
    seed = config.option.hypothesis_seed
    terminalreporter.write_line(f"property tests: repeat with --hypothesis-seed={seed}")


def pytest_generate_tests(metafunc):
    """Make every property test two tests: one of the usual size, one marked `long`."""
    if is_hypothesis_test(metafunc.function):
        metafunc.parametrize("examples", [USUAL, MANY], indirect=True)


@pytest.fixture(autouse=True)
def examples(request, monkeypatch):
    """Set how many examples a property test runs where that is not what it says itself."""
    if wanted := getattr(request, "param", None):
        function = getattr(request.function, "__func__", request.function)  # of a class of tests
        usual = getattr(function, SETTINGS)
        monkeypatch.setattr(function, SETTINGS, settings(usual, max_examples=wanted))
