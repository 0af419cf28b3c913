from __future__ import annotations

from dataclasses import replace

from rbac_sync.errors import Diagnostic, NoAnswer, Place
from rbac_sync.guard import CODES, RULES, Finding
from rbac_sync.views.reports.issue import issues
from rbac_sync.views.run import Run
from tests.build import who

from ..runs import FAULTY, busy

FINDING = Finding("ESCALATION", who("bo"), "too much", "less", place=Place("a.toml", 3))


def test_a_fingerprint_stays_when_lines_are_moved():
    moved = replace(FINDING, place=Place("a.toml", 30))
    (one,), (other,) = (issues(Run(findings=[found])) for found in (FINDING, moved))
    assert one.fingerprint == other.fingerprint


def test_another_file_message_or_thing_is_another_fingerprint():
    problem = Diagnostic("RS201", "x", Place("a.toml", 3))
    runs = [
        Run((problem,)),
        Run((replace(problem, message="y"),)),
        Run((replace(problem, place=Place("b.toml", 3)),)),
        Run((replace(problem, code="RS202"),)),
        Run(findings=[FINDING]),
        Run(findings=[replace(FINDING, address=who("cy"))]),
        Run(findings=[replace(FINDING, rule="DOMINANCE")]),
    ]
    assert len({issue.fingerprint for run in runs for issue in issues(run)}) == len(runs)


def test_no_two_issues_share_a_fingerprint():
    twice = [FINDING, replace(FINDING, place=Place("b.toml", 4)), FINDING]
    found = issues(Run(findings=twice))
    assert len({issue.fingerprint for issue in found}) == len(found) == 2
    assert len({issue.fingerprint for issue in issues(busy("bo"))}) == len(issues(busy("bo")))


def test_advice_is_told_from_what_must_be_mended():
    assert [issue.is_advice for issue in issues(FAULTY)] == [False, False, True]


def test_every_issue_says_what_its_code_means():
    findings = [replace(FINDING, rule=rule) for rule in RULES]
    lost = NoAnswer("x", hint="y")
    found = {
        issue.code: issue.meaning
        for issue in issues(replace(FAULTY, findings=findings, error=lost))
    }
    assert all(found.values())
    assert found[CODES["ESCALATION"]].startswith("You cannot grant")
    assert found["RS101"].startswith("There is no `rbac.toml`")
    assert found["no-answer"].startswith("A request was sent and its response was lost")


def test_everything_in_an_issue_is_escaped():
    name = "a\x1b\u202e\nb"
    found = Finding("BOT", who(name), name, name)
    (issue,) = issues(Run(findings=[found]))
    assert all(text.isprintable() for text in (issue.message, issue.hint, issue.about))
