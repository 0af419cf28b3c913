"""What ``renamed_from`` says."""

from __future__ import annotations

import pytest

from rbac_sync.model import Level
from rbac_sync.model import address as named
from rbac_sync.model.resources import role

from .folder import BACKEND, OWNER

RENAMED = """
[service_accounts.deployer]
renamed_from = "ci"

[roles.releaser]
renamed_from = "deployer"

[roles.billing]
level = "account"
renamed_from = "money"

[teams.data-eng]
renamed_from = "data"

[workspaces.production]
renamed_from = "prod"
"""


def test_a_renamed_object_is_known_by_the_address_that_it_had(folder):
    assert folder.write(BACKEND + OWNER + RENAMED).declare().former == {
        named.service_account("deployer"): named.service_account("ci"),
        role(Level.WORKSPACE, "releaser"): role(Level.WORKSPACE, "deployer"),
        role(Level.ACCOUNT, "billing"): role(Level.ACCOUNT, "money"),
        named.team("data-eng"): named.team("data"),
        named.workspace("production"): named.workspace("prod"),
    }


@pytest.mark.parametrize(
    ("text", "told", "second"),
    [
        ("[teams.new]\nrenamed_from = 'old'\n[teams.old]\n", "RS314 7:16", 8),
        ("[teams.old]\nrenamed_from = 'old'\n", "RS314 7:16", 6),
        (
            "[workspaces.a]\nrenamed_from = 'old'\n[workspaces.b]\nrenamed_from = 'old'\n",
            "RS314 9:16",
            7,
        ),
        ("[roles.new]\nrenamed_from = 'Viewer'\n", "RS306 7:16", None),
    ],
)
def test_a_name_that_is_still_used_is_not_given_up(folder, text, told, second):
    (error,) = folder.write(BACKEND + OWNER + text).errors()
    assert f"{error.code} {error.place.line}:{error.place.column}" == told
    assert (error.second and error.second.line) == second


def test_the_same_name_of_another_kind_is_another_one(folder):
    text = "[teams.new]\nrenamed_from = 'old'\n[workspaces.old]\n"
    assert folder.write(BACKEND + OWNER + text).errors() == ()
