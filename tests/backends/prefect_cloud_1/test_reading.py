"""Reading a tenant: everything, once, in one answer where it fits, or not at all."""

from __future__ import annotations

import json

import httpx
import pytest

from rbac_sync.backends.prefect_cloud_1 import api
from rbac_sync.errors import (
    BackendError,
    BadResponse,
    CredentialError,
    DanglingReference,
    TornRead,
)
from rbac_sync.model import (
    ACCOUNT,
    Key,
    Kind,
    Level,
    Role,
    ServiceAccount,
    Status,
    User,
    address,
    held,
)
from rbac_sync.model.instant import parsed
from rbac_sync.model.resources import role as role_address
from rbac_sync.testing.account import live as read

from .tenant import CLOUD, KEY, LISTS, NOW, fault

BO, CI = address.user("bo@example.org"), address.service_account("ci")
EVE = address.user("eve@example.org")


def role(name):
    return role_address(Level.ACCOUNT, name)


def names(tenant):
    return [name for name, _, _ in tenant.requests]


@pytest.fixture(autouse=True)
def _pages_of_200(monkeypatch):
    """Let several pages be little work."""
    monkeypatch.setattr("rbac_sync.backends.prefect_cloud_1.api.PAGE", 200)


@pytest.fixture
def company(tenant):
    """Some of everything."""
    tenant.custom_role("operator", "read:run", "create:run")
    tenant.member("Bo@example.org", "operator")
    ci = tenant.service_account("ci", "RUNNER")
    tenant.key(ci, "build", "2027-01-01T00:00:00+00:00")
    tenant.key(tenant.olivia, "laptop")
    tenant.invitation("Eve@example.org", "TENANT_ADMIN")
    return tenant


def test_every_kind_is_read_by_its_human_name(company, backend):
    state = read(backend)

    assert state.get(BO) == User("Bo@example.org")
    assert state.get(EVE) == User("Eve@example.org", Status.PENDING)
    assert state.get(CI) == ServiceAccount("ci")
    assert list(state.keys_of(CI)) == [Key(CI, "build", parsed("2027-01-01T00:00:00Z"))]
    operator = Role(Level.ACCOUNT, "operator", frozenset({"read:run", "create:run"}))
    assert state.get(role("operator")) == operator
    assert not state.get(role("operator")).builtin


def test_all_that_is_held_is_read_that_of_the_invited_included(company, backend):
    assert dict(read(backend).row(ACCOUNT)) == {
        address.user("olivia@example.org"): held(CLOUD.owner),
        BO: held(role("operator")),
        CI: held(role("runner")),
        EVE: held(CLOUD.owner),
    }


def test_the_keys_of_people_are_their_own_affair(company, backend):
    assert [key.owner for key in read(backend).of(Key).values()] == [CI]


def test_a_small_tenant_is_read_in_four_requests_and_once(company, backend):
    with backend.open() as session:
        assert session.read() is session.read()
        assert session.versions([BO, CI])
        assert session.capabilities
        assert session.catalogue
        assert session.now() == NOW
        assert session.applier() == address.user("olivia@example.org")
    assert names(company) == ["tenants", "caller", "access", "access"]


def test_the_tenant_is_named_from_the_first_request_that_knows_it(company, service, tmp_path):
    read(company.backend(tmp_path))
    read(company.backend(tmp_path, company.id))
    asked = [(name, headers.get("x-prefect-tenant-id")) for name, _, headers in company.requests]
    read_once = ["caller", "access", "access"]
    assert asked == [("tenants", None), *((name, company.id) for name in read_once * 2)]
    assert {headers["authorization"] for _, _, headers in company.requests} == {f"Bearer {KEY}"}


def test_built_in_roles_are_those_that_the_service_has_now(tenant, backend):
    tenant.one("auth_role", tenant.role("USER"))["permissions"] = ["read:flow"]
    row = {"permissions": ["read:flow"], "tenant_id": None, "updated": "2026-01-01T00:00:00Z"}
    tenant.add("auth_role", name="NIGHT_WATCH", **row)
    with backend.open() as session:
        state, catalogue = session.read(), session.catalogue
    assert catalogue.roles[role("user")] == state.get(role("user"))
    assert state.get(role("user")).permissions == {"read:flow"}
    assert catalogue.builtin(Level.ACCOUNT, "night-watch") == role("night-watch")


def test_the_permissions_there_are_are_those_that_the_service_names(tenant, backend):
    tenant.licensed.append("create:rocket")
    with backend.open() as session:
        known = session.catalogue
    assert known.permission("create:rocket") == "create:rocket"
    assert known.titles["read:flow"] == CLOUD.titles["read:flow"]


def test_a_key_that_has_ended_is_none(tenant, backend):
    ci = tenant.service_account("ci")
    tenant.key(ci, "old", "2026-11-21T12:00:00+00:00")
    tenant.key(ci, "new", "2026-11-21T12:00:01+00:00")
    assert [key.name for key in read(backend).of(Key).values()] == ["new"]


def test_an_invitation_of_a_member_changes_nothing_about_it(tenant, backend):
    tenant.invitation("olivia@example.org")
    state = read(backend)
    olivia = address.user("olivia@example.org")
    assert state.get(olivia).status is Status.ACTIVE
    assert state.holdings(olivia, ACCOUNT) == held(CLOUD.owner)


def test_what_belongs_to_another_tenant_is_not_there_whatever_the_service_answers(tenant, backend):
    tenant.custom_role("theirs", "read:flow", tenant=tenant.other)
    tenant.invitation("theirs@example.org", tenant=tenant.other)
    bo = tenant.member("bo@example.org")
    bo["memberships"].insert(0, tenant.place("TENANT_ADMIN", tenant.other))
    stranger = tenant.member("stranger@example.org")
    stranger["memberships"][0]["tenant_id"] = tenant.other
    state = read(backend)
    assert {user.email for user in state.of(User).values()} == {
        "olivia@example.org",
        "bo@example.org",
    }
    assert state.holdings(BO, ACCOUNT) == held(role("user"))
    assert state.get(role("theirs")) is None


@pytest.mark.parametrize("count", [0, 1, 199, 200, 201, 400])
def test_a_list_is_read_to_its_end_whatever_its_length(tenant, backend, count):
    for number in range(count):
        tenant.custom_role(f"role-{number}")
    state = read(backend)
    assert len([r for r in state.of(Role).values() if not r.builtin]) == count
    rows = count + len(CLOUD.roles)
    offsets = [sent["auth_role"] for name, sent, _ in tenant.requests if name == "access"]
    pages = sorted({*range(0, rows, 200), rows})
    assert offsets == (pages if rows <= 200 else [*pages, *pages])


LENGTHS = [dict.fromkeys(LISTS, most) for most in (1, 4, 7)]


@pytest.mark.parametrize("most", [*LENGTHS, {"auth_role": 3, "user_view_same_tenant": 2}])
def test_a_service_that_returns_fewer_rows_than_requested_hides_none(company, backend, most):
    for number in range(7):
        company.custom_role(f"role-{number}", "read:run")
        company.member(f"u{number}@example.org", f"role-{number}")
        company.key(company.service_account(f"ci-{number}"), "build")
        company.invitation(f"i{number}@example.org")
    whole = read(backend)
    company.most = most

    assert read(backend) == whole


def shifting(tenant, change):
    """Call *change* before each page of a reading but the first."""

    def before(name):
        if name == "access" and tenant.requests[-1][1]["auth_role"]:
            change()

    tenant.before = before


def test_a_list_that_changes_while_it_is_read_is_read_again(tenant, backend):
    for number in range(450):
        tenant.member(f"u{number:03}@example.org")
    left = [1]
    rows = tenant.rows["user_view_same_tenant"]
    shifting(tenant, lambda: left and left.pop() and rows.pop(1))
    state = read(backend)
    assert len(state.of(User)) == 450
    assert state.get(address.user("u199@example.org"))
    assert names(tenant).count("access") == 3 * 4


def test_a_list_that_never_stays_is_not_planned_from(tenant, backend):
    for number in range(250):
        tenant.member(f"u{number:03}@example.org")
    rows = tenant.rows["user_view_same_tenant"]
    shifting(tenant, lambda: rows.append(rows.pop(1)))
    with pytest.raises(TornRead, match=r"`access` changed while it was read \(3 attempts\)"):
        read(backend)


def test_a_page_that_is_given_over_and_over_is_not_read_for_ever(tenant, backend):
    for number in range(195):
        tenant.custom_role(f"role-{number}")
    page = httpx.Response(200, json={"data": {name: tenant.rows[name] for name in LISTS}})
    tenant.before = lambda name: page if name == "access" else None
    with pytest.raises(TornRead):
        read(backend)
    assert names(tenant).count("access") == 6


def test_pages_without_end_come_to_one(tenant, backend, monkeypatch):
    monkeypatch.setattr("rbac_sync.backends.prefect_cloud_1.api.PAGES", 3)

    def before(name):
        if name == "access":
            tenant.rows["auth_api_key"] = []
            for number in range(1000):
                tenant.key(tenant.olivia, f"k{number}")

    tenant.before = before
    with pytest.raises(BadResponse, match="more than 3 answers do not end it"):
        read(backend)


def test_a_page_that_holds_more_than_was_asked_for_is_refused(tenant, backend):
    for number in range(201):
        tenant.key(tenant.olivia, f"k{number}")
    page = httpx.Response(200, json={"data": {name: tenant.rows[name] for name in LISTS}})
    tenant.before = lambda name: page if name == "access" else None
    with pytest.raises(BadResponse, match="201 rows came where at most 200 were asked for"):
        read(backend)


@pytest.mark.parametrize("table", LISTS)
def test_a_row_that_is_twice_in_one_answer_is_refused(company, backend, table):
    company.rows[table].append(company.rows[table][0] | {"name": "other"})
    with pytest.raises(BadResponse, match=r"query access: the row `.*` is twice in one answer"):
        read(backend)


USELESS = {
    "a page for people": "<html>log in</html>",
    "nothing": "",
    "no object": "[]",
    "no data": "{}",
    "null": '{"data": null}',
    "a list that is null": json.dumps({"data": dict.fromkeys(LISTS)}),
    "a list that is missing": '{"data": {"auth_role": []}}',
    "rows that are null": json.dumps({"data": {name: [None] for name in LISTS}}),
    "errors that are none": '{"errors": "no"}',
    "an error that is none": '{"errors": [null]}',
    "extensions that are null": '{"errors": [{"extensions": null}]}',
    "half an answer": '{"data": {"auth_role": [{"id": "0000',
}


@pytest.mark.parametrize("answer", USELESS.values(), ids=USELESS)
@pytest.mark.parametrize("query", ["tenants", "caller", "access"])
def test_a_useless_answer_is_never_an_empty_list(company, backend, query, answer):
    found = httpx.Response(200, content=answer)
    company.before = lambda name: found if name == query else None
    with pytest.raises(BadResponse) as refused:
        read(backend)
    assert str(refused.value).isprintable()
    assert names(company).count(query) == 1


def without(row, column):
    return {name: value for name, value in row.items() if name != column}


CUT = [
    ("auth_role", "tenant_id"),
    ("auth_role", "permissions"),
    ("membership_invitation", "tenant_id"),
    ("membership_invitation", "role_id"),
    ("auth_api_key", "expires_at"),
    ("user_view_same_tenant", "memberships"),
    ("user_view_same_tenant", "account_type"),
]


@pytest.mark.parametrize(("table", "column"), CUT)
def test_a_row_without_what_says_who_may_do_what_is_refused(company, backend, table, column):
    company.rows[table][-1] = without(company.rows[table][-1], column)
    with pytest.raises(BadResponse, match=f"{table}.*{column}"):
        read(backend)


@pytest.mark.parametrize("permissions", [None, "read:flow", {"read:flow": True}, [None], [1]])
def test_permissions_that_are_no_list_of_texts_are_refused(company, backend, permissions):
    company.rows["auth_role"][-1]["permissions"] = permissions
    with pytest.raises(BadResponse, match="permissions"):
        read(backend)


@pytest.mark.parametrize("what", ["a member's role", "an invitation's role"])
def test_a_reference_into_nowhere_is_not_planned_from(company, backend, what):
    if what == "a member's role":
        company.rows["user_view_same_tenant"][1]["memberships"][0]["role_id"] = company.new()
    else:
        company.rows["membership_invitation"][0]["role_id"] = company.new()
    with pytest.raises(DanglingReference, match="which no list contains"):
        read(backend)
    assert names(company).count("access") == 2 * 2


def test_a_member_without_an_address_or_twice_in_the_tenant_is_not_guessed_at(tenant, backend):
    row = tenant.member("x@example.org")
    row["email"] = None
    with pytest.raises(BadResponse, match="has no e-mail address"):
        read(backend)
    row["memberships"].append(tenant.place("USER"))
    with pytest.raises(BadResponse, match="is in the tenant 2 times"):
        read(backend)


def test_a_tenant_without_anybody_is_none(tenant, backend):
    tenant.olivia["memberships"][0]["tenant_id"] = tenant.other
    with pytest.raises(BadResponse, match="nobody is shown in the tenant"):
        read(backend)


def test_a_member_whose_membership_is_not_shown_is_not_left_out(tenant, backend):
    bo = tenant.member("bo@example.org")
    bo["memberships"].clear()
    with pytest.raises(BadResponse, match=f"the user `{bo['id']}` is shown in no tenant"):
        read(backend)


def test_two_members_of_one_address_and_two_invitations_are_not_guessed_apart(tenant, backend):
    tenant.invitation("eve@example.org")
    tenant.invitation("Eve@example.org")
    with pytest.raises(BadResponse, match="is invited twice"):
        read(backend)
    tenant.rows["membership_invitation"].clear()
    tenant.member("olivia@Example.org")
    with pytest.raises(BackendError, match=r"two things called `member\.olivia@example\.org`"):
        read(backend)


REFUSALS = {
    "UNAUTHENTICATED": (CredentialError, "does not accept this API key"),
    "FORBIDDEN": (BackendError, "this key may not do that"),
    "validation-failed": (BackendError, "this key may not do that"),
    "INTERNAL_SERVER_ERROR": (BackendError, r"it: no \*\*\*"),
    "NEW_CODE": (BackendError, r"it: no \*\*\*"),
}


@pytest.mark.parametrize("code", REFUSALS)
@pytest.mark.parametrize("query", ["tenants", "caller", "access"])
def test_a_refusal_is_read_from_its_code_and_asked_for_once(company, backend, query, code):
    body = fault(code, f"no {KEY}")
    company.before = lambda name: httpx.Response(200, json=body) if name == query else None
    kind, said = REFUSALS[code]
    with pytest.raises(kind, match=said) as refused:
        read(backend)
    assert KEY not in f"{refused.value} {refused.value.hint}"
    assert names(company).count(query) == 1


def test_a_message_that_looks_like_a_code_is_a_message(company, backend):
    body = fault("INTERNAL_SERVER_ERROR", "the role API_ERROR UNAUTHENTICATED FORBIDDEN")
    company.before = lambda name: httpx.Response(200, json=body) if name == "access" else None
    with pytest.raises(BackendError, match="the role API_ERROR") as refused:
        read(backend)
    assert not isinstance(refused.value, CredentialError)
    assert names(company).count("access") == 1


def test_an_error_beside_data_is_an_error(company, backend):
    company.after = lambda name, answer: (
        httpx.Response(200, json=fault("FORBIDDEN", path="auth_api_key") | answer.json())
        if name == "access"
        else answer
    )
    with pytest.raises(BackendError, match="query access: auth_api_key: no: this key may not"):
        read(backend)


def test_errors_that_are_none_are_none(company, backend):
    company.after = lambda name, answer: httpx.Response(200, json=answer.json() | {"errors": []})
    assert read(backend).get(BO)


@pytest.mark.parametrize("query", ["tenants", "caller", "access"])
def test_trouble_of_the_service_is_waited_out(company, backend, service, query):
    trouble = [httpx.Response(200, json=fault("API_ERROR")), httpx.Response(502)] * 2
    company.before = lambda name: trouble.pop() if name == query and trouble else None
    assert read(backend).get(BO)
    assert len(service) == 4
    assert names(company).count(query) == 4 + (2 if query == "access" else 1)


def test_trouble_that_stays_is_told(company, backend):
    late = httpx.Response(200, json=fault("API_ERROR", "Operation timed out"))
    company.before = lambda name: late if name == "access" else None
    with pytest.raises(BackendError, match="Operation timed out") as told:
        read(backend)
    assert "try again later" in told.value.hint
    assert names(company).count("access") == 5


def test_too_many_requests_are_waited_for_as_the_service_asks(company, backend, service):
    answers = [httpx.Response(429, headers={"retry-after": "7"})]
    company.before = lambda name: answers.pop() if name == "access" and answers else None
    assert read(backend).get(BO)
    assert any(7 <= pause < 8 for pause in service)


def test_a_key_for_another_tenant_is_told_so(tenant, backend):
    tenant.answers_for = tenant.other
    with pytest.raises(BackendError, match="the service answers for the tenant"):
        read(backend)


def test_a_token_from_before_api_keys_is_a_matter_of_credentials(tenant, backend):
    tenant.answers_for = None
    with pytest.raises(CredentialError, match="token from before API keys"):
        read(backend)


def test_a_tenant_that_the_key_does_not_reach_names_those_that_it_does(tenant, service, tmp_path):
    with pytest.raises(BackendError, match="does not reach the tenant `nowhere`") as found:
        read(tenant.backend(tmp_path, "nowhere"))
    assert found.value.hint == "its tenants: `other`, `acme`"


def test_a_list_of_tenants_that_is_cut_says_nothing_of_the_others(
    tenant, service, tmp_path, monkeypatch
):
    monkeypatch.setattr(api, "MOST_TENANTS", 1)
    message = "`nowhere` is not among the first 1 tenants of this key"
    with pytest.raises(BackendError, match=message) as found:
        read(tenant.backend(tmp_path, "nowhere"))
    assert found.value.hint == "name the tenant by its id"


@pytest.mark.parametrize(
    "right",
    ["read:user", "read:membership", "read:membership-invitation", "read:service-api-key"],
)
def test_f1_what_a_right_would_show_is_not_seen_without_it(tenant, backend, right):
    tenant.rights = [p for p in CLOUD.roles[CLOUD.owner].permissions if p != right]
    with backend.open() as session:
        horizon = session.horizon()
    kind = Kind.KEY if right == "read:service-api-key" else Kind.USER
    assert horizon.kinds == {kind}
    assert horizon.reasons == (f"not every {kind} may be shown: the key needs `{right}`",)


def test_a_right_to_see_that_there_is_not_is_not_missed(tenant, backend):
    tenant.rights = [p for p in CLOUD.roles[CLOUD.owner].permissions if p != "read:user"]
    tenant.licensed.remove("read:user")
    assert read(backend)


def test_a_service_that_names_no_permissions_is_not_taken_to_show_everything(tenant, backend):
    tenant.rights, tenant.licensed = [], []
    with pytest.raises(BadResponse, match="not what was asked for"):
        read(backend)


def test_the_applier_is_whose_key_it_is(company, backend):
    with backend.open() as session:
        assert session.applier() == address.user("olivia@example.org")
    company.me = company.rows["user_view_same_tenant"][2]
    company.rights = sorted(CLOUD.titles)
    with backend.open() as session:
        assert session.applier() == CI


def test_versions_change_with_what_they_are_of_and_with_nothing_else(company, backend):
    def versions():
        with backend.open() as session:
            state = session.read()
            things = (*state.resources(), *state.bindings())
            return session.versions([each.address for each in things])

    before = versions()
    assert before == versions()
    company.rows["user_view_same_tenant"][0]["memberships"][0]["updated"] = "2026-05-05T00:00:00Z"
    company.rows["auth_role"][-1]["updated"] = "2026-05-05T00:00:00Z"
    place = company.rows["user_view_same_tenant"][1]["memberships"][0]
    place["security_updated"] = "2026-05-05T00:00:00Z"
    company.rows["membership_invitation"][0]["id"] = company.new()
    after = versions()
    assert {a for a in before if before[a] != after[a]} == {
        role("operator"),
        address.binding(BO, ACCOUNT),
        address.binding(EVE, ACCOUNT),
        EVE,
    }
