"""The comment of one environment, created or kept up to date."""

from __future__ import annotations

import re
from enum import StrEnum

from ..errors import RbacSyncError
from .forge import Forge

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


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
