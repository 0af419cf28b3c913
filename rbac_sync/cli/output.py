"""Output that nobody may read any more."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from . import drop_stream


@contextmanager
def unheard() -> Iterator[None]:
    """Let the body print; discard the rest of the output if nobody can read it any more.

    *Why* no error: what the body tells of has been done, and more may have to be done.
    """
    try:
        yield
        sys.stdout.flush()
    except OSError:
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except OSError:
                drop_stream(stream)
