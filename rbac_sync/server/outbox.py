"""The outbox: codes of invitations in a file, for another program to send."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from threading import Lock

from ..dataclasses import asdict, dataclass
from .log import log


@dataclass(frozen=True, slots=True)
class Letter:
    """The message to an invited person. Instants as RFC 3339."""

    account: str
    email: str
    invitation_id: str
    invite_code: str
    expiration: str


Post = Callable[[Letter], None]


def nowhere(_: Letter) -> None:
    """Send nothing: invitations can be revoked, and nobody can accept them."""


def send(letter: Letter, post: Post) -> None:
    """Send *letter* with *post*; a failure is logged and not raised.

    *Why*: the invitation is stored, and a client would repeat a failed request.
    """
    try:
        post(letter)
    except OSError as error:
        log.error("a letter was not sent", extra={"reason": str(error)})


def file(path: Path) -> Post:
    """Return a function that adds a letter to the file at *path* as a line of JSON.

    Raises:
        OSError: the file cannot be written.
    """
    lock = Lock()

    def write(text: str) -> None:
        # A pipe that nobody reads is an error at once, and no request waits for its reader.
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NONBLOCK
        handle = os.open(path, flags, 0o600)
        with os.fdopen(handle, "a", encoding="utf-8") as out:
            out.write(text)

    def post(letter: Letter) -> None:
        line = json.dumps(asdict(letter)) + "\n"
        with lock:
            write(line)

    write("")  # an error shows before anybody is invited
    return post
