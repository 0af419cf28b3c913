"""The same requests, to a server that means them: what the store then holds is what was asked."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from rbac_sync.audit.replay import differences
from rbac_sync.backends.prefect_cloud.session import PrefectCloudBackend
from rbac_sync.backends.remote.login import Login
from rbac_sync.model import (
    ACCOUNT,
    EVERYONE,
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
from rbac_sync.model.address import workspace_object
from rbac_sync.model.resources import role as role_address
from rbac_sync.planning import Change, followed
from rbac_sync.planning.target_form import normal
from rbac_sync.server.rest import teams
from rbac_sync.testing.account import live

from ...server.account import Account
from ...server.serving import served
from ..remote.runs import made
from .cloud import CLOUD
from .cutting import cutting
from .verbs import (
    ADMIN,
    BO,
    MEMBER,
    NEXT_YEAR,
    RUNNER,
    VIEWER,
    bound,
    invited,
    new_bot,
)

ETL, DEV, DATA = ServiceAccount("etl"), Workspace("dev", "Dev"), Team("data")
NEW = address.user("new@example.org")
D = DEV.address
FRESH = Role(
    Level.WORKSPACE,
    "fresh",
    frozenset({"write_variables"}),
    base=frozenset({role_address(Level.WORKSPACE, "runner")}),
)
JOINED = replace(DATA, members=frozenset({Membership(ETL.address), Membership(BO.address)}))
LEFT = replace(JOINED, members=frozenset({Membership(BO.address)}), description="D.")
PAGER = replace(FRESH, name="pager", base=frozenset())
LIVE = replace(DEV, handle="live", description="L.")
ELT = replace(ETL, name="elt")

LIFE = [
    new_bot("etl"),
    Change(None, Key(ETL.address, "active", NEXT_YEAR)),
    Change(None, DEV),
    Change(None, FRESH),
    Change(None, JOINED),
    invited("new@example.org"),
    bound(BO.address, None, VIEWER, D),
    bound(BO.address, VIEWER, held(FRESH.address), D),
    bound(ETL.address, None, RUNNER, D),
    bound(DATA.address, None, RUNNER, D),
    bound(EVERYONE, None, VIEWER, D),
    bound(BO.address, MEMBER, ADMIN, ACCOUNT),
    bound(ETL.address, ADMIN, MEMBER, ACCOUNT),
    bound(NEW, ADMIN, MEMBER, ACCOUNT),
    Change(DEV, LIVE),
    Change(FRESH, PAGER),
    Change(JOINED, LEFT),
    Change(BO, replace(BO, status=Status.SUSPENDED)),
    Change(replace(BO, status=Status.SUSPENDED), BO),
    Change(ETL, ELT),
    Change(Key(ELT.address, "active", NEXT_YEAR), Key(ELT.address, "active")),
    bound(EVERYONE, VIEWER, None, LIVE.address),
    bound(ELT.address, RUNNER, None, LIVE.address),
    bound(DATA.address, RUNNER, None, LIVE.address),
    bound(BO.address, held(PAGER.address), None, LIVE.address),
    Change(PAGER, None),
    Change(LEFT, None),
    Change(ELT, None),
    Change(BO, None),
    Change(User("new@example.org", Status.PENDING), None),
    Change(LIVE, None),
]
"""From an empty account to an empty account, by every verb."""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("served")
    with served(f"sqlite:///{folder / 'rbac.db'}") as running:
        running.person(BO.email)
        yield running


@pytest.fixture(scope="module")
def backend(server, tmp_path_factory):
    environment = {"RBAC_SYNC_STATE_DIR": str(tmp_path_factory.mktemp("state"))}
    login = Login(f"{server.root}/api", server.key)
    return PrefectCloudBackend(server.account, login, environment=environment)


def comparable(state):
    """Return *state* without what only one side knows: names of keys, ends of invitations."""
    draft = normal(state, CLOUD).draft()
    for key in list(draft.of(Key).values()):
        draft.remove(key)
    for user in list(draft.of(User).values()):
        draft.put(replace(user, expires=None))
    return draft


def test_every_verb_leads_to_the_same_state_in_the_store_and_over_rest(backend, server):
    told = live(backend)
    for change in LIFE:
        expected = followed(comparable(told), [change])
        made(backend, change)
        told, kept = live(backend), live(server.backend)
        assert [str(d) for d in differences(comparable(kept), comparable(told))] == []
        assert [str(d) for d in differences(comparable(expected), comparable(told))] == []
        if isinstance(change.after, Key):
            assert told.get(change.address) == change.after


def test_only_the_key_that_comes_with_a_service_account_to_end_at_once_is_not_counted(
    backend, server
):
    made(backend, new_bot("night"))
    night, keys = address.service_account("night"), live(server.backend).of(Key).values()
    assert [key.owner for key in keys if key.until] == [night]
    assert list(live(backend).keys_of(night)) == []

    acme = Account(server, server.client())
    (bot,) = acme.post("/bots/filter", {"service_accounts": {"name": {"any_": ["night"]}}})
    soon = (datetime.now(UTC) + timedelta(minutes=5)).isoformat()
    acme.post(f"/bots/{bot['id']}/rotate_api_key", {"api_key_expiration": soon}, 201)
    assert [key.name for key in live(backend).keys_of(night)] == ["active"]
    made(backend, Change(ServiceAccount("night"), None))


def test_service_accounts_without_keys_are_read_and_can_get_a_key(backend, server):
    day, night = new_bot("day"), new_bot("night")
    server.add(day, night)
    assert live(backend).of(ServiceAccount).keys() >= {day.address, night.address}
    key = Key(night.address, "active", NEXT_YEAR)
    made(backend, Change(None, key))
    told = live(backend)
    assert (list(told.keys_of(day.address)), list(told.keys_of(night.address))) == ([], [key])
    made(backend, *(Change(each.after, None) for each in (day, night)))


def test_the_lists_of_objects_that_the_key_may_not_see_are_not_shown(backend, server, tmp_path):
    key = server.bot("looker", "member")
    looker, role = ServiceAccount("looker"), replace(PAGER, permissions=frozenset({"see_blocks"}))
    made(backend, Change(None, DEV), Change(None, role))
    made(backend, bound(looker.address, None, held(role.address), D))
    block, *hidden = (
        workspace_object(D, name) for name in ("block:secret/db", "deployment:etl/a", "work_pool:b")
    )
    environment = {"RBAC_SYNC_STATE_DIR": str(tmp_path)}
    seen = PrefectCloudBackend(
        server.account, Login(f"{server.root}/api", key), environment=environment
    )
    with seen.open() as session:
        session.show_lists([block, *hidden])
        horizon = session.horizon()
    assert horizon.partly >= {block, *hidden}
    rights = "manage_acls", "see_deployments", "see_work_pools"
    assert horizon.reasons[-3:] == tuple(
        f"the access list of `{address}` is not shown: the key needs `{right}` there"
        for address, right in zip((block, *hidden), rights, strict=True)
    )
    made(backend, Change(DEV, None), Change(role, None), Change(looker, None))


def test_teams_with_more_members_than_a_page_may_show_are_read(backend, server, monkeypatch):
    bots = [new_bot(f"b{number}") for number in range(5)]
    members = frozenset(Membership(each.address) for each in bots)
    made(backend, *bots, *(Change(None, Team(f"t{number}", members)) for number in range(9)))
    whole = live(backend)
    monkeypatch.setattr(teams, "MOST_ROWS", 12)
    assert live(backend) == whole
    assert all(team.members == members for team in whole.of(Team).values())
    monkeypatch.undo()
    made(backend, *(Change(Team(f"t{number}", members), None) for number in range(9)))
    made(backend, *(Change(each.after, None) for each in bots))


def test_the_key_of_a_service_account_is_a_credential_of_its_own(backend, server, tmp_path):
    key = server.bot("deployer", "admin")
    login = Login(f"{server.root}/api", key)
    deployer = PrefectCloudBackend(
        server.account, login, environment={"RBAC_SYNC_STATE_DIR": str(tmp_path)}
    )
    with deployer.open() as session:
        assert session.applier() == address.service_account("deployer")
        assert session.read() == live(backend)


ONCE = re.compile(r"/(bots|invitations|teams|workspaces|workspace_roles)/$")


def test_no_answer_that_is_lost_makes_anything_twice(server, backend, tmp_path, at_once):
    environment = {"RBAC_SYNC_STATE_DIR": str(tmp_path)}
    if not live(backend).knows(BO.address):
        server.person(BO.email)
    with cutting(server.root) as (root, writes):
        login = Login(f"{root}/api", server.key)
        cut = PrefectCloudBackend(server.account, login, environment=environment)
        told = live(server.backend)
        for change in LIFE:
            expected = followed(comparable(told), [change])
            writes.clear()
            made(cut, change)
            told = live(server.backend)
            assert [str(d) for d in differences(comparable(expected), comparable(told))] == []
            asked = [path for method, path in writes if method == "POST" and ONCE.search(path)]
            assert len(asked) == len(set(asked))
        with cut.open() as session:
            results = [row.record.result for row in session.trail.links()]
        assert results.count("event") == 2
        assert "failed" not in results
