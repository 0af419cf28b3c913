"""Accounts: create one from another."""

from __future__ import annotations

from uuid import UUID

from ...model import User
from ..directory.profiles import ACCOUNT_PROFILE
from ..guarded_store import WriteTransaction
from ..refusals import Conflict, NotAllowed

USERS_ALONE = "a service account owns no account"


def create_account(transaction: WriteTransaction, handle: str, name: str) -> UUID:
    """Create an account of the same world with the caller as its owner; return its id.

    The face checks whether the caller may do so.

    Raises:
        Refusal: the caller is no user, or there is an account of that handle.
    """
    view = transaction.view
    owner = view.state.get(view.caller)
    if not isinstance(owner, User):
        raise NotAllowed(USERS_ALONE)
    reason = f"founded from tenant `{view.handle}`"
    made = transaction.branch(handle, User(owner.email), reason, {ACCOUNT_PROFILE: {"name": name}})
    if made is None:
        raise Conflict(f"there is an account `{handle}`")
    return made
