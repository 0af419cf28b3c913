"""The short names of people in views."""

from __future__ import annotations

from collections.abc import Mapping

from ..model import ACCOUNT, ANYWHERE, Address, Kind
from ..model import label as long_name
from ..model.address import object_name, object_workspace
from ..named_tuples import NamedTuple

EVERYWHERE = "every workspace"


class ShortNames(NamedTuple):
    """The short names of people, by address of the mailbox.

    *Why* only a word of the mailbox: an editor of ``[people]`` could otherwise give a
    person the name of another one.
    """

    by_email: Mapping[str, str]

    @classmethod
    def of(cls, people: Mapping[str, str]) -> ShortNames:
        """Return the trusted names of *people*, which has mailboxes by name."""
        return cls({email.lower(): name for name, email in people.items() if _is_word(name, email)})

    def name(self, address: Address) -> str:
        """Return the short name of a principal or of a scope, or its label if it has none."""
        if address == ACCOUNT:
            return "account"
        if address.kind is Kind.OBJECT:
            return f"{object_name(address)} ({object_workspace(address).key})"
        if address.kind is Kind.WORKSPACE:
            return EVERYWHERE if address == ANYWHERE else address.key
        return self.by_email.get(address.key, "") or long_name(address)


def _is_word(name: str, email: str) -> bool:
    mailbox = email.rpartition("@")[0].lower()
    return name.lower() in (mailbox, *mailbox.replace("-", ".").replace("_", ".").split("."))


NO_NAMES = ShortNames({})
