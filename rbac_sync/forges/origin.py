"""The line below a comment: its commit, with links to its run and its page."""

from __future__ import annotations

import re
from typing import NamedTuple

from ..errors import RbacSyncError

COMMIT = re.compile(r"[0-9a-f]{7,64}")
DIGITS = 12
LINK = re.compile(r"https?://[A-Za-z0-9.:/%?&=#@+~_-]{1,400}")
"""An address that Markdown reads as one link between its brackets."""

LINK_HINT = "an address that begins with `https://`, of at most 400 characters, without blanks"


class JobOrigin(NamedTuple):
    """A commit and the address of a run; empty where they are not known."""

    commit: str = ""
    run: str = ""


def origin_line(origin: JobOrigin, page: str) -> str:
    """Return *origin*, and a link to the HTML report at *page*, as a line of Markdown.

    Raises:
        RbacSyncError: the commit or a link is malformed.
    """
    if origin.commit and not COMMIT.fullmatch(origin.commit):
        hint = "7 to 64 of the digits `0` to `9` and `a` to `f`"
        raise RbacSyncError(f"`{origin.commit}` is no commit", hint=hint)
    for link in filter(None, (origin.run, page)):
        if not LINK.fullmatch(link):
            raise RbacSyncError(f"`{link}` is no link", hint=LINK_HINT)
    parts = [
        f"at `{origin.commit[:DIGITS]}`" if origin.commit else "",
        f"[run]({origin.run})" if origin.run else "",
        f"[report]({page})" if page else "",
    ]
    return " · ".join(filter(None, parts))
