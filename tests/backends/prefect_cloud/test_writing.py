"""Writing to an account: each verb's exact requests, and what becomes of lost answers."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest

from rbac_sync.audit.record import Authorship
from rbac_sync.errors import BackendError, NoAnswer
from rbac_sync.model import (
    ACCOUNT,
    EVERYONE,
    Binding,
    Key,
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
from rbac_sync.planning import Change
from rbac_sync.testing.account import live

from ..remote.runs import made

MEMBER, ADMIN = (held(role_address(Level.ACCOUNT, name)) for name in ("member", "admin"))
VIEWER, RUNNER = (held(role_address(Level.WORKSPACE, name)) for name in ("viewer", "runner"))
BO, EVE, CI = User("bo@example.org"), User("eve@example.org"), ServiceAccount("ci")
PROD, OPS = Workspace("prod", "Production"), Team("ops")
P = PROD.address
NEXT_YEAR = parsed("2027-01-01T00:00:00Z")
ONCALL = Role(Level.WORKSPACE, "oncall", frozenset({"see_flows"}))


@pytest.fixture
def company(cloud):
    prod = cloud.workspace("prod", name="Production")
    bo, ci = cloud.member("bo@example.org"), cloud.bot("ci")
    cloud.invitation("eve@example.org")
    ops = cloud.team("ops", bo)
    cloud.custom_role("oncall", "see_flows")
    cloud.grant(prod, bo, "Viewer")
    cloud.grant(prod, ci, "Viewer")
    cloud.grant(prod, ops, "Viewer")
    return cloud


class Names:
    """The ids of the company, by the names that the expected requests use."""

    def __init__(self, cloud):
        self.prod = cloud.rows["workspaces"][0]["id"]
        bo = cloud.rows["account_memberships"][1]
        self.bo, self.bo_actor, self.bo_member = bo["user_id"], bo["actor_id"], bo["id"]
        ci = cloud.rows["bots"][0]
        self.ci, self.ci_actor = ci["id"], ci["actor_id"]
        self.eve = cloud.rows["invitations"][0]["id"]
        self.ops, self.oncall = cloud.rows["teams"][0]["id"], cloud.workspace_role("oncall")
        access = f"workspaces/{self.prod}"
        self.bo_access = cloud.rows[f"{access}/user_access"][0]["id"]
        self.ci_access = cloud.rows[f"{access}/bot_access"][0]["id"]
        self.viewer, self.runner = cloud.workspace_role("Viewer"), cloud.workspace_role("Runner")
        self.member, self.admin = cloud.account_role("Member"), cloud.account_role("Admin")


def bound(principal, before, after, scope=P):
    sides = (Binding(principal, scope, roles) if roles else None for roles in (before, after))
    return Change(*sides)


def new_bot(name):
    service_account = ServiceAccount(name)
    return Change(None, service_account, (Binding(service_account.address, ACCOUNT, ADMIN),))


def invited(email):
    user = User(email, Status.PENDING)
    return Change(None, user, (Binding(user.address, ACCOUNT, ADMIN),))


EVERY_VERB = {
    "a person is invited": (
        invited("new@example.org"),
        lambda n: [
            ("POST", "invitations/", [{"email": "new@example.org", "account_role_id": n.admin}])
        ],
    ),
    "an invitation is renewed": (
        Change(
            User("eve@example.org", Status.PENDING, parsed("2026-11-28T12:00:00Z")),
            User("eve@example.org", Status.PENDING),
            (Binding(EVE.address, ACCOUNT, ADMIN),),
        ),
        lambda n: [
            ("POST", "invitations/", [{"email": "eve@example.org", "account_role_id": n.admin}])
        ],
    ),
    "an invitation gets another role": (
        bound(EVE.address, MEMBER, ADMIN, ACCOUNT),
        lambda n: [
            ("POST", "invitations/", [{"email": "eve@example.org", "account_role_id": n.admin}])
        ],
    ),
    "an invitation is withdrawn": (
        Change(User("eve@example.org", Status.PENDING, parsed("2026-11-28T12:00:00Z")), None),
        lambda n: [("POST", f"invitations/{n.eve}/revoke", None)],
    ),
    "a member is suspended": (
        Change(BO, replace(BO, status=Status.SUSPENDED)),
        lambda n: [("PATCH", f"account_memberships/{n.bo_member}/active", {"active": False})],
    ),
    "a member is removed": (
        Change(BO, None),
        lambda n: [("DELETE", f"account_memberships/{n.bo_member}", None)],
    ),
    "a member gets another account role": (
        bound(BO.address, MEMBER, ADMIN, ACCOUNT),
        lambda n: [("PATCH", f"account_memberships/{n.bo_member}", {"account_role_id": n.admin})],
    ),
    "a service account comes": (
        new_bot("etl"),
        lambda n: [
            (
                "POST",
                "bots/",
                {
                    "name": "etl",
                    "api_key_expiration": "2026-11-21T12:01:00Z",
                    "account_role_id": n.admin,
                },
            )
        ],
    ),
    "a service account is renamed": (
        Change(CI, replace(CI, name="builds")),
        lambda n: [("PATCH", f"bots/{n.ci}", {"name": "builds"})],
    ),
    "a service account goes": (
        Change(CI, None),
        lambda n: [("DELETE", f"bots/{n.ci}", None)],
    ),
    "a service account gets another account role": (
        bound(CI.address, MEMBER, ADMIN, ACCOUNT),
        lambda n: [("PATCH", f"bots/{n.ci}", {"account_role_id": n.admin})],
    ),
    "a key is made": (
        Change(None, Key(CI.address, "active", NEXT_YEAR)),
        lambda n: [
            (
                "POST",
                f"bots/{n.ci}/rotate_api_key",
                {"api_key_expiration": "2027-01-01T00:00:00Z", "old_key_expires_in_seconds": 0},
            )
        ],
    ),
    "a key gets another end": (
        Change(Key(CI.address, "active"), Key(CI.address, "active", NEXT_YEAR)),
        lambda n: [
            (
                "POST",
                f"bots/{n.ci}/rotate_api_key",
                {"api_key_expiration": "2027-01-01T00:00:00Z", "old_key_expires_in_seconds": 0},
            )
        ],
    ),
    "a team comes with members": (
        Change(
            None,
            Team(
                "new",
                frozenset({Membership(CI.address), Membership(BO.address)}),
                description="N.",
            ),
        ),
        lambda n: [
            ("POST", "teams/", {"name": "new", "description": "N."}),
            (
                "PUT",
                "teams/NEW/members",
                {
                    "members": [
                        {"member_id": n.bo, "member_type": "user"},
                        {"member_id": n.ci, "member_type": "service_account"},
                    ]
                },
            ),
        ],
    ),
    "a team comes without members": (
        Change(None, Team("new")),
        lambda n: [("POST", "teams/", {"name": "new", "description": ""})],
    ),
    "a team changes its members": (
        Change(
            replace(OPS, members=frozenset({Membership(BO.address)})),
            replace(OPS, members=frozenset({Membership(CI.address)})),
        ),
        lambda n: [
            ("DELETE", f"teams/{n.ops}/members/{n.bo_actor}", None),
            (
                "PUT",
                f"teams/{n.ops}/members",
                {"members": [{"member_id": n.ci, "member_type": "service_account"}]},
            ),
        ],
    ),
    "a directory's team is renamed": (
        Change(
            replace(OPS, managed_by="dir_1", members=frozenset({Membership(BO.address)})),
            Team("sre", frozenset({Membership(BO.address)}), "dir_1", "Sites."),
        ),
        lambda n: [
            (
                "PUT",
                f"teams/{n.ops}",
                {"name": "sre", "description": "Sites.", "workos_directory_group_id": "dir_1"},
            )
        ],
    ),
    "a team goes": (Change(OPS, None), lambda n: [("DELETE", f"teams/{n.ops}", None)]),
    "a workspace comes": (
        Change(None, Workspace("dev", description="D.")),
        lambda n: [("POST", "workspaces/", {"name": "dev", "description": "D.", "handle": "dev"})],
    ),
    "a workspace changes": (
        Change(PROD, replace(PROD, description="Careful.")),
        lambda n: [("PATCH", f"workspaces/{n.prod}", {"description": "Careful."})],
    ),
    "a workspace gets another handle": (
        Change(PROD, replace(PROD, handle="live")),
        lambda n: [("PATCH", f"workspaces/{n.prod}", {"handle": "live"})],
    ),
    "a workspace goes": (
        Change(PROD, None),
        lambda n: [("DELETE", f"workspaces/{n.prod}", None)],
    ),
    "a role comes": (
        Change(
            None,
            Role(
                Level.WORKSPACE,
                "fresh",
                frozenset({"see_flows", "see_blocks"}),
                base=frozenset({role_address(Level.WORKSPACE, "runner")}),
                description="F.",
            ),
        ),
        lambda n: [
            (
                "POST",
                "workspace_roles/",
                {
                    "name": "fresh",
                    "description": "F.",
                    "scopes": ["see_blocks", "see_flows"],
                    "inherited_role_id": n.runner,
                },
            )
        ],
    ),
    "a role changes": (
        Change(ONCALL, replace(ONCALL, permissions=frozenset())),
        lambda n: [
            (
                "PATCH",
                f"workspace_roles/{n.oncall}",
                {"name": "oncall", "description": "", "scopes": [], "inherited_role_id": None},
            )
        ],
    ),
    "a role is renamed": (
        Change(ONCALL, replace(ONCALL, name="pager")),
        lambda n: [
            (
                "PATCH",
                f"workspace_roles/{n.oncall}",
                {
                    "name": "pager",
                    "description": "",
                    "scopes": ["see_flows"],
                    "inherited_role_id": None,
                },
            )
        ],
    ),
    "a role goes": (
        Change(ONCALL, None),
        lambda n: [("DELETE", f"workspace_roles/{n.oncall}", None)],
    ),
    "a user gets another role in a workspace": (
        bound(BO.address, VIEWER, RUNNER),
        lambda n: [
            (
                "POST",
                f"workspaces/{n.prod}/user_access/",
                [{"user_id": n.bo, "workspace_role_id": n.runner}],
            )
        ],
    ),
    "a service account gets a role in a workspace": (
        bound(CI.address, None, RUNNER),
        lambda n: [
            (
                "POST",
                f"workspaces/{n.prod}/bot_access/",
                [{"bot_id": n.ci, "workspace_role_id": n.runner}],
            )
        ],
    ),
    "a team gets a role in a workspace": (
        bound(OPS.address, None, RUNNER),
        lambda n: [
            (
                "PUT",
                f"workspaces/{n.prod}/team_access/",
                [{"team_id": n.ops, "workspace_role_id": n.runner}],
            )
        ],
    ),
    "everyone gets a role in a workspace": (
        bound(EVERYONE, None, RUNNER),
        lambda n: [("PATCH", f"workspaces/{n.prod}", {"default_workspace_role_id": n.runner})],
    ),
    "a user loses a workspace": (
        bound(BO.address, VIEWER, None),
        lambda n: [("DELETE", f"workspaces/{n.prod}/user_access/{n.bo_access}", None)],
    ),
    "a service account loses a workspace": (
        bound(CI.address, VIEWER, None),
        lambda n: [("DELETE", f"workspaces/{n.prod}/bot_access/{n.ci_access}", None)],
    ),
    "a team loses a workspace": (
        bound(OPS.address, VIEWER, None),
        lambda n: [("DELETE", f"workspaces/{n.prod}/team_access/{n.ops}", None)],
    ),
    "everyone loses a workspace": (
        bound(EVERYONE, VIEWER, None),
        lambda n: [("PATCH", f"workspaces/{n.prod}", {"default_workspace_role_id": None})],
    ),
}


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


@pytest.mark.parametrize("verb", EVERY_VERB)
def test_what_is_made_is_what_is_read(company, backend, verb):
    change, _ = EVERY_VERB[verb]
    made(backend, change)
    outcome = live(backend)
    if isinstance(change.after, User) and change.after.status is Status.PENDING:
        found = outcome.get(change.address)
        assert replace(found, expires=None) == change.after
        assert outcome.holdings(change.address, ACCOUNT) == ADMIN
    elif change.address == address.workspace("dev"):
        assert outcome.get(change.address) == replace(change.after, name="dev")
    else:
        assert outcome.find(change.resource) == change.after


def test_a_service_account_is_made_without_a_key_that_anybody_could_use(company, backend):
    assert made(backend, new_bot("etl")) == [{}]
    (key,) = live(backend).keys_of(address.service_account("etl"))
    assert key.until == parsed("2026-11-21T12:01:00Z")


def test_only_a_key_brings_a_secret(company, backend):
    key = Key(CI.address, "active", NEXT_YEAR)
    (secrets,) = made(backend, Change(None, key))
    assert list(secrets) == ["service-account.ci/key/active"]
    assert secrets[str(key.address)].startswith("pnb_")


def test_one_run_goes_on_with_what_it_has_made(company, backend):
    etl, dev = ServiceAccount("etl"), Workspace("dev", "Dev")
    team = Team("data", frozenset({Membership(etl.address)}))
    role = Role(Level.WORKSPACE, "fresh", frozenset({"see_flows"}))
    changes = [
        new_bot("etl"),
        Change(None, Key(etl.address, "active", NEXT_YEAR)),
        Change(None, dev),
        Change(None, team),
        Change(None, role),
        bound(etl.address, None, held(role.address), dev.address),
        bound(team.address, None, RUNNER, dev.address),
        Change(role, replace(role, name="pager")),
        Change(dev, replace(dev, handle="live")),
        Change(etl, replace(etl, name="elt")),
        Change(
            replace(team, members=frozenset({Membership(address.service_account("elt"))})),
            Team("gone"),
        ),
        bound(address.service_account("elt"), held(role.address), None, address.workspace("live")),
        Change(Team("gone"), None),
        Change(ServiceAccount("elt"), None),
        Change(replace(role, name="pager"), None),
        Change(Workspace("live", "Dev"), None),
    ]
    before = live(backend)
    made(backend, *changes)
    assert live(backend) == before


def test_a_verb_that_the_service_does_not_have_is_refused(company, backend):
    with pytest.raises(BackendError, match="cannot rename a member"):
        made(backend, Change(BO, User("bo@other.example")))
    with pytest.raises(BackendError, match="is not there"):
        made(backend, Change(Team("ghosts"), None))
    assert company.writes() == []


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


def cut(cloud, path, times=1):
    """Lose the answers of the first *times* requests to *path*, after they have been done."""
    left = [None] * times

    def after(method, asked, answer):
        if asked == path and method == "POST" and left:
            left.pop()
            return httpx.ReadError("connection reset")
        return answer

    cloud.after = after


@pytest.mark.parametrize(
    "verb",
    [
        "a person is invited",
        "an invitation gets another role",
        "a service account comes",
        "a team comes with members",
        "a workspace comes",
        "a role comes",
    ],
)
def test_a_lost_answer_makes_nothing_twice(company, backend, verb):
    change, expected = EVERY_VERB[verb]
    requests = expected(Names(company))
    cut(company, requests[0][1])
    made(backend, change)
    assert [r[:2] for r in company.writes()].count(requests[0][:2]) == 1
    assert live(backend).find(change.resource) is not None


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


def test_an_answer_that_cannot_be_used_is_a_lost_one(company, backend):
    company.after = lambda method, path, answer: (
        httpx.Response(201, content="<html>") if path == "bots/" else answer
    )
    made(backend, new_bot("etl"))
    assert sum(path == "bots/" for _, path, _ in company.requests) == 1


def test_what_is_not_seen_after_a_lost_answer_is_left_open(company, backend, service):
    company.instead("bots/", httpx.ReadTimeout(""))
    with pytest.raises(NoAnswer, match="nothing of it is seen yet"):
        made(backend, new_bot("etl"))
    assert sum(path == "bots/" for _, path, _ in company.requests) == 1
    assert service == [0.5] * 9


def test_a_write_that_becomes_readable_late_is_waited_for(company, backend, service):
    looks = []

    def after(method, path, answer):
        if path == "bots/":
            return httpx.ReadError("reset")
        if path == "bots/filter":
            looks.append(path)
            if 2 < len(looks) < 6:
                return httpx.Response(200, json=[])
        return answer

    company.after = after
    made(backend, new_bot("etl"))
    assert service == [0.5] * 3


def test_a_key_whose_secret_was_lost_is_made_once_more_and_the_trail_says_so(company, backend):
    ci = company.rows["bots"][0]
    cut(company, f"bots/{ci['id']}/rotate_api_key")
    key = Key(CI.address, "active", NEXT_YEAR)

    def work(writer):
        by = Authorship(writer.applier(), "run")
        writer.begin(by)
        secrets = writer.make(Change(None, key))
        writer.record(by.record(Change(None, key), writer.now()))
        return secrets, list(writer.trail.links())

    secrets, links = backend.transact("run", work)
    assert secrets[str(key.address)] == f"pnb_{ci['api_key']['id'][-2:]}"
    assert sum("rotate" in path for _, path, _ in company.requests) == 2
    told = [(row.record.result, row.record.message) for row in links]
    assert told == [
        ("event", f"`{key.address}`: the secret was lost on its way; made once more"),
        ("done", f"`{key.address}` created"),
    ]


def test_an_earlier_key_is_deleted_after_its_owner_was_renamed(company, backend):
    ci = company.rows["bots"][0]
    earlier = {"id": company.id(), "name": "ci-1", "expiration": "2026-11-23T11:00:00Z"}
    ci["rotating"] = [earlier | {"created": "2026-11-01T00:00:00Z"}]
    ci["api_key"]["created"] = "2026-11-21T11:00:00Z"
    builder = ServiceAccount("builder")
    key = Key(builder.address, f"earlier-{earlier['id'][:8]}")

    made(backend, Change(CI, builder), Change(key, None))
    assert ci["rotating"] == []


def test_a_secret_that_is_lost_twice_is_not_asked_for_a_third_time(company, backend):
    ci = company.rows["bots"][0]
    cut(company, f"bots/{ci['id']}/rotate_api_key", times=9)
    with pytest.raises(NoAnswer, match="lost on its way, twice"):
        made(backend, Change(None, Key(CI.address, "active", NEXT_YEAR)))
    assert sum("rotate" in path for _, path, _ in company.requests) == 2


USELESS = [[], [{"id": "?"}], {"detail": "?"}, None]


@pytest.mark.parametrize("answer", USELESS, ids=repr)
def test_an_access_row_that_does_not_come_back_may_have_been_written(company, backend, answer):
    company.after = lambda method, path, found: (
        httpx.Response(200, json=answer) if path.endswith("user_access/") else found
    )
    with pytest.raises(NoAnswer, match="not what was asked for"):
        made(backend, bound(BO.address, VIEWER, RUNNER))


def test_looking_that_fails_after_a_lost_answer_leaves_it_open(company, backend):
    def before(method, path):
        return httpx.ReadError("reset") if path == "bots/" else None

    def work(writer):
        writer.begin(Authorship(writer.applier(), "run"))
        company.before = lambda method, path: before(method, path) or httpx.Response(403)
        writer.make(new_bot("etl"))

    with pytest.raises(NoAnswer, match="looking for it failed"):
        backend.transact("run", work)


def test_what_is_made_is_made_whether_or_not_it_can_be_looked_at(company, backend):
    company.after = lambda method, path, answer: (
        httpx.Response(403)
        if method == "GET" and path.startswith(("bots/", "workspaces/"))
        else answer
    )
    made(backend, new_bot("etl"), Change(None, Workspace("dev")))
    assert [path for _, path, _ in company.writes()] == ["bots/", "workspaces/"]


def test_whether_a_default_role_is_cleared_stays_open_if_it_cannot_be_looked_at(company, backend):
    company.after = lambda method, path, answer: (
        httpx.Response(403) if method == "GET" and path.startswith("workspaces/") else answer
    )
    with pytest.raises(NoAnswer, match="whether it is cleared is not known"):
        made(backend, bound(EVERYONE, VIEWER, None))
