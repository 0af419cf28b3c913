"""The verbs of handlers: what there is a verb for can be done, and nothing else."""

from __future__ import annotations

import pytest

from rbac_sync.backends.verbs import (
    actions,
    takes_after,
    takes_after_and_brought,
    takes_all,
    takes_before,
    takes_both,
    verb_for,
)
from rbac_sync.errors import BackendError
from rbac_sync.model import Action, Kind, Role
from rbac_sync.planning import Change
from tests.build import bind, role, user

(READER,), (WRITER,), (BO, *_) = role("reader"), role("writer"), user("bo")
BINDINGS = (*bind("bo", "prod", "viewer"), *bind("bo", "test", "viewer"))


class Sides(list[object]):
    """Notes what a verb is given."""

    def note(self, *given: object) -> str:
        self.extend(given)
        return "secret"


@pytest.mark.parametrize(
    ("adapted", "change", "given"),
    [
        (takes_after, Change(None, READER), [READER]),
        (takes_before, Change(READER, None), [READER]),
        (takes_both, Change(READER, WRITER), [READER, WRITER]),
        (takes_after_and_brought, Change(None, BO, BINDINGS), [BO, *BINDINGS]),
        (takes_all, Change(BO, BO, BINDINGS), [BO, BO, *BINDINGS]),
    ],
)
def test_a_verb_gives_its_method_the_sides_that_it_takes_and_returns_the_secret(
    adapted, change, given
):
    sides = Sides()
    assert adapted(sides.note)(change) == "secret"
    assert sides == given


def create(role: Role) -> None:
    """Create nothing."""


VERBS = {Kind.ROLE: {Action.CREATE: takes_after(create)}, Kind.USER: {}}


def test_the_actions_are_those_that_there_are_verbs_for():
    assert actions(VERBS) == {Kind.ROLE: {Action.CREATE}, Kind.USER: set()}


def test_the_verb_of_a_change_is_that_of_its_kind_and_action():
    assert verb_for(Change(None, READER), VERBS) is VERBS[Kind.ROLE][Action.CREATE]


def test_a_change_without_a_verb_is_refused():
    with pytest.raises(BackendError) as raised:
        verb_for(Change(READER, None), VERBS)
    assert str(raised.value) == "this backend cannot delete a role"
