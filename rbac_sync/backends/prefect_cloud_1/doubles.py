"""Names that several resources share: only their ids, in the service, differ.

Each such resource is read under its name and id, so that its access is visible. None
of them is changed, and no new resource gets such a name.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from uuid import UUID

from ...dataclasses import dataclass, field
from ...model import Address
from ...planning import Change
from ..remote.response import quote_text


@dataclass
class Doubles:
    """The resources that share a name, by address: the name, and all ids."""

    _ambiguous: dict[Address, tuple[str, tuple[UUID, ...]]] = field(default_factory=dict)

    def clear(self) -> None:
        """Forget all names, before everything is read again."""
        self._ambiguous.clear()

    def unique_names(
        self,
        things: Iterable[tuple[UUID, str]],
        named: Callable[[str], Address],
        reserved: Container[str] = (),
    ) -> Mapping[UUID, str]:
        """Return a unique name for each id of *things*; *reserved* has names that none may have.

        *named* makes an address from a name.
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
        """Return the reason why *change* is not made if a name in it is ambiguous; a limit."""
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
