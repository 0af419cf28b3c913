"""The applier keeps what it manages, by whatever names things have in the end."""

from __future__ import annotations

from dataclasses import replace

from rbac_sync.guard import RuleId, examine
from rbac_sync.planning import Change, Plan

from ..build import bind, context, state, user, workspace

A, B = workspace("a")[0], workspace("b")[0]
SWAPPED = (Change(A, replace(A, handle="c")), Change(B, replace(B, handle="a")))


def lockouts(*changes):
    """Return what ana, who owns two workspaces, would no longer hold."""
    held = [bind("ana", handle, "owner") for handle in "ab"]
    live = state(user("cy", "owner"), user("ana"), [A, B], *held)
    found = examine(context(Plan(live, changes)))
    return [f.message for f in found if f.rule is RuleId.SELF_LOCKOUT]


def test_what_was_managed_in_a_workspace_is_asked_of_the_same_one_under_its_new_name():
    assert lockouts(*SWAPPED) == []

    taken = Change(bind("ana", "a", "owner")[0], None)

    assert lockouts(*SWAPPED, taken) == [
        "`ana@acme.example` would no longer hold in workspace a: `manage_access`"
    ]
