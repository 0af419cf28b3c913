"""Profiles: facts about a user or an account that are not in the model."""

from __future__ import annotations

import operator
import re
from collections.abc import Mapping
from typing import Any

from ...backends.store.documents import Document
from ...model import Address, Kind, User
from ..read_view import ReadView

ACCOUNT_PROFILE = "account"
"""The kind of the document with the profile of an account."""

KIND = "profile"
ACCOUNT_SETTINGS, WORKSPACE_SETTINGS = "account-settings", "workspace-settings"
DOMAIN, ADDRESSES = "domain", "ip-allowlist"
PLACE = "place"
"""The field of a domain with its position among the others."""

NOT_IN_A_HANDLE = re.compile(r"[^a-z0-9]+")


def position(domain: Document) -> int:
    """Return the position of a *domain* among the others."""
    return operator.index(domain.content.get(PLACE, 0))


class Profile:
    """The profile of a user. Missing fields are derived from the e-mail.

    ``handle`` has lower-case letters, digits and dashes; ``name`` is the whole name, or the handle.
    """

    def __init__(self, email: str, content: Mapping[str, Any]) -> None:
        self.email, self.content = email, content
        derived = NOT_IN_A_HANDLE.sub("-", email.partition("@")[0].lower()).strip("-")
        self.handle = str(content.get("handle") or derived or "user")
        self.first_name = str(content.get("first_name") or "")
        self.last_name = str(content.get("last_name") or "")
        self.name = f"{self.first_name} {self.last_name}".strip() or self.handle

    @property
    def names(self) -> dict[str, Any]:
        """The fields that every response has for a user."""
        names = {"first_name": self.first_name, "last_name": self.last_name}
        return {"handle": self.handle, **names, "email": self.email}


def profile(view: ReadView, user: Address) -> Profile:
    """Return the profile of *user*; the profiles of all expected users are read with it."""
    person = view.state.get(user)
    email = person.email if isinstance(person, User) else user.key
    if user not in view.profiles:
        expected = {user} | view.expected - view.profiles.keys()
        users = sorted(who for who in expected if who.kind is Kind.USER)
        there = {d.owner: d.content for d in view.documents.of_each(KIND, users)}
        view.profiles.update({who: there.get(who, {}) for who in users})
    return Profile(email, view.profiles.get(user, {}))


def display(view: ReadView, principal: Address) -> str:
    """Return the name under which a principal is shown in lists of who has access."""
    return profile(view, principal).name if principal.kind is Kind.USER else principal.key


def email(view: ReadView, principal: Address) -> str | None:
    """Return the e-mail address of a user; others have none."""
    return profile(view, principal).email if principal.kind is Kind.USER else None
