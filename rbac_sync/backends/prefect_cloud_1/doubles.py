"""Names that several things have. The service tells those apart by id alone, and nobody else can.

Each is read by its name and id, so that what it grants is seen; nothing is done
to any of them, nor is another one made of that name.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from ...model import Address
from ...planning import Change
from ..remote.response import quote_text


@dataclass
class Doubles:
    """The things that share a name, by address: the name, and all ids."""

    _ambiguous: dict[Address, tuple[str, tuple[UUID, ...]]] = field(default_factory=dict)

    def clear(self) -> None:
        """Forget all, before everything is read anew."""
        self._ambiguous.clear()

    def unique_names(
        self,
        things: Iterable[tuple[UUID, str]],
        named: Callable[[str], Address],
        reserved: Container[str] = (),
    ) -> Mapping[UUID, str]:
        """Return what each of *things* is called here; no name of *reserved* is, in any case.

        *named* makes an address of a name.
        """
        ids: dict[str, list[UUID]] = {}
        for id_, name in things:
            ids.setdefault(name, []).append(id_)
        called: dict[UUID, str] = {}
        for name, all_ids in ids.items():
            is_reserved = name.casefold() in reserved
            if len(all_ids) == 1 and not is_reserved:
                called[all_ids[0]] = name
                continue
            full = {id_: f"{name} ({id_})".lstrip() for id_ in all_ids}
            called |= full
            for address in map(named, (*full.values(), *(() if is_reserved else (name,)))):
                self._ambiguous[address] = name, tuple(all_ids)
        return called

    def reason(self, change: Change) -> str | None:
        """Say why nothing is done by an ambiguous name: a limit like others."""
        for address in _touched(change):
            if address in self._ambiguous:
                name, ids = self._ambiguous[address]
                ids_text = ", ".join(f"`{id_}`" for id_ in ids)
                return f"the name `{quote_text(name)}` is ambiguous in this tenant: {ids_text}"
        return None


def _touched(change: Change) -> Iterator[Address]:
    yield change.address
    for resource in (change.resource, *change.brings):
        yield from sorted(resource.references)
