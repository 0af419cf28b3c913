"""What Prefect Cloud 1 cannot do is said before the first write; what it can is not refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rbac_sync.backends.prefect_cloud_1.limits import LIMITS, limits, within
from rbac_sync.model import (
    ACCOUNT,
    Action,
    Binding,
    Holding,
    Key,
    Kind,
    Level,
    Permission,
    ServiceAccount,
    Status,
    Team,
    User,
    Workspace,
    address,
)
from rbac_sync.model.instant import parsed
from rbac_sync.model.resources import role as role_address
from rbac_sync.planning import Change, Expresses, Invitations, Writes
from rbac_sync.testing.account import live
from tests.build import ANYTHING

from .tenant import CLOUD
from .verbs import EVERY_VERB, KEY, ROLE, USER, bound, invited, new

SOON = parsed("2027-01-01T00:00:00Z")
ANA, CI, PROD = User("ana@example.org"), ServiceAccount("ci"), Workspace("prod")
VIEWER = frozenset({role_address(Level.ACCOUNT, "user")})
BOTH = USER | {Holding(role_address(Level.ACCOUNT, "runner"))}
UNTIL = frozenset({Holding(role_address(Level.ACCOUNT, "user"), until=SOON)})

REFUSED = {
    "a tenant has no workspaces": Change(None, PROD),
    "a tenant has no teams": Change(None, Team("ops")),
    "a role is held in the whole tenant": Change(None, Binding(ANA.address, PROD.address, USER)),
    "can hold one role in a place here, not 2": bound(ANA.address, USER, BOTH),
    "every member has an account role": Change(Binding(ANA.address, ACCOUNT, USER), None),
    "keeps no `from` or `until`": bound(ANA.address, USER, UNTIL),
    "nobody can be suspended": Change(ANA, replace(ANA, status=Status.SUSPENDED)),
    "only people themselves change their e-mail": Change(ANA, User("ana.ruiz@example.org")),
    "only people themselves change how their e-mail": Change(ANA, User("Ana@example.org")),
    "people join by invitation": new(ANA),
    "only the invited can accept": Change(replace(ANA, status=Status.PENDING), ANA),
    "sets the end of an invitation": new(User("a@b.c", Status.PENDING, SOON)),
    "roles keep their names": Change(ROLE, replace(ROLE, name="pager")),
    "a role stands on no other": Change(None, replace(ROLE, base=VIEWER)),
    "a role stands on no other here": Change(None, replace(ROLE, implies=VIEWER)),
    "roles have no description": Change(None, replace(ROLE, description="Runs.")),
    "service accounts keep their names": Change(CI, replace(CI, name="builds")),
    "is made an administrator here unless": Change(None, CI),
    "service accounts have no description": new(replace(CI, description="Builds.")),
    "only people themselves make keys": Change(None, Key(ANA.address, "laptop")),
    "a key keeps its end": Change(KEY, replace(KEY, until=None)),
}


def reasons(change, *features):
    return list(replace(ANYTHING, limits=limits(frozenset(features))).obstacles(change))


@pytest.mark.parametrize("reason", REFUSED)
def test_what_cannot_be_done_is_refused_with_its_one_reason(reason):
    (found,) = reasons(REFUSED[reason])
    assert reason in found


def test_each_limit_refuses_something():
    for limit in LIMITS:
        assert any(limit(change) for change in REFUSED.values()), limit.__name__


def test_roles_of_workspaces_and_invitations_into_teams_are_refused():
    whole = ["a role is held in the whole tenant here"]
    assert reasons(Change(None, replace(ROLE, level=Level.WORKSPACE))) == whole
    assert reasons(replace(invited("new@example.org"), joins=(address.team("ops"),))) == whole


@pytest.mark.parametrize("verb", EVERY_VERB)
def test_what_can_be_done_is_not_refused(verb):
    change, _ = EVERY_VERB[verb]
    assert reasons(change, "feature:custom-role", "feature:basic-rbac") == []
    assert reasons(change) == []


def test_without_the_feature_no_custom_role_is_made_and_one_that_is_there_may_go():
    basic = "feature:basic-rbac"
    assert reasons(Change(None, ROLE), basic) == ["this tenant's licence has no custom roles"]
    assert reasons(Change(ROLE, None), basic) == []


def test_without_the_feature_nobody_gets_another_role():
    change, custom = bound(ANA.address, USER, BOTH - USER), "feature:custom-role"
    assert reasons(change, custom) == ["this tenant's licence does not let roles be changed"]
    assert reasons(invited("new@example.org"), custom) == []


def test_a_role_gains_no_permission_that_the_licence_lacks_and_may_keep_one():
    limit = within(frozenset({Permission("read:run")}))
    odd = replace(ROLE, permissions=ROLE.permissions | {"read:audit-trail"})
    assert limit(Change(None, ROLE)) is None
    assert limit(Change(None, odd)) == "this tenant's licence has no permission `read:audit-trail`"
    assert limit(Change(odd, replace(odd, permissions=frozenset({"read:audit-trail"})))) is None
    assert limit(Change(odd, None)) is None


def test_what_the_session_says_of_itself_follows_from_its_handlers(tenant, backend):
    with backend.open() as session:
        can = session.capabilities
    assert can.actions == {
        Kind.ROLE: {Action.CREATE, Action.UPDATE, Action.DELETE},
        Kind.USER: {Action.CREATE, Action.REPLACE, Action.DELETE},
        Kind.SERVICE_ACCOUNT: {Action.CREATE, Action.DELETE},
        Kind.KEY: {Action.CREATE, Action.DELETE},
        Kind.BINDING: {Action.UPDATE},
    }
    assert can.invitations is Invitations.REQUIRED
    assert (can.writes, can.expresses) == (Writes.NONE, Expresses.NOTHING)
    assert can.features == {"feature:basic-rbac", "feature:custom-role"}


def test_the_licence_of_the_tenant_is_among_its_limits(tenant, backend):
    tenant.licensed.remove("read:run")
    tenant.features.remove("feature:custom-role")
    assert live(backend).get(CLOUD.owner)
    with backend.open() as session:
        assert list(session.capabilities.obstacles(Change(None, ROLE))) == [
            "this tenant's licence has no custom roles",
            "this tenant's licence has no permission `read:run`",
        ]
