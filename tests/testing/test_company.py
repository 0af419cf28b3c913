"""The edits of the contract suite are of every kind and every verb."""

from __future__ import annotations

from rbac_sync.model import Action, Kind
from rbac_sync.testing.company import EDITS


def test_every_kind_but_the_scopes_and_everyone_is_edited_with_every_verb():
    edited = {(change.address.kind, change.action) for edit in EDITS.values() for change in edit}

    assert {kind for kind, _ in edited} == set(Kind) - {Kind.ACCOUNT, Kind.EVERYONE}
    assert {action for _, action in edited} == set(Action)
