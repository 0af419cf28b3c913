"""Users' own records and keys: only they themselves see and change them."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID

from ...backends.store.register import Entry
from ...model import Address, Key, Kind, User
from ...model.address import folded
from ...planning import Change
from ...wire.prefect_cloud import users as wire
from ...wire.prefect_cloud.bots import APIKeyCreate, APIKeyCreateResponse, APIKeyReadResponse
from ..auth import Place, anywhere
from ..gate import Desk
from ..look import Look
from ..refusal import conflict, forbidden, not_found
from . import keys
from .collection import collection
from .handles import handle
from .profiles import KIND as PROFILE
from .profiles import profile, profiles

router = collection("/users/{id}", "Users")

OWN_ALONE = "only the user itself can do this"


@router.get("")
def read_user(id: UUID, at: Annotated[Place, anywhere()]) -> wire.User:  # noqa: A002
    """Read the caller's own record."""
    with at.look() as look:
        user = _self(look, id)
        entry, shown = look.entry(user), profile(look, user)
        return wire.User(
            **{
                name: shown.told.get(name)
                for name in ("title", "image_location", "location", "last_login")
            },
            settings=shown.told.get("settings") or wire.UserSettings(),
            id=entry.id,
            created=entry.created,
            updated=entry.updated,
            handle=shown.handle,
            actor_id=entry.actor_id,
            idp_user_id=str(entry.id),
            first_name=shown.first_name,
            last_name=shown.last_name,
            email=shown.email,
        )


@router.patch("", status_code=204)
def update_user(id: UUID, body: wire.UserUpdate, at: Annotated[Place, anywhere()]) -> None:  # noqa: A002
    """Change the caller's own record; of the e-mail, its identity, only the letters' case."""

    def work(desk: Desk) -> None:
        look, user = desk.look, _self(desk.look, id)
        if body.email is not None and folded(body.email) != user.key:
            raise forbidden("the e-mail address is changed by inviting the new one")
        told, said = profiles(look).get(user, {}), _said(body)
        if (wanted := body.handle) is not None:
            handle(wanted, profile(look, user).handle)
            if any(profile(look, u.address).handle == wanted for u in _others(look, user)):
                raise conflict(f"the handle `{wanted}` is taken")
        desk.documents.set(PROFILE, user, {**told, **said})
        me = look.found(User, id)
        if body.email not in (None, me.email):
            desk.make_own(Change(me, replace(me, email=body.email)))

    at.write(work)


def _said(body: wire.UserUpdate) -> dict[str, Any]:
    """Return what is to be kept as it is said; a handle that is null stays."""
    said = body.model_dump(mode="json", exclude_unset=True, exclude={"email", "last_login"})
    return {name: value for name, value in said.items() if (name, value) != ("handle", None)}


def _others(look: Look, user: Address) -> list[Entry]:
    return [entry for entry in look.all(Kind.USER) if entry.address != user]


@router.delete("", status_code=204)
def delete_user(id: UUID, at: Annotated[Place, anywhere()]) -> None:  # noqa: A002
    """Delete the caller: here a user belongs to one account, so this is leaving it."""

    def work(desk: Desk) -> None:
        me = desk.look.state.get(_self(desk.look, id))
        desk.make_own(Change(me, None))

    at.write(work)


@router.post("/api_keys", status_code=201)
def create_api_key(
    id: UUID,  # noqa: A002
    body: APIKeyCreate,
    at: Annotated[Place, anywhere()],
) -> APIKeyCreateResponse:
    """Create a key of the caller's own."""
    return at.write(
        lambda desk: keys.minted(desk, Key(_self(desk.look, id), body.name, body.expiration))
    )


@router.get("/api_keys")
def read_api_keys(
    id: UUID,  # noqa: A002
    at: Annotated[Place, anywhere()],
    name: str | None = None,
) -> list[APIKeyReadResponse]:
    """List the caller's own keys."""
    with at.look() as look:
        return [key for key in keys.keys_of(look, _self(look, id)) if name in (None, key.name)]


@router.get("/api_keys/{api_key_id}")
def read_api_key(
    id: UUID,  # noqa: A002
    api_key_id: UUID,
    at: Annotated[Place, anywhere()],
) -> APIKeyReadResponse:
    """Read one of the caller's own keys."""
    with at.look() as look:
        return keys.shown(keys.found(look, _self(look, id), api_key_id))


@router.delete("/api_keys/{api_key_id}", status_code=204)
def delete_api_key(id: UUID, api_key_id: UUID, at: Annotated[Place, anywhere()]) -> None:  # noqa: A002
    """Revoke one of the caller's own keys."""

    def work(desk: Desk) -> None:
        key = keys.found(desk.look, _self(desk.look, id), api_key_id)
        desk.make(Change(keys.resource(key), None))

    at.write(work)


def _self(look: Look, id_: UUID) -> Address:
    """Return the user of this id, who must be the caller."""
    user = look.register.find(Kind.USER, id_)
    if user is None:
        raise not_found()
    if user != look.caller:
        raise forbidden(OWN_ALONE)
    return user
