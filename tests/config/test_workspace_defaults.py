"""``[workspace_defaults]``: keys for every workspace whose handle is like a pattern."""

from __future__ import annotations

import pytest

from rbac_sync.model import EVERYONE, Level, Workspace, held
from rbac_sync.model import address as named
from rbac_sync.model.resources import role

from .folder import BACKEND, OWNER

PEOPLE = """
[people]
ana = "ana@x.org"
bo = "bo@x.org"
"""
ANA, BO = named.user("ana@x.org"), named.user("bo@x.org")
VIEWER, RUNNER, DEVELOPER = (
    role(Level.WORKSPACE, name) for name in ("viewer", "runner", "developer")
)
A, B = named.workspace("team-a"), named.workspace("b")
DEFAULTS = """
[workspace_defaults."team-*"]
description = "Of a team"
default_role = "viewer"
public = false
access.developer = ["ana"]
access.runner = ["bo"]
"""


def declare(folder, text):
    return folder.write(BACKEND + OWNER + PEOPLE + text).declare()


def test_defaults_hold_where_the_pattern_matches(folder):
    declared = declare(folder, DEFAULTS + "[workspaces.team-a]\n[workspaces.b]\n")
    expected = {EVERYONE: held(VIEWER), ANA: held(DEVELOPER), BO: held(RUNNER)}
    assert declared.desired.row(A) == expected
    assert declared.desired.row(B) == {}
    assert declared.desired.of(Workspace)[A].description == "Of a team"
    assert declared.silent_defaults == declared.silent_access == {B}


def test_what_a_workspace_writes_itself_wins_key_by_key(folder):
    own = """
    [workspaces.team-a]
    default_role = "none"
    access.runner = []
    access.viewer = ["bo"]
    """
    declared = declare(folder, DEFAULTS + own)
    assert declared.desired.row(A) == {ANA: held(DEVELOPER), BO: held(VIEWER)}
    assert declared.desired.of(Workspace)[A].description == "Of a team"


def test_several_patterns_give_different_keys(folder):
    more = '[workspace_defaults."*"]\naccess.viewer = ["bo"]\n'
    fewer = DEFAULTS.replace('access.runner = ["bo"]\n', "")
    declared = declare(folder, f"{fewer}{more}[workspaces.team-a]\n[workspaces.b]\n")
    assert declared.desired.row(B) == {BO: held(VIEWER)}
    assert declared.desired.row(A) == {
        EVERYONE: held(VIEWER),
        ANA: held(DEVELOPER),
        BO: held(VIEWER),
    }


def test_the_place_of_a_grant_is_its_entry_in_the_defaults(folder):
    declared = declare(folder, DEFAULTS + "[workspaces.team-a]\n")
    grant = declared.origin(named.binding(ANA, A))
    default = declared.origin(named.binding(EVERYONE, A))
    lines = (folder.path / "rbac.toml").read_text().splitlines()
    assert lines[grant.line - 1] == 'access.developer = ["ana"]'
    assert lines[default.line - 1] == 'default_role = "viewer"'


@pytest.mark.parametrize(
    ("text", "code", "message", "hint"),
    [
        (
            DEFAULTS + "[workspaces.b]\n",
            "RS321",
            "no declared workspace matches `team-*`",
            "`*` stands for any letters; take the table out if it is not needed",
        ),
        (
            DEFAULTS + '[workspace_defaults."*a"]\npublic = true\n[workspaces.team-a]\n',
            "RS322",
            "two defaults give `public` to the workspace `team-a`",
            "write `public` in `[workspaces.team-a]`, or in one of the two alone",
        ),
        (
            DEFAULTS + '[workspace_defaults."*a"]\naccess.runner = []\n[workspaces.team-a]\n',
            "RS322",
            "two defaults give `access.runner` to the workspace `team-a`",
            "write `access.runner` in `[workspaces.team-a]`, or in one of the two alone",
        ),
        (
            DEFAULTS + '[workspaces.team-a]\naccess.viewer = ["ana"]\n',
            "RS302",
            "`ana` already holds `viewer` here",
            "a principal holds one role in each scope",
        ),
    ],
)
def test_defaults_are_refused(folder, text, code, message, hint):
    folder.write(BACKEND + OWNER + PEOPLE + text)
    (error,) = folder.errors()
    assert (error.code, error.message, error.hint) == (code, message, hint)


def test_two_defaults_for_a_key_that_the_workspace_writes_are_no_problem(folder):
    text = DEFAULTS + '[workspace_defaults."*a"]\npublic = true\n'
    declared = declare(folder, text + "[workspaces.team-a]\npublic = true\n")
    assert declared.desired.of(Workspace)[A].public is True
