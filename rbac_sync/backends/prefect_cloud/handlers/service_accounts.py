"""Service accounts, which the API calls bots."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import ClassVar

from ....model import ACCOUNT, Binding, Kind, Level, ServiceAccount
from ....wire.prefect_cloud import bots as wire
from ....wire.prefect_cloud.filters import AnyOrLikeText
from ..naming import role_named
from ..rows import BOTS, AccountRows
from .handler import NamedKind

Bot = wire.BotReadResponse | wire.BotCreateResponse

STILLBORN = timedelta(minutes=1)
"""The lifetime of the key that the service makes with each service account."""


class ServiceAccounts(NamedKind[ServiceAccount]):
    """Bots, without their keys, which have another handler."""

    kind: ClassVar = Kind.SERVICE_ACCOUNT
    listing: ClassVar = BOTS
    creation_right: ClassVar = "create:bot"
    deletion_right: ClassVar = "delete:bot"

    def read(self, rows: AccountRows) -> Iterator[ServiceAccount]:
        for bot in rows.bots:
            account = ServiceAccount(bot.name)
            self._learn(account, bot)
            self.ids.reported(account.address, "service-account", bot.id)
            yield account

    def create(self, after: ServiceAccount, *brings: Binding) -> None:
        """Create a service account with its account role, and wait until it is visible.

        The key that the service makes with it ends at once, and its secret is discarded:
        a key is made by a separate change, which the guard judges. So a response
        that is lost here loses no secret.
        """
        (role,) = (h.role for b in brings if b.scope == ACCOUNT for h in b.roles)
        body = wire.BotCreate(
            name=after.name,
            account_role_id=self.id(role),
            api_key_expiration=self.api.now() + STILLBORN,
        )
        made = self.made(after, body, wire.BotCreateResponse, *brings)
        self._learn(after, made)
        self.await_row(made.id)

    def is_new(self, row: wire.BotReadResponse, _after: ServiceAccount, *brings: Binding) -> bool:
        (role,) = (h.role for b in brings if b.scope == ACCOUNT for h in b.roles)
        named = partial(role_named, Level.ACCOUNT, row.account_role_name)
        return is_stillborn(row) and role in (named(builtin=True), named(builtin=False))

    def update(self, before: ServiceAccount, after: ServiceAccount) -> None:
        """Change the service account to *after*; only its name can differ."""
        self.api.put("PATCH", self.path(before), wire.BotUpdate(name=after.name), "update:bot")

    def page(self, name: str) -> wire.ReadBots:
        return wire.ReadBots(service_accounts=wire.BotFilter(name=AnyOrLikeText(any_=[name])))

    def _learn(self, service_account: ServiceAccount, bot: Bot) -> None:
        key = {"key": id_} if (id_ := key_id(bot)) else {}
        self.ids.learn(service_account.address, str(bot.id), id=bot.id, actor=bot.actor_id, **key)


def key_id(bot: Bot) -> str:
    """Return the id of the key of *bot*; empty if it has none."""
    return "" if bot.api_key.id == wire.NO_KEY else str(bot.api_key.id)


def is_stillborn(bot: Bot) -> bool:
    """Say whether the key of *bot* is the first one, which ``ServiceAccounts`` made.

    Nobody has its secret. It ends so soon after the bot was made that no usable
    key is mistaken for it. The limit is twice its lifetime, because the clocks
    of the service may differ.
    """
    end, begin = bot.api_key.expiration, bot.created
    return end is not None and begin is not None and abs(end - begin) <= 2 * STILLBORN
