"""The base of the store's handlers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator
from typing import Any, ClassVar, Generic, TypeVar

from ....model import Action, Address, Binding, Resource
from ...handler import WRITTEN, KindHandler
from .. import tables as t
from ..account import Account
from ..batch import Batch
from ..bulk import deleting, updating
from ..table import StoreTable

R = TypeVar("R", bound=Resource)


class Handler(KindHandler[R], ABC, Generic[R]):
    """Reads and writes one kind of resource in one account."""

    def __init__(self, account: Account, batch: Batch) -> None:
        self.account = account
        self.batch = batch

    def number(self, address: Address) -> int:
        """Return the number of *address*; BackendError if there is none."""
        return self.account.names.number(address)

    def names(self, numbers: Collection[int] | None) -> Callable[[int], Address]:
        """Return the function from a number to its address, for *numbers* or all; read at once."""
        names = self.account.names
        if numbers is None:
            return names.addresses.__getitem__
        names.know(numbers)
        return names.address


def among(column: str, numbers: Collection[int] | None) -> dict[str, list[int]]:
    """Return the condition for ``Account.find`` that *column* is one of *numbers*; None: any."""
    return {} if numbers is None else {column: sorted(numbers)}


class Named(Handler[R]):
    """The handler of a kind whose resources have a row in ``address`` and one in its own table."""

    actions: ClassVar = WRITTEN | {Action.RENAME}
    table: ClassVar[StoreTable]
    named_after: ClassVar[tuple[tuple[StoreTable, str], ...]] = ()
    """The columns of references from resources whose addresses contain the name of this one."""

    @abstractmethod
    def read(self, numbers: Collection[int] | None = None) -> Iterator[R]:
        """Yield every resource of the kind, or those of *numbers*."""

    def own_names(self, numbers: Collection[int] | None) -> Callable[[int], Address]:
        """Return the function from a number of this kind to its address, as ``names`` does."""
        return self.names(self.account.names.of(self.kind).values() if numbers is None else numbers)

    @abstractmethod
    def details(self, resource: R) -> dict[str, Any]:
        """Return the columns of *resource* in its own table."""

    def create(self, after: R, *_brings: Binding) -> str | None:
        """Create *after*; its bindings are created after it."""
        self.write_parts(self.insert(after, **self.details(after)), after)
        return None

    def update(self, before: R, after: R) -> None:
        """Change *before* to *after*, which has the same address."""
        self._change(self.number(before.address), after)

    def rename(self, before: R, after: R) -> None:
        """Give *before* the address of *after*; references to it need no change."""
        from .. import appearances

        number = self.account.names.rename(before.address, after.address)
        self.batch.update(updating(t.address, "key"), at_number=number, key=after.address.key)
        appearances.replace(self.account, self.batch, after.address, number)
        self._change(number, after)
        self.shift(number)
        for table, column in self.named_after:
            self.batch.touch(table, column, number)

    def delete(self, before: R) -> None:
        """Delete *before* with all rows that belong to it."""
        number = self.account.names.remove(before.address)
        self.shift(number)
        self.batch.delete(deleting(t.address, "number"), at_number=number)

    def shift(self, number: int) -> None:
        """Give a new version to the rows whose resources contain the name of this one."""

    def write_parts(self, number: int, resource: R) -> None:
        """Write the rows of *resource* in other tables, so that they are as it says."""

    def insert(self, resource: R, **details: Any) -> int:
        """Insert the rows of a new resource, and return its number."""
        from .. import appearances

        address, number = resource.address, self.batch.draw()
        self.batch.insert(t.address, number=number, kind=address.kind, key=address.key)
        appearances.insert(self.batch, address, number)
        self.batch.insert(self.table, number=number, **details)
        self.account.names.add(address, number)
        return number

    def _change(self, number: int, after: R) -> None:
        details = self.details(after)
        self.batch.update(updating(self.table, *details), at_number=number, **details)
        self.write_parts(number, after)
