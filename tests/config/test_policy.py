"""What ``[guard]`` tells the guard."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from rbac_sync.catalogues import catalogue
from rbac_sync.model import Level, Policy
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
