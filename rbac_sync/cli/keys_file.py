"""The file with the secrets of new API keys: for its owner alone, and always valid JSON.

The space for all secrets is written to the disk before the first request, so that a full disk is
noticed before a key is made. A secret is written over its own blanks and nothing else is written
again, so a run that is killed loses none. See ``keys_text`` for the content of the file.
"""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from ..errors import ApplyStopped, HalfWay, OutcomeUnknown, RbacSyncError, Undone, system_reason
from .keys_text import KeysText, account_of, finished, unfinished

LARGEST = 2**24


class KeysFile:
    """The keys file of one run. ``entries`` are those of the interrupted run that it continues."""

    def __init__(self, path: Path | None) -> None:
        self._path, self._descriptor = path, -1
        self._text = KeysText({})
        self._is_new, self._stands = False, False
        self._account = ""
        self.entries: dict[str, str | None] = {}
        self._added: frozenset[str] = frozenset()

    @property
    def is_continued(self) -> bool:
        """True if there was an unfinished file."""
        return self._descriptor >= 0 and not self._is_new

    def take(self) -> None:
        """Open the file of an interrupted run, if there is one.

        Raises:
            RbacSyncError: another run is writing it, or users other than its owner may.
        """
        if self._path is None or not _is_regular(self._path):
            return
        with self._explained("read"):
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_NOFOLLOW)
            self._lock(self._path)
            content = os.read(self._descriptor, LARGEST)
        entries = unfinished(content)
        if entries is None:
            os.close(self._descriptor)
            self._descriptor = -1
            return
        self._account, self.entries = account_of(content), entries
        self._check_owner()

    def check_account(self, account: str) -> None:
        """Check that the file of an interrupted run is for *account*, or name it in a new file.

        Raises:
            RbacSyncError: it is for another account: its keys would look deleted in *account*.
        """
        if self._account and self._account != account:
            message = f"`{self._path}` has the secrets of an interrupted run on `{self._account}`"
            hint = f"finish that run first, or name another file: this run is on `{account}`"
            raise RbacSyncError(message, hint=hint)
        self._account = account

    def reserve(self, keys: Collection[str], kept: Collection[str] = ()) -> None:
        """Reserve space for the secrets of new *keys*, and keep the entries that are in *kept*.

        Raises:
            RbacSyncError: there are such keys, and no file for their secrets.
        """
        self._added = frozenset(keys) - self.entries.keys()
        recovered = {key: secret for key, secret in self.entries.items() if key in kept}
        self.entries = recovered | {key: recovered.get(key) for key in keys}
        if keys and self._path is None:
            message = "the plan makes API keys, and their secrets are shown only once"
            raise RbacSyncError(message, hint="say where they go: `--keys-out FILE`")
        with self._explained("create"):
            if self.is_continued:
                self._replace()
            elif keys:
                self._create()

    def keep(self, secrets: Mapping[str, str]) -> None:
        """Write new *secrets* to the file and to the disk.

        Raises:
            OSError: they could not be written.
        """
        self.entries |= secrets
        if any(
            key not in self._text.places or self._text.is_too_long(s) for key, s in secrets.items()
        ):
            self._replace()
            return
        for key, secret in secrets.items():
            _write(self._descriptor, self._text.padded(secret), self._text.places[key])
        os.fsync(self._descriptor)

    def finish(self) -> None:
        """Rewrite the file without blanks and without entries that have no secret.

        Raises:
            ApplyStopped: this failed; the file is unchanged and has all secrets.
        """
        if self._descriptor < 0:
            return
        self.entries = {key: secret for key, secret in self.entries.items() if secret is not None}
        self._stands = True
        assert self._path is not None, "there is one"
        try:
            if self.entries:
                os.close(_write_atomically(self._path, finished(self.entries)))
            else:
                self._path.unlink(missing_ok=True)
        except OSError as error:
            message = (
                f"all is made, and `{self._path}` could not be put in order: {system_reason(error)}"
            )
            raise ApplyStopped(
                message, hint="the secrets are in the file; run the command again"
            ) from error

    @contextmanager
    def holding(self) -> Iterator[None]:
        """Keep the file if the body may have made a key, even if the body fails."""
        self._stands = True
        try:
            yield
        except HalfWay as error:
            self._stands = not isinstance(error, Undone)
            self._drop(error.untried)
            raise
        except RbacSyncError as error:
            self._stands = isinstance(error, OutcomeUnknown)
            raise

    def _drop(self, untried: Collection[str]) -> None:
        """Take out the places of new keys that are *untried*; a new file without any goes.

        *Why*: another run may make such a key, and a live key whose place has no secret counts
        as lost: the run that continues this file would replace it.
        """
        idle = {key for key in self._added.intersection(untried) if self.entries[key] is None}
        left = {key: secret for key, secret in self.entries.items() if key not in idle}
        if left != self.entries:
            self.entries, self._stands = left, bool(left)
            with suppress(OSError):  # it still has every secret
                self._replace()

    def close(self) -> None:
        """Close the file; delete a new file that no key was made for."""
        if self._descriptor < 0:
            return
        if self._is_new and not self._stands and self._path:
            self._path.unlink(missing_ok=True)
        os.close(self._descriptor)

    def _create(self) -> None:
        assert self._path is not None, "keys have somewhere to go"
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        self._descriptor = os.open(self._path, flags, 0o600)
        self._lock(self._path)
        self._is_new = True
        _write(self._descriptor, self._layout(), 0)
        os.fsync(self._descriptor)
        _sync_folder(self._path)

    def _replace(self) -> None:
        assert self._path is not None, "there is one"
        old, self._descriptor = self._descriptor, _write_atomically(self._path, self._layout())
        os.close(old)

    def _layout(self) -> bytes:
        """Return the content of an unfinished file with the present entries."""
        self._text = KeysText(self.entries, self._account)
        return self._text.content

    def _lock(self, path: Path) -> None:
        """Lock the file at *path*, which is open, against other runs on this machine.

        Raises:
            RbacSyncError: another run has the lock, or has put a new file in its place.
        """
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            is_ours = os.path.samestat(os.fstat(self._descriptor), path.lstat())
        except (BlockingIOError, FileNotFoundError):
            is_ours = False
        if not is_ours:
            message = f"another run is writing `{path}`"
            raise RbacSyncError(message, hint="wait until it is done")

    def _check_owner(self) -> None:
        status = os.fstat(self._descriptor)
        if status.st_uid != os.geteuid() or stat.S_IMODE(status.st_mode) & 0o077:
            message = f"`{self._path}` is of an interrupted run, and not yours alone"
            hint = "make it so with `chown` and `chmod 600`, if you trust what is in it"
            raise RbacSyncError(message, hint=hint)

    @contextmanager
    def _explained(self, verb: str) -> Iterator[None]:
        try:
            yield
        except FileExistsError as error:
            message = f"cannot create `{self._path}`: {system_reason(error)}"
            raise RbacSyncError(message, hint="name a file that does not exist yet") from error
        except OSError as error:
            message = f"cannot {verb} `{self._path}`: {system_reason(error)}"
            hint = "nothing was made; name a file that can be written"
            raise RbacSyncError(message, hint=hint) from error


@contextmanager
def open_keys_file(path: Path | None) -> Iterator[KeysFile]:
    """Yield the keys file at *path*, and close it at the end."""
    file = KeysFile(path)
    try:
        file.take()
        yield file
    finally:
        file.close()


def _is_regular(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def _write_atomically(path: Path, content: bytes) -> int:
    """Replace *path* by *content*, completely or not at all; return the open, locked file."""
    part = path.with_name(f".{path.name}.rbac-sync-part")
    if part.is_symlink() or part.exists():
        part.unlink()  # left by a killed run; this process holds the lock
    descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        _write(descriptor, content, 0)
        os.fsync(descriptor)
        part.replace(path)
    except BaseException:
        os.close(descriptor)
        part.unlink(missing_ok=True)
        raise
    _sync_folder(path)
    return descriptor


def _write(descriptor: int, content: bytes, place: int) -> None:
    count = 0
    while count < len(content):
        count += os.pwrite(descriptor, content[count:], place + count)


def _sync_folder(path: Path) -> None:
    """Write the name of *path* to the disk, if the system can."""
    with suppress(OSError):
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
