from __future__ import annotations

import errno
import sqlite3
from dataclasses import replace

import pytest

from rbac_sync.audit.record import Authorship
from rbac_sync.errors import ApplyStopped, BackendError, Interrupted, Undone
from rbac_sync.execution import StopRequest, ended_badly, make_all
from rbac_sync.planning import Change, Writes

from .build import ANYTHING, NOW, key, service_account, user, who, workspace

CHANGES = [
    Change(None, workspace("prod")[0]),
    Change(None, service_account("ci")[0]),
    Change(None, key("sa:ci", "main")[0]),
    Change(None, user("bo")[0]),
]
BY = Authorship(who("ana"), "run", "digest")


TAKEN = BackendError("the name is taken", hint="choose another")


class Writer:
    """Makes changes until the one at *fails_at*; mints a secret for a key."""

    def __init__(self, fails_at=None, *, atomic=True, error=TAKEN, unrevokable=None):
        self.capabilities = replace(ANYTHING, writes=Writes.WHOLE_RUNS if atomic else Writes.NONE)
        self.begun, self.made, self.records, self.revoked = [], [], [], []
        self._fails_at, self._error, self._unrevokable = fails_at, error, unrevokable

    def now(self):
        return NOW

    def begin(self, authorship):
        assert not self.made
        self.begun.append(authorship)

    def make(self, change):
        if len(self.made) == self._fails_at:
            raise self._error
        self.made.append(change)
        return {str(change.address): "secret"} if str(change.address.kind) == "key" else {}

    def revoke(self, key):
        if self._unrevokable:
            raise self._unrevokable
        self.revoked.append(key)

    def record(self, record):
        self.records.append(record)


def make(writer, changes=CHANGES, progress=lambda _: None, keep=lambda _: None, stop=None):
    return make_all(changes, writer, BY, progress, keep, lambda: None, stop)


def test_every_change_is_made_in_order_and_put_on_record():
    writer, told = Writer(), []

    secrets = make(writer, progress=told.append)

    assert writer.begun == [BY]
    assert writer.made == told == CHANGES
    assert writer.records == [BY.record(change, NOW) for change in CHANGES]
    assert secrets == {"service-account.ci/key/main": "secret"}


def test_without_changes_nothing_is_put_on_record_or_kept():
    writer = Writer()

    assert make(writer, [], pytest.fail, pytest.fail) == {}
    assert (writer.begun, writer.records) == ([BY], [])


@pytest.mark.parametrize(("atomic", "made"), [(True, 4), (False, 3)])
def test_secrets_are_kept_before_they_count(atomic, made):
    writer, kept = Writer(atomic=atomic), []

    make(writer, keep=lambda secrets: kept.append((len(writer.made), dict(secrets))))

    assert kept == [(made, {"service-account.ci/key/main": "secret"})]


def test_where_no_secret_comes_into_being_nothing_is_kept():
    assert make(Writer(), CHANGES[:2], keep=pytest.fail) == {}


def test_where_all_or_none_is_made_the_backends_own_error_is_told():
    with pytest.raises(BackendError) as caught:
        make(Writer(3), keep=pytest.fail)

    error = caught.value
    assert (caught.type, str(error), error.hint) == (
        BackendError,
        "the name is taken",
        "choose another",
    )


@pytest.mark.parametrize("done", range(len(CHANGES)))
def test_where_what_is_made_stands_it_is_said_how_far_it_came(done):
    writer, kept = Writer(done, atomic=False), []

    with pytest.raises(ApplyStopped) as caught:
        make(writer, keep=kept.append)

    error, failed = caught.value, CHANGES[done].address
    assert str(error) == f"applied {done} of 4 changes; `{failed}`: the name is taken"
    assert (error.exit_code, error.code) == (6, "partial-apply")
    assert error.untried == [str(change.address) for change in CHANGES[done + 1 :]]
    assert error.hint == "plan and apply again to go on"
    assert [record.object_id for record in writer.records] == [
        str(change.address) for change in CHANGES[:done]
    ]
    assert len(kept) == (done > 2)


def test_who_interrupts_is_told_how_far_it_came_and_keeps_the_secrets():
    writer, kept = Writer(3, atomic=False, error=KeyboardInterrupt()), []

    with pytest.raises(Interrupted) as caught:
        make(writer, keep=kept.append)

    assert str(caught.value) == f"applied 3 of 4 changes; interrupted at `{CHANGES[3].address}`"
    assert caught.value.exit_code == 130
    assert kept == [{"service-account.ci/key/main": "secret"}]


def test_who_interrupts_between_two_changes_is_told_so_too():
    writer, kept = Writer(atomic=False), []

    with pytest.raises(Interrupted, match=r"interrupted at `service-account.ci/key/main`"):
        make(writer, progress=interrupting(CHANGES[2]), keep=kept.append)

    assert kept == [{"service-account.ci/key/main": "secret"}]


def interrupting(at):
    def progress(change):
        if change == at:
            raise KeyboardInterrupt

    return progress


def test_where_all_or_none_is_made_an_interruption_undoes_all():
    with pytest.raises(KeyboardInterrupt):
        make(Writer(3, error=KeyboardInterrupt()), keep=pytest.fail)


# Whatever ends a run where what is made stands.

FULL = OSError(errno.ENOSPC, "No space left on device")

CAUSES = {
    "a full disk": (FULL, "no space left on device"),
    "a file": (PermissionError(errno.EACCES, "Permission denied", "/j"), "`/j`: permission denied"),
    "a database": (sqlite3.OperationalError("disk I/O error"), "OperationalError: disk I/O error"),
    "a mistake": (KeyError("x"), "KeyError: 'x'"),
}


@pytest.mark.parametrize("what", CAUSES)
@pytest.mark.parametrize("at", ["make", "record", "progress"])
def test_whatever_ends_a_run_it_is_said_how_far_it_came_and_why(what, at, monkeypatch):
    cause, told = CAUSES[what]
    writer = Writer(atomic=False)
    raising = failing(CHANGES[1], cause)
    if at != "progress":
        monkeypatch.setattr(writer, at, failing_at(getattr(writer, at), 1, cause))

    with pytest.raises(ApplyStopped) as caught:
        make(writer, progress=raising if at == "progress" else lambda _: None)

    assert str(caught.value) == f"applied 1 of 4 changes; `service-account.ci`: {told}"
    assert caught.value.__cause__ is cause
    assert caught.value.exit_code == 6


def failing(at, error):
    def progress(change):
        if change == at:
            raise error

    return progress


def failing_at(method, number, error):
    """Return *method*, which fails at its call of this number."""
    calls = []

    def called(*words):
        calls.append(words)
        if len(calls) > number:
            raise error
        return method(*words)

    return called


def test_whoever_leaves_the_process_is_told_how_far_it_came():
    with pytest.raises(Interrupted, match="applied 2 of 4 changes; interrupted at"):
        make(Writer(2, atomic=False, error=SystemExit(1)))


def test_what_comes_after_the_last_change_does_not_hide_that_all_are_made():
    error = ended_badly(4, FULL)

    assert str(error) == "applied 4 of 4 changes; then: no space left on device"
    assert (error.exit_code, error.hint) == (6, "plan and apply again to go on")


# A secret that cannot be kept.


def full(_):
    raise FULL


def test_a_key_whose_secret_cannot_be_kept_is_revoked_and_both_are_on_record():
    writer = Writer(atomic=False)

    with pytest.raises(ApplyStopped) as caught:
        make(writer, keep=full)

    main = CHANGES[2].after
    assert str(caught.value) == (
        "applied 2 of 4 changes; `service-account.ci/key/main`: its secret could not be kept:"
        " no space left on device; the key is revoked"
    )
    assert writer.revoked == [main]
    told = [(r.object_id, r.result, r.after is None) for r in writer.records[2:]]
    assert told == [(str(main.address), "failed", False), (str(main.address), "done", True)]
    why = "made and revoked: its secret could not be kept: no space left on device"
    assert [r.info["reason"] for r in writer.records[2:]] == [why, why]


def test_a_key_that_can_neither_be_kept_nor_revoked_is_named():
    writer = Writer(atomic=False, unrevokable=BackendError("the service is gone"))

    with pytest.raises(ApplyStopped) as caught:
        make(writer, keep=full)

    assert str(caught.value) == (
        "applied 2 of 4 changes; `service-account.ci/key/main`: its secret could not be kept:"
        " no space left on device; the key is live, and revoking it failed: the service is gone"
    )
    assert len(writer.records) == 2


def test_that_a_revocation_could_not_be_noted_is_said(monkeypatch):
    writer = Writer(atomic=False)
    monkeypatch.setattr(writer, "record", failing_at(writer.record, 2, FULL))

    with pytest.raises(ApplyStopped, match="the key is revoked, which is not noted: no space left"):
        make(writer, keep=full)

    assert writer.revoked == [CHANGES[2].after]


def test_where_all_or_none_is_made_a_secret_that_cannot_be_kept_undoes_all():
    writer = Writer()

    with pytest.raises(OSError, match="No space left"):
        make(writer, keep=full)

    assert writer.revoked == []


# A request to stop.


@pytest.mark.parametrize("done", [1, 2, 3])
def test_a_request_to_stop_ends_a_run_after_the_step_in_hand(done):
    writer, stop = Writer(atomic=False), StopRequest()

    with pytest.raises(Interrupted) as caught:
        make(writer, progress=stopping(stop, CHANGES[done - 1]), stop=stop)

    assert str(caught.value) == f"applied {done} of 4 changes; stopped by SIGTERM"
    assert not isinstance(caught.value, Undone)
    assert (len(writer.made), len(writer.records)) == (done, done)


def stopping(stop, at):
    def progress(change):
        if change == at:
            stop.cause = "SIGTERM"

    return progress


def test_a_request_to_stop_that_comes_with_the_last_step_changes_nothing():
    stop = StopRequest()

    make(Writer(atomic=False), progress=stopping(stop, CHANGES[-1]), stop=stop)


@pytest.mark.parametrize("atomic", [True, False])
def test_a_request_to_stop_before_the_first_step_leaves_nothing_made(atomic):
    writer = Writer(atomic=atomic)

    with pytest.raises(Undone) as caught:
        make(writer, stop=StopRequest("SIGTERM"))

    assert str(caught.value) == "stopped by SIGTERM; nothing was made"
    assert (caught.value.exit_code, caught.value.hint) == (130, "apply again to make it")
    assert writer.made == []


@pytest.mark.parametrize("at", CHANGES)
def test_where_all_or_none_is_made_a_request_to_stop_undoes_all(at):
    stop = StopRequest()

    with pytest.raises(Undone):
        make(Writer(), progress=stopping(stop, at), keep=pytest.fail, stop=stop)
