"""Reading an account: everything, once, by list calls alone, or not at all."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from threading import Event, Lock

import httpx
import pytest

from rbac_sync.errors import (
    BackendError,
    BadResponse,
    CredentialError,
    DanglingReference,
    TornRead,
)
from rbac_sync.model import (
    ACCOUNT,
    EVERYONE,
    Holding,
    Key,
    Kind,
    Level,
    Membership,
    ObjectAccess,
    Role,
    ServiceAccount,
    State,
    Status,
    Team,
    User,
    Workspace,
    address,
    held,
)
from rbac_sync.model.instant import parsed
from rbac_sync.model.resources import role as role_address
from rbac_sync.testing.account import live as read

from ...patience import LONGEST
from .cloud import CLOUD, NOW


def role(name, level=Level.WORKSPACE):
    return role_address(level, name)


BO, CI, OPS = address.user("bo@example.org"), address.service_account("ci"), address.team("ops")
PROD = address.workspace("prod")
FORBIDDEN = httpx.Response(403, json={"detail": "Forbidden"})
NOT_FOUND = httpx.Response(404, json={"detail": "Not Found"})


@pytest.fixture
def company(cloud):
    """Some of everything."""
    prod = cloud.workspace(
        "prod",
        name="Production",
        description=None,
        is_public=True,
        default_workspace_role_id=cloud.workspace_role("Viewer"),
    )
    bo, ci = cloud.member("Bo@example.org", "Admin"), cloud.bot("ci", until="2027-01-01T00:00:00Z")
    cloud.member("gone@example.org", active=False)
    cloud.invitation("eve@example.org", "Owner")
    cloud.custom_role("oncall", "see_work_pools", "write_work_pools", base="Runner")
    ops = cloud.team("ops", bo, ci, group="directory_group_1")
    cloud.grant(prod, bo, "Developer")
    cloud.grant(prod, ci, "oncall")
    cloud.grant(prod, ops, "Runner")
    return cloud


def test_every_kind_is_read_by_its_human_name(company, backend):
    state = read(backend)

    assert state.get(BO) == User("Bo@example.org")
    assert state.get(address.user("gone@example.org")).status is Status.SUSPENDED
    eve = state.get(address.user("eve@example.org"))
    assert (eve.status, eve.expires) == (Status.PENDING, parsed("2026-11-28T12:00:00Z"))
    assert state.get(CI) == ServiceAccount("ci")
    assert list(state.keys_of(CI)) == [Key(CI, "active", parsed("2027-01-01T00:00:00Z"))]
    assert state.get(OPS) == Team(
        "ops", frozenset({Membership(BO), Membership(CI)}), "directory_group_1"
    )
    assert state.get(PROD) == Workspace("prod", "Production", "", public=True)
    assert state.get(role("oncall")) == Role(
        Level.WORKSPACE,
        "oncall",
        frozenset({"see_work_pools", "write_work_pools"}),
        base=frozenset({role("runner")}),
    )


def test_all_that_is_held_is_read_account_roles_and_default_roles_included(company, backend):
    state = read(backend)

    assert dict(state.row(PROD)) == {
        EVERYONE: held(role("viewer")),
        BO: held(role("developer")),
        CI: held(role("oncall")),
        OPS: held(role("runner")),
    }
    account = {
        address.user("olivia@example.org"): "owner",
        BO: "admin",
        address.user("gone@example.org"): "member",
        address.user("eve@example.org"): "owner",
        CI: "member",
    }
    assert dict(state.row(ACCOUNT)) == {
        who: frozenset({Holding(role(name, Level.ACCOUNT))}) for who, name in account.items()
    }


def test_reading_twice_in_a_session_asks_once(company, backend):
    with backend.open() as session:
        assert session.read() is session.read()
        before = len(company.requests)
        session.versions([BO, PROD])
        assert session.capabilities
        assert session.catalogue
        assert session.now() == NOW
        assert len(company.requests) == before


def test_built_in_roles_are_those_that_the_service_has_now(cloud, backend):
    cloud.one("workspace_roles", cloud.workspace_role("Viewer"))["scopes"] = ["manage_blocks"]
    cloud.add(
        "workspace_roles", name="Night Watch", account_id=None, scopes=[], inherited_role_id=None
    )
    cloud.add("account_roles", name="Auditor", account_id=None, permissions=["read:account"])
    with backend.open() as session:
        state, catalogue = session.read(), session.catalogue

    viewer = state.get(role("viewer"))
    assert viewer.permissions == {"manage_blocks", "see_blocks", "see_secret_blocks"}
    assert catalogue.roles[role("viewer")] == viewer
    assert state.get(role("night-watch")).builtin
    assert catalogue.builtin(Level.WORKSPACE, "night-watch") == role("night-watch")
    auditor = role("auditor", Level.ACCOUNT)
    assert state.get(auditor).permissions == {"read:account"}
    assert state.get(CLOUD.owner).implies == CLOUD.roles[CLOUD.owner].implies


@pytest.mark.parametrize(
    ("kind", "field"), [("account_memberships", "active"), ("workspaces", "is_public")]
)
def test_a_number_is_no_truth_value(company, backend, kind, field):
    company.rows[kind][0][field] = 0
    with pytest.raises(BadResponse, match=f"{field}: .*valid boolean"):
        read(backend)


def test_a_suspended_caller_is_nobody_to_a_key_that_sees_no_invitations(cloud, backend):
    cloud.me["id"] = cloud.member("sus@example.org", "Owner", active=False)["user_id"]
    cloud.before = lambda _method, path: FORBIDDEN if path == "invitations/filter" else None
    with backend.open() as session, pytest.raises(CredentialError, match="belongs to nobody"):
        session.applier()


def test_a_role_that_members_hold_and_no_list_contains_is_as_it_is_known(cloud, backend):
    row = cloud.one("account_roles", cloud.account_role("Collaborator"))
    cloud.member("bo@example.org", "Collaborator")
    cloud.member("eve@example.org", "Collaborator")
    cloud.rows["account_roles"].remove(row)
    with backend.open() as session:
        state = session.read()

    collaborator = role("collaborator", Level.ACCOUNT)
    assert state.get(collaborator) == CLOUD.roles[collaborator]
    assert [holding.role for holding in state.holdings(BO, ACCOUNT)] == [collaborator]


def test_what_permissions_include_is_what_the_service_says_at_any_remove(cloud, backend):
    chain = {"fly": ["hover"], "hover": ["stand"], "stand": [], "manage_blocks": []}
    rows = [
        {
            "name": n,
            "title": n.title(),
            "feature_group": "Air",
            "includes_scopes": i,
            "see_scope": None,
        }
        for n, i in chain.items()
    ]
    cloud.instead("workspace_scopes", httpx.Response(200, json=rows))
    cloud.custom_role("pilot", "fly")
    with backend.open() as session:
        assert session.read().get(role("pilot")).permissions == {"fly", "hover", "stand"}
        catalogue = session.catalogue
    assert catalogue.includes["manage_blocks"] == frozenset()
    assert catalogue.includes["write_work_pools"] == CLOUD.includes["write_work_pools"]
    assert (catalogue.titles["fly"].title, catalogue.titles["fly"].group) == ("Fly", "Air")


def test_an_invitation_that_has_lapsed_is_none_and_of_several_the_latest_counts(cloud, backend):
    cloud.invitation("late@example.org", days=-1)
    cloud.invitation("eve@example.org", "Owner", days=3)
    cloud.invitation("eve@example.org", "Admin", days=5)
    cloud.invitation("eve@example.org", "Member", days=4)
    cloud.invitation("olivia@example.org", "Member")
    state = read(backend)
    assert state.get(address.user("late@example.org")) is None
    eve = address.user("eve@example.org")
    assert state.get(eve).expires == parsed("2026-11-26T12:00:00Z")
    assert state.holdings(eve, ACCOUNT) == held(role("admin", Level.ACCOUNT))
    olivia = address.user("olivia@example.org")
    assert state.get(olivia).status is Status.ACTIVE
    assert state.holdings(olivia, ACCOUNT) == held(CLOUD.owner)


def test_a_key_that_has_ended_is_none(cloud, backend):
    cloud.bot("ci", until="2026-11-21T12:00:00Z")
    cloud.bot("etl", until="2026-11-21T12:00:01Z")
    assert [key.owner.key for key in read(backend).of(Key).values()] == ["etl"]


@pytest.mark.parametrize("created", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"])
def test_a_key_counts_whenever_its_owner_is_said_to_have_been_made(cloud, backend, created):
    cloud.bot("ci", until="2027-01-01T00:00:00Z")["created"] = created
    assert [key.owner for key in read(backend).of(Key).values()] == [CI]


@pytest.mark.parametrize("count", [0, 1, 199, 200, 201, 399, 400, 401])
def test_a_list_is_read_to_its_end_whatever_its_length(cloud, backend, count):
    for number in range(count):
        cloud.bot(f"bot-{number}")
    assert len(read(backend).of(ServiceAccount)) == count
    asked = Counter(body["offset"] for _, path, body in cloud.requests if path == "bots/filter")
    ahead = {offset: times for offset, times in asked.items() if offset > count}
    pages = {*range(0, count, 200), count}
    assert asked - Counter(ahead) == Counter(dict.fromkeys(pages, 2 if count >= 200 else 1))
    assert ahead in ({}, {400: 1}) if 200 <= count < 400 else not ahead
    assert all(b["limit"] == 200 for _, path, b in cloud.requests if path == "bots/filter")


def shifting(cloud, path, changes):
    """Change the rows of *path* before each of its pages but the first."""
    pages = Counter()

    def before(method, asked):
        if asked == f"{path}/filter":
            pages[path] += 1
            if pages[path] > 1 and changes:
                changes.pop(0)()

    cloud.before = before
    return pages


def test_a_list_that_shrinks_while_it_is_read_is_read_again(cloud, backend):
    for number in range(450):
        cloud.member(f"u{number:03}@example.org")
    rows = cloud.rows["account_memberships"]
    pages = shifting(cloud, "account_memberships", [lambda: rows.pop(0)])
    state = read(backend)
    assert len(state.of(User)) == 450
    assert state.get(address.user("u199@example.org"))
    assert pages["account_memberships"] == 3 * 4


def test_a_list_that_grows_at_its_beginning_is_read_again(cloud, backend):
    for number in range(250):
        cloud.bot(f"bot-{number:03}")
    rows = cloud.rows["bots"]

    def grow():
        key = rows[-1]["api_key"] | {"id": cloud.id()}
        ids = {"id": cloud.id(), "actor_id": cloud.id(), "api_key": key}
        rows.insert(0, rows[-1] | ids | {"name": "new"})

    shifting(cloud, "bots", [grow])
    assert len(read(backend).of(ServiceAccount)) == 251


def test_access_is_read_as_the_second_reading_of_the_workspaces_has_them(cloud, backend):
    """The access is requested with the first reading; then one workspace goes, another comes."""
    spaces = [cloud.workspace(f"w{number:03}") for number in range(250)]
    gone, came = spaces[0], cloud.workspace("came")
    for space in (*spaces, came):
        cloud.grant(space, cloud.olivia, "Viewer")
    rows = cloud.rows["workspaces"]
    rows.remove(came)

    changing = Lock()

    def change():
        with changing:  # several pages are requested at once
            if gone in rows:
                rows.remove(gone)
                rows.append(came)
                del cloud.rows[f"workspaces/{gone['id']}/user_access"]

    def before(method, asked):
        if asked.startswith(f"workspaces/{gone['id']}"):
            return NOT_FOUND
        if asked == "workspaces/filter" and len(offsets()) > len({*offsets()}):
            change()  # a page is requested for the second time, whichever comes first
        return None

    def offsets():
        return [
            body["offset"] for _, path, body in [*cloud.requests] if path == "workspaces/filter"
        ]

    cloud.before = before
    with backend.open() as session:
        held = {b.scope.key for b in session.read().bindings() if b.scope != ACCOUNT}
    assert held == {"came", *(space["handle"] for space in spaces[1:])}
    assert offsets().count(0) == 3
    assert sum(path.startswith(f"workspaces/{came['id']}") for _, path, _ in cloud.requests) == 1


def test_access_is_asked_for_while_the_list_of_workspaces_is_still_read(cloud, backend):
    cloud.most = 1
    for handle in ("prod", "staging"):
        cloud.grant(cloud.workspace(handle), cloud.olivia, "Viewer")
    read_access, pages = Event(), count()

    def before(_, path):
        if path.endswith("user_access/filter"):
            read_access.set()
        if path == "workspaces/filter" and next(pages):
            assert read_access.wait(LONGEST)

    cloud.before = before
    assert len(read(backend).row(PROD)) == 1


def test_a_list_that_never_stays_is_not_planned_from(cloud, backend):
    for number in range(250):
        cloud.bot(f"bot-{number:03}")
    bots = cloud.rows["bots"]
    shifting(cloud, "bots", [lambda: bots.append(bots.pop(0)) for _ in range(20)])
    with pytest.raises(TornRead, match=r"`bots` changed while it was read \(3 attempts\)"):
        read(backend)


@pytest.mark.parametrize("count", [1, 200])
def test_a_page_that_is_given_over_and_over_is_not_read_for_ever(cloud, backend, count):
    for number in range(count):
        cloud.bot(f"bot-{number:03}")
    cloud.after = lambda method, path, answer: (
        httpx.Response(200, json=cloud.rows["bots"]) if path == "bots/filter" else answer
    )
    with pytest.raises(TornRead) as torn:
        read(backend)
    assert "in place of the service" in torn.value.hint
    assert sum(path == "bots/filter" for _, path, _ in cloud.requests) <= 3 + 3 + 3


@pytest.mark.parametrize("most", [1, 2, 3, 5, 8])
def test_a_service_that_returns_fewer_rows_than_requested_hides_none(company, backend, most):
    """Each list and each access has more rows than one page, whatever the length of a page."""
    prod, staging = company.rows["workspaces"][0], company.workspace("staging")
    for number in range(10):
        who = company.member(f"u{number}@example.org"), company.bot(f"bot-{number}")
        ops = company.team(f"team-{number}", *who)
        company.custom_role(f"role-{number}", "see_flows")
        company.invitation(f"i{number}@example.org")
        company.workspace(f"w{number}")
        for each in (*who, ops):
            company.grant(prod, each, "Viewer")
            company.grant(staging, each, f"role-{number}")
    whole = read(backend)
    company.most = most

    assert read(backend) == whole


def test_access_is_read_again_once_a_list_of_the_account_shows_that_pages_are_short(cloud, backend):
    """The members are listed after the access, and are the first list with several pages."""
    cloud.most = 9
    prod, read_access = cloud.workspace("prod"), Event()
    for number in range(10):
        cloud.grant(prod, cloud.member(f"u{number}@example.org"), "Viewer")

    def before(_, path):
        if path.endswith("user_access/filter"):
            read_access.set()
        if path == "account_memberships/filter":
            assert read_access.wait(LONGEST)

    cloud.before = before
    assert len(read(backend).row(PROD)) == 10


@pytest.mark.parametrize("listing", ["invitations", "account_memberships"])
def test_who_accepts_an_invitation_between_two_lists_is_on_one_of_them(company, backend, listing):
    """The person accepts when the list is read to its end."""

    def after(_method, path, answer):
        if path == f"{listing}/filter" and answer.json() == [] and eve["status"] == "PENDING":
            eve["status"] = "ACCEPTED"
            company.member("eve@example.org")
        return answer

    (eve,) = company.rows["invitations"]
    company.after = after
    assert read(backend).get(address.user("eve@example.org")) is not None


def test_a_list_that_grows_at_its_end_is_whole(cloud, backend):
    cloud.bot("one")
    shifting(cloud, "bots", [lambda: cloud.bot("two")])

    assert len(read(backend).of(ServiceAccount)) == 2


def test_a_list_without_an_end_is_refused(cloud, backend, monkeypatch):
    monkeypatch.setattr("rbac_sync.backends.prefect_cloud.lists.MOST_PAGES", 3)
    bot = cloud.bot("bot")

    def after(_, path, answer):
        if path != "bots/filter":
            return answer
        more = [bot | {"id": cloud.id(), "name": f"bot-{cloud.id()}"} for _ in range(200)]
        return httpx.Response(200, json=more)

    cloud.after = after
    with pytest.raises(BadResponse) as refused:
        read(backend)

    assert str(refused.value) == "`bots` goes on after 3 pages"
    assert "in place of the service" in refused.value.hint


@pytest.mark.parametrize("kind", ["user", "bot"])
def test_a_row_of_another_workspace_is_refused(company, backend, kind):
    prod = company.rows["workspaces"][0]
    row = company.rows[f"workspaces/{prod['id']}/{kind}_access"][0]
    row["workspace_id"] = other = company.id()

    with pytest.raises(BadResponse) as refused:
        read(backend)

    assert str(refused.value) == (
        f"the access to workspace `{prod['id']}` has a row of workspace `{other}`"
    )
    assert "in place of the service" in refused.value.hint


def test_a_page_that_holds_more_than_was_asked_for_is_refused(cloud, backend):
    for number in range(201):
        cloud.bot(f"bot-{number:03}")
    cloud.after = lambda method, path, answer: (
        httpx.Response(200, json=cloud.rows["bots"]) if path == "bots/filter" else answer
    )
    with pytest.raises(BadResponse, match="201 rows came where at most 200 were asked for"):
        read(backend)


@pytest.mark.parametrize("held_there", ["Owner", "Developer"])
@pytest.mark.parametrize("first", [True, False])
def test_a_row_that_is_twice_in_one_answer_is_refused(company, backend, first, held_there):
    """*Why* an equal row, too: an answer that has it twice may have left out another row."""
    path = f"workspaces/{company.rows['workspaces'][0]['id']}/user_access"
    row = company.rows[path][0]
    other = row | {"workspace_role_id": company.workspace_role(held_there)}
    company.rows[path].insert(0 if first else 1, other)
    with pytest.raises(BadResponse) as refused:
        read(backend)
    assert str(refused.value).endswith(f"/filter: the row `{row['id']}` is twice in one answer")
    assert "what may answer in place of the service" in refused.value.hint


def test_an_account_of_500_workspaces_and_10_000_grants_takes_no_call_per_grant(cloud, backend):
    people = [cloud.member(f"u{number}@example.org") for number in range(120)]
    bots = [cloud.bot(f"bot-{number}") for number in range(40)]
    teams = [cloud.team(f"team-{number}", people[number]) for number in range(10)]
    who = [*people, *bots, *teams]
    for number in range(500):
        workspace = cloud.workspace(f"ws-{number}")
        for step in range(20):
            cloud.grant(workspace, who[(number * 7 + step * 8) % len(who)], "Viewer")
    state = read(backend)

    assert sum(len(state.row(scope)) for scope in state.scopes() if scope != ACCOUNT) == 10_000
    asked = Counter(path.rpartition("/")[0] for _, path, _ in cloud.requests if "filter" in path)
    below = {path: calls for path, calls in asked.items() if path.startswith("workspaces/")}
    assert len(below) == 2 * 500
    assert set(below.values()) == {1}
    assert asked["workspaces"] == 2 * (math.ceil(501 / 200) + 1)
    rest = set(asked) - below.keys() - {"workspaces"}
    assert {path: asked[path] for path in rest} == dict.fromkeys(rest, 2) | {"invitations": 1}
    assert len(cloud.requests) == 1000 + 8 + 2 * len(rest) - 1 + 4


@pytest.mark.parametrize("bots", [(), ("ci",)])
def test_the_access_of_service_accounts_is_asked_for_only_where_there_are_any(cloud, backend, bots):
    for name in bots:
        cloud.bot(name)
    cloud.grant(cloud.workspace("prod"), cloud.member("bo@example.org"), "Viewer")
    state = read(backend)

    asked = [path for _, path, _ in cloud.requests if path.endswith("bot_access/filter")]
    assert len(asked) == len(bots)
    assert len(state.row(PROD)) == 1


def test_a_list_that_must_not_be_read_is_never_an_empty_one(company, backend):
    company.instead("account_roles/filter", FORBIDDEN)
    with pytest.raises(BackendError, match="the request needs `read:account_role`"):
        read(backend)


@pytest.mark.parametrize(
    ("path", "right", "kind"),
    [
        ("account_memberships", "read:account_membership", Kind.USER),
        ("invitations", "read:invitation", Kind.USER),
        ("bots", "read:bot", Kind.SERVICE_ACCOUNT),
        ("teams", "read:team", Kind.TEAM),
        ("workspace_roles", "read:workspace_role", Kind.ROLE),
        ("workspaces", "read:workspace", Kind.WORKSPACE),
    ],
)
def test_f1_a_kind_that_must_not_be_read_is_not_seen_and_says_which_right_it_takes(
    company, backend, path, right, kind
):
    company.instead(f"{path}/filter", FORBIDDEN)

    with backend.open() as session:
        session.read()
        horizon = session.horizon()

    assert horizon.kinds == {kind, *([Kind.KEY] if kind is Kind.SERVICE_ACCOUNT else [])}
    assert any(f"not every {kind} is shown: the key needs `{right}`" in r for r in horizon.reasons)
    assert len(set(horizon.reasons)) == len(horizon.reasons)


@pytest.mark.parametrize(
    ("path", "right"),
    [
        ("user_access", "see_workspace_users"),
        ("bot_access", "see_workspace_service_accounts"),
    ],
)
def test_f1_access_that_must_not_be_read_hides_the_workspace_by_its_handle(
    company, backend, path, right
):
    company.instead(f"{path}/filter", FORBIDDEN)

    with backend.open() as session:
        hidden = {str(address) for address in session.read().of(Workspace)}
        horizon = session.horizon()

    assert {str(address) for address in horizon.partly} == hidden
    assert all(f"who has access to `{a}` is not shown" in " ".join(horizon.reasons) for a in hidden)
    assert f"`{right}`" in horizon.reasons[-1]


USELESS = [
    httpx.Response(200, content="<html>log in</html>"),
    httpx.Response(200, content=""),
    httpx.Response(200, json={"detail": "?"}),
    httpx.Response(200, json=[{"name": "ci"}]),
    httpx.Response(200, json=[None]),
    httpx.Response(200, content='[{"id": "00000000-0000-0000-0000-000000000001", "name": "a'),
    httpx.Response(204),
]


@pytest.mark.parametrize("answer", USELESS, ids=lambda a: a.text[:20])
@pytest.mark.parametrize(
    "path", ["bots", "teams", "account_memberships", "workspace_roles", "invitations", "workspaces"]
)
def test_a_useless_answer_is_never_an_empty_list(company, backend, path, answer):
    company.instead(f"{path}/filter", answer)
    with pytest.raises(BadResponse) as found:
        read(backend)
    assert str(found.value).isprintable()
    assert found.value.code == "bad-response"


@pytest.mark.parametrize("kind", ["role", "member", "base", "grantee", "bot's role", "workspace"])
def test_a_reference_into_nowhere_is_not_planned_from(company, backend, kind):
    nowhere, prod = company.id(), company.rows["workspaces"][0]
    match kind:
        case "role":
            company.rows["account_memberships"][1]["account_role_id"] = nowhere
        case "member":
            company.rows["teams"][0]["memberships"][0]["id"] = nowhere
        case "base":
            company.rows["workspace_roles"][-1]["inherited_role_id"] = nowhere
        case "grantee":
            company.rows[f"workspaces/{prod['id']}/user_access"][0]["user_id"] = nowhere
        case "bot's role":
            company.rows["bots"][0]["account_role_name"] = "Ghost"
        case "workspace":
            company.rows["teams"][0]["workspaces"][0]["workspace_id"] = nowhere
    with pytest.raises(DanglingReference, match="which no list contains") as found:
        read(backend)
    assert found.value.code == "dangling-reference"
    assert sum(path == "bots/filter" for _, path, _ in company.requests) == 2 * 2


def test_a_reference_that_dangles_for_a_moment_is_read_again(company, backend):
    rows = company.rows["account_memberships"]
    bo = rows.pop(1)
    joins = [lambda: rows.append(bo)]

    def after(method, path, answer):
        if path == "account_memberships/filter" and joins:
            joins.pop()()
        return answer

    company.after = after
    assert read(backend).holdings(BO, PROD) == held(role("developer"))


def test_two_things_of_one_name_are_not_guessed_apart(cloud, backend):
    cloud.bot("ci")
    cloud.bot("ci")
    with pytest.raises(BackendError, match=r"two things called `service-account\.ci`"):
        read(backend)


def test_the_applier_is_whose_key_it_is(company, backend):
    with backend.open() as session:
        assert session.applier() == address.user("olivia@example.org")
    company.me["id"] = company.rows["bots"][0]["id"]
    with backend.open() as session:
        assert session.applier() == CI
    company.me["id"] = company.rows["bots"][0]["actor_id"]
    with backend.open() as session:
        assert session.applier() == CI


def test_an_account_that_the_key_does_not_belong_to_names_those_that_it_does(
    cloud, service, tmp_path
):
    backend = cloud.backend(tmp_path)
    backend._target = backend._target.__class__("prefect-cloud", "", "other", "prefect-cloud")
    with pytest.raises(BackendError, match="does not belong to the account `other`") as found:
        read(backend)
    assert found.value.hint == "its accounts: `acme`"


def test_an_account_named_by_its_id_is_none_whose_handle_reads_like_that_id(
    company, service, tmp_path
):
    def with_another(_, path, answer):
        if path != "me/accounts":
            return answer
        (own,) = answer.json()
        other = own | {"account_id": company.id(), "account_handle": company.account}
        return httpx.Response(200, json=[other, own])

    company.after = with_another
    backend = company.backend(tmp_path)
    backend._target = replace(backend._target, account=company.account)
    assert User("bo@example.org").address in read(backend).of(User)


@pytest.mark.parametrize("dates", [["today"], ["Sat, 21 Nov 2026 12:00:00 GMT"] * 2])
def test_a_service_that_does_not_say_the_time_is_not_believed(cloud, backend, dates):
    answer = httpx.Response(200, json=cloud.me, headers=[("date", date) for date in dates])
    cloud.before = lambda method, path: answer
    with pytest.raises(BadResponse, match="does not say what time it is"):
        read(backend)


def test_versions_change_with_what_they_are_of_and_with_nothing_else(company, backend):
    def versions():
        with backend.open() as session:
            state = session.read()
            things = (*state.resources(), *state.bindings())
            return session.versions([each.address for each in things])

    before = versions()
    assert before == versions()
    prod, ops = company.rows["workspaces"][0], company.rows["teams"][0]
    company.grant(prod, company.rows["account_memberships"][1], "Viewer")
    company.rows["workspace_roles"][-1]["updated"] = "2026-05-05T00:00:00Z"
    prod["default_workspace_role_id"] = company.workspace_role("Runner")
    ops["memberships"].pop()
    after = versions()
    assert {a for a in before if before[a] != after[a]} == {
        address.binding(BO, PROD),
        address.binding(EVERYONE, PROD),
        role("oncall"),
        OPS,
    }
    with backend.open() as session:
        assert session.versions([address.user("nobody@example.org")]) == {}


def test_an_account_with_nothing_but_its_owner_is_read(cloud, backend):
    state = read(backend)
    assert isinstance(state, State)
    assert [user.email for user in state.of(User).values()] == ["olivia@example.org"]


def in_grace(company, until):
    """Let the service account `ci` have an earlier key that ends at *until*."""
    bot = next(row for row in company.rows["bots"] if row["name"] == "ci")
    earlier = {"id": company.id(), "name": "ci-0", "expiration": until}
    bot["rotating"] = [earlier]
    bot["api_key"]["created"] = "2026-11-21T11:00:00Z"
    return earlier["id"]


def keys_of(backend):
    return {str(a): key.until for a, key in read(backend).of(Key).items()}


def test_f7_an_earlier_key_in_its_time_of_grace_is_read(company, backend):
    before = keys_of(backend)
    id_ = in_grace(company, "2026-11-23T11:00:00Z")

    more = {a: end for a, end in keys_of(backend).items() if a not in before}

    assert more == {
        f"service-account.ci/key/earlier-{id_[:8]}": datetime(2026, 11, 23, 11, tzinfo=UTC)
    }


def test_f7_a_key_that_is_rotated_between_two_answers_is_read_again(company, backend):
    in_grace(company, "2026-11-23T11:00:00Z")
    (bot,) = company.rows["bots"]
    first = bot["api_key"]["id"]

    def after(_method, path, answer):
        if path == "bots/filter" and bot["api_key"]["id"] == first:
            bot["rotating"] = [bot["api_key"]]
            bot["api_key"] = bot["api_key"] | {"id": company.id(), "expiration": None}
        return answer

    company.after = after
    ends = {"active": None, f"earlier-{first[:8]}": datetime(2027, 1, 1, tzinfo=UTC)}
    assert keys_of(backend) == {f"service-account.ci/key/{k}": end for k, end in ends.items()}


def test_f7_an_earlier_key_that_has_ended_is_none(company, backend):
    before = keys_of(backend)
    in_grace(company, "2026-11-01T00:00:00Z")

    assert keys_of(backend) == before


@pytest.mark.parametrize("holder", ["user", "team"])
def test_two_roles_of_one_holder_in_a_workspace_are_not_guessed_at(company, backend, holder):
    prod = company.rows["workspaces"][0]
    (team,) = company.rows["teams"]
    users = company.rows[f"workspaces/{prod['id']}/user_access"]
    rows = users if holder == "user" else team["workspaces"]
    other = {"id": company.id(), "workspace_role_id": company.workspace_role("Owner")}
    rows.append(rows[0] | other)

    with pytest.raises(BadResponse, match=r"holds two roles in `workspace\.prod`") as refused:
        read(backend)

    assert refused.value.hint == "take one of them away in the service"


def test_one_id_of_two_things_is_not_guessed_at(company, backend):
    prod, bot = company.rows["workspaces"][0], company.rows["bots"][0]
    bot["actor_id"] = prod["id"]

    with pytest.raises(BackendError) as refused:
        read(backend)

    named = f"`workspace.{prod['handle']}` and `service-account.{bot['name']}`"
    assert str(refused.value) == f"{named} have the same id, `{prod['id']}`"
    assert refused.value.hint == "look at both in the service"


def role_in_a_workspace(company, other):
    prod = company.rows["workspaces"][0]
    company.rows[f"workspaces/{prod['id']}/user_access"][0]["workspace_role_id"] = other


def default_role(company, other):
    company.rows["workspaces"][0]["default_workspace_role_id"] = other


def role_of_a_team(company, other):
    team = next(row for row in company.rows["teams"] if row["workspaces"])
    team["workspaces"][0]["workspace_role_id"] = other


@pytest.mark.parametrize("place", [role_in_a_workspace, default_role, role_of_a_team])
@pytest.mark.parametrize("kind", ["account_roles", "bots", "teams", "workspaces"])
def test_what_is_no_role_of_workspaces_is_held_in_none(company, backend, place, kind):
    place(company, company.rows[kind][0]["id"])

    with pytest.raises(BadResponse, match=r"which is (`|no role of the workspace)") as refused:
        read(backend)

    assert refused.value.hint == "look at it in the service"


def member_of_a_team(company, other):
    company.rows["teams"][0]["memberships"][0]["id"] = other


def workspace_of_a_team(company, other):
    company.rows["teams"][0]["workspaces"][0]["workspace_id"] = other


def holder_in_a_workspace(company, other):
    prod = company.rows["workspaces"][0]
    company.rows[f"workspaces/{prod['id']}/user_access"][0]["user_id"] = other


@pytest.mark.parametrize(
    ("place", "kinds"),
    [
        (member_of_a_team, ("workspace_roles", "workspaces")),
        (workspace_of_a_team, ("workspace_roles", "bots", "teams")),
        (holder_in_a_workspace, ("workspace_roles", "teams", "workspaces")),
    ],
)
def test_an_id_of_something_else_is_no_reference(company, backend, place, kinds):
    for kind in kinds:
        place(company, company.rows[kind][0]["id"])
        with pytest.raises(BadResponse, match=r"refers to `[^`]*`, which is `") as refused:
            read(backend)
        assert refused.value.hint == "look at it in the service"


def on_one_list(company, id_):
    """Put one id on the access list of the work pool `main` at all levels; return its address."""
    below = f"workspaces/{company.rows['workspaces'][0]['id']}/work_pools"
    company.add(below, name="main")
    on_it = [{"id": id_, "name": "?", "email": None, "type": "user"}]
    listed = dict.fromkeys(("manage_actors", "run_actors", "view_actors"), on_it)
    company.instead(f"{below}/main/access", httpx.Response(200, json=listed))
    return address.workspace_object(PROD, "work_pool:main")


def test_an_unknown_id_on_an_access_list_is_not_left_out(company, backend):
    """A change of the list would take the unknown one off it."""
    main = on_one_list(company, id_ := company.id())
    with backend.open() as session:
        session.show_lists({main})
        with pytest.raises(DanglingReference) as refused:
            session.read()

    where = f"the access list of `{main}` refers to `{id_}`"
    assert str(refused.value) == f"{where}, which no list contains"


@pytest.mark.parametrize(
    ("status", "path", "right"),
    [
        (403, "main/access", "see_work_pools"),
        (404, "main/access", None),
        (403, "account_memberships/filter", "read:account_membership"),
    ],
    ids=["the list is hidden", "the work pool is gone", "people are hidden"],
)
def test_an_access_list_that_cannot_be_read_is_not_shown_as_open(
    company, backend, status, path, right
):
    main = on_one_list(company, company.id())
    listed = company.before
    company.before = lambda method, asked: (
        httpx.Response(status, json={"detail": "no"})
        if asked.endswith(path)
        else listed(method, asked)
    )
    with backend.open() as session:
        session.show_lists({main})
        assert session.read().get(main) is None
        horizon = session.horizon()

    told = f"the access list of `{main}` is not shown: the key needs `{right}` there"
    assert (main in horizon.partly) is (told in horizon.reasons) is (right is not None)


def test_many_objects_are_asked_for_in_parts(company, backend):
    """*Why*: `serve` refuses a request for a list with more than 2,000 values."""
    below = f"workspaces/{company.rows['workspaces'][0]['id']}/work_pools"
    names = [f"pool-{number:03}" for number in range(250)]
    for name in names:
        company.add(below, name=name)
    nobody = {f"{level}_actors": [] for level in ("manage", "run", "view")}
    company.before = lambda _, asked: (
        httpx.Response(200, json=nobody) if asked.endswith("/access") else None
    )
    with backend.open() as session:
        session.show_lists({address.workspace_object(PROD, f"work_pool:{each}") for each in names})
        assert len(session.read().of(ObjectAccess)) == 250
    asked = [
        body["work_pools"]["name"]["any_"]
        for _, path, body in company.requests
        if path == f"{below}/filter"
    ]
    assert {len(each) for each in asked} == {100, 50}
    assert {name for each in asked for name in each} == {*names}


def test_a_page_of_a_proxy_does_not_say_that_a_work_pool_is_gone(company, backend):
    main = on_one_list(company, company.id())
    listed, page = company.before, httpx.Response(404, content="<html>not found")
    company.before = lambda method, asked: (
        page if asked.endswith("main/access") else listed(method, asked)
    )
    with backend.open() as session:
        session.show_lists({main})
        with pytest.raises(BadResponse, match="404: not found"):
            session.read()


@pytest.mark.parametrize("path", ["bots", "teams", "workspaces", "workspace_roles", "invitations"])
def test_a_row_of_another_account_is_refused(company, backend, path):
    company.rows[path][-1]["account_id"] = other = company.id()

    with pytest.raises(BadResponse, match=f"a row of the account `{other}` came") as refused:
        read(backend)

    assert "in place of the service" in refused.value.hint


def test_a_role_of_workspaces_is_no_account_role(company, backend):
    company.rows["account_memberships"][0]["account_role_id"] = company.workspace_role("Owner")

    with pytest.raises(BadResponse, match=r"`role\.owner`, which is no role of the account"):
        read(backend)


def test_an_invitation_that_is_not_pending_makes_nobody_a_user(company, backend):
    company.invitation("ex@example.org")["status"] = "REVOKED"
    company.ignored.add("invitations")

    assert address.user("ex@example.org") not in read(backend).of(User)


def test_earlier_keys_are_asked_for_only_where_the_active_one_is_young(company, backend):
    read(backend)

    assert not [path for _, path, *_ in company.requests if path.endswith("read_bot_api_keys")]


def test_f7_earlier_keys_that_must_not_be_read_are_not_seen(company, backend):
    in_grace(company, "2026-11-23T11:00:00Z")
    company.instead("read_bot_api_keys", FORBIDDEN)

    with backend.open() as session:
        assert session.horizon().kinds == {Kind.KEY}


def test_f1_where_roles_must_not_be_read_who_holds_one_is_not_known(company, backend):
    company.instead("workspace_roles/filter", FORBIDDEN)

    with backend.open() as session:
        state, horizon = session.read(), session.horizon()

    rows = [scope for scope in state.of(Workspace) if state.row(scope)]
    held_in = {str(address) for address in horizon.partly}
    teams = {str(team) for team in state.of(Team)}
    assert rows == []
    assert "workspace.prod" in held_in
    assert teams & held_in == {"team.ops"}


def test_f1_a_workspace_that_goes_between_two_lists_is_read_again(company, backend):
    gone = company.rows["workspaces"][0]
    team_access = [team["workspaces"] for team in company.rows["teams"]]

    def before(_, asked):
        if gone in company.rows["workspaces"] and asked.endswith("user_access/filter"):
            company.rows["workspaces"].remove(gone)
            for held in team_access:
                held[:] = [row for row in held if row["workspace_id"] != gone["id"]]
            return NOT_FOUND
        return None

    company.before = before
    with backend.open() as session:
        handles = {workspace.handle for workspace in session.read().of(Workspace).values()}
        horizon = session.horizon()

    assert gone["handle"] not in handles
    assert horizon.is_whole


def test_a_workspace_whose_access_stays_away_is_named_by_its_handle(company, backend):
    company.instead("bot_access/filter", NOT_FOUND)

    deleted = "the workspace `prod` was deleted while the account was read"
    with pytest.raises(BackendError, match=deleted):
        read(backend)
