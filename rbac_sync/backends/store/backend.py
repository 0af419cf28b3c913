"""A store as a backend: sessions for reading, and whole transactions for writing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from ... import log
from ...errors import BackendError, system_reason
from ...model.settings import WAIT, Settings
from ...planning.planfile import Target
from ..database import sqlite
from ..database.engine import (
    Engine,
    address,
    display_url,
    engine,
    place,
    reading,
    translate_errors,
    writing,
)
from ..plain_session import Settled
from . import schema
from .account import Account, Moved
from .legible import legible
from .session import StoreSession

if TYPE_CHECKING:
    from ..interface import Writer
    from .writer import StoreWriter

T = TypeVar("T")


class StoreBackend:
    """One account of a store in SQLite or PostgreSQL."""

    def __init__(
        self,
        url: str,
        account: str,
        api_key: str | None = None,
        *,
        wait: float = WAIT,
        store: Engine | None = None,
        target_url: str = "",
    ) -> None:
        """Name the store, the account's handle and the credential; writers wait *wait* seconds.

        A server passes its one engine as *store*; otherwise each run creates one. Plans name the
        store by *target_url*, if it differs from *url*.

        Raises:
            BackendError: no store can have this URL.
        """
        self._url = store.url if store else address(url)
        self._account, self._api_key, self._wait = account, api_key, wait
        self._store = store
        self._target_url = display_url(address(target_url) if target_url else self._url)

    def __getstate__(self) -> dict[str, Any]:
        """Leave the engine out: each process has its own."""
        return {**self.__dict__, "_store": None}

    @classmethod
    def configured(cls, settings: Settings, api_key: str | None) -> StoreBackend:
        """Return the store that a ``[backend]`` table names.

        Raises:
            BackendError: no store can have this URL.
            CredentialError: only a file, and not the user, names the host for the password.
        """
        if not settings.named:
            url = address(settings.url, "`url` in `[backend]`")
            if place(url) is None:
                from ..database.connection import check_of_file

                check_of_file(url)
        return cls(
            settings.url,
            settings.account,
            api_key,
            wait=settings.wait,
            target_url=settings.target_url,
        )

    @contextmanager
    def open(self) -> Iterator[StoreSession]:
        """Open a session that reads one moment, and waits for no lock."""
        store = self._engine()
        handle = self._account
        with translate_errors(store), legible(store, handle), reading(store) as connection:
            schema.check(connection)
            log.info("opened `%s` in `%s`", handle, display_url(self._url))
            account = Account.unlocked(connection, self._account)
            yield StoreSession(account, self._target(account), self._api_key)

    def check_file(self) -> None:
        """Check that the file of a store on SQLite can be written.

        Raises:
            BackendError: planning works, applying does not.
        """
        if (file := place(self._url)) is None:
            return
        try:
            sqlite.check_writes(file, self._url)
        except OSError as error:
            reason = system_reason(error)
            message = f"`{file}` can be read for a plan, but not written: {reason}"
            raise BackendError(message, hint="apply where this user may write to it") from None

    def settle(self, secrets: Mapping[str, str | None]) -> Settled:
        """Return those of *secrets* that are of live keys. A store leaves no run open."""
        if not secrets:
            return Settled()
        with self.open() as session:
            known_secrets = ((key, secret) for key, secret in secrets.items() if secret)
            return Settled(
                frozenset(key for key, secret in known_secrets if session.is_key(key, secret))
            )

    def transact(self, run: str, work: Callable[[Writer], T], *, locks_late: bool = False) -> T:
        """Do *work* in one transaction under the account's lock; *run* is a new id.

        If it *locks_late*, *work* reads and judges before the lock, and again under the lock if
        another write came between that matters. See ``basis``.
        """
        from ..database.retry import Attempt, TransactionStep, retried

        store = self._engine()
        results: list[T] = []
        openings = [self._unlocked] if locks_late else []

        def attempt(noted: Attempt) -> T:
            noted.step, opened = TransactionStep.CHECK, openings.pop() if openings else self._locked
            try:
                with legible(store, self._account), opened(store) as writer:
                    if writer.account.basis is None and writer.has_run(run):
                        return self._earlier(run, results)
                    noted.step = TransactionStep.WORK
                    results.append(work(writer))
                    writer.finish(run)
                    noted.step = TransactionStep.COMMIT
                return results[-1]
            except Moved:
                return attempt(noted)

        return retried(attempt, store, run)

    @contextmanager
    def _locked(self, store: Engine) -> Iterator[StoreWriter]:
        """Open a writer whose account is locked."""
        with writing(store) as connection:
            schema.check(connection)
            yield self._writer(Account.locked(connection, self._account))

    @contextmanager
    def _unlocked(self, store: Engine) -> Iterator[StoreWriter]:
        """Open a writer whose account is locked when it writes first."""
        from .basis import Basis

        with reading(store) as connection:
            schema.check(connection)
            account = Account.unlocked(connection, self._account)
            account.basis = Basis(account)
            yield self._writer(account)

    def _writer(self, account: Account) -> StoreWriter:
        from .writer import StoreWriter

        return StoreWriter(account, self._target(account), self._api_key)

    @staticmethod
    def _earlier(run: str, results: list[T]) -> T:
        """Return the result of an attempt whose COMMIT succeeded, but whose response was lost."""
        if not results:
            raise BackendError(f"run `{run}` has been made before", hint="plan again")
        return results[-1]

    def _engine(self) -> Engine:
        if self._store is None:
            self._store = engine(self._url, self._wait)
        return self._store

    def _target(self, account: Account) -> Target:
        return Target("store", self._target_url, account.handle, account.world)
