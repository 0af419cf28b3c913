"""The creation of an account with its first owner and that owner's key."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any
from uuid import UUID, uuid4

from ...audit.record import Authorship
from ...catalogues import catalogue
from ...errors import BackendError
from ...model import ACCOUNT, ANYWHERE, EVERYONE, Binding, Key, User, held
from ...model.address import encoded, is_email
from ...model.plain import canonical
from ...model.settings import WAIT
from ...planning import Change
from ..database.columns import stored
from ..database.engine import address, display_url, engine, translate_errors, writing
from ..database.sql import SqlConnection
from ..interface import Target
from .account import Account
from .clock import clock
from .features import DEFAULT, check
from .key_scope import KeyScope, keep
from .schema import alone, migrate
from .schema import check as check_schema
from .writer import StoreWriter

FIRST = "init"
"""The name of the first owner's first key, and of the run that makes it."""

FIXED = (ACCOUNT, ANYWHERE, EVERYONE)
"""The addresses of every account from the beginning."""

NEW_ACCOUNT = """
    INSERT INTO account (number, id, handle, world, features, settings, serial, created)
    VALUES (:number, :id, :handle, :world, :features, :settings, :serial, :created)
"""
NEW_ADDRESS = "INSERT INTO address VALUES (:account, :number, :kind, :key)"

NOTHING: Mapping[str, Any] = MappingProxyType({})


def init(
    url: str,
    account: str,
    world: str,
    owner_email: str,
    *,
    features: Iterable[str] = DEFAULT,
    settings: Mapping[str, Any] = NOTHING,
    show: Callable[[str], None] | None = None,
) -> str:
    """Create the account with its first owner in an up-to-date schema, and return the owner's key.

    This is the only way to create an account; later changes go through the guard. The
    key is returned once and stored nowhere. ``settings`` are those of the account:
    with ``invitations`` true, new members are pending at first. *show* is called with the
    key before the account is there; if it raises an error, no account is made.

    Raises:
        UnknownWorld: no such world.
        BackendError: the account exists already, or the store cannot be used.
    """
    catalogue(world)
    included = check(features)
    check_handle(account)
    check_email(owner_email)
    migrate(url, makes=True)
    store = engine(address(url), WAIT)
    with translate_errors(store), writing(store) as connection:
        alone(connection)
        check_schema(connection)
        if _exists(connection, account):
            hint = "it has its first owner; owners make further keys: rbac-sync store key create"
            raise BackendError(f"account `{account}` exists already", hint=hint)
        _make_account(connection, account, world, sorted(included), settings)
        writer = _writer(connection, Target("store", display_url(store.url), account, world))
        owner, by = User(owner_email), _by(owner_email, "rbac-sync store init")
        _make_owner(writer, owner, by)
        secret = _make_key(writer, Key(owner.address, FIRST), by)
        writer.finish(FIRST)
        if show:
            show(secret)
    return secret


def branch(
    parent: StoreWriter,
    account: str,
    owner: User,
    *,
    reason: str,
    kept: Mapping[str, Mapping[str, Any]] = NOTHING,
) -> UUID | None:
    """Create an account with the settings of *parent*; None if one with this handle exists.

    It is created in the transaction of *parent*, whose caller may create accounts.
    *Why* without a key: the caller's key works in all accounts. *kept* are
    documents of the account, by kind.
    """
    parent.account.lock()
    of, connection = parent.account, parent.account.connection
    alone(connection)
    if _exists(connection, account):
        return None
    _make_account(connection, account, of.world, sorted(of.features), of.settings)
    writer = _writer(connection, replace(parent.target, account=account))
    _make_owner(writer, owner, _by(owner.email, reason))
    for kind, content in kept.items():
        writer.documents.set(kind, ACCOUNT, content)
    writer.finish(FIRST)
    return UUID(writer.account.id)


def _writer(connection: SqlConnection, target: Target) -> StoreWriter:
    """Return a writer for a new account, whose first record is the account itself."""
    writer = StoreWriter(Account.locked(connection, target.account), target, None)
    writer.note_account()
    return writer


def _by(owner_email: str, reason: str) -> Authorship:
    return Authorship(User(owner_email).address, FIRST, reason=reason)


def _exists(connection: SqlConnection, handle: str) -> bool:
    by_handle = "SELECT number FROM account WHERE handle = :handle"
    return bool(connection.rows(by_handle, {"handle": handle}))


def check_handle(handle: str) -> None:
    """Check that an account can have this handle.

    Raises:
        BackendError: it cannot.
    """
    if not handle or handle != encoded(handle):
        hint = "use letters, digits and `._@:+-`"
        raise BackendError(f"`{handle}` cannot be an account's handle", hint=hint)


def check_email(email: str) -> None:
    """Check that *email* can be the address of an owner.

    Raises:
        BackendError: it cannot.
    """
    if not is_email(email) or email != encoded(email):
        raise BackendError(f"`{email}` is no e-mail address", hint="write name@example.org")


def _make_account(
    connection: SqlConnection,
    handle: str,
    world: str,
    features: list[str],
    settings: Mapping[str, Any],
) -> None:
    ((number,),) = connection.rows("SELECT coalesce(max(number), 0) + 1 FROM account")
    row = {"number": number, "id": str(uuid4()), "handle": handle, "world": world}
    columns = {"features": canonical(features), "settings": canonical(dict(settings))}
    counters = {"created": stored(clock(connection)), "serial": len(FIXED)}
    connection.rows(NEW_ACCOUNT, {**row, **columns, **counters})
    for place, (kind, key) in enumerate(FIXED, 1):
        fixed = {"account": number, "number": place, "kind": str(kind), "key": key}
        connection.rows(NEW_ADDRESS, fixed)


def _make_owner(writer: StoreWriter, owner: User, by: Authorship) -> None:
    """Create and record the first owner."""
    owns = Binding(owner.address, ACCOUNT, held(writer.catalogue.owner))
    change = Change(None, owner, brings=(owns,))
    writer.make(change)
    writer.record(by.record(change, writer.now()))


def _make_key(writer: StoreWriter, key: Key, by: Authorship) -> str:
    """Create and record the first owner's key, and return its secret."""
    change = Change(None, key)
    secrets = writer.make(change)
    writer.record(by.record(change, writer.now()))
    keep(writer.documents, writer.register(), key, KeyScope(everywhere=True))
    return secrets[str(key.address)]
