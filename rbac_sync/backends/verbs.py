"""The verbs of a handler: the ways in which it changes one kind of resource, by action."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar, cast

from ..errors import BackendError
from ..model import Action, Binding, Kind, Resource
from ..planning import Change

R = TypeVar("R", bound=Resource)
"""The kind of the handler: a session sends it no change of another kind."""


Verb = Callable[[Change], str | None]
"""Makes a change to one resource, and returns the secret that the change creates, if any."""

Verbs = Mapping[Action, Verb]
"""The verbs of a handler. Other actions are not possible with its kind."""


def actions(verbs: Mapping[Kind, Verbs]) -> dict[Kind, frozenset[Action]]:
    """Return the actions with a verb, by kind."""
    return {kind: frozenset(verbs_of_kind) for kind, verbs_of_kind in verbs.items()}


def verb_for(change: Change, verbs: Mapping[Kind, Verbs]) -> Verb:
    """Return the verb that makes *change*.

    Raises:
        BackendError: there is no such verb.
    """
    kind, action = change.resource.kind, change.action
    if action not in verbs[kind]:
        raise BackendError(f"this backend cannot {action} a {kind}")
    return verbs[kind][action]


def takes_after(do: Callable[[R], str | None]) -> Verb:
    """Return the verb that calls *do* with the resource after the change."""
    return lambda change: do(cast("R", change.after))


def takes_before(do: Callable[[R], str | None]) -> Verb:
    """Return the verb that calls *do* with the resource before the change."""
    return lambda change: do(cast("R", change.before))


def takes_both(do: Callable[[R, R], str | None]) -> Verb:
    """Return the verb that calls *do* with the resource before and after the change."""
    return lambda change: do(cast("R", change.before), cast("R", change.after))


def plain_verbs(
    create: Callable[[R], str | None],
    update: Callable[[R, R], str | None],
    delete: Callable[[R], str | None],
) -> dict[Action, Verb]:
    """Return the verbs of a kind that is created, updated and deleted on its own."""
    return {
        Action.CREATE: takes_after(create),
        Action.UPDATE: takes_both(update),
        Action.DELETE: takes_before(delete),
    }


def takes_after_and_brought(do: Callable[[R, *tuple[Binding, ...]], str | None]) -> Verb:
    """Return the verb that calls *do* with the new resource and its first bindings."""
    return lambda change: do(cast("R", change.after), *change.brings)


def takes_all(do: Callable[[R, R, *tuple[Binding, ...]], str | None]) -> Verb:
    """Return the verb that calls *do* with both resources and the new bindings."""
    return lambda change: do(cast("R", change.before), cast("R", change.after), *change.brings)
