"""Log-ins: by an issuer's token to tokens that work as a key does, in every tenant of a person."""

from __future__ import annotations

import time
from dataclasses import replace
from uuid import uuid4

import pytest

from rbac_sync.backends.store import log_ins
from rbac_sync.model import Status, User
from rbac_sync.model.instant import parsed
from rbac_sync.planning import Change
from rbac_sync.server.graphql.mutations import log_ins as mutations
from rbac_sync.server.issuer import Issuer
from rbac_sync.server.limits import RateLimit
from tests.backends.store.stores import dump

from ..tokens import AUDIENCE, ISSUER, Signer
from .tenants import OWNER, STRANGER, UNAUTHORIZED, Asker, failed, staged

BO, KIM = "bo@example.org", "kim@example.org"


@pytest.fixture(scope="module")
def signer(tmp_path_factory):
    return Signer(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def stage(tmp_path, signer):
    issuer = Issuer(ISSUER, AUDIENCE, str(signer.jwks))
    with staged(f"sqlite:///{tmp_path}/rbac.db", issuer=issuer) as found:
        yield found


@pytest.fixture
def let_in(stage, signer):
    """Lets somebody log in; returns the tokens."""

    def enter(email):
        return Asker(stage.root, "").do("log_in", id_token=signer.token(email))

    return enter


def works(asker):
    return "errors" not in asker.send("{ auth_info { user_id } }").json()


def test_whoever_logs_in_works_in_every_tenant_of_its_own(stage, let_in):
    stage.person(BO, "read-only-user")
    stage.found("beta", BO)
    stage.found("gamma", KIM)
    bo = Asker(stage.root, let_in("Bo@Example.org")["access_token"])
    assert set(bo.tenants()) == {"acme", "beta"}
    assert bo.me()["role"] == "READ_ONLY_USER"
    assert bo.to("beta").me()["role"] == "TENANT_ADMIN"
    bo.to("beta").do("create_custom_role", name="dev", permissions=[])
    with stage.unchanged():
        told = {"name": "dev", "permissions": []}
        assert bo.refused("create_custom_role", **told) == UNAUTHORIZED


def test_somebody_is_let_in_where_it_has_been_longest(stage, let_in):
    stage.person(BO)
    stage.found("aaa", KIM)
    stage.person(BO, tenant="aaa")
    bo = Asker(stage.root, let_in(BO)["access_token"])
    assert bo.me()["tenant_id"] == stage.admin.me()["tenant_id"]


def test_a_log_in_is_an_event_of_the_user_on_record(stage, let_in):
    with stage.on_record("`member.olivia@example.org`: logged in"):
        tokens = let_in(OWNER)
    query = "{ audit_log(order_by: {timestamp: descending}) { object_id object_table message } }"
    admin = Asker(stage.root, tokens["access_token"])
    row = admin.ask(query)["audit_log"][0]
    assert row["object_table"] == "user"
    assert row["object_id"] == admin.me()["user_id"]
    assert "logged in" in row["message"]


def test_no_token_is_kept(stage, let_in):
    tokens, everything = let_in(OWNER), repr(dump(stage.url))
    for token in (tokens["access_token"], tokens["refresh_token"]):
        assert token not in everything
        assert token[-36:] not in everything


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "another"},
        {"iss": "https://evil.example.org/"},
        {"exp": int(time.time()) - 3600},
        {"email_verified": False},
        {"algorithm": "HS256", "private": "x" * 32},
    ],
    ids=["aud", "iss", "exp", "email_verified", "algorithm"],
)
def test_a_token_that_proves_nothing_lets_nobody_in(stage, signer, claims):
    with stage.unchanged():
        token = signer.token(OWNER, **claims)
        assert Asker(stage.root, "").refused("log_in", id_token=token) == STRANGER


def test_who_is_nowhere_is_not_let_in(stage, signer):
    stage.person(KIM, status=Status.SUSPENDED)
    with stage.unchanged():
        for email in (BO, KIM):
            refusal = Asker(stage.root, "").refused("log_in", id_token=signer.token(email))
            assert refusal == failed("You are in no tenant here, and none has invited you.")


@pytest.mark.parametrize("change", ["removal", "suspension"])
def test_who_leaves_while_logging_in_gets_no_token(stage, signer, monkeypatch, change):
    stage.person(BO)
    begun = mutations._homes

    def slow(context, who):
        homes = begun(context, who)
        before = User(BO)
        after = None if change == "removal" else replace(before, status=Status.SUSPENDED)
        stage.add(Change(before, after))  # by another request, before the transaction of this one
        return homes

    monkeypatch.setattr(mutations, "_homes", slow)
    refusal = Asker(stage.root, "").refused("log_in", id_token=signer.token(BO))
    assert refusal == failed("You are in no tenant here, and none has invited you.")
    assert "'log-in'" not in repr(dump(stage.url)["document"])


def test_who_is_only_invited_logs_in_and_comes_in(stage, let_in):
    told = {"email": BO, "role": "USER"}
    id_ = stage.admin.do("create_membership_invitation", **told)["id"]
    bo = Asker(stage.root, let_in(BO)["access_token"])
    with stage.unchanged():
        assert not works(bo)
        assert bo.refused("create_custom_role", name="x", permissions=[]) == STRANGER
    bo.do("accept_membership_invitation", invitation_id=id_)
    assert bo.me()["role"] == "USER"


def test_who_is_only_invited_may_decline(stage, let_in):
    id_ = stage.admin.do("create_membership_invitation", email=BO, role="USER")["id"]
    bo = Asker(stage.root, let_in(BO)["access_token"])
    bo.do("delete_membership_invitation", invitation_id=id_)
    assert not works(bo)


def test_somebody_goes_on_in_another_tenant(stage, let_in):
    beta = stage.found("beta").me()["tenant_id"]
    old = Asker(stage.root, let_in(OWNER)["access_token"])
    tokens = old.do("switch_tenant", tenant_id=beta)
    new = Asker(stage.root, tokens["access_token"])
    assert new.me()["tenant_id"] == beta
    assert not works(old)
    assert works(new.to("acme"))


def test_who_has_left_the_tenant_it_was_in_goes_on_in_another_or_logs_out(stage, let_in):
    stage.person(BO)
    beta = stage.found("beta", KIM)
    stage.person(BO, tenant="beta")
    acme = stage.admin.me()["tenant_id"]
    first = Asker(stage.root, let_in(BO)["access_token"])
    token = first.do("switch_tenant", tenant_id=first.tenants()["beta"])["access_token"]
    beta.do("delete_membership", membership_id=beta.membership(BO))
    bo = Asker(stage.root, token)
    assert not works(bo)
    token = bo.do("switch_tenant", tenant_id=acme)["access_token"]
    bo = Asker(stage.root, token)
    assert bo.me()["tenant_id"] == acme
    bo.do("log_out", access_token=token)
    assert not works(bo)


def test_nobody_goes_where_it_does_not_belong(stage, let_in):
    gamma = stage.found("gamma", KIM)
    gamma.do("create_membership_invitation", email=OWNER, role="USER")
    me = Asker(stage.root, let_in(OWNER)["access_token"])
    with stage.unchanged():
        for tenant in (gamma.me()["tenant_id"], str(uuid4())):
            assert me.refused("switch_tenant", tenant_id=tenant) == UNAUTHORIZED
        told = {"tenant_id": me.me()["tenant_id"]}
        assert stage.admin.refused("switch_tenant", **told) == STRANGER


def test_a_refresh_token_gets_new_ones_and_does_nothing_else(stage, let_in):
    old = let_in(OWNER)
    keeper = Asker(stage.root, old["refresh_token"])
    assert not works(keeper)
    new = keeper.do("refresh_token", access_token=old["access_token"])
    assert works(Asker(stage.root, new["access_token"]))
    with stage.unchanged():
        assert not works(Asker(stage.root, old["access_token"]))
        told = {"access_token": new["access_token"]}
        assert keeper.refused("refresh_token", **told) == STRANGER


def test_tokens_are_refreshed_by_their_own_refresh_token(stage, let_in):
    mine, other = let_in(OWNER), let_in(OWNER)
    with stage.unchanged():
        for key in (mine["access_token"], stage.key, "", mine["refresh_token"]):
            told = {"access_token": other["access_token"]}
            assert Asker(stage.root, key).refused("refresh_token", **told) == STRANGER


def test_an_access_token_ends_and_its_log_in_goes_on(stage, let_in, monkeypatch):
    tokens = let_in(OWNER)
    with stage.backend().open() as session:
        start = session.now()
    monkeypatch.setattr(log_ins, "clock", lambda _: start + log_ins.SHORT * 2)
    assert not works(Asker(stage.root, tokens["access_token"]))
    keeper = Asker(stage.root, tokens["refresh_token"])
    assert keeper.do("refresh_token", access_token=tokens["access_token"])["access_token"]


def test_whoever_logs_out_is_out_on_record(stage, let_in):
    tokens = let_in(OWNER)
    me = Asker(stage.root, tokens["access_token"])
    with stage.on_record("`member.olivia@example.org`: logged out"):
        assert me.do("log_out", access_token=tokens["access_token"])["success"] is True
    with stage.unchanged():
        assert not works(me)
        keeper = Asker(stage.root, tokens["refresh_token"])
        told = {"access_token": tokens["access_token"]}
        assert keeper.refused("refresh_token", **told) == STRANGER
        assert stage.admin.refused("log_out", **told) == STRANGER


def test_a_log_in_ends_with_the_membership(stage, let_in):
    stage.person(BO)
    bo = Asker(stage.root, let_in(BO)["access_token"])
    stage.admin.do("delete_membership", membership_id=stage.admin.membership(BO))
    assert not works(bo)


def test_a_log_in_of_somebody_suspended_gets_nowhere_where_it_is_suspended(stage, let_in):
    stage.person(BO)
    stage.found("beta", BO)
    tokens = let_in(BO)
    stage.add(Change(User(BO), User(BO, Status.SUSPENDED)))
    keeper = Asker(stage.root, tokens["refresh_token"])
    told = keeper.do("refresh_token", access_token=tokens["access_token"])
    bo = Asker(stage.root, told["access_token"])
    assert not works(bo)
    with stage.unchanged():
        assert bo.refused("switch_tenant", tenant_id=stage.admin.me()["tenant_id"]) == UNAUTHORIZED
        assert bo.refused("create_tenant", name="x", slug="x") == STRANGER


def test_a_log_in_ends_with_the_name_that_was_proven(stage, let_in):
    stage.found("beta", BO)
    bo = Asker(stage.root, let_in(BO)["access_token"])
    stage.add(Change(User(BO), User(OWNER)), tenant="beta")
    assert not works(bo)


def test_a_key_made_by_a_log_in_reaches_as_far(stage, let_in):
    stage.found("beta")
    me = Asker(stage.root, let_in(OWNER)["access_token"])
    key = me.do("create_api_key", user_id=me.me()["user_id"], name="far")["key"]
    assert set(Asker(stage.root, key).tenants()) == {"acme", "beta"}


def test_who_logs_in_too_often_waits_like_anybody_who_asks_too_often(stage, let_in, signer):
    tokens, token = let_in(OWNER), signer.token(OWNER)
    stage.guarded.rate = RateLimit(2)
    keeper = Asker(stage.root, tokens["refresh_token"])
    keeper.do("refresh_token", access_token=tokens["access_token"])
    let_in(OWNER)
    with stage.unchanged():
        refusal = Asker(stage.root, "").refused("log_in", id_token=token)
        assert refusal == failed("Too Many Requests")


def test_the_end_of_an_access_token_is_told(stage, let_in):
    end = parsed(let_in(OWNER)["expires_at"])
    with stage.backend().open() as session:
        assert session.now() < end <= session.now() + log_ins.SHORT


def test_without_an_issuer_nobody_logs_in(tmp_path, signer):
    with staged(f"sqlite:///{tmp_path}/rbac.db") as stage, stage.unchanged():
        refusal = Asker(stage.root, "").refused("log_in", id_token=signer.token(OWNER))
        assert "without an issuer" in refusal[0]


def test_without_the_issuers_keys_nobody_logs_in_and_nothing_is_sent_again(tmp_path, signer):
    issuer = Issuer(ISSUER, AUDIENCE, str(tmp_path / "none.json"))
    with staged(f"sqlite:///{tmp_path}/rbac.db", issuer=issuer) as stage, stage.unchanged():
        refusal = Asker(stage.root, "").refused("log_in", id_token=signer.token(OWNER))
        assert refusal == failed("The issuer's keys cannot be had.")
