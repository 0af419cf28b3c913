"""Invitations: made, listed, revoked, accepted and declined."""

from __future__ import annotations

import json
import os
import stat
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from rbac_sync.backends.store import StoreBackend
from rbac_sync.model import ACCOUNT, Binding, Level, Status, User, held
from rbac_sync.model.address import workspace as workspace_address
from rbac_sync.model.resources import role as role_address
from rbac_sync.planning import Change
from rbac_sync.server import outbox
from tests.backends.store.stores import connected

from ..account import Account
from ..serving import served

BO = "Bo@example.org"
ROLES = ("member", "admin")


@pytest.fixture
def letters():
    return []


@pytest.fixture
def acme(tmp_path, letters):
    with served(f"sqlite:///{tmp_path}/rbac.db", post=letters.append) as server:
        yield Account(server, server.client())


def invite(acme, email=BO, role="Member", status=201):
    body = [{"email": email, "account_role_id": acme.account_role(role)}]
    return acme.post("/invitations/", body, status)


def answer(acme, letter, verb="accept"):
    with acme.server.nobody() as client:
        path = f"/invitations/{letter.invitation_id}/{verb}"
        return client.post(path, params={"invite_code": letter.invite_code})


def statuses(acme):
    return [i["status"] for i in acme.post("/invitations/filter")]


def emails(acme):
    return [m["email"] for m in acme.post("/account_memberships/filter")]


def test_an_invitation_is_pending_and_its_owner_no_member(acme):
    (made,) = invite(acme)
    assert (made["email"], made["status"]) == (BO, "PENDING")
    assert acme.get(f"/invitations/{made['id']}") == made
    assert emails(acme) == ["olivia@example.org"]
    assert "invite_code" not in json.dumps(made)


def test_who_accepts_is_a_member_and_comes_in_by_the_code(acme, letters):
    invite(acme)
    assert answer(acme, letters[0]).status_code == 204
    assert emails(acme) == ["olivia@example.org", BO]
    assert statuses(acme) == ["ACCEPTED"]
    with acme.server.client(letters[0].invite_code) as bo:
        me = bo.get("/me/").json()
        (key,) = bo.get("/me/api_keys").json()
        assert (me["email"], key["expiration"]) == (BO, letters[0].expiration)
        made = bo.post(f"/users/{me['id']}/api_keys", json={"name": "mine"})
        assert made.status_code in (201, 403)
    assert answer(acme, letters[0]).status_code == 409


def test_a_code_is_sent_once_however_often_the_store_had_to_begin_anew(acme, letters, monkeypatch):
    transact = StoreBackend.transact

    def again(backend, run, work, **when):
        with suppress(ConnectionError):
            transact(backend, run, lambda writer: lost(work(writer)), **when)
        return transact(backend, run, work, **when)

    monkeypatch.setattr(StoreBackend, "transact", again)
    invite(acme)
    (letter,) = letters
    assert answer(acme, letter).status_code == 204


def lost(_):
    raise ConnectionError


def test_who_declines_is_gone(acme, letters):
    invite(acme)
    assert answer(acme, letters[0], "reject").status_code == 204
    assert statuses(acme) == ["REJECTED"]
    assert acme.server.client(letters[0].invite_code).get("/me/").status_code == 401
    invite(acme)


@pytest.mark.parametrize("code", ["", "pnu_wrong"])
def test_a_wrong_code_finds_nothing(acme, letters, code):
    invite(acme)
    with acme.server.nobody() as client:
        path = f"/invitations/{letters[0].invitation_id}/accept"
        assert client.post(path, params={"invite_code": code}).status_code == 404
        assert client.post(path).status_code == 422
    assert statuses(acme) == ["PENDING"]


def test_nobody_waits_for_the_lock_of_the_account_with_a_wrong_code(acme, letters):
    invite(acme)
    wrong = replace(letters[0], invite_code="pnu_wrong")

    answered = acme.server.backend.transact("holds the lock", lambda _: answer(acme, wrong))

    assert answered.status_code == 404


def test_a_revoked_invitation_is_not_accepted(acme, letters):
    (made,) = invite(acme)
    acme.post(f"/invitations/{made['id']}/revoke", None, 204)
    assert statuses(acme) == ["REVOKED"]
    assert answer(acme, letters[0]).status_code == 409
    acme.post(f"/invitations/{made['id']}/revoke", None, 409)


def test_a_new_invitation_revokes_the_one_before(acme, letters):
    invite(acme)
    invite(acme, role="Admin")
    assert statuses(acme) == ["REVOKED", "PENDING"]
    assert answer(acme, letters[0]).status_code == 409
    assert answer(acme, letters[1]).status_code == 204
    assert acme.member(BO)["account_role_name"] == "Admin"


def test_a_member_is_not_invited_again(acme):
    invite(acme, "olivia@example.org", status=409)
    twice = [{"email": BO, "account_role_id": acme.account_role("Member")}] * 2
    acme.post("/invitations/", twice, 422)
    invite(acme, "bo@exämple.org", status=422)


def test_nobody_is_invited_to_more_than_the_inviter_holds(acme):
    admin = acme.of(acme.server.person("ada@example.org", "admin"))
    invite(admin, role="Admin")
    invite(admin, "cy@example.org", role="Owner", status=403)


def test_invitations_are_filtered_and_counted(acme):
    invite(acme)
    (other,) = invite(acme, "cy@example.org")
    acme.post(f"/invitations/{other['id']}/revoke", None, 204)

    def found(**wanted):
        body = {"invitations": wanted}
        rows = acme.post("/invitations/filter", body)
        assert acme.post("/invitations/count", body) == len(rows)
        return [i["email"] for i in rows]

    assert found() == [BO, "cy@example.org"]
    assert found(status={"any_": ["PENDING"]}) == [BO]
    assert found(email={"like_": "CY"}) == ["cy@example.org"]
    assert found(expiration={"before_": "2020-01-01T00:00:00Z"}) == []
    assert found(expiration={"after_": "2020-01-01T00:00:00Z", "before_": None}) == found()


def test_an_invited_user_of_another_making_is_listed_and_revoked(acme):
    acme.server.add(pending("dee@example.org"))
    (found,) = acme.post("/invitations/filter")
    assert (found["email"], found["status"]) == ("dee@example.org", "PENDING")
    acme.post(f"/invitations/{found['id']}/revoke", None, 204)
    assert statuses(acme) == []


def test_somebody_is_invited_to_a_workspace_with_its_default_role(acme, letters):
    path = f"/workspaces/{acme.workspace()['id']}"
    acme.patch(path, {"default_workspace_role_id": acme.role("Runner")})
    made = acme.post(f"{path}/invitations/", {"email": BO}, 201)
    assert made["workspace_role_id"] == acme.role("Runner")
    assert acme.post(f"{path}/invitations/filter") == [made]
    assert acme.get(f"{path}/invitations/{made['id']}") == made
    assert acme.post("/invitations/filter") == []
    assert answer(acme, letters[0]).status_code == 204
    (row,) = acme.post(f"{path}/user_access/filter")
    assert (row["email"], row["workspace_role_id"]) == (BO, acme.role("Runner"))
    acme.post(f"{path}/invitations/", {"email": BO}, 409)


def test_revoking_one_of_two_invitations_leaves_the_other(acme, letters):
    one, two = (f"/workspaces/{acme.workspace(h)['id']}" for h in ("one", "two"))
    first = acme.post(f"{one}/invitations/", {"email": BO}, 201)
    acme.post(f"{two}/invitations/", {"email": BO}, 201)
    acme.post(f"{one}/invitations/{first['id']}/revoke", None, 204)
    assert [i["status"] for i in acme.post(f"{two}/invitations/filter")] == ["PENDING"]
    assert answer(acme, letters[1]).status_code == 204
    assert acme.post(f"{one}/user_access/filter") == []
    assert len(acme.post(f"{two}/user_access/filter")) == 1


def test_codes_go_to_a_file_that_only_its_owner_reads(tmp_path):
    file = tmp_path / "outbox"
    post = outbox.file(file)
    for n in range(2):
        post(outbox.Letter("acme", f"{n}@example.org", "id", "code", "end"))
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert [line["email"] for line in lines] == ["0@example.org", "1@example.org"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def pending(email=BO, role="member", end=None):
    """Return the change that invites somebody as a plan or the writer does."""
    user = User(email.lower(), Status.PENDING, end)
    holds = Binding(user.address, ACCOUNT, held(role_address(Level.ACCOUNT, role)))
    return Change(None, user, brings=(holds,))


def test_people_whom_a_plan_invited_are_listed_in_order_of_creation(store_url):
    emails = [f"{name}@example.org" for name in ("zoe", "amy", "max")]
    with served(store_url) as server, server.client() as client:
        acme = Account(server, client)
        for email in emails:
            acme.server.add(pending(email))
        before = live(acme, emails[0])
        after = replace(before, expires=datetime(2099, 1, 1, tzinfo=UTC))
        acme.server.add(Change(before, after))  # PostgreSQL moves the row
        with connected(store_url) as connection:
            connection.exec_driver_sql("ANALYZE")  # and reads a small table without its index
        assert [i["email"] for i in acme.post("/invitations/filter")] == emails


def live(acme, email=BO):
    with acme.server.backend.open() as session:
        return session.read().get(User(email).address)


def over(acme, letter):
    """Say that neither answer is taken, nor is the code a key."""
    codes = [answer(acme, letter, verb).status_code for verb in ("accept", "reject")]
    with acme.server.client(letter.invite_code) as client:
        return [*codes, client.get("/me/").status_code] == [409, 409, 401]


def removed_and_invited_by_the_writer(acme):
    acme.server.add(Change(live(acme), None))
    acme.server.add(pending(role="admin"))


def invited_again_by_the_writer(acme):
    there = live(acme)
    acme.server.add(replace(pending(role="admin", end=there.expires), before=there))


def dated_anew(acme):
    there = live(acme)
    acme.server.add(Change(there, replace(there, expires=there.expires + timedelta(days=1))))


def dated_anew_and_back(acme):
    there = live(acme)
    later = replace(there, expires=there.expires + timedelta(days=1))
    acme.server.add(Change(there, later), Change(later, there))


def renamed_and_back(acme):
    there = live(acme)
    other = replace(there, email="cy@example.org")
    acme.server.add(Change(there, other), Change(other, there))


def come_in_and_pending_again(acme):
    there = live(acme)
    active = replace(there, status=Status.ACTIVE, expires=None)
    acme.server.add(Change(there, active), Change(active, there))


def revoked_and_invited_by_the_writer(acme):
    (row,) = acme.post("/invitations/filter")
    acme.post(f"/invitations/{row['id']}/revoke", None, 204)
    acme.server.add(pending())


@pytest.mark.parametrize(
    "happens",
    [
        removed_and_invited_by_the_writer,
        invited_again_by_the_writer,
        dated_anew,
        dated_anew_and_back,
        renamed_and_back,
        come_in_and_pending_again,
        revoked_and_invited_by_the_writer,
    ],
)
def test_g6_a_code_opens_nothing_but_the_invitation_that_it_was_sent_for(acme, letters, happens):
    invite(acme)
    happens(acme)
    assert live(acme).status is Status.PENDING
    assert over(acme, letters[0])
    assert statuses(acme) == ["REVOKED", "PENDING"]


def test_g6_an_ended_invitation_that_is_dated_anew_stays_ended(acme, letters):
    invite(acme)
    there = live(acme)
    ended = replace(there, expires=there.expires - timedelta(days=400))
    acme.server.add(Change(there, ended))
    assert over(acme, letters[0])
    acme.server.add(Change(ended, there))
    assert over(acme, letters[0])


def test_g6_a_code_is_over_when_the_command_makes_the_person_a_member(acme, letters):
    invite(acme)
    there = live(acme)
    acme.server.add(Change(there, replace(there, status=Status.ACTIVE, expires=None)))
    assert over(acme, letters[0])
    assert statuses(acme) == ["ACCEPTED"]


def test_an_invitation_of_a_person_whom_the_command_removes_is_revoked(acme, letters):
    invite(acme)
    acme.server.add(Change(live(acme), None))
    assert statuses(acme) == ["REVOKED"]
    assert answer(acme, letters[0]).status_code == 409


def test_a_pending_person_has_no_membership(acme):
    acme.server.add(pending())
    (made,) = acme.post("/invitations/filter")
    acme.get(f"/account_memberships/by-user/{made['id']}", 404)


def test_g6_an_invitation_without_a_generation_is_over(acme, letters):
    (made,) = invite(acme)

    def forget(writer):
        found = writer.documents.get("invitation", UUID(made["id"]))
        content = {k: v for k, v in found.content.items() if k != "generation"}
        writer.documents.put(replace(found, content=content))

    acme.server.backend.transact("forget", forget)
    assert over(acme, letters[0])


def test_g6_a_code_to_a_workspace_ends_with_the_grant_it_was_sent_for(acme, letters):
    one, two = (acme.workspace(handle) for handle in ("one", "two"))
    for place in (one, two):
        acme.post(f"/workspaces/{place['id']}/invitations/", {"email": BO}, 201)
    with acme.server.backend.open() as session:
        grant = session.read().binding(User(BO).address, workspace_address("one"))
    acme.server.add(Change(grant, None), Change(None, grant))
    assert over(acme, letters[0])
    assert answer(acme, letters[1]).status_code == 204


def test_an_open_invitation_shows_the_role_that_it_gives_now(acme, letters):
    invite(acme)
    who = User(BO).address
    before, after = (Binding(who, ACCOUNT, held(role_address(Level.ACCOUNT, n))) for n in ROLES)
    acme.server.add(Change(before, after))
    (row,) = acme.post("/invitations/filter")
    assert row["account_role_id"] == acme.account_role("Admin")
    assert answer(acme, letters[0]).status_code == 204
    assert acme.member(BO)["account_role_name"] == "Admin"


def test_a_pipe_that_nobody_reads_holds_up_no_request(tmp_path):
    pipe = tmp_path / "outbox"
    os.mkfifo(pipe)
    with pytest.raises(OSError, match="No such device"):
        outbox.file(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    post = outbox.file(pipe)
    post(outbox.Letter("acme", "bo@example.org", "id", "code", "end"))
    assert json.loads(os.read(reader, 4096))["email"] == "bo@example.org"
    os.close(reader)
    outbox.send(outbox.Letter("acme", "cy@example.org", "id", "code", "end"), post)
