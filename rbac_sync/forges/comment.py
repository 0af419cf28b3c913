"""The comment of one environment, created or kept up to date."""

from __future__ import annotations

import re
from enum import StrEnum

from ..errors import RbacSyncError
from .forge import Comment, Forge

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class CommentResult(StrEnum):
    """The result of writing a comment."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "left unchanged"


def put(forge: Forge, environment: str, text: str) -> CommentResult:
    """Show *text* in the one comment for *environment*.

    *Why* only among the token's own comments: whoever may comment could write
    the marker first, and would own what everybody reads.

    Raises:
        RbacSyncError: *environment* is no name.
    """
    marker = _marker(environment)
    whole = f"{marker}\n{text}"
    found = _own(forge, marker)
    if found is None:
        forge.create(whole)
        return CommentResult.CREATED
    if _lines(found.text) == _lines(whole):
        return CommentResult.UNCHANGED
    forge.update(found, whole)
    return CommentResult.UPDATED


def _marker(environment: str) -> str:
    if not NAME.fullmatch(environment):
        hint = "letters, digits, `.`, `_` and `-`, at most 64"
        raise RbacSyncError(f"`{environment}` is no name of an environment", hint=hint)
    return f"<!-- rbac-sync:{environment} -->"


def _own(forge: Forge, marker: str) -> Comment | None:
    """Return the oldest of our comments with *marker*."""
    me = forge.myself()
    ours = (c for c in forge.comments() if c.author == me and c.text.startswith(marker))
    return next(ours, None)


def _lines(text: str) -> list[str]:
    """Return *text* as forges keep it: they may end lines otherwise and cut blanks at the end."""
    return text.strip().splitlines()
