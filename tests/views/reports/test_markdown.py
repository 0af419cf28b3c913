"""What a pull request shows: risk first, within its bounds, and no name that does anything."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from rbac_sync.errors import ApplyStopped, Diagnostic, Place
from rbac_sync.guard import Finding
from rbac_sync.model import Permission
from rbac_sync.views.plan import headline
from rbac_sync.views.reports.markdown import BYTES_LEFT, FIRST, render_report
from rbac_sync.views.run import Run
from tests.build import bind, plan, role, state, team, user, who, workspace

from ..readers import (
    ATLANTIS,
    ATLANTIS_NONE,
    TFCMT_APPLIED,
    TFCMT_CREATED,
    TFCMT_DELETED,
    TFCMT_DESTROYS,
    TFCMT_FAIL,
    TFCMT_PASS,
    TFCMT_UPDATED,
)
from ..runs import ADVICE, FAULTY, SOURCES, busy, drifted, judged, saved
from ..scene import LIVE, TARGET, week
from ..test_hostile import NAMES, planned_both_ways

OURS = re.compile(r"<!-- rbac-sync -->\n|<details><summary>[\w, ]+</summary>\n|</details>\n?")
CANARY = "zqx"


def big(people):
    """Return the run that gives everybody of *people* a role."""
    few = state(user("ana", "owner"), workspace("prod"))
    names = [f"person-{number:05}" for number in range(people)]
    many = state(
        user("ana", "owner"),
        workspace("prod"),
        *(user(name) for name in names),
        *(bind(name, "prod", "viewer") for name in names),
    )
    return judged(plan(few, many))


def headings(shown):
    return re.findall(r"(?m)^#### (.+)$", shown)


def test_a_busy_week(snapshot):
    assert render_report(busy()) == snapshot


def test_a_busy_week_that_somebody_may_not_apply(snapshot):
    assert render_report(busy("bo")) == snapshot


def test_a_configuration_that_cannot_be_used(snapshot):
    assert render_report(FAULTY) == snapshot


def test_a_drift(snapshot):
    assert render_report(drifted(week())) == snapshot


def test_no_changes_and_a_sound_configuration():
    digest = judged(plan(LIVE, LIVE)).saved.digest[:12]
    planned = f"Planned as `ana@acme.example` · plan `{digest}`\n"
    nothing = "No changes. Your infrastructure matches the configuration."
    assert (
        render_report(judged(plan(LIVE, LIVE)))
        == f"{FIRST}\n\n### rbac-sync on `acme`\n\n{nothing}\n\n{planned}"
    )
    assert (
        render_report(Run())
        == f"{FIRST}\n\n### rbac-sync\n\nSuccess! The configuration is valid.\n"
    )
    assert "#### Advice\n\n```text\nadvice[RS502]" in render_report(Run((ADVICE,), SOURCES))


def test_risk_comes_first_then_people_then_changes_then_the_rest():
    shown = render_report(busy("bo"))
    assert headings(shown) == [
        "Risky gains: everyone and 5 principals",
        "Who else gains and loses",
        "Deletions: 2 things",
        "Paths that change",
    ]
    boxes = ["**Refused by the guard: 26 findings", "**1 new owner**"]
    rest = ["13 changes", "What this leaves alone", "Planned as `bo@acme.example`"]
    parts = ["Plan: 3 to add", *boxes, *headings(shown), *rest]
    assert sorted(parts, key=shown.index) == parts


def test_what_the_guard_found_stands_with_its_line():
    assert ' --> people.toml:3:10\n  |\n3 | admin = ["bo"]\n' in render_report(busy("bo"))


def with_one_more(given):
    """Return the run that adds *given* to what is live."""
    return judged(plan(LIVE, state([*LIVE.resources(), *LIVE.bindings()], given)))


@pytest.mark.parametrize(
    ("given", "who_", "what"),
    [
        (bind("bo", "prod", "owner"), "bo", "workspace prod as owner"),
        (bind("bo", None, "owner"), "bo", "the account as owner"),
        (
            [*role("boss", base="owner"), *bind("bo", "prod", "boss")],
            "bo",
            "workspace prod as boss",
        ),
        (
            bind("team:data", "prod", "owner"),
            "bo",
            "workspace prod through team:data, which holds owner",
        ),
        (
            bind("bo", None, "admin"),
            "bo",
            "every workspace as account admin, who owns every workspace",
        ),
    ],
)
def test_new_owners_are_named_with_the_way_in_which_they_are(given, who_, what):
    line = f"{who_}@acme.example becomes owner of {what}"
    assert line in render_report(with_one_more(given)).partition("new owner")[2]


def test_a_new_owner_is_named_with_the_line_that_makes_one():
    def origin(address):
        return Place("a.toml", {"workspace.prod/access/team:data": 7}.get(str(address), 3))

    given = bind("team:data", "prod", "owner")
    desired = state([*LIVE.resources(), *LIVE.bindings()], given)
    shown = render_report(judged(plan(LIVE, desired, origin=origin)))
    assert "through team:data, which holds owner  (a.toml:7)`" in shown


def test_who_gains_something_else_is_no_new_owner():
    assert "new owner" not in render_report(with_one_more(bind("bo", "prod", "developer")))


def test_what_a_destroyed_workspace_takes_with_it_is_said():
    live = state(user("ana", "owner"), workspace("prod"), team("data"))
    shown = render_report(judged(plan(live, state(user("ana", "owner")))))
    assert "\n- `workspace.prod` with everything in it\n" in shown
    assert "\n- `team.data`\n" in shown


def test_an_apply_says_what_was_made():
    shown = render_report(busy(made=(3, 8, 2)))
    assert "\n\nApply complete! Resources: 3 added, 8 changed, 2 destroyed.\n\n" in shown
    assert TFCMT_APPLIED.search(shown)


def test_a_run_that_stops_half_way_says_so_first():
    stopped = ApplyStopped("applied 1 of 13 changes; `team.data`: gone", hint="plan again")
    shown = render_report(busy(error=stopped))
    assert TFCMT_FAIL.findall(shown)
    assert not TFCMT_PASS.search(shown)
    told = "error[partial-apply]: applied 1 of 13 changes; `team.data`: gone\n  = help: plan again"
    told = f"```text\n{told}\n```"
    assert f"\n\nError: this run did not come to its end.\n\n{told}\n\n> [!WARNING]" in shown


def test_the_tools_that_read_terraform_read_this():
    shown = render_report(busy())
    assert TFCMT_PASS.search(shown)
    assert TFCMT_DESTROYS.search(shown)
    assert not TFCMT_FAIL.search(shown)
    assert ATLANTIS.search(shown).groups() == (None, "3", "8", "2")
    counts = [len(p.findall(shown)) for p in (TFCMT_CREATED, TFCMT_UPDATED, TFCMT_DELETED)]
    assert counts == [3, 8, 2]
    nothing = render_report(judged(plan(LIVE, LIVE)))
    assert TFCMT_PASS.search(nothing)
    assert ATLANTIS_NONE.search(nothing)


def test_a_comment_that_is_too_long_says_less_and_what_that_is():
    shown = render_report(big(1500))
    assert len(shown.encode()) <= BYTES_LEFT
    assert "\nPlan: 3000 to add, 0 to change, 0 to destroy.\n" in shown
    assert "*Left out, so that this fits into a comment: what differs in each change" in shown
    assert "`--report json=FILE` keeps all of it.*" in shown


@pytest.mark.parametrize("people", [100, 300, 1000])
def test_it_is_shortened_from_the_end(people):
    shown = render_report(big(people))
    assert len(shown.encode()) <= BYTES_LEFT
    assert "person-00000@acme.example" in shown


def test_a_comment_that_has_no_room_for_every_name_still_has_each_risky_gain():
    names = [f"person-{number:05}" for number in range(4000)]
    helper = role("helper", "manage_access")
    before = (user("ana", "owner"), user("theo"), helper, workspace("prod"), workspace("test"))
    gone = (user(f"old{number:05}") for number in range(2000))
    given = (found for name in names for found in (user(name), bind(name, "test", "developer")))
    after = (*before, bind("theo", "prod", "helper"), *given)
    shown = render_report(judged(plan(state(*before, *gone), state(*after))))
    assert len(shown.encode()) <= BYTES_LEFT
    section = shown.partition("#### Risky gains: 4,001 principals\n\n")[2]
    assert section.split("\n")[2:5] == [
        "| 🔺 `theo@acme.example`<br>`in prod` | `helper`<br>`+manage_access` |",
        "| 🔺 `4,000 people`<br>`in test` | `developer`<br>`+see_secret_blocks +5 more` |",
        "| 🔺 `4,000 people`<br>`in account` | `member` |",
    ]
    assert "**1 principal may now manage access**: `theo@acme.example in prod`" in shown
    assert "the longest lists of who gains what is risky" in shown


def test_everybody_behind_a_number_is_named_below_the_table():
    names = [f"person-{number:05}" for number in range(6)]
    more = (found for name in names for found in (user(name), bind(name, "prod", "developer")))
    live = state(user("ana", "owner"), workspace("prod"))
    shown = render_report(judged(plan(live, state([*live.resources(), *live.bindings()], *more))))
    everybody = ", ".join(f"{name}@acme.example" for name in names)
    assert "🔺 `6 people`<br>`in prod`" in shown
    assert f"- `6 people in prod`: `{everybody}`" in shown


def test_the_lines_of_a_comment_wrap():
    """A phone shows no scroll bar where the only blocks of code are folded or a picture."""
    shown = re.sub(r"(?s)<details>.*?</details>|```mermaid.*?```", "", render_report(busy("bo")))
    assert "```" not in shown


@pytest.mark.parametrize(
    "name", ["`" * 70_000, "a" * 70_000, "\u202e" * 20_000, "\U0001f600" * 20_000]
)
def test_one_name_that_fills_a_comment_is_left_out(name):
    account = state(user("ana", "owner"), team(name), team(f"{name}b"))
    for found in (plan(account, LIVE), plan(LIVE, account), plan(account, LIVE, manage={})):
        run = judged(found)
        findings = [Finding("BOT", who(f"sa:{name}"), name, name, None, (), Place(name, 1))]
        both = Run((), {}, found, saved(found), run.context, findings)
        faulty = Run((Diagnostic("RS201", name, Place(name)),))
        failed = replace(run, error=ApplyStopped(name, hint=name))
        for each in (run, both, drifted(found), faulty, failed):
            shown = render_report(each)
            assert len(shown.encode()) <= BYTES_LEFT
            assert name not in shown


def rendered(shown):
    """Yield every piece of *shown* that is not code, as a forge would make it of Markdown."""
    commonmark = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    for token in commonmark.parse(shown):
        assert token.type != "code_block", token
        if token.type == "html_block":
            assert all(OURS.fullmatch(f"{line}\n") for line in token.content.splitlines()), token
        if token.type == "fence":
            assert token.info in ("diff", "text", "mermaid")
        for child in token.children or ():
            assert child.type in (
                "text",
                "softbreak",
                "code_inline",
                "strong_open",
                "strong_close",
                "em_open",
                "em_close",
                "html_inline",
            ), child
            assert child.type != "html_inline" or child.content == "<br>"
            if child.type != "code_inline":
                yield child.content


def nothing_works_in(shown, headlines):
    """Check that of *shown* only what is ours is anything but code."""
    assert all(CANARY not in piece and "@" not in piece for piece in rendered(shown))
    assert [line for line in shown.split("\n") if TFCMT_PASS.match(line)] == headlines
    assert not re.search(r"(?m)^[/@]", shown)
    assert all(line.isprintable() for line in shown.split("\n"))


MARKS = [
    "@acme/admins",
    "#12",
    "GH-1",
    "acme/access#1",
    "!7",
    "&lt;",
    "<b>",
    "<img src=x>",
    "-->",
    "</details>",
    "<!--",
    "`",
    "```",
    "~~~",
    "**",
    "_",
    "\\",
    "[x](https://evil.example)",
    "![x](https://evil.example/y)",
    "https://evil.example",
    "www.evil.example",
    "mallory@evil.example",
    ":smile:",
    "$x$",
    "    ",
    "# ",
    "- ",
    "> ",
    "1. ",
    "{{",
    "/approve",
    "/close",
    "atlantis apply",
    "Plan: 0 to add, 0 to change, 0 to destroy.",
    "No changes.",
    "Error: ",
    "0123456789abcdef0123456789abcdef01234567",
    "|",
    "\n",
    "\r",
    "\t",
    "\x00",
    "\x1b[31m",
    "\u202e",
    "\u200b",
    "\u2028",
    "\n\n",
]
NASTY = st.lists(st.one_of(st.sampled_from(MARKS), st.characters()), max_size=6).map(
    lambda parts: CANARY + "".join(parts) + CANARY
)


def runs_of(name):
    """Yield runs in which everything that can be named is named *name*, with their headlines."""
    place = Place(name, 2, 3, 4)
    finding = Finding("ESCALATION", who(name), name, name, None, (Permission(name),), place)
    problem = Diagnostic("RS201", name, place, name, Place(name, 1), name, name)
    sources = {name: f"{name}\n{name}", f"{name}.toml": name}
    for found in planned_both_ways(name):
        plan_file = replace(saved(found), target=replace(TARGET, account=name))
        refused = Run((), sources, found, plan_file, judged(found).context, [finding])
        yield refused, [headline(found)]
        yield Run((), sources, found, plan_file), []
    yield Run((problem,), sources), []
    yield Run(error=ApplyStopped(name, hint=name)), []


@settings(max_examples=25)
@given(NASTY)
@example(f"{CANARY}\ud800{CANARY}")
def test_no_name_is_anything_but_code(name):
    for run, headlines in runs_of(name):
        shown = render_report(run)
        assert CANARY in shown
        nothing_works_in(shown, headlines)
        assert bool(TFCMT_FAIL.search(shown)) is bool(run.error)


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_what_cannot_be_seen_is_written_out(name):
    for run, _ in runs_of(name):
        assert all(line.isprintable() for line in render_report(run).split("\n"))


@pytest.mark.parametrize("people", [1, 300, 900])
@pytest.mark.parametrize("name", ["p", "p" * 60, "\u202e" * 9], ids=["short", "long", "unseen"])
def test_a_form_is_shown_whole_or_not_at_all(people, name):
    few = state(user("ana", "owner"))
    many = state(user("ana", "owner"), *(team(f"{name}{number}") for number in range(people)))
    for run in (judged(plan(few, many)), drifted(plan(few, many)), judged(plan(many, few))):
        shown = render_report(run)
        lines = [line for line in shown.split("\n") if line.startswith(("# team.", "- team."))]
        assert len(lines) % people == 0
        assert len(shown.encode()) <= BYTES_LEFT
        assert lines or "one by one" in shown
