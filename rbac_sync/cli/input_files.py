"""Files that a command is given: plans, snapshots, checkpoints, states of Terraform."""

from __future__ import annotations

from pathlib import Path

from ..errors import RbacSyncError

LARGEST = 2**30
"""The bytes of the largest file that is read. *Why*: a device or a pipe may never end."""


def read_input(path: Path) -> bytes:
    """Return the bytes of *path*, which may be a pipe.

    Raises:
        OSError: it cannot be read.
        RbacSyncError: it is larger than ``LARGEST``.
    """
    pieces, size = list[bytes](), 0
    with path.open("rb") as file:
        while size <= LARGEST and (piece := file.read(2**20)):
            pieces.append(piece)
            size += len(piece)
    if size > LARGEST:
        message = f"`{path}` has more than {LARGEST >> 20} MiB"
        raise RbacSyncError(message, hint="name a file that rbac-sync or Terraform wrote")
    return b"".join(pieces)
