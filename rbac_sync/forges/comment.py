"""The comment of one environment, created or kept up to date, and the line below it."""

from __future__ import annotations

import re
from enum import StrEnum

from ..errors import RbacSyncError
from .forge import Forge

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
COMMIT = re.compile(r"[0-9a-f]{7,64}")
DIGITS = 12
LINK = re.compile(r"https?://[A-Za-z0-9.:/%?&=#@+~_-]{1,400}")
"""An address that Markdown reads as one link between its brackets."""

LINK_HINT = "an address that begins with `https://`, of at most 400 characters, without blanks"


class CommentResult(StrEnum):
    """The result of writing a comment."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "left unchanged"


def put(forge: Forge, environment: str, text: str) -> CommentResult:
    """Write *text* to the one comment for *environment*.

    *Why* only among the token's own comments: otherwise anybody who may comment could write
    the marker first, and could then change the text that reviewers read.

    Raises:
        RbacSyncError: *environment* is not a valid name.
    """
    marker = _marker(environment)
    content = f"{marker}\n{text}"
    login = forge.myself()
    own = (c for c in forge.comments() if c.author == login and c.text.startswith(marker))
    comment = next(own, None)  # the oldest
    if comment is None:
        forge.create(content)
        return CommentResult.CREATED
    if _lines(comment.text) == _lines(content):
        return CommentResult.UNCHANGED
    forge.update(comment, content)
    return CommentResult.UPDATED


def _marker(environment: str) -> str:
    if not NAME.fullmatch(environment):
        hint = "letters, digits, `.`, `_` and `-`, at most 64"
        raise RbacSyncError(f"`{environment}` is no name of an environment", hint=hint)
    return f"<!-- rbac-sync:{environment} -->"


def _lines(text: str) -> list[str]:
    """Return the lines of *text* for comparison: forges change line ends and cut outer blanks."""
    return text.strip().splitlines()


def origin_line(commit: str, run: str, page: str) -> str:
    """Return a commit, and links to the *run* and to the report at *page*, as a line of Markdown.

    Each is empty if it is not known.

    Raises:
        RbacSyncError: the commit or a link is malformed.
    """
    if commit and not COMMIT.fullmatch(commit):
        hint = "7 to 64 of the digits `0` to `9` and `a` to `f`"
        raise RbacSyncError(f"`{commit}` is no commit", hint=hint)
    for link in filter(None, (run, page)):
        if not LINK.fullmatch(link):
            raise RbacSyncError(f"`{link}` is no link", hint=LINK_HINT)
    parts = [
        f"at `{commit[:DIGITS]}`" if commit else "",
        f"[run]({run})" if run else "",
        f"[report]({page})" if page else "",
    ]
    return " · ".join(filter(None, parts))
