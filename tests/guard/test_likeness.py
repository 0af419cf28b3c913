"""Names that cannot be told apart: a new one is refused, whatever its kind; a live one never."""

from __future__ import annotations

import sys
from collections import Counter

import pytest

from rbac_sync.guard import RuleId, examine
from rbac_sync.model import Address, Kind

from ..build import context, plan, role, service_account, state, team, user, workspace

BOSS = user("ana", "owner")
MAKE = {"team": team, "service account": service_account, "role": role, "workspace": workspace}
NFC, NFD = "Caf\u00e9", "Cafe\u0301"


def refused(live, desired, **declared):
    found = examine(context(plan(live, desired, **declared)))
    return [(f.message, f.hint) for f in found if f.rule is RuleId.INVALID]


@pytest.mark.parametrize("kind", MAKE)
@pytest.mark.parametrize(
    ("there", "new"),
    [
        (NFC, NFD),
        (NFD, NFC),
        ("Data", "data"),
        ("developers", "deveIopers"),
        ("Members", "\u041cembers"),
        ("Hidden", "\u041didden"),
        ("blue", "\u0412lue"),
        ("team", "\u0422eam"),
        ("ops", "\u043eps"),
        ("prod", "pr0d"),
        ("platform", "pIatform"),
        ("data", "data\ufe0f"),
        ("data team", "data  team"),
    ],
)
def test_a_new_name_that_looks_like_a_live_one_is_refused(kind, there, new):
    live, make = state(BOSS, MAKE[kind](there)), MAKE[kind]

    (fault, *_) = refused(live, state(BOSS, make(there), make(new)))

    assert fault[0] == f"`{new}` cannot be told apart from the {kind} `{there}`"
    assert "choose another name; if it is the same thing, write `renamed_from = " in fault[1]


@pytest.mark.parametrize("kind", MAKE)
def test_a_name_that_looks_like_one_that_the_same_plan_makes_is_refused(kind):
    make = MAKE[kind]

    faults = refused(state(BOSS), state(BOSS, make("data"), make("Data")))

    assert [message for message, _ in faults] == [
        f"`data` cannot be told apart from the {kind} `Data`"
    ]


@pytest.mark.parametrize("kind", MAKE)
def test_two_live_names_that_look_alike_stay_and_can_be_changed(kind):
    make = MAKE[kind]
    live = state(BOSS, make("Data"), make("data"))

    assert refused(live, state(BOSS, make("Data", description="x"), make("data"))) == []


def test_names_of_two_kinds_may_be_the_same():
    assert refused(state(BOSS, team("data")), state(BOSS, team("data"), workspace("Data"))) == []


@pytest.mark.parametrize("new", ["fall", "own", "w2"])
def test_names_that_only_resemble_each_other_are_two(new):
    there = [*team("fail"), *team("owner"), *team("w1")]

    assert refused(state(BOSS, there), state(BOSS, there, team(new))) == []


def test_a_name_may_come_to_differ_from_its_own_former_one_by_look_alone():
    old, new = Address(Kind.TEAM, "Data"), Address(Kind.TEAM, "data")

    live, desired = state(BOSS, team("Data")), state(BOSS, team("data"))

    assert refused(live, desired, former={new: (old,)}) == []


def test_a_name_that_became_free_in_the_same_plan_can_be_given_anew():
    live = state(BOSS, team("Data"))
    moved = {Address(Kind.TEAM, "other"): (Address(Kind.TEAM, "Data"),)}

    assert refused(live, state(BOSS, team("other"), team("data")), former=moved) == []


def test_the_hint_shows_the_code_points_of_names_that_look_equal():
    ((_, hint),) = refused(state(BOSS, team(NFC)), state(BOSS, team(NFC), team(NFD)))

    assert hint == (
        "`Cafe\\u0301` is not `Caf\\u00e9`; choose another name;"
        ' if it is the same thing, write `renamed_from = "Caf\\u00e9"`, or its name'
    )


def test_the_hint_names_the_letters_by_which_two_plain_names_differ():
    ((_, hint),) = refused(state(BOSS, team("prod")), state(BOSS, team("prod"), team("pr0d")))

    assert hint.startswith(
        "it has U+0030 DIGIT ZERO where `prod` has U+006F LATIN SMALL LETTER O; choose another"
    )


def test_a_custom_role_with_a_capital_that_looks_like_a_letter_of_a_built_in_one_is_refused():
    ((message, hint),) = refused(state(BOSS), state(BOSS, role("deveIoper")))

    assert message == "`deveIoper` cannot be told apart from the role `developer`"
    assert hint == (
        "it has U+0049 LATIN CAPITAL LETTER I where `developer` has U+006C LATIN SMALL LETTER L;"
        " choose a name that differs in more than look or case"
    )


def test_the_cost_of_a_look_up_does_not_grow_with_the_names_that_are_there():
    few = _calls(40)
    many = _calls(320)

    assert many < 8 * 2 * few  # eight times as many; a scan for each name would take 64 times


def _calls(count):
    """Return how many functions are called to examine a plan of so many teams."""
    asked = context(plan(state(BOSS), state(BOSS, *(team(f"t-{i}x") for i in range(count)))))
    called = Counter()
    sys.setprofile(lambda _frame, event, _argument: called.update([event]))
    try:
        examine(asked)
    finally:
        sys.setprofile(None)
    return called["call"] + called["c_call"]
