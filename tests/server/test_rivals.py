"""Two owners who ask at once, each a server of its own: one of them is first."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest

from rbac_sync.audit.chain import flaws
from rbac_sync.backends.store.accounts import Accounts
from rbac_sync.server.guarded_store import GuardedStore

from ..patience import LONGEST
from .account import Account
from .serving import served, serving

BO = "bo@example.org"


@pytest.fixture
def owners(store_url):
    """The same account by each of two owners, who ask different servers; in each database."""
    with served(store_url) as first, serving(GuardedStore(Accounts(store_url))) as root:
        key = first.person(BO, "owner")
        second = type(first)(root, first.guarded, key)
        with first.client() as here, second.client() as there:
            yield Account(first, here), Account(second, there)


def same_name(here, there):
    """Create a workspace of one name twice."""
    body = {"name": "Same", "handle": f"same-{uuid4()}"}

    def check(answers):
        assert sorted(answers) == [201, 409]

    return [lambda by=by: by.call("POST", "/workspaces/", body) for by in (here, there)], check


def role_deleted(here, there):
    """Delete a role, and give it to somebody."""
    role_id = here.post("/workspace_roles/", {"name": str(uuid4()), "scopes": []}, 201)["id"]
    path = f"/workspaces/{here.workspace(f'w-{uuid4()}')['id']}/user_access/"
    body = {"user_id": here.member(BO)["user_id"], "workspace_role_id": role_id}

    def check(answers):
        held = [row["workspace_role_id"] for row in here.post(f"{path}filter")]
        assert (answers, held) in (([204, 422], []), ([409, 200], [role_id]))

    return [
        lambda: here.call("DELETE", f"/workspace_roles/{role_id}"),
        lambda: there.call("POST", path, body),
    ], check


def workspace_deleted(here, there):
    """Delete a workspace, and give somebody a role in it."""
    path = f"/workspaces/{here.workspace(f'w-{uuid4()}')['id']}"
    body = {"user_id": here.member(BO)["user_id"], "workspace_role_id": here.role("Viewer")}

    def check(answers):
        assert answers in ([204, 404], [204, 200])
        here.post(f"{path}/user_access/filter", status=404)

    return [
        lambda: here.call("DELETE", path),
        lambda: there.call("POST", f"{path}/user_access/", body),
    ], check


def key_rotated(here, there):
    """Rotate the key of a service account twice."""
    bot = here.post("/bots/", {"name": f"bot-{uuid4()}"}, 201)
    path = f"/bots/{bot['id']}"

    def check(answers):
        assert answers == [201, 201]
        assert here.get(f"{path}/read_bot_api_keys")["rotating_keys"] == []
        for owner in (here, there):
            old = {"Authorization": f"Bearer {bot['api_key']['key']}"}
            assert owner.call("GET", "", headers=old).status_code == 401

    moves = [lambda by=by: by.call("POST", f"{path}/rotate_api_key") for by in (here, there)]
    return moves, check


def test_of_two_requests_at_once_one_is_first_and_the_other_sees_what_it_did(owners):
    for clash in (same_name, role_deleted, workspace_deleted, key_rotated) * 2:
        moves, check = clash(*owners)
        check([answer.status_code for answer in _at_once(moves)])
    with owners[0].server.backend.open() as session:
        assert list(flaws(session.trail.links())) == []


def _at_once(moves):
    barrier = Barrier(len(moves))

    def ask(move):
        barrier.wait(timeout=LONGEST)
        return move()

    with ThreadPoolExecutor(len(moves)) as pool:
        return list(pool.map(ask, moves))
