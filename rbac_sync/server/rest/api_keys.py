"""API keys as the REST API shows them."""

from __future__ import annotations

from ...backends.store.id_index import KeyEntry
from ...model import Address
from ...wire.prefect_cloud.bots import APIKeyCreateResponse, APIKeyReadResponse
from ..commands.keys import CreatedKey
from ..read_view import ReadView


def keys_of(view: ReadView, owner: Address) -> list[APIKeyReadResponse]:
    """Return the keys of *owner*, oldest first."""
    return [to_response(key) for key in view.register.keys.get(owner, ())]


def to_response(key: KeyEntry) -> APIKeyReadResponse:
    """Return a key without its secret."""
    return APIKeyReadResponse(
        id=key.id, created=key.created, name=key.name, expiration=key.until, masked_key=key.masked
    )


def created(key: CreatedKey) -> APIKeyCreateResponse:
    """Return a new key with its secret."""
    return APIKeyCreateResponse(
        id=key.entry.id,
        created=key.entry.created,
        name=key.entry.name,
        expiration=key.entry.until,
        key=key.secret,
    )
