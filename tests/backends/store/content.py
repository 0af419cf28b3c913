"""A store with a row in every table, made as its users make them."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

from rbac_sync.audit.record import Authorship
from rbac_sync.backends.store import StoreBackend, init, log_ins
from rbac_sync.backends.store.invitations import new_code
from rbac_sync.backends.store.key_scope import KeyScope, keep
from rbac_sync.backends.store.row_facts import INVITATION
from rbac_sync.model import (
    ACCOUNT,
    EVERYONE,
    Binding,
    Holding,
    Key,
    Level,
    Membership,
    Permission,
    Role,
    ServiceAccount,
    Status,
    Team,
    User,
    Workspace,
    held,
)
from rbac_sync.model.resources import role
from rbac_sync.planning import Change

from .stores import MEMBER, OWNER

END = datetime(2099, 1, 1, tzinfo=UTC)
BO, NEW = User("bo@example.org"), User("new@example.org", Status.PENDING, END)
CI, PROD = ServiceAccount("ci", "builds"), Workspace("prod", "Production", "the one that counts")
BASE = frozenset({role(Level.WORKSPACE, "viewer")})
READER = Role(
    Level.WORKSPACE, "reader", frozenset({Permission("see_flows")}), base=BASE, description="reads"
)
OTHER = Role(
    Level.WORKSPACE,
    "other",
    frozenset({Permission("see_flows")}),
    implies=frozenset({READER.address}),
)
OPS = Team("ops", frozenset({Membership(BO.address, None, END, "on call")}), description="operate")
SPELL = Holding(READER.address, datetime(2020, 1, 1, tzinfo=UTC), END, "INC-1")
VIEWER = role(Level.WORKSPACE, "viewer")

CHANGES = (
    Change(None, BO, brings=(Binding(BO.address, ACCOUNT, MEMBER),)),
    Change(None, NEW, brings=(Binding(NEW.address, ACCOUNT, MEMBER),)),
    Change(None, CI, brings=(Binding(CI.address, ACCOUNT, MEMBER),)),
    Change(None, PROD),
    Change(None, READER),
    Change(None, OTHER),
    Change(None, OPS),
    Change(None, Key(CI.address, "main", END)),
    Change(None, Binding(OPS.address, PROD.address, frozenset({SPELL}))),
    Change(None, Binding(EVERYONE, PROD.address, held(VIEWER))),
)
DIGEST = "d" * 64


def filled(url: str) -> StoreBackend:
    """Return a backend on an account with a row in every table, by its first owner's key."""
    backend = logged_in(url)
    backend.transact("documents", _documents)
    return backend


def logged_in(url: str) -> StoreBackend:
    """Return a backend on an account with all but documents, besides one of a log-in and of keys.

    Its credential is the first owner's key.
    """
    key = init(url, "acme", "prefect-cloud", OWNER.email, settings={"invitations": True})
    backend = StoreBackend(url, "acme", key)
    by = Authorship(OWNER.address, "made", DIGEST)

    def make(writer):
        writer.begin(by)
        for change in CHANGES:
            writer.make(change)
            writer.record(by.record(change, writer.now()))
        reach = KeyScope(everywhere=False, default=uuid4(), maker=uuid4())
        keep(writer.documents, writer.register(), Key(CI.address, "main", END), reach)

    def log_in(writer):
        log_ins.begin(writer.documents, OWNER.address, uuid4(), writer.now())
        _remark(writer, "log in")

    backend.transact("made", make)
    backend.transact("log in", log_in)
    return backend


def _documents(writer):
    _, code = new_code("prefect-cloud")
    writer.documents.add(INVITATION, ACCOUNT, None, {"email": NEW.email, **code})
    listed = {"access": {"manage_actor_ids": [], "manage_team_ids": []}, "data": {"x": 1}}
    writer.documents.add("block-document", PROD.address, "secret", listed)
    _remark(writer, "documents")


def _remark(writer, run):
    by = Authorship(OWNER.address, run)
    writer.record(by.remark(OWNER.address, run, writer.now()))
