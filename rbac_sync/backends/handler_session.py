"""The base of sessions that read lists and write one change after another."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from ..errors import BackendError, DanglingReference
from ..model import Address, Horizon, Kind, Resource, State
from ..model.plain import canonical, plain
from ..planning import Change
from .interface import PlainSession
from .verbs import Verbs, verb_for

Rows = TypeVar("Rows")
Rows_contra = TypeVar("Rows_contra", contravariant=True)

ATTEMPTS = 2
"""The number of complete reads before a reference to a missing resource is an error."""


class Handler(Protocol[Rows_contra]):
    """Reads and writes one kind of resource. ``remarks`` are notes for the trail."""

    kind: ClassVar[Kind]
    remarks: list[tuple[Address, str]]

    @property
    def verbs(self) -> Verbs:
        """The verbs by action; an action without a verb is not possible with this kind."""

    def read(self, rows: Rows_contra) -> Iterator[Resource]:
        """Yield the resources in *rows*, and learn their ids."""

    def mark(self, resource: Any, /) -> str:
        """Return the id of the existing resource before *resource* is created; empty if none."""

    def trace(self, resource: Any, /) -> str:
        """Return the id of *resource* after its creation; empty if it has none."""


@dataclass
class Ids:
    """The ids of addresses, learned from reads and creations; an address may have several.

    ``sorts`` are names such as ``id`` or ``actor``. ``stamps`` are texts that
    change with every write to a resource.
    """

    _ids: dict[Address, dict[str, str]] = field(default_factory=dict)
    _addresses: dict[str, Address] = field(default_factory=dict)
    _stamps: dict[Address, object] = field(default_factory=dict)
    _subjects: dict[Address, list[tuple[str, object]]] = field(default_factory=dict)

    def learn(self, address: Address, stamp: str = "", /, **sorts: object) -> None:
        """Add a resource with its ids.

        Raises:
            BackendError: another resource has that name.
        """
        if address in self._ids:
            hint = "names are what tells them apart here; rename one of them in the service"
            raise BackendError(f"there are two things called `{address}`", hint=hint)
        self._ids[address] = {sort: str(id_) for sort, id_ in sorts.items()}
        self._addresses.update((id_, address) for id_ in self._ids[address].values())
        self._stamps[address] = stamp

    def add(self, address: Address, **sorts: object) -> None:
        """Add or replace ids of a known resource."""
        self._ids[address].update((sort, str(id_)) for sort, id_ in sorts.items())
        self._addresses.update((str(id_), address) for id_ in sorts.values())

    def forget(self, address: Address) -> None:
        self._ids.pop(address, None)

    def rename(self, old: Address, new: Address) -> None:
        """Move the ids of a resource to its new address."""
        self._ids[new] = self._ids.pop(old)
        self._addresses.update((id_, new) for id_ in self._ids[new].values())

    def clear(self) -> None:
        self._ids.clear()
        self._addresses.clear()
        self._stamps.clear()
        self._subjects.clear()

    def has(self, address: Address, sort: str) -> bool:
        """Say whether a resource is known and has an id of this sort."""
        return sort in self._ids.get(address, {})

    def of(self, address: Address, sort: str = "id") -> str:
        """Return the id of a resource.

        Raises:
            BackendError: the resource is unknown, or has no id of this sort.
        """
        if not self.has(address, sort):
            raise BackendError(f"`{address}` is not there", hint="plan again")
        return self._ids[address][sort]

    def find(self, address: Address, sort: str = "id") -> str:
        """Return the id of a resource; empty if the resource has no id of this sort."""
        return self._ids.get(address, {}).get(sort, "")

    def stamp(self, address: Address) -> str:
        """Return the stamp of a resource; empty if it has none."""
        return str(self._stamps.get(address, ""))

    def stamped(self, address: Address, stamp: object) -> None:
        """Add the stamp of a resource without a name of its own, such as a binding.

        *Why* a value that is formatted later: of thousands of stamps, few are needed.
        """
        self._stamps[address] = stamp

    def known(self, id_: object) -> Address | None:
        """Return the address with the id *id_*, None if there is none."""
        return self._addresses.get(str(id_))

    def reported(self, address: Address, kind: str, id_: object) -> None:
        """Note that the service reports changes of *address* under a *kind* and this id."""
        self._subjects.setdefault(address, []).append((kind, id_))

    def subjects(self, addresses: Iterable[Address]) -> dict[str, list[Address]]:
        """Return the addresses that the service reports under each kind and id of *addresses*."""
        requested = {name for address in addresses for name in self._subjects.get(address, ())}
        by_name: dict[tuple[str, object], list[Address]] = {name: [] for name in requested}
        for address, names in self._subjects.items():
            for name in requested.intersection(names):
                by_name[name].append(address)
        texts = {f"{kind}.{id_}": all_ for (kind, id_), all_ in by_name.items()}
        return dict(sorted(texts.items()))

    def behind(self, addresses: Iterable[Address]) -> dict[str, Address]:
        """Return each of *addresses* by its ids, and by the ids at the beginning of its stamp."""
        by_id: dict[str, Address] = {}
        for address in addresses:
            ids = [*self._ids.get(address, {}).values(), *self.stamp(address).split()[:1]]
            by_id.update(dict.fromkeys(ids, address))
        return by_id

    def address(self, id_: object, where: str) -> Address:
        """Return the address with the id *id_*.

        Raises:
            DanglingReference: no list contains this id.
        """
        try:
            return self._addresses[str(id_)]
        except KeyError:
            message = f"{where} refers to `{id_}`, which no list contains"
            hint = "try again; if it stays, look at it in the service"
            raise DanglingReference(message, hint=hint) from None


class HandlerSession(PlainSession, ABC, Generic[Rows]):
    """A session that reads with all handlers, and passes each change to that of its kind."""

    def __init__(self, handlers: Sequence[Handler[Rows]], ids: Ids) -> None:
        """Open a session with *handlers*; a handler may use ids that earlier ones have learned."""
        self._handlers = {handler.kind: handler for handler in handlers}
        self._verbs = {handler.kind: handler.verbs for handler in handlers}
        self._ids, self._knows_ids = ids, False

    @abstractmethod
    def fetched(self) -> Rows:
        """Return the rows that the service returns now."""

    def read(self, like: State | None = None) -> State:  # noqa: ARG002
        return self._live

    def horizon(self) -> Horizon:
        self.read()
        return self._horizon

    @abstractmethod
    def beheld(self, state: State, rows: Rows) -> Horizon:
        """Return the horizon of *rows*, from which *state* was read.

        Raises:
            DanglingReference: a row refers to a missing row that is not hidden.
        """

    @cached_property
    def _live(self) -> State:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                rows = self.fetched()
                self._ids.clear()
                handlers = self._handlers.values()
                state = State([each for handler in handlers for each in handler.read(rows)])
                self._knows_ids = True
                self._horizon = self.beheld(state, rows)
                return self.completed(state, rows)
            except DanglingReference:
                if attempt == ATTEMPTS:
                    raise
        raise AssertionError("the last attempt returns or raises")

    def completed(self, state: State, rows: Rows) -> State:  # noqa: ARG002
        """Return the *state* of *rows*, in the form for comparisons."""
        return state

    @cached_property
    def _by_address(self) -> Mapping[Address, Resource]:
        state = self.read()
        return {each.address: each for each in (*state.resources(), *state.bindings())}

    def versions(self, addresses: Iterable[Address]) -> Mapping[Address, str]:
        """Return a digest of each live resource at *addresses* and its stamp. See ``Session``."""
        live = self._by_address
        texts = {a: canonical([self._ids.stamp(a), plain(live[a])]) for a in addresses if a in live}
        return {a: sha256(text.encode()).hexdigest()[:16] for a, text in texts.items()}

    def make(self, change: Change) -> Mapping[str, str]:
        """Make *change*, and return the secret that it creates. See ``Writer``."""
        self._learn_ids(change)
        verb = verb_for(change, self._verbs)
        try:
            secret = verb(change)
        finally:
            self._look_again()
        return {str(change.address): secret} if secret else {}

    def _learn_ids(self, change: Change | None = None) -> None:  # noqa: ARG002
        """Read the account, unless the resources of *change* have been read."""
        if not self._knows_ids:
            self.read()

    def _look_again(self) -> None:
        """Make the next read query the service again; known ids stay until then."""
        self._forget("_live", "_by_address")

    def _forget(self, *cached: str) -> None:
        for name in cached:
            self.__dict__.pop(name, None)
