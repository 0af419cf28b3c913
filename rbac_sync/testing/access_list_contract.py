"""The part of the contract suite about access lists of objects."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from ..backends.interface import Backend
from ..model import EVERYONE, Address, ObjectAccess, ObjectLevel
from ..model.address import workspace_object
from ..model.resources import opened
from ..planning import Change
from .account import run
from .company import BO, CI, DATA, OPS, PROD
from .fixtures import ContractFixtures

OBJECTS = ("deployment:etl/daily", "work_pool:main", "block:secret/db")


class AccessListContract(ContractFixtures):
    """The behaviour of access lists; skipped for a backend that does not make objects."""

    def test_an_object_is_open_until_it_has_a_list(
        self, backend: Backend, make_objects: Callable[[Backend], None]
    ) -> None:
        make_objects(backend)
        lists = lists_of(backend, (*OBJECTS, "deployment:etl/nightly", "block:none/db"))

        assert set(lists) == {opened(PROD.address, name) for name in OBJECTS}

    def test_a_list_is_written_as_a_whole_and_read_as_written(
        self, backend: Backend, make_objects: Callable[[Backend], None]
    ) -> None:
        make_objects(backend)
        for name in OBJECTS:
            before = opened(PROD.address, name)
            view = frozenset({EVERYONE, BO.address})
            run_by = frozenset({CI.address}) if ObjectLevel.RUN in before.levels else frozenset()
            after = replace(before, view=view, run=run_by, manage=frozenset({OPS.address}))
            was = versions_of(backend, after)
            run(backend, [Change(before, after)])
            assert lists_of(backend, (name,)) == [after]
            assert versions_of(backend, after) != was

    def test_an_empty_list_is_no_open_one_and_is_opened_again(
        self, backend: Backend, make_objects: Callable[[Backend], None]
    ) -> None:
        make_objects(backend)
        for name in OBJECTS:
            before, empty = opened(PROD.address, name), ObjectAccess(PROD.address, name)
            run(backend, [Change(before, empty)])
            assert lists_of(backend, (name,)) == [empty]
            run(backend, [Change(empty, before)])
            assert lists_of(backend, (name,)) == [before]

    def test_who_leaves_the_account_is_on_no_list_any_more(
        self, backend: Backend, make_objects: Callable[[Backend], None]
    ) -> None:
        make_objects(backend)
        (name, *_), nobody = OBJECTS, frozenset[Address]()
        before = opened(PROD.address, name)
        listed = replace(before, run=frozenset({BO.address, DATA.address}), manage=nobody)
        run(backend, [Change(before, listed)])
        run(backend, self.edits("a team goes"))

        assert lists_of(backend, (name,)) == [replace(listed, run=frozenset({BO.address}))]

    def test_every_list_of_its_own_is_shown_where_all_are_asked_for(
        self, backend: Backend, make_objects: Callable[[Backend], None]
    ) -> None:
        make_objects(backend)
        before, after = opened(PROD.address, OBJECTS[0]), ObjectAccess(PROD.address, OBJECTS[0])
        run(backend, [Change(before, after)])
        with backend.open() as session:
            session.show_lists(None)
            lists = session.read().of(ObjectAccess).values()

        assert [each for each in lists if not each.is_open] == [after]


def lists_of(backend: Backend, names: Iterable[str]) -> list[ObjectAccess]:
    """Return the access lists of the existing objects with these names."""
    addresses = [workspace_object(PROD.address, name) for name in names]
    with backend.open() as session:
        session.show_lists(addresses)
        lists = session.read().of(ObjectAccess)
        return [lists[address] for address in addresses if address in lists]


def versions_of(backend: Backend, listed: ObjectAccess) -> Mapping[Address, str]:
    """Return the version of one access list by its address."""
    with backend.open() as session:
        session.show_lists([listed.address])
        return session.versions([listed.address])
