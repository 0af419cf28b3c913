"""The configuration of a run: a folder of TOML, and the options of the run."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from .. import backends, config, log
from ..backends.copied_text import check_url_text
from ..catalogues import catalogue
from ..config.known_files import Begin, only
from ..config.problems import TomlLocation
from ..dataclasses import dataclass, replace
from ..errors import BackendError, ConfigError, CredentialError, Diagnostic, RbacSyncError
from ..model import Catalogue, Declaration, Instant
from ..model.settings import WAIT, Settings

if TYPE_CHECKING:
    from ..backends.interface import Backend, Session

STORE = config.STORE_URL

WORLD = "prefect-cloud"
"""The default world, if the configuration names none and no backend is open."""


@dataclass(frozen=True)
class Configuration:
    """The content of one *folder*, and the account that it is for.

    ``known`` are the files that were read. If that ``is_root_alone``, the others are read when they
    are needed.
    """

    known: config.Sources
    settings: Settings
    folder: Path
    is_root_alone: bool = False

    @cached_property
    def sources(self) -> config.Sources:
        """The files, except those that ``part`` leaves out.

        Raises:
            ConfigError: one of them cannot be read.
        """
        if not self.is_root_alone:
            return self.known
        whole = config.read(self.folder / self.known.root.name)
        return config.select_account(whole, self.name or None)

    def part(
        self, handles: Collection[str], pass_over_members: Begin | None = None
    ) -> Configuration:
        """Return the configuration without the access in other workspaces than *handles*.

        Files of other workspaces are not kept in memory, and not parsed if `[files]` says which
        workspace each of them declares. *pass_over_members*, of a large folder, compares files of
        members with what is live. If all files were read already, it is the same one.

        Raises:
            ConfigError: one of them cannot be read.
        """
        if not self.is_root_alone or "sources" in vars(self):
            return self
        sources = config.read(self.folder / self.known.root.name, only(handles, pass_over_members))
        return replace(self, known=sources, is_root_alone=False)

    @property
    def account(self) -> str:
        """The account, with a digest that distinguishes equal names; holds no password."""
        digest = sha256(config.same_url(self.settings.url).encode()).hexdigest()[:12]
        return f"{self.settings.account} of {self.settings.type}, {digest}"

    @property
    def digest(self) -> str:
        """The digest of the files, to which a saved plan is bound."""
        return self.sources.digest

    @property
    def people(self) -> Mapping[str, str]:
        """The e-mail addresses by short name."""
        return self.part(()).sources.people

    @property
    def webhooks(self) -> Mapping[str, str]:
        """The receivers of drift: the variable with a webhook's URL, by kind of message."""
        notify = self.known.root.document.notify
        return {kind: variable for kind, variable in notify.items() if variable}

    @property
    def name(self) -> str:
        """The name of the account among several, empty if there is only one."""
        return self.known.account.name if self.known.account else ""

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue of the configured world, or of ``prefect-cloud`` if none is named."""
        return catalogue(self.settings.world or WORLD)

    def backend(self, api_key: str | None) -> Backend:
        return backends.backend(self.settings, api_key)

    def declaration(self, catalogue: Catalogue, now: Instant) -> Declaration:
        """Return the declaration in the world of *catalogue*, without parts that ended by *now*.

        Raises:
            ConfigError: it cannot be used as written.
        """
        return config.declaration(self.sources, catalogue, now)

    def declaration_for(self, session: Session) -> Declaration:
        """Return the declaration for the account of *session*, at its own time.

        Raises:
            RbacSyncError: the account is of another world.
            ConfigError: it cannot be used as written.
        """
        world, target = self.settings.world, session.target
        if world not in ("", target.world):
            message = f"`{target.account}` is of the world `{target.world}`, not `{world}`"
            raise RbacSyncError(message, hint="correct `world` in `[backend]`")
        return self.declaration(session.catalogue, session.now())


def load(
    folder: Path, url: str = "", wait: float = WAIT, account: str | None = None
) -> Configuration:
    """Read the configuration below *folder*; the user's *url* replaces its own.

    A writer waits *wait* seconds for another. *account* is one of the accounts that it names;
    None is the only one.

    Raises:
        ConfigError: it cannot be read, or names no backend.
        CredentialError: its URL contains a stray character.
        RbacSyncError: it has several accounts and none is named, or none with this name.
    """
    return of_sources(config.read(folder), folder, url, account, wait)


def load_root(
    folder: Path, url: str = "", account: str | None = None, wait: float = WAIT
) -> Configuration:
    """Read the root file of the configuration below *folder*: enough to reach its account.

    The other files are read when something of them is needed; at once if the configuration has
    several accounts. A writer waits *wait* seconds for another.

    Raises:
        ConfigError: it cannot be read, or names no backend.
        CredentialError, RbacSyncError: see ``load``.
    """
    configuration = of_sources(config.read_root(folder), folder, url, account, wait)
    return replace(configuration, is_root_alone=configuration.known.account is None)


def name_of(folder: Path, handle: str) -> str | None:
    """Return the name of the account with this handle, or of the only one; None without accounts.

    Raises:
        ConfigError: the configuration cannot be read, or names no backend.
        RbacSyncError: it has several accounts, and none with this handle.
    """
    shared = config.read(folder)
    names = [account.name for account in config.accounts(shared)]
    handles = {config.settings(config.select_account(shared, name)).account: name for name in names}
    if not handles:
        return None
    if not handle and len(handles) == 1:
        return names[0]
    if handle in handles:
        return handles[handle]
    message = (
        f"no account of this configuration is `{handle}`"
        if handle
        else f"this configuration is of {len(handles)} accounts"
    )
    known = ", ".join(f"`{known}`" for known in handles)
    hint = f"pass one as `--account`: {known}; for another one, name its `--url`"
    raise RbacSyncError(message, hint=hint)


def of_sources(
    shared: config.Sources,
    folder: Path,
    url: str = "",
    account: str | None = None,
    wait: float = WAIT,
) -> Configuration:
    """Return the configuration of one account of the sources *shared*; see ``load``."""
    sources = config.select_account(shared, account)
    settings = config.settings(sources)
    url = _url_of(sources.account, url)
    _check_url(sources, settings)
    default = STORE if settings.type == "store" else ""
    root = folder if folder.is_dir() else folder.parent
    log.info("read %d files in `%s`", len(sources.files), root.resolve())
    opened = url or config.resolve_url(settings.url or default, root)
    settings = replace(
        settings,
        url=opened,
        target_url=config.relative_url(opened, root),
        journal=config.resolve_url(settings.journal, root),
        named=bool(url),
        wait=wait,
    )
    return Configuration(sources, settings, root)


def _check_url(sources: config.Sources, settings: Settings) -> None:
    """Check the form of ``[backend] url``.

    Raises:
        ConfigError: it has another one; no line of the file is shown, which may hold a password.
    """
    what, place = "`url` in `[backend]`", TomlLocation(sources.root, ("backend", "url"))
    try:
        check_url_text(settings.url, what, own=" ")
        if settings.url and settings.type == "store":
            from ..backends.database.engine import address

            address(settings.url, what)
    except (BackendError, CredentialError) as error:
        problem = Diagnostic("RS115", str(error), place.place(), error.hint)
        raise ConfigError((problem,), {}) from None


def _url_of(account: config.AccountSettings | None, url: str) -> str:
    """Return the URL in the variable that *account* names, or *url* if it names none.

    Raises:
        CredentialError: no URL is in the variable, or *url* is given, too: it must not
            replace the database of the account.
    """
    if account is None or not account.url_variable:
        return url
    variable, name = account.url_variable, account.name
    own = os.environ.get(variable, "")
    fault, hint = "", "set it to the account's URL"
    if not own:
        fault = "is not set"
    elif url:
        fault, hint = "and another URL is given, too", "leave out `--url` and `RBAC_SYNC_URL`"
    elif "://" not in own:  # it may be a key, so no message may show it
        fault = "holds no URL"
    if fault:
        message = f"`{variable}`, which `[accounts.{name}]` names, {fault}"
        raise CredentialError(message, hint=hint)
    check_url_text(own, f"`{variable}`", own=" ")
    return own


def validate(configuration: Configuration, now: Instant) -> Declaration:
    """Return the declaration, without a read of the live state.

    Raises:
        ConfigError: it cannot be used as written.
    """
    return configuration.declaration(configuration.catalogue, now)


def code_owners(folder: Path, now: Instant) -> tuple[config.CodeOwners, config.Sources]:
    """Return the owners of the files below *folder* by the table ``[owners]``, and the files.

    Raises:
        ConfigError: the configuration cannot be used as written.
        RbacSyncError: it names no owners.
    """
    sources = config.read(folder)
    if not sources.root.document.owners:
        hint = 'write who reviews what, as in `[owners]` and `"teams/" = ["@acme/platform"]`'
        raise RbacSyncError(f"`{sources.root.name}` has no `[owners]`", hint=hint)
    first = next((account.name for account in config.accounts(sources)), None)
    settings = config.settings(config.select_account(sources, first))
    return config.read_owners(sources, catalogue(settings.world or WORLD), now), sources
