"""Writing to a tenant: each verb's exact mutations, and answers that only this API gives."""

from __future__ import annotations

import httpx
import pytest

from rbac_sync.errors import BackendError, NoAnswer
from rbac_sync.model import (
    ServiceAccount,
)
from rbac_sync.planning import Change
from rbac_sync.testing.account import live

from ...pairs import pairs
from ..remote.runs import made
from .tenant import fault
from .verbs import (
    BO,
    EVERY_VERB,
    OPERATOR,
    USER,
    Names,
    bound,
    new,
)

every_verb = pytest.mark.parametrize("verb", EVERY_VERB)


@every_verb
def test_each_verb_sends_exactly_these_mutations(company, backend, verb):
    change, expected = EVERY_VERB[verb]
    mutations = expected(Names(company))
    made(backend, change)
    assert company.writes() == mutations


@every_verb
def test_every_mutation_names_the_tenant(company, backend, verb):
    made(backend, EVERY_VERB[verb][0])
    headers = [headers for name, _, headers in company.requests if name != "tenants"]
    assert {each["x-prefect-tenant-id"] for each in headers} == {company.id}


def test_after_a_new_service_account_nothing_is_read_again(company, backend):
    made(backend, *(new(ServiceAccount(f"etl{n}")) for n in range(3)))
    names = [name for name, _, _ in company.requests]
    assert names[names.index("create_service_account") :] == ["create_service_account"] * 3


def test_the_role_of_a_new_service_account_that_is_not_shown_yet_is_not_changed(company, backend):
    etl = ServiceAccount("etl")

    def hidden(name, answer):
        if name == "create_service_account":
            company.rows["user_view_same_tenant"].pop()
        return answer

    company.after = hidden
    with pytest.raises(BackendError, match=r"`service-account\.etl` is not there") as refused:
        made(backend, new(etl), bound(etl.address, USER, OPERATOR))
    assert refused.value.hint == "plan again"


def test_a_service_account_is_never_made_without_a_role(company, backend):
    with pytest.raises(BackendError, match="one role can be held in a tenant, not 0"):
        made(backend, Change(None, ServiceAccount("etl")))
    assert company.writes() == []


def test_a_role_that_has_changed_meanwhile_is_not_written_over(company, backend):
    company.one("auth_role", company.role("operator"))["permissions"] = ["read:run", "read:log"]
    with pytest.raises(BackendError, match=r"`role\.operator` has changed while this was applied"):
        made(backend, EVERY_VERB["a role changes"][0])
    assert company.writes() == []


def test_a_role_that_the_service_keeps_otherwise_is_an_error(company, backend):
    keep = httpx.Response(200, json={"data": {"update_custom_role_permissions": {"success": True}}})
    company.before = lambda name: keep if name.startswith("update") else None
    with pytest.raises(BackendError, match="other permissions than it was sent"):
        made(backend, EVERY_VERB["a role changes"][0])
    assert len(company.writes()) == 1


def test_a_role_that_cannot_be_looked_at_after_it_was_written_is_left_open(company, backend):
    def before(name):
        written = bool(company.writes())
        return httpx.Response(200, json=fault("FORBIDDEN")) if written and name == "role" else None

    company.before = before
    with pytest.raises(NoAnswer, match="is not known"):
        made(backend, EVERY_VERB["a role changes"][0])


@pytest.fixture(params=EVERY_VERB)
def asked(request, company):
    """A change, and the last mutation that it takes."""
    change, expected = EVERY_VERB[request.param]
    return change, expected(Names(company))[-1][0]


def refused_by(company, name, body):
    answer = httpx.Response(200, json=body)
    company.before = lambda asked: answer if asked == name else None


def test_a_mutation_that_says_it_did_not_succeed_was_refused(company, backend):
    body = {"data": {"delete_membership": {"success": False, "error": "Not today."}}}
    refused_by(company, "delete_membership", body)
    with pytest.raises(BackendError, match=r"delete_membership: Not today\.") as found:
        made(backend, Change(BO, None))
    assert not isinstance(found.value, NoAnswer)
    assert len(company.writes()) == 1


UNCLEAR = {
    "no payload": lambda name: {"data": {name: None}},
    "an id that is null": lambda name: {"data": {name: {"id": None, "success": None}}},
    "an empty payload": lambda name: {"data": {name: {}}},
    "success that is no boolean": lambda name: {"data": {name: {"success": "yes", "id": "?"}}},
    "another payload": lambda name: {"data": {"it": {"success": True, "id": "?"}}},
    "no data": lambda name: {"data": None},
}


@pytest.mark.parametrize(("asked", "what"), pairs(EVERY_VERB, UNCLEAR), indirect=["asked"])
def test_an_answer_that_does_not_say_is_a_lost_one_and_looked_for(company, backend, asked, what):
    change, name = asked
    refused_by(company, name, UNCLEAR[what](name))
    with pytest.raises(NoAnswer):
        made(backend, change)
    assert [each for each, _ in company.writes()].count(name) == 1


def test_an_answer_that_says_both_is_a_lost_one_and_looked_for(company, backend, asked):
    change, name = asked

    def after(each, answer):
        error = fault("INTERNAL_SERVER_ERROR", path=name)["errors"]
        return (
            httpx.Response(200, json=answer.json() | {"errors": error}) if each == name else answer
        )

    company.after = after
    if name == "create_api_key":
        with pytest.raises(NoAnswer, match="was lost on its way, twice"):
            made(backend, change)
    else:
        made(backend, change)
        assert live(backend).find(change.resource) == change.after
