"""`pytest --planted` finds a secret wherever a test leaves one, and nothing else."""

from __future__ import annotations

import pytest

from .planted import SHAPES, kinds

SECRETS = {
    "API key": "pnu_" + "aB3" * 12,
    "database password": "postgresql://ana:s3cret@db/rbac",
    "forge token": "ghs_secretsecretsecret",
    "webhook URL": "http://127.0.0.1:1/services/T1/secret",
    "OIDC token": "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwcyJ9.c2lnbmF0dXJl",
}
TEST = """
import logging, sys
def test_it(tmp_path):
    {}
"""


@pytest.fixture
def watched(pytester):
    def run(line):
        pytester.makepyfile(TEST.format(line))
        return pytester.runpytest_inprocess("-p", "tests.planted", "--planted")

    return run


@pytest.mark.parametrize(("kind", "secret"), SECRETS.items(), ids=SECRETS)
def test_each_kind_is_known_by_its_shape(kind, secret):
    assert kinds(f"'{secret}'".encode()) == {kind}
    assert set(SECRETS) == set(SHAPES)


def test_what_may_be_shown_of_a_key_is_no_secret():
    assert kinds(b"pnu_...aB3x, pnu_guessed, pnu_" + b"a" * 12) == set()


@pytest.mark.parametrize(
    ("line", "where"),
    [
        ("print({!r})", "Captured stdout call: API key"),
        ("print({!r}, file=sys.stderr)", "Captured stderr call: API key"),
        ("logging.warning({!r})", "Captured log call: API key"),
        ("(tmp_path / 'run.log').write_text({!r})", "run.log: API key"),
    ],
)
def test_a_secret_that_a_test_leaves_fails_the_run_and_is_not_shown(watched, line, where):
    ran = watched(line.format(SECRETS["API key"]))
    assert ran.ret == pytest.ExitCode.TESTS_FAILED
    ran.stdout.fnmatch_lines([f"*test_it*{where}"])
    assert SECRETS["API key"] not in ran.stdout.str()


def test_a_file_that_is_meant_to_keep_a_key_does_not_fail_the_run(watched):
    ran = watched(f"(tmp_path / 'keys.json').write_text({SECRETS['API key']!r})")
    assert ran.ret == 0
    ran.stdout.fnmatch_lines(["0 places hold a secret*"])
    ran = watched(f"(tmp_path / 'keys.json').write_text({SECRETS['forge token']!r})")
    assert ran.ret == pytest.ExitCode.TESTS_FAILED
