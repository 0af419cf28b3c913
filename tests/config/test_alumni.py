"""``[alumni]``: people on record who hold nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from rbac_sync.model.address import user

from .folder import BACKEND, OWNER

ALUMNI = """
[people]
cy = "cy@x.org"

[alumni]
"Bo@x.org" = { left = 2026-05-01, by = "ana@x.org", reason = "another company", note = "a\\nb" }
cy = {}
"""


def test_who_has_left_is_on_record_and_named_for_removal(folder):
    declared = folder.write(BACKEND + OWNER + ALUMNI).declare()

    bo = declared.alumni[user("bo@x.org")]
    assert (bo.left, bo.by) == (datetime(2026, 5, 1, tzinfo=UTC), "ana@x.org")
    assert (bo.reason, bo.note) == ("another company", "a\nb")
    assert declared.alumni.keys() == declared.ended == {user("bo@x.org"), user("cy@x.org")}
    assert declared.desired.get(user("bo@x.org")) is None
    assert declared.origin(user("bo@x.org")).line == 11
    assert declared.advice == ()


def test_a_record_changes_nothing_about_a_configuration_but_whom_it_names(folder):
    table = '[alumni]\n"bo@x.org" = {{ {} }}\n'
    nothing, named, dated = (
        folder.write(BACKEND + OWNER + text).declare()
        for text in ("", table.format(""), table.format("left = 2026-05-01"))
    )
    assert nothing.desired == named.desired == dated.desired
    assert (nothing.ended, named.ended) == (frozenset(), dated.ended)


def test_a_test_may_ask_about_somebody_who_has_left(folder):
    text = '[[test]]\nname = "gone"\nwho = "cy"\nonly = []\n'
    (test,) = folder.write(BACKEND + OWNER + ALUMNI + text).declare().expectations
    assert test.who == user("cy@x.org")


LEFT = '[alumni]\n"bo@x.org" = {}\n'
HAS_LEFT = "`bo@x.org` has left, as `[alumni]` says, and holds nothing"
BACK = "take the name out here, or out of `[alumni]` if the person is back"


@pytest.mark.parametrize(
    ("text", "place", "message", "hint"),
    [
        (LEFT + '[teams.data]\nmembers = ["bo@x.org"]\n', "RS350 9:12", HAS_LEFT, BACK),
        (LEFT + '[groups.g]\nmembers = ["bo@x.org"]\n', "RS350 9:12", HAS_LEFT, BACK),
        (
            LEFT + '[workspaces.w.access]\nviewer = ["bo@x.org"]\n',
            "RS350 9:11",
            HAS_LEFT,
            BACK,
        ),
        (
            '[alumni]\n"ana@x.org" = {}\n',
            "RS350 5:10",
            "`ana@x.org` has left, as `[alumni]` says, and holds nothing",
            BACK,
        ),
        (
            LEFT + '[guard]\nprotect = ["member.bo@x.org"]\n',
            "RS350 9:12",
            HAS_LEFT,
            BACK,
        ),
        (
            LEFT + '[people]\nbo = "bo@x.org"\n[teams.data]\nmembers = ["bo"]\n',
            "RS350 11:12",
            "`bo` has left, as `[alumni]` says, and holds nothing",
            BACK,
        ),
        (
            LEFT + '"BO@x.org" = {}\n',
            "RS303 8:1",
            "`BO@x.org` is listed twice",
            "keep one of them",
        ),
        (
            '[alumni]\n"bo@x.org" = { left = 2026-07-01 }\n',
            "RS351 7:23",
            "`bo@x.org` is in `[alumni]` and leaves only at 2026-07-01T00:00:00Z",
            "until then, write the day as `until` where the person holds something",
        ),
        (
            "[alumni]\nbo = {}\n",
            "RS201 7:1",
            "unknown short name `bo`",
            "add it to `[people]`, or write an e-mail address",
        ),
        (
            '[alumni]\n"bo @x.org" = {}\n',
            "RS118 7:1",
            "`bo @x.org` contains ` ` at position 3",
            "write it as in `ana@acme.example`",
        ),
        (
            '[alumni]\n"bo@x.org" = { until = 2026-05-01 }\n',
            "RS112 7:16",
            "unknown key `until` in `bo@x.org`",
            "the keys here are `left`, `by`, `reason`, `note`",
        ),
        (
            '[[ignore]]\naddress = "member.*@x.org"\nwhy = "theirs"\n' + LEFT,
            "RS325 7:11",
            "`member.*@x.org` is ignored, and `member.ana@x.org` is declared",
            "take it out of the configuration, or write a pattern that leaves it out",
        ),
        (
            LEFT + "[people]\ncy = { email = 'cy@x.org', renamed_from = 'bo@x.org' }\n",
            "RS314 9:43",
            "`bo@x.org` is declared itself",
            "take `renamed_from` out, or what has the old name",
        ),
    ],
)
def test_who_has_left_stands_nowhere_else(folder, text, place, message, hint):
    error = folder.write(BACKEND + OWNER + text).errors()[0]
    assert f"{error.code} {error.place.line}:{error.place.column}" == place
    assert (error.message, error.hint) == (message, hint)


def test_a_record_of_people_who_are_not_managed_is_advised_on(folder):
    manage = '[manage]\nmembers = "none"\n'
    advice = folder.write(BACKEND + manage + LEFT + "[teams.data]\n").declare().advice
    assert [(a.code, a.message) for a in advice] == [
        ("RS503", "`alumni.bo@x.org` is declared, but `members` are not managed")
    ]
