"""Service accounts, which this API calls bots, with their keys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from ...backends.store.id_index import KeyEntry
from ...model import ACCOUNT as ROOT
from ...model import Binding, Instant, Key, Kind, Level, ServiceAccount, held
from ...model.instant import earlier
from ...planning import Change
from ...wire.prefect_cloud import bots as wire
from ..auth import RequestScope, account
from ..directory import api_keys, roles
from ..guarded_store import WriteTransaction
from ..matching import among, matches
from ..read_view import ReadView
from ..refusals import unprocessable
from .account_memberships import promoted
from .collection import ACCOUNT, collection, page

router = collection(f"{ACCOUNT}/bots", "Bots")

NO_KEY = UUID(int=0)
"""The id of the key of a service account that has none: clients insist on one."""


@router.post("/", status_code=201)
def create_bot(
    body: wire.BotCreate, at: Annotated[RequestScope, account()]
) -> wire.BotCreateResponse:
    """Create a service account with its account role and its first key."""

    def work(transaction: WriteTransaction) -> wire.BotCreateResponse:
        view = transaction.view
        role = view.catalogue.new_bot_role
        if body.account_role_id is not None:
            role = roles.named(view, Level.ACCOUNT, body.account_role_id, "account_role_id")
        if role is None:
            raise unprocessable("a service account needs an account role", "account_role_id")
        bot = ServiceAccount(body.name)
        binding = Binding(bot.address, ROOT, held(role))
        transaction.make(Change(None, bot, brings=(binding,)))
        key = Key(bot.address, api_keys.fresh_name(bot.name), body.api_key_expiration)
        return _created(transaction, bot, key)

    return at.write(work)


@router.post("/filter")
def read_bots(
    at: Annotated[RequestScope, account("read:bot")], body: wire.ReadBots | None = None
) -> list[wire.BotReadResponse]:
    """List service accounts."""
    asked = body or wire.ReadBots()
    with at.view() as view:
        rows = [
            shown(view, view.found(ServiceAccount, entry.id))
            for entry in view.all(Kind.SERVICE_ACCOUNT)
            if meant(entry.id, entry.address.key, asked.service_accounts)
        ]
        return page(rows, asked)


@router.get("/{id}")
def read_bot(
    id: UUID,  # noqa: A002
    at: Annotated[RequestScope, account("read:bot")],
) -> wire.BotReadResponse:
    """Read one."""
    with at.view() as view:
        return shown(view, view.found(ServiceAccount, id))


@router.patch("/{id}", status_code=204)
def update_bot(
    id: UUID,  # noqa: A002
    body: wire.BotUpdate,
    at: Annotated[RequestScope, account()],
) -> None:
    """Rename it, keys and all, or give it another account role."""

    def work(transaction: WriteTransaction) -> None:
        bot = transaction.view.found(ServiceAccount, id)
        after = replace(bot, name=body.name or bot.name)
        if after != bot or body.account_role_id is None:
            transaction.make(Change(bot, after))
        if body.account_role_id is not None:
            transaction.make(promoted(transaction.view, after.address, body.account_role_id))

    at.write(work)


@router.delete("/{id}", status_code=204)
def delete_bot(id: UUID, at: Annotated[RequestScope, account()]) -> None:  # noqa: A002
    """Delete it with its keys and all it holds."""
    at.write(
        lambda transaction: transaction.make(
            Change(transaction.view.found(ServiceAccount, id), None)
        )
    )


@router.post("/{id}/rotate_api_key", status_code=201)
def rotate_api_key(
    id: UUID,  # noqa: A002
    at: Annotated[RequestScope, account()],
    body: wire.BotRotateAPIKey | None = None,
) -> wire.BotCreateResponse:
    """Make a new key; the old one ends at once, or after a while."""
    asked = body or wire.BotRotateAPIKey()

    def work(transaction: WriteTransaction) -> wire.BotCreateResponse:
        view = transaction.view
        bot = view.found(ServiceAccount, id)
        key = Key(bot.address, api_keys.fresh_name(bot.name), asked.api_key_expiration)
        grace = timedelta(seconds=asked.old_key_expires_in_seconds or 0)
        return _created(transaction, bot, key, *_ended(view, bot, view.now + grace))

    return at.write(work)


def _ended(view: ReadView, bot: ServiceAccount, end: Instant) -> Iterator[Change]:
    active = _active(view, bot)
    if active is None:
        return
    old = api_keys.resource(active)
    after = None if end <= view.now else replace(old, until=earlier(old.until, end))
    yield Change(old, after)


@router.get("/{id}/read_bot_api_keys")
def read_bot_api_keys(
    id: UUID,  # noqa: A002
    at: Annotated[RequestScope, account("read:bot")],
) -> wire.BotAPIKeyReadResponse:
    """Read the active key, and those that have not ended yet."""
    with at.view() as view:
        bot = view.found(ServiceAccount, id)
        active = _active(view, bot)
        others = (key for key in view.register.keys.get(bot.address, ()) if key != active)
        open_ = [key for key in others if key.until is None or key.until > view.now]
        return wire.BotAPIKeyReadResponse(
            active_key=_shown(bot, active), rotating_keys=[api_keys.shown(key) for key in open_]
        )


@router.delete("/{id}/delete_bot_api_key/{api_key_id}")
def delete_bot_api_key(id: UUID, api_key_id: UUID, at: Annotated[RequestScope, account()]) -> None:  # noqa: A002
    """Revoke a key, with 200 and null."""

    def work(transaction: WriteTransaction) -> None:
        bot = transaction.view.found(ServiceAccount, id)
        transaction.make(
            Change(
                api_keys.resource(api_keys.found(transaction.view, bot.address, api_key_id)), None
            )
        )

    at.write(work)


def meant(id_: UUID, name: str, asked: wire.BotFilter | None) -> bool:
    """Say whether a service account is asked for."""
    return asked is None or (among(id_, asked.id) and matches(name, asked.name))


def shown(view: ReadView, bot: ServiceAccount) -> wire.BotReadResponse:
    """Return a service account as the API shows it."""
    entry = view.entry(bot.address)
    return wire.BotReadResponse(
        id=entry.id,
        created=entry.created,
        updated=entry.updated,
        actor_id=entry.actor_id,
        account_id=view.account_id,
        name=bot.name,
        account_role_name=view.role_name(view.role_of(bot.address)),
        api_key=_shown(bot, _active(view, bot)),
    )


def _created(
    transaction: WriteTransaction, bot: ServiceAccount, key: Key, *others: Change
) -> wire.BotCreateResponse:
    made = api_keys.minted(transaction, key, *others)
    told = shown(transaction.view, bot).model_dump(exclude={"api_key"})
    return wire.BotCreateResponse(**told, api_key=made)


def _active(view: ReadView, bot: ServiceAccount) -> KeyEntry | None:
    """Return the newest key: whoever rotates gets a new one."""
    return next(reversed(view.register.keys.get(bot.address, ())), None)


def _shown(bot: ServiceAccount, key: KeyEntry | None) -> wire.APIKeyReadResponse:
    if key is None:
        return wire.APIKeyReadResponse(id=NO_KEY, name=bot.name, expiration=None)
    return api_keys.shown(key)
