"""The contract suite: tests of the behaviour of every backend, which pytest runs on one."""

from __future__ import annotations

from itertools import chain, islice

import pytest

from ..audit.chain import Link
from ..audit.record import Authorship
from ..audit.replay import differences
from ..audit.search import Search
from ..backends.interface import Backend, Trail, Writer
from ..errors import BackendError
from ..model import WHOLE, Address, State
from ..model.kind import PRINCIPALS
from ..planning import Change, followed
from .access_list_contract import AccessListContract
from .account import addresses, live, run, versions
from .company import ANA, BO, EDITS, OPS
from .states import OWNER

DIGEST, OTHER_DIGEST = "d" * 64, "e" * 64


def selected(trail: Trail, search: Search) -> list[Link]:
    """Return the rows of *trail* that *search* selects, newest first."""
    return [row for row in trail.latest(search) if search.selects(row.record)]


class BackendContract(AccessListContract):
    """The behaviour of every backend, with any capabilities.

    Subclass it in a test module, as ``TestMyBackend``, and override the fixture ``new_account``.
    A backend with limits overrides other parts of ``ContractFixtures`` as well, such as
    ``unsupported``. The suite needs pytest and Hypothesis.
    """

    def test_what_is_made_is_what_is_read_and_exactly_that_has_a_new_version(
        self, company: State, backend: Backend, edit: str
    ) -> None:
        changes = self.edits(edit)
        expected = self.state(followed(company, changes))
        before = versions(backend, company)
        run(backend, changes)
        with backend.open() as session:
            outcome = session.read()
            after = session.versions(addresses(outcome))

        assert list(differences(expected, outcome)) == []
        assert after.keys() == addresses(expected)
        there = before.keys() & after.keys()
        changed = {d.address for d in differences(company, outcome)} & there
        rewritten = {change.address for change in changes}
        assert changed <= {a for a in there if before[a] != after[a]} <= changed | rewritten

    def test_an_account_reads_as_it_began(self, backend: Backend, company: State) -> None:
        assert live(backend) == company

    def test_what_is_made_is_read_in_the_same_session(
        self, company: State, backend: Backend
    ) -> None:
        changes = [*self.edits("a member leaves"), *self.edits("a role goes")]

        def work(writer: Writer) -> tuple[State, set[Address]]:
            writer.begin(Authorship(OWNER.address, "edit"))
            for change in changes:
                writer.make(change)
            return writer.read(), set(writer.versions(addresses(company)))

        outcome, known = backend.transact("edit", work)
        assert outcome == self.state(followed(company, changes))
        assert known == addresses(company) & addresses(outcome)

    def test_a_session_keeps_to_its_moment(self, backend: Backend, company: State) -> None:
        with backend.open() as session:
            before = session.read()
            run(backend, EDITS["a member leaves"])
            assert session.read() == before == company
        assert live(backend) != company

    def test_a_run_is_made_once(self, backend: Backend, company: State) -> None:
        by = Authorship(OWNER.address, "once")
        backend.transact("once", lambda writer: writer.begin(by))
        with pytest.raises(BackendError, match="run `once` has been made before"):
            backend.transact("once", lambda writer: writer.make(Change(OPS, None)))
        assert live(backend) == company

    def test_the_applier_is_the_owner_of_the_key(self, backend: Backend) -> None:
        with backend.open() as session:
            assert session.applier() == OWNER.address

    def test_now_is_aware_and_does_not_go_back(self, backend: Backend) -> None:
        with backend.open() as session:
            first = session.now()
            assert first == session.now()
            assert (offset := first.utcoffset()) is not None
            assert offset.total_seconds() == 0
        with backend.open() as session:
            assert session.now() >= first

    def test_the_trail_is_read_newest_first_by_number_time_and_author(
        self, backend: Backend
    ) -> None:
        changes = EDITS["several leave"]
        by = Authorship(ANA.address, "edit", plan_digest=DIGEST, on_behalf_of=BO.address)

        def work(writer: Writer) -> list[object]:
            for change in changes:
                writer.record(by.record(change, writer.now()))
            return list(islice(writer.trail.latest(), len(changes)))

        newest = backend.transact("edit", work)
        with backend.open() as session:
            latest = session.trail.latest
            rows = [*islice(latest(), len(changes))]
            addressed = [row.record.object_id for row in rows]
            assert addressed == [str(change.address) for change in changes[::-1]]
            assert rows == newest
            assert [*latest(Search(rows[0].record.timestamp))] == newest
            assert selected(session.trail, Search(who=ANA.email.lower())) == newest
            assert selected(session.trail, Search(who=BO.email)) == newest
            assert selected(session.trail, Search(who="nobody@example.org")) == []

    def test_a_search_of_the_trail_leaves_out_no_row_that_it_selects(
        self, backend: Backend
    ) -> None:
        changes, by = list(chain.from_iterable(EDITS.values())), Authorship(ANA.address, "edit")

        def work(writer: Writer) -> None:
            for change in changes:
                writer.record(by.record(change, writer.now()))

        backend.transact("edit", work)
        sides = [side for each in changes for side in (each.before, each.after) if side]
        named = {side.address for side in sides}
        mentioned = named.union(*(side.references for side in sides))
        searches = {Search(address=str(each)) for each in named}
        searches |= {Search(about=each) for each in mentioned if each.kind in PRINCIPALS}
        more = {Search(run="ed"), Search(address="*/access/*"), Search(address="team.d?ta")}
        with backend.open() as session:
            rows = list(session.trail.latest())
            for search in searches | more:
                expected = [row for row in rows if search.selects(row.record)]
                assert selected(session.trail, search) == expected
                assert expected or search.about

    def test_a_plan_that_was_applied_is_known_by_its_digest(self, backend: Backend) -> None:
        by = Authorship(OWNER.address, "edit", plan_digest=DIGEST)
        run(backend, EDITS["a member leaves"], by)
        with backend.open() as session:
            assert session.applied(DIGEST)
            assert not session.applied(OTHER_DIGEST)

    def test_it_says_of_exactly_the_edits_that_it_cannot_take_why(self, backend: Backend) -> None:
        with backend.open() as session:
            obstacles = session.capabilities.obstacles
            refused = {
                edit
                for edit in EDITS
                if any(reason for change in self.edits(edit) for reason in obstacles(change))
            }
        assert refused == self.unsupported

    def test_a_built_in_role_is_always_there(self, backend: Backend) -> None:
        owner = self.catalogue.owner
        assert live(backend).get(owner) == self.catalogue.roles[owner]

    def test_an_owner_is_shown_everything(self, backend: Backend) -> None:
        with backend.open() as session:
            assert session.horizon() == WHOLE
            assert list(session.replaced()) == []
