"""Runs against a service, and what their trail tells."""

from __future__ import annotations

from uuid import uuid4

from rbac_sync.audit.chain import flaws
from rbac_sync.audit.record import Authorship
from rbac_sync.testing.account import run

DIGEST = "d" * 64


class Killed(BaseException):
    """What the process gets in the middle of things."""


def applied(backend, *changes):
    run_id = str(uuid4())

    def work(writer):
        by = Authorship(writer.applier(), run_id, DIGEST)
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
