from __future__ import annotations

from dataclasses import replace

from click import unstyle

from rbac_sync.errors import Place
from rbac_sync.guard import Finding, examine
from rbac_sync.model import ACCOUNT
from rbac_sync.model import address as named
from rbac_sync.views.findings import by_cause, render_findings
from rbac_sync.views.terminal import Layout
from tests.build import context, who
from tests.views.scene import SOURCES, week


def finding(rule="ESCALATION", message="`bo` would hold too much", place=None):
    return Finding(rule, None, message, "ask somebody else", place=place)


def test_nothing_found_is_nothing_said():
    assert render_findings([], SOURCES) == ""


SHOWN = """\
error[ESCALATION]: `bo` would hold too much
 --> people.toml:3:10
  |
3 | admin = ["bo"]
  |          ^^^^
  = help: ask somebody else

1 error

Refused by the guard: ESCALATION. Nothing was changed."""


def test_a_finding_shows_the_declared_thing_with_a_caret_under_it():
    assert render_findings([finding(place=Place("people.toml", 3, 10, 4))], SOURCES) == SHOWN


def test_a_finding_without_a_place_has_no_excerpt():
    assert render_findings([finding()], SOURCES).splitlines()[:3] == [
        "error[ESCALATION]: `bo` would hold too much",
        "  = help: ask somebody else",
        "",
    ]


def test_the_rules_are_named_once_each_in_the_order_of_the_findings():
    found = [finding("LAST_OWNER", "one"), finding(), finding("LAST_OWNER", "two")]
    assert render_findings(found, {}).splitlines()[-1] == (
        "Refused by the guard: LAST_OWNER, ESCALATION. Nothing was changed."
    )


def test_what_two_steps_of_a_change_have_in_common_is_said_once():
    assert render_findings([finding(), finding()], {}).count("error[") == 1


def test_a_thing_is_not_said_to_be_the_same_of_itself():
    here = replace(lack("a", 1, "update:team"), message="too much")
    there = replace(here, place=Place("people.toml", 3))
    assert "the same of" not in render_findings([here, there], {})
    other = replace(here, address=named.team("b"), place=Place("teams.toml", 2))
    shown = render_findings([here, there, other], {})
    assert "the same of `team.b` in the account (teams.toml:2)\n" in shown


def test_of_many_findings_the_rest_is_counted():
    shown = render_findings([finding(message=str(i)) for i in range(60)], {})
    assert shown.count("error[") == 50
    assert "and 10 more findings (see --json)" in shown.splitlines()


def test_colour_adds_nothing_but_colour():
    found = examine(context(week(), "bo"))
    for width in (None, 60):
        shown = render_findings(found, SOURCES, layout=Layout(colour=True, width=width))
        assert unstyle(shown) == render_findings(found, SOURCES, layout=Layout(width=width))


def test_on_a_terminal_a_long_message_and_hint_are_wrapped_between_words():
    found = [replace(finding(message="one two three " * 10), hint="five six seven " * 10)]
    shown = render_findings(found, SOURCES, layout=Layout(width=60))
    assert all(len(line) <= 60 for line in shown.splitlines())
    assert shown.split() == render_findings(found, SOURCES).split()


def test_findings_of_one_rule_with_one_remedy_are_of_one_cause():
    one, other, again = (
        Finding(rule, who("bo"), message, hint)
        for rule, message, hint in (
            ("CAPABILITY", "a", "ask"),
            ("CAPABILITY", "b", "leave it"),
            ("CAPABILITY", "c", "ask"),
        )
    )
    assert by_cause([one, other, again, one]) == [[one, again], [other]]


def lack(address, line, *permissions, rule="CAPABILITY"):
    return Finding(
        rule,
        named.team(address),
        f"`max` may not update `team.{address}`",
        "the change needs `update:team` in the account",
        ACCOUNT,
        permissions,
        Place("teams.toml", line),
    )


def test_what_lacks_the_same_permissions_is_one_finding_with_its_places():
    found = [lack(name, line, "update:team") for line, name in enumerate("abc", 1)]
    shown = render_findings(found, {})
    assert shown.count("error[") == 1
    assert "`max` may not update `team.a`" in shown
    assert (
        "= help: the change needs `update:team` in the account; the same of"
        " `team.b` in the account (teams.toml:2) and `team.c` in the account (teams.toml:3)"
    ) in shown


def failed(person, *permissions, test="finance"):
    message = f"test `{test}` fails: `{person}@x.org` could `see_flows` in workspace prod"
    line = Place("tests.toml", 3)
    scope = named.workspace("prod")
    return Finding("TEST", who(f"{person}@x.org"), message, "change it", scope, permissions, line)


def test_a_test_that_fails_for_many_is_one_finding_that_names_them():
    for permissions in (("see_flows",), ()):
        found = [failed(person, *permissions) for person in ("ana", "bo", "cy")]
        shown = render_findings([*found, failed("ana", *permissions, test="audit")], {})
        assert shown.count("error[") == 2
        assert (
            "= help: change it; the same of `bo@x.org` in workspace prod and"
            " `cy@x.org` in workspace prod\n"
        ) in shown


def test_other_lacks_other_rules_and_findings_about_no_permission_stay_apart():
    found = [
        lack("a", 1, "update:team"),
        lack("b", 2, "delete:team"),
        lack("c", 3, "update:team", rule="ESCALATION"),
        lack("d", 4),
        lack("e", 5),
    ]
    assert render_findings(found, {}).count("error[") == 5


def test_who_could_apply_it_is_named():
    shown = render_findings([finding()], {}, [named.user("ana@acme.example")])
    assert shown.splitlines()[-2] == "Who could apply this: ana@acme.example."
