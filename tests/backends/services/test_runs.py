"""Runs: what one leaves open the next one settles."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest

from rbac_sync.audit.record import Authorship
from rbac_sync.backends.remote.journaled_writer import UNLIKE
from rbac_sync.errors import BackendError, NoAnswer
from rbac_sync.model import Key
from rbac_sync.planning import Change
from rbac_sync.testing.account import live

from ..remote.runs import DIGEST, Killed, applied, told
from .service import LOST
from .verbs import every_creation, every_request, every_twin, every_verb, is_last

whether_done = pytest.mark.parametrize("done", [True, False], ids=["done", "not done"])


def test_work_that_refuses_before_the_first_write_leaves_no_trace(service):
    with pytest.raises(ZeroDivisionError):
        service.backend.transact("edit", lambda _: 1 / 0)
    assert told(service.backend) == []
    assert service.backend.transact("edit", lambda _: "still to be made")


@every_creation
def test_a_change_that_the_service_refuses_is_on_record_as_failed(service, what):
    change = service.creations[what]
    service.before = lambda asked: (
        service.conflict() if asked == service.making(what) and len(service.writes()) > 1 else None
    )
    with pytest.raises(BackendError, match="name taken"):
        applied(service.backend, service.given, change)
    assert told(service.backend)[1] == ("failed", str(change.address))
    with service.backend.open() as session:
        assert not session.applied(DIGEST)
        assert session.made(DIGEST) == (service.given,)


@every_request(5)
def test_a_change_of_which_a_part_is_made_is_told_so(asked):
    """The trail has the reason that the user was told; the number is that of the requests done."""
    service, change, request = asked
    service.instead(request, service.forbidden)
    with pytest.raises(BackendError) as told_so:
        applied(service.backend, change)

    number = service.writes().index(request)
    part = f"of the requests for this change, {number} had been done before"
    assert (part in str(told_so.value)) is (number > 0)
    assert "use the key of somebody who may" in told_so.value.hint
    with service.backend.open() as session:
        record = next(session.trail.latest()).record
    assert (record.result, record.info["reason"]) == ("failed", str(told_so.value))


def killed(service, change, request, *, done):
    """Apply *change*, after another, in a process that ends before or after *request* is done."""

    def before(asked):
        return Killed() if asked == request and len(service.writes()) > 1 and not done else None

    def after(asked, answer):
        return Killed() if asked == request and len(service.writes()) > 1 else answer

    service.before, service.after = before, after
    with pytest.raises(Killed):
        applied(service.backend, service.given, change)
    service.stop()


@whether_done
@every_verb
def test_the_next_run_finds_out_what_became_of_an_interrupted_change(service, verb, done):
    change, _ = service.verbs[verb]
    killed(service, change, service.requests(verb)[-1], done=done)
    before = len(service.writes())
    service.backend.transact("next", lambda _: None)

    assert len(service.writes()) == before
    is_key = isinstance(change.after, Key)
    outcome = "done" if done and not is_key else "failed"
    assert told(service.backend) == [
        ("done", str(service.given.address)),
        (outcome, str(change.address)),
    ]
    with service.backend.open() as session:
        assert session.made(DIGEST)[1:] == ((change,) if outcome == "done" else ())
        record = next(session.trail.latest()).record
    assert (record.applier, record.plan_digest) == ("olivia@example.org", DIGEST)
    if not is_key:
        reason = "found live" if done else UNLIKE
        assert record.info["reason"] == reason


def test_a_key_made_by_a_process_that_ended_is_as_good_as_none(service):
    key = service.new_key
    killed(service, Change(None, key), service.making_key(), done=True)
    lost = service.current_secret()
    service.backend.transact("next", lambda _: None)

    assert told(service.backend)[-1] == ("failed", str(key.address))
    with service.backend.open() as session:
        record = next(session.trail.latest()).record
    assert record.info["reason"] == "made, and its secret lost"
    assert live(service.backend).get(key.address) is None
    applied(service.backend, Change(None, key))
    assert live(service.backend).get(key.address) == key
    assert service.current_secret() != lost


def test_the_run_that_finds_a_secret_lost_takes_the_key_for_none(service):
    key = service.new_key
    killed(service, Change(None, key), service.making_key(), done=True)
    found = service.backend.transact("next", lambda writer: writer.read().get(key.address))
    assert found is None


@every_creation
def test_a_change_that_was_made_and_not_yet_recorded_is_recorded_by_the_next_run(service, what):
    change = service.creations[what]

    def work(writer):
        writer.begin(Authorship(writer.applier(), "first"))
        writer.make(change)
        raise Killed

    with pytest.raises(Killed):
        service.backend.transact("first", work)
    requests = len(service.memory.requests)
    with service.backend.open():
        assert told(service.backend) == []
    service.backend.transact("next", lambda _: None)
    assert told(service.backend) == [("done", str(change.address))]
    assert len(service.memory.requests) > requests


def unanswered(service, what):
    """Apply a creation to which no answer comes, and which is not done so far."""
    service.instead(service.making(what), LOST["a timeout"])
    with pytest.raises(NoAnswer):
        applied(service.backend, service.creations[what])
    service.stop()


@every_creation
def test_a_write_that_nobody_answered_is_settled_by_the_next_run(service, what):
    unanswered(service, what)
    service.appear(what)
    service.backend.transact("next", lambda _: None)
    assert told(service.backend) == [("done", str(service.creations[what].address))]


@every_twin
def test_what_somebody_else_made_of_the_same_name_is_not_told_as_ones_own(service, other):
    what, make = service.twins[other]
    unanswered(service, what)
    make(service.memory)
    service.backend.transact("next", lambda _: None)
    assert told(service.backend) == [("failed", str(service.creations[what].address))]
    with service.backend.open() as session:
        assert next(session.trail.latest()).record.info["reason"] == UNLIKE


def test_a_key_with_another_end_is_not_taken_for_the_one_whose_secret_was_lost(service):
    """Else the next run revokes it."""
    key = service.new_key
    service.instead(service.making_key(), LOST["a timeout"])
    with pytest.raises(NoAnswer):
        applied(service.backend, Change(None, key))
    service.stop()
    service.key_appears(replace(key, until=None))
    service.backend.transact("next", lambda _: None)
    with service.backend.open() as session:
        assert next(session.trail.latest()).record.info["reason"] == UNLIKE
        assert session.read().get(key.address) == replace(key, until=None)


@every_request(6)
def test_a_write_that_was_made_and_refused_to_the_end_is_found_or_settled_by_the_next_run(asked):
    """A proxy refuses it after the service has done it."""
    service, change, request = asked
    service.lose(request, lambda: httpx.Response(429), times=99)
    is_found = service.is_sent_once(request) and request != service.making_key()
    if is_found:
        applied(service.backend, change)
    else:
        with pytest.raises(NoAnswer, match=r"429|lost on its way, twice"):
            applied(service.backend, change)
        service.stop()
        service.backend.transact("next", lambda _: None)
    is_whole = is_found or (is_last(service, change, request) and request != service.making_key())
    outcome = "done" if is_whole else "failed"
    assert told(service.backend)[-1] == (outcome, str(change.address))


def test_what_the_next_run_is_not_shown_stays_open_for_one_that_is(service):
    unanswered(service, "an invitation")
    service.appear("an invitation")
    service.hide_people()
    service.backend.transact("blind", lambda _: None)
    assert told(service.backend) == []

    service.stop()
    service.backend.transact("next", lambda _: None)
    address = service.creations["an invitation"].address
    assert told(service.backend) == [("done", str(address))]


def test_no_secret_is_on_the_disk(service, tmp_path):
    service.lose(service.making_key(), LOST["a reset"])
    new = service.creations["a service account"]
    applied(service.backend, new, Change(None, service.new_key))
    for file in tmp_path.iterdir():
        content = file.read_bytes()
        assert service.key.encode() not in content
        assert service.secret.encode() not in content
