"""Names for things, as text."""

from __future__ import annotations

import pytest

from rbac_sync.model import ACCOUNT, EVERYONE, Key, Level
from rbac_sync.model import address as named
from rbac_sync.model.resources import role

PROD, BO = named.workspace("prod"), named.user("bo@acme.example")


@pytest.mark.parametrize(
    ("address", "text"),
    [
        (BO, "member.bo@acme.example"),
        (named.service_account("dbt nightly"), "service-account.dbt%20nightly"),
        (Key(named.service_account("ci"), "build/1").address, "service-account.ci/key/build%2F1"),
        (named.team("on/call"), "team.on%2Fcall"),
        (role(Level.WORKSPACE, "prod-oncall"), "role.prod-oncall"),
        (PROD, "workspace.prod"),
        (named.binding(named.team("data-eng"), PROD), "workspace.prod/access/team:data-eng"),
        (named.binding(EVERYONE, PROD), "workspace.prod/default_role"),
        (named.binding(BO, ACCOUNT), "member.bo@acme.example/account_role"),
    ],
    ids=str,
)
def test_an_address_needs_no_quotes_in_a_shell(address, text):
    assert str(address) == text


def test_an_address_folds_ascii_letters_and_no_others():
    assert named.user("BO@Acme.Example") == BO
    assert named.user("\N{KELVIN SIGN}im@x.org") != named.user("kim@x.org")
