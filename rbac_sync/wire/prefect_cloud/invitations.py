"""Invitations to an account, and to a workspace of it."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from .filters import AnyOrLikeText, Between, Page
from .shapes import Body, Email, Entity, Instant, Request


class InvitationStatus(StrEnum):
    """The status of an invitation; one that has lapsed stays pending."""

    ACCEPTED = "ACCEPTED"
    PENDING = "PENDING"
    REJECTED = "REJECTED"
    REVOKED = "REVOKED"


class InvitationCreate(Request):
    """Sent as a list; revokes the pending invitations of the same person."""

    email: Email
    account_role_id: UUID


class InvitationReadResponse(Entity):
    """No answer carries the code by which an invitation is accepted."""

    email: str
    account_id: UUID
    account_role_id: UUID
    status: InvitationStatus
    expiration: Instant


class WorkspaceInvitationCreate(Request):
    """Sent by itself, not as a list; the server chooses both roles."""

    email: Email


class WorkspaceInvitationReadResponse(Entity):
    """An invitation with a role in the account and one in the workspace."""

    email: str
    account_id: UUID
    account_role_id: UUID
    workspace_id: UUID
    workspace_role_id: UUID
    status: InvitationStatus
    expiration: Instant


class InvitationFilterStatus(Request):
    """One of these states."""

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
    """The answer is a bare integer."""

    invitations: InvitationFilter | None = None


class ReadWorkspaceInvitations(Page):
    """A page of a workspace's invitations."""

    workspace_invitations: InvitationFilter | None = None
