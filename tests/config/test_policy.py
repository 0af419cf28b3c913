"""What ``[guard]`` and ``[[test]]`` tell the guard."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from rbac_sync.catalogues import catalogue
from rbac_sync.errors import Place
from rbac_sync.model import ACCOUNT, EVERYONE, Level, Policy, Reach
from rbac_sync.model import address as named
from rbac_sync.model.resources import role

from .folder import BACKEND, OWNER

WORLD = catalogue("prefect-cloud")
DEFAULT = Policy(
    bots_account_role=WORLD.bots_account_role, default_role_forbids=WORLD.default_role_forbids
)


def policy(folder, text):
    return folder.write(f"{BACKEND}{OWNER}[guard]\n{text}\n").declare().policy


@pytest.mark.parametrize(
    ("text", "differs"),
    [
        ("", {}),
        ("min_owners = 3", {"min_owners": 3}),
        ('bots_account_role = "any"', {"bots_account_role": None}),
        ('bots_account_role = "Admin"', {"bots_account_role": role(Level.ACCOUNT, "admin")}),
        ("default_role_forbids = []", {"default_role_forbids": frozenset()}),
        (
            'default_role_forbids = ["Delete flows"]',
            {"default_role_forbids": frozenset({"manage_flows"})},
        ),
        ("max_key_days = 90", {"max_key_days": 90}),
        ("max_invite_days = 7", {"max_invite_days": 7}),
        ("max_removal_fraction = 1", {"max_removal_fraction": 1.0}),
        ("max_removal_fraction = 0.5", {"max_removal_fraction": 0.5}),
        ('max_removed = "12.5%"', {"max_removal_fraction": 0.125}),
        ('max_removed = "100%"', {"max_removal_fraction": 1.0}),
        ("removal_min_existing = 0", {"removal_min_existing": 0}),
        ("max_deletes = 10", {"max_deletes": 10}),
        ("allow_public = true", {"allow_public": True}),
        ("require_author = true", {"require_author": True}),
        ('max_plan_age = "90m"', {"max_plan_age": timedelta(minutes=90)}),
        ('max_plan_age = "7d"', {"max_plan_age": timedelta(days=7)}),
        (
            'protect = ["member.CTO@x.org", "workspace.prod/default_role"]',
            {"protect": frozenset({"member.cto@x.org", "workspace.prod/default_role"})},
        ),
    ],
)
def test_what_guard_says_is_the_policy_and_the_rest_is_the_worlds_default(folder, text, differs):
    assert policy(folder, text) == replace(DEFAULT, **differs)


def test_people_are_protected_by_their_short_names_too(folder):
    text = 'protect = ["member.cto/account_role"]\n[people]\ncto = "c@x.org"'
    assert policy(folder, text).protect == {"member.c@x.org/account_role"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('max_removed = "5%"\nmax_removal_fraction = 0.1\n', ["RS304 7:1"]),
        ('bots_account_role = "viewer"\n', ["RS307 7:21"]),
        ('bots_account_role = "admim"\n', ["RS205 7:21"]),
        ('default_role_forbids = ["*"]\n', ["RS207 7:25"]),
        ('protect = ["prod", "team.x y", "user.x"]\n', ["RS115 7:12", "RS115 7:20", "RS115 7:32"]),
        ("allow_self_reduction = true\n", ["RS122 7:1"]),
    ],
)
def test_a_guard_table_that_cannot_be_followed_is_refused(folder, text, told):
    assert folder.write(f"{BACKEND}{OWNER}[guard]\n{text}\n").told() == told


TESTS = """
[[test]]
name = "people see flows"
who = "everyone"
workspace = "prod"
can = ["View flows and flow runs"]

[[test]]
name = "ana owns"
who = "ana@x.org"
can = ["bypass:sso"]
cannot = ["add:account_member"]

[workspaces.prod]
"""


def test_tests_are_expectations_in_their_order_with_their_places(folder):
    expectations = folder.write(BACKEND + OWNER + TESTS).declare().expectations
    assert expectations == (
        Reach(
            "people see flows",
            EVERYONE,
            named.workspace("prod"),
            can=frozenset({"see_flows"}),
            place=Place("rbac.toml", 7, 3, 4),
        ),
        Reach(
            "ana owns",
            named.user("ana@x.org"),
            ACCOUNT,
            frozenset({"bypass:sso"}),
            frozenset({"add:account_member"}),
            place=Place("rbac.toml", 13, 3, 4),
        ),
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("who = 'bo'\ncan = ['bypass:sso']", ["RS201 8:7"]),
        ("who = 'everyone'\nworkspace = 'dev'\ncan = ['see_flows']", ["RS208 9:13"]),
        ("who = 'everyone'\ncan = ['see_flows']", ["RS307 9:8"]),
        ("who = 'everyone'\ncan = ['read:bots']", ["RS206 9:8"]),
        ("who = 'everyone'\ncan = ['read:bot']\ncannot = ['Read:bot']", ["RS312 10:11"]),
        ("who = 'everyone'", ["RS113 6:3"]),
    ],
)
def test_a_test_that_asks_nothing_clear_is_refused(folder, text, told):
    assert folder.write(f"{BACKEND}{OWNER}[[test]]\nname = 'n'\n{text}\n").told() == told
