"""The block of rbac-sync in a CODEOWNERS file; what people write around it stays."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..config import CodeOwners
from ..errors import RbacSyncError

BEGIN, END = "# BEGIN rbac-sync", "# END rbac-sync"

NOTE = "# `rbac-sync codeowners` writes this from `[owners]`. The last line that matches counts."

SPECIAL = re.compile(r"([ #\\])")
"""Characters of a name that have a meaning of their own in such a file."""


def with_block(text: str, owners: CodeOwners, root: str) -> str:
    """Return *text* with the block of the configuration whose root file is *root*.

    The block takes the place of the one that is there; a new one comes last, where it counts.

    Raises:
        RbacSyncError: the block that is there has no beginning, no end, or is there twice.
    """
    begin, end = f"{BEGIN} {root}", f"{END} {root}"
    block = [begin, NOTE, *_lines(owners, root.rpartition("/")[0]), end]
    lines = text.splitlines()
    begins = [number for number, line in enumerate(lines) if line.rstrip() == begin]
    ends = [number for number, line in enumerate(lines) if line.rstrip() == end]
    match begins, ends:
        case [], []:
            lines += ([""] if lines else []) + block
        case [first], [last] if first < last:
            lines[first : last + 1] = block
        case _:
            message = f"the block of rbac-sync between `{begin}` and `{end}` is damaged"
            hint = "take its lines out, and run the command again"
            raise RbacSyncError(message, hint=hint)
    return "\n".join(lines) + "\n"


def _lines(owners: CodeOwners, folder: str) -> Iterator[str]:
    """Yield a line for each pattern and file; they count from the root of the repository."""
    start = f"/{folder}/" if folder else "/"
    for pattern, people in (*owners.patterns.items(), *sorted(owners.files.items())):
        path = SPECIAL.sub(r"\\\1", start + pattern)
        yield f"{path} {' '.join(people)}"
