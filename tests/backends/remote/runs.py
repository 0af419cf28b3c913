"""Runs against a service, and what their trail tells."""

from __future__ import annotations

import errno
from uuid import uuid4

import pytest

from rbac_sync.audit.chain import flaws
from rbac_sync.audit.record import Authorship
from rbac_sync.errors import ApplyStopped
from rbac_sync.execution import make_all
from rbac_sync.model import Key
from rbac_sync.planning import Change
from rbac_sync.testing.account import live, run

DIGEST = "d" * 64


class Killed(BaseException):
    """What the process gets in the middle of things."""


def applied(backend, *changes, run_id=None, digest=DIGEST):
    run_id = run_id or str(uuid4())

    def work(writer):
        by = Authorship(writer.applier(), run_id, digest)
        writer.begin(by)
        for change in changes:
            writer.make(change)
            writer.record(by.record(change, writer.now()))

    return backend.transact(run_id, work)


def told(backend):
    with backend.open() as session:
        links = list(session.trail.links())
    assert list(flaws(links)) == []
    return [(row.record.result, row.record.object_id) for row in links]


def made(backend, *changes):
    return run(backend, changes, Authorship(None, str(uuid4())))


def assert_revoked(backend, key: Key) -> None:
    """Check that a new key whose secret finds a full disk is revoked, and can be made again."""

    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    def work(writer):
        by = Authorship(writer.applier(), "full")
        make_all([Change(None, key)], writer, by, lambda _: None, full, lambda: None)

    with pytest.raises(ApplyStopped, match=r"no space left on device; the key is revoked$"):
        backend.transact("full", work)
    name = str(key.address)
    assert [row for row in told(backend) if row[1] == name][-2:] == [
        ("failed", name),
        ("done", name),
    ]
    assert live(backend).get(key.address) is None
    (secrets,) = made(backend, Change(None, key))
    assert secrets[name]
