"""The statements that read what is held: an index answers them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from rbac_sync.backends.store.handlers.bindings import BY, Bindings
from rbac_sync.model import ACCOUNT, Address, Binding, Holding, Kind, Level, held
from rbac_sync.model.resources import role
from rbac_sync.planning import Change

from .stores import OWNER, VIEWER, connected, founded, made, workspaces


@pytest.mark.parametrize("column", BY)
def test_what_one_holds_and_who_holds_a_role_is_found_by_an_index(tmp_path, column):
    url = f"sqlite:///{tmp_path}/rbac.db"
    founded(url)
    with connected(url) as connection:
        query = f"EXPLAIN QUERY PLAN {BY[column]}"
        steps = connection.exec_driver_sql(query, {"account": 1, column: 4}).all()
    plan = " / ".join(step[3] for step in steps)
    assert f"INDEX ix_binding_account_{column} (account=? AND {column}=?)" in plan


def test_the_scopes_of_principals_and_of_roles_are_found(store_url):
    backend = founded(store_url)
    scopes = [Address(Kind.WORKSPACE, f"w{n}") for n in range(3)]
    made(backend, *workspaces(3), Change(None, Binding(OWNER.address, scopes[1], VIEWER)))
    (viewer,) = (holding.role for holding in VIEWER)
    with backend.open() as session:
        scopes_of = session.live_holdings.scopes
        assert scopes_of([OWNER.address]) == {ACCOUNT, scopes[1]}
        assert scopes_of([viewer, Address(Kind.TEAM, "none")]) == {scopes[1]}
        assert scopes_of([]) == set()


def test_only_workspaces_with_terms_or_several_roles_are_read_binding_by_binding(
    store_url, monkeypatch
):
    one_by_one, read = [], Bindings.read

    def spy(handler, **at):
        one_by_one.extend(at["scope"])
        return read(handler, **at)

    backend = founded(store_url)
    scopes = [Address(Kind.WORKSPACE, f"w{n}") for n in range(3)]
    explained = frozenset(replace(each, reason="on call") for each in VIEWER)
    holdings = dict.fromkeys(scopes, VIEWER) | {scopes[1]: explained}
    bindings = [Binding(OWNER.address, scope, roles) for scope, roles in holdings.items()]
    made(backend, *workspaces(3), *(Change(None, binding) for binding in bindings))
    monkeypatch.setattr(Bindings, "read", spy)

    with backend.open() as session:
        live = session.read()
        assert [session.account.names.address(number) for number in one_by_one] == [scopes[1]]
    assert [live.find(binding) for binding in bindings] == bindings


STEPS = "vd v dV odrv rv Rv dor r vR dR DRV vo Vo oR v eD oD"
"""The roles of a member, one step after the other, by their first letters: large ones are to
begin, and `e` is `v`, ended."""

LATER = {"since": datetime(2099, 1, 1, tzinfo=UTC)}


def test_a_row_keeps_its_id_for_its_role_or_for_the_role_that_replaces_it(store_url):
    backend, scope = founded(store_url), Address(Kind.WORKSPACE, "w0")
    names = ("owner", "developer", "runner", "viewer")
    roles = {name[0]: Holding(role(Level.WORKSPACE, name)) for name in names}
    roles |= {letter.upper(): replace(each, **LATER) for letter, each in roles.items()}
    roles["e"] = replace(roles["v"], until=datetime(2020, 1, 1, tzinfo=UTC))
    made(backend, *workspaces(1))
    binding, ids = None, {}
    for step in STEPS.split():
        after = Binding(OWNER.address, scope, frozenset(map(roles.get, step)))
        made(backend, Change(binding, after), run=str(uuid4()))
        with backend.open() as session:
            binding, before = session.read().find(after), ids
            rows = session.register().held_by(scope, OWNER.address)
            ids = {(r.role, r.since): r.id for r in rows}
            assert session.damage() == []
        assert (binding, len({*ids.values()})) == (after, len(step))
        stays = ids.keys() & before.keys()
        assert {each: ids[each] for each in stays} == {each: before[each] for each in stays}
        there, here = ([id_ for (_, since), id_ in i.items() if not since] for i in (before, ids))
        assert len({*there} & {*here}) == min(len(there), len(here))


def test_rows_of_one_role_are_in_an_order_that_each_process_knows(store_url):
    """The order in a set of holdings is another one in each process, as the hash of a text is."""
    backend, scope = founded(store_url), Address(Kind.WORKSPACE, "w0")
    (viewer,) = VIEWER
    roles = frozenset(replace(viewer, since=datetime(2090 + n, 1, 1, tzinfo=UTC)) for n in range(6))
    made(backend, *workspaces(1), Change(None, Binding(OWNER.address, scope, roles)))
    with connected(store_url) as connection:
        query = "SELECT since FROM binding WHERE since IS NOT NULL ORDER BY position"
        times = connection.exec_driver_sql(query).scalars().all()
    assert (len(times), times) == (len(roles), sorted(times))


def test_holdings_of_one_role_are_told_apart_by_their_reasons(store_url):
    backend, scope = founded(store_url), Address(Kind.WORKSPACE, "w0")
    (viewer,) = VIEWER
    explained = [replace(viewer, reason=reason) for reason in ("one", "two", "three")]
    (runner,) = held(role(Level.WORKSPACE, "runner"))
    made(backend, *workspaces(1))
    binding = None
    for roles in ([*explained[:2], runner], explained, [explained[2]], [*explained[1:], runner]):
        after = Binding(OWNER.address, scope, frozenset(roles))
        made(backend, Change(binding, after), run=str(uuid4()))
        with backend.open() as session:
            binding = session.read().find(after)
            assert (binding, session.damage()) == (after, [])
