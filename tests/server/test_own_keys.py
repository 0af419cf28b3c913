"""G4: one's own key has no value: people make and revoke theirs, whatever of theirs has ended."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from rbac_sync.model import (
    ACCOUNT,
    Binding,
    Holding,
    Level,
    Membership,
    Permission,
    Policy,
    Role,
    ServiceAccount,
    Status,
    Team,
    User,
    Workspace,
    held,
)
from rbac_sync.model.resources import role
from rbac_sync.planning import Change

from .account import Account
from .graphql.tenants import UNAUTHORIZED
from .serving import served

MIA = User("mia@example.org")
NOW = datetime.now(UTC).replace(microsecond=0)
TERMS = {
    "ended": {"until": NOW - timedelta(days=10)},
    "has not begun": {"since": NOW + timedelta(days=10)},
    "ends soon": {"until": NOW + timedelta(minutes=5)},
}
each_term = pytest.mark.parametrize("term", TERMS.values(), ids=TERMS)
MEMBER = role(Level.ACCOUNT, "member")
MANAGING = (Permission("read:bot"), Permission("update:bot"))
EXPIRES = (NOW + timedelta(days=20)).isoformat()


def owned(term):
    """Yield the changes by which Mia owns a workspace, herself and by a team, for a term."""
    prod, lab, team = (
        Workspace("prod"),
        Workspace("lab"),
        Team("t", frozenset({Membership(MIA.address, **term)})),
    )
    owner = role(Level.WORKSPACE, "owner")
    yield Change(None, prod)
    yield Change(None, lab)
    yield Change(None, team)
    for who, scope in ((MIA.address, prod), (team.address, lab)):
        terms = term if who == MIA.address else {}
        yield Change(None, Binding(who, scope.address, frozenset({Holding(owner, **terms)})))


@pytest.fixture(params=[None, Policy()], ids=["without a policy", "with a policy"])
def acme(tmp_path, request):
    with served(f"sqlite:///{tmp_path}/rbac.db", policy=request.param) as server:
        yield Account(server, server.client())


@each_term
def test_g4_people_make_and_revoke_keys_of_their_own_over_rest(acme, term):
    mia = acme.of(acme.server.person(MIA.email))
    acme.server.add(*owned(term))
    path = f"/users/{mia.client.get('/me/').json()['id']}/api_keys"
    made = mia.client.post(path, json={"name": "laptop", "expiration": EXPIRES})
    assert made.status_code == 201, made.text
    with acme.server.client(made.json()["key"]) as client:
        assert client.get("/me/").status_code == 200
        assert client.delete(f"{path}/{made.json()['id']}").status_code == 204
        assert client.get("/me/").status_code == 401


@each_term
def test_g4_nobody_elses_key_is_made_or_revoked_over_rest(acme, term):
    mia, bo = (acme.of(acme.server.person(who)) for who in (MIA.email, "bo@example.org"))
    admin = acme.of(acme.server.person("ada@example.org", "admin"))
    acme.server.add(*owned(term))
    path = f"/users/{mia.client.get('/me/').json()['id']}/api_keys"
    (key,) = mia.client.get(path).json()
    for other in (bo, admin, acme):
        made = other.client.post(path, json={"name": "x", "expiration": EXPIRES})
        assert made.status_code == 403
        assert other.client.delete(f"{path}/{key['id']}").status_code == 403
    theirs = f"/users/{bo.client.get('/me/').json()['id']}/api_keys"
    assert bo.client.delete(f"{theirs}/{key['id']}").status_code == 404
    assert mia.client.get("/me/").status_code == 200


@each_term
def test_g4_a_key_of_a_service_account_keeps_its_value(acme, term):
    acme.server.bot("robot")
    mia = acme.of(acme.server.person(MIA.email))
    prod, managing = Workspace("prod"), Role(Level.ACCOUNT, "bots", frozenset(MANAGING))
    owner = Holding(role(Level.WORKSPACE, "owner"), **term)
    robot = ServiceAccount("robot").address
    there, after = (Binding(MIA.address, ACCOUNT, held(r)) for r in (MEMBER, managing.address))
    grant = Binding(robot, prod.address, frozenset({owner}))
    acme.server.add(*(Change(None, new) for new in (prod, grant, managing)), Change(there, after))
    (found,) = mia.post("/bots/filter")
    mia.post(f"/bots/{found['id']}/rotate_api_key", {"api_key_expiration": EXPIRES}, 403)


@pytest.mark.parametrize("term", list(TERMS.values())[:2], ids=list(TERMS)[:2])
def test_g4_a_key_is_revoked_when_the_account_role_itself_does_not_hold_now(acme, term):
    mia = acme.of(acme.server.person(MIA.email))
    path = f"/users/{mia.client.get('/me/').json()['id']}/api_keys"
    (key,) = mia.client.get(path).json()
    there = Binding(MIA.address, ACCOUNT, held(MEMBER))
    acme.server.add(
        Change(there, Binding(MIA.address, ACCOUNT, frozenset({Holding(MEMBER, **term)})))
    )
    made = mia.client.post(path, json={"name": "laptop", "expiration": EXPIRES})
    assert made.status_code == 201, made.text
    assert mia.client.delete(f"{path}/{key['id']}").status_code == 204
    assert mia.client.get("/me/").status_code == 401


TENANT = {
    "ended": {"until": NOW - timedelta(days=10)},
    "has not begun": {"since": NOW + timedelta(days=10)},
}


@pytest.mark.parametrize("term", TENANT.values(), ids=TENANT)
def test_g4_people_make_and_revoke_keys_of_their_own_over_graphql(stage, term):
    mia = stage.person(MIA.email)
    also(stage, term)
    me = mia.me()["user_id"]
    made = mia.do("create_api_key", user_id=me, name="laptop")
    assert mia.do("delete_api_key", key_id=made["id"]) is not None


@pytest.mark.parametrize("term", TENANT.values(), ids=TENANT)
def test_g4_nobody_elses_key_is_made_or_revoked_over_graphql(stage, term):
    mia, bo = stage.person(MIA.email), stage.person("bo@example.org")
    also(stage, term)
    made = mia.do("create_api_key", user_id=mia.me()["user_id"], name="laptop")
    for other in (bo, stage.admin):
        with stage.unchanged():
            told = {"user_id": mia.me()["user_id"], "name": "x"}
            assert other.refused("create_api_key", **told) == UNAUTHORIZED
            refused = other.refused("delete_api_key", key_id=made["id"])
            assert refused[0] in ("Invalid key id.", "Unauthorized")


@pytest.mark.parametrize("term", TENANT.values(), ids=TENANT)
def test_g4_keys_of_ones_own_take_no_access_that_holds_now_over_graphql(stage, term):
    mia = stage.person(MIA.email)
    user = role(Level.ACCOUNT, "user")
    there = Binding(MIA.address, ACCOUNT, held(user))
    after = Binding(MIA.address, ACCOUNT, frozenset({Holding(user, **term)}))
    me = mia.me()["user_id"]
    stage.add(Change(there, after))
    made = mia.do("create_api_key", user_id=me, name="laptop")
    mia.do("delete_api_key", key_id=made["id"])
    assert mia.refused("create_custom_role", name="x", permissions=[]) == UNAUTHORIZED


def test_g4_a_role_that_never_gave_the_right_to_keys_still_does_not(stage):
    stage.role("looker", "read:user")
    mia = stage.person(MIA.email, "looker")
    me = mia.me()["user_id"]
    assert mia.refused("create_api_key", user_id=me, name="laptop") == UNAUTHORIZED


def test_g4_whoever_is_suspended_changes_no_keys(acme):
    mia = acme.of(acme.server.person(MIA.email))
    path = f"/users/{mia.client.get('/me/').json()['id']}/api_keys"
    (key,) = mia.client.get(path).json()
    acme.server.add(Change(MIA, replace(MIA, status=Status.SUSPENDED)))
    assert mia.client.delete(f"{path}/{key['id']}").status_code == 403


def also(stage, term):
    """Let Mia hold the role of administrators besides her own for a term."""
    there = Binding(MIA.address, ACCOUNT, held(role(Level.ACCOUNT, "user")))
    admin = Holding(role(Level.ACCOUNT, "administrator"), **term)
    stage.add(Change(there, Binding(MIA.address, ACCOUNT, there.roles | {admin})))
