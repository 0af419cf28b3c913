"""Writing: judged under the lock, on record, whole or not at all."""

from __future__ import annotations

import threading

import pytest

from rbac_sync.audit.chain import flaws
from rbac_sync.audit.replay import differences, replay
from rbac_sync.model import Policy, User
from tests.backends.store.stores import dump

from .account import Account
from .serving import served


def test_a_refusal_leaves_the_store_as_it_was(acme):
    prod = acme.workspace()
    bo = acme.of(acme.server.person("bo@example.org"))
    before = dump(acme.server.gate.service._url)
    bo.post("/bots/", {"name": "ci"}, 403)
    bo.delete(f"/workspaces/{prod['id']}", 404)
    acme.delete(f"/account_memberships/{acme.member('olivia@example.org')['id']}", 403)
    acme.post("/teams/", {"name": " "}, 422)
    assert dump(acme.server.gate.service._url) == before


def test_a_change_that_changes_nothing_is_judged_and_not_made(acme):
    acme.server.bot("ci")
    (bot,) = acme.post("/bots/filter")
    before = dump(acme.server.gate.service._url)["audit"]
    acme.patch(f"/bots/{bot['id']}", {"name": "ci"})
    assert acme.post("/bots/filter") == [bot]
    assert dump(acme.server.gate.service._url)["audit"] == before
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
    assert "has no end" in answer["detail"]


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
