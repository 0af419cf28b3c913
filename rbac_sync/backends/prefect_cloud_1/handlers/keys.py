"""The API keys of service accounts: made with or without an end, and deleted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar
from uuid import UUID

from ....dataclasses import dataclass, field
from ....model import Action, Address, Binding, Key, Kind
from ....model.instant import rfc3339
from ....wire.prefect_cloud_1.answers import APIKey, Made, NewKey
from ....wire.prefect_cloud_1.operations import CREATE_KEY, DELETE_KEY
from ...remote.handler import REVOKED
from ..rows import TenantLists, fetched
from .handler import Handler


@dataclass
class Keys(Handler):
    """Usable keys.

    Keys that have ended, and those of ``lost``, ids of keys whose secret
    never arrived, are not read: both can be made again. ``useless`` has the
    lost keys that still exist, by address.
    """

    kind: ClassVar = Kind.KEY
    actions: ClassVar = frozenset({Action.CREATE, Action.DELETE})
    lost: frozenset[UUID] = frozenset()
    useless: dict[Address, list[UUID]] = field(default_factory=dict)

    def read(self, rows: TenantLists) -> Iterator[Key]:
        """Yield the keys of service accounts; the keys of people are not managed here."""
        self.useless.clear()
        owners = {m.user.id: self.ids.address(m.user.id, "") for m in rows.service_accounts}
        usable: dict[Address, list[APIKey]] = {}
        for key in _live(rows):
            if (owner := owners.get(key.user_id)) is None:
                continue
            if key.id in self.lost:
                self.useless.setdefault(Key(owner, key.name).address, []).append(key.id)
            else:
                usable.setdefault(owner, []).append(key)
        for owner, keys in usable.items():
            yield from self._usable(owner, keys)

    def create(self, after: Key, *_brings: Binding) -> str:
        """Make a key, and return its secret."""
        for id_ in self.useless.pop(after.address, ()):
            self._delete(id_)
            self.remarks.append((after.address, REVOKED))
        return self.made_key(after, self._made)

    def delete(self, before: Key) -> None:
        self._delete(self.id(before.address))
        self.ids.forget(before.address)

    def revoke(self, key: Key) -> None:
        """Delete *key*, which was just made."""
        self.delete(key)

    def mark(self, key: Key) -> str:
        """Return the id of the key with this name before another one is made; empty if none."""
        return self.ids.find(key.address)

    def trace(self, after: Key) -> str:
        return next((str(key.id) for key in self._named(after)), "")

    def _usable(self, owner: Address, keys: list[APIKey]) -> Iterator[Key]:
        names = ((key.id, key.name) for key in keys)
        called = self.doubles.unique_names(names, lambda name: Key(owner, name).address)
        for row in keys:
            key = Key(owner, called[row.id], row.expires_at)
            self.ids.learn(key.address, str(row.id), id=row.id)
            yield key

    def _made(self, after: Key) -> str | None:
        """Make the key and return its secret; if the secret is lost, delete the key: None."""
        made = self.api.made(
            CREATE_KEY,
            NewKey,
            lambda: self._seen(after),
            user_id=str(self.id(after.owner)),
            name=after.name,
            expires_at=rfc3339(after.until) if after.until else None,
            default_tenant_id=str(self.api.tenant),
        )
        if isinstance(made, NewKey):
            self.ids.learn(after.address, str(made.id), id=made.id)
            return made.key
        self._delete(made.id)
        return None

    def _seen(self, key: Key) -> Made | None:
        """Return the key with this name and end whose id was not known before the request."""
        new = (row for row in self._named(key) if self.ids.known(row.id) is None)
        return next((Made(id=row.id) for row in new if row.expires_at == key.until), None)

    def _named(self, key: Key) -> Iterator[APIKey]:
        owner = self.id(key.owner)
        for row in _live(fetched(self.api)):
            if (row.user_id, row.name) == (owner, key.name) and row.id not in self.lost:
                yield row

    def _delete(self, id_: UUID) -> None:
        self.remove(DELETE_KEY, id_, key_id=str(id_))


def _live(rows: TenantLists) -> list[APIKey]:
    return [key for key in rows.keys if key.expires_at is None or key.expires_at > rows.now]
