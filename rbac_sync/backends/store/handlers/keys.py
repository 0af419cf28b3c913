"""API keys."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, ClassVar

from ....model import Binding, Key, Kind
from ...credential import hashed, masked_key, new_key
from ...database.columns import loaded
from ...handler import WRITTEN
from .. import row_facts
from .. import tables as t
from ..bulk import deleting, updating
from .handler import Handler, among

PLACE = ("owner", "name")


class Keys(Handler[Key]):
    """API keys by owner and name. ``create`` returns the secret; the store has its hash only."""

    kind: ClassVar = Kind.KEY
    actions: ClassVar = WRITTEN

    def read(self, owners: Collection[int] | None = None) -> Iterator[Key]:
        """Yield every key, or those of *owners*, never a secret."""
        rows = self.account.find(t.api_key, "owner", "name", "until", **among("owner", owners))
        names = self.names({row[0] for row in rows})
        for owner, name, until in rows:
            yield Key(names(owner), name, loaded(until) if until else None)

    def create(self, after: Key, *_brings: Binding) -> str | None:
        secret = new_key(self.account.world, after.owner.kind)
        self.batch.insert(
            t.api_key,
            owner=self.number(after.owner),
            name=after.name,
            hash=hashed(secret),
            shown=masked_key(secret),
            until=after.until,
        )
        return secret

    def adopt(self, key: Key, secret: str) -> None:
        """Replace the secret of *key* by *secret*."""
        statement = updating(t.api_key, "hash", "shown", key=PLACE)
        row = {"hash": hashed(secret), "shown": masked_key(secret)}
        self.batch.update(statement, **self._place(key), **row)
        place = {"owner": self.number(key.owner), "name": key.name}
        facts = {"hash": row_facts.digest(row["hash"]), "shown": row["shown"]}
        self.batch.note(row_facts.label(t.api_key, place), facts)

    def update(self, before: Key, after: Key) -> None:  # noqa: ARG002
        """Write the end of *after* to the key; its secret stays."""
        statement = updating(t.api_key, "until", key=PLACE)
        self.batch.update(statement, **self._place(after), until=after.until)

    def delete(self, before: Key) -> None:
        self.batch.delete(deleting(t.api_key, *PLACE), **self._place(before))

    def _place(self, key: Key) -> dict[str, Any]:
        return {"at_owner": self.number(key.owner), "at_name": key.name}
