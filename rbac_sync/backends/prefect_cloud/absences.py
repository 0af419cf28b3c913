"""People who are no members: what invitations and events tell of them.

An accepted invitation says that somebody was a member, as long as the service lists it. Events
say who was removed of late, and, as a membership keeps its id, under which address a member was
known before. That events name a person by e-mail address, in the name of the thing or in the
payload, is a guess; so is that an invitation which is replaced after its end is still listed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from ...errors import Forbidden
from ...model import Address, Instant
from ...model.address import user
from ...planning.plan import Absence
from ...wire.prefect_cloud.events import ReceivedEvent
from ...wire.prefect_cloud.filters import AnyOrLikeText
from ...wire.prefect_cloud.invitations import (
    InvitationFilter,
    InvitationReadResponse,
    InvitationStatus,
    ReadInvitations,
)
from .api import Api, Listing
from .history import ID, NAME, PREFIX, actor, batches, recent
from .rows import INVITATIONS

MEMBERSHIP = "account-membership"
MEMBER = "member."

Member = Callable[[str], Address | None]
"""Returns the live member of a membership id."""


def absences(api: Api, people: Collection[Address], member: Member) -> dict[Address, Absence]:
    """Return what the service tells of *people*, as far as whoever asks may know it."""
    absent: dict[Address, Absence] = {}
    for who, invitations in _invitations(api, people).items():
        absent[who] = _after(invitations, api.now())
    for event in recent(api, MEMBERSHIP):
        for who in _people(event):
            if who in people:
                absent[who] = _with_event(absent.get(who, Absence()), who, event, member)
    return {who: absence for who, absence in absent.items() if absence != Absence()}


def _invitations(
    api: Api, people: Collection[Address]
) -> Mapping[Address, list[InvitationReadResponse]]:
    """Return the invitations of each of *people*, whatever became of them, oldest first."""
    by_person: defaultdict[Address, list[InvitationReadResponse]] = defaultdict(list)
    for batch in batches(sorted(who.key for who in people)):
        chosen = InvitationFilter(email=AnyOrLikeText(any_=list(batch)))
        page = ReadInvitations(invitations=chosen)
        try:
            rows = api.listed(
                Listing(INVITATIONS.path, InvitationReadResponse, page, INVITATIONS.right)
            )
        except Forbidden:
            return {}
        for row in rows:
            by_person[user(row.email)].append(row)
    return {who: sorted(rows, key=lambda row: row.expiration) for who, rows in by_person.items()}


def _after(invitations: Sequence[InvitationReadResponse], now: Instant) -> Absence:
    """Return what *invitations* of one person, oldest first, say of it."""
    was_member, lapsed = False, 0
    for each in invitations:
        if each.status is InvitationStatus.ACCEPTED:
            was_member, lapsed = True, 0
        else:
            lapsed += _came_to_nothing(each, now)
    return Absence(was_member=was_member, lapsed=lapsed)


def _came_to_nothing(invitation: InvitationReadResponse, now: Instant) -> bool:
    """Say whether the person let *invitation* lapse, or declined it.

    One that was revoked in time was taken back by whoever invites.
    """
    match invitation.status:
        case InvitationStatus.PENDING:
            return invitation.expiration <= now
        case InvitationStatus.REVOKED:
            until = invitation.updated
            return until is not None and invitation.expiration <= until
        case InvitationStatus.REJECTED:
            return True
        case InvitationStatus.ACCEPTED:
            return False


def _people(event: ReceivedEvent) -> set[Address]:
    """Return the people whom *event* names, by the addresses that they had then."""
    return {user(text) for text in _addresses(event) if "@" in text}


def _addresses(event: ReceivedEvent) -> Iterator[str]:
    yield event.resource.get(NAME, "").removeprefix(MEMBER)
    for side in (event.payload.get("before"), event.payload.get("after")):
        email = side.get("email") if isinstance(side, dict) else None
        if isinstance(email, str):
            yield email


def _with_event(absence: Absence, who: Address, event: ReceivedEvent, member: Member) -> Absence:
    """Return *absence* with what *event* tells of *who*; later events come later."""
    id_ = event.resource.get(ID, "").removeprefix(f"{PREFIX}{MEMBERSHIP}.")
    if event.event == f"{PREFIX}{MEMBERSHIP}.deleted":
        return replace(absence, was_member=True, left=event.occurred, by=actor(event))
    known = member(id_)
    if known is None or known == who:
        return absence
    return Absence(was_member=True, left=event.occurred, by=actor(event), now=known)
