"""The appearances of names: a look-alike is found by them, whatever data they were made with."""

from __future__ import annotations

from itertools import product

import pytest
from sqlalchemy import text

from rbac_sync.backends.store import migrate
from rbac_sync.backends.store.row_facts import RESTORE
from rbac_sync.model import Address, Kind, ServiceAccount, Team, Workspace
from rbac_sync.planning import Change

from .stores import connected, dump, founded, made

NAMES = ("data", "Data", "deveIoper", "developer", "\ufdfa" * 90, "prod", "pr0d", "Caf\u00e9")
CLASSES = (Team, Workspace, ServiceAccount)
RETAG = "UPDATE appearance SET digest = '{}' || substr(digest, 9)"


@pytest.fixture
def backend(store_url):
    """A store with things of all names, which no guard has judged."""
    backend = founded(store_url)
    made(backend, *(Change(None, make(name)) for make, name in product(CLASSES, NAMES)))
    return backend


def look_alikes(backend, address):
    """Return the look-alikes of *address* as the store finds them, and as the model does."""
    with backend.open() as session:
        partly, wholly = session.state().alike(address), session.read().alike(address)
        return sorted(partly), sorted(wholly)


def mismatches(backend):
    with backend.open() as session:
        return list(session.unrecorded())


NEW = (*NAMES, "DATA", "d\u0430ta", "pROd", "Cafe\u0301", "other", "*", "", "\ud800", "a\0")


def test_the_store_finds_the_look_alikes_that_the_model_finds(backend):
    kinds = (Kind.TEAM, Kind.WORKSPACE, Kind.SERVICE_ACCOUNT)
    for kind, name in product(kinds, NEW):
        partly, wholly = look_alikes(backend, Address(kind, name))
        assert partly == wholly
    both = [Team("pr0d").address, Team("prod").address]
    assert look_alikes(backend, Address(Kind.TEAM, "pROd")) == (both, both)
    owners = [Address(Kind.ROLE, f"{level}/owner") for level in ("account", "workspace")]
    assert look_alikes(backend, Address(Kind.ROLE, "account/0wner")) == (owners, owners)


def test_what_was_renamed_or_deleted_is_found_by_its_new_name_alone(backend):
    made(backend, Change(Team("prod"), Team("test")), Change(Team("pr0d"), None), run="later")
    assert look_alikes(backend, Address(Kind.TEAM, "PROD")) == ([], [])
    assert look_alikes(backend, Address(Kind.TEAM, "Test"))[0] == [Team("test").address]
    assert mismatches(backend) == []


@pytest.mark.parametrize("edition", ["00000000", "ffffffff"])
def test_names_are_compared_whose_rows_are_of_another_edition_until_they_are_renewed(
    backend, store_url, edition
):
    before = dump(store_url)
    with connected(store_url) as connection:
        connection.execute(text(RETAG.format(edition)))
    partly, wholly = look_alikes(backend, Address(Kind.TEAM, "DATA"))
    assert partly == wholly
    assert len(partly) == 2
    assert mismatches(backend) == []
    migrate(store_url)
    assert dump(store_url) == before


@pytest.mark.parametrize(
    "forgery",
    [
        "DELETE FROM appearance WHERE number = {}",
        "UPDATE appearance SET digest = substr(digest, 1, 71) || 'x' WHERE number = {}",
    ],
)
def test_rows_that_do_not_follow_from_a_name_are_named(backend, store_url, forgery):
    with connected(store_url) as connection:
        such = text("SELECT number FROM address WHERE kind = 'team' AND key = 'prod'")
        connection.execute(text(forgery.format(connection.scalar(such))))
    (wrong,) = mismatches(backend)
    assert wrong.where == "`team.prod`"
    assert wrong.message == "`appearance` has other rows than its name gives"
    assert wrong.hint == RESTORE
