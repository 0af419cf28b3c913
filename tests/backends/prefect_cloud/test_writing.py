"""Writing to an account: each verb's exact requests, and answers that only this API gives."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest

from rbac_sync.errors import BackendError, NoAnswer
from rbac_sync.model import (
    ACCOUNT,
    EVERYONE,
    Key,
    Level,
    Role,
    ServiceAccount,
    Team,
    Workspace,
    address,
    held,
)
from rbac_sync.planning import Change
from rbac_sync.testing.account import live

from ..remote.runs import applied, made, told
from .verbs import (
    BO,
    CI,
    EVERY_VERB,
    NEXT_YEAR,
    RUNNER,
    VIEWER,
    Names,
    bound,
    invited,
    new_bot,
)


@pytest.mark.parametrize("verb", EVERY_VERB)
def test_each_verb_makes_exactly_these_requests(company, backend, verb):
    change, expected = EVERY_VERB[verb]
    names = Names(company)
    made(backend, change)
    new = company.rows["teams"][-1]["id"] if company.rows["teams"] else ""
    asked = [
        (m, p.replace(new, "NEW") if "comes" in verb else p, b) for m, p, b in company.writes()
    ]
    assert asked == expected(names)


def test_a_service_account_is_made_without_a_key_that_anybody_could_use(company, backend):
    assert made(backend, new_bot("etl")) == [{}]
    assert company.rows["bots"][-1]["api_key"]["expiration"] == "2026-11-21T12:01:00Z"
    assert list(live(backend).keys_of(address.service_account("etl"))) == []


def test_a_service_account_whose_role_has_a_reason_is_found_after_a_lost_answer(company, backend):
    """The service keeps no reason."""
    new = new_bot("etl")
    (given,) = (replace(each, reason="INC-1") for each in new.brings[0].roles)
    new = replace(new, brings=(replace(new.brings[0], roles=frozenset({given})),))
    lost = httpx.ReadError("connection reset")
    company.after = lambda _method, path, answer: lost if path == "bots/" else answer
    made(backend, new)
    assert live(backend).knows(new.address)


def test_a_service_account_with_an_account_role_of_ones_own_is_found_after_a_lost_answer(
    company, backend
):
    company.add("account_roles", name="Auditor", account_id=company.account, permissions=[])
    role = Role(Level.ACCOUNT, "Auditor").address
    new = new_bot("etl")
    new = replace(new, brings=(replace(new.brings[0], roles=held(role)),))
    lost = httpx.ReadError("connection reset")
    company.after = lambda _method, path, answer: lost if path == "bots/" else answer
    made(backend, new)
    assert [each.role for each in live(backend).holdings(new.address, ACCOUNT)] == [role]


def test_a_new_thing_of_the_new_name_is_not_taken_for_the_renamed_one(company, backend):
    """Nobody renamed it: it was deleted, and somebody made another one."""
    company.before = lambda method, _: httpx.ReadTimeout("") if method == "PATCH" else None
    rename = Change(CI, replace(CI, name="builds"))
    with pytest.raises(NoAnswer):
        applied(backend, rename)
    company.before = lambda method, path: None
    company.end(company.rows["bots"].pop())
    company.bot("builds", "Owner")
    backend.transact("next", lambda _: None)
    assert told(backend) == [("failed", str(rename.address))]


def test_the_key_of_a_service_account_whose_rename_was_settled_is_known_again(company, backend):
    """A run tells that somebody else has replaced it."""
    applied(backend, Change(None, Key(CI.address, "active", NEXT_YEAR)))
    page = httpx.Response(200, content="<html>")
    company.after = lambda method, path, answer: page if method == "PATCH" else answer
    rename = Change(CI, replace(CI, name="builds"))
    with pytest.raises(NoAnswer):
        applied(backend, rename)
    company.after = lambda method, path, answer: answer
    backend.transact("next", lambda _: None)
    assert told(backend)[-1] == ("done", str(rename.address))

    company.rows["bots"][0]["api_key"]["id"] = company.id()
    with backend.open() as session:
        assert [str(key.address) for key in session.replaced()] == [f"{rename.address}/key/active"]


def test_f7_an_earlier_key_in_its_time_of_grace_is_ended(company, backend):
    bot = next(row for row in company.rows["bots"] if row["name"] == "ci")
    earlier = company.id()
    bot["rotating"] = [{"id": earlier, "name": "ci-0", "expiration": "2026-11-23T11:00:00Z"}]
    bot["api_key"]["created"] = "2026-11-21T11:00:00Z"

    made(backend, Change(Key(CI.address, f"earlier-{earlier[:8]}"), None))

    assert company.writes() == [("DELETE", f"bots/{bot['id']}/delete_bot_api_key/{earlier}", None)]
    assert bot["rotating"] == []


def test_a_default_role_that_the_service_keeps_is_an_error(company, backend):
    prod = company.rows["workspaces"][0]
    prod["default_workspace_role_id"] = company.workspace_role("Viewer")
    company.before = lambda method, path: httpx.Response(204) if method == "PATCH" else None
    with pytest.raises(BackendError, match=r"keeps the default role of `workspace\.prod`"):
        made(backend, bound(EVERYONE, VIEWER, None))


@pytest.mark.parametrize(
    "verb",
    [
        "a service account comes",
        "a team comes with members",
        "a workspace comes",
        "a role comes",
    ],
)
def test_a_row_of_another_name_is_not_taken_for_the_lost_one(company, backend, verb):
    change, expected = EVERY_VERB[verb]
    path = expected(Names(company))[0][1]
    collection = path.rstrip("/")

    def before(method, asked):
        lost = asked == path and method == "POST"
        return httpx.ReadError("connection reset") if lost else None

    company.before = before
    company.ignored.add(collection)
    with pytest.raises(NoAnswer, match="nothing of it is seen yet"):
        made(backend, change)
    assert company.rows[collection]


@pytest.mark.parametrize(
    ("change", "path", "field"),
    [
        (new_bot("etl"), "bots/", "name"),
        (new_bot("etl"), "bots/", "account_id"),
        (Change(None, Team("data")), "teams/", "name"),
        (Change(None, Workspace("dev", "Dev")), "workspaces/", "handle"),
        (invited("new@example.org"), "invitations/", "email"),
        (invited("new@example.org"), "invitations/", "account_role_id"),
    ],
)
def test_the_answer_about_another_object_is_not_taken_for_the_new_one(
    company, backend, change, path, field
):
    """The next change names the object by its id."""
    ids = {"account_id": company.account, "account_role_id": company.account_role("Member")}

    def after(method, asked, answer):
        if asked != path:
            return answer
        made, other = answer.json(), {"id": company.id(), field: ids.get(field, "another")}
        other |= {field: company.id()} if field == "account_id" else {}
        return httpx.Response(
            201, json=[made[0] | other] if path == "invitations/" else made | other
        )

    company.after = after
    made(backend, change, Change(change.after, None))

    assert not live(backend).knows(change.address)
    assert sum(asked == path for _, asked, _ in company.requests) == 1


def test_an_answer_about_other_access_leaves_open_whether_it_was_given(company, backend):
    company.after = lambda method, path, answer: (
        httpx.Response(200, json=[answer.json()[0] | {"workspace_role_id": company.id()}])
        if path.endswith("user_access/")
        else answer
    )
    with pytest.raises(NoAnswer, match="has another `workspace_role_id` than was sent") as open_:
        made(backend, bound(BO.address, VIEWER, RUNNER))

    assert "apply again" in open_.value.hint


def test_the_secret_of_another_service_account_is_not_taken_for_the_new_key(company, backend):
    def after(method, path, answer):
        is_first = path.endswith("rotate_api_key") and not lost
        lost.append(path) if is_first else None
        other = {"id": company.id()}
        return httpx.Response(201, json=answer.json() | other) if is_first else answer

    lost: list[str] = []
    company.after = after
    (secrets,) = made(backend, Change(None, Key(CI.address, "active", NEXT_YEAR)))

    assert len(lost) == 1
    assert list(secrets.values()) == [f"pnb_{company.rows['bots'][0]['api_key']['id'][-2:]}"]


def test_an_earlier_key_is_deleted_after_its_owner_was_renamed(company, backend):
    ci = company.rows["bots"][0]
    earlier = {"id": company.id(), "name": "ci-1", "expiration": "2026-11-23T11:00:00Z"}
    ci["rotating"] = [earlier | {"created": "2026-11-01T00:00:00Z"}]
    ci["api_key"]["created"] = "2026-11-21T11:00:00Z"
    builder = ServiceAccount("builder")
    key = Key(builder.address, f"earlier-{earlier['id'][:8]}")

    made(backend, Change(CI, builder), Change(key, None))
    assert ci["rotating"] == []


USELESS = [[], [{"id": "?"}], {"row": "?"}, None]


@pytest.mark.parametrize("answer", USELESS, ids=repr)
def test_an_access_row_that_does_not_come_back_may_have_been_written(company, backend, answer):
    company.after = lambda method, path, found: (
        httpx.Response(200, json=answer) if path.endswith("user_access/") else found
    )
    with pytest.raises(NoAnswer, match="not what was asked for"):
        made(backend, bound(BO.address, VIEWER, RUNNER))


def test_whether_a_default_role_is_cleared_stays_open_if_it_cannot_be_looked_at(company, backend):
    company.after = lambda method, path, answer: (
        httpx.Response(403) if method == "GET" and path.startswith("workspaces/") else answer
    )
    with pytest.raises(NoAnswer, match="whether it is cleared is not known"):
        made(backend, bound(EVERYONE, VIEWER, None))
