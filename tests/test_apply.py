from __future__ import annotations

from dataclasses import replace

import pytest

from rbac_sync.apply import make_all
from rbac_sync.audit.record import Authorship
from rbac_sync.errors import ApplyStopped, BackendError, Interrupted
from rbac_sync.planning import Change

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

    def __init__(self, fails_at=None, *, atomic=True, error=TAKEN):
        self.capabilities = replace(ANYTHING, atomic=atomic)
        self.begun, self.made, self.records = [], [], []
        self._fails_at, self._error = fails_at, error

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

    def record(self, record):
        self.records.append(record)


def make(writer, changes=CHANGES, progress=lambda _: None, keep=lambda _: None):
    return make_all(changes, writer, BY, progress, keep, lambda: None)


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
