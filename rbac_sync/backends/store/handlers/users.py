"""Users."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, ClassVar

from ....model import Kind, Status, User
from ...database.columns import loaded
from .. import tables as t
from ..account import statement
from ..documents import Documents
from ..row_facts import KEY, LOG_IN
from .handler import among
from .principals import Actors


class Users(Actors[User]):
    """The handler of users, invited ones included."""

    kind: ClassVar = Kind.USER
    table: ClassVar = t.user

    def read(self, numbers: Collection[int] | None = None) -> Iterator[User]:
        columns = ("email", "status", "expires")
        at = among("number", numbers)
        rows = self.account.stream(statement(t.user, columns, at), **at)
        for email, status, expires in rows:
            yield User(email, STATUSES[status], loaded(expires) if expires else None)

    def emails(self) -> Iterator[str]:
        """Yield the e-mail address of each user, in lower case."""
        rows = self.account.stream(statement(t.address, ("key",), {"kind": 0}), kind=str(self.kind))
        return (email for (email,) in rows)

    def rename(self, before: User, after: User) -> None:
        """Give a user another e-mail, and delete the documents that prove the old one.

        *Why*: the person who renames a user here may have no authority in the accounts
        of the owner of the new address.
        """
        super().rename(before, after)
        documents = Documents(self.account, self.batch)
        for kind in (LOG_IN, KEY):
            for proof in documents.of(kind, after.address):
                documents.delete(proof)

    def details(self, user: User) -> dict[str, Any]:
        """Return the columns of the user; the address has the e-mail in lower case."""
        return {"email": user.email, "status": user.status, "expires": user.expires}


STATUSES = {str(status): status for status in Status}
