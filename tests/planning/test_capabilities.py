from __future__ import annotations

from dataclasses import replace

from rbac_sync.model import Action, Kind
from rbac_sync.planning import Capabilities, Change

from ..build import role

READER = role("reader")[0]
RENAMED = Change(READER, replace(READER, name="looker"))
NO_RENAME = {Kind.ROLE: frozenset({Action.CREATE})}


def test_a_missing_verb_is_an_obstacle():
    (reason,) = Capabilities(NO_RENAME).obstacles(RENAMED)
    assert reason == "this backend cannot rename a role"
    assert list(Capabilities(NO_RENAME).obstacles(Change(None, READER))) == []


def test_a_limit_that_says_why_speaks_for_the_missing_verb():
    can = Capabilities(NO_RENAME, (lambda change: "roles keep their names",))
    assert list(can.obstacles(RENAMED)) == ["roles keep their names"]
