"""What every backend must do: what is made is what is then read, and nothing else changes."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings

from rbac_sync.audit.chain import flaws
from rbac_sync.audit.record import Authorship
from rbac_sync.audit.replay import differences, replay
from rbac_sync.errors import BackendError
from rbac_sync.model import WHOLE as WHOLE_HORIZON
from rbac_sync.model import Action, Declaration, Key, Kind, Manage, ServiceAccount, Subject
from rbac_sync.model.address import team
from rbac_sync.planning import Change, followed
from rbac_sync.planning.planner import Planner, normal

from ..planning.worlds import states
from .accounts import ANA, BO, CI, COMPANY, EDITS, OPS, SOON
from .targets import BEYOND_CLOUD, CLOUD, OWNER, recorded
from .tenants import TAKEN_BY_TENANTS

ALL = dict.fromkeys(Subject, Manage.ALL)


WHOLE = ["memory", "sqlite", "postgresql"]
"""The targets that hold all there is to say, and make a run whole or not at all."""

TAKEN = [(name, edit) for name in WHOLE for edit in EDITS]
TAKEN += [("prefect-cloud", edit) for edit in EDITS if edit not in BEYOND_CLOUD]
TAKEN += [("prefect-cloud-1", edit) for edit in EDITS if edit in TAKEN_BY_TENANTS]

whole = pytest.mark.parametrize("target", WHOLE, indirect=True)


@pytest.fixture
def company(target):
    return target.state(COMPANY)


@pytest.fixture
def backend(target, company):
    return target.begin(company)


def made(backend, changes):
    run = str(uuid4())

    def work(writer):
        by, secrets = Authorship(OWNER.address, run), []
        writer.begin(by)
        for change in changes:
            secrets.append(writer.make(change))
            writer.record(by.record(change, writer.now()))
        return secrets

    return backend.transact(run, work)


def live(backend):
    with backend.open() as session:
        return session.read()


def addresses(state):
    return {resource.address for resource in (*state.resources(), *state.bindings())}


def versions(backend, state):
    with backend.open() as session:
        return session.versions(addresses(state))


@pytest.mark.parametrize(("target", "edit"), TAKEN, indirect=["target"])
def test_what_is_made_is_what_is_read_and_exactly_that_has_a_new_version(
    target, company, backend, edit
):
    changes = [target.edit(change) for change in EDITS[edit]]
    expected = target.state(followed(company, changes))
    before = versions(backend, company)
    made(backend, changes)
    outcome = live(backend)
    after = versions(backend, outcome)

    assert [str(d) for d in differences(expected, outcome)] == []
    assert after.keys() == addresses(expected)
    there = before.keys() & after.keys()
    changed = {d.address for d in differences(company, outcome)} & there
    rewritten = {change.address for change in changes}
    assert changed <= {a for a in there if before[a] != after[a]} <= changed | rewritten


def test_an_account_reads_as_it_began(backend, company):
    assert live(backend) == company


def test_what_is_made_is_read_in_the_same_session(target, company, backend):
    changes = [target.edit(c) for c in (*EDITS["a member leaves"], *EDITS["a role goes"])]

    def work(writer):
        writer.begin(Authorship(OWNER.address, "edit"))
        for change in changes:
            writer.make(change)
        return writer.read(), writer.versions(addresses(company)).keys()

    found, known = backend.transact("edit", work)
    assert found == target.state(followed(company, changes))
    assert known == addresses(company) & addresses(found)


def test_a_session_keeps_to_its_moment(backend, company):
    with backend.open() as session:
        before = session.read()
        made(backend, EDITS["a member leaves"])
        assert session.read() == before == company
    assert live(backend) != company


@whole
def test_work_that_fails_leaves_no_trace(backend):
    before = versions(backend, COMPANY)
    with backend.open() as session:
        trail = list(session.trail.links())

    def work(writer):
        for change in (*EDITS["a member leaves"], *EDITS["a key comes"]):
            writer.make(change)
            writer.record(Authorship(OWNER.address, "edit").record(change, writer.now()))
        writer.read()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        backend.transact("edit", work)
    assert live(backend) == COMPANY
    assert versions(backend, COMPANY) == before
    with backend.open() as session:
        assert list(session.trail.links()) == trail
    assert backend.transact("edit", lambda _: "the run of that id is still to be made")


def test_a_run_is_made_once(backend, company):
    by = Authorship(OWNER.address, "once")
    backend.transact("once", lambda writer: writer.begin(by))
    with pytest.raises(BackendError, match="run `once` has been made before"):
        backend.transact("once", lambda writer: writer.make(Change(OPS, None)))
    assert live(backend) == company


@whole
def test_only_the_creation_of_a_key_brings_a_secret_and_each_another(backend):
    one, two = Key(CI.address, "one"), Key(ANA.address, "two")
    secrets = made(backend, [Change(None, one), Change(None, two), Change(OPS, None)])

    assert [list(found) for found in secrets] == [[str(one.address)], [str(two.address)], []]
    assert len({*secrets[0].values(), *secrets[1].values()}) == 2


def test_the_applier_is_the_owner_of_the_key(backend):
    with backend.open() as session:
        assert session.applier() == OWNER.address


def test_now_is_aware_and_does_not_go_back(backend):
    with backend.open() as session:
        first = session.now()
        assert first == session.now()
        assert first.utcoffset().total_seconds() == 0
    with backend.open() as session:
        assert session.now() >= first


@whole
def test_records_are_kept_in_a_chain_that_tells_of_the_state(backend):
    outcome = recorded(backend, EDITS["several leave"])

    with backend.open() as session:
        links = list(session.trail.links())
    assert list(flaws(links)) == []
    assert [row.seq for row in links] == list(range(1, len(links) + 1))
    told = replay((row.record for row in links), CLOUD)
    assert [str(d) for d in differences(told, outcome)] == []


def test_the_trail_is_read_newest_first_by_number_time_and_author(backend):
    changes = EDITS["several leave"]
    by = Authorship(ANA.address, "edit", plan_digest="d" * 64, on_behalf_of=BO.address)

    def work(writer):
        for change in changes:
            writer.record(by.record(change, writer.now()))
        return writer.trail.latest(len(changes), None, "")

    newest = backend.transact("edit", work)
    with backend.open() as session:
        latest = session.trail.latest
        assert [row.record.object_id for row in newest] == [str(c.address) for c in changes[::-1]]
        assert latest(len(changes), None, "") == newest
        assert latest(None, newest[0].record.timestamp, "") == newest
        assert latest(None, None, ANA.email.lower()) == latest(None, None, BO.email) == newest
        assert latest(2, None, ANA.email.lower()) == newest[:2]
        assert latest(None, None, "nobody@example.org") == []


@whole
def test_it_tells_who_last_changed_what_even_of_what_is_gone(backend):
    changes = EDITS["several leave"]
    recorded(backend, changes)
    asked = {change.address for change in changes} | {team("nobody-made-this")}
    with backend.open() as session:
        found = session.touched(asked)
        newest = {row.record.object_id: row.record for row in session.trail.links()}
    assert found.keys() == asked - {team("nobody-made-this")}
    for address, touch in found.items():
        record = newest[str(address)]
        assert (touch.at, touch.who) == (record.timestamp, record.applier)
        assert touch.who


def test_a_plan_that_was_applied_is_known_by_its_digest(backend):
    by = Authorship(OWNER.address, "edit", plan_digest="d" * 64)

    def work(writer):
        writer.begin(by)
        for change in EDITS["a member leaves"]:
            writer.make(change)
            writer.record(by.record(change, writer.now()))

    backend.transact("edit", work)
    with backend.open() as session:
        assert session.applied("d" * 64)
        assert not session.applied("e" * 64)


def test_it_says_of_exactly_the_edits_that_it_cannot_take_why(target, backend):
    with backend.open() as session:
        obstacles = session.capabilities.obstacles
        refused = {
            edit
            for edit, changes in EDITS.items()
            if any(reason for change in changes for reason in obstacles(target.edit(change)))
        }
    assert refused == target.unsupported


def test_a_built_in_role_is_always_there(target, backend):
    owner = target.known.owner
    assert live(backend).get(owner) == target.known.roles[owner]


def test_an_owner_is_shown_everything(backend):
    with backend.open() as session:
        assert session.horizon() == WHOLE_HORIZON
        assert list(session.replaced()) == []


@whole
@settings(
    deadline=None,
    max_examples=15,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(before=states(), desired=states())
def test_applying_any_plan_leads_to_its_outcome_and_the_trail_tells_of_it(target, before, desired):
    backend = target.begin(before)
    with backend.open() as session:
        planner = Planner(CLOUD, session.capabilities, session.now())
        plan = planner.plan(Declaration(desired, manage=ALL), session.read())

    outcome = recorded(backend, plan.changes)

    assert normal(outcome, CLOUD) == normal(plan.outcome, CLOUD)
    with backend.open() as session:
        told = replay((row.record for row in session.trail.links()), CLOUD)
    assert [str(d) for d in differences(told, outcome)] == []


@whole
def test_every_kind_but_the_scopes_and_everyone_is_edited_with_every_verb_it_has(backend):
    with backend.open() as session:
        actions = session.capabilities.actions
    asked = {(change.address.kind, change.action) for edit in EDITS.values() for change in edit}
    kinds = set(Kind) - {Kind.ACCOUNT, Kind.EVERYONE}
    assert {kind for kind, _ in asked} == kinds
    assert {action for _, action in asked} == set(Action)
    assert all(action in actions[kind] for kind, action in asked)


@whole
def test_it_tells_who_made_a_key_whatever_changed_since(backend):
    by = Authorship(ANA.address, "keys", on_behalf_of=BO.address)
    key = Key(CI.address, "made-here", SOON)
    renamed = ServiceAccount("renamed", CI.description)
    later = [Change(key, replace(key, until=None)), Change(CI, renamed)]

    def work(changes, by):
        def apply(writer):
            writer.begin(by)
            for change in changes:
                writer.make(change)
                writer.record(by.record(change, writer.now()))

        return apply

    backend.transact("keys", work([Change(None, key)], by))
    with backend.open() as session:
        assert session.makers([key.address]) == {
            key.address: "ana.ruiz@example.org for bo@example.org"
        }
    backend.transact("later", work(later, Authorship(OWNER.address, "later")))
    moved = replace(key, owner=renamed.address).address
    with backend.open() as session:
        assert session.makers([moved]) == {moved: "ana.ruiz@example.org for bo@example.org"}
        assert session.makers([Key(CI.address, "nobody-made-this").address]) == {}
