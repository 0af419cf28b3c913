"""Service accounts, which the API calls bots."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import ClassVar
from uuid import UUID

from ....errors import BackendError
from ....model import ACCOUNT, Action, Binding, Kind, ServiceAccount
from ....wire.prefect_cloud.bots import (
    BotCreate,
    BotCreateResponse,
    BotFilter,
    BotReadResponse,
    BotUpdate,
    ReadBots,
)
from ....wire.prefect_cloud.filters import AnyOrLikeText
from ...verbs import Verbs, takes_after_and_brought, takes_before, takes_both
from ..rows import BOTS, AccountRows
from .handler import Handler

Bot = BotReadResponse | BotCreateResponse

STILLBORN = timedelta(minutes=1)
"""The lifetime of the key that the service makes with each service account."""


class ServiceAccounts(Handler):
    """Bots, without their keys, which have another handler."""

    kind: ClassVar = Kind.SERVICE_ACCOUNT

    def read(self, rows: AccountRows) -> Iterator[ServiceAccount]:
        """Yield every service account."""
        for bot in rows.bots:
            account = ServiceAccount(bot.name)
            self._learn(account, bot)
            self.ids.reported(account.address, "service-account", bot.id)
            yield account

    @property
    def verbs(self) -> Verbs:
        """The verbs by action; see ``Handler``."""
        return {
            Action.CREATE: takes_after_and_brought(self.create),
            Action.UPDATE: takes_both(self.update),
            Action.RENAME: takes_both(self.rename),
            Action.DELETE: takes_before(self.delete),
        }

    def create(self, after: ServiceAccount, *brings: Binding) -> None:
        """Create a service account with its account role, and wait until it is visible.

        The key that the service makes with it ends at once, and its secret is discarded:
        a key is made by a separate change, which the guard judges. So a response
        that is lost here loses no secret.
        """
        (role,) = (h.role for b in brings if b.scope == ACCOUNT for h in b.roles)
        body = BotCreate(
            name=after.name,
            account_role_id=self.id(role),
            api_key_expiration=self.api.now() + STILLBORN,
        )
        right = "create:bot"
        made = self.api.once("bots/", body, BotCreateResponse, right, lambda: self._seen(after))
        self._learn(after, made)
        self.api.polled(lambda: self._there(made.id))

    def update(self, before: ServiceAccount, after: ServiceAccount) -> None:
        """Change the service account to *after*; only its name can differ."""
        path = f"bots/{self.id(before.address)}"
        self.api.put("PATCH", path, BotUpdate(name=after.name), "update:bot")

    def rename(self, before: ServiceAccount, after: ServiceAccount) -> None:
        """Rename the service account; its key stays as it is."""
        self.update(before, after)
        self.ids.rename(before.address, after.address)

    def delete(self, before: ServiceAccount) -> None:
        """Delete the service account with its key, bindings and memberships."""
        self.api.put("DELETE", f"bots/{self.id(before.address)}", None, "delete:bot")
        self.ids.forget(before.address)

    def trace(self, after: ServiceAccount) -> str:
        """Return the id of the service account with this name, empty if there is none."""
        bot = self._seen(after)
        return str(bot.id) if bot else ""

    def _learn(self, service_account: ServiceAccount, bot: Bot) -> None:
        address = service_account.address
        self.ids.learn(address, str(bot.id), id=bot.id, actor=bot.actor_id, key=bot.api_key.id)

    def _seen(self, service_account: ServiceAccount) -> BotReadResponse | None:
        such = BotFilter(name=AnyOrLikeText(any_=[service_account.name]))
        return next(iter(self.api.read_page(BOTS, ReadBots(service_accounts=such))), None)

    def _there(self, id_: UUID) -> BotReadResponse | None:
        """Return the row, None while it is not visible; an error here does not matter."""
        try:
            return self.api.get(f"bots/{id_}", BotReadResponse, "read:bot")
        except BackendError:
            return None
