"""Who changed what past us: the audit events of the account, as the real server tells them."""

from __future__ import annotations

import json
import shutil
from urllib.parse import parse_qs
from uuid import uuid4

import pytest

from rbac_sync.backends.prefect_cloud import history
from rbac_sync.backends.prefect_cloud.session import PrefectCloudBackend
from rbac_sync.backends.remote.client import Client
from rbac_sync.backends.remote.login import Login
from rbac_sync.backends.remote.response import Response
from rbac_sync.model import ACCOUNT, EVERYONE, Key, Team, Workspace, held
from rbac_sync.model.address import binding, service_account, team, user
from rbac_sync.model.resources import Level
from rbac_sync.model.resources import role as role_address
from rbac_sync.planning import Change
from rbac_sync.wire.prefect_cloud import events as wire

from ...server.account import Account
from ...server.serving import served, served_again
from ..remote.runs import made
from .verbs import BO, bound

DEV, DATA = Workspace("dev", "Dev"), Team("data")
ROLE = held(role_address(Level.WORKSPACE, "viewer"))
GRANT = binding(BO.address, DEV.address)
AL, EVE, CI = user("al@example.org"), user("eve@example.org"), service_account("ci")
OF_TEAM, OF_BOT = binding(DATA.address, DEV.address), binding(CI, DEV.address)
DEFAULT = binding(EVERYONE, DEV.address)


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    """The file of a store with things and what people hold, and the keys of its owner and Al."""
    folder = tmp_path_factory.mktemp("begun")
    with served(f"sqlite:///{folder / 'rbac.db'}") as server:
        server.person(BO.email)
        grant = bound(BO.address, None, ROLE, DEV.address)
        made(backend(server, server.key, folder), Change(None, DEV), Change(None, DATA), grant)
        keys = server.key, server.person(AL.key, "admin")
        server.person(EVE.key)
        acme = Account(server, server.client())
        bot = acme.post("/bots/", {"name": CI.key}, 201)
        path = f"/workspaces/{ids(acme)['dev']}"
        role = {"workspace_role_id": acme.role("Viewer")}
        acme.post(f"{path}/bot_access/", {"bot_id": bot["id"], **role})
        acme.put(f"{path}/team_access/", [{"team_id": ids(acme)["data"], **role}])
    return folder / "rbac.db", *keys


@pytest.fixture
def server(begun, tmp_path):
    """A server over a copy of that store."""
    shutil.copy(begun[0], tmp_path)
    with served_again(f"sqlite:///{tmp_path / 'rbac.db'}", begun[1]) as running:
        yield running


@pytest.fixture
def owner(server, tmp_path):
    """The account by its owner."""
    return backend(server, server.key, tmp_path)


@pytest.fixture
def al(server, begun):
    """An admin who changes things past us."""
    return Account(server, server.client(begun[2]))


def backend(server, key, folder):
    environment = {"RBAC_SYNC_STATE_DIR": str(folder)}
    return PrefectCloudBackend(
        server.account, Login(f"{server.root}/api", key), environment=environment
    )


def ids(acme):
    """Return the ids of the workspace, the team and the service account, if there is one."""
    (dev,) = acme.post("/workspaces/filter", {"workspaces": {"handle": {"any_": ["dev"]}}})
    (data,) = acme.post("/teams/filter", {})
    bots = acme.post("/bots/filter", {})
    return {"dev": dev["id"], "data": data["id"], **{bot["name"]: bot["id"] for bot in bots}}


def who(owner, *addresses):
    with owner.open() as session:
        return {address: touch.who for address, touch in session.touched(addresses).items()}


def test_what_somebody_changed_bears_their_name(owner):
    with owner.open() as session:
        me = session.applier().key
    found = who(owner, DATA.address, DEV.address, GRANT, team("nowhere"))
    assert found == dict.fromkeys([DATA.address, DEV.address, GRANT], me)


def raises(al):
    path = f"/account_memberships/{al.member(EVE.key)['id']}"
    al.patch(path, {"account_role_id": al.account_role("Admin")})


def raises_bot(al):
    al.patch(f"/bots/{ids(al)['ci']}", {"account_role_id": al.account_role("Admin")})


def suspends(al):
    al.patch(f"/account_memberships/{al.member(EVE.key)['id']}/active", {"active": False})


def opens(al):
    al.patch(f"/workspaces/{ids(al)['dev']}", {"default_workspace_role_id": al.role("Viewer")})


def opens_and_closes(al):
    opens(al)
    al.patch(f"/workspaces/{ids(al)['dev']}", {"default_workspace_role_id": None})


def renames(al):
    al.patch(f"/workspaces/{ids(al)['dev']}", {"name": "Development"})


def grants(kind, of):
    def change(al):
        row = {f"{kind}_id": of(al), "workspace_role_id": al.role("Runner")}
        path = f"/workspaces/{ids(al)['dev']}/{kind}_access/"
        (al.put if kind == "team" else al.post)(path, [row])

    return change


def rotates(al):
    al.post(f"/bots/{ids(al)['ci']}/rotate_api_key", {}, 201)


def adds(al):
    member = {"member_id": ids(al)["ci"], "member_type": "service_account"}
    al.put(f"/teams/{ids(al)['data']}/members", {"members": [member]})


def describes(al):
    al.put(f"/teams/{ids(al)['data']}", {"name": "data", "description": "new"})


def key_of_bot(owner):
    with owner.open() as session:
        return next(iter(session.read().of(Key)))


CASES = {
    "an account role": (raises, binding(EVE, ACCOUNT)),
    "a service account's account role": (raises_bot, binding(CI, ACCOUNT)),
    "a suspension": (suspends, EVE),
    "a default role": (opens, DEFAULT),
    "a default role that is gone": (opens_and_closes, DEFAULT),
    "a workspace's name": (renames, DEV.address),
    "what a user holds": (grants("user", lambda al: al.member(BO.email)["user_id"]), GRANT),
    "what a bot holds": (grants("bot", lambda al: ids(al)["ci"]), OF_BOT),
    "what a team holds": (grants("team", lambda al: ids(al)["data"]), OF_TEAM),
    "a key": (rotates, key_of_bot),
    "a member of a team": (adds, DATA.address),
    "a team": (describes, DATA.address),
}


@pytest.mark.parametrize("case", CASES)
def test_what_an_admin_changed_past_us_bears_their_name(owner, al, case):
    change, address = CASES[case]
    change(al)
    there = address(owner) if callable(address) else address
    assert who(owner, there) == {there: AL.key}


def test_what_shares_an_id_is_told_apart(owner, al):
    opens(al)
    acme = Account(al.server, al.server.client())
    renames(acme)
    me = acme.client.get("/me/").json()["email"]
    assert who(owner, DEFAULT, DEV.address) == {DEFAULT: AL.key, DEV.address: me}
    assert who(owner, DEFAULT) == {DEFAULT: AL.key}


@pytest.fixture
def asked(monkeypatch):
    """What was asked of the events: the bodies of first pages, and the tokens of further ones."""
    calls, real = [], Client.send

    def recorded(self, call):
        if "/events/" in call.path:
            calls.append(json.loads(call.body) if call.body else parse_qs(call.query))
        return real(self, call)

    monkeypatch.setattr(Client, "send", recorded)
    return calls


def test_the_service_is_asked_for_these_things_alone(owner, al, asked):
    who(owner, DEFAULT, binding(EVE, ACCOUNT), DATA.address)
    of = {
        "account-membership": al.member(EVE.key)["id"],
        "team": ids(al)["data"],
        "workspace": ids(al)["dev"],
    }
    first, second = (call["filter"] for call in asked)
    assert first["resource"]["id"] == [f"prefect-cloud.{kind}.{id_}" for kind, id_ in of.items()]
    assert first["event"]["prefix"] == [f"prefect-cloud.{kind}." for kind in of]
    assert second["any_resource"]["id"] == [f"prefect-cloud.team.{of['team']}"]
    assert second["event"]["prefix"] == ["prefect-cloud.team-membership."]


def test_every_page_is_read(owner, al, asked, monkeypatch):
    monkeypatch.setattr(history, "LONGEST_PAGE", 2)
    opens(al)
    acme = Account(al.server, al.server.client())
    for name in "abcde":
        acme.patch(f"/workspaces/{ids(acme)['dev']}", {"name": name})
    assert who(owner, DEFAULT) == {DEFAULT: AL.key}
    tokens = [call for call in asked if "page-token" in call]
    assert len(tokens) == 3


def test_a_page_that_comes_again_ends_the_list(owner, al, monkeypatch):
    opens(al)
    real, pages = Client.send, []

    def repeated(self, call):
        if "/events/" not in call.path:
            return real(self, call)
        first = pages[0] if pages else real(self, call)
        further = {"next_page": "https://cloud.example/next?page-token=again"}
        pages.append(Response({**first.value, **further}))
        return pages[-1]

    monkeypatch.setattr(Client, "send", repeated)
    assert who(owner, DEFAULT) == {DEFAULT: AL.key}
    assert len(pages) == 2


def test_pages_of_events_without_an_end_come_to_one(owner, al, monkeypatch):
    monkeypatch.setattr(history, "MOST_PAGES", 3)
    opens(al)
    real, pages = Client.send, []

    def endless(self, call):
        if "/events/" not in call.path:
            return real(self, call)
        first = pages[0].value if pages else real(self, call).value
        events = [event | {"id": str(uuid4())} for event in first["events"]]
        further = {"events": events, "next_page": "https://cloud.example/next?page-token=next"}
        pages.append(Response(first | further))
        return pages[-1]

    monkeypatch.setattr(Client, "send", endless)
    assert who(owner, DEFAULT) == {DEFAULT: AL.key}
    assert len(pages) == 3


def test_more_things_than_one_query_takes_are_asked_for_in_several(owner, al, asked, monkeypatch):
    monkeypatch.setattr(history, "BATCH", 1)
    opens(al)
    raises(al)
    there = [DEFAULT, binding(EVE, ACCOUNT)]
    assert who(owner, *there) == dict.fromkeys(there, AL.key)
    assert len(asked) == 2


def test_a_service_that_does_not_tell_leaves_it_unknown(owner, al, monkeypatch):
    monkeypatch.setattr(wire, "LONGEST", wire.LONGEST * 2)
    opens(al)
    assert who(owner, DEFAULT) == {}


def test_who_must_not_see_the_trail_is_told_nothing(owner, server, tmp_path):
    with backend(server, server.bot("reader", "member"), tmp_path).open() as session:
        assert session.touched([DATA.address]) == {}
