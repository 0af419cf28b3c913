"""Whatever is refused, nothing was written: neither state nor audit nor a file of secrets."""

from __future__ import annotations

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

LEAVING = tuple(Change(user(name)[0], None) for name in ("otto", "olivia"))
TWICE = (Change(None, ServiceAccount("new"), (bind("sa:new", None, "member")[0],)),) * 2
GONE = Change(bind("bo", "prod", "viewer")[0], None)
SPOILED = {
    "ESCALATION": (3, "pia", lambda _: None),
    "LAST_OWNER": (3, "olivia", lambda it: it.save(replace(it.saved, changes=LEAVING, pins={}))),
    "INVALID": (3, "olivia", lambda it: it.save(replace(it.saved, changes=TWICE, pins={}))),
    "credentials": (4, "rbs_nobody", lambda _: None),
    "stale-plan": (5, "olivia", lambda it: it.company.force(GONE)),
    "plan-too-old": (5, "olivia", lambda it: it.save(aged(it.saved, hours=25))),
    "other-configuration": (
        5,
        "olivia",
        lambda it: it.company.edit(("min_owners = 1", "min_owners = 2")),
    ),
    "other-account": (
        5,
        "olivia",
        lambda it: it.save(replace(it.saved, target=replace(it.saved.target, account="globex"))),
    ),
    "plan-tampered": (1, "olivia", lambda it: it.plan_file.write_bytes(it.saved.encoded()[:-2])),
    "plan-format": (1, "olivia", lambda it: it.plan_file.write_bytes(b'{"format": 2}')),
}
"""The exit code of a refusal, whose key it is, and what spoils the plan before."""


@pytest.mark.parametrize("why", SPOILED)
def test_an_apply_that_is_refused_leaves_nothing(bench, why):
    code, name, spoil = SPOILED[why]
    spoil(bench)

    assert f"error[{why}]" in bench.refused(code, name)


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
