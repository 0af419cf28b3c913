"""The base of handlers, each of which makes the changes of one kind of resource."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Generic, TypeVar, assert_never, cast

from ..errors import BackendError
from ..model import Action, Binding, Kind, Resource
from ..planning import Change

R = TypeVar("R", bound=Resource)
"""The kind of the handler: a session sends it no change of another kind."""


class KindHandler(Generic[R]):
    """Makes changes of one kind of resource: those with one of its ``actions``.

    A subclass overrides the methods of these actions. Each returns the secret that
    the change creates, if any.
    """

    kind: ClassVar[Kind]
    actions: ClassVar[frozenset[Action]]

    def make(self, change: Change) -> str | None:
        """Make *change*, and return the secret that it creates, if any.

        Raises:
            BackendError: the change is not possible, or its action is not one of ``actions``.
        """
        before, after = cast("R", change.before), cast("R", change.after)
        match change.action:
            case Action.CREATE:
                return self.create(after, *change.brings)
            case Action.UPDATE:
                return self.update(before, after)
            case Action.RENAME:
                return self.rename(before, after)
            case Action.REPLACE:
                return self.replace(before, after, *change.brings)
            case Action.DELETE:
                return self.delete(before)
        assert_never(change.action)

    def create(self, _after: R, /, *_brings: Binding) -> str | None:
        """Create a resource with its first bindings."""
        raise self._impossible(Action.CREATE)

    def update(self, _before: R, _after: R, /) -> str | None:
        """Change the fields of a resource that keeps its address."""
        raise self._impossible(Action.UPDATE)

    def rename(self, _before: R, _after: R, /) -> str | None:
        """Give a resource another address; references to it stay."""
        raise self._impossible(Action.RENAME)

    def replace(self, _before: R, _after: R, /, *_brings: Binding) -> str | None:
        """Delete a resource and create another one at its address, with its first bindings."""
        raise self._impossible(Action.REPLACE)

    def delete(self, _before: R, /) -> str | None:
        """Delete a resource with everything that belongs to it."""
        raise self._impossible(Action.DELETE)

    def _impossible(self, action: Action) -> BackendError:
        return BackendError(f"this backend cannot {action} a {self.kind}")


WRITTEN = frozenset({Action.CREATE, Action.UPDATE, Action.DELETE})
"""The actions of a kind that is created, updated and deleted on its own."""


def actions(handlers: Mapping[Kind, KindHandler[Any]]) -> dict[Kind, frozenset[Action]]:
    """Return the actions of each handler, by kind."""
    return {kind: handler.actions for kind, handler in handlers.items()}
