"""Access lists of single objects. They take away: what they say is no part of the model.

Kept as ids by level, teams apart from actors, ``*`` for everyone. An object
without a list is open to everyone in the workspace at each level.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from ....backends.store.documents import Document
from ....backends.store.row_facts import ACCESS
from ....model import Address, Kind
from ....wire.prefect_cloud.access import ObjectActorAccess
from ...auth import RequestScope
from ...guarded_store import WriteTransaction
from ...read_view import ReadView
from ...refusals import unprocessable
from ..workspace_access.effective import EVERYBODY, actor_access
from .documents import Find, update

BYPASS = "manage_acls"
"""The scope whose holders pass every list. Source: [I#656] of the provider."""


def levels(document: Document, names: Sequence[str]) -> Mapping[str, Any]:
    """Return the list of an object: for each level its actors and its teams."""
    everyone = {f"{name}_actor_ids": ["*"] for name in names}
    kept: Mapping[str, Any] = document.content.get(ACCESS) or everyone
    return kept


def read(view: ReadView, document: Document, names: Sequence[str]) -> dict[str, list[Any]]:
    """Return the list of an object as it is read: actors and teams together, by level."""
    kept = levels(document, names)
    return {f"{name}_actors": _named(view, kept, name) for name in names}


def _named(view: ReadView, kept: Mapping[str, Any], name: str) -> list[ObjectActorAccess]:
    actors = []
    for each in kept.get(f"{name}_actor_ids", ()):
        who = view.register.actor(UUID(each)) if each != "*" else None
        actors += [EVERYBODY] if each == "*" else [actor_access(view, who)] if who else []
    for each in kept.get(f"{name}_team_ids", ()):
        team = view.register.find(Kind.TEAM, UUID(each))
        actors += [actor_access(view, team)] if team else []
    return actors


def replace(transaction: WriteTransaction, document: Document, body: BaseModel) -> None:
    """Replace the whole list of an object.

    Raises:
        Refusal: it names somebody whom the account does not know.

    """
    ids_by_field = body.model_dump(mode="json")
    for field, ids in ids_by_field.items():
        for each in ids:
            if each != "*" and _known(transaction.view, field, UUID(each)) is None:
                raise unprocessable(f"nobody here has the id `{each}`", "access_control", field)
    update(transaction, document, {ACCESS: ids_by_field})


def put(at: RequestScope, find: Find, body: BaseModel) -> None:
    """Replace the whole list of one object in a transaction of its own; see ``replace``."""
    at.write(lambda transaction: replace(transaction, find(transaction.view), body))


def _known(view: ReadView, field: str, id_: UUID) -> Address | None:
    if field.endswith("_team_ids"):
        return view.register.find(Kind.TEAM, id_)
    return view.register.actor(id_)


def mine(view: ReadView, document: Document, rights: Mapping[str, str]) -> list[str]:
    """Return the levels that the caller has: by its role, unless a list says otherwise.

    *rights* are the scopes that each level takes of whoever is on no list.
    """
    held = view.may(document.owner)
    kept = document.content.get(ACCESS)
    if kept is None or BYPASS in held:
        return [level for level, right in rights.items() if right in held]
    me = str(view.entry(view.caller).actor_id)
    teams = {str(view.id(team.address)) for team in view.state.teams_of(view.caller)}
    return [
        level
        for level, right in rights.items()
        if me in kept.get(f"{level}_actor_ids", ())
        or teams.intersection(kept.get(f"{level}_team_ids", ()))
        or ("*" in kept.get(f"{level}_actor_ids", ()) and right in held)
    ]
