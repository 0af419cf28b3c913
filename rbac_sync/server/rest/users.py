"""The record and the keys of the caller, which only the caller can read and change."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ...model import Address, Key, Kind
from ...wire.prefect_cloud import users as wire
from ...wire.prefect_cloud.bots import APIKeyCreate, APIKeyCreateResponse, APIKeyReadResponse
from ...wire.prefect_cloud.filters import LikeText
from ..auth import anywhere
from ..commands.keys import create_key, revoke_key
from ..commands.memberships import leave_account
from ..commands.profiles import update_profile
from ..directory.api_keys import key_by_id
from ..directory.profiles import KIND as PROFILE
from ..directory.profiles import Profile, profile
from ..guarded_store import WriteTransaction
from ..matching import compares
from ..read_view import ReadView
from ..refusals import Missing, NotAllowed
from . import bots
from .collection import Collection, handle

router = Collection("/users/{id}", "Users")

OWN_ALONE = "only the user itself can do this"


@router.reads("GET", "", anywhere())
def read_user(view: ReadView, id: UUID) -> wire.User:
    """Read the caller's own record."""
    return record(view, _self(view, id))


def record(view: ReadView, user: Address) -> wire.User:
    """Return the record of a user as the API shows it to that user."""
    entry, person = view.entry(user), profile(view, user)
    kept = view.documents.named(PROFILE, user)
    others = ("title", "image_location", "location", "last_login")
    kept_fields: dict[str, Any] = {name: person.content.get(name) for name in others}
    return wire.User(
        **kept_fields,
        settings=person.content.get("settings") or wire.UserSettings(),
        id=entry.id,
        created=entry.created,
        updated=max(entry.updated, kept.updated) if kept else entry.updated,
        **person.names,
        actor_id=entry.actor_id,
        idp_user_id=str(entry.id),
    )


@router.writes("PATCH", "", anywhere(), status_code=204)
def update_user(transaction: WriteTransaction, id: UUID, body: wire.UserUpdate) -> None:
    """Change the caller's own record; of the e-mail address, the identity, only the case."""
    view, user = transaction.view, _self(transaction.view, id)
    if body.handle is not None:
        handle(body.handle, profile(view, user).handle)
    fields = body.model_dump(mode="json", exclude_unset=True, exclude={"email", "last_login"})
    if body.handle is None:
        fields.pop("handle", None)
    update_profile(transaction, fields, body.email)


@router.writes("DELETE", "", anywhere(), status_code=204)
def delete_user(transaction: WriteTransaction, id: UUID) -> None:
    """Delete the caller: a user belongs to one account here, so that this is leaving it."""
    _self(transaction.view, id)
    leave_account(transaction)


@router.writes("POST", "/api_keys", anywhere(), status_code=201)
def create_api_key(
    transaction: WriteTransaction, id: UUID, body: APIKeyCreate
) -> APIKeyCreateResponse:
    """Create a key of the caller."""
    key = Key(_self(transaction.view, id), body.name, body.expiration)
    return bots.created_key(create_key(transaction, key))


@router.reads("GET", "/api_keys", anywhere())
def read_api_keys(view: ReadView, id: UUID, name: str | None = None) -> list[APIKeyReadResponse]:
    """List the caller's own keys."""
    return [key for key in bots.keys_of(view, _self(view, id)) if name in (None, key.name)]


@router.reads("GET", "/api_keys/{api_key_id}", anywhere())
def read_api_key(view: ReadView, id: UUID, api_key_id: UUID) -> APIKeyReadResponse:
    """Read one of the caller's own keys."""
    return bots.shown_key(key_by_id(view, _self(view, id), api_key_id))


@router.writes("DELETE", "/api_keys/{api_key_id}", anywhere(), status_code=204)
def delete_api_key(transaction: WriteTransaction, id: UUID, api_key_id: UUID) -> None:
    """Revoke one of the caller's own keys."""
    key = key_by_id(transaction.view, _self(transaction.view, id), api_key_id)
    revoke_key(transaction, key)


def _self(view: ReadView, id_: UUID) -> Address:
    """Return the user of this id, who must be the caller."""
    user = view.register.find(Kind.USER, id_)
    if user is None:
        raise Missing
    if user != view.caller:
        raise NotAllowed(OWN_ALONE)
    return user


def named_like(person: Profile, criterion: LikeText | None) -> bool:
    """Say whether the first or the last name contains the text of a filter."""
    return compares(person.first_name, criterion) or compares(person.last_name, criterion)


def meets(view: ReadView, user: Address, where: wire.UserFilter | None) -> bool:
    """Say whether *user* meets a filter."""
    if where is None:
        return True
    person = profile(view, user)
    return (
        compares(view.id(user), where.id)
        and compares(person.email, where.email)
        and compares(person.handle, where.handle)
        and named_like(person, where.name)
    )
