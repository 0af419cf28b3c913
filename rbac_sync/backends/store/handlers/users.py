"""People."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from ....model import Kind, Status, User
from .. import tables as t
from ..columns import loaded
from .principals import Actors


class Users(Actors[User]):
    """People, and those who are invited."""

    kind: ClassVar = Kind.USER
    table: ClassVar = t.user

    def read(self) -> Iterator[User]:
        """Yield every user."""
        for email, status, expires in self.rows(t.user, "email", "status", "expires"):
            yield User(email, STATUSES[status], loaded(expires) if expires else None)

    def details(self, user: User) -> dict[str, Any]:
        """Return its columns; the address holds the folded e-mail."""
        return {"email": user.email, "status": user.status, "expires": user.expires}


STATUSES = {str(status): status for status in Status}
