"""Service accounts: create, change and delete one."""

from __future__ import annotations

from dataclasses import replace

from ...model import ACCOUNT, Address, Binding, ServiceAccount, held
from ...planning import Change
from ..guarded_store import WriteTransaction
from .bindings import set_role


def create_service_account(
    transaction: WriteTransaction, name: str, role: Address
) -> ServiceAccount:
    """Create a service account with an account role, and without a key.

    Raises:
        Refusal: the guard refuses it, or there is one of that name.

    """
    account = ServiceAccount(name)
    binding = Binding(account.address, ACCOUNT, held(role))
    transaction.make(Change(None, account, brings=(binding,)))
    return account


def update_service_account(
    transaction: WriteTransaction,
    account: ServiceAccount,
    name: str | None = None,
    role: Address | None = None,
) -> ServiceAccount:
    """Rename *account*, with its keys, or set its account role; None leaves either unchanged.

    A change of the role alone does not require the permission to update service accounts.

    Raises:
        Refusal: the guard refuses it.

    """
    after = replace(account, name=name or account.name)
    if after != account or role is None:
        transaction.make(Change(account, after))
    if role is not None:
        set_role(transaction, after.address, ACCOUNT, role)
    return after


def delete_service_account(transaction: WriteTransaction, account: ServiceAccount) -> None:
    """Delete *account* with its keys and holdings.

    Raises:
        Refusal: the guard refuses it.

    """
    transaction.make(Change(account, None))
