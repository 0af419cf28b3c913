"""The base of remote backends: a journal for each account, and a lock beside it.

The lock keeps apart the runs that share a journal; the services themselves know none.
"""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from functools import partial
from typing import Any, ClassVar, TypeVar

from ...errors import BackendError, CredentialError, Forbidden
from ..interface import Settled, Target, Writer
from ..progress_interval import LOG
from . import state_files
from .client import Client
from .journal import Journal
from .journal_connection import WAIT, exclusive, opened
from .journaled_session import JournaledSession
from .journaled_writer import JournaledWriter
from .login import Login
from .network import describe_authorities, describe_proxy

T = TypeVar("T")


class JournaledBackend(ABC):
    """One account of a service, with a lock and a journal of our own."""

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
        """Name the account as people do, or by its id; nothing is asked yet.

        *journal* is the URL of the journal that a file names.
        """
        self._login, self._wait = login, wait
        self._target = Target(self.world, login.root, account or login.account, self.world)
        self._journal = state_files.journal(login.root, self._target.account, environment, journal)
        self.is_journal_kept = not state_files.is_forgotten(environment, journal)

    @abstractmethod
    def session(self, client: Client, target: Target, journal: Journal) -> JournaledSession[Any]:
        """Return a session that reads through *client*."""

    @abstractmethod
    def writer(self, client: Client, target: Target, journal: Journal) -> JournaledWriter[Any]:
        """Return a session that also writes."""

    @contextmanager
    def open(self) -> Iterator[JournaledSession[Any]]:
        """Open a session that reads, without a lock."""
        with (
            opened(self._journal, to_write=False) as journal,
            closing(self._client()) as client,
        ):
            LOG.info("opened `%s` at `%s`", self._target.account, self._login.root)
            yield self.session(client, self._target, journal)

    def describe_proxy(self) -> str:
        """Return the proxy on the way to the service; see ``network.proxy_of``."""
        return describe_proxy(self._login.root)

    def describe_authorities(self) -> str:
        """Return whose certificates are believed; see ``network.trusted``."""
        return describe_authorities(self._login.root)

    def describe_journal(self) -> str:
        """Return the place of the journal, which can be read.

        Raises:
            BackendError: it cannot be opened, or is of a later version.
        """
        with opened(self._journal, to_write=False):
            return f"`{self._journal}`"

    def settle(self, secrets: Mapping[str, str | None]) -> Settled:
        """Settle what earlier runs left open, by what is live; see ``Backend``.

        Nothing is asked where nothing is open and there are no *secrets*.
        """
        with exclusive(self._journal, self._wait) as journal, closing(self._client()) as client:
            opens = partial(self._opens, journal)
            return self.writer(client, self._target, journal).settle(secrets, opens)

    def _opens(self, journal: Journal, secret: str) -> str:
        """Return the id of the owner of *secret*; empty if the service does not accept it.

        Raises:
            BackendError: it could not be asked.
        """
        with closing(Client(self._login.root, secret)) as client:
            try:
                return self.session(client, self._target, journal).caller_id()
            except (CredentialError, Forbidden):
                return ""

    def transact(self, run: str, work: Callable[[Writer], T]) -> T:
        """Do *work* under the account's lock. What is made stays made.

        First what earlier runs left open is settled; *work* sees what came of
        it. *run* is a new id.
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
