"""The page as text: nothing in it is markup but its own, and nothing in it asks for anything."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from base64 import b64encode
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from rbac_sync.guard import Finding
from rbac_sync.model import Permission
from rbac_sync.views.reports.html import render_report
from rbac_sync.views.run import Run
from tests.browser.accounts import hostile, page, small
from tests.build import bind, context, plan, state, user, who, workspace

from ..runs import judged
from ..scene import saved, week
from ..test_hostile import NAMES, place, planned_both_ways

ROOT = Path(__file__).parents[2]
ASKING = {"src", "srcset", "action", "formaction", "data", "poster", "style", "background"}
LISTED = ("html", "head", "meta", "style", "body", "header", "main", "aside", "script")


class Page(HTMLParser):
    """What a browser makes of a page: its elements, and the text of each sort of them."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.texts, self._open = [], {}, []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self._open.append(tag)
        self.texts.setdefault(tag, []).append("")

    def handle_endtag(self, tag):
        if tag in self._open:
            del self._open[len(self._open) - 1 - self._open[::-1].index(tag) :]

    def handle_data(self, data):
        for tag in self._open[-1:]:
            self.texts[tag][-1] += data

    def content(self):
        return json.loads(self.texts["script"][0])

    def policy(self):
        (found,) = (a["content"] for t, a in self.elements if t == "meta" and "http-equiv" in a)
        return dict(part.strip().split(" ", 1) for part in found.split(";"))


def digest(text):
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_the_policy_names_what_is_in_the_page_and_forbids_all_else():
    found = Page(small())
    (style,), (_, script) = found.texts["style"], found.texts["script"]
    assert found.policy() == {
        "default-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "style-src": digest(style),
        "script-src": digest(script),
    }


@pytest.mark.parametrize("made", [small, hostile])
def test_no_element_asks_for_anything_or_runs_anything(made):
    found = Page(made())
    names = {name for _, attributes in found.elements for name in attributes}
    assert not names & ASKING
    assert not [name for name in names if name.startswith("on")]
    links = [attributes["href"] for _, attributes in found.elements if "href" in attributes]
    assert links
    assert all(link.startswith("#who=") for link in links)
    assert "url(" not in found.texts["style"][0]
    assert "@import" not in found.texts["style"][0]


def test_hostile_names_add_no_element():
    def kinds(text):
        return [tag for tag, _ in Page(text).elements if tag in LISTED]

    assert kinds(hostile()) == kinds(small())
    assert "img" not in {tag for tag, _ in Page(hostile()).elements}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_what_cannot_be_seen_is_written_out(name):
    finding = Finding("ESCALATION", who(name), name, name, None, (Permission(name),), place(name))
    unseen = {c for c in name if not c.isprintable()} - {"\n"}
    for found in planned_both_ways(name):
        run = Run((), {}, found, saved(found), context(found), [finding], objection=name)
        shown = render_report(run)
        assert not unseen & set(shown)
        decoded = json.dumps(Page(shown).content(), ensure_ascii=False)
        assert not unseen & set(decoded)


def test_the_content_can_be_read_back_whole():
    content = Page(hostile()).content()
    principals = [row["name"] for row in content["principals"]]
    assert [name for name in principals if "onerror=alert(1)>\\u202e\"'&{{ 7*7 }}" in name]


def test_the_page_is_the_same_every_time():
    code = "from tests.browser.accounts import small, hostile; print(small() + hostile())"
    printed = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(printed) == 1


def test_the_header_says_what_the_plan_is_for_and_what_it_does():
    found = Page(small())
    assert found.texts["title"][0] == "Access in acme"
    assert found.texts["strong"][:3] == [
        "Plan: 3 to add, 8 to change, 2 to destroy.",
        "The guard refuses nothing.",
        "Everyone and 5 principals with gains, 2 with losses.",
    ]
    assert found.texts["dt"] == ["System", "World", "Planned as", "Planned", "Plan"]
    digest = saved(week()).digest[:12]
    facts = ["store, sqlite:///rbac.db", "small", "ana@acme.example", digest]
    assert found.texts["bdi"][1:5] == facts
    assert found.texts["time"] == ["2026-11-21T12:00:00Z"]


def test_only_a_page_of_an_apply_says_who_applied():
    assert "Applied by" in Page(page(week(), made=(3, 8, 2))).texts["dt"]


def test_a_plan_without_changes_says_so():
    same = state(user("ana", "owner"))
    found = Page(page(plan(same, same)))
    assert found.texts["strong"] == [
        "No changes. Your infrastructure matches the configuration.",
        "The guard refuses nothing.",
    ]


def test_what_changes_stands_before_the_matrix_the_riskiest_first():
    text = small()
    order = ["What changes", "create_workspaces", "sa:ci", "Paths that change", "Who may do what"]
    assert sorted(order, key=text.index) == order
    row = text[text.index("#who=dan%40acme.example&amp;in=prod") :].partition("</tr>")[0]
    for words in (
        "viewer → developer (until 2026-12-01)",
        "via team:data",
        "workspaces/prod.toml:2",
    ):
        assert words in row


def test_who_holds_something_for_longer_counts_among_those_with_gains():
    people = (user("ana", "owner"), user("bo"), workspace("prod"))
    ends = [bind("bo", "prod", f"viewer until 2027-0{month}-01T00:00:00Z") for month in (2, 3)]
    found = Page(page(plan(*(state(*people, end) for end in ends))))
    assert found.texts["strong"][2] == "1 principal with gains, 0 with losses."


def test_everyone_is_named_and_not_counted_as_one():
    people = (user("ana", "owner"), user("bo"))
    live = state(*people, workspace("prod"), workspace("dev", default="viewer"))
    given = (workspace("prod", default="viewer"), workspace("dev"), bind("bo", "dev", "runner"))
    found = Page(page(plan(live, state(*people, *given))))
    expected = "Everyone and 1 principal with gains, everyone with losses."
    assert found.texts["strong"][2] == expected


@pytest.mark.parametrize(("rows", "is_cut"), [(12, False), (13, True)])
def test_a_picture_with_all_changes_does_not_say_that_it_has_the_riskiest_alone(rows, is_cut):
    names = [f"p{n}" for n in range(rows)]
    people = (user("ana", "owner"), *map(user, names), *map(workspace, names))
    found = page(plan(state(*people), state(*people, *(bind(n, n, "viewer") for n in names))))
    assert ("Only the riskiest changes are shown." in found) is is_cut


def test_the_reason_of_a_gain_stands_beside_it():
    live = state(user("ana", "owner"), user("bo"), workspace("prod"))
    (given,) = bind("bo", "prod", "runner")
    (holding,) = given.roles
    given = replace(given, roles=frozenset({replace(holding, reason="INC-7")}))
    more = state([*live.resources(), *live.bindings()], [given])
    assert "&#34;INC-7&#34;" in page(plan(live, more))


def test_of_very_many_changes_the_risky_ones_are_all_there():
    people = [f"p{number:03}" for number in range(100)]
    live = state(user("ana", "owner"), *map(user, people), *map(workspace, people))
    risky = [bind(name, name, "developer") for name in people[:60]]
    plain = [bind(name, name, "viewer") for name in people[60:] + people[:20]]
    more = state([*live.resources(), *live.bindings()], *risky[20:], *plain)
    text = page(plan(live, more))
    assert text.count('class="gains risky"') == 40
    assert text.count('class="gains"') == 40
    assert "20 more without a risk" in text


def test_what_the_guard_refuses_is_said_with_its_line_and_what_to_do():
    live = state(user("ana", "owner"), user("bo"), workspace("prod"))
    more = state(user("ana", "owner"), user("bo"), workspace("prod"), bind("bo", "prod", "owner"))
    found = Page(render_report(judged(plan(live, more, origin=lambda _: place("p")), "bo")))
    assert "Refused by the guard" in found.texts["h2"]
    assert {"CAPABILITY", "ESCALATION", "p.toml:1"} <= {*found.texts["code"], *found.texts["bdi"]}
    assert "manage_access" in found.texts["bdi"]
    assert not [words for words in found.texts["bdi"] if "`" in words]


def test_of_many_findings_the_first_are_shown_and_the_rest_is_counted():
    findings = [Finding("ESCALATION", who("bo"), f"finding {n}", "hint") for n in range(60)]
    found = Page(page(week(), *findings, *findings))
    shown = [words for words in found.texts["bdi"] if words.startswith("finding ")]
    assert shown == [f"finding {n}" for n in range(50)]
    assert "and 10 more findings" in found.texts["p"]


def test_what_nobody_objects_to_is_not_called_refused():
    assert not {"Refused by the guard", "This plan would not be applied"} & {
        *Page(small()).texts["h2"]
    }


def test_why_a_plan_would_not_be_applied_is_said():
    found = Page(page(week(), objection="the plan is older than a day"))
    assert "This plan would not be applied" in found.texts["h2"]
    assert "the plan is older than a day" in found.texts["bdi"]


def test_the_plan_can_be_read_without_the_script():
    assert "# workspace.prod/access/team:data will be updated in-place" in small()
