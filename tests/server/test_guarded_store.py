"""Writing: judged under the lock, on record, whole or not at all."""

from __future__ import annotations

import gc
import shutil
import threading
import weakref
from datetime import timedelta

import pytest

from rbac_sync.audit.chain import flaws
from rbac_sync.audit.replay import differences, replay
from rbac_sync.backends.database import retry
from rbac_sync.backends.store import init
from rbac_sync.backends.store.accounts import Accounts
from rbac_sync.backends.store.writer import StoreWriter
from rbac_sync.model import Kind, Level, Policy, User
from rbac_sync.model.resources import role
from rbac_sync.server import guarded_store
from rbac_sync.server.guarded_store import GuardedStore
from rbac_sync.server.http_errors import UNKNOWN
from tests.backends.store.stores import dump
from tests.proxy import Fate, Stage, proxied

from .account import Account
from .serving import Server, served, serving


def test_a_refusal_leaves_the_store_as_it_was(acme):
    prod = acme.workspace()
    bo = acme.of(acme.server.person("bo@example.org"))
    team = acme.post("/teams/", {"name": "data"}, 201)
    before = dump(acme.server.guarded.service._url)
    bo.post("/bots/", {"name": "ci"}, 403)
    bo.delete(f"/workspaces/{prod['id']}", 404)
    acme.delete(f"/account_memberships/{acme.member('olivia@example.org')['id']}", 403)
    acme.post("/teams/", {"name": " "}, 422)
    acme.put(f"/teams/{team['id']}", {"name": " ", "description": "x"}, 422)
    assert dump(acme.server.guarded.service._url) == before


def test_a_change_that_changes_nothing_is_judged_and_not_made(acme):
    acme.server.bot("ci")
    (bot,) = acme.post("/bots/filter")
    before = dump(acme.server.guarded.service._url)["audit"]
    acme.patch(f"/bots/{bot['id']}", {"name": "ci"})
    assert acme.post("/bots/filter") == [bot]
    assert dump(acme.server.guarded.service._url)["audit"] == before
    bo = acme.of(acme.server.person("bo@example.org"))
    bo.patch(f"/bots/{bot['id']}", {"name": "ci"}, 403)


def test_what_is_made_is_on_record_and_the_record_tells_all(any_server):
    with any_server.client() as client:
        acme = Account(any_server, client)
        prod = acme.workspace()
        path = f"/workspaces/{prod['id']}"
        bot = acme.post("/bots/", {"name": "ci"}, 201)
        role = {"name": "deployer", "scopes": ["run_deployments"]}
        made = acme.post("/workspace_roles/", role, 201)
        access = {"bot_id": bot["id"], "workspace_role_id": made["id"]}
        acme.post(f"{path}/bot_access/", access)
        acme.patch(path, {"handle": "live", "default_workspace_role_id": acme.role("Viewer")})
        acme.patch(f"/workspace_roles/{made['id']}", {"name": "runner-2", "scopes": []})
        acme.post(f"/bots/{bot['id']}/rotate_api_key", None, 201)
    with any_server.backend.open() as session:
        links, live = list(session.trail.links()), session.read()
        told = replay((row.record for row in links), session.catalogue)
        assert list(flaws(links)) == []
        assert list(differences(told, live)) == []
        assert {row.record.applier for row in links} == {"olivia@example.org"}


def test_rules_of_a_policy_hold_only_where_there_is_one(tmp_path):
    for policy, status in ((None, 201), (Policy(), 403)):
        url = f"sqlite:///{tmp_path}/{status}.db"
        with served(url, policy=policy) as server, server.client() as client:
            acme = Account(server, client)
            answer = acme.post("/bots/", {"name": "endless"}, status)
            bo = acme.of(server.person("bo@example.org"))
            assert "rules" not in bo.post("/bots/", {"name": "ci"}, 403)
    assert "has no end" in answer["detail"]
    assert answer["rules"] == ["EXPIRY"]


def test_a_role_keeps_the_name_by_which_the_policy_limits_it(tmp_path):
    lead = role(Level.WORKSPACE, "lead")
    policy = Policy(max_term={lead: timedelta(days=7)}, require_reason_for=frozenset({lead}))
    with served(f"sqlite:///{tmp_path}/rbac.db", policy=policy) as server:
        acme = Account(server, server.client())
        made = acme.post("/workspace_roles/", {"name": "lead"}, 201)
        for more in ({}, {"scopes": ["see_flows"]}):
            answer = acme.patch(f"/workspace_roles/{made['id']}", {"name": "boss", **more}, 403)
            assert answer["detail"] == (
                "`role.lead` is in `require_reason_for`, and its new name is not; "
                "`role.lead` has a longest term of 7 days in `max_term`,"
                " and its new name allows a longer one"
            )


def test_of_two_owners_who_remove_each_other_at_once_one_stays(any_server):
    keys = [any_server.person(f"o{n}@example.org", "owner") for n in range(2)]
    with any_server.client() as client:
        acme = Account(any_server, client)
        acme.delete(f"/account_memberships/{acme.member('olivia@example.org')['id']}")
    one, two = (Account(any_server, any_server.client(key)) for key in keys)
    victims = [one.member(f"o{n}@example.org")["id"] for n in range(2)]
    statuses = []

    def remove(account, victim):
        answer = account.call("DELETE", f"/account_memberships/{victim}")
        statuses.append(answer.status_code)

    threads = [
        threading.Thread(target=remove, args=pair)
        for pair in ((one, victims[1]), (two, victims[0]))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) in ([204, 401], [204, 403], [204, 404])
    with any_server.backend.open() as session:
        left = [user.email for user in session.read().of(User).values()]
    assert len(left) == 1


def test_what_another_process_writes_is_seen_at_once(acme):
    assert acme.post("/bots/filter") == []
    acme.server.bot("ci")
    assert [bot["name"] for bot in acme.post("/bots/filter")] == ["ci"]


@pytest.mark.parametrize(
    ("status", "what"),
    [(409, {"name": "taken"}), (403, {"name": "Viewer"}), (422, {"name": "Taken"})],
)
def test_each_kind_of_refusal_has_its_status(acme, status, what):
    acme.post("/workspace_roles/", {"name": "taken"}, 201)
    acme.post("/workspace_roles/", what, status)


def test_a_backup_that_is_put_in_place_is_seen_though_its_number_is_the_same(tmp_path):
    file, copy = tmp_path / "rbac.db", tmp_path / "copy.db"
    with served(f"sqlite:///{file}") as server, server.client() as client:
        acme = Account(server, client)
        shutil.copy(file, copy)
        acme.post("/bots/", {"name": "left"}, 201)
        assert [bot["name"] for bot in acme.post("/bots/filter")] == ["left"]
        other = GuardedStore(Accounts(f"sqlite:///{copy}"))
        with serving(other) as root:
            beside = Server(root, other, server.key)
            Account(beside, beside.client()).post("/bots/", {"name": "right"}, 201)
            for each in beside.clients:
                each.close()
        copy.rename(file)
        assert [bot["name"] for bot in acme.post("/bots/filter")] == ["right"]


def test_of_so_many_accounts_alone_all_access_is_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(guarded_store, "MOST_KEPT", 2)
    url, owner = f"sqlite:///{tmp_path}/rbac.db", "olivia@example.org"
    keys = {name: init(url, name, "prefect-cloud", owner) for name in ("one", "two", "three")}
    guarded, kept = GuardedStore(Accounts(url)), []
    for name in ("one", "two", "two", "three"):
        with guarded.view(name, keys[name]) as view:
            assert [entry.address.key for entry in view.all(Kind.USER)] == [owner]
            kept.append(weakref.ref(view.register.whole))
        del view
    gc.collect()
    one, two, again, three = [each() for each in kept]
    assert one is None
    assert two is again is not None
    assert three is not None


def test_a_store_that_is_gone_is_unavailable_and_not_made_again(tmp_path):
    (tmp_path / "store").mkdir()
    with served(f"sqlite:///{tmp_path}/store/rbac.db") as server, server.client() as client:
        for each in (tmp_path / "store").iterdir():
            each.unlink()
        for path in ("/me/", "/me/accounts", f"{server.root}/ready"):
            assert client.get(path).status_code == 503
        assert list((tmp_path / "store").iterdir()) == []


def test_a_change_whose_commit_was_not_answered_is_said_to_be_unknown(
    postgres, postgres_url, monkeypatch
):
    monkeypatch.setattr(retry, "LOOKUP", 0.5)
    finish = StoreWriter.finish
    with (
        proxied(postgres) as proxy,
        served(proxy.url(postgres_url)) as server,
        server.client() as client,
    ):
        lost = Stage(Fate.CUT, sent=b"COMMIT\0", refusing=True)
        ending = lambda writer, run: (finish(writer, run), proxy.at(lost))
        acme = Account(server, client)
        monkeypatch.setattr(StoreWriter, "finish", ending)
        answer = acme.post("/bots/", {"name": "ci"}, 503)
        assert answer == {"detail": UNKNOWN}
        proxy.heal()
        assert [bot["name"] for bot in acme.post("/bots/filter")] == ["ci"]
