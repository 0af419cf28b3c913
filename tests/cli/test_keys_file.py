"""The keys file: valid JSON at every moment, never without a secret that was in it."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import stat
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

from rbac_sync.cli.keys_file import open_keys_file
from rbac_sync.cli.keys_text import LEAST_WIDTH, unfinished
from rbac_sync.errors import (
    ApplyStopped,
    BackendError,
    Interrupted,
    OutcomeUnknown,
    PlanRefused,
    RbacSyncError,
    StalePlan,
    Undone,
)

MAIN, ETL = "service-account.ci/key/main", "service-account.etl/key/é"
SECRET = "pnb_" + "s" * 36
LONG = "pnb_" + "l" * 2 * LEAST_WIDTH


@pytest.fixture
def file(tmp_path):
    return tmp_path / "keys.json"


def interrupted(file, *, keys=(MAIN, ETL), secrets=None):
    """Leave *file* as a run does that ends after it has kept *secrets*."""
    with suppress(ApplyStopped), open_keys_file(file) as found:
        found.reserve(keys)
        with found.holding():
            if secrets:
                found.keep(secrets)
            raise ApplyStopped("half-way")


def finished(file, secrets):
    with open_keys_file(file) as found:
        found.reserve([*secrets])
        with found.holding():
            found.keep(secrets)
        found.finish()


def test_a_run_that_ends_well_leaves_the_secrets_and_nothing_else(file):
    finished(file, {MAIN: SECRET, ETL: "x"})

    assert file.read_text() == json.dumps({MAIN: SECRET, ETL: "x"}, indent=2) + "\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(file.parent.iterdir()) == [file]


def test_room_for_every_secret_is_on_the_disk_before_a_key_is_made(file):
    with open_keys_file(file) as found:
        found.reserve([MAIN, ETL])
        size = file.stat().st_size
        assert json.loads(file.read_text()) == {MAIN: None, ETL: None}
        found.keep({MAIN: SECRET})
        found.keep({ETL: "x" * (LEAST_WIDTH - 2)})
        assert file.stat().st_size == size > 2 * LEAST_WIDTH
        assert json.loads(file.read_text()) == {MAIN: SECRET, ETL: "x" * (LEAST_WIDTH - 2)}


def test_what_is_there_is_not_written_again(file, monkeypatch):
    written = []
    pwrite = os.pwrite
    with open_keys_file(file) as found:
        found.reserve([MAIN, ETL])
        found.keep({MAIN: SECRET})
        monkeypatch.setattr(os, "pwrite", lambda *w: written.append(w[1:]) or pwrite(*w))
        found.keep({ETL: "x"})
        before = file.read_bytes().index(b": ", file.read_bytes().index(b"etl")) + 2
        assert [(place, len(content)) for content, place in written] == [(before, LEAST_WIDTH + 1)]


def test_a_secret_that_is_too_long_goes_into_a_file_of_its_own_room(file):
    with open_keys_file(file) as found:
        found.reserve([MAIN, ETL])
        found.keep({MAIN: SECRET})
        found.keep({ETL: LONG})
        assert unfinished(file.read_bytes()) == {MAIN: SECRET, ETL: LONG}
        found.keep({MAIN: "y"})
        assert unfinished(file.read_bytes()) == {MAIN: "y", ETL: LONG}
        found.finish()
    assert json.loads(file.read_text()) == {MAIN: "y", ETL: LONG}


def test_a_write_in_parts_is_whole(file, monkeypatch):
    pwrite = os.pwrite
    monkeypatch.setattr(os, "pwrite", lambda fd, content, place: pwrite(fd, content[:7], place))

    finished(file, {MAIN: SECRET})

    assert json.loads(file.read_text()) == {MAIN: SECRET}


# How a run ends.


@pytest.mark.parametrize("secrets", [{}, {MAIN: SECRET}])
@pytest.mark.parametrize(
    "error",
    [ApplyStopped, Interrupted, OutcomeUnknown, OSError, KeyboardInterrupt, ValueError],
)
def test_where_something_may_have_been_made_the_file_stays(file, error, secrets):
    with pytest.raises(error), open_keys_file(file) as found:
        ended(found, error("stopped"), secrets)

    assert unfinished(file.read_bytes()) == {MAIN: None, ETL: None} | secrets


@pytest.mark.parametrize("error", [ApplyStopped, Interrupted])
def test_a_key_that_a_stopped_run_did_not_try_has_no_place(file, error):
    with pytest.raises(error), open_keys_file(file) as found:
        ended(found, error("stopped", untried=[ETL]), {MAIN: SECRET})
    assert unfinished(file.read_bytes()) == {MAIN: SECRET}

    with pytest.raises(error), open_keys_file(file) as found:
        ended(found, error("stopped", untried=[ETL, MAIN]), {}, kept={MAIN})
    assert unfinished(file.read_bytes()) == {MAIN: SECRET}


def test_where_a_stopped_run_tried_no_key_there_is_no_file(file):
    with pytest.raises(ApplyStopped), open_keys_file(file) as found:
        ended(found, ApplyStopped("stopped", untried=[ETL, MAIN]), {})

    assert list(file.parent.iterdir()) == []


def test_a_lost_secret_of_an_earlier_run_stays_on_record_in_a_run_that_does_not_try_it(file):
    interrupted(file, keys=[MAIN])

    with pytest.raises(ApplyStopped), open_keys_file(file) as found:
        ended(found, ApplyStopped("stopped", untried=[ETL, MAIN]), {})

    assert unfinished(file.read_bytes()) == {MAIN: None}


@pytest.mark.parametrize("error", [BackendError("x"), StalePlan("x"), PlanRefused([]), Undone("x")])
def test_where_nothing_was_made_there_is_no_file(file, error):
    with pytest.raises(type(error)), open_keys_file(file) as found:
        ended(found, error, {MAIN: SECRET})

    assert list(file.parent.iterdir()) == []


def ended(found, error, secrets, keys=(MAIN, ETL), kept=()):
    """End a run with *error* after it has kept *secrets*."""
    found.reserve(keys, kept)
    with found.holding():
        if secrets:
            found.keep(secrets)
        raise error


def test_a_run_that_is_not_begun_leaves_no_file(file):
    with open_keys_file(file) as found:
        found.reserve([MAIN])
        assert file.exists()
    assert not file.exists()


def test_a_run_that_came_to_make_no_key_leaves_no_file(file):
    with open_keys_file(file) as found:
        found.reserve([MAIN])
        with found.holding():
            pass
        found.finish()
    assert not file.exists()


def test_secrets_that_cannot_be_put_in_order_stay_as_they_are(file, monkeypatch):
    with open_keys_file(file) as found:
        found.reserve([MAIN])
        found.keep({MAIN: SECRET})
        with monkeypatch.context() as here:
            here.setattr(os, "open", failing(errno.ENOSPC))
            with pytest.raises(ApplyStopped) as caught:
                found.finish()

    error = caught.value
    assert str(error) == (
        f"all is made, and `{file}` could not be put in order: no space left on device"
    )
    assert error.hint == "the secrets are in the file; run the command again"
    assert unfinished(file.read_bytes()) == {MAIN: SECRET}


def failing(number):
    def call(*_, **__):
        raise OSError(number, os.strerror(number))

    return call


# A full disk, and others that say no.


@pytest.mark.parametrize("call", ["pwrite", "fsync"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EDQUOT])
def test_a_disk_without_room_is_met_before_anything_is_made(file, monkeypatch, call, number):
    monkeypatch.setattr(os, call, failing(number))

    with pytest.raises(RbacSyncError) as caught, open_keys_file(file) as found:
        found.reserve([MAIN])

    assert str(caught.value) == f"cannot create `{file}`: {os.strerror(number).lower()}"
    assert caught.value.hint == "nothing was made; name a file that can be written"
    assert list(file.parent.iterdir()) == []


@pytest.fixture
def full_disk(tmp_path):
    """A file system of a few pages."""
    folder = tmp_path / "full"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=16k,mode=0700", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only who may mount has a file system that is full")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_file_system_takes_no_reservation_or_every_secret(full_disk):
    file, keys = full_disk / "keys.json", [f"service-account.s{n}/key/main" for n in range(200)]
    with (
        pytest.raises(RbacSyncError, match="no space left on device"),
        open_keys_file(file) as found,
    ):
        found.reserve(keys)
    assert list(full_disk.iterdir()) == []

    with suppress(ApplyStopped), open_keys_file(file) as found:
        found.reserve(keys[:20])
        with suppress(OSError):
            (full_disk / "filler").write_bytes(b"x" * 2**16)
        with found.holding():
            for key in keys[:20]:
                found.keep({key: SECRET})
            raise ApplyStopped("half-way")

    assert unfinished(file.read_bytes()) == dict.fromkeys(keys[:20], SECRET)


def test_a_secret_that_is_not_written_is_not_kept(file, monkeypatch):
    with open_keys_file(file) as found:
        found.reserve([MAIN, ETL])
        found.keep({MAIN: SECRET})
        monkeypatch.setattr(os, "pwrite", failing(errno.ENOSPC))
        with found.holding(), pytest.raises(OSError, match="No space"):
            found.keep({ETL: SECRET})

    assert unfinished(file.read_bytes()) == {MAIN: SECRET, ETL: None}


# A file that is there.


HERE, ELSEWHERE = "acme of prefect-cloud, 3f0a9c11d2e4", "acme of prefect-cloud, 00d1e5f2a7b8"


def test_an_unfinished_file_names_its_account_and_a_finished_one_does_not(file):
    with suppress(ApplyStopped), open_keys_file(file) as found:
        found.check_account(HERE)
        found.reserve([MAIN])
        with found.holding():
            found.keep({MAIN: SECRET})
            raise ApplyStopped("half-way")
    assert json.loads(file.read_bytes()) == {"account": HERE, MAIN: SECRET}

    with open_keys_file(file) as found:
        found.check_account(HERE)
        assert found.entries == {MAIN: SECRET}
        found.reserve([], [MAIN])
        found.finish()

    assert json.loads(file.read_bytes()) == {MAIN: SECRET}


def test_a_run_on_another_account_leaves_an_unfinished_file_alone(file):
    with suppress(ApplyStopped), open_keys_file(file) as found:
        found.check_account(HERE)
        found.reserve([MAIN])
        with found.holding():
            raise ApplyStopped("half-way")
    before = file.read_bytes()

    with pytest.raises(RbacSyncError) as caught, open_keys_file(file) as found:
        found.check_account(ELSEWHERE)

    assert str(caught.value) == f"`{file}` has the secrets of an interrupted run on `{HERE}`"
    assert caught.value.hint == (
        f"finish that run first, or name another file: this run is on `{ELSEWHERE}`"
    )
    assert file.read_bytes() == before


def test_an_unfinished_file_is_continued(file):
    interrupted(file, secrets={MAIN: SECRET})

    with open_keys_file(file) as found:
        assert found.entries == {MAIN: SECRET, ETL: None}
        found.reserve(["service-account.new/key/main"], kept={MAIN})
        told = {MAIN: SECRET, "service-account.new/key/main": None}
        assert unfinished(file.read_bytes()) == told
        with found.holding():
            found.keep({"service-account.new/key/main": "new"})
        found.finish()

    assert json.loads(file.read_text()) == {MAIN: SECRET, "service-account.new/key/main": "new"}
    assert list(file.parent.iterdir()) == [file]


def test_an_unfinished_file_with_all_that_there_is_to_keep_is_finished(file):
    interrupted(file, secrets={MAIN: SECRET})

    with open_keys_file(file) as found:
        found.reserve([], kept={MAIN})
        found.finish()

    assert file.read_text() == json.dumps({MAIN: SECRET}, indent=2) + "\n"


def test_an_unfinished_file_of_keys_that_do_not_exist_goes(file):
    interrupted(file, secrets={MAIN: SECRET})

    with open_keys_file(file) as found:
        found.reserve([])
        found.finish()

    assert list(file.parent.iterdir()) == []


def test_a_secret_stays_until_the_one_that_takes_its_place_has_come(file):
    interrupted(file, secrets={MAIN: SECRET})

    with open_keys_file(file) as found:
        found.reserve([MAIN], kept={MAIN})
        assert unfinished(file.read_bytes()) == {MAIN: SECRET}
        found.keep({MAIN: "new"})
        assert unfinished(file.read_bytes()) == {MAIN: "new"}


@pytest.mark.parametrize("error", [StalePlan, ApplyStopped, OSError])
def test_a_file_that_is_continued_never_goes_by_an_error(file, error):
    interrupted(file, secrets={MAIN: SECRET})

    with pytest.raises(error), open_keys_file(file) as found:
        ended(found, error("x"), {}, [ETL], kept={MAIN})

    assert unfinished(file.read_bytes()) == {MAIN: SECRET, ETL: None}


def test_a_run_that_makes_no_key_leaves_a_finished_file_alone(file):
    finished(file, {MAIN: SECRET})
    before = file.read_bytes()

    with open_keys_file(file) as found:
        assert found.entries == {}
        found.reserve([])
        found.finish()

    assert file.read_bytes() == before


OTHERS = {
    "a finished one": json.dumps({MAIN: SECRET}, indent=2) + "\n",
    "a finished one in one line": json.dumps({MAIN: SECRET}),
    "no JSON": "kept",
    "a list": "[\n  1 \n]\n",
    "other values": '{\n  "a": 1 \n}\n',
    "an empty object": "{}\n",
    "deep": "[" * 100_000,
    "binary": "\udcff",
}


@pytest.mark.parametrize("what", OTHERS)
def test_any_other_file_is_left_alone(file, what):
    content = OTHERS[what].encode(errors="surrogateescape")
    file.write_bytes(content)
    file.chmod(0o600)

    with pytest.raises(RbacSyncError) as caught, open_keys_file(file) as found:
        found.reserve([MAIN])

    assert str(caught.value) == f"cannot create `{file}`: file exists"
    assert caught.value.hint == "name a file that does not exist yet"
    assert file.read_bytes() == content


@pytest.mark.parametrize(
    "what", ["a link", "a link into nowhere", "a pipe", "a device", "a folder"]
)
def test_what_is_no_file_is_refused(file, what):
    if what == "a pipe":
        os.mkfifo(file)
    elif what == "a folder":
        file.mkdir()
    else:
        to = {"a link": file.parent / "other", "a device": Path("/dev/null")}
        file.symlink_to(to.get(what, "nowhere"))
        (file.parent / "other").write_text("kept")

    with pytest.raises(RbacSyncError, match="file exists"), open_keys_file(file) as found:
        found.reserve([MAIN])


def test_a_file_of_which_the_system_cannot_read_a_byte_is_refused():
    with pytest.raises(RbacSyncError) as caught, open_keys_file(Path("/proc/self/mem")):
        pytest.fail("it is not opened")

    assert str(caught.value) == "cannot read `/proc/self/mem`: input/output error"
    assert caught.value.hint == "nothing was made; name a file that can be written"


def test_an_unfinished_file_that_others_can_read_is_not_continued(file):
    interrupted(file, secrets={MAIN: SECRET})
    file.chmod(0o640)

    with pytest.raises(RbacSyncError) as caught, open_keys_file(file):
        pytest.fail("it is not continued")

    assert str(caught.value) == f"`{file}` is of an interrupted run, and not yours alone"
    hint = "make it so with `chown` and `chmod 600`, if you trust what is in it"
    assert caught.value.hint == hint


def test_a_file_that_another_run_is_writing_is_not_continued(file):
    with open_keys_file(file) as first:
        first.reserve([MAIN])
        with pytest.raises(RbacSyncError) as caught, open_keys_file(file):
            pytest.fail("it is not continued")
        first.keep({MAIN: SECRET})
        first.finish()

    assert str(caught.value) == f"another run is writing `{file}`"
    assert caught.value.hint == "wait until it is done"
    assert json.loads(file.read_text()) == {MAIN: SECRET}


def test_a_file_that_another_run_finishes_while_it_is_opened_is_left_alone(file, monkeypatch):
    flock = fcntl.flock
    with open_keys_file(file) as first:
        first.reserve([MAIN])

        def finishing(*words):
            monkeypatch.setattr(fcntl, "flock", flock)
            first.keep({MAIN: SECRET})
            first.finish()
            first.close()
            first._descriptor = -1
            flock(*words)

        monkeypatch.setattr(fcntl, "flock", finishing)
        with (
            pytest.raises(RbacSyncError, match="another run is writing"),
            open_keys_file(file) as found,
        ):
            found.reserve([MAIN])

    assert json.loads(file.read_text()) == {MAIN: SECRET}


def test_a_file_that_was_only_just_made_is_continued(file):
    file.touch(0o600)

    finished(file, {MAIN: SECRET})

    assert json.loads(file.read_text()) == {MAIN: SECRET}


def test_what_a_run_left_that_was_killed_while_it_put_the_file_in_order_goes(file):
    interrupted(file, secrets={MAIN: SECRET})
    part = file.with_name(".keys.json.rbac-sync-part")
    part.write_text("left")

    with open_keys_file(file) as found:
        found.reserve([], kept={MAIN})
        found.finish()

    assert list(file.parent.iterdir()) == [file]


def test_without_a_file_a_key_cannot_be_made():
    with pytest.raises(RbacSyncError) as caught, open_keys_file(None) as found:
        found.reserve([MAIN])

    assert str(caught.value) == "the plan makes API keys, and their secrets are shown only once"
    assert caught.value.hint == "say where they go: `--keys-out FILE`"


def test_without_keys_no_file_is_needed():
    with open_keys_file(None) as found:
        found.reserve([])
        with found.holding():
            pass
        found.finish()
