"""Functions that set an account under test to a state, change it and read it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import uuid4

from ..audit.record import Authorship
from ..backends.interface import Backend, Writer
from ..model import Address, Declaration, Kind, Manage, Resource, Role, State, Subject
from ..planning import Change, Plan
from ..planning.planner import Planner
from .states import OWNER

FIRST = (Kind.WORKSPACE, Kind.USER, Kind.SERVICE_ACCOUNT, Kind.ROLE, Kind.TEAM, Kind.KEY)
"""The order in which kinds are created: each after those that it refers to."""


def live(backend: Backend) -> State:
    """Return the live state of the account."""
    with backend.open() as session:
        return session.read()


def run(
    backend: Backend, changes: Iterable[Change], by: Authorship | None = None
) -> list[Mapping[str, str]]:
    """Make and record *changes* in one run; return the secrets of the keys that each change made.

    The author is the owner unless *by* says otherwise.
    """
    authorship = by or Authorship(OWNER.address, str(uuid4()))

    def work(writer: Writer) -> list[Mapping[str, str]]:
        writer.begin(authorship)
        return [_recorded(writer, change, authorship) for change in changes]

    return backend.transact(authorship.run, work)


def _recorded(writer: Writer, change: Change, by: Authorship) -> Mapping[str, str]:
    secrets = writer.make(change)
    writer.record(by.record(change, writer.now()))
    return secrets


def bring(backend: Backend, state: State) -> Backend:
    """Bring the account to *state*, but keep its other resources; return *backend*."""
    run(backend, creations(state, live(backend)))
    return backend


def creations(state: State, before: State) -> list[Change]:
    """Return the creations and updates that bring *before* to *state*, in a safe order."""
    resources = [r for r in state.resources() if not (isinstance(r, Role) and r.builtin)]
    ordered = sorted(resources, key=lambda r: (FIRST.index(r.kind), _depth(r, state), r.address))
    return [
        Change(before.find(resource), resource)
        for resource in (*ordered, *state.bindings())
        if before.find(resource) != resource
    ]


def _depth(resource: Resource | None, state: State) -> int:
    """Return the number of base roles below a role."""
    if not isinstance(resource, Role):
        return 0
    return 1 + max((_depth(state.get(a), state) for a in resource.references), default=0)


def addresses(state: State) -> set[Address]:
    """Return the addresses of all resources in *state*."""
    return {resource.address for resource in (*state.resources(), *state.bindings())}


def versions(backend: Backend, state: State) -> Mapping[Address, str]:
    """Return the live version of each resource of *state* that is live."""
    with backend.open() as session:
        return session.versions(addresses(state))


def plan(backend: Backend, desired: State, manage: Manage) -> Plan:
    """Return the plan that leads to *desired*, where each subject has the value *manage*."""
    with backend.open() as session:
        planner = Planner(
            session.catalogue, session.capabilities, session.now(), horizon=session.horizon()
        )
        declaration = Declaration(desired, manage=dict.fromkeys(Subject, manage))
        return planner.plan(declaration, session.read())
