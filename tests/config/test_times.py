"""Times that the calendar does not have are named wherever they stand, with what to write."""

from __future__ import annotations

import pytest

from rbac_sync.config.parse import InvalidToml, parse_file

from .folder import declares

ALL = [
    ("2026-12-31T24:00:00Z", "a day ends where the next begins: write `2027-01-01T00:00:00Z`"),
    (
        "2028-02-28 24:00:00+02:00",
        "a day ends where the next begins: write `2028-02-29T00:00:00+02:00`",
    ),
    ("9999-12-31T24:00:00Z", "a day ends where the next begins: write `9999-12-31T23:59:59Z`"),
    ("9999-12-31T23:59:60Z", "seconds go from 00 to 59: write `9999-12-31T23:59:59Z`"),
    ("2026-12-31T24:30:00Z", "hours go from 00 to 23, as in `2026-12-31T23:00:00Z`"),
    ("2026-12-31T25:00:00Z", "hours go from 00 to 23, as in `2026-12-31T23:00:00Z`"),
    ("2026-12-31T10:60:00Z", "minutes go from 00 to 59, as in `2026-12-31T10:59:00Z`"),
    ("2026-12-31T23:59:60Z", "seconds go from 00 to 59: write `2027-01-01T00:00:00Z`"),
    ("2026-12-31t10:30:61z", "seconds go from 00 to 59: write `2026-12-31T10:31:00Z`"),
    ("2026-02-30", "February 2026 has 28 days, as in `2026-02-28`"),
    ("2026-02-30T10:00:00Z", "February 2026 has 28 days, as in `2026-02-28`"),
    ("2026-12-00", "December 2026 has 31 days, as in `2026-12-31`"),
    ("2026-13-01", "months go from 01 to 12, as in `2026-12-31`"),
    ("0000-01-01", "years go from 0001 to 9999"),
    (
        "2026-12-31T10:00:00+24:00",
        "an offset goes from -23:59 to +23:59, as in `2026-12-31T10:00:00Z`",
    ),
    (
        "2026-12-31T10:00:00-01:60",
        "an offset goes from -23:59 to +23:59, as in `2026-12-31T10:00:00Z`",
    ),
    ("2026-12-31T10:00:00+02", "write `2026-12-31T10:00:00+02:00`"),
    ("2026-12-31T10:00:00-0130", "write `2026-12-31T10:00:00-01:30`"),
    ("2026-12-31T10Z", "write `2026-12-31T10:00:00Z`"),
    ("2026-12-31T9:05:00Z", "write `2026-12-31T09:05:00Z`"),
    ("2026-12-31T10:00:00 Z", "write `2026-12-31T10:00:00Z`"),
    ("2026-1-5", "write `2026-01-05`"),
    ("2026/12/31", "write `2026-12-31`"),
    ("24:00:00", "a time stands with its date: write `2026-12-31T18:00:00Z`"),
]
POSITIONS = [
    "a = {}\n",
    "a = {} # until then\nb = 1\n",
    "a = {{ b = {} }}\n",
    "a = {{ b = {}, c = 1 }}\n",
    "a = [{}]\n",
    "a = [\n  1,\n  {},\n]\n",
    "a = [{{ who = 'x', until = {} }}]\n",
    "[t]\na.b.c = {}\n",
    "[[test]]\nat = {}",
]


@pytest.mark.parametrize("position", POSITIONS)
@pytest.mark.parametrize(("written", "hint"), ALL)
def test_a_time_that_does_not_exist_is_named_with_what_to_write(position, written, hint):
    text = position.format(written)
    with pytest.raises(InvalidToml) as caught:
        parse_file("x.toml", text.encode())
    found = caught.value.diagnostic
    what = "time" if ":" in written or "T" in written else "date"
    assert found.message == f"there is no such {what} as `{written}`"
    assert (found.code, found.hint) == ("RS001", hint)
    line = text.split("\n")[found.place.line - 1]
    start = found.place.column - 1
    assert line[start : start + found.place.length] == written


@pytest.mark.parametrize("position", POSITIONS)
@pytest.mark.parametrize(
    "written",
    [
        "2026-12-31",
        "2028-02-29",
        "2026-12-31T18:00:00Z",
        "2026-12-31 18:00:00.123+23:59",
        "1.5",
        "'2026-12-31T24:00:00Z'",
        '"""\n24:00:00"""',
    ],
)
def test_what_is_a_value_is_none_of_these(position, written):
    parse_file("x.toml", position.format(written).encode())


@pytest.mark.parametrize(
    "text",
    [
        "a = 2026-12-31T18:00:00Z b = 1",
        "a = 2026-12-31T18:00:00Zulu",
        "[a.2026-12-31T24:00:00Z]",
        "a = 192.168.1.1",
        "a = [1 2]",
        "# 2026-12-31T24:00:00Z\na = ]",
    ],
)
def test_another_fault_beside_a_time_is_told_as_what_it_is(text):
    with pytest.raises(InvalidToml) as caught:
        parse_file("x.toml", text.encode())
    assert "no such" not in caught.value.diagnostic.message


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("2026-12-31T18:00:00Z", "write `2026-12-31T18:00:00Z`, without quotes"),
        ("2026-12-31", "write `2026-12-31`, without quotes"),
        ("soon", "write `2026-12-31`, without quotes"),
        *(pair for pair in ALL if pair[0] != "24:00:00"),
    ],
)
def test_a_time_in_quotes_is_told_with_what_to_write(folder, written, hint):
    text = f'[members]\nowner = [{{ who = "ana@x.org", until = "{written}" }}]\n'
    (error,) = folder.write(declares(text)).errors()
    assert (error.code, error.message) == ("RS114", "`until` must be a date")
    assert error.hint == hint
