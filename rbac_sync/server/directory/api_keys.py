"""API keys as the API shows them, and how they are made."""

from __future__ import annotations

from secrets import token_hex
from uuid import UUID

from ...backends.store.id_index import KeyEntry
from ...model import Address, Key
from ...planning import Change
from ...wire.prefect_cloud.bots import APIKeyCreateResponse, APIKeyReadResponse
from ..guarded_store import WriteTransaction
from ..read_view import ReadView
from ..refusals import not_found


def keys_of(view: ReadView, owner: Address) -> list[APIKeyReadResponse]:
    """Return the keys of *owner*, oldest first."""
    return [shown(key) for key in view.register.keys.get(owner, ())]


def shown(key: KeyEntry) -> APIKeyReadResponse:
    """Return a key without its secret."""
    return APIKeyReadResponse(
        id=key.id,
        created=key.created,
        name=key.name,
        expiration=key.until,
        masked_key=key.shown,
    )


def entry(view: ReadView, key: Key) -> KeyEntry:
    """Return what the register says of *key*, which is known to exist."""
    return next(e for e in view.register.keys[key.owner] if e.name == key.name)


def resource(found: KeyEntry) -> Key:
    """Return the key that an entry of the register is about."""
    return Key(found.owner, found.name, found.until)


def minted(transaction: WriteTransaction, key: Key, *others: Change) -> APIKeyCreateResponse:
    """Make *key*, and *others* with it; return the key with its secret."""
    change = Change(None, key)
    secrets = transaction.make(change, *others)
    made = entry(transaction.view, key)
    return APIKeyCreateResponse(
        id=made.id,
        created=made.created,
        name=made.name,
        expiration=made.until,
        key=secrets[str(change.address)],
    )


def fresh_name(owner: str) -> str:
    """Return a name for a new key of a service account: it starts with the owner's. Source: [T]."""
    return f"{owner}-{token_hex(4)}"


def found(view: ReadView, owner: Address, id_: UUID) -> KeyEntry:
    """Return the key of *owner* that has this id.

    Raises:
        Refusal: there is none.

    """
    for key in view.register.keys.get(owner, ()):
        if key.id == id_:
            return key
    raise not_found()
