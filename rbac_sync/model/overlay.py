"""Mappings over others, whose changes neither change nor read the mapping below."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from enum import Enum
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class _Gone(Enum):
    GONE = "gone"


def differing(
    one: Mapping[K, V], other: Mapping[K, V], part: Callable[[V], object] = lambda _: None
) -> set[K]:
    """Return the keys that only one of two mappings has, or whose values differ in *part*.

    Of overlays only changes are read.
    """
    if isinstance(other, Overlay):
        keys = other.changed | (one.changed if isinstance(one, Overlay) else set())
    else:
        keys = one.keys() | other.keys()

    def part_at(key: K, mapping: Mapping[K, V]) -> object:
        return part(mapping[key]) if key in mapping else _Gone.GONE

    return {key for key in keys if part_at(key, one) != part_at(key, other)}


class Overlay(MutableMapping[K, V], Generic[K, V]):
    """A mapping with changes of its own over another one, which does not change.

    *Why* not a copy: the mapping below may read each value only at its first use.
    """

    def __init__(self, below: Mapping[K, V], own: Mapping[K, V | _Gone] | None = None) -> None:
        self._below = below
        self._own: dict[K, V | _Gone] = dict(own or {})

    @property
    def changed(self) -> set[K]:
        """The keys whose values differ from the mapping below."""
        return set(self._own)

    def copy(self) -> Overlay[K, V]:
        return Overlay(self._below, self._own)

    def __getitem__(self, key: K) -> V:
        if key not in self._own:
            return self._below[key]
        value = self._own[key]
        if isinstance(value, _Gone):
            raise KeyError(key)
        return value

    def __setitem__(self, key: K, value: V) -> None:
        self._own[key] = value

    def __delitem__(self, key: K) -> None:
        self[key]  # raises KeyError for a missing key
        self._own[key] = _Gone.GONE

    def __iter__(self) -> Iterator[K]:
        yield from (key for key in self._below if self._own.get(key) is not _Gone.GONE)
        for key, value in list(self._own.items()):
            if key not in self._below and value is not _Gone.GONE:
                yield key

    def __len__(self) -> int:
        return sum(1 for _ in self)


def copied(mapping: Mapping[K, V]) -> MutableMapping[K, V]:
    """Return a copy of *mapping* that can be changed: a dict of a dict, else an overlay."""
    if isinstance(mapping, dict):
        return dict(mapping)
    return mapping.copy() if isinstance(mapping, Overlay) else Overlay(mapping)
