from __future__ import annotations

import re

from rbac_sync.errors import Diagnostic, Place
from rbac_sync.views.reports.github import render_reports
from rbac_sync.views.run import Run

from ..runs import ADVICE, FAULTY, busy

COMMAND = re.compile(r"::(?P<name>error|notice) (?P<properties>[^:]*)::(?P<message>.*)")
UNESCAPED = {"%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ",", "%25": "%"}


def unescaped(value):
    """Return *value* as the runner reads it."""
    for code, character in UNESCAPED.items():
        value = value.replace(code, character)
    return value


def commands(shown):
    """Return the name, properties and message of each command, as the runner reads them."""
    for line in shown.splitlines():
        name, properties, message = COMMAND.fullmatch(line).groups()
        pairs = (each.split("=", 1) for each in properties.split(","))
        yield name, {key: unescaped(value) for key, value in pairs}, unescaped(message)


def test_what_the_guard_finds_stands_beside_its_line(snapshot):
    assert render_reports([busy("bo")]) == snapshot


def test_what_is_wrong_with_a_configuration_stands_beside_its_line():
    first, second, third = commands(render_reports([FAULTY]))
    assert first == (
        "error",
        {
            "title": "RS201 unknown short name",
            "file": "people.toml",
            "line": "3",
            "col": "10",
            "endColumn": "14",
        },
        "there is no `bob`\ndid you mean `bo`?",
    )
    assert second == ("error", {"title": "RS101 no configuration"}, "there is no `rbac.toml`")
    assert third[0] == "notice"


def test_a_file_is_named_from_the_root_of_the_repository():
    (found,) = commands(render_reports([Run((ADVICE,), folder="access/eu/")]))
    assert found[1]["file"] == "access/eu/people.toml"


def test_nothing_to_mend_is_nothing():
    assert render_reports([busy()]) == ""


def test_nothing_that_is_named_ends_a_command_or_begins_another():
    name = "a,b:c%0A::error::x\n::stop-commands::y\r\x1b[2J\u202e"
    hostile = Diagnostic("RS201", name, Place(name, 1, 2, 3), name)
    ((name_of, properties, message),) = commands(render_reports([Run((hostile,), folder=name)]))
    assert name_of == "error"
    assert set(properties) == {"title", "file", "line", "col", "endColumn"}
    written = r"a,b:c%0A::error::x\x0a::stop-commands::y\x0d\x1b[2J\u202e"
    assert properties["file"] == written * 2
    assert message == f"{written}\n{written}"
