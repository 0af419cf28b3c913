"""Service accounts, which this API calls bots, and the keys of bots and users."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from ...backends.store.id_rows import KeyEntry
from ...model import ACCOUNT as ROOT
from ...model import Address, Kind, ServiceAccount
from ...wire.prefect_cloud import bots as wire
from ..auth import account
from ..commands import keys, service_accounts
from ..commands.resources import delete
from ..directory.api_keys import key_by_id, newest
from ..directory.roles import account_role
from ..guarded_store import WriteTransaction
from ..matching import compares
from ..read_view import ReadView
from .collection import ACCOUNT, Collection, entity, page

router = Collection(f"{ACCOUNT}/bots", "Bots")


@router.writes("POST", "/", account(), status_code=201)
def create_bot(transaction: WriteTransaction, body: wire.BotCreate) -> wire.BotCreateResponse:
    """Create a service account with its account role and its first key."""
    role = _role(transaction.view, body)
    bot = service_accounts.create_service_account(transaction, body.name, role)
    key = keys.create_service_account_key(transaction, bot, body.api_key_expiration)
    return _created(transaction.view, bot, key)


def _role(view: ReadView, body: wire.BotCreate) -> Address:
    if body.account_role_id is not None:
        return account_role(view, body.account_role_id)
    role = view.catalogue.new_bot_role
    assert role is not None, "this world has one"
    return role


@router.reads("POST", "/filter", account("read:bot"))
def read_bots(view: ReadView, body: wire.ReadBots) -> list[wire.BotReadResponse]:
    """List service accounts."""
    rows = (
        bot
        for bot, entry in view.resources(ServiceAccount, view.walk(Kind.SERVICE_ACCOUNT))
        if meets(entry.id, entry.address.key, body.service_accounts)
    )
    bots = page(rows, body)
    view.register.expect_held({(ROOT, bot.address) for bot in bots})
    view.register.expect_keys(bot.address for bot in bots)
    return [to_response(view, bot) for bot in bots]


@router.reads("GET", "/{id}", account("read:bot"))
def read_bot(view: ReadView, id: UUID) -> wire.BotReadResponse:
    """Read a service account."""
    return to_response(view, view.resource(ServiceAccount, id))


@router.writes("PATCH", "/{id}", account(), status_code=204)
def update_bot(transaction: WriteTransaction, id: UUID, body: wire.BotUpdate) -> None:
    """Rename a service account, with its keys, or give it another account role."""
    bot, role = transaction.view.resource(ServiceAccount, id), None
    if body.account_role_id is not None:
        role = account_role(transaction.view, body.account_role_id)
    service_accounts.update_service_account(transaction, bot, body.name, role)


@router.writes("DELETE", "/{id}", account(), status_code=204)
def delete_bot(transaction: WriteTransaction, id: UUID) -> None:
    """Delete a service account with its keys and all its holdings."""
    delete(transaction, transaction.view.resource(ServiceAccount, id))


@router.writes("POST", "/{id}/rotate_api_key", account(), status_code=201)
def rotate_api_key(
    transaction: WriteTransaction, id: UUID, body: wire.BotRotateAPIKey | None = None
) -> wire.BotCreateResponse:
    """Create a new key of a service account; the old one ends at once, or after a grace."""
    options = body or wire.BotRotateAPIKey()
    bot = transaction.view.resource(ServiceAccount, id)
    grace = timedelta(seconds=options.old_key_expires_in_seconds or 0)
    key = keys.rotate_key(transaction, bot, options.api_key_expiration, grace)
    return _created(transaction.view, bot, key)


@router.reads("GET", "/{id}/read_bot_api_keys", account("read:bot"))
def read_bot_api_keys(view: ReadView, id: UUID) -> wire.BotAPIKeyReadResponse:
    """Read the active key of a service account, and old ones in their grace."""
    bot = view.resource(ServiceAccount, id)
    active = newest(view, bot.address)
    others = (key for key in view.register.keys.get(bot.address, ()) if key != active)
    open_ = [key for key in others if key.until is None or key.until > view.now]
    return wire.BotAPIKeyReadResponse(
        active_key=_key(bot, active), rotating_keys=[shown_key(key) for key in open_]
    )


@router.writes("DELETE", "/{id}/delete_bot_api_key/{api_key_id}", account())
def delete_bot_api_key(transaction: WriteTransaction, id: UUID, api_key_id: UUID) -> None:
    """Revoke a key of a service account; the response is 200 and null."""
    bot = transaction.view.resource(ServiceAccount, id)
    keys.revoke_key(transaction, key_by_id(transaction.view, bot.address, api_key_id))


def meets(id_: UUID, name: str, where: wire.BotFilter | None) -> bool:
    """Say whether a service account meets a filter."""
    return where is None or (compares(id_, where.id) and compares(name, where.name))


def to_response(view: ReadView, bot: ServiceAccount) -> wire.BotReadResponse:
    """Return a service account as the API shows it."""
    entry = view.entry(bot.address)
    return wire.BotReadResponse(
        **entity(entry),
        actor_id=entry.actor_id,
        account_id=view.account_id,
        name=bot.name,
        account_role_name=view.role_name(view.role_of(bot.address)),
        api_key=_key(bot, newest(view, bot.address)),
    )


def _created(view: ReadView, bot: ServiceAccount, key: keys.CreatedKey) -> wire.BotCreateResponse:
    fields = to_response(view, bot).model_dump(exclude={"api_key"})
    return wire.BotCreateResponse(**fields, api_key=created_key(key))


def _key(bot: ServiceAccount, key: KeyEntry | None) -> wire.APIKeyReadResponse:
    if key is None:
        return wire.APIKeyReadResponse(id=wire.NO_KEY, name=bot.name, expiration=None)
    return shown_key(key)


def keys_of(view: ReadView, owner: Address) -> list[wire.APIKeyReadResponse]:
    """Return the keys of *owner*, oldest first."""
    return [shown_key(key) for key in view.register.keys.get(owner, ())]


def shown_key(key: KeyEntry) -> wire.APIKeyReadResponse:
    """Return a key without its secret."""
    return wire.APIKeyReadResponse(
        id=key.id, created=key.created, name=key.name, expiration=key.until, masked_key=key.masked
    )


def created_key(key: keys.CreatedKey) -> wire.APIKeyCreateResponse:
    """Return a new key with its secret."""
    return wire.APIKeyCreateResponse(
        id=key.entry.id,
        created=key.entry.created,
        name=key.entry.name,
        expiration=key.entry.until,
        key=key.secret,
    )
