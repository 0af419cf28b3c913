"""Everybody with access to a workspace, by whichever path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from ...model import ANYWHERE, EVERYONE, Address, Kind
from ...wire.prefect_cloud.access import ObjectActorAccess
from ..auth import Place, workspace
from ..look import Look
from .collection import WORKSPACE, collection
from .profiles import display, email

router = collection(f"{WORKSPACE}/access", "Workspace Access")

EVERYBODY = ObjectActorAccess(id="*", name="*", email=None, type="*")
TYPES: Mapping[Kind, Literal["user", "service_account", "team"]] = {
    Kind.USER: "user",
    Kind.SERVICE_ACCOUNT: "service_account",
    Kind.TEAM: "team",
}


@router.get("/")
def read_workspace_access(
    at: Annotated[Place, workspace("see_workspace_users", "see_workspace_service_accounts")],
) -> list[ObjectActorAccess]:
    """List every team and actor with access; ``*`` where all users have it by default."""
    with at.look() as look:
        scope = at.workspace(look).address
        listed = at.gate.manner.implicit_owners_listed
        found = dict.fromkeys(_direct(look, scope))
        found |= dict.fromkeys(_implicit(look) if listed else ())
        everybody = [EVERYBODY] if look.state.holdings(EVERYONE, scope) else []
        return everybody + [shown(look, who) for who in found if look.is_member(who)]


def _direct(look: Look, scope: Address) -> Iterator[Address]:
    for row in look.register.held_in(scope):
        if row.principal == EVERYONE:
            continue
        yield row.principal
        found = look.state.get(row.principal)
        if row.principal.kind is Kind.TEAM and found is not None:
            yield from sorted(found.references)


def _implicit(look: Look) -> Iterator[Address]:
    """Yield those whose account role holds something in every workspace."""
    for kind in (Kind.USER, Kind.SERVICE_ACCOUNT):
        for entry in look.all(kind):
            if look.access.may(entry.address, ANYWHERE, look.now):
                yield entry.address


def shown(look: Look, who: Address) -> ObjectActorAccess:
    """Return a principal as lists of access show it; teams by their own id."""
    entry = look.entry(who)
    return ObjectActorAccess(
        id=entry.actor_id,
        name=display(look, who),
        email=email(look, who),
        type=TYPES[who.kind],
    )
