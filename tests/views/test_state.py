from __future__ import annotations

import re

import pytest

from rbac_sync.views.state import render_keys, render_state
from rbac_sync.views.terminal import Layout
from tests.build import (
    CATALOGUE,
    bind,
    key,
    role,
    service_account,
    state,
    team,
    user,
    workspace,
)
from tests.views.scene import LIVE

FULL = state(
    user("ana", "owner"),
    user("bo", None, status="suspended"),
    user(
        "eve", "member until 2027-01-01T00:00:00Z", status="pending", expires="2026-12-01T00:00:00Z"
    ),
    service_account("ci", description="Builds."),
    key("sa:ci", "build", "2027-06-30T00:00:00Z"),
    key("sa:ci", "old"),
    key("ana", "laptop"),
    team("data", "ana", "bo until 2026-12-01T00:00:00Z", managed_by="Okta", description="Data."),
    role("oncall", "write_blocks", "see_blocks", base="runner", description="On call."),
    role("empty"),
    workspace("prod", "Production", "viewer", public=True, description="Customers."),
    workspace("test"),
    bind("team:data", "prod", "runner", "oncall"),
    bind("sa:ci", "prod", "runner until 2026-12-24T00:00:00Z"),
)


def test_everything_there_is(snapshot):
    assert render_state(FULL, CATALOGUE) == snapshot


def test_spells_of_one_role_stand_in_one_order():
    """Holdings are in a set, whose order differs from run to run."""
    spells = [f"from 2027-0{month}-01T00:00:00Z" for month in range(1, 9)]
    held, above = ([f"{name} {each}" for each in spells] for name in ("runner", "member"))
    live = state(
        user("ana", None), workspace("w"), bind("ana", "w", *held), bind("ana", None, *above)
    )
    found = render_state(live, CATALOGUE)
    lines = [line for line in found.splitlines() if "2027" in line]
    months = [re.findall(r"2027-0(\d)-01", line) for line in lines]
    assert months == [["1", "2", "3", "4", "5", "6", "7", "8"]] * 2


def test_an_empty_account_has_its_headings():
    assert render_state(state(), CATALOGUE).splitlines()[::2] == [
        "Members (0)",
        "Service accounts (0)",
        "Teams (0)",
        "Custom roles (0)",
        "Workspaces (0)",
    ]


@pytest.mark.parametrize("address", [r.address for r in LIVE.resources()], ids=str)
def test_every_resource_is_named(address):
    found = render_state(LIVE, CATALOGUE)
    name = address.key.rpartition("/")[2]
    builtin = getattr(LIVE.get(address), "builtin", False)
    assert builtin or name in found


def test_keys_are_listed_with_their_ends():
    assert render_keys(FULL).splitlines() == [
        "ana@acme.example  laptop (no end)",
        "sa:ci  build (until 2027-06-30T00:00:00Z)",
        "sa:ci  old (no end)",
    ]


def test_no_keys_are_said_in_words():
    assert render_keys(state()) == "No API keys."


def test_no_line_is_wider_than_the_terminal():
    narrow = render_state(FULL, CATALOGUE, Layout(width=60))

    assert max(map(len, narrow.splitlines())) <= 60
    assert narrow.split() == render_state(FULL, CATALOGUE).split()
