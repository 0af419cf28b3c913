"""A request that a document writes, sent to a server over the account's store."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import httpx

from rbac_sync.backends.store.service import Service
from rbac_sync.server.gate import Gate
from rbac_sync.server.issuer import Issuer

from ..server.serving import serving
from ..server.tokens import AUDIENCE, ISSUER, Signer

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
    with serving(Gate(Service(f"sqlite:///{STORE}"), issuer=issuer)) as root:
        if "log_in" in check:
            _post(root, LOG_IN, "", token=signer.token(check["log_in"]))
        answer = _post(root, check["ask"] or words, key)
    assert [e["extensions"]["code"] for e in answer.get("errors", [])] == _codes(check)
    shown = json.dumps(answer, ensure_ascii=False)
    for part in check.get("answers", ()):
        assert part in shown
    if "same" in check:
        one, other = (_at(answer["data"], path) for path in check["same"])
        assert one == other


def _codes(check):
    return [check["fails"]] if "fails" in check else []


def _post(root, query, key, **variables):
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    body = {"query": query, "variables": json.dumps(variables)}
    return httpx.post(root, headers=headers, json=body, timeout=30).json()


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
