"""A plan that raises somebody lists the keys that rise with them, and who made them."""

from __future__ import annotations

import json

import pytest

from .running import run

PROMOTION = ("runner = [", 'developer = ["bo", "sa:ci"]\nrunner = [')
HEADING = "API keys that gain access with their owners"
FOREIGN = "+ key `laptop` of bo@acme.example (until 2099-01-01T00:00:00Z), made by ana@acme.example"
BUILD = "+ key `build` of sa:ci (until 2099-01-01T00:00:00Z), made by ana@acme.example"


@pytest.fixture
def promoted(account, monkeypatch):
    """The company in which somebody is to be promoted who has a key of their own, and one not."""
    made = run("store key create bo laptop --until 2099-01-01").out.strip()
    assert run("store key create sa:ci build --until 2099-01-01").code == 0
    with monkeypatch.context() as as_bo:
        as_bo.setenv("RBAC_SYNC_API_KEY", made)
        assert run("store key create bo own --until 2099-01-01").code == 0
    account.edit(PROMOTION)
    return account


def test_the_text_lists_them_with_who_made_them_if_not_their_owner(promoted):
    ran = run("plan")
    assert ran.code == 0, ran.out
    start = ran.lines.index(HEADING)
    assert [line.strip() for line in ran.out.split("\n")[start:] if " key `" in line] == [
        FOREIGN,
        "+ key `own` of bo@acme.example (until 2099-01-01T00:00:00Z)",
        BUILD,
    ]


def test_the_comment_lists_them(promoted):
    assert run("plan --report md=out.md").code == 0
    shown = (promoted.folder / "out.md").read_text()
    assert f"#### {HEADING}: 3 keys\n" in shown
    assert f"\n{FOREIGN}\n" in shown
    assert f"\n{BUILD}\n" in shown


def test_the_json_lists_them(promoted):
    found = json.loads(run("plan --json").out)["rising_keys"]
    assert [(key["owner"], key["name"], key["risk"], key["made_by"]) for key in found] == [
        ("bo@acme.example", "laptop", "secrets", "ana@acme.example"),
        ("bo@acme.example", "own", "secrets", "bo@acme.example"),
        ("sa:ci", "build", "secrets", "ana@acme.example"),
    ]


def test_the_page_of_a_saved_plan_lists_them(promoted):
    assert run("plan --out my.plan").code == 0
    assert run("report my.plan -o page.html").code == 0
    assert "made by ana@acme.example" in (promoted.folder / "page.html").read_text()


def test_where_nobody_knows_the_maker_that_is_said(promoted):
    assert run("pull --snapshot live.json").code == 0
    ran = run("plan --live live.json --as ana@acme.example")
    assert ran.code == 0
    assert "+ key `build` of sa:ci (until 2099-01-01T00:00:00Z), maker unknown" in ran.out
    shown = json.loads(run("plan --live live.json --as ana@acme.example --json").out)
    assert {key["made_by"] for key in shown["rising_keys"]} == {None}


def test_a_plan_that_raises_nobody_says_nothing_of_keys(account):
    assert run("store key create bo laptop --until 2099-01-01").code == 0
    account.edit(('runner = ["team:data"]', "runner = []"))
    assert HEADING not in run("plan").out
