"""Handlers: the actions that one names are those whose methods it has, and nothing else is made."""

from __future__ import annotations

from importlib import import_module

import pytest

from rbac_sync.backends import OURS
from rbac_sync.backends.handler import KindHandler, actions
from rbac_sync.errors import BackendError
from rbac_sync.model import Action, Kind
from rbac_sync.planning import Change
from tests.build import bind, role, user

(READER,), (WRITER,), (BO, *_) = role("reader"), role("writer"), user("bo")
BINDINGS = (*bind("bo", "prod", "viewer"), *bind("bo", "test", "viewer"))


class Everything(KindHandler):
    """Notes what each method is given."""

    kind = Kind.USER
    actions = frozenset(Action)

    def __init__(self):
        self.given = []

    def _note(self, *given):
        self.given.extend(given)
        return "secret"

    create = update = rename = replace = delete = _note


class Nothing(KindHandler):
    """Makes no change."""

    kind = Kind.ROLE
    actions = frozenset()


@pytest.mark.parametrize(
    ("change", "given"),
    [
        (Change(None, READER), [READER]),
        (Change(READER, None), [READER]),
        (Change(READER, WRITER), [READER, WRITER]),
        (Change(WRITER, WRITER), [WRITER, WRITER]),
        (Change(None, BO, BINDINGS), [BO, *BINDINGS]),
        (Change(BO, BO, BINDINGS), [BO, BO, *BINDINGS]),
    ],
)
def test_a_method_is_given_the_sides_of_its_action_and_returns_the_secret(change, given):
    handler = Everything()
    assert handler.make(change) == "secret"
    assert handler.given == given


def test_the_actions_are_those_of_the_handlers():
    handlers = {Kind.USER: Everything(), Kind.ROLE: Nothing()}
    assert actions(handlers) == {Kind.USER: frozenset(Action), Kind.ROLE: frozenset()}


@pytest.mark.parametrize(
    ("change", "action"),
    [
        (Change(None, READER), "create"),
        (Change(READER, READER), "update"),
        (Change(READER, WRITER), "rename"),
        (Change(READER, READER, BINDINGS), "replace"),
        (Change(READER, None), "delete"),
    ],
)
def test_a_change_of_another_action_is_refused(change, action):
    with pytest.raises(BackendError) as raised:
        Nothing().make(change)
    assert str(raised.value) == f"this backend cannot {action} a role"


def concrete(handler):
    """Yield the handlers of one kind among the subclasses of *handler*."""
    for each in handler.__subclasses__():
        yield from concrete(each)
        if "kind" in vars(each) and each.__module__.startswith("rbac_sync"):
            yield each


def test_a_handler_has_the_methods_of_its_actions_and_no_others():
    for name in OURS:
        import_module(f"rbac_sync.backends.{name.replace('-', '_')}.session")
    found = list(concrete(KindHandler))
    assert len(found) == 8 + 8 + 5
    for handler in found:
        own = {a for a in Action if vars(KindHandler)[a] is not getattr(handler, a)}
        assert own == handler.actions, handler
