"""All principals with access to a workspace, by any path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from ....model import ANYWHERE, EVERYONE, Address, Kind
from ....wire.prefect_cloud.access import ObjectActorAccess
from ...auth import RequestScope, workspace
from ...directory.profiles import display, email
from ...read_view import ReadView
from ..collection import WORKSPACE, collection, reads

router = collection(f"{WORKSPACE}/access", "Workspace Access")

EVERYBODY = ObjectActorAccess(id="*", name="*", email=None, type="*")
TYPES: Mapping[Kind, Literal["user", "service_account", "team"]] = {
    Kind.USER: "user",
    Kind.SERVICE_ACCOUNT: "service_account",
    Kind.TEAM: "team",
}


@router.get("/")
@reads(workspace("see_workspace_users", "see_workspace_service_accounts"))
def read_workspace_access(view: ReadView, at: RequestScope) -> list[ObjectActorAccess]:
    """List every team and actor with access; ``*`` where all users have it by default."""
    scope = at.workspace(view).address
    listed = at.guarded.compat.implicit_owners_listed
    actors = dict.fromkeys(_direct(view, scope))
    actors |= dict.fromkeys(_implicit(view) if listed else ())
    view.expect(list(actors))
    everybody = [EVERYBODY] if view.state.holdings(EVERYONE, scope) else []
    return everybody + [actor_access(view, who) for who in actors if view.is_member(who)]


def _direct(view: ReadView, scope: Address) -> Iterator[Address]:
    held = view.register.held_in(scope)
    view.expect([row.principal for row in held])
    for row in held:
        if row.principal == EVERYONE:
            continue
        yield row.principal
        resource = view.state.get(row.principal)
        if row.principal.kind is Kind.TEAM and resource is not None:
            yield from sorted(resource.references)


def _implicit(view: ReadView) -> Iterator[Address]:
    """Yield the principals whose account role gives permissions in every workspace."""
    for kind in (Kind.USER, Kind.SERVICE_ACCOUNT):
        for entry in view.all(kind):
            if view.access.may(entry.address, ANYWHERE, view.now):
                yield entry.address


def actor_access(view: ReadView, who: Address) -> ObjectActorAccess:
    """Return a principal as an entry of the list of access; a team has its own id."""
    entry = view.entry(who)
    return ObjectActorAccess(
        id=entry.actor_id,
        name=display(view, who),
        email=email(view, who),
        type=TYPES[who.kind],
    )
