"""Whatever some people ask of the API one after another, nobody gets what none of them holds.

What somebody holds is counted without the modules of the guard and of the server. Whoever makes a
key of a service account holds what it holds.
"""

from __future__ import annotations

from random import Random
from uuid import UUID

import pytest

from rbac_sync.model import (
    ACCOUNT,
    ANYWHERE,
    EVERYONE,
    Binding,
    Kind,
    Level,
    Permission,
    Role,
    Workspace,
    held,
)
from rbac_sync.model.address import service_account, user, workspace
from rbac_sync.model.resources import role
from rbac_sync.planning import Change
from tests.guard.test_coalition import everything

NOTHING = UUID(int=7)
STEPS = 40
UMA, MAX = "uma@example.org", "max@example.org"
HANDLES = ("prod", "dev", "lab")
NAMES = ("a", "b", "keeper")
KEEPS = (
    "see_flows",
    "manage_workspace_users",
    "manage_workspace_teams",
    "manage_workspace_service_accounts",
    "write_workspace_settings",
    "manage_acls",
)
"""What a keeper of the access to a workspace holds there."""


class Whim:
    """Makes up requests about what is in the account at the moment, or about nothing."""

    def __init__(self, session, random: Random) -> None:
        self.random, register, roles = random, session.register(), session.read().of(Role)
        self.ids = {kind: [] for kind in Kind}
        for address, entry in register.whole.named.items():
            self.ids[address.kind].append(entry.id)
        levels = {level: [r for r in roles.values() if r.level is level] for level in Level}
        self.account_roles, self.roles = (
            [register.named[role.address].id for role in levels[level]]
            for level in (Level.ACCOUNT, Level.WORKSPACE)
        )
        self.roles += [register.named[r.address].id for r in roles.values() if not r.builtin] * 6
        rows = register.held_in(ACCOUNT)
        self.members = [row.id for row in rows if row.principal.key not in (UMA, MAX)]
        self.invitations = [each.id for each in session.documents.of("invitation")]

    def one(self, ids) -> str:
        return str(self.random.choice([*ids, *ids, NOTHING]))

    def request(self) -> tuple[str, str, object]:
        """Return the method, the path and the body of a request."""
        pick, one, of = self.random.choice, self.one, self.ids
        name, active = pick(NAMES), {"active": pick((True, False))}
        at, role = f"/workspaces/{one(of[Kind.WORKSPACE])}", one(self.roles)
        member = f"/account_memberships/{one(self.members)}"
        team, bot = one(of[Kind.TEAM]), one(of[Kind.SERVICE_ACCOUNT])
        who, account_role = one(of[Kind.USER]), {"account_role_id": one(self.account_roles)}
        of_role = {"name": name, "scopes": [pick(KEEPS)], "inherited_role_id": role}
        of_workspace, entry = {"workspace_role_id": role}, {"member_id": who, "member_type": "user"}
        return pick(
            (
                ("POST", "/workspaces/", {"name": "x", "handle": pick(HANDLES)}),
                ("PATCH", at, {"handle": pick(HANDLES)}),
                ("PATCH", at, {"default_workspace_role_id": role}),
                *[("POST", f"{at}/user_access/", {"user_id": who, **of_workspace})] * 3,
                *[("POST", f"{at}/bot_access/", {"bot_id": bot, **of_workspace})] * 3,
                *[("PUT", f"{at}/team_access/", [{"team_id": team, **of_workspace}])] * 3,
                ("DELETE", f"{at}/team_access/{team}", None),
                ("POST", f"{at}/invitations/", {"email": pick((UMA, f"{name}@x.org"))}),
                ("POST", "/invitations/", [{"email": f"{name}@x.org", **account_role}]),
                ("POST", f"/invitations/{one(self.invitations)}/revoke", None),
                ("POST", "/workspace_roles/", of_role),
                ("PATCH", f"/workspace_roles/{role}", of_role),
                ("DELETE", f"/workspace_roles/{role}", None),
                ("PATCH", member, account_role),
                ("PATCH", f"{member}/active", active),
                ("DELETE", member, None),
                ("POST", "/bots/", {"name": name, **account_role}),
                ("PATCH", f"/bots/{bot}", {"name": name, **account_role}),
                ("POST", f"/bots/{bot}/rotate_api_key", {}),
                ("DELETE", f"/bots/{bot}", None),
                ("POST", "/teams/", {"name": name}),
                ("PUT", f"/teams/{team}", {"name": name}),
                ("PUT", f"/teams/{team}/members", {"members": [entry]}),
                ("DELETE", f"/teams/{team}", None),
            )
        )


def access(session):
    """Return what each may hold, with workspaces by id: a handle may go to another one."""
    state, named = session.read(), session.register().named
    ids = {each.address: named[each.address].id for each in state.of(Workspace).values()}
    ids |= {scope: scope for scope in (ACCOUNT, ANYWHERE)}
    return {who: {(ids[at], p) for at, p in all_} for who, all_ in everything(state).items()}


def opened(path):
    """Return a function that returns the service account in a path."""
    id_ = UUID(path.split("/")[2])
    return lambda session: session.register().find(Kind.SERVICE_ACCOUNT, id_)


def beyond(bound, all_):
    return {each for each in all_ - bound if (ANYWHERE, each[1]) not in bound}


@pytest.mark.parametrize("rank", ["member", "admin"])
@pytest.mark.parametrize(
    "seed", [4, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(5, 25))]
)
def test_no_chain_of_requests_gives_what_no_caller_holds(acme, seed, rank):
    random, server, done = Random(seed), acme.server, set()
    for handle in HANDLES[:2]:
        acme.workspace(handle)
    keeper = Role(Level.WORKSPACE, "keeper", frozenset(map(Permission, KEEPS)))
    callers = [acme.of(server.person(UMA)), acme.of(server.person(MAX, rank))]
    server.bot("ci")
    acme.post("/teams/", {"name": "a"}, 201)
    owns = Binding(service_account("ci"), workspace("dev"), held(role(Level.WORKSPACE, "owner")))
    keeps = Binding(user(UMA), workspace("prod"), held(keeper.address))
    server.add(Change(None, keeper), Change(None, owns), Change(None, keeps))

    def moment(of):
        with server.backend.open() as session:
            return of(session)

    before = moment(access)
    bound = before[user(UMA)] | before[user(MAX)]
    for _ in range(STEPS):
        method, path, body = moment(lambda session: Whim(session, random)).request()
        answer = random.choice(callers).call(method, path, body)
        assert answer.status_code < 500, (method, path, body)
        if not answer.is_error:
            done.add((method, path.split("/")[1]))
            for who, now in moment(access).items():
                default = before[EVERYONE] if who.kind is Kind.USER else set()
                more = beyond(bound, now - before.get(who, set()) - default)
                assert more == set(), (method, path, body)
            if path.endswith("rotate_api_key"):
                assert beyond(bound, moment(access)[moment(opened(path))]) == set(), path
    assert done or rank == "member"
