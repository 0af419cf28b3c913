"""Whatever is refused, nothing was written: neither state nor audit nor a file of secrets."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from rbac_sync.backends.database import writer_queue
from rbac_sync.errors import BackendError, Locked
from rbac_sync.model import ServiceAccount
from rbac_sync.planning import Change

from ..build import bind, user
from .bench import MINTING
from .company import aged

HELD = r"the store is locked by |other writers have kept the store busy for 0 s"
"""The words for a store that another process holds, or another writer of the same one."""


def test_a_plan_that_is_applied_leaves_its_keys_in_a_file_for_its_owner_alone(bench):
    found = bench.apply(bench.plan_file)

    assert (found.code, found.out) == (
        0,
        "Apply complete! Resources: 1 added, 1 changed, 0 destroyed.\n",
    )
    assert bench.keys_out.stat().st_mode & 0o777 == 0o600
    (secret,) = json.loads(bench.keys_out.read_text()).values()
    assert bench.run("whoami", who=secret).out.startswith("sa:ci")
    bench.company.verify()


def test_a_plan_that_makes_a_key_applied_twice_makes_it_once(bench):
    bench.apply(bench.plan_file)
    secrets, trail = bench.keys_out.read_text(), bench.company.trail()

    found = bench.apply(bench.plan_file)

    assert (found.code, found.out) == (
        0,
        "Apply complete! Resources: 0 added, 0 changed, 0 destroyed.\n",
    )
    assert (bench.keys_out.read_text(), bench.company.trail()) == (secrets, trail)


def test_what_the_guard_refuses_leaves_nothing(bench):
    said = bench.refused(3, who="pia")

    assert "ESCALATION" in said


def test_a_plan_that_would_leave_no_owner_leaves_nothing(bench):
    leaving = tuple(Change(user(name)[0], None) for name in ("otto", "olivia"))
    bench.save(replace(bench.saved, changes=leaving, pins={}))

    assert "LAST_OWNER" in bench.refused(3)


def test_a_key_that_is_not_known_leaves_nothing(bench):
    assert "error[credentials]" in bench.refused(4, who="rbs_nobody")


def test_no_key_at_all_leaves_nothing(bench):
    assert "error[credentials]" in bench.refused(4, who="")


def test_a_stale_plan_leaves_nothing(bench):
    bench.company.force(Change(bind("bo", "prod", "viewer")[0], None))

    assert "error[stale-plan]" in bench.refused(5)


def test_an_old_plan_leaves_nothing(bench):
    bench.save(aged(bench.saved, hours=25))

    assert "error[plan-too-old]" in bench.refused(5)


def test_another_configuration_leaves_nothing(bench):
    bench.company.edit(("min_owners = 1", "min_owners = 2"))

    assert "error[other-configuration]" in bench.refused(5)


def test_a_plan_of_another_account_leaves_nothing(bench):
    bench.save(replace(bench.saved, target=replace(bench.saved.target, account="globex")))

    assert "error[other-account]" in bench.refused(5)


def test_a_damaged_plan_leaves_nothing(bench):
    bench.plan_file.write_bytes(bench.saved.encoded()[:-2])

    assert "error[plan-tampered]" in bench.refused(1)


def test_a_plan_of_another_format_leaves_nothing(bench):
    bench.plan_file.write_bytes(b'{"format": 2}')

    assert "error[plan-format]" in bench.refused(1)


def test_a_plan_that_makes_no_sense_leaves_nothing(bench):
    twice = Change(None, ServiceAccount("new"), (bind("sa:new", None, "member")[0],))
    bench.save(replace(bench.saved, changes=(*bench.saved.changes, twice, twice), pins={}))

    assert "INVALID" in bench.refused(3)


def test_without_a_plan_what_the_guard_refuses_leaves_nothing(bench):
    before = bench.company.dump()
    found = bench.apply("--auto-approve", who="pia")

    assert found.code == 3
    assert bench.company.dump() == before
    assert not bench.keys_out.exists()


def test_where_nobody_says_where_secrets_go_nothing_is_made(bench):
    before = bench.company.dump()
    found = bench.run("apply", bench.plan_file)

    assert (found.code, found.out) == (1, "")
    assert "--keys-out" in found.err
    assert bench.company.dump() == before


def test_a_file_that_is_there_already_is_not_written_over(bench):
    bench.keys_out.write_text("mine")
    before = bench.company.dump()

    found = bench.apply(bench.plan_file)

    assert (found.code, bench.keys_out.read_text()) == (1, "mine")
    assert bench.company.dump() == before


class Stop(Exception):
    """Not one of ours: a mistake, or the user's Ctrl-C."""


@pytest.mark.parametrize("error", [Stop, KeyboardInterrupt, BackendError])
def test_a_run_that_is_stopped_half_way_leaves_nothing(company, error):
    company.edit(*MINTING)
    saved, before = company.plan(), company.dump()

    def stop_at_the_second(change):
        if change == saved.changes[1]:
            raise error("half-way")

    with pytest.raises(error):
        company.apply(saved, progress=stop_at_the_second)

    assert company.dump() == before


def test_secrets_that_cannot_be_kept_are_never_made(company):
    company.edit(*MINTING)
    saved, before = company.plan(), company.dump()

    def full(secrets):
        assert len(secrets) == 1
        raise OSError("no space left on device")

    with pytest.raises(OSError, match="no space"):
        company.apply(saved, keep=full)

    assert company.dump() == before


def test_a_store_that_somebody_holds_is_left_alone(company, monkeypatch):
    """X11: who waits in vain is told who holds the store, and leaves with exit code 5."""
    company.edit(*MINTING[1:])
    saved, before = company.plan(), company.dump()
    monkeypatch.setattr(writer_queue, "LONGEST", 0.1)
    patient, hurried = company.backend(), company.backend(wait=0.1)

    def wait_in_vain(_):
        with pytest.raises(Locked) as caught:
            company.apply(saved, backend=hurried)
        assert caught.value.exit_code == 5
        assert re.match(HELD, str(caught.value))
        raise Stop

    with pytest.raises(Stop):
        patient.transact("holder", wait_in_vain)

    assert company.dump() == before
    assert company.apply(saved).counts == (0, 1, 0)
