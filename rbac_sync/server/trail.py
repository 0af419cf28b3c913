"""The audit trail as events: which event each row is, what it was about and who did it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID, uuid5

from ..audit.chain import Link
from ..audit.kept import is_note
from ..audit.record import Record
from ..model import (
    ACCOUNT,
    EVERYONE,
    Address,
    Binding,
    Key,
    Kind,
    Level,
    Resource,
    Role,
    Status,
    User,
)
from ..model.address import service_account, user
from ..model.plain import resource
from ..wire.prefect_cloud.events import ReceivedEvent
from .look import Look

PREFIX = "prefect-cloud"
SA = "sa:"
TYPES = {
    Kind.USER: "account-membership",
    Kind.SERVICE_ACCOUNT: "service-account",
    Kind.KEY: "api-key",
    Kind.TEAM: "team",
    Kind.WORKSPACE: "workspace",
}


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of the trail with what it speaks of, the side that is later if there are two."""

    link: Link
    record: Record
    thing: Resource | None


def events(look: Look, links: list[Link]) -> Iterator[ReceivedEvent]:
    """Yield each row of the trail as an event, but for those that tell of what is kept."""
    for link in links:
        record = link.record
        if is_note(record):
            continue
        told = record.after or record.before
        yield _event(look, _Row(link, record, resource(told) if told else None))


def _event(look: Look, row: _Row) -> ReceivedEvent:
    record = row.record
    workspace = _workspace(look, row.thing)
    payload = {"message": record.message, "run": record.run, "result": record.result}
    return ReceivedEvent(
        occurred=record.timestamp,
        event=f"{PREFIX}.{_type(row)}.{_action(record)}",
        resource={
            "prefect.resource.id": f"{PREFIX}.{_type(row)}.{subject_id(look, record, row.thing)}",
            "prefect.resource.name": record.object_id,
        },
        related=list(_related(look, record, workspace)),
        payload={**payload, "before": record.before, "after": record.after},
        id=uuid5(look.account_id, f"{row.link.seq}"),
        account=look.account_id,
        workspace=workspace,
        received=record.timestamp,
    )


def _type(row: _Row) -> str:
    match row.thing:
        case None:
            return row.record.object_table.replace("_", "-")
        case Role(level=level):
            return "account-role" if level is Level.ACCOUNT else "workspace-role"
        case Binding(principal=principal, scope=scope):
            if scope == ACCOUNT:
                return "account-membership"
            return "workspace" if principal == EVERYONE else "workspace-access"
        case User(status=Status.PENDING):
            return "account-invitation"
    return TYPES[row.thing.kind]


def _action(record: Record) -> str:
    if record.before is None:
        return "created" if record.after else "logged-in"
    if record.after is None:
        return "deleted"
    was_pending = record.before.get("status") == Status.PENDING
    return "accepted" if was_pending and "status" not in record.after else "updated"


def subject_id(look: Look, record: Record, thing: Resource | None) -> UUID:
    """Return the id of the *thing* that a record is about; of what is gone, always the same one."""
    register = look.register
    found: list[UUID] = []
    if isinstance(thing, Binding) and thing.principal == EVERYONE:
        found = [look.id(thing.scope)] if thing.scope in register.named else []
    elif isinstance(thing, Binding):
        found = [row.id for row in register.held_by(thing.scope, thing.principal)]
    elif isinstance(thing, Key):
        found = [key.id for key in register.keys.get(thing.owner, ()) if key.name == thing.name]
    elif thing is not None and thing.address in register.named:
        found = [look.id(thing.address)]
    return found[0] if found else uuid5(look.account_id, record.object_id)


def _workspace(look: Look, thing: Resource | None) -> UUID | None:
    scope = thing.scope if isinstance(thing, Binding) else thing.address if thing else None
    if scope is None or scope.kind is not Kind.WORKSPACE or scope not in look.register.named:
        return None
    return look.id(scope)


def _related(look: Look, record: Record, workspace: UUID | None) -> Iterator[dict[str, str]]:
    if record.applier:
        yield _part("actor", _actor(look, record.applier), record.applier)
    yield _part("account", str(look.account_id), look.handle)
    if workspace:
        yield _part("workspace", str(workspace), "")


def _actor(look: Look, label: str) -> str:
    who: Address = service_account(label[len(SA) :]) if label.startswith(SA) else user(label)
    entry = look.register.named.get(who)
    return str(entry.actor_id if entry else uuid5(look.account_id, label))


def _part(role: str, id_: str, name: str) -> dict[str, str]:
    return {
        "prefect.resource.id": f"{PREFIX}.{role}.{id_}",
        "prefect.resource.role": role,
        "prefect.resource.name": name,
    }
