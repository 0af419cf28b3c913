"""The base of remote backends: a journal for each account, and a lock beside it.

The lock allows one run at a time among those that share a journal; the services have no lock.
"""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from functools import partial
from typing import Any, ClassVar, Self, TypeVar

from ...errors import BackendError, CredentialError, Forbidden
from ...model.settings import WAIT, Settings
from ..interface import Settled, Target, Writer
from ..progress_interval import LOG
from ..state_folder import FOLDER_VARIABLE
from . import state_files
from .client import Client
from .journal import Journal
from .journal_connection import check_file, exclusive, opened
from .journaled_session import JournaledSession
from .journaled_writer import JournaledWriter
from .login import Login
from .network import describe_authorities, describe_proxy

T = TypeVar("T")


class JournaledBackend(ABC):
    """One account of a service, with a lock and a journal on our side."""

    world: ClassVar[str]

    def __init__(
        self,
        account: str,
        login: Login,
        *,
        environment: Mapping[str, str] = os.environ,
        wait: float = WAIT,
        journal: str = "",
    ) -> None:
        """Use *account*, a name or an id; no request is sent yet.

        *journal* is the URL of the journal in the configuration file.
        """
        self._login, self._wait = login, wait
        self._target = Target(self.world, login.root, account or login.account, self.world)
        self._journal = state_files.journal(login.root, self._target.account, environment, journal)
        self.is_journal_kept = not state_files.is_forgotten(environment, journal)

    @staticmethod
    @abstractmethod
    def login(
        url: str, api_key: str | None, environment: Mapping[str, str], *, named: bool = False
    ) -> Login:
        """Return the root of the API and the key for it; *url* and *api_key* come first."""

    @classmethod
    def configured(cls, settings: Settings, api_key: str | None) -> Self:
        """Return the account that a ``[backend]`` table names."""
        login = cls.login(settings.url, api_key, os.environ, named=settings.named)
        return cls(settings.account, login, wait=settings.wait, journal=settings.journal)

    @staticmethod
    @abstractmethod
    def session(client: Client, target: Target, journal: Journal) -> JournaledSession[Any]:
        """Return a session that reads through *client*."""

    @staticmethod
    @abstractmethod
    def writer(client: Client, target: Target, journal: Journal) -> JournaledWriter[Any]:
        """Return a session that also writes."""

    @contextmanager
    def open(self) -> Iterator[JournaledSession[Any]]:
        """Open a session that reads, without a lock."""
        with opened(self._journal, to_write=False) as journal, closing(self._client()) as client:
            LOG.info("opened `%s` at `%s`", self._target.account, self._login.root)
            yield self.session(client, self._target, journal)

    def describe_proxy(self) -> str:
        """Return the proxy for the service as text; see ``network.proxy_of``."""
        return describe_proxy(self._login.root)

    def describe_authorities(self) -> str:
        """Return the trusted certificate authorities as text; see ``network.trusted``."""
        return describe_authorities(self._login.root)

    def describe_journal(self) -> str:
        """Check that the journal can be read, and return its place as text.

        Raises:
            BackendError: it cannot be opened, or is of a later version.
        """
        with opened(self._journal, to_write=False):
            return f"`{self._journal}`"

    def check_journal(self) -> str:
        """Check that the journal can be written and outlives this job, and return that as text.

        Raises:
            BackendError: it does not.
        """
        if not self.is_journal_kept:
            hint = (
                f"set `{state_files.URL_VARIABLE}`, or `{FOLDER_VARIABLE}` to a folder that is kept"
            )
            raise BackendError("the journal ends with this job of CI", hint=hint)
        check_file(self._journal)
        return "it outlives this job"

    def settle(self, secrets: Mapping[str, str | None]) -> Settled:
        """Settle the open intents of earlier runs from the live state; see ``Backend``.

        Without open intents and *secrets*, no request is sent.
        """
        with exclusive(self._journal, self._wait) as journal, closing(self._client()) as client:
            opens = partial(self._opens, journal)
            return self.writer(client, self._target, journal).settle(secrets, opens)

    def _opens(self, journal: Journal, secret: str) -> str:
        """Return the id of the owner of *secret*; empty if the service does not accept it.

        Raises:
            BackendError: the service gives no usable response.
        """
        with closing(Client(self._login.root, secret)) as client:
            try:
                return self.session(client, self._target, journal).caller_id()
            except (CredentialError, Forbidden):
                return ""

    def transact(self, run: str, work: Callable[[Writer], T]) -> T:
        """Do *work* under the lock of the account; an error undoes no change.

        The open intents of earlier runs are settled first; *work* sees the
        result. *run* is a new id.
        """
        with exclusive(self._journal, self._wait) as journal:
            if journal.has_run(run):
                raise BackendError(f"run `{run}` has been made before", hint="plan again")
            with closing(self._client()) as client:
                self.writer(client, self._target, journal).settle()
                result = work(self.writer(client, self._target, journal))
            journal.finish(run)
            return result

    def _client(self) -> Client:
        return Client(self._login.root, self._login.api_key)
