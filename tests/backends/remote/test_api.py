"""Readings that must agree, and the search for the result of a lost response."""

from __future__ import annotations

import pytest

from rbac_sync.backends.remote.api import ServiceApi, read_consistently
from rbac_sync.backends.remote.request import Idempotency, Request
from rbac_sync.errors import BackendError, BadResponse, NoAnswer, TornRead

CALL = Request("POST", "", effect=Idempotency.EACH, name="make it")


class Api(ServiceApi):
    caller_and_time = None  # nobody asks here


class Client:
    """Returns the given responses or raises the given errors, without waiting."""

    def __init__(self, answer):
        self.answer, self.pauses = answer, []

    def send(self, _, is_done):
        self.is_done = is_done
        if isinstance(self.answer, Exception):
            raise self.answer
        return type("Answer", (), {"value": self.answer})

    def sleep(self, seconds):
        self.pauses.append(seconds)


def reading(*found, whole=lambda _: False):
    left = list(found)
    return read_consistently("rows", lambda _: left.pop(0), whole, lambda rows: rows), left


def test_two_readings_that_agree_are_believed():
    assert reading([1], [1], [2]) == ([1], [[2]])
    assert reading([1], [2], [2]) == ([2], [])


def test_a_reading_is_given_the_one_before():
    given = []

    def read_all(before):
        given.append(before)
        return [len(given)]

    content = {(1,): "first", (2,): "same", (3,): "same"}
    found = read_consistently("rows", read_all, lambda _: False, lambda rows: content[*rows,])
    assert (found, given) == ([3], [None, [1], [2]])


def test_one_reading_of_one_moment_is_enough():
    assert reading([1], [2], whole=lambda rows: rows == [1]) == ([1], [[2]])
    assert reading([2], [1], whole=lambda rows: rows == [1]) == ([1], [])


def test_readings_that_never_agree_are_torn():
    with pytest.raises(TornRead, match=r"`rows` changed while it was read \(3 attempts\)"):
        reading([1], [2], [3], [3])


def test_what_has_no_content_agrees_with_nothing():
    with pytest.raises(TornRead):
        read_consistently("rows", lambda _: [1, 1], lambda _: False, lambda _: None)


@pytest.mark.parametrize("lost", [NoAnswer("lost"), BadResponse("<html>")])
def test_a_lost_answer_is_looked_for_until_it_is_seen(lost):
    client, looks = Client(lost), [None, None, "seen"]
    assert Api(client).sent(CALL, str, lambda: looks.pop(0)) == "seen"
    assert client.pauses == [0.5, 0.5]


def test_an_answer_that_came_is_not_looked_for():
    assert Api(Client(7)).sent(CALL, str, lambda: pytest.fail("looked")) == "7"


def test_a_refusal_is_not_looked_for():
    refused = BackendError("no")
    with pytest.raises(BackendError, match="no") as found:
        Api(Client(refused)).sent(CALL, str, lambda: pytest.fail("looked"))
    assert found.value is refused


def test_what_is_seen_or_cannot_be_looked_for_is_not_sent_again():
    client, fails = Client(7), BackendError("no")

    def look():
        raise fails

    looks = {lambda: None: False, lambda: "seen": True, look: True}
    for trace, is_done in looks.items():
        Api(client).sent(CALL, str, trace)
        assert client.is_done() == is_done


def test_what_is_never_seen_may_yet_have_been_made():
    client = Client(NoAnswer("lost"))
    with pytest.raises(NoAnswer, match="make it: no usable answer came, and nothing of it is seen"):
        Api(client).sent(CALL, str, lambda: None)
    assert len(client.pauses) == 9
