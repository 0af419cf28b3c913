"""Users, and the caller's identity, accounts and permissions."""

from __future__ import annotations

from typing import Annotated, TypeVar
from uuid import UUID

from pydantic import BeforeValidator, Field

from .filters import AnyOrLikeText, AnyOrNotAnyId, LikeText
from .shapes import STORABLE, Answer, Email, Entity, Instant, Name, Names, Request, Text

T = TypeVar("T")


Kept = Annotated[T | None, BeforeValidator(lambda value: None if value == "" else value)]
"""A field that may be unset. Source: [P] sends an empty text for an unset value."""

PersonName = Annotated[str, Field(max_length=500), STORABLE]


class UserSettings(Answer):
    """The settings of the user interface, the same shape in requests and responses."""

    default_timezone: Text | None = None
    default_color_palette: Text | None = None
    tutorial_completed: bool = False
    feature_previews: list[Text] = Field(default_factory=list)


class MeReadResponse(Answer):
    """The caller; ``id`` is that of the user."""

    id: UUID
    handle: str
    first_name: str
    last_name: str
    email: str
    location: str | None = None
    personal_account_id: UUID | None = None
    settings: UserSettings | None = Field(default_factory=UserSettings)


class User(MeReadResponse, Entity):
    """A user; ``idp_user_id`` is the id at the identity provider.

    The Go client panics without a valid ``actor_id``. Source: [P].
    """

    title: str | None = None
    image_location: str | None = None
    last_login: Instant | None = None
    actor_id: UUID
    idp_user_id: str


class UserUpdate(Request):
    """A partial update of the caller's own record."""

    handle: Kept[Name] = None
    first_name: PersonName | None = None
    last_name: PersonName | None = None
    email: Kept[Email] = None
    location: Name | None = None
    title: Name | None = None
    image_location: Name | None = None
    settings: UserSettings | None = Field(default_factory=UserSettings)
    last_login: Instant | None = None


class UserFilter(Request):
    """A filter of users; ``name`` matches first and last names."""

    id: AnyOrNotAnyId | None = None
    email: AnyOrLikeText | None = None
    handle: AnyOrLikeText | None = None
    name: LikeText | None = None


class UserOrganizationResponse(Answer):
    """An account of the caller whose plan type is ``ORGANIZATION``."""

    account_membership_id: UUID
    account_id: UUID
    account_name: str
    account_role_name: str
    account_handle: str


class UserAccountResponse(UserOrganizationResponse):
    """An account of the caller."""

    account_plan_type: str
    account_plan_tier: str | None
    account_plan_features: Names = Field(default_factory=frozenset)


class UserWorkspaceResponse(Answer):
    """A workspace of the caller; the CLI needs all seven fields, as text."""

    account_id: UUID
    account_name: str
    account_handle: str
    workspace_id: UUID
    workspace_name: str
    workspace_description: str
    workspace_handle: str
