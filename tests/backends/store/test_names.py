"""The names of an account: read as they are asked for, many of them with one query."""

from __future__ import annotations

import pytest

from rbac_sync.backends.database.parts import MOST_NAMED
from rbac_sync.backends.store.names import NameIndex
from rbac_sync.model import Address, Kind

ROWS = [(n, "member", f"p{n}@example.org") for n in range(2 * MOST_NAMED)]


def address(n, kind=Kind.USER):
    return Address(kind, f"p{n}@example.org")


@pytest.fixture
def queries():
    return []


@pytest.fixture
def names(queries):
    """An index over the rows, which notes each query by its values."""

    def read(kind, key):
        queries.append((kind, key))
        keys = [key] if isinstance(key, str) else key
        return [row for row in ROWS if row[1] == kind and row[2] in keys]

    return NameIndex(read)


def test_many_names_are_read_together(names, queries):
    names.known([address(n) for n in range(10)])
    assert len(queries) == 1
    assert [names.find(address(n)) for n in range(10)] == list(range(10))
    assert len(queries) == 1


def test_a_query_names_only_so_many(names, queries):
    names.known([address(n) for n in range(MOST_NAMED + 1)])
    assert [len(keys) for _, keys in queries] == [MOST_NAMED, 1]


def test_what_is_not_there_is_not_asked_for_again(names, queries):
    names.known([address("x"), address(1)])
    assert names.find(address("x")) is None
    names.known([address("x"), address(1)])
    assert len(queries) == 1


def test_a_name_that_no_database_takes_is_not_asked_for(names, queries):
    names.known([Address(Kind.USER, "a\0b")])
    assert names.find(Address(Kind.USER, "a\0b")) is None
    assert queries == []
