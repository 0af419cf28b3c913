"""The ids of the resources of a remote account by address, and addresses by id."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ...dataclasses import dataclass, field
from ...errors import BackendError, BadResponse, DanglingReference
from ...model import Address, Kind
from ...model.address import key_owner

EVERY_KIND = frozenset(Kind)


@dataclass
class Ids:
    """The ids of addresses, learned from reads and creations; an address may have several.

    ``sorts`` are names such as ``id`` or ``actor``. ``stamps`` are texts that
    change with every write to a resource.
    """

    _ids: dict[Address, dict[str, str]] = field(default_factory=dict)
    _addresses: dict[str, Address] = field(default_factory=dict)
    _stamps: dict[Address, str] = field(default_factory=dict)
    _subjects: dict[Address, list[tuple[str, object]]] = field(default_factory=dict)

    def learn(self, address: Address, stamp: str = "", /, **sorts: object) -> None:
        """Add a resource with its ids.

        Raises:
            BackendError: another resource has that name, or one of the ids.
        """
        if address in self._ids:
            hint = "rename one of them in the service: things are told apart by their names here"
            raise BackendError(f"there are two things called `{address}`", hint=hint)
        self._ids[address] = {sort: str(id_) for sort, id_ in sorts.items()}
        for id_ in self._ids[address].values():
            if (other := self._addresses.setdefault(id_, address)) != address:
                message = f"`{other}` and `{address}` have the same id, `{id_}`"
                raise BackendError(message, hint="look at both in the service")
        self._stamps[address] = stamp

    def add(self, address: Address, **sorts: object) -> None:
        """Add or replace ids of a known resource."""
        self._ids[address].update((sort, str(id_)) for sort, id_ in sorts.items())
        self._addresses.update((str(id_), address) for id_ in sorts.values())

    def forget(self, address: Address) -> None:
        self._ids.pop(address, None)

    def rename(self, old: Address, new: Address) -> None:
        """Move the ids of a resource, and of its keys, to their new addresses."""
        keys = [address for address in self._ids if key_owner(address) == old]
        moved = {key: Address(key.kind, key.key.replace(str(old), str(new), 1)) for key in keys}
        for before, after in {old: new, **moved}.items():
            self._ids[after] = self._ids.pop(before)
            self._addresses.update((id_, after) for id_ in self._ids[after].values())

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
        return self._stamps.get(address, "")

    def stamped(self, address: Address, stamp: str) -> None:
        """Add the stamp of a resource without a name of its own, such as a binding."""
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

    def address(self, id_: object, where: str, kinds: Collection[Kind] = EVERY_KIND) -> Address:
        """Return the address with the id *id_*, to which *where* refers as one of *kinds*.

        Raises:
            DanglingReference: no list contains this id.
            BadResponse: it is the id of something else.
        """
        address = self._addresses.get(str(id_))
        if address is None:
            message = f"{where} refers to `{id_}`, which no list contains"
            hint = "try again; if this message comes again, look at the account in the service"
            raise DanglingReference(message, hint=hint)
        if address.kind not in kinds:
            message = f"{where} refers to `{id_}`, which is `{address}`"
            raise BadResponse(message, hint="look at it in the service")
        return address
