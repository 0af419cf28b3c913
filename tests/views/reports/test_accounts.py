"""Reports of several accounts are one, and say of each what became of it."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from xml.etree.ElementTree import fromstring

import pytest

from rbac_sync.errors import BackendError
from rbac_sync.views.reports.accounts import STATES, gravest, outcome
from rbac_sync.views.reports.markdown import BYTES_LEFT
from rbac_sync.views.reports.markdown_check import is_own_report
from rbac_sync.views.reports.registry import KINDS, AccountResult, render_together
from rbac_sync.views.run import Run
from tests.build import plan, state, user, workspace

from ..runs import ADVICE, FAULTY, PROBLEMS, SOURCES, judged

UNREACHABLE = BackendError("cannot reach `api.example`", hint="look at the network")

LIVE = state(user("ana", "owner"))
SMALL = judged(plan(LIVE, state(user("ana", "owner"), workspace("prod"))))


def result(name, run, code, wave=1):
    return AccountResult(name, wave, replace(run, account=name) if run else None, code)


@pytest.fixture
def results():
    return [
        result("dev", SMALL, 0),
        result("stage", Run(error=UNREACHABLE), 1),
        result("prod", None, None, wave=2),
    ]


@pytest.mark.parametrize("kind", ["md", "tfplan", "github", "codequality"])
def test_each_kind_of_report(kind, results, snapshot):
    assert render_together(kind, results) == snapshot


@pytest.mark.parametrize("kind", [name for name, kind in KINDS.items() if kind.together])
def test_each_kind_names_the_account_that_failed(kind, results):
    text = render_together(kind, results)
    assert "cannot reach `api.example`" in text or '"errored": true' in text


def test_a_report_of_several_accounts_can_be_shown(results):
    assert is_own_report(render_together("md", results))


@pytest.mark.parametrize("name", ["`", "a|b", "<b>", "\x1b[2K", "]: x", "#"])
def test_no_error_ends_the_list_of_accounts(name):
    text = render_together("md", [result("dev", Run(error=BackendError(f"no `{name}`")), 1)])
    assert is_own_report(text)


def test_drift_and_problems_have_their_own_headlines():
    assert outcome(result("dev", SMALL, 0)) == "ok: Plan: 1 to add, 0 to change, 0 to destroy."
    assert outcome(result("dev", Run([ADVICE], SOURCES), 0)) == "ok"
    assert outcome(result("dev", FAULTY, 1)) == "error"
    assert outcome(result("dev", None, None)) == "not begun"
    assert outcome(result("dev", Run(error=UNREACHABLE), 1)) == "error: cannot reach `api.example`"


def test_the_gravest_code_counts():
    codes = [0, 2, 5, 4, 7, 1, 3, 6, 129, 130, 143]
    assert list(STATES) == [None, *codes]
    for lighter, graver in pairwise(codes):
        both = [result("a", None, lighter), result("b", None, graver), result("c", None, None)]
        assert gravest(both) == gravest(reversed(both)) == graver
    assert gravest([result("a", None, None)]) == 0


def test_a_problem_of_two_accounts_is_one_annotation():
    both = [result(name, FAULTY, 1) for name in ("dev", "prod")]
    assert len(render_together("github", both).splitlines()) == len(PROBLEMS)
    assert len(json.loads(render_together("codequality", both))) == len(PROBLEMS)
    assert len(json.loads(render_together("sarif", both))["runs"]) == 2
    assert [suite.get("name") for suite in fromstring(render_together("junit", both))] == [
        "dev.configuration",
        "prod.configuration",
    ]


def test_so_many_accounts_that_a_comment_cannot_hold_them_are_all_in_its_list():
    many = [result(f"account-{n}", SMALL, 0) for n in range(400)]
    text = render_together("md", many)
    assert is_own_report(text)
    assert len(text.encode()) <= BYTES_LEFT
    assert text.count("- `account-") == 400
    assert "Left out, so that this fits into a comment: the reports of single accounts." in text
