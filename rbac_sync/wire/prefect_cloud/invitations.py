"""Invitations to an account, and to a workspace of it."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from .filters import AnyOrLikeText, Between, Page
from .shapes import Body, Email, Entity, Expiration, Request


class InvitationStatus(StrEnum):
    """The status of an invitation; a lapsed invitation stays pending."""

    ACCEPTED = "ACCEPTED"
    PENDING = "PENDING"
    REJECTED = "REJECTED"
    REVOKED = "REVOKED"


class InvitationCreate(Request):
    """A new invitation, sent in a list; it revokes pending invitations of the same person."""

    email: Email
    account_role_id: UUID


class InvitationReadResponse(Entity):
    """An invitation, without the code that accepts it."""

    email: str
    account_id: UUID
    account_role_id: UUID
    status: InvitationStatus
    expiration: Expiration


class WorkspaceInvitationCreate(Request):
    """A new invitation, not sent in a list; the server chooses both roles."""

    email: Email


class WorkspaceInvitationReadResponse(InvitationReadResponse):
    """An invitation with a role in the account and one in the workspace."""

    workspace_id: UUID
    workspace_role_id: UUID


class InvitationFilterStatus(Request):
    """A criterion of the status of an invitation."""

    any_: list[InvitationStatus] | None = None


class InvitationFilter(Request):
    """A filter of invitations."""

    status: InvitationFilterStatus | None = None
    expiration: Between | None = None
    email: AnyOrLikeText | None = None


class ReadInvitations(Page):
    """A page of an account's invitations."""

    invitations: InvitationFilter | None = None


class CountInvitations(Body):
    """A count of invitations; the answer is an integer."""

    invitations: InvitationFilter | None = None


class ReadWorkspaceInvitations(Page):
    """A page of a workspace's invitations."""

    workspace_invitations: InvitationFilter | None = None
