"""A request that a document writes, sent to a server over the account's store."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing, nullcontext
from pathlib import Path

from rbac_sync.backends.store.accounts import Accounts
from rbac_sync.server.guarded_store import GuardedStore
from rbac_sync.server.issuer import Issuer

from ..patience import ask
from ..server.serving import serving
from ..server.tokens import AUDIENCE, ISSUER, Signer
from .acts import key_of

STORE = "rbac.db"
LOG_IN = "mutation($token: String!) { log_in(input: {id_token: $token}) { access_token } }"
OF_ROLE = "UPDATE role SET id = ? WHERE number IN (SELECT number FROM address WHERE key = ?)"
OF_MEMBERSHIP = (
    "UPDATE binding SET id = ? WHERE principal IN (SELECT number FROM address WHERE key = ?)"
)


def send(check, words, key):
    """Send what *check* asks, or *words*; hold the answer against what it says."""
    for name, id_ in check.get("ids", {}).items():
        _known_as(name, id_)
    signer = Signer(Path.cwd())
    issuer = Issuer(ISSUER, AUDIENCE, str(signer.jwks))
    guarded = GuardedStore(Accounts(f"sqlite:///{STORE}"), issuer=issuer)
    with serving(guarded) as root, asker(guarded, check, key) as context:
        if "log_in" in check:
            _post(root, LOG_IN, "", token=signer.token(check["log_in"]))
        id_ = _made(root, key, check.get("before", ()))
        answer = _post(root, check["ask"] or words, context, id=id_)
    codes = [error["extensions"]["code"] for error in answer.get("errors", [])]
    assert codes == _codes(check), answer
    shown = json.dumps(answer, ensure_ascii=False)
    for part in check.get("answers", ()):
        assert part in shown
    if "lists" in check:
        (rows,) = answer["data"].values()
        assert [value for row in rows for value in row.values()] == check["lists"]
    if "same" in check:
        one, other = (_at(answer["data"], path) for path in check["same"])
        assert one == other


def _made(root, key, queries):
    """Send mutations of the owner, each with the id that the one before answered; return it."""
    id_ = None
    for query in queries:
        ((payload,),) = (_post(root, query, key, id=id_)["data"].values(),)
        id_ = payload["id"]
    return id_


def asker(guarded, check, key):
    """Return the key that a request is sent with, for as long as a block lasts."""
    return key_of(guarded, check["asked_by"]) if "asked_by" in check else nullcontext(key)


def _codes(check):
    return [check["fails"]] if "fails" in check else []


def _post(root, query, key, **variables):
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    body = {"query": query, "variables": json.dumps(variables)}
    return ask("POST", root, headers=headers, json=body).json()


def _at(data, path):
    for step in path.split("."):
        data = data[int(step) if step.isdecimal() else step]
    return data


def _known_as(name, id_):
    """Let a thing have the id that the document writes: the server chooses its own."""
    kind, _, called = name.partition(".")
    key = f"account/{called}" if kind == "role" else called
    with closing(sqlite3.connect(STORE)) as connection, connection:
        (done,) = (connection.execute(OF_ROLE if kind == "role" else OF_MEMBERSHIP, (id_, key)),)
        assert done.rowcount == 1
