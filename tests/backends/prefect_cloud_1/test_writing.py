"""Writing to a tenant: each verb's exact mutations, and what becomes of lost answers."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest

from rbac_sync.audit.record import Authorship
from rbac_sync.errors import BackendError, CredentialError, NoAnswer
from rbac_sync.model import (
    ACCOUNT,
    Binding,
    Key,
    Level,
    Permission,
    Role,
    ServiceAccount,
    Status,
    User,
    address,
    held,
)
from rbac_sync.model.instant import parsed
from rbac_sync.model.resources import role as role_address
from rbac_sync.planning import Change
from rbac_sync.testing.account import live

from ...pairs import pairs
from ..remote.runs import made
from .tenant import fault


def role(name):
    return held(role_address(Level.ACCOUNT, name))


ADMIN, USER, OPERATOR = role("administrator"), role("user"), role("operator")
BO, EVE, CI = User("bo@example.org"), User("eve@example.org"), ServiceAccount("ci")
NEXT_YEAR = parsed("2027-01-01T00:00:00Z")
ROLE = Role(Level.ACCOUNT, "operator", frozenset({Permission("read:run")}))
KEY = Key(CI.address, "build", NEXT_YEAR)


@pytest.fixture
def company(tenant):
    tenant.custom_role("operator", "read:run")
    tenant.custom_role("idle")
    tenant.member("bo@example.org")
    tenant.key(tenant.service_account("ci"), "build", "2027-01-01T00:00:00+00:00")
    tenant.invitation("eve@example.org")
    return tenant


class Names:
    """The ids of the company, by the names that the expected mutations use."""

    def __init__(self, tenant):
        self.tenant = tenant.id
        self.admin, self.operator = tenant.role("TENANT_ADMIN"), tenant.role("operator")
        self.idle = tenant.role("idle")
        _, bo, ci = tenant.rows["user_view_same_tenant"]
        self.bo, self.ci = bo["id"], ci["id"]
        self.bo_place, self.ci_place = (u["memberships"][0]["id"] for u in (bo, ci))
        self.eve = tenant.rows["membership_invitation"][0]["id"]
        self.key = tenant.rows["auth_api_key"][0]["id"]


def bound(principal, before, after):
    return Change(Binding(principal, ACCOUNT, before), Binding(principal, ACCOUNT, after))


def new(principal, roles=ADMIN):
    return Change(None, principal, (Binding(principal.address, ACCOUNT, roles),))


def invited(email):
    return new(User(email, Status.PENDING))


EVERY_VERB = {
    "a person is invited": (
        invited("new@example.org"),
        lambda n: [
            ("create_membership_invitation", {"email": "new@example.org", "role_id": n.admin})
        ],
    ),
    "an invitation is renewed": (
        replace(invited("eve@example.org"), before=User("eve@example.org", Status.PENDING)),
        lambda n: [
            ("delete_membership_invitation", {"invitation_id": n.eve}),
            ("create_membership_invitation", {"email": "eve@example.org", "role_id": n.admin}),
        ],
    ),
    "an invitation gets another role": (
        bound(EVE.address, USER, ADMIN),
        lambda n: [
            ("delete_membership_invitation", {"invitation_id": n.eve}),
            ("create_membership_invitation", {"email": "eve@example.org", "role_id": n.admin}),
        ],
    ),
    "an invitation is withdrawn": (
        Change(User("eve@example.org", Status.PENDING), None),
        lambda n: [("delete_membership_invitation", {"invitation_id": n.eve})],
    ),
    "a member is removed": (
        Change(BO, None),
        lambda n: [("delete_membership", {"membership_id": n.bo_place})],
    ),
    "a member gets another role": (
        bound(BO.address, USER, OPERATOR),
        lambda n: [("set_membership_role", {"membership_id": n.bo_place, "role_id": n.operator})],
    ),
    "a service account comes": (
        new(ServiceAccount("etl"), OPERATOR),
        lambda n: [
            (
                "create_service_account",
                {"tenant_id": n.tenant, "name": "etl", "role_id": n.operator},
            )
        ],
    ),
    "a service account gets another role": (
        bound(CI.address, USER, OPERATOR),
        lambda n: [("set_membership_role", {"membership_id": n.ci_place, "role_id": n.operator})],
    ),
    "a service account goes": (
        Change(CI, None),
        lambda n: [("delete_service_account", {"user_id": n.ci})],
    ),
    "a key with an end is made": (
        Change(None, Key(CI.address, "host", NEXT_YEAR)),
        lambda n: [
            (
                "create_api_key",
                {
                    "user_id": n.ci,
                    "name": "host",
                    "expires_at": "2027-01-01T00:00:00Z",
                    "default_tenant_id": n.tenant,
                },
            )
        ],
    ),
    "a key without an end is made": (
        Change(None, Key(CI.address, "host")),
        lambda n: [
            (
                "create_api_key",
                {
                    "user_id": n.ci,
                    "name": "host",
                    "expires_at": None,
                    "default_tenant_id": n.tenant,
                },
            )
        ],
    ),
    "a key goes": (
        Change(KEY, None),
        lambda n: [("delete_api_key", {"key_id": n.key})],
    ),
    "a role comes": (
        Change(None, replace(ROLE, name="fresh", permissions=frozenset({"update:run", "a:b"}))),
        lambda n: [("create_custom_role", {"name": "fresh", "permissions": ["a:b", "update:run"]})],
    ),
    "a role changes": (
        Change(ROLE, replace(ROLE, permissions=frozenset({"update:run", "create:run"}))),
        lambda n: [
            (
                "update_custom_role_permissions",
                {"role_id": n.operator, "permissions": ["create:run", "update:run"]},
            )
        ],
    ),
    "a role goes": (
        Change(Role(Level.ACCOUNT, "idle"), None),
        lambda n: [("delete_custom_role", {"role_id": n.idle})],
    ),
}

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


@every_verb
def test_what_is_made_is_what_is_read(company, backend, verb):
    change, _ = EVERY_VERB[verb]
    made(backend, change)
    outcome = live(backend)
    assert outcome.find(change.resource) == change.after
    assert all(outcome.find(binding) == binding for binding in change.brings)


def test_only_a_key_brings_a_secret(company, backend):
    key = Key(CI.address, "host", NEXT_YEAR)
    secrets = made(backend, new(ServiceAccount("etl")), Change(None, key))
    assert [list(each) for each in secrets] == [[], ["service-account.ci/key/host"]]
    assert secrets[1][str(key.address)].startswith("pcu_")


def test_one_run_goes_on_with_what_it_has_made(company, backend):
    etl, fresh = ServiceAccount("etl"), replace(ROLE, name="fresh")
    wider = replace(fresh, permissions=frozenset({"read:run", "update:run"}))
    key = Key(etl.address, "host", NEXT_YEAR)
    eve = User("eve@example.org", Status.PENDING)
    before = live(backend)
    made(
        backend,
        Change(None, fresh),
        new(etl, held(fresh.address)),
        Change(None, key),
        invited("new@example.org"),
        bound(address.user("new@example.org"), ADMIN, held(fresh.address)),
        Change(fresh, wider),
        bound(etl.address, held(fresh.address), USER),
        bound(eve.address, USER, ADMIN),
        bound(eve.address, ADMIN, USER),
        Change(User("new@example.org", Status.PENDING), None),
        Change(key, None),
        Change(etl, None),
        Change(wider, None),
    )
    assert live(backend) == before


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


VERBS_MISSING = {
    "rename a role": Change(ROLE, replace(ROLE, name="pager")),
    "rename a service-account": Change(CI, replace(CI, name="builds")),
    "update a service-account": Change(CI, replace(CI, description="Builds.")),
    "update a member": Change(BO, replace(BO, status=Status.SUSPENDED)),
    "update a key": Change(KEY, replace(KEY, until=None)),
    "delete a binding": Change(Binding(BO.address, ACCOUNT, USER), None),
    "create a binding": Change(None, Binding(BO.address, ACCOUNT, USER)),
}


@pytest.mark.parametrize("verb", VERBS_MISSING)
def test_a_verb_that_the_service_does_not_have_sends_nothing(company, backend, verb):
    with pytest.raises(BackendError, match=f"cannot {verb}"):
        made(backend, VERBS_MISSING[verb])
    assert company.writes() == []


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


def test_a_refusal_is_an_error_that_names_the_mutation_and_is_not_repeated(company, backend, asked):
    change, name = asked
    refused_by(company, name, fault("INTERNAL_SERVER_ERROR", "Uniqueness violation.", name))
    with pytest.raises(BackendError, match=f"{name}: {name}: Uniqueness violation") as found:
        made(backend, change)
    assert not isinstance(found.value, NoAnswer)
    assert [each for each, _ in company.writes()].count(name) == 1


def test_what_the_key_may_not_do_names_the_permission_that_it_takes(company, backend, asked):
    change, name = asked
    refused_by(company, name, fault("FORBIDDEN", "Unauthorized", name))
    with pytest.raises(BackendError, match=r"the request needs `(create|update|delete):[a-z-]+`"):
        made(backend, change)


def test_a_key_that_ends_in_between_is_a_matter_of_credentials(company, backend, asked):
    change, name = asked
    refused_by(company, name, fault("UNAUTHENTICATED"))
    with pytest.raises(CredentialError):
        made(backend, change)


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


def lost(company, name, error, times=1):
    """Lose the answers to *name* after it has been done."""
    left = [None] * times

    def after(asked, answer):
        if asked == name and left:
            left.pop()
            return error() if callable(error) else error
        return answer

    company.after = after


LOST = {
    "a reset": lambda: httpx.ReadError("connection reset"),
    "a timeout": lambda: httpx.ReadTimeout(""),
    "a gateway": lambda: httpx.Response(502),
    "trouble": lambda: httpx.Response(200, json=fault("API_ERROR", "Operation timed out")),
    "an unknown code": lambda: httpx.Response(200, json=fault("UNAVAILABLE")),
    "an unknown outcome": lambda: httpx.Response(200, json=fault("OUTCOME_UNKNOWN")),
    "an error without a code": lambda: httpx.Response(200, json={"errors": [{"message": "no"}]}),
    "a page for people": lambda: httpx.Response(200, content="<html>"),
    "half an answer": lambda: httpx.Response(200, content='{"data": {"cre'),
}


@pytest.mark.parametrize(("asked", "how"), pairs(EVERY_VERB, LOST), indirect=["asked"])
def test_a_lost_answer_makes_nothing_twice(company, backend, asked, how):
    change, name = asked
    lost(company, name, LOST[how])
    made(backend, change)
    outcome = live(backend)
    assert outcome.find(change.resource) == change.after
    expected = 2 if name == "create_api_key" else 1
    assert [each for each, _ in company.writes()].count(name) == expected
    owners = [key["user_id"] for key in company.rows["auth_api_key"] if key["name"] == "host"]
    assert len(owners) <= 1


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


ELSEWHERE = {
    "create_custom_role": lambda tenant, name: tenant.custom_role(name, "read:run", "delete:run"),
    "create_service_account": lambda tenant, name: tenant.service_account(name, "USER"),
    "create_membership_invitation": lambda tenant, name: tenant.invitation(name, "USER"),
}


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("create_custom_role", Change(None, replace(ROLE, name="new"))),
        ("create_service_account", new(ServiceAccount("etl"))),
        ("create_membership_invitation", invited("new@example.org")),
    ],
)
def test_what_somebody_else_made_of_the_same_name_is_not_taken_for_ones_own(
    company, backend, name, change
):
    def before(each):
        if each != name:
            return None
        ELSEWHERE[name](company, getattr(change.after, "name", "new@example.org"))
        return httpx.ReadTimeout("")

    company.before = before
    with pytest.raises(NoAnswer, match="nothing of it is seen yet"):
        made(backend, change)


def test_what_is_not_seen_after_a_lost_answer_is_left_open(company, backend, service, asked):
    change, name = asked
    company.before = lambda each: httpx.ReadTimeout("") if each == name else None
    with pytest.raises(NoAnswer, match="nothing of it is seen yet"):
        made(backend, change)
    assert [each for each, _ in company.writes()].count(name) == 1
    assert service == [0.5] * 9


def test_what_was_never_taken_is_sent_again(company, backend, asked):
    change, name = asked
    answers = [httpx.Response(429), httpx.ConnectError("refused")]
    company.before = lambda each: answers.pop() if each == name and answers else None
    made(backend, change)
    assert live(backend).find(change.resource) == change.after


def test_a_key_whose_secret_was_lost_is_gone_and_made_once_more_and_the_trail_says_so(
    company, backend
):
    lost(company, "create_api_key", LOST["a reset"])
    key = Key(CI.address, "host", NEXT_YEAR)

    def work(writer):
        by = Authorship(writer.applier(), "run")
        writer.begin(by)
        secrets = writer.make(Change(None, key))
        writer.record(by.record(Change(None, key), writer.now()))
        return secrets, list(writer.trail.links())

    secrets, links = backend.transact("run", work)
    (left,) = (row for row in company.rows["auth_api_key"] if row["name"] == "host")
    assert secrets[str(key.address)] == f"pcu_{left['id'][-4:]}"
    assert [name for name, _ in company.writes()] == [
        "create_api_key",
        "delete_api_key",
        "create_api_key",
    ]
    said = f"`{key.address}`: the secret was lost on its way; made once more"
    assert [row.record.message for row in links] == [said, f"`{key.address}` created"]


def test_a_secret_that_is_lost_twice_is_not_asked_for_a_third_time(company, backend):
    lost(company, "create_api_key", LOST["a reset"], times=9)
    with pytest.raises(NoAnswer, match="lost on its way, twice"):
        made(backend, Change(None, Key(CI.address, "host")))
    assert [name for name, _ in company.writes()].count("create_api_key") == 2
    assert all(row["name"] == "build" for row in company.rows["auth_api_key"])


def test_looking_that_fails_after_a_lost_answer_leaves_it_open(company, backend):
    def before(name):
        if name == "create_service_account":
            company.before = lambda _: httpx.Response(200, json=fault("FORBIDDEN"))
            return httpx.ReadError("reset")
        return None

    company.before = before
    with pytest.raises(NoAnswer, match="looking for it failed"):
        made(backend, new(ServiceAccount("etl")))


def test_a_service_account_is_made_whether_or_not_it_can_be_looked_at(company, backend):
    def after(name, answer):
        is_look = name == "access" and company.writes()
        return httpx.Response(200, json=fault("FORBIDDEN")) if is_look else answer

    company.after = after
    made(backend, new(ServiceAccount("etl")))
    assert len(company.writes()) == 1
