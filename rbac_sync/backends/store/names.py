"""The numbers of addresses in one account, both ways."""

from __future__ import annotations

from collections.abc import Iterable

from ...errors import BackendError
from ...model import Address, Kind

KINDS = {str(kind): kind for kind in Kind}


class NameIndex:
    """Addresses by number and numbers by address; the handlers keep both up to date."""

    def __init__(self, rows: Iterable[tuple[int, str, str]]) -> None:
        """Build from (number, kind, key) as stored."""
        self.addresses = {number: Address(KINDS[kind], key) for number, kind, key in rows}
        self.numbers = {address: number for number, address in self.addresses.items()}

    def number(self, address: Address) -> int:
        """Return the number of *address*.

        Raises:
            BackendError: the account has nothing of that name.

        """
        try:
            return self.numbers[address]
        except KeyError:
            hint = "nothing was changed; plan again"
            raise BackendError(f"there is no `{address}` in this account", hint=hint) from None

    def add(self, address: Address, number: int) -> None:
        """Take in a name that has come into being."""
        self.addresses[number] = address
        self.numbers[address] = number

    def rename(self, before: Address, after: Address) -> int:
        """Give the number of *before* to *after*, and return it."""
        number = self.remove(before)
        self.add(after, number)
        return number

    def remove(self, address: Address) -> int:
        """Take out a name, and return the number it had."""
        number = self.number(address)
        del self.numbers[address], self.addresses[number]
        return number
