"""What is shown of a person besides the e-mail, and kept nowhere in the model."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ...model import Address, Kind, User
from ...wire.prefect_cloud.filters import LikeText
from ...wire.prefect_cloud.users import UserFilter
from ..look import Look
from .collection import like, matches, neither

KIND = "profile"
NOT_IN_A_HANDLE = re.compile(r"[^a-z0-9]+")


class Profile:
    """A person's profile. What was never said follows from the e-mail."""

    def __init__(self, email: str, told: Mapping[str, Any]) -> None:
        self.email, self.told = email, told

    @property
    def handle(self) -> str:
        """The handle; of lower-case letters, digits and dashes."""
        name = NOT_IN_A_HANDLE.sub("-", self.email.partition("@")[0].lower()).strip("-")
        return str(self.told.get("handle") or name or "user")

    @property
    def first_name(self) -> str:
        """The first name, or nothing."""
        return str(self.told.get("first_name") or "")

    @property
    def last_name(self) -> str:
        """The last name, or nothing."""
        return str(self.told.get("last_name") or "")

    @property
    def name(self) -> str:
        """The whole name, or the handle."""
        return f"{self.first_name} {self.last_name}".strip() or self.handle


def profile(look: Look, user: Address) -> Profile:
    """Return the profile of *user*."""
    found = look.state.get(user)
    email = found.email if isinstance(found, User) else user.key
    return Profile(email, profiles(look).get(user, {}))


def profiles(look: Look) -> Mapping[Address, Mapping[str, Any]]:
    """Return what people have said of themselves, read once."""
    if not look.told:
        found = {d.owner: d.content for d in look.documents.of(KIND)}
        look.told[KIND] = found
    return look.told[KIND]


def named_like(shown: Profile, asked: LikeText | None) -> bool:
    """Say whether the first or the last name contains the text asked for."""
    part = asked.like_ if asked else None
    return like(shown.first_name, part) or like(shown.last_name, part)


def meant(look: Look, user: Address, asked: UserFilter | None) -> bool:
    """Say whether *user* is asked for."""
    if asked is None:
        return True
    shown = profile(look, user)
    return (
        neither(look.id(user), asked.id)
        and matches(shown.email, asked.email)
        and matches(shown.handle, asked.handle)
        and named_like(shown, asked.name)
    )


def display(look: Look, principal: Address) -> str:
    """Return the name under which a principal is shown in lists of who has access."""
    return profile(look, principal).name if principal.kind is Kind.USER else principal.key


def email(look: Look, principal: Address) -> str | None:
    """Return the e-mail address of a user; others have none."""
    return profile(look, principal).email if principal.kind is Kind.USER else None
