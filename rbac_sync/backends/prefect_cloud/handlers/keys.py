"""The API keys of service accounts: each has one, which can be replaced but not removed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar
from uuid import UUID

from ....dataclasses import dataclass
from ....model import Address, Binding, Instant, Key, Kind
from ....model.address import service_account
from ....model.instant import rfc3339
from ....wire.prefect_cloud import bots as wire
from ...handler import WRITTEN
from ...remote.handler import REVOKED
from ..naming import KEY, OLD
from ..rows import AccountRows
from .handler import Handler
from .service_accounts import STILLBORN, is_stillborn, key_id

REPORTED = "api-key"
"""The type of events about a key."""


@dataclass
class Keys(Handler):
    """The active key of each bot, and earlier keys in their grace period.

    To make a key is to rotate it, and the earlier key ends at once.

    Three kinds of keys are not read, so that each can be made again: keys that have ended,
    those of ``lost``, ids of keys whose secret never arrived, and the first key of a service
    account, which ends at once.
    """

    kind: ClassVar = Kind.KEY
    actions: ClassVar = WRITTEN
    lost: frozenset[UUID] = frozenset()

    def read(self, rows: AccountRows) -> Iterator[Key]:
        """Yield every usable key."""
        for bot in rows.bots:
            active = bot.api_key
            ended = active.expiration is not None and active.expiration <= rows.now
            if ended or active.id in (wire.NO_KEY, *self.lost) or is_stillborn(bot):
                continue
            key = Key(service_account(bot.name), KEY, active.expiration)
            self.ids.stamped(key.address, _stamp(active))
            self.ids.reported(key.address, REPORTED, active.id)
            yield key
        yield from self._in_grace(rows)

    def _in_grace(self, rows: AccountRows) -> Iterator[Key]:
        """Yield the earlier keys that still work, each with a name made from its id."""
        names = {bot.id: bot.name for bot in rows.bots}
        for bot, keys in rows.rotating.items():
            for earlier in keys:
                if earlier.expiration is not None and earlier.expiration <= rows.now:
                    continue
                name = f"{OLD}{str(earlier.id).partition('-')[0]}"
                key = Key(service_account(names[bot]), name, earlier.expiration)
                self.ids.learn(key.address, str(earlier.id), id=earlier.id)
                self.ids.reported(key.address, REPORTED, earlier.id)
                yield key

    def create(self, after: Key, *_brings: Binding) -> str:
        """Make a key, and return its secret."""
        is_lost = self.mark(after) in map(str, self.lost)
        secret = self.made_key(after, lambda key: self._rotated(key.owner, key.until))
        if is_lost:
            self.remarks.append((after.address, REVOKED))
        return secret

    def delete(self, before: Key) -> None:
        """Delete an earlier key in its grace period."""
        path = f"bots/{self.id(before.owner)}/delete_bot_api_key/{self.id(before.address)}"
        self.api.put("DELETE", path, None, "update:bot")
        self.ids.forget(before.address)

    def update(self, _before: Key, after: Key) -> str:
        """Replace the key by one like *after*: the end of a key cannot be changed."""
        return self.create(after)

    def revoke(self, key: Key) -> None:
        """Replace *key* by one that ends at once, because a service account always has a key."""
        self._rotated(key.owner, self.api.now() + STILLBORN)

    def mark(self, key: Key) -> str:
        """Return the id of the key before another one is made; empty if there is none."""
        return self.ids.find(key.owner, "key")

    def trace(self, after: Key) -> str:
        """Return the id of the current key; empty if there is none."""
        path = f"bots/{self.id(after.owner)}"
        return key_id(self.api.get(path, wire.BotReadResponse, "read:bot"))

    def _rotated(self, owner: Address, until: Instant | None) -> str | None:
        """Rotate the key and return the secret; None if the response after it was lost."""
        body = wire.BotRotateAPIKey(api_key_expiration=until, old_key_expires_in_seconds=0)
        bot, before = self.id(owner), self.ids.find(owner, "key")
        path = f"bots/{bot}"

        def seen() -> wire.BotReadResponse | None:
            bot = self.api.get(path, wire.BotReadResponse, "read:bot")
            return bot if key_id(bot) != before else None

        made = self.api.once(
            f"{path}/rotate_api_key",
            body,
            wire.BotCreateResponse,
            "update:bot",
            seen,
            id=bot,
        )
        self.ids.add(owner, key=made.api_key.id)
        return made.api_key.key if isinstance(made, wire.BotCreateResponse) else None


def _stamp(key: wire.APIKeyReadResponse) -> str:
    """Return the id of *key*, and the time when it was made if the service reports it."""
    return str(key.id) if key.created is None else f"{key.id} {rfc3339(key.created)}"
