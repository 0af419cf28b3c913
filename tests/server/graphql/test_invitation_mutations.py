"""Invitations: made, withdrawn, accepted and declined, across tenants."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from rbac_sync.model import User
from rbac_sync.planning import Change

from .tenants import OWNER, STRANGER, UNAUTHORIZED, Asker, failed

BO, KIM = "bo@example.org", "kim@example.org"
NOT_THERE = failed("Invalid invitation id.")
LISTED = "{ membership_invitation { id email role_id tenant_id } }"


@pytest.fixture
def bo(stage):
    """Somebody with a tenant of its own, whose key proves who it is."""
    return stage.found("beta", BO)


def invite(admin, email=BO, role="USER"):
    told = {"email": email, "role_id": admin.role(role)}
    return admin.do("create_membership_invitation", **told)["id"]


def open_(asker):
    return [row["id"] for row in asker.ask(LISTED)["membership_invitation"]]


def test_somebody_is_invited_and_no_member_yet(stage):
    with stage.on_record("`member.bo@example.org` created"):
        id_ = invite(stage.admin)
    (row,) = stage.admin.ask(LISTED)["membership_invitation"]
    tenant = stage.admin.me()["tenant_id"]
    role = stage.admin.role("USER")
    assert row == {"id": id_, "email": BO, "role_id": role, "tenant_id": tenant}
    assert BO not in stage.admin.members()


def test_whoever_is_invited_comes_in_with_the_role(stage, bo):
    id_ = invite(stage.admin, "Bo@Example.org", "READ_ONLY_USER")
    assert open_(bo) == [id_]
    with stage.on_record("`member.bo@example.org` updated"):
        membership = bo.do("accept_membership_invitation", invitation_id=id_)["id"]
    assert stage.trail()[-1].applier == BO
    assert stage.admin.membership("Bo@Example.org") == membership
    assert bo.to("acme").me()["role"] == "READ_ONLY_USER"
    assert open_(bo) == open_(stage.admin) == []
    with stage.unchanged():
        assert bo.refused("accept_membership_invitation", invitation_id=id_) == NOT_THERE


def test_whoever_is_invited_may_decline(stage, bo):
    id_ = invite(stage.admin)
    with stage.on_record("`member.bo@example.org` deleted"):
        bo.do("delete_membership_invitation", invitation_id=id_)
    assert open_(stage.admin) == []
    with stage.unchanged():
        assert bo.refused("accept_membership_invitation", invitation_id=id_) == NOT_THERE
    invite(stage.admin)


def test_whoever_invites_may_withdraw(stage, bo):
    id_ = invite(stage.admin)
    stage.admin.do("delete_membership_invitation", invitation_id=id_)
    with stage.unchanged():
        assert bo.refused("accept_membership_invitation", invitation_id=id_) == NOT_THERE
        assert bo.refused("delete_membership_invitation", invitation_id=id_) == NOT_THERE
        again = stage.admin.refused("delete_membership_invitation", invitation_id=id_)
    assert again == NOT_THERE


def test_an_invitation_that_a_plan_made_is_one_too(stage, bo):
    stage.invited(BO, "acme", "read-only-user")
    (id_,) = open_(bo)
    bo.do("accept_membership_invitation", invitation_id=id_)
    assert bo.to("acme").me()["role"] == "READ_ONLY_USER"


def test_nobody_answers_for_somebody_else(stage, bo):
    kim, eve = stage.found("gamma", KIM), stage.person("eve@example.org")
    id_ = invite(stage.admin)
    with stage.unchanged():
        for stranger in (kim, eve):
            for mutation in ("accept_membership_invitation", "delete_membership_invitation"):
                refusal = stranger.refused(mutation, invitation_id=id_)
                assert refusal in (NOT_THERE, UNAUTHORIZED)
        assert stage.admin.refused("accept_membership_invitation", invitation_id=id_) == NOT_THERE
        assert kim.refused("accept_membership_invitation", invitation_id=str(uuid4())) == NOT_THERE


def test_a_key_that_somebody_else_made_for_a_person_answers_nothing_elsewhere(stage):
    stage.found("beta", KIM)
    forged = stage.person(BO, tenant="beta")
    id_ = invite(stage.admin)
    assert open_(forged) == []
    with stage.unchanged():
        assert forged.refused("accept_membership_invitation", invitation_id=id_) == NOT_THERE
        assert forged.refused("delete_membership_invitation", invitation_id=id_) == NOT_THERE


def test_nobody_is_invited_twice_and_no_member_is(stage):
    invite(stage.admin)
    tenant = stage.admin.me()["tenant_id"]
    with stage.unchanged():
        for email, what in (
            (BO, "has already been invited to"),
            ("BO@example.org", "has already been invited to"),
            (OWNER, "already has a membership in"),
        ):
            told = {"email": email, "role": "READ_ONLY_USER"}
            wanted = failed(f'A user with email "{email}" {what} tenant {tenant}.')
            assert stage.admin.refused("create_membership_invitation", **told) == wanted


def test_an_invitation_that_has_ended_is_made_again_and_not_accepted(stage, bo):
    stage.invited(BO, "acme", until=datetime.now(UTC) - timedelta(days=1))
    with stage.unchanged():
        for id_ in open_(bo):
            refusal = bo.refused("accept_membership_invitation", invitation_id=id_)
            assert refusal == failed("This invitation has expired.")
    new = invite(stage.admin)
    bo.do("accept_membership_invitation", invitation_id=new)


def test_nobody_invites_to_more_than_they_hold(stage):
    stage.role("host", "create:membership-invitation", "delete:membership-invitation", "read:flow")
    host = stage.person(KIM, "host")
    with stage.unchanged():
        for role in ("TENANT_ADMIN", "USER", "READ_ONLY_USER"):
            told = {"email": BO, "role_id": host.role(role)}
            assert host.refused("create_membership_invitation", **told) == UNAUTHORIZED
    host.do("delete_membership_invitation", invitation_id=invite(host, role="host"))


def test_who_may_not_invite_invites_nobody_and_learns_nothing(stage):
    user = stage.person(KIM)
    id_ = invite(stage.admin)
    with stage.unchanged():
        for email in ("new@example.org", BO, OWNER):
            told = {"email": email, "role": "USER"}
            assert user.refused("create_membership_invitation", **told) == UNAUTHORIZED
            (error,) = user.sent("create_membership_invitation", told)["errors"]
            reason = f"`{KIM}` may not create `member.{email}`"
            assert error["extensions"]["reason"] == reason
        assert user.refused("delete_membership_invitation", invitation_id=id_) == UNAUTHORIZED


def test_an_invitation_is_made_though_its_letter_cannot_be_sent(stage, caplog):
    def post(_):
        raise OSError(28, "No space left on device")

    stage.guarded.post = post
    assert invite(stage.admin)
    (line,) = (r for r in caplog.records if r.levelname == "ERROR")
    assert line.message == "a letter was not sent"
    assert line.reason == "[Errno 28] No space left on device"


@pytest.mark.parametrize(
    ("told", "refusal"),
    [
        ({"email": BO}, failed("Must provide either role or role_id.")),
        ({"email": BO, "role_id": str(uuid4())}, failed("Invalid role id.")),
        ({"email": BO, "role": "USER", "tenant_id": str(uuid4())}, UNAUTHORIZED),
    ],
)
def test_an_invitation_says_what_to(stage, told, refusal):
    with stage.unchanged():
        assert stage.admin.refused("create_membership_invitation", **told) == refusal


@pytest.mark.parametrize("email", ["", "bo", "bo@exämple.org", "@", "bo@", "b\no@example.org"])
def test_what_is_no_address_is_not_invited(stage, email):
    with stage.unchanged():
        told = {"email": email, "role": "USER"}
        _, code = stage.admin.refused("create_membership_invitation", **told)
        assert code == "INTERNAL_SERVER_ERROR"


def test_an_address_cannot_pass_for_an_error(stage):
    email = "API_ERROR.UNAUTHENTICATED@example.org"
    told = {"email": email, "role": "USER"}
    stage.admin.do("create_membership_invitation", **told)
    message, _ = stage.admin.refused("create_membership_invitation", **told)
    assert "API_ERROR" not in message
    assert "UNAUTHENTICATED" not in message


def test_an_invitation_of_another_tenant_is_not_withdrawn_here(stage, bo):
    id_ = invite(bo, KIM)
    with stage.unchanged():
        refusal = stage.admin.refused("delete_membership_invitation", invitation_id=id_)
        assert refusal == NOT_THERE


def test_without_a_key_nothing_is_answered(stage):
    nobody, id_ = Asker(stage.root, ""), invite(stage.admin)
    with stage.unchanged():
        for mutation in ("accept_membership_invitation", "delete_membership_invitation"):
            assert nobody.refused(mutation, invitation_id=id_) == STRANGER


def test_g6_an_old_invitation_answers_nothing_when_the_person_is_invited_past_the_server(stage, bo):
    old = invite(stage.admin)
    with stage.backend().open() as session:
        there = session.read().get(User(BO).address)
    stage.add(Change(there, None))
    stage.invited(BO, "acme", "administrator")
    assert open_(bo) == open_(stage.admin) != [old]
    with stage.unchanged():
        assert bo.refused("accept_membership_invitation", invitation_id=old) == NOT_THERE
        assert bo.refused("delete_membership_invitation", invitation_id=old) == NOT_THERE
