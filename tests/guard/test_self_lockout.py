"""The applier keeps what it manages, by whatever names things have in the end."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from rbac_sync.guard import RuleId, examine
from rbac_sync.model import Policy
from rbac_sync.planning import Change, Plan

from ..build import NOW, bind, context, key, service_account, state, user, workspace

A, B = workspace("a")[0], workspace("b")[0]
SWAPPED = (Change(A, replace(A, handle="c")), Change(B, replace(B, handle="a")))


def refused(*changes, **limits):
    """Return what SELF_LOCKOUT says of *changes* by ana, who owns two workspaces."""
    held = [bind("ana", handle, "owner") for handle in "ab"]
    live = state(user("cy", "owner"), user("ana"), [A, B], *held)
    found = examine(context(Plan(live, changes), policy=Policy(**limits)))
    return [f for f in found if f.rule is RuleId.SELF_LOCKOUT]


def lockouts(*changes):
    return [found.message for found in refused(*changes)]


def test_what_was_managed_in_a_workspace_is_asked_of_the_same_one_under_its_new_name():
    assert lockouts(*SWAPPED) == []

    taken = Change(bind("ana", "a", "owner")[0], None)

    assert lockouts(*SWAPPED, taken) == [
        "`ana@acme.example` would no longer hold in workspace a: `manage_access`"
    ]


def test_an_earlier_end_of_what_one_manages_is_a_lockout_to_come():
    ending, owning = (
        bind("ana", "a", f"owner{end}")[0] for end in (" until 2027-03-01T00:00:00Z", "")
    )
    (found,) = refused(Change(owning, ending))

    assert found.message == (
        "`ana@acme.example` would hold for less long in workspace a: `manage_access`"
    )
    assert found.hint == "leave this to another applier, or pass `--allow-self-reduction`"
    assert refused(Change(owning, ending), allow_self_reduction=True) == []
    everywhere = Change(*bind("ana", None, "member"), *bind("ana", None, "owner"))
    assert refused(everywhere, Change(owning, ending)) == []


def test_a_service_account_that_applies_keeps_a_key():
    one, two = key("sa:ci", "one")[0], key("sa:ci", "two")[0]
    live = state(user("cy", "owner"), service_account("ci", "owner"), [one, two])

    def found(*gone, applier="sa:ci", **limits):
        plan = Plan(live, tuple(Change(each, None) for each in gone))
        policy = Policy(allow_removals=9, **limits)
        return [(f.message, f.hint) for f in examine(context(plan, applier, policy=policy))]

    hint = "leave this to another applier, or pass `--allow-self-reduction`"
    assert found(one, two) == [("`sa:ci` would have no API key left", hint)]
    assert found(one) == []
    assert found(one, two, allow_self_reduction=True) == []
    assert found(one, two, applier="cy") == []


SOON = NOW + timedelta(hours=12)


@pytest.mark.parametrize(
    ("other", "after", "when"),
    [
        (NOW, None, ""),
        (NOW, SOON, " from 2026-11-22T00:00:00Z on"),
        (SOON, None, " from 2026-11-22T00:00:00Z on"),
        (SOON + timedelta(seconds=1), None, None),
        (SOON + timedelta(days=9), SOON, None),
    ],
)
def test_a_key_of_the_service_account_that_applies_counts_until_its_end(other, after, when):
    """The account has a key for long and *other*; the first one goes, or ends at *after*."""
    first, second = key("sa:ci", "first")[0], replace(key("sa:ci", "second")[0], until=other)
    live = state(user("cy", "owner"), service_account("ci", "owner"), [first, second])
    change = Change(first, after and replace(first, until=after))
    policy = Policy(allow_removals=9)

    found = [f.message for f in examine(context(Plan(live, (change,)), "sa:ci", policy=policy))]

    said = [] if when is None else [f"`sa:ci` would have no API key left{when}"]
    assert found == said
