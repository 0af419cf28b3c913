"""The absences of people who are no members, from invitations and events.

An accepted invitation shows that a person was a member, while the service lists it. Events show
who was removed lately. Since a membership keeps its id, they also show the earlier address of a
member. Two things are guesses: that events name a person by e-mail address, in the name of the
resource or in the payload, and that an invitation replaced after its end is still listed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from ...errors import Forbidden
from ...model import Address, Instant
from ...model.address import user
from ...planning.plan import Absence
from ...wire.prefect_cloud import invitations as wire
from ...wire.prefect_cloud.events import ID, NAME, ReceivedEvent
from ...wire.prefect_cloud.filters import AnyOrLikeText
from ..database.parts import batched
from .api import Api
from .history import PREFIX, actor, recent
from .lists import BATCH
from .rows import INVITATIONS

MEMBERSHIP = "account-membership"
MEMBER = "member."

Member = Callable[[str], Address | None]
"""Returns the live member of a membership id."""


def absences(api: Api, people: Collection[Address], member: Member) -> dict[Address, Absence]:
    """Return the absences of *people* that the service shows to this key."""
    absent: dict[Address, Absence] = {}
    for who, invitations in _invitations(api, people).items():
        if who in people:
            absent[who] = _after(invitations, api.now())
    for event in recent(api, MEMBERSHIP):
        for who in {user(text) for text in _addresses(event) if "@" in text}.intersection(people):
            absent[who] = _with_event(absent.get(who, Absence()), who, event, member)
    return {who: absence for who, absence in absent.items() if absence != Absence()}


def _invitations(
    api: Api, people: Collection[Address]
) -> Mapping[Address, list[wire.InvitationReadResponse]]:
    """Return all invitations of each of *people* in any status, oldest first."""
    by_person: defaultdict[Address, list[wire.InvitationReadResponse]] = defaultdict(list)
    for batch in batched(sorted(who.key for who in people), BATCH):
        chosen = wire.InvitationFilter(email=AnyOrLikeText(any_=batch))
        page = wire.ReadInvitations(invitations=chosen)
        try:
            rows = api.listed(replace(INVITATIONS, page=page))
        except Forbidden:
            return {}
        for row in rows:
            by_person[user(row.email)].append(row)
    return {who: sorted(rows, key=lambda row: row.expiration) for who, rows in by_person.items()}


def _after(invitations: Sequence[wire.InvitationReadResponse], now: Instant) -> Absence:
    """Return the absence of one person by their *invitations*, oldest first."""
    was_member, lapsed = False, 0
    for each in invitations:
        if each.status is wire.InvitationStatus.ACCEPTED:
            was_member, lapsed = True, 0
        else:
            lapsed += _came_to_nothing(each, now)
    return Absence(was_member=was_member, lapsed=lapsed)


def _came_to_nothing(invitation: wire.InvitationReadResponse, now: Instant) -> bool:
    """Say whether the person let *invitation* lapse, or declined it.

    An invitation that was revoked before its end was withdrawn by the account.
    """
    match invitation.status:
        case wire.InvitationStatus.PENDING:
            return invitation.expiration <= now
        case wire.InvitationStatus.REVOKED:
            until = invitation.updated
            return until is not None and invitation.expiration <= until
        case wire.InvitationStatus.REJECTED:
            return True
        case wire.InvitationStatus.ACCEPTED:
            return False


def _addresses(event: ReceivedEvent) -> Iterator[str]:
    """Yield the names in *event*; those of people are their e-mail addresses at that time."""
    yield event.resource.get(NAME, "").removeprefix(MEMBER)
    for side in (event.payload.get("before"), event.payload.get("after")):
        email = side.get("email") if isinstance(side, dict) else None
        if isinstance(email, str):
            yield email


def _with_event(absence: Absence, who: Address, event: ReceivedEvent, member: Member) -> Absence:
    """Return *absence* of *who* updated by *event*; the caller passes events oldest first."""
    id_ = event.resource.get(ID, "").removeprefix(f"{PREFIX}{MEMBERSHIP}.")
    if event.event == f"{PREFIX}{MEMBERSHIP}.deleted":
        return replace(absence, was_member=True, left=event.occurred, by=actor(event))
    known = member(id_)
    if known is None or known == who:
        return absence
    return Absence(was_member=True, left=event.occurred, by=actor(event), now=known)
