"""The contract suite: tests of the behaviour of every backend, which pytest runs on one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from itertools import islice
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, given, settings

from ..audit.chain import flaws
from ..audit.record import Authorship
from ..audit.replay import differences, replay
from ..backends.interface import Backend, Writer
from ..errors import BackendError
from ..model import (
    EVERYONE,
    WHOLE,
    Address,
    Binding,
    Catalogue,
    Holding,
    Key,
    Manage,
    Membership,
    ObjectAccess,
    ObjectLevel,
    Resource,
    ServiceAccount,
    State,
    Team,
)
from ..model.address import team, workspace_object
from ..model.resources import opened
from ..planning import Change, followed
from ..planning.target_form import normal
from .account import addresses, bring, live, plan, run, versions
from .company import ANA, BO, CI, COMPANY, DATA, EDITS, ETL, OPS, PROD, SOON, VIEWER
from .states import CLOUD, OWNER, states, workspace_role

Begin = Callable[[State], Backend]

OBJECTS = ("deployment:etl/daily", "work_pool:main", "block:secret/db")
DIGEST, OTHER_DIGEST = "d" * 64, "e" * 64
EXPLAINED = frozenset({Holding(workspace_role("viewer"), reason='SOC 2 "fieldwork", ü')})
PLACE = Membership(BO.address, reason="INC-4900")


class BackendContract:
    """The behaviour of every backend, with any capabilities.

    Subclass it in a test module, as ``TestMyBackend``, and override the fixture ``new_account``.
    A backend with limits overrides ``unsupported``, ``kept`` and ``translated`` as well. The
    suite needs pytest and Hypothesis.
    """

    catalogue: ClassVar[Catalogue] = CLOUD
    """The catalogue of the accounts that ``new_account`` makes."""

    unsupported: ClassVar[frozenset[str]] = frozenset()
    """The edits of ``rbac_sync.testing.company.EDITS`` that the capabilities rule out."""

    @pytest.fixture
    def new_account(self) -> Callable[[], Backend]:
        """Return a function that makes an empty account and returns its backend.

        Each call makes another account, with the built-in roles of ``catalogue`` in it. The
        credential is that of ``rbac_sync.testing.OWNER``, who may already be the owner of the
        account, with a key named ``init``, if the trail has records of both.
        """
        raise NotImplementedError("override the fixture `new_account`")

    @pytest.fixture
    def begin(self, new_account: Callable[[], Backend]) -> Begin:
        """Return a function that makes an account in a given state and returns its backend."""
        return lambda state: bring(new_account(), state)

    @pytest.fixture
    def make_objects(self) -> Callable[[Backend], None]:
        """Return a function that makes objects in the workspace ``prod`` without the backend.

        They are a deployment ``daily`` of the flow ``etl``, a work pool ``main`` and a block ``db``
        of the type ``secret``. A backend without access lists has none.
        """
        pytest.skip("this backend has no access lists of objects")

    def kept(self, resource: Resource) -> Resource | None:
        """Return the part of *resource* that the backend can hold, or None."""
        return resource

    def translated(self, resource: Resource) -> Resource:
        """Return *resource* with the roles and permissions of ``catalogue``."""
        return resource

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Run each test of an edit once for every edit that the backend supports."""
        if "edit" in metafunc.fixturenames:
            metafunc.parametrize("edit", [e for e in EDITS if e not in self.unsupported])

    def state(self, state: State) -> State:
        """Return *state* as the backend can hold it."""
        kept = map(self.kept, (*state.resources(), *state.bindings()))
        return State((*self.catalogue.roles.values(), *(each for each in kept if each)))

    def edits(self, edit: str) -> list[Change]:
        """Return the changes of *edit*, limited to the parts that the backend can hold."""
        return list(map(self._edit, EDITS[edit]))

    def _edit(self, change: Change) -> Change:
        edit = self._translated_change(change)
        before = change.before and (self.kept(change.before) or edit.before)
        if before is None or edit.after is None:
            return replace(edit, before=before)
        edited = {name: new for name, _, new in edit.attributes()}
        return replace(edit, before=before, after=replace(before, **edited))

    def _translated_change(self, change: Change) -> Change:
        before = change.before and self.translated(change.before)
        after = change.after and self.translated(change.after)
        brings = (self.translated(binding) for binding in change.brings)
        return Change(
            before, after, tuple(b for b in brings if isinstance(b, Binding)), change.joins
        )

    @pytest.fixture
    def company(self) -> State:
        """Return the state of the company as the backend can hold it."""
        return self.state(COMPANY)

    @pytest.fixture
    def backend(self, begin: Begin, company: State) -> Backend:
        """Return the backend of an account with the company in it."""
        return begin(company)

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
            return list(islice(writer.trail.latest(None, ""), len(changes)))

        newest = backend.transact("edit", work)
        with backend.open() as session:
            latest = session.trail.latest
            rows = [*islice(latest(None, ""), len(changes))]
            addressed = [row.record.object_id for row in rows]
            assert addressed == [str(change.address) for change in changes[::-1]]
            assert rows == newest
            assert [*latest(rows[0].record.timestamp, "")] == newest
            assert [*latest(None, ANA.email.lower())] == newest
            assert [*latest(None, BO.email)] == newest
            assert [*latest(None, "nobody@example.org")] == []

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


class TransactionalContract(BackendContract):
    """The behaviour of a backend without limits, whose runs make all their changes or none.

    Subclass and override it like ``BackendContract``, whose tests it includes.
    """

    def test_work_that_fails_leaves_no_trace(self, backend: Backend, company: State) -> None:
        before = versions(backend, company)
        with backend.open() as session:
            trail = list(session.trail.links())

        def work(writer: Writer) -> None:
            for change in (*EDITS["a member leaves"], *EDITS["a key comes"]):
                writer.make(change)
                writer.record(Authorship(OWNER.address, "edit").record(change, writer.now()))
            writer.read()
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            backend.transact("edit", work)
        assert live(backend) == company
        assert versions(backend, company) == before
        with backend.open() as session:
            assert list(session.trail.links()) == trail
        assert backend.transact("edit", lambda _: "the run of that id is still to be made")

    def test_only_the_creation_of_a_key_brings_a_secret_and_each_another(
        self, backend: Backend
    ) -> None:
        one, two = Key(CI.address, "one"), Key(ANA.address, "two")
        secrets = run(backend, [Change(None, one), Change(None, two), Change(OPS, None)])

        assert [list(each) for each in secrets] == [[str(one.address)], [str(two.address)], []]
        assert len({*secrets[0].values(), *secrets[1].values()}) == len(secrets) - 1

    def test_records_are_kept_in_a_chain_that_tells_of_the_state(self, backend: Backend) -> None:
        run(backend, EDITS["several leave"])

        with backend.open() as session:
            links = list(session.trail.links())
            outcome = session.read()
        assert list(flaws(links)) == []
        assert [row.seq for row in links] == list(range(1, len(links) + 1))
        replayed = replay((row.record for row in links), self.catalogue)
        assert list(differences(replayed, outcome)) == []

    def test_it_tells_who_last_changed_what_even_of_what_is_gone(self, backend: Backend) -> None:
        changes, unknown = EDITS["several leave"], team("nobody-made-this")
        run(backend, changes)
        changed = {change.address for change in changes}
        with backend.open() as session:
            touched = session.touched(changed | {unknown})
            newest = {row.record.object_id: row.record for row in session.trail.links()}
        assert touched.keys() == changed
        for address, touch in touched.items():
            record = newest[str(address)]
            assert (touch.at, touch.who) == (record.timestamp, record.applier)
            assert touch.who

    @settings(
        deadline=None,
        max_examples=15,
        suppress_health_check=[
            HealthCheck.too_slow,
            HealthCheck.function_scoped_fixture,
            HealthCheck.differing_executors,
        ],
    )
    @given(before=states(), desired=states())
    def test_applying_any_plan_leads_to_its_outcome_and_the_trail_tells_of_it(
        self, begin: Begin, before: State, desired: State
    ) -> None:
        backend = begin(before)
        planned = plan(backend, desired, Manage.ALL)
        run(backend, planned.changes)

        with backend.open() as session:
            outcome = session.read()
            replayed = replay((row.record for row in session.trail.links()), self.catalogue)
        assert normal(outcome, self.catalogue) == normal(planned.outcome, self.catalogue)
        assert list(differences(replayed, outcome)) == []

    def test_every_edit_is_of_a_kind_and_a_verb_that_it_has(self, backend: Backend) -> None:
        with backend.open() as session:
            actions = session.capabilities.actions
        made = {(c.address.kind, c.action) for edit in EDITS for c in self.edits(edit)}
        assert {(kind, action) for kind, action in made if action not in actions[kind]} == set()

    def test_it_tells_who_made_a_key_whatever_changed_since(self, backend: Backend) -> None:
        key = Key(CI.address, "made-here", SOON)
        renamed = ServiceAccount("renamed", CI.description)
        moved = replace(key, owner=renamed.address).address
        makers = "ana.ruiz@example.org for bo@example.org"

        run(backend, [Change(None, key)], Authorship(ANA.address, "keys", on_behalf_of=BO.address))
        with backend.open() as session:
            assert session.makers([key.address]) == {key.address: makers}
        run(backend, [Change(key, replace(key, until=None)), Change(CI, renamed)])
        with backend.open() as session:
            assert session.makers([moved]) == {moved: makers}
            assert session.makers([Key(CI.address, "nobody-made-this").address]) == {}

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            (None, Binding(ETL.address, PROD.address, EXPLAINED)),
            (
                Binding(ANA.address, PROD.address, VIEWER),
                Binding(ANA.address, PROD.address, EXPLAINED),
            ),
            (OPS, replace(OPS, members=frozenset({PLACE}))),
            (None, Team("night", frozenset({PLACE, Membership(ANA.address)}))),
        ],
        ids=["a grant", "a reason for a grant", "a reason for a member", "a team"],
    )
    def test_a_reason_is_kept_replayed_changed_and_taken_out(
        self, backend: Backend, before: Resource | None, after: Binding | Team
    ) -> None:
        run(backend, [Change(before, after)])
        assert live(backend).find(after) == after
        with backend.open() as session:
            replayed = replay((row.record for row in session.trail.links()), session.catalogue)
            assert not list(differences(replayed, session.read()))

        silent = _without_reasons(after)
        run(backend, [Change(after, silent)])
        assert live(backend).find(silent) == silent

    def test_another_reason_is_planned_and_then_nothing(self, backend: Backend) -> None:
        binding = Binding(ANA.address, PROD.address, EXPLAINED)
        desired = live(backend).draft()
        desired.put(binding)

        changes = plan(backend, desired, Manage.DECLARED).changes
        assert [change.after for change in changes] == [binding]
        run(backend, changes)
        assert plan(backend, desired, Manage.DECLARED).changes == ()


def _without_reasons(resource: Binding | Team) -> Binding | Team:
    match resource:
        case Team():
            members = frozenset(replace(m, reason="") for m in resource.members)
            return replace(resource, members=members)
        case Binding():
            roles = frozenset(replace(holding, reason="") for holding in resource.roles)
            return replace(resource, roles=roles)
