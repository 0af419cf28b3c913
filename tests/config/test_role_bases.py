"""Custom roles that stand on custom roles."""

from __future__ import annotations

import pytest

from rbac_sync.catalogues import catalogue
from rbac_sync.model import Level, Role
from rbac_sync.model.resources import role

from .folder import BACKEND, OWNER

VIEWER = role(Level.WORKSPACE, "viewer")
ROLES = """
[roles.on-call]
base = "runner-plus"
permissions = ["write_work_pools"]
[roles.runner-plus]
base = "looker"
permissions = ["run_deployments"]
[roles.looker]
base = "viewer"
permissions = []
"""


def declared_role(folder, name, text):
    declared = folder.write(BACKEND + OWNER + text).declare()
    return declared.desired.of(Role)[role(Level.WORKSPACE, name)]


def test_a_role_has_the_permissions_of_all_roles_below_it_and_the_last_base(folder):
    on_call = declared_role(folder, "on-call", ROLES)
    expected = catalogue("prefect-cloud").closed(["write_work_pools", "run_deployments"])
    assert (on_call.permissions, on_call.base) == (expected, {VIEWER})


def test_a_role_on_a_role_without_a_base_has_none(folder):
    on_call = declared_role(folder, "on-call", ROLES.replace('"viewer"', '"none"'))
    assert on_call.base == frozenset()


def test_a_role_keeps_live_permissions_and_gets_those_below_it(folder):
    declared = folder.write(
        BACKEND + OWNER + ROLES.replace('permissions = ["write_work_pools"]\n', "")
    ).declare()
    assert "permissions" in declared.unstated[role(Level.WORKSPACE, "on-call")]


def chain(length):
    tables = [f'[roles.r{n}]\nbase = "r{n + 1}"\npermissions = []\n' for n in range(length)]
    return "".join(tables) + f'[roles.r{length}]\nbase = "viewer"\npermissions = []\n'


@pytest.mark.parametrize(
    ("text", "code", "message", "hint"),
    [
        (
            ROLES.replace('"viewer"', '"on-call"'),
            "RS317",
            "the role `on-call` stands on itself: on-call -> runner-plus -> looker -> on-call",
            "give one of them another base",
        ),
        (
            ROLES.replace('"viewer"', '"looker"'),
            "RS317",
            "the role `looker` stands on itself: looker -> looker",
            "give one of them another base",
        ),
        (
            ROLES.replace('"viewer"', '"runer-plus"'),
            "RS205",
            "`runer-plus` is no role of the workspace",
            "did you mean `runner-plus`?",
        ),
        (
            ROLES.replace("permissions = []\n", ""),
            "RS323",
            "`looker` is a base and does not write its `permissions`",
            "write it in `[roles.looker]`; `permissions = []` if it has none",
        ),
        (
            ROLES.replace('base = "viewer"\n', ""),
            "RS323",
            "`looker` is a base and does not write its `base`",
            'write it in `[roles.looker]`; `base = "none"` if it has none',
        ),
        (
            chain(34),
            "RS324",
            "roles stand on more than 32 others",
            "join some of them",
        ),
    ],
)
def test_a_base_is_refused(folder, text, code, message, hint):
    errors = folder.write(BACKEND + OWNER + text).errors()
    assert (code, message, hint) in {(e.code, e.message, e.hint) for e in errors}
    assert {error.code for error in errors} == {code}


def test_a_long_chain_of_roles_ends_in_an_error(folder):
    errors = folder.write(BACKEND + OWNER + chain(1200)).errors()
    assert {error.code for error in errors} == {"RS324"}


def test_a_base_with_errors_of_its_own_is_not_called_unknown(folder):
    text = """
    [members]
    owner = ["ana@x.org"]
    [roles.a]
    base = "b"
    permissions = []
    [roles.b]
    base = "none"
    permissions = []
    x = 1
    """
    assert {error.code for error in folder.write(BACKEND + text).errors()} == {"RS112"}
