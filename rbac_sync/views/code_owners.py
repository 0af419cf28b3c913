"""The block of rbac-sync in a CODEOWNERS file; the text around it is not changed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..config import CodeOwners
from ..errors import RbacSyncError

BEGIN, END = "# BEGIN rbac-sync", "# END rbac-sync"

NOTE = "# `rbac-sync codeowners` writes this from `[owners]`. The last line that matches counts."

SPECIAL = re.compile(r"([ #\\])")
"""Characters of a pattern that end it, or begin a comment, in such a file."""

LITERAL = re.compile(r"([ #\\*?\[\]])")
"""Characters of a name that have a meaning of their own in such a file."""

ESCAPED = r"\\\1"


def with_block(text: str, owners: CodeOwners, root: str) -> str:
    """Return *text* with the block of the configuration whose root file is *root*.

    The block replaces an existing one; a new one comes last, where it has precedence.

    Raises:
        RbacSyncError: the existing block has no beginning, no end, or occurs twice; or a
            name cannot be written in one line.
    """
    begin, end = f"{BEGIN} {root}", f"{END} {root}"
    line_end = "\r" if text.count("\r\n") * 2 > text.count("\n") else ""
    written = (begin, NOTE, *_lines(owners, root.rpartition("/")[0]), end)
    block = [_checked(line) + line_end for line in written]
    lines = text.removesuffix("\n").split("\n") if text else []
    begins = [number for number, line in enumerate(lines) if line.rstrip() == begin]
    ends = [number for number, line in enumerate(lines) if line.rstrip() == end]
    match begins, ends:
        case [], []:
            lines += ([line_end] if lines else []) + block
        case [first], [last] if first < last:
            lines[first : last + 1] = block
        case _:
            message = f"the block of rbac-sync between `{begin}` and `{end}` is damaged"
            hint = "take its lines out, and run the command again"
            raise RbacSyncError(message, hint=hint)
    return "\n".join(lines) + "\n"


def _lines(owners: CodeOwners, folder: str) -> Iterator[str]:
    """Yield a line for each pattern and file; paths are relative to the root of the repository."""
    start = _literal(f"/{folder}/" if folder else "/")
    for pattern, people in owners.patterns.items():
        everything = start if folder else "*"
        path = everything if pattern == "*" else f"{start}{SPECIAL.sub(ESCAPED, pattern)}"
        yield f"{path} {' '.join(people)}"
    for name, people in sorted(owners.files.items()):
        yield f"{start}{_literal(name)} {' '.join(people)}"


def _literal(name: str) -> str:
    """Return the pattern that matches only *name*."""
    return LITERAL.sub(ESCAPED, name)


def _checked(line: str) -> str:
    """Return *line*, after a check that it is one line.

    Raises:
        RbacSyncError: a name in it contains a tab, a line end or the like.
    """
    if line.isprintable():
        return line
    message = f"`{line}` has a character that code owners files do not know"
    raise RbacSyncError(message, hint="give the file or folder a plainer name")
