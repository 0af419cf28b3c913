"""What a request takes of the store: as much in a large account as in a small one.

Rows are counted as they are read, and the steps of SQLite's machine, which show rows that a
statement goes through and does not return.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import uuid4

import httpx
import pytest

from rbac_sync.audit.record import Authorship
from rbac_sync.model import (
    ACCOUNT,
    Binding,
    Holding,
    Key,
    Level,
    Membership,
    Permission,
    Role,
    ServiceAccount,
    Team,
    User,
    Workspace,
    held,
)
from rbac_sync.model.address import user as user_address
from rbac_sync.model.resources import role
from rbac_sync.planning import Change
from rbac_sync.server.directory.profiles import KIND as PROFILE

from .account import Account
from .serving import OWNER, Server, served

SIZES = (200, 1000)
"""Bindings of workspaces: ten in each, as many people as workspaces."""

HERE, LAST = 10, 110
GUESTS = ("guest0@example.org", "guest1@example.org", "guest2@example.org")
SPACE = Workspace("w3").address
VIEWER, DEVELOPER = (role(Level.WORKSPACE, name) for name in ("viewer", "developer"))
MEMBER = role(Level.ACCOUNT, "member")
ENDED = frozenset({Holding(MEMBER, until=datetime(2020, 1, 1, tzinfo=UTC))})


@dataclass
class Measured:
    """An account of a certain size, with what its store was asked.

    That are the rows read, the steps of SQLite's machine, and the statements.
    """

    acme: Account
    guest: httpx.Client | None = None
    ids: dict[str, str] = field(default_factory=dict)
    rows: int = 0
    steps: int = 0
    statements: int = 0


def _people(size: int) -> list[User]:
    return [User(f"p{n}@example.org") for n in range(size // HERE)]


def _fill(acme: Account, size: int) -> None:
    """Add people, workspaces and a team, ten people to each workspace, and invite guests.

    There are service accounts, too, whose roles have ended, and custom roles that nobody holds.

    Guests are no last events, because a page of events reads as much as is needed for its things.
    """
    people = _people(size)
    scopes = frozenset(map(Permission, ("see_flows", "see_deployments")))
    roles = (Role(Level.WORKSPACE, f"role {n}", scopes) for n in range(len(people)))
    acme.server.add(*(Change(None, each) for each in roles))
    changes = [
        Change(None, user, brings=(Binding(user.address, ACCOUNT, held(MEMBER)),))
        for user in people
    ]
    bots = [ServiceAccount(f"bot{n}") for n in range(len(people))]
    changes += [Change(None, bot, brings=(Binding(bot.address, ACCOUNT, ENDED),)) for bot in bots]
    ops = Team("ops", frozenset(Membership(user.address) for user in people[:2]))
    changes.append(Change(None, ops))
    for user in people[2:]:
        joined = replace(ops, members=ops.members | {Membership(user.address)})
        changes += [Change(ops, joined), Change(joined, ops)]
    for bot in bots:
        old, new = Key(bot.address, "old"), Key(bot.address, "new")
        changes += [Change(None, old), Change(None, new), Change(old, None)]
    for n in range(len(people)):
        made = Workspace(f"w{n}", f"W {n}")
        changes.append(Change(None, made))
        for k in range(HERE):
            who = people[(n + k) % len(people)].address
            changes.append(Change(None, Binding(who, made.address, held(VIEWER))))
    _on_record(acme.server, changes[:-LAST])
    as_member = acme.account_role("Member")
    guests = [f"guest{n}@example.org" for n in range(len(people))]
    body = [{"email": each, "account_role_id": as_member} for each in guests]
    acme.post("/invitations/", body, 201)
    _on_record(acme.server, changes[-LAST:])


def _on_record(server: Server, changes: list[Change]) -> None:
    run = str(uuid4())
    by = Authorship(user_address(OWNER), run)

    def work(writer) -> None:
        writer.begin(by)
        for change in changes:
            writer.make(change)
            writer.record(by.record(change, writer.now()))
            if isinstance(change.after, User):
                writer.documents.set(PROFILE, change.after.address, {"first_name": "Ann"})

    server.backend.transact(run, work)


@contextmanager
def _measured(url: str, size: int) -> Iterator[Measured]:
    with served(url) as server, server.client() as client:
        found = Measured(Account(server, client))
        _fill(found.acme, size)

        store = server.guarded.service._store
        opening = store.connected

        @contextmanager
        def connected(**words):
            with opening(**words) as connection:
                connection.driver.row_factory = counted
                connection.driver.set_progress_handler(step, 1)
                connection.driver.set_trace_callback(stated)
                yield connection

        def counted(_cursor, row):
            found.rows += 1
            return row

        def step() -> None:
            found.steps += 1

        def stated(_statement: str) -> None:
            found.statements += 1

        store.connected = connected
        _note_ids(found)
        found.guest = server.client(server.person("gus@example.org"))
        server.add(Change(None, Binding(user_address("gus@example.org"), SPACE, held(VIEWER))))
        yield found


def _note_ids(at: Measured) -> None:
    """Note the ids that requests name."""
    acme = at.acme
    (space,) = acme.post("/workspaces/filter", {"workspaces": {"handle": {"any_": ["w3"]}}})
    member = acme.member("p3@example.org")
    (team,) = acme.post("/teams/filter", {})
    (row,) = (
        row
        for row in acme.post(f"/workspaces/{space['id']}/user_access/filter", {})
        if row["user_id"] == member["user_id"]
    )
    body = {"invitations": {"email": {"any_": [GUESTS[0]]}}}
    (invitation,) = acme.post("/invitations/filter", body)
    at.ids = {
        "resource": f"prefect-cloud.workspace.{space['id']}",
        "actor": f"prefect-cloud.actor.{acme.member(OWNER)['actor_id']}",
        "space": f"/workspaces/{space['id']}",
        "member": member["id"],
        "user": member["user_id"],
        "outsider": acme.member("p1@example.org")["user_id"],
        "team": team["id"],
        "invitation": invitation["id"],
        "row": row["id"],
        "viewer": acme.role("Viewer"),
        "developer": acme.role("Developer"),
        "custom": acme.role("role 1"),
        "unused": acme.role("role 2"),
        "as member": acme.account_role("Member"),
        "admin": acme.account_role("Admin"),
    }


def _give(at: Measured, who: str, name: str) -> None:
    body = {"user_id": at.ids[who], "workspace_role_id": at.ids[name]}
    at.acme.post(f"{at.ids['space']}/user_access/", body)


def _events(at: Measured, **criteria: object) -> dict:
    return at.acme.post("/events/filter", {"limit": 5, "filter": criteria})


def _next_page(at: Measured, criteria: dict) -> None:
    page = _events(at, **criteria)
    at.rows = 0
    at.acme.client.get(page["next_page"]).raise_for_status()


def _invite(at: Measured, email: str) -> None:
    guest = {"email": email, "account_role_id": at.ids["as member"]}
    at.acme.post("/invitations/", [guest], 201)


def _names_a_default_role(at: Measured) -> None:
    at.acme.patch(at.ids["space"], {"default_workspace_role_id": at.ids["viewer"]})


def _makes_and_rotates_a_key(at: Measured) -> None:
    bot = at.acme.post("/bots/", {"name": "ci"}, 201)
    at.acme.post(f"/bots/{bot['id']}/rotate_api_key", None, 201)


REQUESTS: dict[str, Callable[[Measured], object]] = {
    "the account": lambda at: at.acme.get(""),
    "one's own accounts": lambda at: at.acme.client.get("/me/accounts").raise_for_status(),
    "one's own workspaces": lambda at: at.guest.get("/me/workspaces").raise_for_status(),
    "the workspaces of a guest": lambda at: at.guest.post(
        f"{at.acme.path}/workspaces/filter"
    ).raise_for_status(),
    "one workspace": lambda at: at.acme.get(at.ids["space"]),
    "the people of a workspace": lambda at: at.acme.post(f"{at.ids['space']}/user_access/filter"),
    "the teams of a workspace": lambda at: at.acme.post(f"{at.ids['space']}/team_access/filter"),
    "one row of access": lambda at: at.acme.get(f"{at.ids['space']}/user_access/{at.ids['row']}"),
    "the events": lambda at: at.acme.post("/events/filter", {"limit": 5}),
    "a later page of events": lambda at: _next_page(at, {}),
    "events of a name": lambda at: _events(at, event={"prefix": ["prefect-cloud.workspace-"]}),
    "a later page of events of a name": lambda at: _next_page(
        at, {"event": {"name": ["prefect-cloud.workspace-access.created"]}}
    ),
    "events of members of teams": lambda at: _events(
        at, event={"name": ["prefect-cloud.team-membership.created"]}
    ),
    "rotations of keys": lambda at: _events(at, event={"name": ["prefect-cloud.api-key.rotated"]}),
    "events of no name": lambda at: _events(at, event={"prefix": ["x"]}),
    "events of a workspace": lambda at: at.acme.post(f"{at.ids['space']}/events/filter", {}),
    "events about a workspace": lambda at: _events(at, resource={"id": [at.ids["resource"]]}),
    "events by somebody": lambda at: _events(at, related={"id": [at.ids["actor"]]}),
    "a count of events": lambda at: at.acme.post("/events/count-by/event", {}),
    "a count of days": lambda at: at.acme.post("/events/count-by/day", {}),
    "a count of actors": lambda at: at.acme.post("/events/count-by/actor", {}),
    "a report of events": lambda at: at.acme.post("/events", [], 204),
    "one member": lambda at: at.acme.get(f"/account_memberships/{at.ids['member']}"),
    "the members": lambda at: at.acme.post("/account_memberships/filter", {"limit": 5}),
    "a later page of members": lambda at: at.acme.post(
        "/account_memberships/filter", {"limit": 5, "offset": 8}
    ),
    "the workspaces": lambda at: at.acme.post("/workspaces/filter", {"limit": 5}),
    "a workspace by its handle": lambda at: at.acme.post(
        "/workspaces/filter", {"workspaces": {"handle": {"any_": ["w3"]}}}
    ),
    "the service accounts": lambda at: at.acme.post("/bots/filter", {"limit": 5}),
    "the roles": lambda at: at.acme.post("/workspace_roles/filter", {"limit": 5}),
    "one role": lambda at: at.acme.get(f"/workspace_roles/{at.ids['custom']}"),
    "a role given": lambda at: _give(at, "user", "developer"),
    "a role given anew": lambda at: _give(at, "outsider", "viewer"),
    "a row taken away": lambda at: at.acme.delete(f"{at.ids['space']}/user_access/{at.ids['row']}"),
    "an account role given": lambda at: at.acme.patch(
        f"/account_memberships/{at.ids['member']}", {"account_role_id": at.ids["admin"]}
    ),
    "a custom role given": lambda at: _give(at, "user", "custom"),
    "a custom role changed": lambda at: at.acme.patch(
        f"/workspace_roles/{at.ids['custom']}", {"name": "another", "scopes": ["see_flows"]}
    ),
    "a custom role removed": lambda at: at.acme.delete(f"/workspace_roles/{at.ids['unused']}"),
    "a default role": _names_a_default_role,
    "a new workspace": lambda at: at.acme.workspace("new"),
    "a service account with keys": _makes_and_rotates_a_key,
    "a new team": lambda at: at.acme.post("/teams/", {"name": "new"}, 201),
    "one invitation": lambda at: at.acme.get(f"/invitations/{at.ids['invitation']}"),
    "the invitations of somebody": lambda at: at.acme.post(
        "/invitations/filter", {"invitations": {"email": {"any_": [GUESTS[1]]}}}
    ),
    "an invitation created": lambda at: _invite(at, "new@example.org"),
    "an invitation repeated": lambda at: _invite(at, GUESTS[1]),
    "an invitation to a workspace": lambda at: at.acme.post(
        f"{at.ids['space']}/invitations/", {"email": GUESTS[2]}, 201
    ),
    "an invitation revoked": lambda at: at.acme.post(
        f"/invitations/{at.ids['invitation']}/revoke", None, 204
    ),
}
"""What is asked, by name, in this order."""

GROWING = {
    "events with certain words": (
        lambda at: _events(at, text={"query": "viewer"}),
        "no index has the words of an event: the span is looked through",
    ),
    "a count of events by thing": (
        lambda at: at.acme.post("/events/count-by/resource", {}),
        "the answer has a line for each thing",
    ),
    "the members in another order": (
        lambda at: at.acme.post("/account_memberships/filter", {"sort": "NAME_ASC", "limit": 5}),
        "names are in profiles, which no index has",
    ),
    "the members by a part of their names": (
        lambda at: at.acme.post(
            "/account_memberships/filter", {"account_memberships": {"name": {"like_": "x"}}}
        ),
        "each is looked at until the page is full",
    ),
}
"""Requests that read more in a larger account, each with the reason."""


@pytest.fixture(scope="module")
def both(tmp_path_factory) -> Iterator[list[Measured]]:
    folder = tmp_path_factory.mktemp("rows")
    first, last = SIZES
    with (
        _measured(f"sqlite:///{folder}/small.db", first) as small,
        _measured(f"sqlite:///{folder}/large.db", last) as large,
    ):
        yield [small, large]


def _taken(at: Measured, ask: Callable[[Measured], object]) -> tuple[int, int]:
    """Return the rows read and the steps taken for what is asked."""
    at.rows = at.steps = 0
    ask(at)
    return at.rows, at.steps


PARTS = 20
"""So many more statements are fewer than one for each: names and members are read in parts."""

SLACK = 1.25
"""The share by which steps may differ: of rows of one shape, a small account has no full part."""


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_takes_as_much_in_a_large_account_as_in_a_small_one(both, name):
    (small, few), (large, many) = (_taken(at, REQUESTS[name]) for at in both)
    assert small == large
    assert small > 0
    assert many <= few * SLACK


@pytest.mark.parametrize("name", GROWING)
def test_requests_that_read_more_in_a_large_account_are_listed_with_the_reason(both, name):
    ask, _reason = GROWING[name]
    (small, _), (large, _) = (_taken(at, ask) for at in both)
    assert small < large


def test_a_page_of_invitations_reads_of_the_others_the_document_alone(both):
    (small, _), (large, _) = (
        _taken(at, lambda at: at.acme.post("/invitations/filter", {"limit": 5})) for at in both
    )
    fewer, more = (at.acme.post("/invitations/count", {}) for at in both)
    assert large - small == more - fewer > 0


@pytest.mark.parametrize("path", ["/invitations/filter", "/account_memberships/count"])
def test_a_list_takes_no_statement_for_each(both, path):
    for at in both:
        at.statements = 0
        at.acme.post(path, {})
    assert both[1].statements - both[0].statements < PARTS
