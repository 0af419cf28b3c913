"""Invitations: a pending user in the model, and a document with the history.

A document names the version of the user's row (and, for a workspace, the row of
the grant) that the invitation created. Once either differs, by any change,
the invitation has ended and its code is invalid.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from enum import StrEnum
from operator import attrgetter
from typing import Any
from uuid import UUID, uuid4

from ...backends.store.documents import Document, Documents
from ...backends.store.id_index import parts
from ...backends.store.id_rows import HeldRow
from ...backends.store.row_facts import INVITATION
from ...dataclasses import dataclass
from ...model import ACCOUNT, Address, Instant, Kind, Status, User
from ...model.address import user as address_of
from ...model.instant import parsed
from ..read_view import ReadView
from ..refusals import Missing


class InvitationStatus(StrEnum):
    """The status of an invitation; one that has expired stays pending."""

    PENDING = "PENDING"
    ACCEPTED = "ACCEPTED"
    REJECTED = "REJECTED"
    REVOKED = "REVOKED"


@dataclass(frozen=True, slots=True)
class Invitation:
    """One invitation, with the roles that it gives now, or gave when it ended."""

    id: UUID
    created: Instant
    updated: Instant
    email: str
    status: InvitationStatus
    expiration: Instant
    role_id: UUID
    workspace_id: UUID | None = None
    workspace_role_id: UUID | None = None


def invitations(
    view: ReadView, workspace_id: UUID | None = None, people: Collection[Address] | None = None
) -> Iterator[Invitation]:
    """Yield the invitations to the account, or to one workspace, oldest first; only of *people*.

    The facts that the status of each depends on are read in parts.
    """
    known = set[Address]()
    documents = (
        document
        for document in kept_of(view.documents, people)
        if workspace_id in (None, _uuid(document.content.get("workspace_id")))
    )
    for part in parts(documents):
        _expect(view, [address_of(str(document.content["email"])) for document in part])
        for kept in (kept_in(view, document) for document in part):
            if kept.status is InvitationStatus.PENDING:
                known.add(address_of(kept.email))
            if kept.workspace_id == workspace_id:
                yield kept
    if workspace_id is None:
        state = view.state
        there = state.of(User).values() if people is None else map(state.get, people)
        users = [user for user in there if isinstance(user, User) and user.address not in known]
        invited = [user for user in users if user.status is Status.PENDING]
        _expect(view, [user.address for user in invited])
        invitations = (_of_user(view, user) for user in invited)
        yield from sorted(invitations, key=attrgetter("created", "id"))


def _expect(view: ReadView, people: Collection[Address]) -> None:
    """Read *people*, their ids and their account roles together."""
    view.expect(people)
    view.register.expect_held({(ACCOUNT, who) for who in people})


def by_id(view: ReadView, id_: UUID) -> Invitation:
    """Return the invitation, to the account or a workspace, in the document with this id.

    Raises:
        Refusal: there is no such invitation.
    """
    document = view.documents.get(INVITATION, id_)
    if document is None:
        raise Missing
    return kept_in(view, document)


def find(view: ReadView, id_: UUID, workspace_id: UUID | None = None) -> Invitation | None:
    """Return the invitation of this id, to the account or to one workspace, if there is one."""
    document = view.documents.get(INVITATION, id_)
    if document is not None:
        invitation = kept_in(view, document)
        return invitation if invitation.workspace_id == workspace_id else None
    address = None if workspace_id else view.register.find(Kind.USER, id_)
    user = view.state.get(address) if address else None
    if not isinstance(user, User) or user.status is not Status.PENDING:
        return None
    return None if any(waiting_for(view, user.address)) else _of_user(view, user)


def invitation(view: ReadView, id_: UUID, workspace_id: UUID | None = None) -> Invitation:
    """Return the invitation of this id, to the account or to one workspace.

    Raises:
        Refusal: there is none.
    """
    invitation_ = find(view, id_, workspace_id)
    if invitation_ is None:
        raise Missing
    return invitation_


def kept_in(view: ReadView, document: Document) -> Invitation:
    """Return the present invitation of *document*."""
    content, status = document.content, _status(view, document.content)
    who, workspace = address_of(str(content["email"])), _uuid(content.get("workspace_id"))
    role, workspace_role = UUID(content["role_id"]), _uuid(content.get("workspace_role_id"))
    if status is InvitationStatus.PENDING:
        role = view.id(view.role_of(who))
        granted = sorted(_grants(view, who, workspace), key=lambda row: not view.is_open(row))
        workspace_role = next((view.id(row.role) for row in granted), workspace_role)
    return Invitation(
        document.id,
        document.created,
        document.updated,
        str(content["email"]),
        status,
        parsed(content["expiration"]),
        role,
        workspace,
        workspace_role,
    )


def _grants(view: ReadView, who: Address, workspace_id: UUID | None) -> list[HeldRow]:
    """Return the roles that an invited user would have in the workspace now."""
    scope = view.register.find(Kind.WORKSPACE, workspace_id) if workspace_id else None
    return view.register.held_by(scope, who) if scope else []


def _uuid(text: str | None) -> UUID | None:
    return UUID(text) if text else None


def _status(view: ReadView, content: Mapping[str, Any]) -> InvitationStatus:
    """Return the status of an invitation, after an answer or another change."""
    status = InvitationStatus(content["status"])
    if status is not InvitationStatus.PENDING:
        return status
    who, workspace = address_of(str(content["email"])), _uuid(content.get("workspace_id"))
    there, kept = generation(view, who, workspace), content.get("generation") or {}
    if not there or there["person"] != kept.get("person"):
        return InvitationStatus.REVOKED
    if view.is_member(who):
        return InvitationStatus.ACCEPTED
    return InvitationStatus.PENDING if there == kept else InvitationStatus.REVOKED


def generation(view: ReadView, who: Address, workspace_id: UUID | None) -> Mapping[str, Any]:
    """Return the versions of the rows of an invitation; empty if there is no pending user.

    Each is a number that no later row can have.
    """
    entry = view.register.named.get(who)
    if entry is None:
        return {}
    grants = sorted(str(row.id) for row in _grants(view, who, workspace_id))
    return {"person": str(entry.id), "version": entry.version, "grants": grants}


def _of_user(view: ReadView, user: User) -> Invitation:
    """Return the invitation of a pending user that no request to the server created."""
    entry = view.entry(user.address)
    return Invitation(
        entry.id,
        entry.created,
        entry.updated,
        user.email,
        InvitationStatus.PENDING,
        user.expires or entry.created,
        view.id(view.role_of(user.address)),
    )


def waiting_for(view: ReadView, who: Address) -> Iterator[Invitation]:
    """Yield the pending invitations of *who*, oldest first."""
    for document in kept_of(view.documents, {who}):
        invitation = kept_in(view, document)
        if invitation.status is InvitationStatus.PENDING:
            yield invitation


def kept_of(documents: Documents, people: Collection[Address] | None) -> list[Document]:
    """Return the documents of the invitations of *people*, or of everybody, oldest first.

    *Why* one person is looked up by name: an account has many invitations. A database may order
    names otherwise than Python does, so the range may contain names of other people, too.
    """
    if people is None:
        return documents.of(INVITATION)
    there: Iterable[Document]
    if len(people) == 1:
        (who,) = people
        first, last = (_name(who, digit * 32) for digit in "0f")
        there = documents.unnamed_or_between(INVITATION, ACCOUNT, first, last)
    else:
        there = documents.of(INVITATION)
    return [each for each in there if address_of(str(each.content["email"])) in people]


def new_name(who: Address) -> str:
    """Return the name of the document of a new invitation of *who*; earlier versions gave none."""
    return _name(who, uuid4().hex)


def _name(who: Address, number: str) -> str:
    return f"{who.key} {number}"
