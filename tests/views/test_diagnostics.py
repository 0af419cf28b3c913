"""Problems are shown with the line they are on, and nothing dangerous or secret is."""

from __future__ import annotations

import json

import pytest

from rbac_sync.errors import Diagnostic, Place
from rbac_sync.views.diagnostics import render_diagnostics, to_json
from rbac_sync.views.terminal import Layout

FILE = '[members]\nowner = ["ana", "anna"]\n\n[roles]\n'
UNKNOWN = Diagnostic(
    "RS201",
    "unknown short name `anna`",
    Place("people.toml", 2, 17, 6),
    "did you mean `ana`?",
    label="nobody",
)
TWICE = Diagnostic(
    "RS302",
    "`ana` already holds `owner` here",
    Place("people.toml", 104, 3, 3),
    "a principal holds one role in each scope",
    Place("people.toml", 2, 10, 5),
    "first listed here",
)
LONG = 'x = ["' + "a" * 500 + '", bad, "' + "b" * 500 + '"]'


def shown(diagnostic, source, **options):
    return render_diagnostics([diagnostic], {"x.toml": source}, **options)


def test_a_problem_is_shown_with_its_line_and_a_second_place(snapshot):
    sources = {"people.toml": FILE + "\n" * 99 + "a ana\n"}
    advice = Diagnostic("RS502", "nothing refers to `bo`", None, "delete it")
    assert render_diagnostics([UNKNOWN, TWICE, advice], sources) == snapshot


def test_colours_come_only_when_asked_for(snapshot):
    sources = {"people.toml": FILE}
    assert "\33" not in render_diagnostics([UNKNOWN], sources)
    assert render_diagnostics([UNKNOWN], sources, Layout(colour=True)) == snapshot


def test_no_problems_are_no_text():
    assert render_diagnostics([], {}) == ""


def test_carets_stand_under_wide_and_escaped_characters():
    source = "\tname = '日本e\u0301\x1b' # \u202e"
    out = shown(Diagnostic("RS004", "m", Place("x.toml", 1, 9, 7)), source)
    line, carets = out.split("\n")[3:5]
    assert line == "1 |     name = '日本e\u0301\\x1b' # \\u202e"
    assert carets == "  |            ^^^^^^^^^^^"


def test_a_long_line_is_cut_down_around_the_place():
    column = LONG.index("bad") + 1
    out = shown(Diagnostic("RS001", "m", Place("x.toml", 1, column, 3)), LONG)
    line, carets = out.split("\n")[3:5]
    assert len(line) < 160
    assert line[carets.index("^") : carets.rindex("^") + 1] == "bad"
    assert (line.count("…"), line[4], line[-1]) == (2, "…", "…")


@pytest.mark.parametrize(
    "place", [Place("x.toml", 9, 1), Place("x.toml", 1, 500, 9), Place("y.toml")]
)
def test_a_place_that_is_not_in_the_text_is_no_reason_to_fail(place):
    assert str(place) in shown(Diagnostic("RS001", "m", place, "h"), "short")


def test_the_line_of_a_secret_is_not_shown_by_any_problem():
    source = "api_key = 'hunter2', x\n"
    secret = Diagnostic("RS119", "looks like a credential", Place("x.toml", 1, 1, 7))
    other = Diagnostic("RS001", "no", Place("x.toml", 1, 22, 1), second=Place("x.toml", 1, 1))
    assert "hunter2" not in render_diagnostics([other, secret], {"x.toml": source})


def test_messages_names_and_labels_are_escaped():
    problem = Diagnostic(
        "RS201",
        "unknown \x1b[2K",
        Place("a\x07.toml", 1, 1),
        "\u202e",
        Place("\x9b.toml"),
        "\x00",
        "\x01",
    )
    out = render_diagnostics([problem], {"a\x07.toml": "x", "\x9b.toml": "y"})
    assert out.replace("\n", "").isprintable()


def test_problems_are_plain_values_for_machines():
    (first, second) = json.loads(json.dumps(to_json([UNKNOWN, TWICE])))
    assert first == {
        "code": "RS201",
        "severity": "error",
        "title": "unknown short name",
        "message": "unknown short name `anna`",
        "file": "people.toml",
        "line": 2,
        "column": 17,
        "length": 6,
        "label": "nobody",
        "hint": "did you mean `ana`?",
        "second": None,
    }
    assert second["second"] == {
        "file": "people.toml",
        "line": 2,
        "column": 10,
        "length": 5,
        "label": "first listed here",
    }
    (advice,) = to_json([Diagnostic("RS502", "m")])
    assert (advice["severity"], advice["file"]) == ("advice", None)
