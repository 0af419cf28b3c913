"""API keys: create, rotate and revoke one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from secrets import token_hex

from ...backends.store.id_rows import KeyEntry
from ...backends.store.key_scope import KeyScope, keep
from ...backends.store.row_facts import KEY
from ...dataclasses import dataclass, field, replace
from ...model import Instant, Key, ServiceAccount
from ...model.instant import earlier
from ...planning import Change
from ..directory import api_keys
from ..guarded_store import WriteTransaction
from ..read_view import ReadView


@dataclass(frozen=True, slots=True)
class CreatedKey:
    """A new key; ``secret`` is available only now."""

    entry: KeyEntry
    secret: str = field(repr=False)


def create_key(
    transaction: WriteTransaction, key: Key, scope: KeyScope | None = None, *others: Change
) -> CreatedKey:
    """Create *key*, which works in its own account alone unless *scope* is wider.

    *others* are changes of other keys that are made with it.

    Raises:
        Refusal: the guard refuses it, or the owner has a key of that name.
    """
    change = Change(None, key)
    secrets = transaction.make(change, *others)
    if scope is not None:
        keep(transaction.documents, transaction.view.register, key, scope)
    return CreatedKey(api_keys.entry(transaction.view, key), secrets[str(change.address)])


def create_service_account_key(
    transaction: WriteTransaction, account: ServiceAccount, until: Instant | None
) -> CreatedKey:
    """Create a key of *account* with a new name; see ``create_key``."""
    return create_key(transaction, _new(account, until))


def rotate_key(
    transaction: WriteTransaction,
    account: ServiceAccount,
    until: Instant | None,
    grace: timedelta = timedelta(0),
) -> CreatedKey:
    """Create a key of *account* that ends at *until*, and end its newest one after *grace*.

    Without a grace the old key is revoked at once. Its end is never moved to a later time.
    """
    ended = _ended(transaction.view, account, transaction.view.now + grace)
    return create_key(transaction, _new(account, until), None, *ended)


def revoke_key(transaction: WriteTransaction, key: KeyEntry) -> None:
    """Revoke *key*."""
    scope = transaction.documents.named(KEY, key.owner, str(key.id))
    transaction.make(Change(api_keys.resource(key), None))
    if scope:
        transaction.documents.delete(scope)


def _new(account: ServiceAccount, until: Instant | None) -> Key:
    """Return a new key, whose name starts with that of its owner. Source: [T]."""
    return Key(account.address, f"{account.name}-{token_hex(4)}", until)


def _ended(view: ReadView, account: ServiceAccount, end: Instant) -> Iterator[Change]:
    newest = api_keys.newest(view, account.address)
    if newest is None:
        return
    old = api_keys.resource(newest)
    after = None if end <= view.now else replace(old, until=earlier(old.until, end))
    yield Change(old, after)
