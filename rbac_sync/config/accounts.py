"""The accounts of a configuration, and the selection of one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import RbacSyncError
from .layout import ACCOUNTS
from .problems import TomlLocation, suggestion
from .sources import AccountSettings, Sources


def accounts(sources: Sources) -> tuple[AccountSettings, ...]:
    """Return the accounts of a configuration, wave by wave; empty without ``[accounts]``."""
    listed = [_settings(location) for location, _ in sources.written(ACCOUNTS)]
    return tuple(sorted(listed, key=lambda account: account.wave))


def _settings(location: TomlLocation) -> AccountSettings:
    """Return the settings of an account; its file has reported faulty values already."""
    values = as_table(value_of(location))
    wave = values.get("wave")
    keys = (values.get(key) for key in ("key_variable", "url_variable"))
    key, url = (text if isinstance(text, str) else "" for text in keys)
    return AccountSettings(str(location.path[1]), wave if isinstance(wave, int) else 1, key, url)


def select_account(sources: Sources, name: str | None) -> Sources:
    """Return the configuration of the account *name*; None stands for the only account.

    Raises:
        RbacSyncError: there is no such account, or several and *name* is None.
    """
    known = {account.name: account for account in accounts(sources)}
    if name is None and len(known) > 1:
        message = f"this configuration is of {len(known)} accounts: {_listed(known)}"
        several = "`plan`, `apply`, `drift`, `validate`, `test` and `pull` take `--all`, too"
        raise RbacSyncError(message, hint=f"name one with `--account NAME`; {several}")
    if name is None and not known:
        return sources
    selected = next(iter(known)) if name is None else name
    if selected not in known:
        raise _unknown(selected, known)
    from .account_tables import AccountTables

    return AccountTables(sources, known[selected]).sources()


def _unknown(name: str, known: Mapping[str, AccountSettings]) -> RbacSyncError:
    if not known:
        message = f"there is no account `{name}`: this configuration has no `[accounts]`"
        return RbacSyncError(message, hint="leave `--account` out, or declare `[accounts.NAME]`")
    hint = suggestion(name, known) or f"the accounts are {_listed(known)}"
    return RbacSyncError(f"there is no account `{name}`", hint=hint)


def _listed(names: Mapping[str, AccountSettings]) -> str:
    *others, last = (f"`{name}`" for name in names)
    return f"{', '.join(others)} and {last}" if others else last


def value_of(location: TomlLocation) -> object:
    """Return the value at *location*, None if there is none."""
    try:
        return location.file.value(location.path)
    except (LookupError, TypeError):
        return None


def as_table(value: object) -> dict[str, Any]:
    """Return *value* if it is a table, else an empty one."""
    return value if isinstance(value, dict) else {}
