"""A SQLite store after a kill whose WAL file is then lost or cut: an earlier state, and whole.

The files are copied while they are open, as a kill leaves them.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing

import pytest

from rbac_sync.audit.record import Authorship
from rbac_sync.backends.store import StoreBackend
from rbac_sync.pipeline.queries import verify
from tests.backends.store.stores import OWNER, founded, links, workspaces

FRAME = 24 + 4096
"""The size of a page of the store in its WAL file."""


def flipped(content: bytes) -> bytes:
    """Return *content* with another byte in its middle."""
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 255]) + content[middle + 1 :]


DAMAGES = {
    "nothing": lambda content: content,
    "the file": lambda _: None,
    "no content": lambda _: b"",
    "a part of the header": lambda content: content[:20],
    "the first frame": lambda content: content[: 32 + FRAME],
    "a part of the last frame": lambda content: content[:-100],
    "half": lambda content: content[: len(content) // 2],
    "a byte": flipped,
}


@pytest.fixture(scope="module")
def killed(tmp_path_factory):
    """The folder of a store as a kill left it, its owner's key, its trail and a checkpoint."""
    folder = tmp_path_factory.mktemp("killed")
    left, url = folder / "left", f"sqlite:///{folder / 'rbac.db'}"
    left.mkdir()
    backend = founded(url)
    with closing(sqlite3.connect(folder / "rbac.db")) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM audit").fetchall()
        for number, change in enumerate(workspaces(5)):
            backend.transact(
                f"run {number}", lambda writer, n=number, c=change: _make(writer, n, c)
            )
        for end in ("", "-wal"):
            shutil.copy(folder / f"rbac.db{end}", left / f"rbac.db{end}")
    return left, backend._api_key, links(backend), verify(backend, ()).checkpoint


def _make(writer, number, change):
    by = Authorship(OWNER.address, f"run {number}")
    writer.begin(by)
    writer.make(change)
    writer.record(by.record(change, writer.now()))


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_lost_or_cut_wal_leaves_an_earlier_whole_state_which_a_checkpoint_tells(
    killed, tmp_path, damage
):
    left, key, written, checkpoint = killed
    shutil.copytree(left, tmp_path, dirs_exist_ok=True)
    wal = tmp_path / "rbac.db-wal"
    content = DAMAGES[damage](wal.read_bytes())
    wal.unlink()
    if content is not None:
        wal.write_bytes(content)
    backend = StoreBackend(f"sqlite:///{tmp_path / 'rbac.db'}", "acme", key)
    there = links(backend)
    assert there == written[: len(there)]
    assert verify(backend, ()).whole
    is_all = damage == "nothing"
    assert (len(there) == len(written)) == is_all
    assert verify(backend, (checkpoint,)).whole == is_all
