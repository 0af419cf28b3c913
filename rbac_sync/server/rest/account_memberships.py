"""Account memberships: the users and service accounts of the account, with their account roles."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from ...backends.store.id_rows import HeldRow, IdEntry
from ...dataclasses import dataclass
from ...model import ACCOUNT as ROOT
from ...model import Address, ServiceAccount, Status, User
from ...wire.prefect_cloud import account_memberships as wire
from ..auth import account
from ..commands.bindings import set_role
from ..commands.memberships import remove_from_account, set_status
from ..directory.profiles import Profile, profile
from ..directory.roles import account_role
from ..guarded_store import WriteTransaction
from ..matching import asks, compares, joined
from ..read_view import ReadView
from ..refusals import Missing
from .collection import ACCOUNT, Collection, ordered, page
from .users import named_like

router = Collection(f"{ACCOUNT}/account_memberships", "Account Memberships")

READ = "read:account_membership"


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One member: its row in the account, its principal. Service accounts have no ``person``."""

    row: HeldRow
    entry: IdEntry
    role: str
    person: Profile | None
    active: bool


@router.reads("POST", "/filter", account(READ))
def read_account_memberships(
    view: ReadView, body: wire.ReadAccountMemberships
) -> list[wire.AccountMembershipsResponse]:
    """List memberships, with those of service accounts."""
    members = _matching(view, body, body.account_memberships)
    return [_listed(view, m) for m in page(ordered(members, body.sort, SORTS), body)]


@router.reads("POST", "/count", account(READ))
def count_account_memberships(view: ReadView, body: wire.CountAccountMemberships) -> int:
    """Count memberships."""
    members = _matching(view, body, body.account_memberships)
    return sum(_meets(view, member, body.filter) for member in members)


@router.reads("GET", "/by-user/{user_id}", account(READ))
def read_membership_of_user(view: ReadView, user_id: UUID) -> wire.AccountMemberSummaryResponse:
    """Read the membership of a user."""
    return _summary(view, view.resource(User, user_id).address)


@router.reads("GET", "/by-bot/{bot_id}", account(READ))
def read_membership_of_bot(view: ReadView, bot_id: UUID) -> wire.AccountMemberSummaryResponse:
    """Read the membership of a service account."""
    return _summary(view, view.resource(ServiceAccount, bot_id).address)


@router.reads("GET", "/{id}", account(READ))
def read_account_membership(view: ReadView, id: UUID) -> wire.AccountMemberSummaryResponse:
    """Read the membership of a user by its own id."""
    return _summary(view, _user(view, id).address)


@router.writes("PATCH", "/{id}", account(), status_code=204)
def update_account_membership(
    transaction: WriteTransaction, id: UUID, body: wire.AccountMembershipUpdate
) -> None:
    """Give a user another account role."""
    user = _user(transaction.view, id).address
    set_role(transaction, user, ROOT, account_role(transaction.view, body.account_role_id))


@router.writes("DELETE", "/{id}", account(), status_code=204)
def delete_account_membership(transaction: WriteTransaction, id: UUID) -> None:
    """Remove a user with all its holdings in the account."""
    remove_from_account(transaction, _user(transaction.view, id).address)


@router.writes("PATCH", "/{id}/active", account(), status_code=204)
def set_active(
    transaction: WriteTransaction, id: UUID, body: wire.AccountMembershipSetActive
) -> None:
    """Suspend a user, or make it active again."""
    _set_active(transaction, [id], is_active=body.active)


@router.writes("POST", "/set_active", account(), status_code=204)
def set_many_active(
    transaction: WriteTransaction, body: wire.AccountMembershipBulkSetActive
) -> None:
    """Suspend users, or make them active again: all of them or none."""
    _set_active(transaction, dict.fromkeys(body.membership_ids), is_active=body.active)


def _set_active(transaction: WriteTransaction, ids: Iterable[UUID], *, is_active: bool) -> None:
    status = Status.ACTIVE if is_active else Status.SUSPENDED
    set_status(transaction, [_user(transaction.view, each) for each in ids], status)


def _user(view: ReadView, id_: UUID) -> User:
    row = view.membership(id_)
    user = view.state.get(row.principal) if row else None
    if not isinstance(user, User):
        raise Missing
    return user


def _members(view: ReadView) -> Iterable[MemberRow]:
    for rows in view.register.member_parts():
        yield from (_member(view, row) for row in view.memberships(rows))


def _member(view: ReadView, row: HeldRow) -> MemberRow:
    resource = view.state.get(row.principal)
    is_user = isinstance(resource, User)
    return MemberRow(
        row,
        view.entry(row.principal),
        view.role_name(row.role),
        profile(view, row.principal) if is_user else None,
        resource.status is Status.ACTIVE if isinstance(resource, User) else True,
    )


def _matching(
    view: ReadView,
    query: wire.ReadAccountMemberships | wire.CountAccountMemberships,
    where: wire.AccountMembershipFilter | None,
) -> Iterator[MemberRow]:
    return (
        member
        for member in _members(view)
        if not (query.only_users and member.person is None)
        and not (query.only_bots and member.person is not None)
        and query.active in (None, member.active)
        and _meets(view, member, where)
    )


def _meets(view: ReadView, member: MemberRow, where: wire.AccountMembershipFilter | None) -> bool:
    return where is None or joined(where.operator, list(_criteria(view, member, where)))


def _criteria(
    view: ReadView, member: MemberRow, where: wire.AccountMembershipFilter
) -> Iterator[bool]:
    """Yield, for each criterion that is not null, whether *member* meets it."""
    person, id_ = member.person, member.entry.id
    if asks(where.account_role_id):
        yield compares(view.id(member.row.role), where.account_role_id)
    if asks(where.actor_id):
        yield compares(member.entry.actor_id, where.actor_id)
    if asks(where.user_id):
        yield person is not None and compares(id_, where.user_id)
    if asks(where.email):
        yield person is not None and compares(person.email, where.email)
    if asks(where.handle):
        yield person is not None and compares(person.handle, where.handle)
    if asks(where.name):
        yield person is not None and named_like(person, where.name)


def _listed(view: ReadView, member: MemberRow) -> wire.AccountMembershipsResponse:
    person = member.person
    return wire.AccountMembershipsResponse(
        id=member.row.id,
        actor_id=member.entry.actor_id,
        user_id=member.entry.id if person else None,
        **(person.names if person else {"email": None}),
        account_role_name=member.role,
        account_role_id=view.id(member.row.role),
        active=member.active,
    )


def _summary(view: ReadView, principal: Address) -> wire.AccountMemberSummaryResponse:
    if not view.is_member(principal):
        raise Missing
    member = _member(view, view.account_row(principal))
    person, row = member.person, member.row
    settings = (person.content.get("settings") if person else None) or {}
    return wire.AccountMemberSummaryResponse(
        **_listed(view, member).model_dump(exclude={"last_login", "handle"}),
        created=row.created,
        updated=max(row.updated, member.entry.updated),
        account_id=view.account_id,
        handle=person.handle if person else principal.key,
        timezone=settings.get("default_timezone"),
        teams=[
            wire.TeamSummary(id=view.id(team.address), name=team.name)
            for team in view.state.teams_of(principal)
            if principal in view.members(team)
        ],
    )


def _text(of: Callable[[Profile], str]) -> Callable[[MemberRow], str]:
    return lambda member: of(member.person).casefold() if member.person else ""


SORTS: Mapping[str, Callable[[MemberRow], Any]] = {
    "CREATED": lambda member: member.row.created,
    "LAST_LOGIN": lambda member: member.row.created,
    "NAME": _text(lambda person: person.name),
    "HANDLE": _text(lambda person: person.handle),
    "EMAIL": _text(lambda person: person.email),
    "ACCOUNT_ROLE_NAME": lambda member: member.role,
}
"""The sort orders. The times of log-ins are not stored, so their order is that of creation."""
