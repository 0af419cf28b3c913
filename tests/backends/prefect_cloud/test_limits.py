"""What Prefect Cloud cannot do is said before the first write; what it can is not refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rbac_sync.backends.prefect_cloud.limits import LIMITS, limits
from rbac_sync.model import (
    ACCOUNT,
    Action,
    Binding,
    Holding,
    Key,
    Kind,
    Level,
    Membership,
    Role,
    ServiceAccount,
    Status,
    Team,
    User,
    Workspace,
    address,
    held,
)
from rbac_sync.model.instant import parsed
from rbac_sync.model.resources import role as role_address
from rbac_sync.planning import Change, Expresses, Invitations, Writes
from tests.build import ANYTHING

from .verbs import ADMIN, EVERY_VERB, MEMBER, RUNNER, VIEWER, invited

SOON = parsed("2027-01-01T00:00:00Z")
ANA, CI, PROD = User("ana@example.org"), ServiceAccount("ci"), Workspace("prod", "Production")
ROLE, TEAM = Role(Level.WORKSPACE, "oncall"), Team("ops")
P = PROD.address


def bound(roles, scope=P):
    return Change(None, Binding(ANA.address, scope, roles))


def until(role):
    return frozenset({Holding(next(iter(role)).role, until=SOON)})


REFUSED = {
    "can hold one role in a place here, not 2": bound(VIEWER | RUNNER),
    "every member has an account role": Change(Binding(ANA.address, ACCOUNT, MEMBER), None),
    "keeps no `from` or `until` for `workspace.prod/access/ana@example.org`": bound(until(VIEWER)),
    "keeps no `from` or `until` for `team.ops`": Change(
        TEAM, replace(TEAM, members=frozenset({Membership(ANA.address, until=SOON)}))
    ),
    "keeps no `from` or `until` for `member.ana@example.org`": Change(
        None,
        replace(ANA, status=Status.PENDING),
        (Binding(ANA.address, ACCOUNT, until(MEMBER)),),
    ),
    "only people themselves change how their e-mail": Change(ANA, User("Ana@example.org")),
    "account roles cannot be made": Change(None, Role(Level.ACCOUNT, "auditor")),
    "service accounts have no description": Change(None, replace(CI, description="Builds.")),
    "called `active`; declare it as `keys.active`": Change(None, Key(CI.address, "ci")),
    "only people themselves make keys": Change(None, Key(ANA.address, "active")),
    "sets the end of an invitation": Change(None, User("a@b.c", Status.PENDING, SOON)),
    "people join by invitation": Change(None, ANA),
    "only the invited can accept": Change(replace(ANA, status=Status.PENDING), ANA),
    "an invitation brings an account role and nothing else": Change(
        None,
        replace(ANA, status=Status.PENDING),
        (Binding(ANA.address, ACCOUNT, MEMBER), Binding(ANA.address, P, VIEWER)),
    ),
    "a team is tied to a directory in the service": Change(TEAM, replace(TEAM, managed_by="okta")),
    "whether a workspace is public": Change(PROD, replace(PROD, public=True)),
    "a workspace role implies no other": Change(
        None, replace(ROLE, implies=frozenset({role_address(Level.WORKSPACE, "viewer")}))
    ),
    "a handle has lower-case letters, digits and dashes only": Change(None, Workspace("K8s.io")),
    "at most 140 characters": Change(ROLE, replace(ROLE, description="x" * 141)),
    "at most 5000 characters": Change(TEAM, replace(TEAM, description="x" * 5001)),
}


def reasons(change, features=frozenset({"custom-roles", "teams"})):
    return list(replace(ANYTHING, limits=limits(frozenset(features))).obstacles(change))


@pytest.mark.parametrize("reason", REFUSED)
def test_what_cannot_be_done_is_refused_with_its_one_reason(reason):
    (found,) = reasons(REFUSED[reason])
    assert reason in found


@pytest.mark.parametrize(
    "change", [Change(None, Team("x" * 5001)), Change(None, Workspace("w", "x" * 5001))]
)
def test_names_are_bounded(change):
    assert reasons(change) == ["names and descriptions have at most 5000 characters here"]


def test_a_handle_that_is_there_may_stay_and_none_is_given_anew():
    old = Workspace("K8s.io")
    form = "a handle has lower-case letters, digits and dashes only here"
    assert reasons(Change(old, replace(old, name="Kubernetes"))) == []
    assert reasons(Change(old, replace(old, handle="k8s-io"))) == []
    assert reasons(Change(PROD, replace(PROD, handle="prod_2"))) == [form]


def test_entering_a_team_by_invitation_is_refused():
    change = replace(invited("new@example.org"), joins=(TEAM.address,))
    assert reasons(change) == ["an invitation brings an account role and nothing else here"]


@pytest.mark.parametrize("verb", EVERY_VERB)
def test_what_can_be_done_is_not_refused(verb):
    change, _ = EVERY_VERB[verb]
    expected = [] if "renewed" not in verb else ["the service itself sets the end of an invitation"]
    assert reasons(change) == expected


def test_each_limit_refuses_something():
    for limit in LIMITS:
        assert any(limit(change) for change in REFUSED.values()), limit.__name__


@pytest.mark.parametrize("features", [{"audit-trail"}, {"teams"}, set()])
def test_without_the_feature_no_custom_role_is_made_and_one_that_is_there_may_go(features):
    assert reasons(Change(None, ROLE), features) == ["this account's plan has no custom roles"]
    assert reasons(Change(ROLE, None), features) == []


@pytest.mark.parametrize("features", [{"audit-trail"}, {"custom-roles"}, set()])
def test_without_the_feature_no_team_is_made_and_one_that_is_there_may_go(features):
    assert reasons(Change(None, TEAM), features) == ["this account's plan has no teams"]
    assert reasons(Change(TEAM, None), features) == []


def test_features_in_words_that_nobody_knows_limit_nothing():
    assert reasons(Change(None, TEAM), {"RBAC_V9"}) == []


def test_what_the_session_says_of_itself_follows_from_its_handlers(cloud, backend):
    with backend.open() as session:
        capabilities = session.capabilities
    assert capabilities.actions[Kind.KEY] == {Action.CREATE, Action.UPDATE, Action.DELETE}
    assert capabilities.actions[Kind.BINDING] == {Action.CREATE, Action.UPDATE, Action.DELETE}
    assert Action.RENAME not in capabilities.actions[Kind.USER]
    assert capabilities.invitations is Invitations.REQUIRED
    assert capabilities.writes is Writes.ROTATED_KEYS | Writes.LEAVERS
    assert capabilities.expresses is Expresses.BASES | Expresses.ENDS
    assert capabilities.features == {"custom-roles", "teams"}


def test_an_account_role_can_be_given_to_the_pending(cloud):
    change = Change(
        Binding(address.user("eve@example.org"), ACCOUNT, MEMBER),
        Binding(address.user("eve@example.org"), ACCOUNT, ADMIN),
    )
    assert reasons(change) == []
    assert reasons(bound(held(ROLE.address))) == []
