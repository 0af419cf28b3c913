"""Writing to a service: what becomes of each change, of refusals and of lost answers."""

from __future__ import annotations

import httpx
import pytest

from rbac_sync.audit.record import Authorship
from rbac_sync.errors import BackendError, CredentialError, NoAnswer
from rbac_sync.planning import Change
from rbac_sync.testing.account import live

from ..remote.runs import applied, made, told
from .service import LOST
from .verbs import (
    every_creation,
    every_lost_answer,
    every_missing_verb,
    every_request,
    every_twin,
    every_verb,
    is_last,
)

WITHDRAWN = "an invitation is withdrawn"


@every_verb
def test_what_is_made_is_what_is_read(service, verb):
    change, _ = service.verbs[verb]
    made(service.backend, change)
    assert service.has(change)


def test_only_a_key_brings_a_secret(service):
    key = service.new_key
    new = service.creations["a service account"]
    nothing, secrets = made(service.backend, new, Change(None, key))
    assert (nothing, list(secrets)) == ({}, [str(key.address)])
    assert secrets[str(key.address)].startswith(service.secret)


def test_one_run_goes_on_with_what_it_has_made(service):
    before = live(service.backend)
    made(service.backend, *service.story)
    assert live(service.backend) == before


@every_missing_verb
def test_a_verb_that_the_service_does_not_have_sends_nothing(service, verb):
    with pytest.raises(BackendError, match=f"cannot {verb}"):
        made(service.backend, service.missing[verb])
    assert service.writes() == []


def test_what_is_not_there_is_not_deleted(service):
    """The plan was made while it was."""
    for new in service.creations.values():
        with pytest.raises(BackendError, match="is not there"):
            made(service.backend, Change(new.after, None))
    assert service.writes() == []


@every_request(0)
def test_a_refusal_is_an_error_that_is_not_repeated(asked):
    service, change, request = asked
    service.instead(request, service.conflict)
    with pytest.raises(BackendError, match="name taken") as found:
        made(service.backend, change)
    assert not isinstance(found.value, NoAnswer)
    assert service.writes().count(request) == 1


@every_request(1)
def test_what_the_key_may_not_do_names_the_permission_that_it_takes(asked):
    service, change, request = asked
    service.instead(request, service.forbidden)
    with pytest.raises(BackendError, match=f"the request needs `({service.right})`"):
        made(service.backend, change)


@every_request(2)
def test_a_key_that_ends_in_between_is_a_matter_of_credentials(asked):
    service, change, request = asked
    service.instead(request, service.unauthenticated)
    with pytest.raises(CredentialError):
        made(service.backend, change)


@every_lost_answer
def test_a_lost_answer_makes_nothing_twice(asked, how):
    """An answer that leaves a change open is settled by the next run.

    That run finds the change live, unless a further request was to follow.
    """
    service, change, request = asked
    service.lose(request, {**LOST, **service.trouble}[how])
    tries = service.tries(request, how)
    if tries:
        made(service.backend, change)
    else:
        with pytest.raises(NoAnswer, match="it may have been done, or not"):
            made(service.backend, change)
        service.backend.transact("next", lambda _: None)
    is_whole = tries > 0 or is_last(service, change, request)
    assert service.has(change) is is_whole
    assert service.writes().count(request) == (tries or 1)
    assert told(service.backend)[-1] == ("done" if is_whole else "failed", str(change.address))


@every_twin
def test_what_somebody_else_made_of_the_same_name_is_not_taken_for_ones_own(service, other):
    what, make = service.twins[other]

    def before(request):
        if request != service.making(what):
            return None
        make(service.memory)
        return httpx.ReadTimeout("")

    service.before = before
    with pytest.raises(
        NoAnswer, match=r"nothing of it is seen yet|what others made of it"
    ) as found:
        made(service.backend, service.creations[what])
    assert "the run looks for what the first one made" in found.value.hint


@every_request(3)
def test_what_is_not_seen_after_a_lost_answer_is_left_open(asked):
    service, change, request = asked
    service.instead(request, lambda: httpx.ReadTimeout(""))
    is_sent_once = service.is_sent_once(request)
    message = "nothing of it is seen yet" if is_sent_once else "it may have been done, or not"
    with pytest.raises(NoAnswer, match=message):
        made(service.backend, change)
    assert (service.writes().count(request) == 1) is is_sent_once
    assert (service.pauses == [0.5] * 9) is is_sent_once


@every_creation
def test_a_write_that_becomes_readable_late_is_waited_for(service, what):
    def before(request):
        if request == service.making(what):
            return httpx.ReadError("reset")
        if service.writes() and len(service.pauses) == 3:
            service.stop()
            service.appear(what)
        return None

    service.before = before
    made(service.backend, service.creations[what])
    assert service.pauses[:3] == [0.5] * 3
    assert service.writes().count(service.making(what)) == 1


@every_request(4)
def test_what_was_never_taken_is_sent_again(asked):
    service, change, request = asked
    answers = [httpx.Response(429), httpx.ConnectError("refused")]
    service.before = lambda each: answers.pop() if each == request and answers else None
    made(service.backend, change)
    assert service.has(change)


def test_a_key_whose_secret_was_lost_is_made_once_more_and_the_trail_says_so(service):
    service.lose(service.making_key(), LOST["a reset"])
    change = Change(None, service.new_key)

    def work(writer):
        by = Authorship(writer.applier(), "run")
        writer.begin(by)
        secrets = writer.make(change)
        writer.record(by.record(change, writer.now()))
        return secrets, list(writer.trail.links())

    secrets, links = service.backend.transact("run", work)
    assert secrets == {str(change.address): service.current_secret()}
    assert service.key_calls() == service.remade
    said = f"`{change.address}`: the secret was lost on its way; made once more"
    assert [(row.record.result, row.record.message) for row in links] == [
        ("event", said),
        ("done", f"`{change.address}` created"),
    ]


def test_a_secret_that_is_lost_twice_is_not_asked_for_a_third_time(service):
    service.lose(service.making_key(), LOST["a reset"], times=9)
    with pytest.raises(NoAnswer, match="lost on its way, twice"):
        made(service.backend, Change(None, service.new_key))
    assert service.writes().count(service.making_key()) == 2


@every_creation
def test_looking_that_fails_after_a_lost_answer_leaves_it_open(service, what):
    def before(request):
        if request == service.making(what):
            service.before = lambda _: service.forbidden()
            return httpx.ReadError("reset")
        return None

    service.before = before
    with pytest.raises(NoAnswer, match="looking for it failed"):
        made(service.backend, service.creations[what])


@every_creation
def test_what_is_made_is_made_whether_or_not_it_can_be_looked_at(service, what):
    making = service.making(what)
    service.after = lambda request, answer: (
        service.forbidden() if request != making and service.writes() else answer
    )
    made(service.backend, service.creations[what])
    assert service.writes() == [making]


def test_an_invitation_that_was_accepted_is_not_taken_for_withdrawn(service):
    """The answer to the withdrawal is lost, and the person was faster."""
    (withdrawal, _), (request,) = service.verbs[WITHDRAWN], service.requests(WITHDRAWN)

    def before(asked):
        if asked != request:
            return None
        service.accept()
        return httpx.ReadTimeout("")

    service.before = before
    with pytest.raises(NoAnswer, match="nothing of it is seen yet"):
        applied(service.backend, withdrawal)
    service.stop()
    service.backend.transact("next", lambda _: None)
    assert told(service.backend) == [("failed", str(withdrawal.address))]
