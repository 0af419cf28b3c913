"""The contract suite for backends without limits, whose runs are made whole or not at all."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

from ..audit.chain import flaws
from ..audit.record import Authorship
from ..audit.replay import differences, replay
from ..backends.interface import Backend, Writer
from ..model import Binding, Holding, Key, Manage, Membership, Resource, ServiceAccount, State, Team
from ..model.address import team
from ..planning import Change
from ..planning.target_form import normal
from .account import live, plan, run, versions
from .company import ANA, BO, CI, EDITS, ETL, OPS, PROD, SOON, VIEWER
from .contract import BackendContract
from .fixtures import Begin
from .states import OWNER, states, workspace_role

EXPLAINED = frozenset({Holding(workspace_role("viewer"), reason='SOC 2 "fieldwork", ü')})
PLACE = Membership(BO.address, reason="INC-4900")


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
