"""A plan that nobody reviewed is made again under the lock where the account has changed."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import pytest

from rbac_sync import pipeline
from rbac_sync.backends.prefect_cloud.session import PrefectCloudBackend
from rbac_sync.backends.remote.login import Login
from rbac_sync.errors import Locked, PlanRefused, StalePlan
from rbac_sync.pipeline.apply import ApplyRun, check_keys
from rbac_sync.planning import Change

from ..backends.store.children import SERVER, holding
from ..build import bind, key
from ..patience import LONGEST
from .company import NO_DESCRIPTION

EDIT = ('viewer  = ["bo"]', 'runner  = ["bo"]')
BEFORE, ELSEWHERE = (bind("bo", "prod", role)[0] for role in ("viewer", "developer"))
MEANWHILE = Change(BEFORE, ELSEWHERE)


def applied(company, saved, shown=None, backend=None):
    """Apply *saved*, and put into *shown* the plans that took its place."""
    replanned = None if shown is None else shown.append
    return ApplyRun(
        company.load(),
        saved,
        pipeline.RunOptions(),
        lambda _: None,
        lambda _: None,
        on_replan=replanned,
    ).apply(backend or company.backend())


def test_m3_a_plan_that_nobody_reviewed_is_made_again_under_the_lock(company):
    company.edit(EDIT)
    saved = company.plan()
    company.force(MEANWHILE)
    shown = []
    done = applied(company, saved, shown)
    (review,) = shown
    assert review.saved.digest != saved.digest
    assert done.counts == (0, 1, 0)
    assert company.outstanding() == ()
    with company.backend(None).open() as session:
        assert session.applied(review.saved.digest)
        assert not session.applied(saved.digest)
    company.verify()


def test_a_plan_that_is_not_stale_is_applied_as_it_is(company):
    company.edit(EDIT)
    saved, shown = company.plan(), []
    assert applied(company, saved, shown).counts == (0, 1, 0)
    assert shown == []


def test_a_reviewed_plan_is_never_replaced(company):
    company.edit(EDIT)
    saved = company.plan()
    company.force(MEANWHILE)
    before = company.state
    with pytest.raises(StalePlan) as found:
        applied(company, saved)
    assert found.value.exit_code == 5
    assert company.state == before


def test_a_plan_that_is_made_again_is_judged_again(company):
    company.edit(EDIT)
    saved = company.plan()
    company.force(Change(*(bind("olivia", None, role)[0] for role in ("owner", "member"))))
    before, shown = company.state, []
    with pytest.raises(PlanRefused) as found:
        applied(company, saved, shown)
    assert "CAPABILITY" in {finding.rule for finding in found.value.findings}
    assert len(shown) == 1
    assert company.state == before


def test_a_plan_that_is_made_again_makes_no_key_that_there_is_no_room_for(company):
    old, stale = company.plan(), StalePlan("stale")
    new = replace(old, changes=(Change(None, key("sa:ci", "build")[0]),))
    check_keys(old, new, stale)
    check_keys(new, new, stale)
    with pytest.raises(StalePlan):
        check_keys(new, old, stale)


def writing(company, end, begun):
    """Change the same binding to and fro until told to end."""
    now, then = ELSEWHERE, bind("bo", "prod", "owner")[0]
    while not end.is_set():
        live = company.state.find(BEFORE)
        company.force(Change(live, then if live == now else now))
        begun.set()


def test_m3_an_apply_beside_a_busy_writer_does_not_end_stale(company):
    end, begun = SERVER.Event(), SERVER.Event()
    child = SERVER.Process(target=writing, args=(company, end, begun))
    company.edit(EDIT)
    child.start()
    try:
        assert begun.wait(LONGEST)
        for _ in range(3):
            applied(company, company.plan(), [], company.backend(wait=LONGEST))
    finally:
        end.set()
        child.join(LONGEST)
    company.verify()


def test_a_run_waits_for_the_lock_as_long_as_it_is_asked_to(company):
    company.edit(EDIT)
    saved = company.plan()
    with holding(company.backend()) as child:
        with pytest.raises(Locked) as found:
            company.apply(saved, backend=company.backend(wait=0))
        assert child.is_alive()
        assert found.value.exit_code == 5
        threading.Timer(1, child.kill).start()
        assert company.apply(saved, backend=company.backend(wait=60)).counts == (0, 1, 0)


@pytest.fixture
def cloud(company, served, tmp_path):
    """The company's account over REST, and how to see it with another patience."""
    company.edit(NO_DESCRIPTION)
    company.sync()
    login = Login(served, company.key("olivia"))
    state = {"RBAC_SYNC_STATE_DIR": str(tmp_path / "state")}

    def seen(wait=5.0):
        return PrefectCloudBackend(company.account, login, environment=state, wait=wait)

    return seen


def test_over_rest_a_plan_that_nobody_reviewed_is_made_again_too(company, cloud):
    company.edit(EDIT)
    saved = company.review(cloud()).saved
    company.force(MEANWHILE)
    with pytest.raises(StalePlan):
        applied(company, saved, backend=cloud())
    shown = []
    assert applied(company, saved, shown, cloud()).counts == (0, 1, 0)
    assert len(shown) == 1
    assert pipeline.drift(company.load(), cloud()).plan.changes == ()


def test_over_rest_a_run_waits_for_another_one_on_this_machine_as_long_as_asked(
    company, cloud, monkeypatch
):
    held, free = threading.Event(), threading.Event()

    def hold(_):
        held.set()
        assert free.wait(LONGEST)

    other = threading.Thread(target=cloud().transact, args=("held", hold))
    other.start()
    assert held.wait(LONGEST)
    pauses = []
    with monkeypatch.context() as patch:
        patch.setattr(time, "sleep", pauses.append)
        with pytest.raises(Locked, match="is held by process"):
            cloud(0).transact("none", lambda _: pytest.fail("it did not wait"))
    assert pauses == []
    threading.Timer(1, free.set).start()
    cloud(60).transact("later", lambda _: None)
    other.join()
