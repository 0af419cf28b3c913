from __future__ import annotations

from dataclasses import replace

from rbac_sync.model import Action, Kind
from rbac_sync.planning import Change

from ..build import ANYTHING, role

READER = role("reader")[0]
RENAMED = Change(READER, replace(READER, name="looker"))
NO_RENAME = {Kind.ROLE: frozenset({Action.CREATE})}


def test_a_missing_verb_is_an_obstacle():
    (reason,) = replace(ANYTHING, actions=NO_RENAME).obstacles(RENAMED)
    assert reason == "this backend cannot rename a role"
    assert list(replace(ANYTHING, actions=NO_RENAME).obstacles(Change(None, READER))) == []


def test_a_limit_that_says_why_speaks_for_the_missing_verb():
    can = replace(ANYTHING, actions=NO_RENAME, limits=(lambda change: "roles keep their names",))
    assert list(can.obstacles(RENAMED)) == ["roles keep their names"]
