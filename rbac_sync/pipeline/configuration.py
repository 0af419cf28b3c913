"""The configuration of a run: a folder of TOML, and the options of the run."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

from .. import backends, config
from ..backends.copied_text import check_url_text
from ..backends.interface import Backend, Session
from ..catalogues import catalogue
from ..errors import RbacSyncError
from ..model import Address, Catalogue, Declaration, Expectation, Instant, Policy
from ..planning.selection import Selection

STORE = "sqlite:///rbac.db"
"""The database of a store for which none is named."""

LOG = logging.getLogger("rbac_sync")

WAIT = 5.0
"""For how many seconds a writer waits for another where nothing else is asked for."""

WORLD = "prefect-cloud"
"""The world of a configuration that names none, where no backend can be asked."""


@dataclass(frozen=True)
class Configuration:
    """The content of one *folder*, and the account that it is for."""

    sources: config.Sources
    settings: config.BackendConfig
    folder: Path

    @property
    def account(self) -> str:
        """The account, with a digest that distinguishes equal names; holds no password."""
        url = re.sub(r"//[^/]*@", "//", self.settings.url)
        digest = sha256(url.encode()).hexdigest()[:12]
        return f"{self.settings.account} of {self.settings.type}, {digest}"

    @property
    def people(self) -> Mapping[str, str]:
        """The e-mail addresses by short name."""
        return {name: email for _, name, email in self.sources.named("people")}

    @property
    def webhooks(self) -> Mapping[str, str]:
        """The receivers of drift: by kind of message, the variable that holds a webhook's URL."""
        notify = self.sources.root.document.notify
        return {kind: variable for kind, variable in notify if variable}

    def backend(self, api_key: str | None) -> Backend:
        """Return the backend of the configuration, with the given credential."""
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


@dataclass(frozen=True, slots=True)
class RunOptions:
    """The options of one run, beyond the configuration.

    ``simulated`` answers for a principal without being it; applying ignores
    it. ``author`` is a second bound; ``token``, if there is one, proves who it
    is. The ``allow`` ones loosen the guard and exist on the command line only.
    ``resume`` goes on where an interrupted run of the plan ended; under
    ``strict`` a test that warns refuses.
    """

    simulated: Address | None = None
    author: Address | None = None
    token: str = field(default="", repr=False)
    selection: Selection = field(default_factory=Selection)
    allow_self_reduction: bool = False
    allow_public: bool = False
    allow_deletes: int = 0
    allow_losers: int = 0
    allow_gainers: int = 0
    reason: str = ""
    resume: bool = False
    strict: bool = False

    @property
    def allowed(self) -> dict[str, int]:
        """The counts that this run accepts, by what is counted, for the audit trail."""
        counts = {
            "deletes": self.allow_deletes,
            "losers": self.allow_losers,
            "gainers": self.allow_gainers,
        }
        return {noun: count for noun, count in counts.items() if count}

    def judged(self, expectations: tuple[Expectation, ...]) -> tuple[Expectation, ...]:
        """Return *expectations* as this run judges them: under ``strict`` none only warns."""
        if not self.strict:
            return expectations
        return tuple(replace(each, warns=False) for each in expectations)

    def loosened(self, policy: Policy) -> Policy:
        """Return *policy* with the exceptions of this run; a simulation needs no author."""
        return replace(
            policy,
            require_author=policy.require_author and self.simulated is None,
            allow_self_reduction=self.allow_self_reduction,
            allow_public=policy.allow_public or self.allow_public,
            allow_removals=max(policy.allow_removals, self.allow_deletes),
            allow_losers=max(policy.allow_losers, self.allow_losers),
            allow_gainers=max(policy.allow_gainers, self.allow_gainers),
        )


def load(folder: Path, url: str = "", wait: float = WAIT) -> Configuration:
    """Read the configuration below *folder*; the user's *url* takes the place of its own.

    A writer waits *wait* seconds for another.

    Raises:
        ConfigError: it cannot be read, or names no backend.
        CredentialError: something slipped into its URL.
    """
    return _configuration(config.read(folder), folder, url, wait)


def load_root(folder: Path, url: str = "") -> Configuration:
    """Read the root file of the configuration below *folder*: enough to reach its account.

    Raises:
        ConfigError: it cannot be read, or names no backend.
        CredentialError: something slipped into its URL.
    """
    return _configuration(config.read_root(folder), folder, url, WAIT)


def _configuration(sources: config.Sources, folder: Path, url: str, wait: float) -> Configuration:
    settings = config.settings(sources)
    check_url_text(settings.url, "`url` in `[backend]`", own=" ")
    default = STORE if settings.type == "store" else ""
    root = folder if folder.is_dir() else folder.parent
    LOG.info("read %d files in `%s`", len(sources.files), root.resolve())
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


def validate(configuration: Configuration, now: Instant) -> Declaration:
    """Return the declaration, without a read of the live state.

    Raises:
        ConfigError: it cannot be used as written.
    """
    return configuration.declaration(catalogue(configuration.settings.world or WORLD), now)
