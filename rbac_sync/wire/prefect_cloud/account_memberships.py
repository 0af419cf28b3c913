"""Account memberships: the users and bots of an account, each with its account role."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field, StrictBool

from .filters import AnyId, AnyOrLikeText, AnyOrNotAnyId, LikeText, Operator, Page
from .shapes import Answer, Body, Identified, Instant, Request


class AccountMembershipFilter(Request):
    """A filter of memberships; ``name`` matches first and last names."""

    operator: Operator = Operator.AND
    account_role_id: AnyId | None = None
    user_id: AnyOrNotAnyId | None = None
    email: AnyOrLikeText | None = None
    handle: AnyOrLikeText | None = None
    name: LikeText | None = None
    actor_id: AnyId | None = None


class AccountMembershipSort(StrEnum):
    """The order of a list of memberships."""

    CREATED_ASC = "CREATED_ASC"
    CREATED_DESC = "CREATED_DESC"
    LAST_LOGIN_ASC = "LAST_LOGIN_ASC"
    LAST_LOGIN_DESC = "LAST_LOGIN_DESC"
    NAME_ASC = "NAME_ASC"
    NAME_DESC = "NAME_DESC"
    HANDLE_ASC = "HANDLE_ASC"
    HANDLE_DESC = "HANDLE_DESC"
    EMAIL_ASC = "EMAIL_ASC"
    EMAIL_DESC = "EMAIL_DESC"
    ACCOUNT_ROLE_NAME_ASC = "ACCOUNT_ROLE_NAME_ASC"
    ACCOUNT_ROLE_NAME_DESC = "ACCOUNT_ROLE_NAME_DESC"


class ReadAccountMemberships(Page):
    """A page of memberships, bots included unless ``only_users``."""

    account_memberships: AccountMembershipFilter | None = None
    sort: AccountMembershipSort | None = None
    only_users: bool = False
    only_bots: bool = False
    active: bool | None = None


class CountAccountMemberships(Body):
    """A count of memberships; ``filter`` and ``account_memberships`` mean the same."""

    account_memberships: AccountMembershipFilter | None = None
    filter: AccountMembershipFilter | None = None
    only_users: bool = False
    only_bots: bool = False
    active: bool | None = None


class AccountMembershipsResponse(Identified):
    """A row of the list; ``id`` is the membership's, and for bots the fields of people are null."""

    actor_id: UUID
    user_id: UUID | None
    first_name: str | None = None
    last_name: str | None = None
    handle: str | None = None
    email: str | None
    account_role_name: str
    account_role_id: UUID
    last_login: Instant | None = None
    active: StrictBool


class TeamSummary(Answer):
    """A team of a member."""

    id: UUID
    name: str


class AccountMemberSummaryResponse(Answer):
    """A single membership; ``directory_id`` names the directory that made it."""

    id: UUID
    created: Instant
    updated: Instant
    actor_id: UUID
    account_id: UUID
    user_id: UUID | None
    handle: str
    first_name: str | None = None
    last_name: str | None = None
    email: str | None
    account_role_id: UUID
    account_role_name: str
    directory_id: str | None = None
    timezone: str | None = None
    teams: list[TeamSummary] = Field(default_factory=list)
    active: StrictBool


class AccountMembershipUpdate(Request):
    """A new account role for a member."""

    account_role_id: UUID


class AccountMembershipSetActive(Request):
    """The suspension of a member, or its end."""

    active: bool


class AccountMembershipBulkSetActive(Request):
    """The suspension of several members, or its end."""

    membership_ids: Annotated[list[UUID], Field(min_length=1, max_length=200)]
    active: bool
