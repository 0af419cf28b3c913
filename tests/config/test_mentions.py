"""The lines that name somebody, and the same lines without, or with another address."""

from __future__ import annotations

import pytest

from rbac_sync import config
from rbac_sync.config.mentions import lines_with, lines_without
from rbac_sync.model.address import user

from .folder import BACKEND

CONFIGURATION = """[people]
bo = "bo@x.org"
cy = "cy@x.org" # stays
[groups.leads]
members = ["bo", "cy"]
except = ["Bo@x.org"]
[members]
owner = ["ana@x.org"]
member = [
  { who = "bo", until = 2099-01-01 },
  "cy",
]
[teams.data]
members = ["cy", "bo"]
[workspaces.prod.access]
viewer = ["bo"]
runner = ["cy", { who = "bo", reason = "a, b" }, "ana@x.org"]
[workspaces.prod.objects."deployment:etl/daily"]
view = ["bo", "cy"]
"""


def edited(folder, edits):
    """Make *edits* in the root file, and return what it is then."""
    file = folder.path / "rbac.toml"
    lines = file.read_text().splitlines()
    for edit in edits:
        assert lines[edit.line - 1] == edit.text
    kept = {edit.line: edit.remaining for edit in edits}
    new = [kept.get(n, line) for n, line in enumerate(lines, 1)]
    return "\n".join(line for line in new if line is not None) + "\n"


def test_each_line_is_left_without_the_person_alone(folder):
    folder.write(BACKEND + CONFIGURATION)
    sources = config.read(folder.path)

    edits = lines_without(sources, {"bo@x.org"})

    assert [(edit.line, edit.remaining) for edit in edits] == [
        (5, None),
        (8, 'members = ["cy"]'),
        (9, "except = []"),
        (13, None),
        (17, 'members = ["cy"]'),
        (19, "viewer = []"),
        (20, 'runner = ["cy", "ana@x.org"]'),
        (22, 'view = ["cy"]'),
    ]
    folder.write(edited(folder, edits))
    assert lines_without(config.read(folder.path), {"bo@x.org"}) == ()
    assert folder.declare().desired.get(user("bo@x.org")) is None


def test_several_people_of_one_line_are_taken_out_together(folder):
    folder.write(BACKEND + '[members]\nowner = ["ana@x.org"]\nmember = ["bo@x.org", "cy@x.org"]\n')
    edits = lines_without(config.read(folder.path), {"bo@x.org", "cy@x.org"})
    assert [edit.remaining for edit in edits] == ["member = []"]


def test_a_short_name_stays_and_its_entry_has_the_new_address(folder):
    folder.write(BACKEND + CONFIGURATION.replace('except = ["Bo@x.org"]\n', ""))
    edits = lines_with(config.read(folder.path), "bo@x.org", "bob@y.org")
    assert [edit.remaining for edit in edits] == [
        'bo = { email = "bob@y.org", renamed_from = "bo@x.org" }'
    ]


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ('"Bo@x.org"', '{ who = "bob@y.org", renamed_from = "bo@x.org" }'),
        (
            '{ who = "bo@x.org", until = 2099-01-01 }',
            '{ who = "bob@y.org", renamed_from = "bo@x.org", until = 2099-01-01 }',
        ),
    ],
)
def test_without_a_short_name_the_member_has_both_and_others_the_new_address(
    folder, entry, expected
):
    text = (
        f'[members]\nowner = ["ana@x.org"]\nmember = [{entry}, "cy@x.org"]\n'
        '[teams.data]\nmembers = ["bo@x.org", { who = "cy@x.org", reason = "bo@x.org" }]\n'
        '[workspaces.w.access]\nviewer = [{ who = "bo@x.org", reason = "x" }]\n'
    )
    folder.write(BACKEND + text)

    edits = lines_with(config.read(folder.path), "bo@x.org", "bob@y.org")

    assert [edit.remaining for edit in edits] == [
        f'member = [{expected}, "cy@x.org"]',
        'members = ["bob@y.org", { who = "cy@x.org", reason = "bo@x.org" }]',
        'viewer = [{ who = "bob@y.org", reason = "x" }]',
    ]
    folder.write(edited(folder, edits))
    assert folder.declare().former == {user("bob@y.org"): (user("bo@x.org"),)}


def test_who_is_a_member_by_a_group_has_both_addresses_there_once(folder):
    groups = '[groups.a]\nmembers = ["bo@x.org"]\n[groups.b]\nmembers = ["bo@x.org"]\n'
    folder.write(f'{BACKEND}{groups}[members]\nowner = ["group:a", "group:b"]\n')

    edits = lines_with(config.read(folder.path), "bo@x.org", "bob@y.org")

    assert [edit.remaining for edit in edits] == [
        'members = [{ who = "bob@y.org", renamed_from = "bo@x.org" }]',
        'members = ["bob@y.org"]',
    ]
    folder.write(edited(folder, edits))
    assert folder.declare().former == {user("bob@y.org"): (user("bo@x.org"),)}
