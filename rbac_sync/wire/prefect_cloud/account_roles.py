"""Account roles, with permissions in the account."""

from __future__ import annotations

from uuid import UUID

from .filters import AnyText, Page
from .shapes import Entity, Name, Request, Text


class AccountRole(Entity):
    """A role; a built-in one belongs to no account.

    ``permissions`` are any text; the catalogue has their meaning.
    """

    account_id: UUID | None
    name: str
    permissions: list[str]
    is_system_role: bool = False


class AccountRoleUpdate(Request):
    """A partial update; permission names are checked against the catalogue."""

    name: Name | None = None
    permissions: list[Text] | None = None


class AccountRoleFilter(Request):
    """A filter of account roles."""

    name: AnyText | None = None


class ReadAccountRoles(Page):
    """A page of account roles."""

    account_roles: AccountRoleFilter | None = None
