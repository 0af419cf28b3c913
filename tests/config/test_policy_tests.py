"""What ``[[test]]`` expects."""

from __future__ import annotations

import pytest

from rbac_sync.errors import Place
from rbac_sync.model import (
    ACCOUNT,
    ANYWHERE,
    EVERYONE,
    Level,
)
from rbac_sync.model import address as named
from rbac_sync.model.expectation import Ability, Asset, Circle, Separation
from rbac_sync.model.resources import role

from .folder import BACKEND, OWNER

ANA = named.user("ana@x.org")
PROD = named.workspace("prod")
HERE = Place("rbac.toml", 6, 3, 4)
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
OTHERS = "[workspaces.prod]\n[teams.ops]\n[roles.releaser]\n"


def expected(folder, text):
    declared = folder.write(f"{BACKEND}{OWNER}[[test]]\nname = 'n'\n{text}\n{OTHERS}").declare()
    (found,) = declared.expectations
    return found


def workspace_role(name):
    return role(Level.WORKSPACE, name)


def test_tests_are_expectations_in_their_order_with_their_places(folder):
    expectations = folder.write(BACKEND + OWNER + TESTS).declare().expectations
    assert expectations == (
        Ability(
            "people see flows",
            EVERYONE,
            named.workspace("prod"),
            can=frozenset({"see_flows"}),
            place=Place("rbac.toml", 7, 3, 4),
        ),
        Ability(
            "ana owns",
            ANA,
            ACCOUNT,
            frozenset({"bypass:sso"}),
            frozenset({"add:account_member"}),
            place=Place("rbac.toml", 13, 3, 4),
        ),
    )


@pytest.mark.parametrize(
    ("text", "differs"),
    [
        ("workspace = 'prod'\nonly = ['see_flows']", {"only": frozenset({"see_flows"})}),
        ("workspace = 'prod'\nonly = []", {"only": frozenset()}),
        ("workspace = 'prod'\nat_most = 'releaser'", {"at_most": workspace_role("releaser")}),
        ("workspace = '*'\nat_most = 'Viewer'", {"at_most": workspace_role("viewer")}),
        ("at_most = 'member'", {"at_most": role(Level.ACCOUNT, "member")}),
    ],
)
def test_the_most_that_somebody_can_is_permissions_or_a_role(folder, text, differs):
    scope = {"'p": PROD, "'*": ANYWHERE}.get(text.partition("workspace = ")[2][:2], ACCOUNT)
    wanted = Ability("n", ANA, scope, place=HERE, **differs)
    assert expected(folder, f"who = 'ana@x.org'\n{text}") == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "permission = 'View flows and flow runs'\nworkspace = 'prod'\nonly = ['team:ops']",
            Circle(
                "n",
                Asset("see_flows", permission="see_flows"),
                PROD,
                frozenset({named.team("ops")}),
                place=HERE,
            ),
        ),
        (
            "role = 'Owner'\nat_most = 3",
            Circle(
                "n",
                Asset("owner", frozenset({role(Level.ACCOUNT, "owner")})),
                ACCOUNT,
                at_most=3,
                place=HERE,
            ),
        ),
        (
            "role = 'Owner'\nat_most = 3\nat_least = 2",
            Circle(
                "n",
                Asset("owner", frozenset({role(Level.ACCOUNT, "owner")})),
                ACCOUNT,
                at_most=3,
                place=HERE,
                at_least=2,
            ),
        ),
        (
            "role = 'releaser'\nworkspace = '*'\nonly = []\nat_most = 0",
            Circle(
                "n",
                Asset("releaser", frozenset({workspace_role("releaser")})),
                ANYWHERE,
                frozenset(),
                0,
                HERE,
            ),
        ),
    ],
)
def test_who_may_hold_something_is_a_list_of_principals_or_their_number(folder, text, wanted):
    assert expected(folder, text) == wanted


def test_what_is_never_held_together_is_roles_and_permissions_of_one_place(folder):
    text = (
        "never_together = ['releaser', 'manage_deployments']\n"
        "workspace = 'prod'\nexcept = ['ana@x.org']"
    )
    assert expected(folder, text) == Separation(
        "n",
        (
            Asset("releaser", frozenset({workspace_role("releaser")})),
            Asset("manage_deployments", permission="manage_deployments"),
        ),
        PROD,
        frozenset({ANA}),
        HERE,
    )


def test_without_a_workspace_a_name_stands_for_the_roles_of_both_levels(folder):
    text = "never_together = ['owner', 'add:account_member']"
    assert expected(folder, text) == Separation(
        "n",
        (
            Asset("owner", frozenset({role(level, "owner") for level in Level})),
            Asset("add:account_member", permission="add:account_member"),
        ),
        place=HERE,
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("who = 'bo'\ncan = ['bypass:sso']", ["RS201 8:7"]),
        ("who = 'everyone'\nworkspace = 'dev'\ncan = ['see_flows']", ["RS208 9:13"]),
        ("who = 'everyone'\ncan = ['see_flows']", ["RS307 9:8"]),
        ("who = 'everyone'\ncan = ['read:bots']", ["RS206 9:8"]),
        ("who = 'everyone'\ncan = ['read:bot']\ncannot = ['Read:bot']", ["RS312 10:11"]),
        ("who = 'everyone'\ncan = ['read:bot']\nonly = ['bypass:sso']", ["RS312 9:8"]),
        ("who = 'everyone'", ["RS113 6:3"]),
        ("who = 'everyone'\nat_most = 'viewer'", ["RS307 9:11"]),
        ("who = 'everyone'\nat_most = 3", ["RS114 9:11"]),
        ("can = ['read:bot']", ["RS113 6:3"]),
        ("permission = 'read:bot'", ["RS113 6:3"]),
        ("permission = 'read:bot'\nwho = 'everyone'\nonly = []", ["RS112 9:1"]),
        ("permission = 'read:bots'\nonly = []", ["RS206 8:14"]),
        ("permission = 'read:bot'\nrole = 'owner'\nonly = []", ["RS112 9:1"]),
        ("permission = 'read:bot'\nonly = ['team:x']", ["RS204 9:9"]),
        ("permission = 'read:bot'\nat_most = -1", ["RS115 9:11"]),
        ("role = 'owner'\nat_most = 'viewer'", ["RS114 9:11"]),
        ("role = 'ownr'\nat_most = 1", ["RS205 8:8"]),
        ("never_together = ['owner']", ["RS115 8:18"]),
        ("never_together = ['owner', 'ownr']", ["RS206 8:28"]),
        ("never_together = ['owner', 'Owner', 'owner']", ["RS303 8:28", "RS303 8:37"]),
        ("never_together = ['viewer', 'read:bot']\nworkspace = '*'", ["RS307 8:29"]),
        ("never_together = ['owner', 'see_flows']\nexcept = ['bo']", ["RS201 9:11"]),
        ("never_together = ['owner', 'see_flows']\ncan = ['see_flows']", ["RS112 9:1"]),
        ("never_together = ['see_flows', 'owner']\n[roles.see_flows]", ["RS313 8:19"]),
    ],
)
def test_a_test_that_asks_nothing_clear_is_refused(folder, text, told):
    assert folder.write(f"{BACKEND}{OWNER}[[test]]\nname = 'n'\n{text}\n").full_message() == told


def test_an_undeclared_role_is_one_that_is_kept_elsewhere_if_roles_may_be(folder):
    text = f"{BACKEND}[manage]\nroles = 'declared'\n{OWNER}[[test]]\nname = 'n'\n"
    declared = folder.write(f"{text}never_together = ['owner', 'kept']\n").declare()
    (found,) = declared.expectations
    assert found.assets[1].roles == {role(level, "kept") for level in Level}


def test_a_key_of_another_kind_of_test_is_answered_with_the_keys_of_this_one(folder):
    text = "[[test]]\nname = 'n'\npermission = 'read:bot'\ncan = ['read:bot']\nonly = []\n"
    (error,) = folder.write(BACKEND + OWNER + text).errors()
    assert error.message == "unknown key `can` in `test`"
    assert error.hint == (
        "the keys here are `name`, `workspace`, `level`, `permission`, `only`, `at_most`,"
        " `at_least`"
    )


@pytest.mark.parametrize(
    ("text", "code", "message", "hint"),
    [
        (
            "role = 'owner'\nat_least = 3\nat_most = 2",
            "RS312",
            "`at_least` is 3, and `at_most` 2",
            "lower `at_least`, or raise `at_most`",
        ),
        ("role = 'owner'\nat_least = 0", "RS115", "`at_least` must be at least 1", ""),
        (
            "role = 'owner'",
            "RS113",
            "the test `n` asks nothing",
            "add `only`, `at_most` or `at_least`",
        ),
        (
            "who = 'owner@acme.example'",
            "RS113",
            "the test `n` asks nothing",
            "add `can`, `cannot`, `only`, `at_most` or `at_least`",
        ),
        (
            "who = 'owner@acme.example'\nat_least = 'amdin'",
            "RS205",
            "unknown role `amdin`",
            "",
        ),
    ],
)
def test_a_number_or_a_role_that_cannot_be_reached_is_refused(folder, text, code, message, hint):
    root = "[members]\nowner = ['owner@acme.example']\n"
    (error,) = folder.write(f"{BACKEND}{root}[[test]]\nname = 'n'\n{text}\n").errors()

    assert (error.code, error.message) == (code, message)
    assert not hint or error.hint == hint


def test_a_test_of_each_kind_may_warn(folder):
    kinds = (
        "who = 'owner@acme.example'\ncan = ['read:bot']",
        "permission = 'read:bot'\nat_most = 9",
        "role = 'owner'\nat_most = 9",
        "never_together = ['owner', 'read:bot']",
    )
    tests = [
        f"[[test]]\nname = 'n'\n{level}\n{kind}\n"
        for kind in kinds
        for level in ("level = 'warn'", "")
    ]
    declared = folder.write(BACKEND + OWNER + "".join(tests)).declare()
    assert [each.warns for each in declared.expectations] == [True, False] * len(kinds)


def test_a_test_about_nobody_is_answered_with_what_it_can_be_about(folder):
    text = "[[test]]\nname = 'n'\ncan = ['read:bot']\n"
    (error,) = folder.write(BACKEND + OWNER + text).errors()
    assert error.message == "`who` is missing in `test`"
    assert error.hint == "add `who`, `permission`, `role` or `never_together`"


def test_a_test_about_a_group_without_members_is_advice(folder):
    text = f"""{BACKEND}{OWNER}
[groups.leads]
allow_empty = true
members = []
[[test]]
name = "n"
who = "group:leads"
cannot = ["bypass:sso"]
"""
    declared = folder.write(text).declare()
    found = [each for each in declared.advice if each.code == "RS521"]

    assert [(each.message, each.hint, each.place.line) for each in found] == [
        (
            "the test `n` is about nobody: `group:leads` has no members",
            "name somebody, or take the test out: it holds whatever the configuration says",
            text[: text.index('who = "group')].count("\n") + 1,
        )
    ]
    assert declared.expectations == ()
    again = folder.write(text.replace("[]", '["ana@x.org"]', 1)).declare()
    assert [each.code for each in again.advice if each.code == "RS521"] == []
    assert len(again.expectations) == 1
