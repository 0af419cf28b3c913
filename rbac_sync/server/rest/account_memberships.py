"""Account memberships: who belongs to the account, with which account role."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any
from uuid import UUID

from ...backends.store.register import Entry, Held
from ...model import ACCOUNT as ROOT
from ...model import Address, Binding, Level, ServiceAccount, Status, User, held
from ...planning import Change
from ...wire.prefect_cloud import account_memberships as wire
from ...wire.prefect_cloud.filters import Operator
from ..auth import Place, account
from ..gate import Desk
from ..look import Look
from ..refusal import not_found
from . import roles
from .collection import ACCOUNT, among, asks, collection, matches, neither, ordered, page
from .profiles import Profile, named_like, profile

router = collection(f"{ACCOUNT}/account_memberships", "Account Memberships")

READ = "read:account_membership"


@dataclass(frozen=True, slots=True)
class Member:
    """One member: its row of the account, and who it is. Service accounts have no ``person``."""

    row: Held
    entry: Entry
    role: str
    person: Profile | None
    active: bool


@router.post("/filter")
def read_account_memberships(
    at: Annotated[Place, account(READ)], body: wire.ReadAccountMemberships | None = None
) -> list[wire.AccountMembershipsResponse]:
    """List memberships, service accounts' too."""
    asked = body or wire.ReadAccountMemberships()
    with at.look() as look:
        found = _asked(look, asked, asked.account_memberships)
        return [_listed(look, m) for m in page(ordered(found, asked.sort, SORTS), asked)]


@router.post("/count")
def count_account_memberships(
    at: Annotated[Place, account(READ)], body: wire.CountAccountMemberships | None = None
) -> int:
    """Count memberships."""
    asked = body or wire.CountAccountMemberships()
    with at.look() as look:
        found = _asked(look, asked, asked.account_memberships)
        return sum(_meets(look, member, asked.filter) for member in found)


@router.get("/by-user/{user_id}")
def read_membership_of_user(
    user_id: UUID, at: Annotated[Place, account(READ)]
) -> wire.AccountMemberSummaryResponse:
    """Read the membership of a user."""
    with at.look() as look:
        return _shown(look, look.found(User, user_id).address)


@router.get("/by-bot/{bot_id}")
def read_membership_of_bot(
    bot_id: UUID, at: Annotated[Place, account(READ)]
) -> wire.AccountMemberSummaryResponse:
    """Read the membership of a service account."""
    with at.look() as look:
        return _shown(look, look.found(ServiceAccount, bot_id).address)


@router.get("/{id}")
def read_account_membership(
    id: UUID,  # noqa: A002
    at: Annotated[Place, account(READ)],
) -> wire.AccountMemberSummaryResponse:
    """Read the membership of a user by its own id."""
    with at.look() as look:
        return _shown(look, _user(look, id).address)


@router.patch("/{id}", status_code=204)
def update_account_membership(
    id: UUID,  # noqa: A002
    body: wire.AccountMembershipUpdate,
    at: Annotated[Place, account()],
) -> None:
    """Give a user another account role."""

    def work(desk: Desk) -> None:
        user = _user(desk.look, id).address
        desk.make(promoted(desk.look, user, body.account_role_id))

    at.write(work)


@router.delete("/{id}", status_code=204)
def delete_account_membership(id: UUID, at: Annotated[Place, account()]) -> None:  # noqa: A002
    """Remove a user with all that it holds in the account."""
    at.write(lambda desk: desk.make(Change(_user(desk.look, id), None)))


@router.patch("/{id}/active", status_code=204)
def set_active(
    id: UUID,  # noqa: A002
    body: wire.AccountMembershipSetActive,
    at: Annotated[Place, account()],
) -> None:
    """Suspend a user, or let it act again."""
    at.write(lambda desk: desk.make(*_activated(desk.look, [id], body.active)))


@router.post("/set_active", status_code=204)
def set_many_active(
    body: wire.AccountMembershipBulkSetActive, at: Annotated[Place, account()]
) -> None:
    """Suspend users, or let them act again: all of them or none."""
    ids = list(dict.fromkeys(body.membership_ids))
    at.write(lambda desk: desk.make(*_activated(desk.look, ids, body.active)))


def promoted(look: Look, principal: Address, role_id: UUID) -> Change:
    """Return the change that gives *principal* the account role of this id."""
    role = roles.named(look, Level.ACCOUNT, role_id, "account_role_id")
    before = look.state.binding(principal, ROOT)
    return Change(before, Binding(principal, ROOT, held(role)))


def _activated(look: Look, ids: Iterable[UUID], active: bool) -> list[Change]:  # noqa: FBT001
    status = Status.ACTIVE if active else Status.SUSPENDED
    users = [_user(look, each) for each in ids]
    return [Change(user, replace(user, status=status)) for user in users]


def _user(look: Look, id_: UUID) -> User:
    row = look.register.row(ROOT, id_)
    found = look.state.get(row.principal) if row else None
    if not isinstance(found, User) or not look.is_member(found.address):
        raise not_found()
    return found


def _members(look: Look) -> Iterable[Member]:
    for row in look.register.held_in(ROOT):
        if look.is_member(row.principal):
            yield _member(look, row)


def _member(look: Look, row: Held) -> Member:
    found = look.state.get(row.principal)
    is_user = isinstance(found, User)
    return Member(
        row,
        look.entry(row.principal),
        look.role_name(row.role),
        profile(look, row.principal) if is_user else None,
        found.status is Status.ACTIVE if isinstance(found, User) else True,
    )


def _asked(
    look: Look,
    asked: wire.ReadAccountMemberships | wire.CountAccountMemberships,
    wanted: wire.AccountMembershipFilter | None,
) -> list[Member]:
    return [
        member
        for member in _members(look)
        if not (asked.only_users and member.person is None)
        and not (asked.only_bots and member.person is not None)
        and asked.active in (None, member.active)
        and _meets(look, member, wanted)
    ]


def _meets(look: Look, member: Member, wanted: wire.AccountMembershipFilter | None) -> bool:
    criteria = list(_criteria(look, member, wanted)) if wanted else []
    if wanted and wanted.operator is Operator.OR and criteria:
        return any(criteria)
    return all(criteria)


def _criteria(look: Look, member: Member, wanted: wire.AccountMembershipFilter) -> Iterator[bool]:
    """Yield of each criterion that asks for anything whether *member* meets it."""
    person, id_ = member.person, member.entry.id
    if asks(wanted.account_role_id):
        yield among(look.id(member.row.role), wanted.account_role_id)
    if asks(wanted.actor_id):
        yield among(member.entry.actor_id, wanted.actor_id)
    if asks(wanted.user_id):
        yield person is not None and neither(id_, wanted.user_id)
    if asks(wanted.email):
        yield person is not None and matches(person.email, wanted.email)
    if asks(wanted.handle):
        yield person is not None and matches(person.handle, wanted.handle)
    if asks(wanted.name):
        yield person is not None and named_like(person, wanted.name)


def _listed(look: Look, member: Member) -> wire.AccountMembershipsResponse:
    person = member.person
    return wire.AccountMembershipsResponse(
        id=member.row.id,
        actor_id=member.entry.actor_id,
        user_id=member.entry.id if person else None,
        first_name=person.first_name if person else None,
        last_name=person.last_name if person else None,
        handle=person.handle if person else None,
        email=person.email if person else None,
        account_role_name=member.role,
        account_role_id=look.id(member.row.role),
        active=member.active,
    )


def _shown(look: Look, principal: Address) -> wire.AccountMemberSummaryResponse:
    if not look.is_member(principal):
        raise not_found()
    member = _member(look, look.register.held_by(ROOT, principal)[0])
    person, row = member.person, member.row
    return wire.AccountMemberSummaryResponse(
        **_listed(look, member).model_dump(exclude={"last_login", "handle"}),
        created=row.created,
        updated=row.updated,
        account_id=look.account_id,
        handle=person.handle if person else principal.key,
        timezone=_timezone(person),
        teams=[
            wire.TeamSummary(id=look.id(team.address), name=team.name)
            for team in look.state.teams_of(principal)
        ],
    )


def _timezone(person: Profile | None) -> str | None:
    told = person.told.get("settings") if person else None
    return told.get("default_timezone") if told else None


def _text(of: Callable[[Profile], str]) -> Callable[[Member], str]:
    return lambda member: of(member.person).casefold() if member.person else ""


SORTS: Mapping[str, Callable[[Member], Any]] = {
    "CREATED": lambda member: member.row.created,
    "LAST_LOGIN": lambda member: member.row.created,
    "NAME": _text(lambda person: person.name),
    "HANDLE": _text(lambda person: person.handle),
    "EMAIL": _text(lambda person: person.email),
    "ACCOUNT_ROLE_NAME": lambda member: member.role,
}
"""Log-ins are not kept, so that order is the one in which members came."""
