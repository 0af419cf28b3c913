"""The digest of a configuration covers every field of what is declared, and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import fields, replace
from datetime import timedelta

import pytest

from rbac_sync.errors import Diagnostic, Place
from rbac_sync.model import (
    ACCOUNT,
    EVERYONE,
    Alumnus,
    Declaration,
    Holding,
    Key,
    Level,
    Limit,
    Manage,
    Membership,
    ObjectAccess,
    Policy,
    Role,
    ServiceAccount,
    State,
    Status,
    Subject,
    Team,
    User,
    Workspace,
    held,
)
from rbac_sync.model import address as named
from rbac_sync.model.address_pattern import IgnoreRule
from rbac_sync.model.expectation import Ability, Asset, Circle, Separation
from rbac_sync.model.instant import parsed
from rbac_sync.model.meaning import LEFT_OUT, UNORDERED, digest
from rbac_sync.model.resources import CLASSES, Binding, role

ANA, BO, PROD, TEST = (
    named.user("a@x"),
    named.user("b@x"),
    named.workspace("p"),
    named.workspace("t"),
)
READER, WRITER = role(Level.WORKSPACE, "r"), role(Level.WORKSPACE, "w")
DAY = parsed("2026-11-29T12:00:00Z")
SOON, LATE = parsed("2027-01-01T00:00:00Z"), parsed("2028-01-01T00:00:00Z")
SEE, RUN = frozenset({"see"}), frozenset({"run"})

PAIRS = [
    (User("a@x"), User("b@x", Status.PENDING, SOON)),
    (ServiceAccount("a"), ServiceAccount("b", "x")),
    (Key(ANA, "a"), Key(BO, "b", SOON)),
    (Membership(ANA), Membership(BO, SOON, LATE, "x")),
    (Team("a"), Team("b", frozenset({Membership(ANA)}), "okta", "x")),
    (
        ObjectAccess(PROD, "deployment:a/b"),
        ObjectAccess(TEST, "block:c/d", *(frozenset({who}) for who in (ANA, BO, EVERYONE))),
    ),
    (Workspace("a"), Workspace("b", "n", "x", public=True)),
    (
        Role(Level.ACCOUNT, "a"),
        Role(
            Level.WORKSPACE, "b", SEE, frozenset({READER}), frozenset({WRITER}), "x", builtin=True
        ),
    ),
    (Holding(READER), Holding(WRITER, SOON, LATE, "x")),
    (Binding(ANA, PROD, held(READER)), Binding(BO, TEST, held(WRITER))),
    (Limit(), Limit(1, 0.5)),
    (IgnoreRule("team.a", "x"), IgnoreRule("team.b", "y", Place("f"))),
    (Asset("a"), Asset("b", frozenset({READER}), "see")),
    (
        Ability("a", ANA, PROD),
        Ability("b", BO, TEST, SEE, RUN, SEE, READER, Place("f"), True, READER),
    ),
    (
        Circle("a", Asset("a"), PROD),
        Circle("b", Asset("b"), TEST, frozenset({ANA}), 2, Place("f"), True, 1),
    ),
    (
        Separation("a", ()),
        Separation("b", (Asset("a"),), PROD, frozenset({ANA}), Place("f"), warns=True),
    ),
    (
        Policy(),
        Policy(
            min_owners=2,
            bots_account_role=READER,
            default_role_forbids=SEE,
            max_key_days=1,
            max_invites=2,
            max_invite_days=1,
            max_removal_fraction=0.5,
            removal_min_existing=1,
            max_deletes=1,
            allow_removals=1,
            max_losers=None,
            allow_losers=1,
            max_gainers=Limit(1),
            allow_gainers=1,
            workspace_owners={"p": 2},
            allow_self_reduction=True,
            allow_public=True,
            protect=frozenset({"team.a"}),
            require_author=True,
            require_reason_for=frozenset({READER}),
            require_end_for=frozenset({READER}),
            max_term={READER: timedelta(days=1)},
            is_strict=True,
            authors={"octo": ANA},
            max_plan_age=timedelta(hours=1),
        ),
    ),
    (
        Declaration(State()),
        Declaration(
            State([Team("a")]),
            unstated={ANA: frozenset({"status"})},
            silent_defaults=frozenset({PROD}),
            silent_access=frozenset({PROD}),
            ended=frozenset({ANA}),
            former={PROD: (TEST,)},
            manage={Subject.TEAMS: Manage.ALL},
            policy=Policy(min_owners=2),
            expectations=(Ability("a", ANA, PROD),),
            origin=lambda _: Place("f"),
            entry=lambda *_: None,
            attribute=lambda *_: None,
            surroundings=("x",),
            advice=(Diagnostic("RS501", "x"),),
            written=Declaration(State()),
            ignored=(IgnoreRule("team.a", "x"),),
            alumni={ANA: Alumnus(by="x")},
            changed_people=frozenset(),
        ),
    ),
]
"""Of each class two values that differ in every field."""


@pytest.mark.parametrize(
    ("one", "other", "name"),
    [(one, other, field.name) for one, other in PAIRS for field in fields(one)],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_every_field_changes_the_digest_or_is_left_out_for_a_reason(one, other, name):
    assert getattr(one, name) != getattr(other, name), "the pair has to differ in every field"

    changed = replace(one, **{name: getattr(other, name)})

    assert (digest(one) == digest(changed)) == ((type(one), name) in LEFT_OUT)


def test_every_class_that_a_declaration_holds_is_among_the_pairs():
    classes = {type(one) for one, _ in PAIRS}

    assert classes >= {*CLASSES.values(), Declaration, Policy, Limit, Ability, Circle, Separation}
    assert {cls for cls, _ in (*LEFT_OUT, *UNORDERED)} <= classes
    assert all(LEFT_OUT.values())


def test_what_is_held_changes_the_digest_by_scope_principal_and_role():
    rows = [{PROD: {ANA: held(READER)}}, {TEST: {ANA: held(READER)}}, {PROD: {BO: held(READER)}}]
    rows += [
        {PROD: {ANA: held(WRITER)}},
        {PROD: {ANA: frozenset({Holding(READER, until=SOON)})}},
        {},
    ]

    assert len({digest(State.of_rows([], row)) for row in rows}) == len(rows)


def test_order_does_not_count():
    pairs = [(ANA, held(READER)), (BO, held(WRITER))]
    tests = (Ability("a", ANA, PROD), Ability("b", BO, ACCOUNT))

    def declared(step):
        state = State.of_rows([Team("a"), Team("b")][::step], {PROD: dict(pairs[::step])})
        former = dict([(PROD, (TEST,)), (ANA, (BO,))][::step])
        return Declaration(state, former=former, expectations=tests[::step])

    assert digest(declared(1)) == digest(declared(-1))


def test_a_scope_in_which_nobody_holds_anything_is_none():
    assert digest(State.of_rows([], {PROD: {}})) == digest(State())


def test_a_value_without_a_canonical_form_is_no_silent_part_of_a_digest():
    with pytest.raises(TypeError, match="a object has no canonical form"):
        digest(object())


def test_another_process_with_another_order_of_hashes_finds_the_same_digest():
    program = (
        "from rbac_sync.model.meaning import digest; from rbac_sync.model import *;"
        "print(digest(frozenset('abcdefgh'), Policy(protect=frozenset({'team.a', 'team.b'})),"
        " {'x': 1, 'y': [1.5, True, None]}))"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert len(found) == 1


def test_a_digest_stays_what_it_was_in_plans_that_are_saved():
    ana = User("ána@acme.example")
    holdings = frozenset(
        {
            Holding(role(Level.WORKSPACE, "viewer"), None, DAY, 'so "that"'),
            Holding(role(Level.WORKSPACE, "owner")),
        }
    )
    things = [Team("a", frozenset({Membership(ana.address)})), ana]
    state = State.of_rows(things, {named.workspace("prod"): {ana.address: holdings}})
    others = ({"x": [1.5, None, True]}, (timedelta(hours=1), DAY), named.workspace("prod"))

    assert digest(state, *others) == (
        "97225b208fe63b855f91f47a3e9e4c4f7e80599ced0adb171180ea493e62e429"
    )
