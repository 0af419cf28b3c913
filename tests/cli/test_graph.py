"""`graph`: a state, or what a plan changes, in the languages of Graphviz and Mermaid."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest

from rbac_sync.model import Binding, Membership, State, Team, User, Workspace, held
from rbac_sync.model import address as named
from rbac_sync.model.resources import role
from rbac_sync.views.reports.graph import dot, mermaid, state_edges
from rbac_sync.views.reports.markdown_check import MERMAID

from .running import run


@pytest.fixture
def rendered(tmp_path):
    """Return a function that reads a text of DOT with Graphviz, and returns what it understood."""
    if shutil.which("dot") is None:
        pytest.skip("Graphviz is not installed")

    def read(text):
        ran = subprocess.run(["dot", "-Tjson"], input=text, capture_output=True, text=True)  # noqa: PLW1510
        assert (ran.returncode, ran.stderr) == (0, "")
        return json.loads(ran.stdout)

    return read


def labels(drawn):
    return {node["label"] for node in drawn["objects"]}


def test_the_live_state_is_drawn_for_graphviz(account, rendered):
    ran = run("graph")
    assert (ran.code, ran.err) == (0, "")
    drawn = rendered(ran.out)
    assert {"bo@acme.example", "team:data", "sa:ci", "everyone", "workspace prod"} <= labels(drawn)
    assert {"the account", "runner", "oncall", "lea@acme.example"} <= labels(drawn)
    names = {node["_gvid"]: node["label"] for node in drawn["objects"]}
    edges = {(names[e["tail"]], names[e["head"]], e.get("label")) for e in drawn["edges"]}
    assert ("bo@acme.example", "team:data", "") in edges
    assert ("cy@acme.example", "oncall", "until 2099-01-01T00:00:00Z") in edges


def test_one_workspace_is_drawn_alone(account):
    out = run("graph -w prod --as mermaid").out
    assert 'subgraph g0["workspace prod"]' in out
    assert "team:data" in out
    assert "the account" not in out
    assert "dee@acme.example" not in out


def test_what_a_plan_changes_is_drawn(account, rendered):
    moved = ("runner = [", 'developer = ["bo"]\nrunner = [')
    account.edit(('members = ["bo"]', 'members = ["dee"]'), moved)
    assert run("plan --out x.plan").code == 0
    for words in ("graph x.plan", "graph --plan x.plan"):
        ran = run(words)
        assert (ran.code, ran.err) == (0, "")
        drawn = rendered(ran.out)
        assert {"bo", "team:data", "runner in prod", "developer in prod"} <= labels(drawn)
        colours = {e["color"]: e.get("style", "solid") for e in drawn["edges"]}
        assert colours == {"#1a7f37": "solid", "#cf222e": "dashed"}
    picture = run("graph x.plan --as mermaid").out
    assert "-.->" in picture
    assert all(MERMAID.fullmatch(line) for line in picture.splitlines())


def test_the_desired_state_is_drawn(account):
    account.edit(('members = ["bo"]', 'members = ["dee"]'))
    drawn = run("graph --desired -w prod --as mermaid").out
    assert '["dee@acme.example"]' in drawn
    assert '["bo@acme.example"]' not in drawn


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("graph x.plan --plan y.plan", "name one plan"),
        ("graph x.plan --desired", "a plan is drawn by itself"),
        ("graph x.plan", "cannot read the plan file `x.plan`"),
        ("graph -w nowhere", "there is no workspace `nowhere`"),
        ("graph --as svg", "'svg' is not one of 'dot', 'mermaid'"),
    ],
)
def test_what_cannot_be_drawn_is_an_error(account, words, message):
    ran = run(words)
    assert ran.code == 1
    assert message in ran.err


def test_a_plan_that_no_longer_fits_is_an_error(account):
    account.edit(('members = ["bo"]', 'members = ["dee"]'))
    assert run("plan --out x.plan").code == 0
    assert run("apply x.plan --auto-approve").code == 0
    ran = run("graph x.plan")
    assert ran.code == 1
    assert "`x.plan` is not drawn: a part of it is made already" in ran.err
    assert "make a new plan" in ran.err
    account.edit(('members = ["dee"]', 'members = ["cy"]'))
    assert run("apply --auto-approve").code == 0
    assert run("graph x.plan").code == 5


HOSTILE = (
    '"];x -> y;["', "\\N\\G\\", "&amp;<b>", 'a"]-->b;', "%%{init}%%", "end", "\u202eabc", "`$(id)`",
    "n0", "}", "//", "/*", "\\", "é ö 漢",
)  # fmt: skip


def hostile_state():
    viewer = role("workspace", "viewer")
    return State(
        [
            *(User(f"{name}@x") for name in HOSTILE),
            *(Workspace(name) for name in HOSTILE),
            *(Team(name, frozenset({Membership(named.user(f"{name}@x"))})) for name in HOSTILE),
            *(Binding(named.team(n), named.workspace(n), held(viewer)) for n in HOSTILE),
        ]
    )


def test_hostile_names_stay_names_in_dot(rendered):
    edges = state_edges(hostile_state())
    drawn = rendered(dot(edges))
    assert len(drawn["edges"]) == 2 * len(HOSTILE)
    plain = [name for name in HOSTILE if name not in ("\\N\\G\\", "\\", "\u202eabc", "&amp;<b>")]
    assert {f"team:{name}" for name in plain} <= labels(drawn)
    assert len(labels(drawn)) == 3 * len(HOSTILE) + 1


def test_hostile_names_stay_within_their_boxes_in_mermaid():
    text = mermaid(state_edges(hostile_state()))
    boxes = [line for line in text.splitlines() if "[" in line]
    assert len(boxes) == 4 * len(HOSTILE)
    for line in boxes:
        inner = line.partition('["')[2].removesuffix('"]')
        assert not {*inner} & {*'"`;<>#%&{}[]\\$'}
