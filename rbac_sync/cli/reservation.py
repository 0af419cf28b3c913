"""A file to write at the end of a run: checked before the run, visible only when complete."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

from ..errors import RbacSyncError, system_reason


class Reservation:
    """A writable file, checked on entry, that appears only if it is filled, and when complete.

    If *private*, only its owner can read it, whatever the umask.

    *Why* a random name for the temporary part: a repository could hold a link with a known name,
    and two runs at once would write the same part.
    """

    def __init__(self, path: Path, *, private: bool = False) -> None:
        from secrets import token_hex

        self._path, self._private = path, private
        self._special = path if path.exists() and not path.is_file() else None
        self.part = self._special or path.with_name(f"{path.name}.{token_hex(4)}.part")

    def fill(self, pieces: Iterable[bytes]) -> None:
        """Write *pieces*, completely or not at all; a device or a pipe is written directly.

        Raises:
            RbacSyncError: it cannot be written.
        """
        with self._writing():
            with self.part.open("wb") as file:
                file.writelines(pieces)
            if self._special is None:
                self.part.replace(self._path)

    def __enter__(self) -> Self:
        """Return the file after a check.

        Raises:
            RbacSyncError: it cannot be written.
        """
        with self._writing():
            if self._special is not None:
                self.part.open("a").close()
                return self
            descriptor = os.open(self.part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, self._mode)
            if self._private:
                os.fchmod(descriptor, self._mode)
            os.close(descriptor)
        return self

    def __exit__(self, *_: object) -> None:
        if self._special is None:
            self.part.unlink(missing_ok=True)

    @property
    def _mode(self) -> int:
        """The mode of the file; the umask limits it unless it is private."""
        return 0o600 if self._private else 0o666

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            message = f"cannot write `{self._path}`: {system_reason(error)}"
            raise RbacSyncError(message, hint="name a file that can be written") from error


def replace_content(path: Path, before: bytes, content: bytes) -> None:
    """Replace *before*, the content of the file *path* or of its target, by UTF-8 text.

    Its mode and, if permitted, its owner stay the same.

    Raises:
        RbacSyncError: it cannot be written.
    """
    target = path.resolve()
    if not os.access(target, os.W_OK):
        message = f"cannot write `{path}`: permission denied"
        raise RbacSyncError(message, hint="make it writable")
    if target.read_bytes() != before:
        message = f"`{path}` changed meanwhile, and stays as it is"
        raise RbacSyncError(message, hint="run the command again")
    status = target.stat()
    with Reservation(target, private=True) as file:
        with suppress(PermissionError):
            os.chown(file.part, status.st_uid, status.st_gid)
        file.part.chmod(stat.S_IMODE(status.st_mode))
        file.fill([content])
