"""A search of the trail finds the same rows by the indexes as by reading all of them."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rbac_sync.audit.record import DONE, FAILED, Authorship
from rbac_sync.audit.search import Search
from rbac_sync.backends.store import trail_index
from rbac_sync.errors import BackendError
from rbac_sync.model import (
    ACCOUNT,
    EVERYONE,
    Binding,
    Key,
    Level,
    Membership,
    ObjectAccess,
    Role,
    ServiceAccount,
    Team,
    User,
    Workspace,
    label,
)
from rbac_sync.model.address import workspace
from rbac_sync.planning import Change

from .stores import MEMBER, VIEWER, connected, founded, workspaces
from .test_trail import UNGUARDED, recorded

USERS = [User(f"{name}@example.org") for name in ("ana", "an_a", "bo+x", "a%a")]
BOTS = [ServiceAccount(name) for name in ("ci", "c*i", "Ünï 1")]
PLACES = [Workspace(name) for name in ("w", "w1", "w-1")]
WHO = [each.address for each in (*USERS, *BOTS, Team("ops"), Team("op?"), Team("[ops]"))]

people, places = st.sampled_from(WHO), st.sampled_from([each.address for each in PLACES])
members, lists = (
    st.frozensets(each, max_size=2) for each in (st.builds(Membership, people), people)
)
users, bots, spaces = map(st.sampled_from, (USERS, BOTS, PLACES))
teams = st.builds(Team, st.sampled_from(["ops", "op?", "[ops]"]), members)
roles = st.builds(Role, st.sampled_from(Level), st.sampled_from(["r", "r_1"]))
keys = st.builds(Key, st.sampled_from(WHO[:-3]), st.sampled_from("kl"))
objects = st.builds(
    ObjectAccess, places, st.sampled_from(["deployment:a/b", "block:a/b"]), lists, lists, lists
)
bindings = st.builds(
    Binding, people, places | st.just(ACCOUNT), st.sampled_from([MEMBER, VIEWER])
) | st.builds(Binding, st.just(EVERYONE), places, st.just(VIEWER))
invited = st.builds(lambda who: Change(None, who, (Binding(who.address, ACCOUNT, MEMBER),)), users)


def of(things):
    """Return changes of *things*: what comes, goes, stays, or gets another name."""
    pairs = st.tuples(st.none() | things, st.none() | things)
    return pairs.filter(any).map(lambda sides: Change(*sides))


changes = st.one_of(*map(of, (users, bots, spaces, teams, keys, roles, objects)), invited) | (
    st.one_of(
        bindings.map(lambda each: Change(None, each)), bindings.map(lambda b: Change(b, None))
    )
)
authors = st.none() | st.sampled_from(WHO)
outcomes = st.sampled_from([DONE, DONE, FAILED])
NUMBERS = count()
NAMES = sorted(
    {str(each.address) for each in (*USERS, *BOTS, *PLACES, Role(Level.WORKSPACE, "r_1"))}
    | {f"{PLACES[1].address}/access/{name}" for name in ("ana@example.org", "team:ops", "sa:ci")}
    | {"team.ops", "team.op?", "member.ana@example.org/key/k", "workspace.w/object/*", "account"}
)


EVERY = [*(Search(about=who) for who in WHO), *(Search(address=name) for name in NAMES)]


@st.composite
def patterns(draw):
    """Draw an address, or a pattern that is like one."""
    name = draw(st.sampled_from(NAMES))
    first, last = sorted(draw(st.tuples(*[st.integers(0, len(name))] * 2)))
    part = draw(st.sampled_from(["*", "?", "", name[first:last]]))
    return name[:first] + part + name[last:]


@st.composite
def searches(draw):
    who = draw(authors)
    about = draw(st.none() | people | st.just(EVERYONE))
    run = draw(st.sampled_from(["", "", "run", "mine", "0", "f"]))
    return Search(None, label(who) if who else "", about, draw(st.just("") | patterns()), run)


def append(backend, rows, remarks):
    """Add a run with *rows* to the trail, which changes nothing else."""
    run = str(uuid4())

    def work(writer):
        for change, applier, author, outcome in rows:
            by = Authorship(applier, run, on_behalf_of=author)
            writer.record(by.record(change, writer.now(), outcome))
        for about in remarks:
            writer.record(by.remark(about, "changed its profile", writer.now()))

    backend.transact(run, work)
    return run


def by_reading_all(rows, search):
    """Return those of *rows*, newest first, that *search* selects."""
    since = search.since
    dated = [row.seq for row in rows if since is None or row.record.timestamp >= since]
    return [row for row in rows if row.seq >= min(dated) and search.selects(row.record)]


def found(trail, search):
    return [row for row in trail.latest(search) if search.selects(row.record)]


@pytest.fixture
def backend(store_url):
    return founded(store_url)


@settings(
    max_examples=30,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    rows=st.lists(st.tuples(changes, authors, authors, outcomes), min_size=1, max_size=6),
    remarks=st.lists(people | places, max_size=2),
    searched=st.lists(searches(), min_size=1, max_size=6),
    few=st.sampled_from([0, 4, 10_000, 10_000]),
    back=st.none() | st.integers(0, 9),
)
def test_a_search_by_index_finds_what_reading_all_rows_finds(
    store_url, monkeypatch, rows, remarks, searched, few, back
):
    monkeypatch.setattr(trail_index, "FEW", few)
    backend = founded(store_url, f"account-{next(NUMBERS)}")
    run = append(backend, rows, remarks)
    with backend.open() as session:
        newest = list(session.trail.latest())
        since = newest[min(back, len(newest) - 1)].record.timestamp if back else None
        for search in (*searched, *EVERY):
            named = {"mine": run, "run": run[:2]}.get(search.run, search.run)
            wanted = search._replace(run=named, since=since)
            assert found(session.trail, wanted) == by_reading_all(newest, wanted)


def read_rows(backend, monkeypatch, search):
    """Return the numbers of the rows that are read for *search*, and say that they are few."""
    with backend.open() as session:
        monkeypatch.setattr(session.trail, "_passed", "not read")
        return [row.seq for row in session.trail.latest(search)]


def test_no_row_is_read_besides_those_that_a_search_names(backend, monkeypatch):
    ana, ops = User("ana@example.org"), Team("ops")
    grant = Binding(ana.address, workspace("w1"), VIEWER)
    joined = replace(ops, members=frozenset({Membership(ana.address)}))
    renamed = replace(ana, email="anna@example.org")
    listed = ObjectAccess(workspace("w2"), "block:a/b", frozenset({ana.address}))
    crew = Team("crew", frozenset({Membership(ana.address)}))
    made = (ana, ops, *(each.after for each in workspaces(3)), grant, listed, crew)
    run = append(
        backend,
        [
            *((Change(None, each), None, None, DONE) for each in made),
            (Change(ops, joined), None, None, DONE),
            (Change(ana, renamed), None, None, DONE),
        ],
        [],
    )
    append(backend, [(Change(None, each), None, None, DONE) for each in PLACES], [])

    def numbers(**wanted):
        return read_rows(backend, monkeypatch, Search(**wanted))

    assert numbers(about=ana.address) == [12, 11, 10, 9, 8, 3]
    assert numbers(address="workspace.w1") == [14, 8, 6]
    assert numbers(address="workspace.w1/*") == [8]
    assert numbers(address="member.ana@*") == [12, 3]
    assert numbers(address="*/access/*") == [8]
    assert numbers(run=run[:8]) == [*range(12, 2, -1)]
    assert numbers(run=run[:8], about=ana.address, address="team.*") == [11, 10]
    with backend.open() as session:
        since = next(session.trail.latest()).record.timestamp
    assert numbers(address="workspace.w1", since=since) == [14]


def test_a_search_that_many_rows_meet_reads_them_in_parts(backend, monkeypatch):
    recorded(backend, workspaces(9))
    monkeypatch.setattr(trail_index, "FEW", 5)
    with backend.open() as session:
        rows = found(session.trail, Search(address="workspace.*"))
        monkeypatch.setattr(session.trail, "_at", "not read")
        assert found(session.trail, Search(address="workspace.*")) == rows
    assert [row.seq for row in rows] == [*range(11, 2, -1)]


def forged(store_url, *attacks):
    with connected(store_url) as connection:
        for statement in (*UNGUARDED[connection.dialect.name], *attacks):
            connection.exec_driver_sql(statement)


def test_a_row_that_cannot_be_read_is_named_by_each_search_whose_names_it_has(store_url):
    backend = founded(store_url)
    recorded(backend, workspaces(4))
    forged(store_url, "UPDATE audit SET info = '{' WHERE seq = 4")
    with backend.open() as session:
        for search in (Search(address="workspace.w1"), Search(address="workspace.*"), Search()):
            with pytest.raises(BackendError, match=r"^row 4 of the audit trail cannot be read"):
                found(session.trail, search)
        assert [row.seq for row in found(session.trail, Search(address="workspace.w2"))] == [5]


def test_a_row_that_names_another_thing_than_it_changes_is_found_by_the_name(store_url):
    backend = founded(store_url)
    recorded(backend, workspaces(3))
    forged(store_url, "UPDATE audit SET object_id = 'workspace.x' WHERE seq = 4")
    with backend.open() as session:
        assert [row.seq for row in found(session.trail, Search(address="workspace.x"))] == [4]
        assert found(session.trail, Search(address="workspace.w1")) == []
