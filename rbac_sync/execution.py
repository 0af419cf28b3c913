"""The execution of a plan: its changes through a session, each on record."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from .audit.record import FAILED, Authorship
from .backends.interface import Writer
from .dataclasses import dataclass, field, replace
from .errors import ApplyStopped, Interrupted, RbacSyncError, Undone
from .model import Instant, Key
from .planning import Change, Writes
from .stop import StopRequest

Progress = Callable[[Change], None]
Keep = Callable[[Mapping[str, str]], None]
"""Stores new secrets, by address as text; they are on the disk when it returns."""

AGAIN = "plan and apply again to go on"


@dataclass(frozen=True, slots=True)
class Applied:
    """The result of a run: counts of added, changed and destroyed resources; new secrets."""

    run: str
    counts: tuple[int, int, int] = (0, 0, 0)
    secrets: dict[str, str] = field(default_factory=dict, repr=False)


def make_all(
    changes: Sequence[Change],
    writer: Writer,
    authorship: Authorship,
    progress: Progress,
    keep: Keep,
    check: Callable[[], None],
    stop: StopRequest | None = None,
) -> dict[str, str]:
    """Make *changes* in order and return the new secrets, by address as text.

    *keep* receives new secrets: in a transaction before its commit, else after each
    change, before its outcome is recorded. *check* runs in a transaction before its
    commit; an exception of it undoes the changes. *stop* is checked between two changes.

    Raises:
        ApplyStopped: a change failed, for any reason, and those before it
            stand; since the order is safe to stop in, another plan and apply
            continues.
        Interrupted: the user stopped it, and changes stand.
        Undone: the user stopped it, and no change is made.
        BackendError: a change failed in a transaction, so none is made.
    """
    stop = stop or StopRequest()
    stop.is_heeded = True
    writer.begin(authorship)
    run = _Run(changes, writer, authorship, progress, keep, stop, writer.now())
    return (
        run.whole(check) if Writes.WHOLE_RUNS in writer.capabilities.writes else run.step_by_step()
    )


def ended_badly(made: int, error: Exception) -> ApplyStopped:
    """Return the error for a run that made all its *made* changes before *error*."""
    return ApplyStopped(
        f"applied {made} of {made} changes; then: {_describe_error(error)}", hint=AGAIN
    )


@dataclass(frozen=True)
class _Run:
    """The changes of one run, with the means to make them."""

    changes: Sequence[Change]
    writer: Writer
    authorship: Authorship
    progress: Progress
    keep: Keep
    stop: StopRequest
    at: Instant

    def whole(self, check: Callable[[], None]) -> dict[str, str]:
        """Make all changes in the backend's transaction, which any exception reverts."""
        secrets: dict[str, str] = {}
        for change in self.changes:
            self._heed_stop()
            secrets.update(self.writer.make(change))
            self._record(change)
        check()
        self._heed_stop()
        if secrets:
            self.keep(secrets)
        return secrets

    def step_by_step(self) -> dict[str, str]:
        """Make one change after the other; each stands as soon as it is made."""
        secrets: dict[str, str] = {}
        for done, change in enumerate(self.changes):
            if not done:
                self._heed_stop()
            with self._reporting(done, change):
                secrets.update(self._made(change))
                self._record(change)
        return secrets

    def _made(self, change: Change) -> Mapping[str, str]:
        """Make *change*, and store its secret; revoke a key whose secret cannot be stored.

        Raises:
            RbacSyncError: its secret could not be kept.
        """
        minted = self.writer.make(change)
        try:
            if minted:
                self.keep(minted)
        except Exception as error:
            raise self._revoked(change, error) from error
        return minted

    def _revoked(self, change: Change, unkept: Exception) -> RbacSyncError:
        """Revoke the key that *change* made; return the error to raise."""
        key = change.after
        assert isinstance(key, Key), "only keys have secrets"
        reason = f"its secret could not be kept: {_describe_error(unkept)}"
        try:
            self.writer.revoke(key)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told
            return RbacSyncError(
                f"{reason}; the key is live, and revoking it failed: {_describe_error(error)}"
            )
        try:
            self._record_revoked(change, key, reason)
        except Exception as error:  # noqa: BLE001
            return RbacSyncError(
                f"{reason}; the key is revoked, which is not noted: {_describe_error(error)}"
            )
        return RbacSyncError(f"{reason}; the key is revoked")

    def _record_revoked(self, change: Change, key: Key, reason: str) -> None:
        """Record that *key*, which *change* made, was made and revoked."""
        by = replace(self.authorship, reason=f"made and revoked: {reason}")
        self.writer.record(by.record(change, self.at, FAILED))
        self.writer.record(by.record(Change(key, None), self.at))

    def _record(self, change: Change) -> None:
        self.writer.record(self.authorship.record(change, self.at))
        self.progress(change)

    def _heed_stop(self) -> None:
        if self.stop.cause:
            message = f"stopped by {self.stop.cause}; nothing was made"
            raise Undone(message, hint="apply again to make it")

    @contextmanager
    def _reporting(self, done: int, change: Change) -> Iterator[None]:
        """Turn an exception at *change* into one that says how far the run went."""
        extent = f"applied {done} of {len(self.changes)} changes"
        if self.stop.cause:
            message = f"{extent}; stopped by {self.stop.cause}"
            raise Interrupted(message, hint=AGAIN, untried=self._addresses(done))
        try:
            yield
        except (KeyboardInterrupt, SystemExit) as error:
            message = f"{extent}; interrupted at `{change.address}`"
            raise Interrupted(message, hint=AGAIN, untried=self._addresses(done + 1)) from error
        except Exception as error:
            message = f"{extent}; `{change.address}`: {_describe_error(error)}"
            raise ApplyStopped(message, hint=AGAIN, untried=self._addresses(done + 1)) from error

    def _addresses(self, start: int) -> list[str]:
        """Return the addresses of the changes from number *start* on, as text."""
        return [str(change.address) for change in self.changes[start:]]


def _describe_error(error: Exception) -> str:
    """Return the message of *error*, with its type if it is not meant for users."""
    if isinstance(error, RbacSyncError):
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        place = f"`{error.filename}`: " if error.filename else ""
        return f"{place}{error.strerror.lower()}"
    return f"{type(error).__name__}: {error}"
