"""A service in memory with a company in it, as the tests of both services see it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, ClassVar

import httpx
from respx import MockRouter

from rbac_sync.model import Catalogue, Key, User
from rbac_sync.planning import Change
from rbac_sync.planning.target_form import normal
from rbac_sync.testing import account as testing


class Service:
    """One service with a company. The subclasses have what differs.

    Each request has a name: method and path, or the name of the query or mutation. ``before``
    may answer a request in place of the service, ``after`` may change its answer.
    """

    root: ClassVar[str]
    catalogue: ClassVar[Catalogue]
    verbs: ClassVar[Mapping[str, tuple[Change, Callable[[Any], Any]]]]
    key: ClassVar[str]
    """The API key of all requests."""
    secret: ClassVar[str]
    """The beginning of each secret."""
    given: ClassVar[Change]
    """A change that no verb depends on."""
    new_key: ClassVar[Key]
    creations: ClassVar[Mapping[str, Change]]
    """What can be made without anything else, by its kind."""
    twins: ClassVar[Mapping[str, tuple[str, Callable[[Any], Any]]]]
    """What others make under the name of one of ``creations``, by how it differs: the kind, and
    how it is put into the memory."""
    story: ClassVar[list[Change]]
    """Changes of things that only this run has made; they leave nothing behind."""
    missing: ClassVar[Mapping[str, Change]]
    """Changes that the service does not have, by what a message says it cannot do."""
    remade: ClassVar[list[str]]
    """What is asked for when the secret of a new key was lost."""
    trouble: ClassVar[Mapping[str, Callable[[], httpx.Response]]]
    """Answers of a service that does not know what was done."""
    forbidden: ClassVar[Callable[[], httpx.Response]]
    unauthenticated: ClassVar[Callable[[], httpx.Response]]
    conflict: ClassVar[Callable[[], httpx.Response]]
    """It says "name taken"."""
    listing: ClassVar[Any]
    """The name of the request for service accounts."""
    strangers: ClassVar[Mapping[str, Callable[[Any], str]]]
    """The ids of what cannot have made a request, each read from the memory."""
    right: ClassVar[str]
    """A pattern for the permission that a refusal names."""

    def __init__(self, memory: Any, names: Any, pauses: list[float], folder: Any) -> None:
        self.memory, self.names, self.pauses, self.folder = memory, names, pauses, folder
        self.stop()
        self.backend = memory.backend(folder)

    def stop(self) -> None:
        """Answer from now on as the service does."""
        self.before: Callable[[Any], Any] = lambda request: None
        self.after: Callable[[Any, httpx.Response], Any] = lambda request, answer: answer

    def route(self, router: MockRouter) -> None:
        """Answer the requests that *router* gets."""
        router.route().mock(side_effect=self.memory.answer)

    def has(self, change: Change) -> bool:
        """Say whether what *change* leads to is live, and what comes with it."""
        live = normal(testing.live(self.backend), self.catalogue)
        there = [live.find(change.resource), *map(live.find, change.brings)]
        return [*map(as_read, there)] == [*map(as_read, (change.after, *change.brings))]

    def instead(self, request: Any, answer: Callable[[], Any]) -> None:
        """Give *answer* to *request*, and do nothing of it."""
        self.before = lambda asked: answer() if asked == request else None

    def lose(self, request: Any, answer: Callable[[], Any], times: int = 1) -> None:
        """Do *request*, but give *answer* to the first *times*."""
        left = [None] * times

        def after(asked: Any, given: httpx.Response) -> Any:
            return (left.pop(), answer())[1] if asked == request and left else given

        self.after = after

    def requests(self, verb: str) -> list[Any]:
        """Return the names of the writes that *verb* takes."""
        raise NotImplementedError

    def writes(self) -> list[Any]:
        """Return the names of the writes so far."""
        raise NotImplementedError

    def making(self, kind: str) -> Any:
        """Return the name of the request that makes one of ``creations``."""
        raise NotImplementedError

    def making_key(self) -> Any:
        """Return the name of the request that makes ``new_key``."""
        raise NotImplementedError

    def appear(self, kind: str) -> None:
        """Have the thing of ``creations`` made as it was asked for."""
        raise NotImplementedError

    def account_appears(self, name: str) -> None:
        """Have a service account made by somebody."""
        raise NotImplementedError

    def key_appears(self, key: Key) -> None:
        """Have *key*, which is called as ``new_key`` is, made by somebody."""
        raise NotImplementedError

    def accept(self) -> None:
        """Have eve@example.org accept her invitation, if she has not."""
        raise NotImplementedError

    def call_as(self, id_: str) -> None:
        """Let the API key be that of whoever has this id."""
        raise NotImplementedError

    def key_calls(self) -> list[str]:
        """Return the verbs of the writes so far, which are all about keys."""
        raise NotImplementedError

    def current_secret(self) -> str:
        """Return the secret of the live ``new_key``."""
        raise NotImplementedError

    def hide_people(self) -> None:
        """Show the key no invitation."""
        raise NotImplementedError

    def is_sent_once(self, request: Any) -> bool:
        """Say whether what *request* made is looked for before it is sent again."""
        raise NotImplementedError

    def tries(self, request: Any, answer: str) -> int:
        """Return how often *request* is sent if the first answer is lost so; 0: it stays open."""
        if request == self.making_key():
            return 2
        if self.is_sent_once(request):
            return 1
        return 0 if answer in UNREADABLE else 2


LOST: Mapping[str, Callable[[], Any]] = {
    "a reset": lambda: httpx.ReadError("connection reset"),
    "a timeout": lambda: httpx.ReadTimeout(""),
    "a gateway": lambda: httpx.Response(502),
    "a page for people": lambda: httpx.Response(200, content="<html>"),
    "half an answer": lambda: httpx.Response(200, content='{"data": {"cre'),
}
"""Answers that do not say what was done."""

UNREADABLE = {"a page for people", "half an answer"}


def as_read(resource: Any) -> Any:
    """Return *resource* as both services tell it: without the end of an invitation."""
    return replace(resource, expires=None) if isinstance(resource, User) else resource
