"""A file that a run is going to write: made sure of before the run, there only once it is whole."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

from ..errors import RbacSyncError


class Reservation:
    """A file that can be written, and is not there before it is whole.

    *Why* a part of a name that nobody can guess: a link of that name, which a repository may
    hold, would lead elsewhere, and two runs at once would write one part.
    """

    def __init__(self, path: Path, *, private: bool = False) -> None:
        self._path, self._private = path, private
        self._whole = path if path.exists() and not path.is_file() else None
        self.part = self._whole or path.with_name(f"{path.name}.{token_hex(4)}.part")

    def fill(self, text: str) -> None:
        """Put *text* in, whole or not at all; a device or a pipe takes it as it comes.

        Raises:
            RbacSyncError: it cannot be written.
        """
        with self._writing():
            self.part.write_text(text, encoding="utf-8", newline="")
            if self._whole is None:
                self.part.replace(self._path)

    def take(self) -> None:
        """Make sure of the file.

        Raises:
            RbacSyncError: it cannot be written.
        """
        with self._writing():
            if self._whole is not None:
                self.part.open("a").close()
                return
            descriptor = os.open(self.part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, self._mode)
            if self._private:
                os.fchmod(descriptor, self._mode)
            os.close(descriptor)

    def give_up(self) -> None:
        """Leave no part behind."""
        if self._whole is None:
            self.part.unlink(missing_ok=True)

    @property
    def _mode(self) -> int:
        """The mode of the file; what is not private is cut down by the umask."""
        return 0o600 if self._private else 0o666

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            message = f"cannot write `{self._path}`: {(error.strerror or '').lower()}"
            raise RbacSyncError(message, hint="name a file that can be written") from error


@contextmanager
def reserved(path: Path, *, private: bool = False) -> Iterator[Reservation]:
    """Give a file that can be written; nothing of it is there unless it is filled.

    What is *private* can be read by its owner alone, whatever the umask.

    Raises:
        RbacSyncError: it cannot be written.
    """
    found = Reservation(path, private=private)
    found.take()
    try:
        yield found
    finally:
        found.give_up()
