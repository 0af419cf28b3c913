"""The ids of the objects of audit rows, which both APIs show."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID, uuid5

from ...audit.record import Record
from ...model import ACCOUNT, EVERYONE, Address, Binding, Key, Resource, Status, User
from ...model.address import printed
from ..read_view import ReadView


def subject_id(view: ReadView, record: Record, thing: Resource | None) -> UUID:
    """Return the id of *thing*, the object of a record; if deleted, one made from its address."""
    register = view.register
    ids: list[UUID] = []
    if isinstance(thing, Binding) and thing.principal == EVERYONE:
        ids = [view.id(thing.scope)] if thing.scope in register.named else []
    elif places := list(held_places(thing)):
        ids = [row.id for place in places if (row := view.held_row(*place))]
    elif isinstance(thing, Key):
        ids = [key.id for key in register.keys.get(thing.owner, ()) if key.name == thing.name]
    elif record.object_id == str(ACCOUNT):
        ids = [view.account_id]
    elif address := thing.address if thing else printed(record.object_id):
        ids = [view.id(address)] if address in register.named else []
    return ids[0] if ids else uuid5(view.account_id, record.object_id)


def held_places(thing: Resource | None) -> Iterator[tuple[Address, Address]]:
    """Yield the scope and the principal of the row that has the id of *thing*, if there is one."""
    match thing:
        case Binding(principal=principal, scope=scope) if principal != EVERYONE:
            yield scope, principal
        case User(status=status) if status is not Status.PENDING:
            yield ACCOUNT, thing.address
