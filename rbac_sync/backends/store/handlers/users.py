"""People."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from sqlalchemy import delete

from ....model import Kind, Status, User
from ...database.columns import loaded
from .. import log_ins, reach
from .. import tables as t
from .principals import Actors


class Users(Actors[User]):
    """People, and those who are invited."""

    kind: ClassVar = Kind.USER
    table: ClassVar = t.user

    def read(self) -> Iterator[User]:
        """Yield every user."""
        for email, status, expires in self.rows(t.user, "email", "status", "expires"):
            yield User(email, STATUSES[status], loaded(expires) if expires else None)

    def rename(self, before: User, after: User) -> None:
        """Give a person another e-mail; what other accounts took as its proof stays behind.

        *Why*: whoever renames somebody here may have no business in the accounts
        that know the owner of the new address.
        """
        super().rename(before, after)
        c = t.document.c
        mine = (c.account == self.account.number) & (c.owner == self.number(after.address))
        proof = mine & c.kind.in_((log_ins.KIND, reach.KIND))
        self.account.connection.execute(delete(t.document).where(proof))

    def details(self, user: User) -> dict[str, Any]:
        """Return its columns; the address holds the folded e-mail."""
        return {"email": user.email, "status": user.status, "expires": user.expires}


STATUSES = {str(status): status for status in Status}
