"""Prefect Cloud as a backend: sessions for reading, and runs under a lock for writing."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from typing import TypeVar

from filelock import FileLock, Timeout

from ...errors import BackendError, Locked
from .. import Settings, state_files
from ..http import Client
from ..interface import Target, Writer
from ..journal import opened
from ..login import Login
from .environment import login
from .naming import WORLD_NAME
from .session import PrefectCloudSession, PrefectCloudWriter

T = TypeVar("T")

WAIT = 5.0
"""How long a run waits for another one on this machine, in seconds."""


class PrefectCloudBackend:
    """One account of Prefect Cloud, or of a server that speaks as it does."""

    def __init__(
        self,
        account: str,
        login: Login,
        *,
        environment: Mapping[str, str] = os.environ,
        wait: float = WAIT,
    ) -> None:
        """Name the account by its handle, or by its id; nothing is asked yet."""
        self._login, self._wait = login, wait
        self._target = Target(WORLD_NAME, login.root, account or login.account, WORLD_NAME)
        self._journal = state_files.journal(login.root, self._target.account, environment)

    @classmethod
    def configured(cls, settings: Settings, api_key: str | None) -> PrefectCloudBackend:
        """Return the account that a ``[backend]`` table names."""
        return cls(settings.account, login(settings.url, api_key, os.environ))

    @contextmanager
    def open(self) -> Iterator[PrefectCloudSession]:
        """Open a session that reads, and waits for nobody."""
        with (
            opened(self._journal, self._target.account, to_write=False) as journal,
            closing(self._client()) as client,
        ):
            yield PrefectCloudSession(client, self._target, journal)

    def transact(self, run: str, work: Callable[[Writer], T]) -> T:
        """Do *work* under the account's lock on this machine. What is made stays made.

        First what earlier runs left open is settled. *run* is a new id.
        """
        with self._locked(), opened(self._journal, self._target.account, to_write=True) as journal:
            if journal.has_run(run):
                raise BackendError(f"run `{run}` has been made before", hint="plan again")
            with closing(self._client()) as client:
                writer = PrefectCloudWriter(client, self._target, journal)
                writer.settle()
                result = work(writer)
            journal.finish(run)
            return result

    @contextmanager
    def _locked(self) -> Iterator[None]:
        path = self._journal.with_suffix(".lock")
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = FileLock(path, timeout=self._wait, mode=0o600)
            with lock:
                yield
        except Timeout as error:
            message = f"another run on this machine holds the account `{self._target.account}`"
            raise Locked(message, hint="wait until it is done") from error

    def _client(self) -> Client:
        return Client(self._login.root, self._login.api_key)
