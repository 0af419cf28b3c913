from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rbac_sync.views.reports.markdown import FIRST, OTHERS, render_report
from rbac_sync.views.reports.markdown_check import is_own_report
from rbac_sync.views.reports.markdown_rows import RISKS, box, first
from rbac_sync.views.run import Run
from tests.build import plan, state, user, workspace

from ..runs import ADVICE, FAULTY, SOURCES, busy, drifted, judged
from ..scene import week
from .test_markdown import CANARY, NASTY, big, rendered, runs_of

SOUND = render_report(busy("bo"))

HOSTILE = [
    "@acme/admins look at this",
    "<img src=https://evil.example/x>",
    "<details open><summary>x</summary>",
    "<!-- rbac-sync:prod -->",
    "[x](https://evil.example)",
    "https://evil.example",
    "www.evil.example",
    "#12",
    "    indented",
    "> quoted",
    "- www.evil.example: 1",
    "| 🔺 @acme<br>`in a` | `b` |",
    "| 🔺 `a|b`<br>`in a` | `b` |",
    "| 🔺 `a`<img>in `a` | `b` |",
    "> **1 [x](https://evil.example)**",
    "> [!WARNING] @acme/admins",
    "- **RS402 CAPABILITY** `a` @acme",
    "Planned as @acme · plan `a`",
    "at `abcdef0` · [run](https://evil.example)",
    "### rbac-sync on `a` @acme/admins `b`",
    "### rbac-sync on `a",
    "### rbac-sync on ``` @acme/admins``",
    "#### See #12",
    "*Left out, so that this fits into a comment: @acme. The run*",
    "atlantis apply",
    "/approve",
    "```",
    " ```",
    "````",
    "~~~",
    "```html",
    "\x1b[2J",
    "\u202ea",
]


@pytest.mark.parametrize(
    "run",
    [
        busy,
        lambda: busy("bo"),
        lambda: busy(made=(3, 8, 2)),
        lambda: drifted(week()),
        lambda: FAULTY,
        Run,
        lambda: Run((ADVICE,), SOURCES),
        lambda: big(1500),
        lambda: Run(FAULTY.problems * 2000),
    ],
    ids=range(9),
)
def test_what_is_written_is_genuine(run):
    assert is_own_report(render_report(run()))


@settings(max_examples=40)
@given(NASTY)
@example(f"{CANARY}\ud800{CANARY}")
def test_it_is_whatever_it_names(name):
    assert all(is_own_report(render_report(run)) for run, _ in runs_of(name))


def test_a_count_with_everyone_in_it_is_genuine():
    live = [*user("ana", "owner"), *user("bo")]
    before = state(live, workspace("prod"), workspace("dev", default="viewer"))
    after = state(live, workspace("prod", default="viewer"), workspace("dev"))
    text = render_report(judged(plan(before, after)))
    assert "**everyone with gains in the account, in every workspace or for everyone**" in text
    assert "\n#### Risky gains: everyone\n" in text
    assert is_own_report(text)


@pytest.mark.parametrize("words", OTHERS.values())
def test_a_count_of_any_risk_is_genuine(words):
    assert is_own_report(f"{FIRST}\n\n- {words}: 1,200\n")


@pytest.mark.parametrize("words", RISKS.values())
def test_a_box_of_any_risk_is_genuine(words):
    text = box("WARNING", [f"**2 principals {words}**: {first(['a|b', 'c', 'd', 'e'])}"])
    assert is_own_report(f"{FIRST}\n\n{text}\n")


@pytest.mark.parametrize(
    "line",
    [
        "click n0 href 'https://evil.example'",
        '  n0["a"] --> n1',
        '  n0["<b>"]',
        "%%{init: {}}%%",
        "  linkStyle 0 stroke:#000;fill:url(x)",
    ],
)
def test_a_picture_of_somebody_elses_makes_it_another_file(line):
    head = f'{FIRST}\n\n```mermaid\nflowchart LR\n  n0["a"]\n  n1["b"]\n  n0 --> n1\n'
    assert is_own_report(f"{head}```\n")
    assert not is_own_report(f"{head}{line}\n```\n")


@pytest.mark.parametrize("line", HOSTILE)
def test_a_line_of_somebody_elses_makes_it_another_file(line):
    head, _, rest = SOUND.partition("\n\n")
    assert is_own_report(SOUND)
    assert not is_own_report(f"{head}\n\n{line}\n\n{rest}")
    assert not is_own_report(f"{SOUND}\n{line}")


def test_a_block_of_code_that_does_not_end_makes_it_another_file():
    assert not is_own_report(f"{SOUND}\n```text\n")
    assert is_own_report(f"{SOUND}\n```text\n```\n")


LINES = [
    "",
    CANARY,
    f"<b>{CANARY}</b>",
    f"@{CANARY}",
    f"    {CANARY}",
    f"/{CANARY}",
    f"Plan: {CANARY}",
    f"### rbac-sync on `{CANARY}`",
    f"### rbac-sync on ``{CANARY}`",
    f"### rbac-sync on ```{CANARY}``",
    f"### rbac-sync on ``{CANARY}`{CANARY}``",
    "Plan: 1 to add, 0 to change, 0 to destroy.",
    "- team: 1",
    "1 principal gaining, 0 principals losing",
    "everyone gaining, everyone and 2 principals losing",
    "#### Risky gains: everyone and 1,200 principals",
    "> **everyone and 1 principal with risky gains**",
    "<details><summary>1 change</summary>",
    "</details>",
    "```text",
    "````diff",
    "```",
    "````",
    " ```",
    "``` ",
    "`````",
    "``",
    "~~~",
]


@settings(max_examples=300)
@given(st.lists(st.sampled_from(LINES), max_size=12))
@example(["```text", " ```", CANARY, "```"])
@example(["```text", "````", CANARY, "```"])
def test_what_is_genuine_shows_nothing_but_code_beside_our_words(lines):
    text = "\n".join((FIRST, *lines))
    if is_own_report(text):
        assert all(CANARY not in piece for piece in rendered(text))


def test_a_file_without_its_first_line_is_another():
    assert not is_own_report(SOUND.removeprefix(FIRST))
    assert not is_own_report("")
