"""Service accounts: create and change one."""

from __future__ import annotations

from dataclasses import replace

from ...model import ACCOUNT, Address, Binding, ServiceAccount, held
from ...planning import Change
from ..guarded_store import WriteTransaction
from .bindings import set_role
from .resources import create


def create_service_account(
    transaction: WriteTransaction, name: str, role: Address
) -> ServiceAccount:
    """Create a service account with an account role, and without a key.

    Raises:
        Refusal: the guard refuses it, or there is one of that name.
    """
    account = ServiceAccount(name)
    return create(transaction, account, Binding(account.address, ACCOUNT, held(role)))


def update_service_account(
    transaction: WriteTransaction,
    account: ServiceAccount,
    name: str | None = None,
    role: Address | None = None,
) -> ServiceAccount:
    """Rename *account*, with its keys, or set its account role; None leaves either unchanged.

    A change of the role alone does not require the permission to update service accounts.
    """
    after = replace(account, name=account.name if name is None else name)
    if after != account or role is None:
        transaction.make(Change(account, after))
    if role is not None:
        set_role(transaction, after.address, ACCOUNT, role)
    return after
