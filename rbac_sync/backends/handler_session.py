"""The base of sessions that read by list calls and write change by change."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from ..audit.record import Record, Touch
from ..audit.row_facts import Mismatch
from ..errors import BackendError, DanglingReference
from ..model import Address, Horizon, Kind, Resource, State
from ..model.plain import canonical, plain
from ..planning import Change
from ..planning.extent import Extent
from .verbs import Verbs, verb_for

Rows = TypeVar("Rows")
Rows_contra = TypeVar("Rows_contra", contravariant=True)

ATTEMPTS = 2
"""How often everything is read before a reference into nowhere is believed."""


class Handler(Protocol[Rows_contra]):
    """One kind of resource. ``remarks`` are what the trail should tell beyond the changes."""

    kind: ClassVar[Kind]
    remarks: list[tuple[Address, str]]

    @property
    def verbs(self) -> Verbs:
        """The verbs by action: what is missing cannot be done with this kind."""
        ...

    def read(self, rows: Rows_contra) -> Iterator[Resource]:
        """Yield the resources that *rows* tell of, and learn their ids."""
        ...

    def mark(self, resource: Any, /) -> str:
        """Return the id of what is there before *resource* is made; empty if that is nothing."""
        ...

    def trace(self, resource: Any, /) -> str:
        """Return the id of what is there once *resource* is made; empty if it has none."""
        ...


@dataclass
class Ids:
    """The ids behind addresses, learned on reading and creating; a thing may have several.

    ``sorts`` are names such as ``id`` or ``actor``. ``stamps`` are texts that
    change with every write to a thing.
    """

    _ids: dict[Address, dict[str, str]] = field(default_factory=dict)
    _addresses: dict[str, Address] = field(default_factory=dict)
    _stamps: dict[Address, object] = field(default_factory=dict)
    _subjects: dict[Address, list[tuple[str, object]]] = field(default_factory=dict)

    def learn(self, address: Address, stamp: str = "", /, **sorts: object) -> None:
        """Note the ids of a thing.

        Raises:
            BackendError: there is another one of that name.

        """
        if address in self._ids:
            hint = "names are what tells them apart here; rename one of them in the service"
            raise BackendError(f"there are two things called `{address}`", hint=hint)
        self._ids[address] = {sort: str(id_) for sort, id_ in sorts.items()}
        self._addresses.update((id_, address) for id_ in self._ids[address].values())
        self._stamps[address] = stamp

    def add(self, address: Address, **sorts: object) -> None:
        """Note further or other ids of a thing that is known."""
        self._ids[address].update((sort, str(id_)) for sort, id_ in sorts.items())
        self._addresses.update((str(id_), address) for id_ in sorts.values())

    def forget(self, address: Address) -> None:
        """Note that a thing is gone."""
        self._ids.pop(address, None)

    def rename(self, old: Address, new: Address) -> None:
        """Note that a thing has another name."""
        self._ids[new] = self._ids.pop(old)
        self._addresses.update((id_, new) for id_ in self._ids[new].values())

    def clear(self) -> None:
        """Forget everything."""
        self._ids.clear()
        self._addresses.clear()
        self._stamps.clear()
        self._subjects.clear()

    def has(self, address: Address, sort: str) -> bool:
        """Say whether a thing is there and has an id of this sort."""
        return sort in self._ids.get(address, {})

    def of(self, address: Address, sort: str = "id") -> str:
        """Return the id of a thing.

        Raises:
            BackendError: there is no such thing, or it has none of this sort.

        """
        if not self.has(address, sort):
            raise BackendError(f"`{address}` is not there", hint="plan again")
        return self._ids[address][sort]

    def stamp(self, address: Address) -> str:
        """Return the stamp of a thing; empty if nothing is known that changes with it."""
        return str(self._stamps.get(address, ""))

    def stamped(self, address: Address, stamp: object) -> None:
        """Note the stamp of something without a name of its own, such as a binding.

        *Why* it may be what becomes text later: of thousands of bindings few are asked for.
        """
        self._stamps[address] = stamp

    def known(self, id_: object) -> Address | None:
        """Return what *id_* is the id of, None if of nothing."""
        return self._addresses.get(str(id_))

    def reported(self, address: Address, kind: str, id_: object) -> None:
        """Note that the service reports what happens to *address* as of a *kind* with this id."""
        self._subjects.setdefault(address, []).append((kind, id_))

    def subjects(self, addresses: Iterable[Address]) -> dict[str, list[Address]]:
        """Return all that is reported under each name under which one of *addresses* is."""
        requested = {name for address in addresses for name in self._subjects.get(address, ())}
        by_name: dict[tuple[str, object], list[Address]] = {name: [] for name in requested}
        for address, names in self._subjects.items():
            for name in requested.intersection(names):
                by_name[name].append(address)
        texts = {f"{kind}.{id_}": all_ for (kind, id_), all_ in by_name.items()}
        return dict(sorted(texts.items()))

    def behind(self, addresses: Iterable[Address]) -> dict[str, Address]:
        """Return each of *addresses* by its ids, and by those that its stamp begins with."""
        by_id: dict[str, Address] = {}
        for address in addresses:
            ids = [*self._ids.get(address, {}).values(), *self.stamp(address).split()[:1]]
            by_id.update(dict.fromkeys(ids, address))
        return by_id

    def address(self, id_: object, where: str) -> Address:
        """Return what *id_* is the id of.

        Raises:
            DanglingReference: of nothing that any list contains.

        """
        try:
            return self._addresses[str(id_)]
        except KeyError:
            message = f"{where} refers to `{id_}`, which no list contains"
            hint = "try again; if it stays, look at it in the service"
            raise DanglingReference(message, hint=hint) from None


class HandlerSession(ABC, Generic[Rows]):
    """Reads through all its handlers, and sends each change to the one for its kind."""

    def __init__(self, handlers: Sequence[Handler[Rows]], ids: Ids) -> None:
        """Handle through *handlers*; one may use the ids that those before it learn."""
        self._handlers = {handler.kind: handler for handler in handlers}
        self._verbs = {handler.kind: handler.verbs for handler in handlers}
        self._ids, self._knows_ids = ids, False

    @abstractmethod
    def fetched(self) -> Rows:
        """Return the rows of this moment."""

    def restrict(self, extent: Extent) -> None:
        """Read everything all the same. See ``Session``."""

    def read(self, like: State | None = None) -> State:  # noqa: ARG002
        """Return the live state, read once. See ``Session``."""
        return self._live

    def show_lists(self, objects: Collection[Address] | None) -> None:
        """Do nothing: the service has no access lists, unless a session says so."""

    def horizon(self) -> Horizon:
        """Return what the reading could not see. See ``Session``."""
        self.read()
        return self._horizon

    @abstractmethod
    def beheld(self, state: State, rows: Rows) -> Horizon:
        """Return what *rows* do not show of the account; *state* is what they do show.

        Raises:
            DanglingReference: a row refers to what it should show, and does not.

        """

    @cached_property
    def _live(self) -> State:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                rows = self.fetched()
                state = self._state(rows)
                self._horizon = self.beheld(state, rows)
                return self.completed(state, rows)
            except DanglingReference:
                if attempt == ATTEMPTS:
                    raise
        raise AssertionError("the last attempt returns or raises")

    def completed(self, state: State, rows: Rows) -> State:  # noqa: ARG002
        """Return the *state* that *rows* tell of, in the form in which it is compared."""
        return state

    def _state(self, rows: Rows) -> State:
        self._ids.clear()
        resources = [each for handler in self._handlers.values() for each in handler.read(rows)]
        self._knows_ids = True
        return State(resources)

    @cached_property
    def _by_address(self) -> Mapping[Address, Resource]:
        state = self.read()
        return {each.address: each for each in (*state.resources(), *state.bindings())}

    def versions(self, addresses: Iterable[Address]) -> Mapping[Address, str]:
        """Return a digest of each live one of *addresses* and of its stamp. See ``Session``."""
        live = self._by_address
        return {a: self._version(live[a]) for a in addresses if a in live}

    def damage(self) -> Sequence[Mismatch]:
        """Return nothing: no rows are seen, only what they say. See ``Session``."""
        return ()

    def unrecorded(self, records: Iterable[Record]) -> Sequence[Mismatch]:  # noqa: ARG002
        """Return nothing: there are no such rows that could be seen. See ``Session``."""
        return ()

    def makers(self, keys: Collection[Address]) -> Mapping[Address, str]:  # noqa: ARG002
        """Return nothing: the service does not say who made a key."""
        return {}

    def touched(self, addresses: Collection[Address]) -> Mapping[Address, Touch]:  # noqa: ARG002
        """Return nothing: our own records do not tell of what others change. See ``Session``."""
        return {}

    def _version(self, resource: Resource) -> str:
        text = canonical([self._ids.stamp(resource.address), plain(resource)])
        return sha256(text.encode()).hexdigest()[:16]

    def make(self, change: Change) -> Mapping[str, str]:
        """Make *change*, and return the secret that it brings into being. See ``Writer``."""
        self._learn_ids(change)
        verb = verb_for(change, self._verbs)
        try:
            secret = verb(change)
        finally:
            self._look_again()
        return {str(change.address): secret} if secret else {}

    def _learn_ids(self, change: Change | None = None) -> None:  # noqa: ARG002
        """Read once, if nothing has been read yet that *change* is about."""
        if not self._knows_ids:
            self.read()

    def _look_again(self) -> None:
        """Let the next reading ask anew; the ids that are known are kept until then."""
        self._forget("_live", "_by_address")

    def _forget(self, *cached: str) -> None:
        for name in cached:
            self.__dict__.pop(name, None)
