"""What an account's plan does not include."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rbac_sync.backends.store import StoreBackend, init
from rbac_sync.backends.store.features import FEATURES
from rbac_sync.errors import BackendError
from rbac_sync.model import ACCOUNT, Binding, Level, Membership, Role, Team, User, held
from rbac_sync.model.resources import role as role_address
from rbac_sync.planning import Change, Invitations

from .stores import OWNER

READER, OPS, ANA = Role(Level.WORKSPACE, "reader"), Team("ops"), User("ana@example.org")
JOINED = replace(OPS, members=frozenset({Membership(OWNER.address)}))


def obstacles(url, change, *missing, **settings):
    key = init(
        url, "acme", "prefect-cloud", OWNER.email, features=FEATURES - {*missing}, **settings
    )
    with StoreBackend(url, "acme", key).open() as session:
        return list(session.capabilities.obstacles(change))


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path}/rbac.db"


@pytest.mark.parametrize("change", [Change(None, READER), Change(None, OPS), Change(OPS, JOINED)])
def test_an_account_has_every_feature_unless_said_otherwise(url, change):
    assert obstacles(url, change) == []


@pytest.mark.parametrize(
    "change",
    [Change(None, READER), Change(READER, replace(READER, description="x"))],
)
def test_without_custom_roles_none_is_made_or_changed(url, change):
    told = "this account has no custom roles (feature `custom-roles` is off)"
    assert obstacles(url, change, "custom-roles") == [told]


@pytest.mark.parametrize(
    "change",
    [Change(None, OPS), Change(OPS, JOINED), Change(None, ANA, joins=(OPS.address,))],
)
def test_without_teams_none_is_made_changed_or_joined(url, change):
    told = "this account has no teams (feature `teams` is off)"
    assert obstacles(url, change, "teams") == [told]


@pytest.mark.parametrize(
    ("role", "told"),
    [
        ("owner", []),
        ("admin", ["this account assigns no roles (feature `basic-rbac` is off)"]),
    ],
)
def test_without_roles_whoever_comes_in_owns_the_account(url, role, told):
    holds = Binding(ANA.address, ACCOUNT, held(role_address(Level.ACCOUNT, role)))
    assert obstacles(url, Change(None, ANA, brings=(holds,)), "basic-rbac") == told
    assert obstacles(url.replace("rbac", "two"), Change(None, holds), "basic-rbac") == told


@pytest.mark.parametrize("change", [Change(READER, None), Change(OPS, None), Change(None, ANA)])
def test_what_is_there_may_go_and_the_rest_goes_on(url, change):
    assert obstacles(url, change, *FEATURES) == []


def test_without_an_audit_trail_none_is_shown_but_one_is_kept(url):
    key = init(url, "acme", "prefect-cloud", OWNER.email, features=FEATURES - {"audit-trail"})
    with StoreBackend(url, "acme", key).open() as session:
        assert session.capabilities.features == FEATURES - {"audit-trail"}
        with pytest.raises(BackendError, match="feature `audit-trail` is off") as refused:
            session.trail.links()
        assert refused.value.hint == "rows are kept all the same"
        assert [row.seq for row in session._trail.links()] == [1, 2]


@pytest.mark.parametrize("invitations", [True, False])
def test_members_start_out_pending_only_where_invitations_are_sent(url, invitations):
    settings = {"invitations": invitations}
    key = init(url, "acme", "prefect-cloud", OWNER.email, settings=settings)
    with StoreBackend(url, "acme", key).open() as session:
        assert (Invitations.REQUIRED in session.capabilities.invitations) is invitations
