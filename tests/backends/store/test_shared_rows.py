"""A state that shares with what is declared is the state that is read without it."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random

import pytest
from sqlalchemy import text

from rbac_sync.backends.store.handlers import bindings
from rbac_sync.guard import GuardContext, examine
from rbac_sync.guard.effects import effects
from rbac_sync.model import (
    ACCOUNT,
    Binding,
    Declaration,
    Holding,
    Kind,
    Manage,
    State,
    Subject,
    Workspace,
)
from rbac_sync.planning import make
from rbac_sync.planning.planner import Planner

from .stores import OWNER, connected, founded
from .test_partial_state import HERE, PEOPLE, change, filled

MISPLACED = "UPDATE binding SET scope = principal WHERE scope = (SELECT max(scope) FROM binding)"
DISHONEST = [
    "UPDATE binding SET position = 3 WHERE scope > 2 AND role > 8",
    MISPLACED,
    "UPDATE binding SET reason = 'because' WHERE scope > 2",
    "DELETE FROM binding WHERE scope = 1 AND principal > 20",
]
"""What somebody may do to the rows past the program, and a state can still be read from."""


def declared(random, live):
    """Return a state that is mostly as *live*, with no row of it."""
    draft = live.draft()
    for _ in range(random.randrange(5)):
        edit = change(random, live)
        if edit.before is None or draft.find(edit.before):
            make(draft, edit)
    if random.random() < 0.5:
        space = random.choice([*draft.of(Workspace)])
        term = frozenset({Holding(HERE[0], None, datetime(2030, 1, 1, tzinfo=UTC))})
        draft.put(Binding(PEOPLE[1].address, space, term))
    rows = {scope: dict(draft.row(scope)) for scope in draft.scopes()}
    return State.of_rows(list(draft.resources()), rows)


def outcome(session, desired, live):
    """Return all that a plan from *live* comes to."""
    manage = dict.fromkeys(Subject, Manage.ALL)
    planner = Planner(session.catalogue, session.capabilities, session.now())
    plan = planner.plan(Declaration(desired, manage=manage), live)
    context = GuardContext(plan, session.catalogue, OWNER.address, session.now())
    return plan.changes, plan.unmanaged, plan.deferred, effects(context), examine(context)


@pytest.mark.parametrize("stretch", [1, 2, 50])
@pytest.mark.parametrize("seed", range(4))
def test_a_plan_from_shared_rows_is_the_plan_from_rows_of_its_own(
    store_url, monkeypatch, seed, stretch
):
    monkeypatch.setattr(bindings, "STRETCH", stretch)
    random = Random(seed)
    backend = founded(store_url)
    filled(backend, random)
    if seed % 2:
        with connected(store_url) as connection:
            connection.execute(text(DISHONEST[seed // 2 + stretch % 2]))

    with backend.open() as session:
        whole = session.read()
        for _ in range(6):
            desired = declared(random, whole)
            shared = session.read(desired)

            assert shared == whole
            for scope in whole.scopes():
                is_equal = desired.row(scope) == whole.row(scope)
                assert (shared.row(scope) is desired.row(scope)) is is_equal
            assert outcome(session, desired, shared) == outcome(session, desired, whole)
            assert shared == session.read(), "planning changes nothing that is shared"


def test_rows_in_what_is_no_workspace_are_read_too(store_url, monkeypatch):
    monkeypatch.setattr(bindings, "STRETCH", 1)
    backend = founded(store_url)
    filled(backend, Random(1))
    with connected(store_url) as connection:
        connection.execute(text(MISPLACED))

    with backend.open() as session:
        kinds = {scope.kind for scope in session.read().scopes() if scope != ACCOUNT}

    assert kinds - {Kind.WORKSPACE}
