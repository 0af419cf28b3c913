"""Each route of the published document refuses whoever holds everything but the right it takes."""

from __future__ import annotations

import json
import re

import pytest

from rbac_sync.model import ACCOUNT, Binding, Key, Level, Role, User, held
from rbac_sync.model import address as named
from rbac_sync.planning import Change
from rbac_sync.server.auth import NEEDS, SCOPES
from rbac_sync.testing.states import CLOUD

from ...originals import REST
from ..account import Account
from ..serving import served

READS = re.compile(r"/(filter|count)$")

ROUTES = [
    (method, path, right)
    for path, item in json.loads(REST.read_text())["paths"].items()
    for method, operation in item.items()
    for right in (*operation.get(NEEDS, ()), *operation.get(SCOPES, ()))
]


def less(level, right):
    """Return all permissions of *level* that do not include *right*."""
    titles = CLOUD.titles.items()
    return frozenset(p for p, t in titles if t.level is level and right not in CLOUD.closed([p]))


def caller(right):
    """Yield the changes that let somebody in who holds everything but *right*, and their key."""
    name = re.sub("[:_]", "-", right)
    account, space = (Role(level, f"no-{name}-{level}", less(level, right)) for level in Level)
    user = User(f"no-{name}@example.org")
    yield from (Change(None, account), Change(None, space))
    yield Change(None, user, (Binding(user.address, ACCOUNT, held(account.address)),))
    yield Change(None, Binding(user.address, named.workspace("prod"), held(space.address)))
    yield Change(None, Key(user.address, right))


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A server with one of each thing, the ids that its paths take, and a key by missing right."""
    rights = sorted({right for *_, right in ROUTES})
    url = f"sqlite:///{tmp_path_factory.mktemp('rights') / 'rbac.db'}"
    with served(url) as running, running.client() as client:
        acme = Account(running, client)
        bot = acme.post("/bots/", {"name": "ci"}, 201)
        team = acme.post("/teams/", {"name": "ops"}, 201)
        ids = {"workspace_id": acme.workspace()["id"], "bot_id": bot["id"], "team_id": team["id"]}
        ids |= {"account_id": acme.id, "user_id": client.get("/me/").json()["id"], "name": "pool"}
        secrets = running.add(*(change for right in rights for change in caller(right)))
        keys = {address.rpartition("/key/")[2]: secret for address, secret in secrets.items()}
        yield ids, {right: running.client(keys[right]) for right in rights}


def test_each_route_takes_the_right_that_the_published_document_names(place):
    ids, clients = place
    assert len(ROUTES) >= 80
    for method, path, right in ROUTES:
        filled = re.sub(r"\{(\w+)\}", lambda m: ids.get(m[1], ids["team_id"]), path)
        sent = {} if method in ("get", "delete") else {"json": {}}
        answer = clients[right].request(method, filled.removeprefix("/api"), **sent)
        is_reading = method == "get" or READS.search(path)
        refused = (403,) if is_reading else (403, 404, 422)  # a write may find its fault first
        assert answer.status_code in refused, (method, path, right, answer.text)
