"""A mapping that reads its values from the store as they are needed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class LoadedMapping(Mapping[K, V], Generic[K, V]):
    """A mapping that reads a value at a lookup, and all values at an iteration.

    Read values do not change. LookupError, not KeyError, where a value cannot be read.
    """

    def __init__(
        self,
        one: Callable[[K], V | None],
        everything: Callable[[], Mapping[K, V]],
        *,
        is_complete: bool = True,
    ) -> None:
        """Read a value by *one*, and all by *everything*, which has each if it *is_complete*."""
        self._one, self._everything, self._is_complete = one, everything, is_complete
        self._known: dict[K, V | None] = {}
        self._all: Mapping[K, V] | None = None

    def __getitem__(self, key: K) -> V:
        if self._all is not None and (self._is_complete or key in self._all):
            return self._all[key]
        if key not in self._known:
            self._known[key] = self._read(key)
        value = self._known[key]
        if value is None:
            raise KeyError(key)
        return value

    def unknown(self, keys: Iterable[K]) -> list[K]:
        """Return those of *keys* that have not been read."""
        return [] if self._all is not None else [key for key in keys if key not in self._known]

    def keep(self, values: Mapping[K, V | None]) -> None:
        """Add *values*, which were read together."""
        self._known.update(values)

    def __iter__(self) -> Iterator[K]:
        return iter(self._loaded())

    def __len__(self) -> int:
        return len(self._loaded())

    def _read(self, key: K) -> V | None:
        try:
            return self._one(key)
        except KeyError as error:  # KeyError would say that there is no such value
            raise LookupError(*error.args) from error

    def _loaded(self) -> Mapping[K, V]:
        if self._all is None:
            self._all = self._everything()
        return self._all
