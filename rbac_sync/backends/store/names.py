"""The numbers of addresses in one account, and the addresses of numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from ...errors import BackendError
from ...model import ACCOUNT, ANYWHERE, EVERYONE, Address, Kind
from ...model.address import stored
from ..database.parts import batched

KINDS = {str(kind): kind for kind in Kind}

MOST_SINGLE = 20_000
"""The most numbers whose addresses are read in parts; for more, all of the account are read."""

FIXED = (ACCOUNT, ANYWHERE, EVERYONE)
"""The addresses that every account has."""

NameRow = tuple[int, str, str]
"""A row of ``address``: number, kind and key, as stored."""


class NameIndex:
    """Addresses by number and numbers by address, read when they are needed.

    The handlers keep both up to date: an address that they add, rename or remove is changed
    here before it is written.
    """

    def __init__(self, read: Callable[..., Iterable[NameRow]]) -> None:
        """Read with *read*, which returns the rows with given values of columns, or all rows."""
        self._read = read
        self._addresses: dict[int, Address] = {}
        self._numbers: dict[Address, int] = {}
        self._gone: set[Address] = set()
        self._ended: set[int] = set()
        self._kinds: set[Kind] = set()
        self._is_whole = False

    @property
    def addresses(self) -> Mapping[int, Address]:
        """The address of each number in the account; reads those that are not known yet."""
        self._load()
        return self._addresses

    @property
    def numbers(self) -> Mapping[Address, int]:
        """The number of each address in the account; reads those that are not known yet."""
        self._load()
        return self._numbers

    def address(self, number: int) -> Address:
        """Return the address of *number*; KeyError if there is none."""
        if number not in self._addresses and not self._is_whole:
            self.take(self._read(number=number))
        return self._addresses[number]

    def find(self, address: Address) -> int | None:
        """Return the number of *address*, or None."""
        is_known = address in self._numbers or address in self._gone or self._is_whole
        if not is_known:
            self.take(self._at(address))
            if address not in self._numbers:
                self._gone.add(address)
        return self._numbers.get(address)

    def number(self, address: Address) -> int:
        """Return the number of *address*.

        Raises:
            BackendError: the account has no such address.
        """
        number = self._numbers.get(address) or self.find(address)
        if number is None:
            hint = "nothing was changed; plan again"
            raise BackendError(f"there is no `{address}` in this account", hint=hint)
        return number

    def of(self, kind: Kind) -> Mapping[Address, int]:
        """Return the number of each address of *kind*."""
        if not self._is_whole and kind not in self._kinds:
            self.take(self._read(kind=str(kind)))
            self._kinds.add(kind)
        return {a: number for a, number in self._numbers.items() if a.kind is kind}

    def know(self, numbers: Iterable[int]) -> None:
        """Read the addresses of those of *numbers* that are not known yet, in few queries."""
        unknown = [] if self._is_whole else sorted(set(numbers) - self._addresses.keys())
        if len(unknown) > MOST_SINGLE:
            self._load()
            return
        for part in batched(unknown):
            self.take(self._read(number=part))

    def known(self, addresses: Iterable[Address]) -> dict[Address, int]:
        """Return the number of each of *addresses* that exists, read in few queries."""
        requested = list(addresses)
        unknown = set() if self._is_whole else {*requested} - self._numbers.keys() - self._gone
        if len(unknown) > MOST_SINGLE:
            self._load()
            unknown = set()
        for kind in sorted({address.kind for address in unknown}):
            keys = sorted(a.key for a in unknown if a.kind is kind and can_be_kept(a.key))
            for part in batched(keys):
                self.take(self._read(kind=str(kind), key=part))
        self._gone |= unknown - self._numbers.keys()
        numbers = ((address, self._numbers.get(address)) for address in requested)
        return {address: number for address, number in numbers if number is not None}

    def take(self, rows: Iterable[NameRow]) -> None:
        """Add *rows* that were read, except those that an unwritten change has replaced."""
        for number, kind, key in rows:
            if number not in self._addresses and number not in self._ended:
                self.add(stored(KINDS[kind], key), number)

    def add(self, address: Address, number: int) -> None:
        """Add a new address."""
        self._addresses[number] = address
        self._numbers[address] = number
        self._gone.discard(address)

    def rename(self, before: Address, after: Address) -> int:
        """Move the number of *before* to *after*, and return the number."""
        number = self.remove(before)
        self.add(after, number)
        return number

    def remove(self, address: Address) -> int:
        """Remove an address, and return its number."""
        number = self.number(address)
        del self._numbers[address], self._addresses[number]
        self._gone.add(address)
        self._ended.add(number)
        return number

    def _at(self, address: Address) -> Iterable[NameRow]:
        """Return the row of *address*, if there is one; for one of ``FIXED``, those of all."""
        if address in FIXED:
            return self._read(kind=[str(a.kind) for a in FIXED], key=[a.key for a in FIXED])
        known = can_be_kept(address.key)
        return self._read(kind=str(address.kind), key=address.key) if known else ()

    def _load(self) -> None:
        if not self._is_whole:
            self.take(self._read())
            self._is_whole = True


def can_be_kept(text: str) -> bool:
    """Say whether a database can store *text*; if not, no row has it."""
    return "\0" not in text and not any("\ud800" <= c <= "\udfff" for c in text)
