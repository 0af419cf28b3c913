"""What the configuration is told of ends: those that come soon, and those that must not come."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from rbac_sync.config.expiry import ends_soon, format_remaining

from .folder import BACKEND, NOW

DAY = timedelta(days=1)
WHOLE = '[manage]\nmembers = "all"\n'


@pytest.mark.parametrize(
    ("until", "soon"),
    [
        (NOW, False),
        (NOW + timedelta(seconds=1), True),
        (NOW + 14 * DAY, True),
        (NOW + 14 * DAY + timedelta(seconds=1), False),
    ],
)
def test_soon_is_within_a_fortnight(until, soon):
    assert ends_soon(until, NOW) is soon


@pytest.mark.parametrize(
    ("until", "words"),
    [
        (NOW + timedelta(hours=23), "in less than a day"),
        (NOW + DAY, "in 1 day"),
        (NOW + 3 * DAY + timedelta(hours=5), "in 3 days"),
    ],
)
def test_how_long_it_lasts_is_said_in_days(until, words):
    assert format_remaining(until, NOW) == words


def told(declaration):
    return [f"{a.code} {a.place.line}: {a.message}" for a in declaration.advice]


def test_keys_that_end_are_pointed_out_where_their_end_is_written(folder):
    text = (
        '[members]\nowner = ["ana@x.org"]\nmember = ["sa:ci"]\n'
        "[service_accounts.ci]\nkeys.a = { until = 2026-06-04 }\n"
        "keys.b = { until = 2026-05-01 }\nkeys.c = { until = 2027-01-01 }\nkeys.d = {}\n"
    )
    assert told(folder.write(BACKEND + text).declare()) == [
        "RS506 8: the key `a` ends in 3 days, 2026-06-04T00:00:00Z",
        "RS501 9: the key `b` has ended",
    ]


def owners(*entries, floor=1):
    return f"[guard]\nmin_owners = {floor}\n[members]\nowner = [{', '.join(entries)}]\n"


ANA, BO = '"ana@x.org"', '"bo@x.org"'
UNTIL = '{{ who = "{}@x.org", until = 2027-0{}-01 }}'


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (owners(ANA, UNTIL.format("bo", 1)), []),
        (
            owners(ANA, UNTIL.format("bo", 1), floor=2),
            ["at 2027-01-01T00:00:00Z there would be 1 owner"],
        ),
        (
            owners(UNTIL.format("ana", 2), UNTIL.format("bo", 1)),
            ["at 2027-02-01T00:00:00Z there would be 0 owners"],
        ),
        (owners(ANA, BO, UNTIL.format("cy", 1), floor=2), []),
        (
            owners('{ who = "bo@x.org", from = 2027-01-01 }', UNTIL.format("ana", 1)),
            [],
        ),
        (
            owners(
                '{ who = "bo@x.org", from = 2027-01-02 }',
                '{ who = "ana@x.org", until = 2027-01-01 }',
            ),
            ["at 2027-01-01T00:00:00Z there would be 0 owners"],
        ),
        (
            owners('"sa:ci"', UNTIL.format("bo", 1)),
            ["at 2027-01-01T00:00:00Z there would be 0 owners"],
        ),
    ],
)
def test_an_end_that_leaves_too_few_owners_is_refused(folder, text, lines):
    known = "[service_accounts.ci]\n" if "sa:ci" in text else ""
    errors = folder.write(BACKEND + WHOLE + text + known).errors()
    assert [e.message.partition(";")[0] for e in errors] == lines
    assert all((e.code, e.second.line) == ("RS315", 7) for e in errors)


def test_where_others_may_be_owners_an_end_is_only_pointed_out(folder):
    text = owners(UNTIL.format("bo", 1))
    (advice,) = folder.write(BACKEND + text).declare().advice
    assert advice.code == "RS507"
    assert advice.place.line == 7


def test_once_it_has_ended_the_guard_answers_for_it(folder):
    text = BACKEND + WHOLE + owners(ANA, UNTIL.format("bo", 1))
    declared = folder.write(text).declare(now=datetime.fromisoformat("2027-03-01T00:00:00Z"))
    assert [a.code for a in declared.advice] == ["RS501"]
