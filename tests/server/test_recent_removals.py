"""With a policy, removals are limited over an hour, by the store's own record."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from rbac_sync.audit.record import Authorship
from rbac_sync.backends.store import clock
from rbac_sync.backends.store.accounts import Accounts
from rbac_sync.backends.store.clock import time_of
from rbac_sync.backends.store.session import StoreSession
from rbac_sync.model import (
    ACCOUNT,
    EVERYONE,
    Binding,
    Level,
    Limit,
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
from rbac_sync.model.address import service_account, user
from rbac_sync.model.resources import role
from rbac_sync.planning import Change
from rbac_sync.server import recent_removals
from rbac_sync.server.guarded_store import GuardedStore
from rbac_sync.server.refusals import Refusal

from .account import Account
from .serving import OWNER, Server, served, serving


def limited(tmp_path, policy, **options):
    return served(f"sqlite:///{tmp_path}/rbac.db", policy=policy, **options)


@pytest.fixture
def acme(tmp_path):
    """An account of ten old service accounts, of which three may go in an hour."""
    with (
        limited(tmp_path, Policy(max_deletes=3, max_removal_fraction=1.0)) as server,
        server.client() as client,
    ):
        for n in range(10):
            server.bot(f"b{n}")
        yield Account(server, client)


def bot(acme, n):
    (found,) = [row for row in acme.post("/bots/filter") if row["name"] == f"b{n}"]
    return f"/bots/{found['id']}"


def deleted(acme, *numbers):
    return [acme.call("DELETE", bot(acme, n)).status_code for n in numbers]


def test_many_single_deletions_in_a_row_meet_the_limit(acme):
    assert deleted(acme, 0, 1, 2, 3, 4) == [204, 204, 204, 403, 403]
    why = acme.call("DELETE", bot(acme, 5)).json()["detail"]
    assert "4 of 10 would be removed (service-account), 3 of them before this" in why


def test_servers_over_one_store_and_one_that_is_started_anew_count_together(acme):
    assert deleted(acme, 0, 1) == [204, 204]
    first = acme.server.guarded
    guarded = GuardedStore(Accounts(first.service._url), first._policies)
    with serving(guarded) as root:
        other = Server(root, guarded, acme.server.key)
        with other.client() as client:
            assert deleted(Account(other, client), 2, 3) == [204, 403]
    assert deleted(acme, 3) == [403]


def test_what_went_longer_ago_does_not_count(acme, monkeypatch):
    assert deleted(acme, 0, 1, 2, 3) == [204, 204, 204, 403]
    monkeypatch.setattr(recent_removals, "WINDOW", timedelta(seconds=-1))
    assert deleted(acme, 3) == [204]


def test_what_was_made_within_the_hour_may_go_again(acme):
    body = {"api_key_expiration": "2026-12-20T00:00:00Z"}
    for n in range(20, 26):
        made = acme.call("POST", "/bots/", {"name": f"b{n}", **body})
        assert made.status_code == 201, made.text
    assert deleted(acme, *range(20, 26)) == [204] * 6
    assert deleted(acme, 0, 1, 2, 3) == [204, 204, 204, 403]


@pytest.mark.parametrize(
    ("allowed", "left"), [("deletes", 3), ("losers", 3), ("gainers", 0), ("", 0)]
)
def test_what_a_run_was_allowed_to_remove_on_record_does_not_count(acme, allowed, left):
    counts = {allowed: 5} if allowed else {}
    by = Authorship(user(OWNER), "run", reason="clean-up", allowed=counts)

    def work(writer):
        for n in range(5):
            change = Change(writer.read().get(ServiceAccount(f"b{n}").address), None)
            writer.make(change)
            writer.record(by.record(change, writer.now()))

    acme.server.backend.transact("run", work)
    assert deleted(acme, 5, 6, 7, 8) == [204] * left + [403] * (4 - left)


def test_it_counts_where_the_account_does_not_show_its_trail(tmp_path):
    with limited(tmp_path, Policy(max_deletes=1), features=("custom-roles",)) as server:
        for n in range(4):
            server.bot(f"b{n}")
        with server.client() as client:
            assert deleted(Account(server, client), 0, 1) == [204, 403]


def test_without_a_policy_there_is_no_limit(tmp_path):
    with served(f"sqlite:///{tmp_path}/rbac.db") as server, server.client() as client:
        for n in range(6):
            server.bot(f"b{n}")
        assert deleted(Account(server, client), *range(6)) == [204] * 6


def test_what_gets_the_name_of_a_new_thing_is_none(acme):
    """The name of a new service account goes to an older one, which is then deleted."""
    body, codes = {"api_key_expiration": "2026-12-20T00:00:00Z"}, []
    for n in range(5):
        new = acme.post("/bots/", {"name": "new", **body}, 201)
        acme.patch(f"/bots/{new['id']}", {"name": f"other{n}"})
        old = bot(acme, n)
        acme.patch(old, {"name": "new"})
        codes.append(acme.call("DELETE", old).status_code)
        acme.patch(old, {"name": f"b{n}"}, 204 if codes[-1] == 403 else 404)
    assert codes == [204, 204, 204, 403, 403]


def test_a_new_thing_may_go_under_a_new_name(acme):
    body = {"api_key_expiration": "2026-12-20T00:00:00Z"}
    for n in range(20, 26):
        made = acme.post("/bots/", {"name": f"b{n}", **body}, 201)
        acme.patch(f"/bots/{made['id']}", {"name": f"c{n}"})
        acme.delete(f"/bots/{made['id']}")
    assert deleted(acme, 0, 1, 2, 3) == [204, 204, 204, 403]


def test_what_is_made_anew_under_an_old_name_is_another_thing(acme):
    body = {"api_key_expiration": "2026-12-20T00:00:00Z"}
    for n in range(3):
        assert deleted(acme, n) == [204]
        acme.post("/bots/", {"name": f"b{n}", **body}, 201)
    assert deleted(acme, 3, 0) == [403, 204]


def test_the_last_of_a_kind_do_not_go_by_single_requests(acme):
    acme.server.add(*(Change(None, Team(name)) for name in ("one", "two")))
    teams = [team["id"] for team in acme.post("/teams/filter")]
    assert [acme.call("DELETE", f"/teams/{id_}").status_code for id_ in teams] == [204, 403]


def test_members_taken_out_of_teams_one_by_one_meet_the_limit(acme):
    members = frozenset(Membership(service_account(f"b{n}")) for n in range(10))
    acme.server.add(Change(None, Team("ops", members)))
    (team,) = acme.post("/teams/filter")
    paths = [f"/teams/{team['id']}/members/{m['id']}" for m in team["memberships"]]
    assert [acme.call("DELETE", path).status_code for path in paths[:5]] == [204] * 3 + [403] * 2
    why = acme.call("DELETE", paths[5]).json()["detail"]
    assert "4 of 10 would be removed (members of teams), 3 of them before this" in why


def test_roles_lowered_one_by_one_meet_the_limit_and_so_do_the_people_who_lose(tmp_path):
    policy = Policy(max_losers=Limit(2, None))
    with limited(tmp_path, policy) as server, server.client() as client:
        acme = Account(server, client)
        for n in range(5):
            server.person(f"p{n}@example.org", "admin")
        member = acme.account_role("Member")

        def lower(n):
            path = f"/account_memberships/{acme.member(f'p{n}@example.org')['id']}"
            return acme.call("PATCH", path, {"account_role_id": member})

        assert [lower(n).status_code for n in range(2)] == [204, 204]
        answer = lower(2)
        assert answer.status_code == 403
        assert "3 of 5 people and service accounts would lose something" in answer.text
        assert "`p0@example.org`" in answer.text
        owner = acme.account_role("Owner")
        path = f"/account_memberships/{acme.member('p3@example.org')['id']}"
        acme.patch(path, {"account_role_id": owner})


def test_new_things_make_no_room_for_the_removal_of_older_ones(tmp_path):
    """Three of ten are too many, also if ten more were made just before."""
    with limited(tmp_path, Policy(max_losers=None)) as server, server.client() as client:
        acme = Account(server, client)
        for n in range(10):
            server.bot(f"b{n}")
        body = {"api_key_expiration": "2026-12-20T00:00:00Z"}
        for n in range(10, 20):
            acme.post("/bots/", {"name": f"b{n}", **body}, 201)
        assert deleted(acme, 0, 1, 2, *range(10, 20)) == [204, 204, 403, *[204] * 10]
        why = acme.call("DELETE", bot(acme, 2)).json()["detail"]
        assert "3 of 10 would be removed (service-account), 2 of them before this" in why


@pytest.mark.parametrize("place", ["the team", "another team"])
def test_new_members_make_no_room_for_the_removal_of_older_ones(tmp_path, place):
    """Three of ten are too many, also if ten more came just before."""
    with limited(tmp_path, Policy(max_losers=None)) as server, server.client() as client:
        acme = Account(server, client)
        for n in range(20):
            server.bot(f"b{n}")
        old = frozenset(Membership(service_account(f"b{n}")) for n in range(10))
        server.add(Change(None, Team("ops", old)))
        (team,) = acme.post("/teams/filter")
        other = team if place == "the team" else acme.post("/teams/", {"name": "new"}, 201)
        more = [acme.call("GET", bot(acme, n)).json()["id"] for n in range(10, 20)]
        members = [{"member_id": id_, "member_type": "service_account"} for id_ in more]
        acme.put(f"/teams/{other['id']}/members", {"members": members})
        paths = [f"/teams/{team['id']}/members/{m['id']}" for m in team["memberships"]]
        assert [acme.call("DELETE", path).status_code for path in paths[:3]] == [204, 204, 403]
        why = acme.call("DELETE", paths[2]).json()["detail"]
        assert "3 of 10 would be removed (members of teams), 2 of them before this" in why


def forbidden(*_args, **_words):
    raise AssertionError("nobody asks for that")


def test_what_gives_reads_no_record_and_what_takes_no_whole_account(acme, monkeypatch):
    team = acme.post("/teams/", {"name": "ops"}, 201)
    more = [acme.get(bot(acme, n))["id"] for n in (1, 2)]
    members = [{"member_id": id_, "member_type": "service_account"} for id_ in more]
    with monkeypatch.context() as patch:
        patch.setattr(StoreSession, "recorded", forbidden)
        acme.put(f"/teams/{team['id']}/members", {"members": members})
    member = acme.get(f"/teams/{team['id']}")["memberships"][0]["id"]
    path, paths = bot(acme, 0), [f"/teams/{team['id']}/members/{member}"]
    monkeypatch.setattr(StoreSession, "read", forbidden)
    for each in (path, *paths):
        acme.delete(each)
    why = "4 of 10 would be removed (service-account), 3 of them before this"
    acme.delete(bot(acme, 3))
    acme.delete(bot(acme, 4))
    assert why in acme.call("DELETE", bot(acme, 5)).json()["detail"]


def test_other_changes_do_not_count_however_many(acme):
    by = Authorship(user(OWNER), "run")

    def work(writer):
        for n in range(6_000):
            now, other = (ServiceAccount("b9", text) for text in (str(n), str(n + 1)))
            writer.record(by.record(Change(now, other), writer.now()))

    acme.server.backend.transact("run", work)
    assert deleted(acme, 0, 1, 2, 3) == [204, 204, 204, 403]
    why = acme.call("DELETE", bot(acme, 4)).json()["detail"]
    assert why == "4 of 10 would be removed (service-account), 3 of them before this"


def test_default_roles_taken_from_one_workspace_after_the_other_meet_the_limit(tmp_path):
    policy = Policy(max_losers=Limit(1, None), max_removal_fraction=1.0)
    viewer, developer = (held(role(Level.WORKSPACE, name)) for name in ("viewer", "developer"))
    with limited(tmp_path, policy) as server, server.client() as client:
        people = [user(f"p{n}@example.org") for n in range(2)]
        for who in people:
            server.person(who.key)
        for n, space in enumerate((Workspace("w0"), Workspace("w1"))):
            server.add(
                Change(None, space),
                Change(None, Binding(EVERYONE, space.address, viewer)),
                Change(None, Binding(people[1 - n], space.address, developer)),
                Change(None, Binding(user(OWNER), space.address, developer)),
            )
        acme, none = Account(server, client), {"default_workspace_role_id": None}
        spaces = {
            row["handle"]: f"/workspaces/{row['id']}" for row in acme.post("/workspaces/filter")
        }
        acme.patch(spaces["w0"], none)
        answer = acme.call("PATCH", spaces["w1"], none)
        assert answer.status_code == 403
        assert "2 of 2 people and service accounts would lose something" in answer.text


VIEWER = held(role(Level.WORKSPACE, "viewer"))
TOMORROW = datetime.now(UTC) + timedelta(days=1)
NEWCOMER = User("new@example.org", Status.PENDING, expires=TOMORROW)
PROD = Workspace("prod")


@pytest.fixture
def strict(tmp_path):
    """A server over an account in which nothing old may go: a workspace, a robot and its team."""
    policy = Policy(max_deletes=0, max_removal_fraction=1.0, max_losers=None)
    with limited(tmp_path, policy) as server:
        server.bot("old")
        bot = service_account("old")
        members = frozenset({Membership(bot)})
        server.add(
            Change(None, PROD),
            Change(None, Team("ops", members)),
            Change(None, Binding(bot, PROD.address, VIEWER)),
        )
        yield server


def said(server, *changes):
    """Make *changes* one by one, each in a request; return the refusal of the last one, if any."""
    for change in changes[:-1]:
        assert said(server, change) == ""
    try:
        server.guarded.write(server.account, server.key, lambda asked: asked.make(changes[-1]))
    except Refusal as refusal:
        return str(refusal)
    return ""


def invited(*joins, brings=()):
    member = Binding(NEWCOMER.address, ACCOUNT, held(role(Level.ACCOUNT, "member")))
    return Change(None, NEWCOMER, (member, *brings), tuple(each.address for each in joins))


OLD = service_account("old")
OPS = Team("ops", frozenset({Membership(OLD)}))
WITH_NEWCOMER = replace(OPS, members=OPS.members | {Membership(NEWCOMER.address)})


def test_who_came_by_an_invitation_into_an_old_team_may_be_taken_out_of_it(strict):
    assert said(strict, invited(OPS), Change(WITH_NEWCOMER, OPS)) == ""


def test_who_came_by_an_invitation_into_an_old_team_makes_no_room(strict):
    less = replace(WITH_NEWCOMER, members=WITH_NEWCOMER.members - OPS.members)
    why = said(strict, invited(OPS), Change(WITH_NEWCOMER, less))
    assert why == "1 of 1 would be removed (members of teams)"


def test_who_came_by_an_invitation_into_a_new_team_may_be_taken_out_of_it(strict):
    team = Team("new")
    full = replace(team, members=frozenset({Membership(NEWCOMER.address)}))
    assert said(strict, Change(None, team), invited(team), Change(full, team)) == ""


def test_what_an_invitation_brought_may_be_taken_again(strict):
    brought = Binding(NEWCOMER.address, PROD.address, VIEWER)
    assert said(strict, invited(brings=[brought]), Change(brought, None)) == ""


@pytest.mark.parametrize("renamed", ["principal", "workspace", "both"])
def test_what_was_given_under_a_former_name_may_be_taken_again(strict, renamed):
    new, space = ServiceAccount("new"), Workspace("test")
    given = Binding(new.address, space.address, VIEWER)
    other, moved = replace(new, name="other"), replace(space, handle="live")
    who = new if renamed == "workspace" else other
    at = space if renamed == "principal" else moved
    names = [each for each in (Change(new, who), Change(space, at)) if each.before != each.after]
    member = Binding(new.address, ACCOUNT, held(role(Level.ACCOUNT, "member")))
    made = Change(None, new, (member,)), Change(None, space), Change(None, given)
    assert said(strict, *made, *names, Change(Binding(who.address, at.address, VIEWER), None)) == ""
    assert (
        said(strict, Change(Binding(OLD, PROD.address, VIEWER), None))
        == "1 of 1 would be removed (binding)"
    )


@pytest.mark.parametrize("level", Level)
def test_permissions_of_new_roles_make_no_room(strict, level):
    sees = frozenset({Permission("read:account" if level is Level.ACCOUNT else "see_flows")})
    old, new = Role(level, "old", sees), Role(level, "new", sees)
    strict.add(Change(None, old))
    why = said(strict, Change(None, new), Change(old, replace(old, permissions=frozenset())))
    assert why == "1 of 1 would be removed (permissions of roles)"
    assert said(strict, Change(new, replace(new, permissions=frozenset()))) == ""


def test_a_binding_with_one_more_role_is_as_old_as_before(strict):
    """The row of the new role is the first one of the binding then."""
    one, two = (Binding(who, PROD.address, VIEWER) for who in (OLD, OPS.address))
    strict.add(Change(None, two))
    more = replace(one, roles=VIEWER | held(role(Level.WORKSPACE, "developer")))
    why = said(strict, Change(one, more), Change(two, None))
    assert why == "1 of 2 would be removed (binding)"


@pytest.mark.parametrize("back", [timedelta(minutes=5), timedelta(hours=3)])
def test_a_clock_that_was_set_back_hides_nothing(acme, monkeypatch, back):
    assert deleted(acme, 0, 1) == [204, 204]
    monkeypatch.setattr(clock, "time_of", lambda rows: time_of(rows) - back)
    assert deleted(acme, 2, 3) == [204, 403]


def test_what_a_clock_that_was_set_back_wrote_counts_when_it_is_right_again(acme, monkeypatch):
    assert deleted(acme, 0, 1) == [204, 204]
    with monkeypatch.context() as patched:
        patched.setattr(clock, "time_of", lambda rows: time_of(rows) - timedelta(hours=3))
        assert deleted(acme, 2) == [204]
    assert deleted(acme, 3) == [403]
