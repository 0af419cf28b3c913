"""Each verb of each service, and each write that it takes."""

from __future__ import annotations

import pytest

from ...pairs import pairs
from .graphql import GraphQl
from .rest import Rest
from .service import LOST

BOTH = (Rest, GraphQl)


def _each(name, cases_of):
    """Return the mark that tries every case of both services."""
    every = [
        pytest.param(kind, case, id=f"{kind.__name__}-{case}")
        for kind in BOTH
        for case in cases_of(kind)
    ]
    return pytest.mark.parametrize(("service", name), every, indirect=["service"])


every_verb = _each("verb", lambda kind: kind.verbs)
every_creation = _each("what", lambda kind: kind.creations)
every_twin = _each("other", lambda kind: kind.twins)
every_stranger = _each("whose", lambda kind: kind.strangers)
every_missing_verb = _each("verb", lambda kind: kind.missing)


class Anything:
    """Has any id: the number of requests does not depend on ids."""

    def __getattr__(self, name):
        return name


def requests_of(kind):
    """Return the class of the service, the verb, and the number of each write."""
    return [
        (kind, verb, number)
        for verb, (_, expected) in kind.verbs.items()
        for number, _ in enumerate(expected(Anything()))
    ]


every_lost_answer = pytest.mark.parametrize(
    ("asked", "how"),
    [pair for kind in BOTH for pair in pairs(requests_of(kind), {**LOST, **kind.trouble})],
    indirect=["asked"],
)


TESTS = 7
"""The number of tests that try every write."""


def every_request(test):
    """Return the mark that tries each write in the test of this number.

    *Why* Prefect Cloud has one write in seven in the usual run: it has many, and the other six
    tests have the others.
    """
    cases = [
        pytest.param(
            (kind, verb, number),
            id=f"{kind.__name__}-{verb}-{number}",
            marks=pytest.mark.long if kind is Rest and at % TESTS != test else (),
        )
        for kind in BOTH
        for at, (_, verb, number) in enumerate(requests_of(kind))
    ]
    return pytest.mark.parametrize("asked", cases, indirect=True)


def is_last(service, change, request):
    """Say whether *request* is the last one that *change* takes."""
    (verb,) = (verb for verb, (each, _) in service.verbs.items() if each is change)
    return request == service.requests(verb)[-1]
