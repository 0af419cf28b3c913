"""The edits of the contract suite are of every kind and every verb.

Access lists of objects have tests of their own in the suite: the objects are made elsewhere.
"""

from __future__ import annotations

from rbac_sync.model import Action, Kind
from rbac_sync.testing.company import EDITS

KEPT_ELSEWHERE = {Kind.ACCOUNT, Kind.EVERYONE, Kind.OBJECT}


def test_every_kind_of_its_own_is_edited_with_every_verb():
    edited = {(change.address.kind, change.action) for edit in EDITS.values() for change in edit}

    assert {kind for kind, _ in edited} == set(Kind) - KEPT_ELSEWHERE
    assert {action for _, action in edited} == set(Action)
