"""The backends under contract, and how an account of a given state begins on each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import uuid4

from rbac_sync.audit.record import Authorship
from rbac_sync.backends.interface import Backend, Writer
from rbac_sync.backends.memory import MemoryBackend
from rbac_sync.backends.store import StoreBackend, init
from rbac_sync.catalogues import catalogue
from rbac_sync.model import ACCOUNT, Binding, Key, Kind, Resource, Role, State, User, held
from rbac_sync.planning import Change

WORLD = "prefect-cloud"
CLOUD = catalogue(WORLD)
OWNER = User("olivia@example.org")
FOUNDED = (OWNER, Key(OWNER.address, "init"), Binding(OWNER.address, ACCOUNT, held(CLOUD.owner)))
"""What every account begins with."""

FIRST = (Kind.WORKSPACE, Kind.USER, Kind.SERVICE_ACCOUNT, Kind.ROLE, Kind.TEAM, Kind.KEY)


@dataclass(frozen=True)
class Target:
    """One backend under test. ``begin`` returns an account that is in a state."""

    name: str
    begin: Callable[[State], Backend]

    def __str__(self) -> str:
        return self.name


def memory(state: State) -> Backend:
    owner, key, owns = FOUNDED
    backend = MemoryBackend(world=WORLD, applier=OWNER.address)
    recorded(backend, [Change(None, owner, brings=(owns,)), Change(None, key)])
    return _brought(backend, state)


def store(url: str) -> Callable[[State], Backend]:
    def begin(state: State) -> Backend:
        handle = f"acme-{uuid4()}"
        key = init(url, handle, WORLD, OWNER.email)
        return _brought(StoreBackend(url, handle, key, wait=0.2), state)

    return begin


def recorded(backend: Backend, changes: Iterable[Change]) -> State:
    """Make *changes*, each on record, and return the state after them."""
    run = str(uuid4())

    def work(writer: Writer) -> State:
        by = Authorship(OWNER.address, run)
        for change in changes:
            writer.make(change)
            writer.record(by.record(change, writer.now()))
        return writer.read()

    return backend.transact(run, work)


def _brought(backend: Backend, state: State) -> Backend:
    recorded(backend, creations(state))
    return backend


def creations(state: State) -> list[Change]:
    """Return the changes that bring *state* about on an account that has just been founded."""
    resources = [r for r in state.resources() if r.address not in CLOUD.roles]
    ordered = sorted(resources, key=lambda r: (FIRST.index(r.kind), _depth(r, state), r.address))
    return [Change(None, r) for r in (*ordered, *state.bindings()) if r not in FOUNDED]


def _depth(resource: Resource, state: State) -> int:
    """Return how many roles stand below this one."""
    if not isinstance(resource, Role):
        return 0
    return 1 + max((_depth(state.get(a), state) for a in resource.references), default=0)
