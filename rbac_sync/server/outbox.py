"""The outbox: codes of invitations in a file, for another program to send."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Lock

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
    """Send nothing: nobody can accept, but whoever invites may still revoke."""


def send(letter: Letter, post: Post) -> None:
    """Have *post* send *letter*; if it cannot, only the log is told.

    *Why*: what it tells of is done, and a client that is told of a failure asks for it again.
    """
    try:
        post(letter)
    except OSError as error:
        log.error("a letter was not sent", extra={"reason": str(error)})


def file(path: Path) -> Post:
    """Return what adds each letter to the file at *path* as a line of JSON."""
    lock = Lock()

    def post(letter: Letter) -> None:
        line = json.dumps(asdict(letter)) + "\n"
        with lock:
            handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            with os.fdopen(handle, "a", encoding="utf-8") as out:
                out.write(line)

    return post
