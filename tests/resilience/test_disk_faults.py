"""A full or broken disk at any write of store, journal and keys file: the run can continue.

There are three ways: a fault in place of one effect, system calls that fail under `strace`, and
a file system that is full.
"""

from __future__ import annotations

import errno
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager

import pytest

from ..pairs import pairs
from .accounts import CLOUD, LOOSENED, TENANT, Move
from .bench import KEYS, Way, begun_in_store, begun_over_api, clean
from .effects import Point
from .ends import after_fault

EVERY = pytest.param(None, id="every", marks=[pytest.mark.long, pytest.mark.timeout(0)])
ON_DISK = re.compile(
    r"(store|journal|postgresql|keys file|lock)\b|\w+ (journal|keys file|lock|store)"
)
MOVE = Move(CLOUD, 30, 0)


def faults(effects, number):
    """Return *number* effects on a disk to fail, or all, half of them for want of room."""
    found = [n for n, what in enumerate(effects, 1) if ON_DISK.match(what)]
    picked = found if number is None else found[:: max(1, len(found) // number)]
    errors = (errno.ENOSPC, errno.EIO)
    if number is None:
        return [Point(n, error=error) for n in picked for error in errors]
    return [Point(n, error=errors[index % 2]) for index, n in enumerate(picked)]


@pytest.mark.parametrize("number", [5, EVERY])
def test_a_store_that_fails_at_any_write(stage, store, tmp_path, number):
    whole = clean(begun_in_store(stage, MOVE, tmp_path / "clean", store), Way.AGAIN)
    found = {}
    for index, point in enumerate(faults(whole.effects, number)):
        bench = begun_in_store(stage, MOVE, tmp_path / str(index), store)
        bench.declare(MOVE.after)
        untouched = bench.full_message()
        ended = bench.apply(Way.AGAIN, point=point)
        if flaws := after_fault(bench, whole, ended, untouched):
            found[f"{errno.errorcode[point.error]} at `{whole.effects[point.number - 1]}`"] = flaws
    assert found == {}


@pytest.mark.parametrize(
    ("words", "number", "every"),
    [
        pytest.param(words, number, every, id=f"{words.world}-{number or 'every'}", marks=marks)
        for n, words in enumerate((CLOUD, TENANT))
        for number, every, marks in ((4, slice(n, None, 2), ()), (None, slice(None), EVERY.marks))
    ],
)
def test_a_journal_or_a_keys_file_that_fails_at_any_write(
    stage, sqlite_store, served, tmp_path, words, number, every
):
    move, begin = Move(words, 12, 4), begun_over_api(served)
    whole = clean(begin(stage, move, tmp_path / "clean", sqlite_store), Way.AGAIN)
    found = {}
    for index, point in enumerate(faults(whole.effects, number)[every]):
        bench = begin(stage, move, tmp_path / str(index), sqlite_store)
        bench.declare(move.after)
        untouched = bench.full_message()
        ended = bench.apply(Way.AGAIN, point=point)
        if flaws := after_fault(bench, whole, ended, untouched):
            place = f"{errno.errorcode[point.error]} at {point.number}"
            found[f"{place} `{whole.effects[point.number - 1]}`"] = flaws
    assert found == {}


# Calls of the system.


def is_traced():
    """Say whether one process may trace another here."""
    words = ["strace", "-f", "-e", "trace=fsync", "true"]
    return (
        bool(shutil.which("strace"))
        and subprocess.run(words, check=False, capture_output=True).returncode == 0
    )


def traced(bench, call, error, number):
    """Run an apply whose *number*-th *call* on the store fails with *error*."""
    inject = f"inject={call}:error={errno.errorcode[error]}:when={number}"
    store = bench.store.removeprefix("sqlite:///")
    paths = [word for end in ("", "-wal", "-shm") for word in ("-P", store + end)]
    words = ["strace", "-f", "-qq", "-o", "/dev/null", *paths, "-e", inject, sys.executable, "-m"]
    words += ["rbac_sync", "apply", "--auto-approve", "--keys-out", KEYS, *LOOSENED]
    return bench.outside(words)


@pytest.mark.skipif(not is_traced(), reason="no process may be traced here")
@pytest.mark.parametrize(
    "numbers", [(1, 2, 9, 12), pytest.param(range(1, 16), marks=pytest.mark.long)]
)
@pytest.mark.parametrize(
    ("call", "error"),
    pairs(["pwrite64", "fdatasync", "ftruncate"], [errno.ENOSPC, errno.EIO]),
)
def test_calls_of_the_system_that_fail(stage, tmp_path, sqlite_store, call, error, numbers):
    """The first calls may be of a reading whose failure a second reading makes good."""
    whole = clean(begun_in_store(stage, MOVE, tmp_path / "clean", sqlite_store), Way.AGAIN)
    found, codes = {}, []
    for number in numbers:
        bench = begun_alone(stage, tmp_path / str(number))
        untouched = bench.full_message()
        ended = traced(bench, call, error, number)
        codes.append(ended.code)
        if flaws := after_fault(bench, whole, ended, untouched):
            found[number] = flaws
    assert found == {}
    assert 1 in codes


def begun_alone(stage, folder):
    """Return an account in a store of its own in *folder*, with the move declared."""
    folder.mkdir(exist_ok=True)
    bench = begun_in_store(stage, MOVE, folder / "company", f"sqlite:///{folder / 'rbac.db'}")
    bench.declare(MOVE.after)
    return bench


# A full file system.


@contextmanager
def small(folder, kilobytes):
    """Mount a file system of *kilobytes* at *folder* while the block lasts."""
    folder.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(folder)]
    if subprocess.run(words, check=False, capture_output=True).returncode:
        pytest.skip("nothing may be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.parametrize(
    "rooms", [(0, 16, 80), pytest.param(range(0, 200, 4), marks=pytest.mark.long)]
)
def test_a_file_system_that_is_full(stage, tmp_path, sqlite_store, rooms):
    whole = clean(begun_in_store(stage, MOVE, tmp_path / "clean", sqlite_store), Way.AGAIN)
    found, codes = {}, []
    for room in rooms:
        with small(tmp_path / f"disk-{room}", 2048) as disk:
            bench = begun_alone(stage, disk)
            untouched = bench.full_message()
            rest = shutil.disk_usage(disk).free - room * 1024
            (disk / "ballast").write_bytes(b"\0" * rest)
            ended = bench.apply(Way.AGAIN)
            (disk / "ballast").unlink()
            codes.append(ended.code)
            if flaws := after_fault(bench, whole, ended, untouched):
                found[f"{room} KiB"] = flaws
    assert found == {}
    assert 1 in codes
