"""Memberships of the account: suspend members, remove one, leave."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ...model import Address, Kind, Status, User
from ...planning import Change
from ..guarded_store import WriteTransaction
from ..refusals import NotAllowed

STAYS = "a service account is deleted, it does not leave"


def set_status(transaction: WriteTransaction, users: Iterable[User], status: Status) -> None:
    """Suspend *users*, or make them active again: all of them or none."""
    transaction.make(*(Change(user, replace(user, status=status)) for user in users))


def remove_from_account(transaction: WriteTransaction, principal: Address) -> None:
    """Remove *principal* with all its holdings in the account."""
    transaction.make(Change(transaction.view.state.get(principal), None))


def leave_account(transaction: WriteTransaction) -> None:
    """Remove the caller, a user, with all its holdings in the account.

    Raises:
        Refusal: the caller is a service account, or the account would have no owner.
    """
    view = transaction.view
    if view.caller.kind is not Kind.USER:
        raise NotAllowed(STAYS)
    transaction.make_own(Change(view.state.get(view.caller), None))
