"""Accounts of one store know nothing of one another."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError

from rbac_sync.audit.chain import flaws
from rbac_sync.audit.record import Authorship
from rbac_sync.backends.store import StoreBackend, init
from rbac_sync.errors import BackendError, CredentialError
from rbac_sync.model import (
    EVERYONE,
    Binding,
    Key,
    Level,
    Membership,
    Role,
    ServiceAccount,
    Team,
    User,
    Workspace,
    held,
)
from rbac_sync.planning import Change

from .stores import VIEWER, connected, dump, founded, links, live, made

ANA, CI, PROD = User("ana@example.org"), ServiceAccount("ci"), Workspace("prod")
OPS, READER = Team("ops", frozenset({Membership(ANA.address)})), Role(Level.WORKSPACE, "reader")
EVERYTHING = (
    *(ANA, CI, PROD, OPS, READER, Key(CI.address, "main")),
    Binding(ANA.address, PROD.address, VIEWER),
    Binding(EVERYONE, PROD.address, held(READER.address)),
)


@pytest.fixture
def two(store_url):
    """Two accounts that are filled alike."""
    backends = [founded(store_url, handle) for handle in ("one", "two")]
    for backend in backends:
        made(backend, *(Change(None, resource) for resource in EVERYTHING))
    return backends


def test_the_same_names_live_side_by_side(two):
    one, other = two
    assert live(one) == live(other)


def test_whatever_one_account_does_the_rows_of_the_other_stay_as_they_are(two, store_url):
    def others():
        return {
            name: [row for row in rows if row.startswith("(2,")]
            for name, rows in dump(store_url).items()
        }

    one, other = two
    before, seen = others(), live(other)
    by = Authorship(ANA.address, "all")

    def work(writer):
        for change in (
            Change(ANA, User("anna@example.org")),
            Change(PROD, Workspace("production")),
            Change(READER, Role(Level.WORKSPACE, "looker")),
            Change(OPS, None),
            Change(CI, None),
        ):
            writer.make(change)
            writer.record(by.record(change, writer.now()))

    one.transact("all", work)
    assert others() == before
    assert any(before.values())
    assert live(other) == seen


def test_a_key_of_one_is_not_known_in_the_other(two, store_url):
    key = two[0]._api_key
    with (
        pytest.raises(CredentialError, match="not known here"),
        StoreBackend(store_url, "two", key).open() as session,
    ):
        session.applier()


def test_a_run_of_one_is_none_of_the_other(two):
    one, other = two
    assert one.transact("same", lambda _: 1) == other.transact("same", lambda _: 2) - 1
    with pytest.raises(BackendError, match="has been made before"):
        other.transact("same", lambda _: 3)


def test_a_plan_applied_in_one_is_not_applied_in_the_other(two):
    by = Authorship(ANA.address, "run", plan_digest="d" * 64)
    two[0].transact("run", lambda w: w.begin(by))
    with two[0].open() as one, two[1].open() as other:
        assert one.applied("d" * 64)
        assert not other.applied("d" * 64)


def test_each_has_a_trail_of_its_own(two):
    by = Authorship(ANA.address, "run")
    two[0].transact("run", lambda w: w.record(by.record(Change(None, PROD), w.now())))

    assert [row.seq for row in links(two[0])] == [1, 2, 3, 4]
    assert [row.seq for row in links(two[1])] == [1, 2, 3]
    assert {row.hash for row in links(two[0])}.isdisjoint(row.hash for row in links(two[1]))
    assert [list(flaws(links(backend))) for backend in two] == [[], []]


def test_the_database_refuses_a_row_that_points_into_another_account(two, store_url):
    """Account 2 has fewer numbers once account 1 has drawn some more."""
    made(two[0], Change(None, Workspace("only here")), run="more")
    theirs = "(SELECT number FROM address WHERE account = 1 AND key = 'only here')"
    stolen = f"UPDATE binding SET scope = {theirs} WHERE account = 2 AND scope > 3"
    with connected(store_url) as connection, pytest.raises(IntegrityError):
        connection.exec_driver_sql(stolen)


def test_accounts_of_different_worlds_share_a_store(store_url):
    founded(store_url, "cloud")
    init(store_url, "tenant", "prefect-cloud-1", "ana@example.org")
    worlds = {}
    for handle in ("cloud", "tenant"):
        with StoreBackend(store_url, handle).open() as session:
            worlds[handle] = session.target.world
            assert session.read().get(session.catalogue.owner) is not None
    assert worlds == {"cloud": "prefect-cloud", "tenant": "prefect-cloud-1"}
