"""The table ``[backend]``: the account and the system of the configuration."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

from ..catalogues import worlds
from ..model.settings import Settings
from .codes import SECRET
from .layout import ACCOUNTS
from .problems import Problems, TomlLocation
from .root_tables import AccountBackend, BackendTable
from .sources import Sources
from .text_rules import credential_fault, in_backticks

JOURNAL = "RBAC_SYNC_JOURNAL_URL"
STORE = "store"
GROUP = "rbac_sync.backends"
"""The entry point group in which third parties register backends."""

EXAMPLE = 'add `[backend]` with `type = "store"` and `account = "acme"`'


def settings(sources: Sources) -> Settings:
    """Return the settings of ``[backend]``.

    Raises:
        ConfigError: the table is missing, holds a secret or contradicts itself.
    """
    problems = Problems()
    table = backend(sources, problems)
    is_secret_in = any(problem.code == SECRET for problem in sources.problems)
    if table is None or is_secret_in or not _is_whole(sources) or problems.errors():
        sources.refuse(problems)
    assert table is not None, "a table that was left out has a problem"
    return table


def _is_whole(sources: Sources) -> bool:
    """Say whether all of ``[backend]`` and ``[journal]`` can be used.

    A table without its faulty URL would stand for another account or another journal.
    """
    document, tree = sources.root.document, sources.root.tree
    if document.backend is None or not tree["backend"].keys() <= document.backend.written:
        return False
    journal = tree.get("journal", {})
    return isinstance(journal, dict) and journal.keys() <= document.journal.written


def backend(sources: Sources, problems: Problems) -> Settings | None:
    """Return the settings of ``[backend]``, and add its problems; None if it cannot be used."""
    location = TomlLocation(sources.root, ("backend",))
    table = sources.root.document.backend
    if table is None:
        # That of an account without a shared one may lack its type, which nothing has reported.
        if "backend" not in sources.root.tree or not sources.problems:
            message = f"there is no `[backend]` table in `{sources.root.name}`"
            problems.add("RS120", TomlLocation(sources.root), message, hint=EXAMPLE)
        return None
    account = _account(table, location, problems)
    _refuse_secrets(table, location, problems)
    _refuse_secrets_of_others(sources, problems)
    return Settings(
        table.type,
        account,
        table.url or "",
        _world(table, location, problems),
        table.options,
        journal=_journal(sources, table, problems),
    )


def _journal(sources: Sources, table: BackendTable, problems: Problems) -> str:
    """Return the URL of ``[journal]``, empty if there is none."""
    url = sources.root.document.journal.url or ""
    location = TomlLocation(sources.root, ("journal", "url"))
    if url and table.type == STORE:
        message = "a store keeps its own journal, beside its data"
        second = (TomlLocation(sources.root, ("backend", "type")), "says so")
        problems.add("RS304", location, message, hint="leave `[journal]` out", second=second)
    _refuse_password(url, location, JOURNAL, problems)
    return url


def _account(table: BackendTable, location: TomlLocation, problems: Problems) -> str:
    if table.account is not None and table.tenant is not None:
        message = "`tenant` and `account` are two words for the same thing"
        second = (location.at("account").key, "also written here")
        tenant = location.at("tenant").key
        problems.add("RS304", tenant, message, hint="write one of them", second=second)
    account = table.account or table.tenant or ""
    written = location.file.value(location.path)
    if not account and not (isinstance(written, dict) and {"account", "tenant"} & written.keys()):
        message, hint = "`account` is missing in `backend`", 'add `account = "HANDLE"`'
        problems.add("RS113", location, message, hint=hint)
    return account


def _world(table: BackendTable, location: TomlLocation, problems: Problems) -> str:
    if table.type != STORE and table.type not in worlds():
        from importlib.metadata import entry_points

        installed = {entry.name for entry in entry_points(group=GROUP)}
        if table.type not in installed:
            known = (STORE, *worlds(), *installed)
            hint = problems.suggest(table.type, known) or f"use {in_backticks(known, ' or ')}"
            problems.add("RS209", location.at("type"), f"unknown backend `{table.type}`", hint=hint)
    if table.world is not None and table.world not in worlds():
        hint = problems.suggest(table.world, worlds()) or f"use {in_backticks(worlds(), ' or ')}"
        problems.add("RS209", location.at("world"), f"unknown world `{table.world}`", hint=hint)
    elif table.type in worlds() and table.world not in (None, table.type):
        message = f"a `{table.type}` backend is never of the world `{table.world}`"
        hint, second = "leave `world` out", (location.at("type"), "says so")
        problems.add("RS304", location.at("world"), message, hint=hint, second=second)
    return table.type if table.type in worlds() else table.world or ""


def _refuse_secrets_of_others(sources: Sources, problems: Problems) -> None:
    """Refuse secrets in the tables of all accounts, also of those that this run does not use."""
    selected = sources.account.name if sources.account else ""
    for location, name, table in sources.named(ACCOUNTS):
        if name != selected:
            _refuse_secrets(table.backend, location.at("backend"), problems)
            _refuse_password(table.journal.url, location.at("journal", "url"), JOURNAL, problems)


def _refuse_password(
    url: str | None, location: TomlLocation, variable: str, problems: Problems
) -> None:
    if url is not None and has_password(url):
        hint = f"pass the whole URL in {variable}, or the password in PGPASSWORD or ~/.pgpass"
        problems.add(SECRET, location, "the URL holds a password", hint=hint)


def _refuse_secrets(table: AccountBackend, location: TomlLocation, problems: Problems) -> None:
    _refuse_password(table.url, location.at("url"), "RBAC_SYNC_URL", problems)
    for key in table.options:
        if message := credential_fault(key):
            place = location.at("options", key).key
            problems.add(SECRET, place, message, hint="pass it in the environment")


def has_password(url: str) -> bool:
    """Say whether a URL holds a password, in front of the host or among its parameters."""
    try:
        parts = urlsplit(url)
        words = {key.lower() for key, _ in parse_qsl(parts.query, keep_blank_values=True)}
        return parts.password is not None or not words.isdisjoint({"password", "sslpassword"})
    except ValueError:
        return "@" in url
