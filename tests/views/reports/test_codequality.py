from __future__ import annotations

from rbac_sync.views.reports.codequality import render_reports
from rbac_sync.views.run import Run

from ..runs import ADVICE, FAULTY, busy, loaded


def test_what_the_guard_finds(snapshot):
    assert render_reports([busy("bo")]) == snapshot


def test_what_is_wrong_with_a_configuration():
    first, second, third = loaded(render_reports([FAULTY]))
    assert first.pop("fingerprint") != second.pop("fingerprint")
    assert first == {
        "description": "there is no `bob`\ndid you mean `bo`?",
        "check_name": "RS201 unknown short name",
        "severity": "critical",
        "location": {"path": "people.toml", "lines": {"begin": 3}},
    }
    assert second["location"] == {"path": "rbac.toml", "lines": {"begin": 1}}
    assert third["severity"] == "info"


def test_a_file_is_named_from_the_root_of_the_repository():
    (found,) = loaded(render_reports([Run((ADVICE,), folder="access/")]))
    assert found["location"]["path"] == "access/people.toml"


def test_nothing_to_mend_is_an_empty_list():
    assert loaded(render_reports([busy()])) == []
