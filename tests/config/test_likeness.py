"""Names of a configuration that look alike: refused, found by "did you mean", shown in ASCII."""

from __future__ import annotations

import pytest

from .folder import OWNER, declares


@pytest.mark.parametrize("section", ["roles", "teams", "workspaces", "service_accounts"])
@pytest.mark.parametrize(
    ("one", "other"), [("Caf\u00e9", "Cafe\u0301"), ("Members", "\u041cembers"), ("al", "a\u0406")]
)
def test_two_declared_names_that_look_alike_are_refused(folder, section, one, other):
    text = f"{OWNER}[{section}.'{one}']\n[{section}.'{other}']\n"

    (error,) = (e for e in folder.write(declares(text)).errors() if e.code != "RS309")

    assert (error.code, error.message) == (
        "RS310",
        f"`{other}` looks like `{one}` and is not the same",
    )
    assert "\\u" in error.hint
    assert error.hint.endswith("; rename one of them")


def test_names_in_plain_ascii_may_both_be_live_so_what_is_live_decides(folder):
    assert folder.write(declares(f"{OWNER}[teams.Data]\n[teams.data]\n")).errors() == ()


def test_a_capital_that_looks_like_a_letter_of_a_built_in_role_is_refused(folder):
    (error,) = folder.write(declares(f"{OWNER}[roles.deveIoper]\n")).errors()

    assert error.code == "RS306"
    assert error.message == "`deveIoper` is, or looks like, the built-in role `developer`"


def test_an_unknown_team_that_looks_like_a_known_one_is_shown_by_its_code_points(folder):
    text = f"{OWNER}[teams.'Caf\u00e9']\n[workspaces.w.access]\nviewer = ['team:Cafe\u0301']\n"

    (error,) = folder.write(declares(text)).errors()

    assert error.message == "unknown team `Cafe\u0301`"
    assert error.hint == "did you mean `Caf\u00e9`? `Cafe\\u0301` is not `Caf\\u00e9`"
