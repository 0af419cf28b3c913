"""The backends under contract, and how an account of a given state begins on each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

from rbac_sync.audit.record import Authorship
from rbac_sync.backends.interface import Backend, Writer
from rbac_sync.backends.memory import MemoryBackend
from rbac_sync.backends.prefect_cloud import PrefectCloudBackend
from rbac_sync.backends.remote.login import Login
from rbac_sync.backends.store import StoreBackend, init
from rbac_sync.catalogues import catalogue
from rbac_sync.model import (
    ACCOUNT,
    ANYWHERE,
    Binding,
    Catalogue,
    Key,
    Kind,
    Level,
    Membership,
    Resource,
    Role,
    ServiceAccount,
    State,
    Team,
    User,
    Workspace,
    held,
)
from rbac_sync.planning import Change

WORLD = "prefect-cloud"
CLOUD = catalogue(WORLD)
OWNER = User("olivia@example.org")
FOUNDED = (OWNER, Key(OWNER.address, "init"), Binding(OWNER.address, ACCOUNT, held(CLOUD.owner)))
"""What every account begins with."""

FIRST = (Kind.WORKSPACE, Kind.USER, Kind.SERVICE_ACCOUNT, Kind.ROLE, Kind.TEAM, Kind.KEY)


BEYOND_CLOUD = frozenset(
    {
        "a binding gets a term",
        "a binding grows",
        "a binding of several roles changes",
        "a binding of several roles comes",
        "a key comes",
        "a key goes",
        "a member comes",
        "a member comes with roles and into teams",
        "a member goes and comes back",
        "a member is renamed",
        "a member is written in other letters",
        "a service account comes",
        "a team comes",
        "a team's members change",
        "a workspace changes",
        "an account role comes",
        "an account role implies less",
        "an invitation is accepted",
        "an invitation replaces an earlier one",
    }
)
"""The edits that Prefect Cloud has no request for."""


@dataclass(frozen=True)
class Target:
    """One backend under test. ``begin`` returns an account that is in a state.

    ``kept`` is what the target can hold of a resource, None if nothing;
    ``unsupported`` are the edits that it cannot take. ``spoken`` says a
    resource in the words of ``known``, the target's own catalogue.
    """

    name: str
    begin: Callable[[State], Backend]
    kept: Callable[[Resource], Resource | None] = lambda resource: resource
    unsupported: frozenset[str] = frozenset()
    spoken: Callable[[Resource], Resource] = lambda resource: resource
    known: Catalogue = CLOUD

    def __str__(self) -> str:
        return self.name

    def state(self, state: State) -> State:
        """Return *state* as it can be here."""
        kept = filter(None, map(self.kept, (*state.resources(), *state.bindings())))
        return State((*self.known.roles.values(), *kept))

    def edit(self, change: Change) -> Change:
        """Return the same edit of what there is here."""
        sides = (side and self.spoken(side) for side in (change.before, change.after))
        spoken = Change(*sides, tuple(map(self.spoken, change.brings)), change.joins)
        before = change.before and (self.kept(change.before) or spoken.before)
        if before is None or spoken.after is None:
            return replace(spoken, before=before)
        edited = {name: new for name, _, new in spoken.attributes()}
        return replace(spoken, before=before, after=replace(before, **edited))


def memory(state: State) -> Backend:
    owner, key, owns = FOUNDED
    backend = MemoryBackend(world=WORLD, applier=OWNER.address)
    recorded(backend, [Change(None, owner, brings=(owns,)), Change(None, key)])
    return brought(backend, state)


def store(url: str) -> Callable[[State], Backend]:
    def begin(state: State) -> Backend:
        handle = f"acme-{uuid4()}"
        key = init(url, handle, WORLD, OWNER.email)
        return brought(StoreBackend(url, handle, key, wait=0.2), state)

    return begin


def cloud(url: str, root: str, folder: Path) -> Callable[[State], Backend]:
    """Begin accounts in the store at *url*, to be seen through the server at *root*."""

    def begin(state: State) -> Backend:
        handle = f"acme-{uuid4()}"
        key = init(url, handle, WORLD, OWNER.email)
        brought(StoreBackend(url, handle, key), state)
        environment = {"RBAC_SYNC_STATE_DIR": str(folder)}
        return PrefectCloudBackend(handle, Login(f"{root}/api", key), environment=environment)

    return begin


def kept_by_cloud(resource: Resource) -> Resource | None:
    """Return what Prefect Cloud can hold of *resource*."""
    match resource:
        case ServiceAccount():
            return replace(resource, description="")
        case Key(owner):
            is_seen = owner.kind is Kind.SERVICE_ACCOUNT
            return replace(resource, name="active") if is_seen else None
        case Binding(_, scope, roles):
            one = replace(resource, roles=held(max(holding.role for holding in roles)))
            return one if scope != ANYWHERE else None
        case Workspace(handle, name):
            return replace(resource, name=name or handle)
        case Team():
            return replace(resource, members=frozenset(map(Membership, resource.references)))
        case Role(Level.ACCOUNT) if resource.address not in CLOUD.roles:
            return replace(resource, implies=frozenset())
    return resource


def recorded(backend: Backend, changes: Iterable[Change]) -> State:
    """Make *changes*, each on record, and return the state after them."""
    run = str(uuid4())

    def work(writer: Writer) -> State:
        by = Authorship(OWNER.address, run)
        writer.begin(by)
        for change in changes:
            writer.make(change)
            writer.record(by.record(change, writer.now()))
        return writer.read()

    return backend.transact(run, work)


def brought(backend: Backend, state: State, founded: tuple[Resource, ...] = FOUNDED) -> Backend:
    """Bring *state* about in an account that has just been *founded*, and return its backend."""
    recorded(backend, creations(state, founded))
    return backend


def creations(state: State, founded: tuple[Resource, ...] = FOUNDED) -> list[Change]:
    """Return the changes that bring *state* about on an account that has just been *founded*."""
    resources = [r for r in state.resources() if not (isinstance(r, Role) and r.builtin)]
    ordered = sorted(resources, key=lambda r: (FIRST.index(r.kind), _depth(r, state), r.address))
    return [Change(None, r) for r in (*ordered, *state.bindings()) if r not in founded]


def _depth(resource: Resource, state: State) -> int:
    """Return how many roles stand below this one."""
    if not isinstance(resource, Role):
        return 0
    return 1 + max((_depth(state.get(a), state) for a in resource.references), default=0)
