"""``[[ignore]]``: live things that no plan touches."""

from __future__ import annotations

import pytest

from .folder import BACKEND, OWNER

BREAK_GLASS = '[[ignore]]\naddress = "member.break-*"\nwhy = "kept in the safe"\n'


def test_a_rule_is_a_pattern_with_its_reason_and_place(folder):
    declared = folder.write(BACKEND + BREAK_GLASS + OWNER).declare()
    (rule,) = declared.ignored
    assert (rule.pattern, rule.why, rule.place.line) == (
        "member.break-*",
        "kept in the safe",
        4,
    )


@pytest.mark.parametrize(
    ("text", "code", "message", "hint"),
    [
        (
            '[[ignore]]\naddress = "member.an*"\nwhy = "x"\n',
            "RS325",
            "`member.an*` is ignored, and `member.ana@x.org` is declared",
            "take it out of the configuration, or write a pattern that leaves it out",
        ),
        (
            (
                '[[ignore]]\naddress = "member.bo@x.org"\nwhy = "x"\n'
                '[teams.t]\nmembers = ["bo@x.org"]\n'
            ),
            "RS325",
            "`member.bo@x.org` is ignored, and `member.bo@x.org` is declared",
            "take it out of the configuration, or write a pattern that leaves it out",
        ),
        (
            (
                '[[ignore]]\naddress = "member.bo@x.org"\nwhy = "x"\n'
                '[workspaces.w.objects."work_pool:main"]\nrun = ["bo@x.org", "*"]\n'
            ),
            "RS325",
            "`member.bo@x.org` is ignored, and `member.bo@x.org` is declared",
            "take it out of the configuration, or write a pattern that leaves it out",
        ),
        (
            '[[ignore]]\naddress = "team.old"\nwhy = "x"\n[teams.t]\nrenamed_from = "old"\n',
            "RS325",
            "`team.old` is ignored, and `team.old` is declared",
            "take it out of the configuration, or write a pattern that leaves it out",
        ),
        (
            '[[ignore]]\naddress = "member.ANA@x.org"\nwhy = "x"\n',
            "RS325",
            "`member.ANA@x.org` is ignored, and `member.ana@x.org` is declared",
            "take it out of the configuration, or write a pattern that leaves it out",
        ),
        (
            '[[ignore]]\naddress = "team.Data E*"\nwhy = "x"\n[teams."Data Eng"]\n',
            "RS325",
            "`team.Data E*` is ignored, and `team.Data%20Eng` is declared",
            "take it out of the configuration, or write a pattern that leaves it out",
        ),
        (
            '[[ignore]]\naddress = "members.bo*"\nwhy = "x"\n',
            "RS115",
            "`members.bo*` is no address",
            "write `member.EMAIL`, `team.NAME`, `role.NAME` or `workspace.HANDLE`",
        ),
        (
            '[[ignore]]\naddress = "bo@x.org"\nwhy = "x"\n',
            "RS115",
            "`bo@x.org` is no address",
            "write `member.EMAIL`, `team.NAME`, `role.NAME` or `workspace.HANDLE`",
        ),
        (
            '[[ignore]]\naddress = "team.old"\nwhy = ""\n',
            "RS115",
            "`why` is empty",
            "write why no plan touches it",
        ),
        (
            '[[ignore]]\naddress = "team.old"\n',
            "RS113",
            "`why` is missing in `ignore`",
            "add `why`",
        ),
    ],
)
def test_a_rule_is_refused(folder, text, code, message, hint):
    (error,) = folder.write(BACKEND + text + OWNER).errors()
    assert (error.code, error.message, error.hint) == (code, message, hint)


def test_other_files_may_not_ignore(folder):
    root = BACKEND + OWNER + '[files]\n"more.toml" = ["teams"]\n[teams.t]\n'
    (error,) = folder.write(root, more=BREAK_GLASS).errors()
    assert (error.code, error.message) == ("RS111", "`[ignore]` belongs in `rbac.toml`")


def test_whoever_is_listed_with_an_end_that_has_passed_cannot_be_ignored(folder):
    text = '[[ignore]]\naddress = "member.bo@x.org"\nwhy = "x"\n[workspaces.w.access]\n'
    ended = 'viewer = [{ who = "bo@x.org", until = 2026-01-01 }]\n'
    (error,) = folder.write(BACKEND + text + ended + OWNER).errors()
    assert error.code == "RS325"
