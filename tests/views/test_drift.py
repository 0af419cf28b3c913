from __future__ import annotations

import json
from datetime import timedelta

import pytest
from hypothesis import given

from rbac_sync.audit.record import Touch
from rbac_sync.errors import Place
from rbac_sync.model import Declaration
from rbac_sync.model.instant import rfc3339
from rbac_sync.planning import Change, Plan
from rbac_sync.planning.planner import Planner
from rbac_sync.views import drift
from rbac_sync.views.run import Run
from rbac_sync.views.terminal import Layout
from tests.build import ALL, ANYTHING, NOW, plan, role, state, team, user
from tests.planning.worlds import CLOUD, states
from tests.views.scene import LIVE, saved, week

SMALL = state(user("ana", "owner"), team("data"))


def text(found, touched=None, *, traced=False, **options):
    run = Run(plan=found, touched=touched or {}, traced=traced)
    return drift.render_drift(run, Layout(**options))


def machine(found, kept, touched=None, *, traced=False):
    return drift.to_json(Run(plan=found, saved=kept, touched=touched or {}, traced=traced))


def one(change):
    return text(Plan(SMALL, (change,))).splitlines()[0]


def test_a_busy_week(snapshot):
    assert text(week()) == snapshot


def test_a_busy_week_for_machines(snapshot):
    assert json.dumps(machine(week(), saved(week())), indent=2) == snapshot


def test_no_drift_is_said_in_words():
    assert text(plan(LIVE, LIVE)) == "No drift. Live matches the configuration."


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (Change(None, team("ops")[0]), "# team.ops is declared, but not live"),
        (Change(team("data")[0], None), "# team.data is live, but not declared"),
        (Change(team("data")[0], team("ops")[0]), "# team.ops is called team.data live"),
        (Change(team("data")[0], team("data", "ana")[0]), "# team.data differs"),
    ],
)
def test_it_is_told_from_where_live_stands(change, sentence):
    assert one(change) == sentence


def test_what_a_plan_leaves_to_the_next_run_is_drift_all_the_same():
    old = role("old", "see_flows")
    found = Plan(state(old), (), deferred=(Change(old[0], None),))
    assert "# role.old is live, but not declared" in text(found)
    assert "Drift: 1 thing differs from the configuration." in text(found)
    assert machine(found, saved(found))["drift"]


def test_who_last_touched_a_thing_is_told_where_it_is_known():
    gone = team("data")[0]
    found = Plan(SMALL, (Change(gone, None),))
    touched = {gone.address: Touch(NOW, "ana@acme.example")}
    assert text(found, touched).splitlines()[:2] == [
        "# team.data is live, but not declared",
        f"    last changed by ana@acme.example at {rfc3339(NOW)}",
    ]
    (told,) = machine(found, saved(found), touched)["differences"]
    assert told["touched"] == {"by": "ana@acme.example", "at": rfc3339(NOW), "run": None}
    assert told["cause"] == "unknown"


HAND, APPLIED = (Touch(NOW, "bo", "112ca038-4321", planned=planned) for planned in (False, True))


def test_a_change_by_hand_comes_with_the_run_and_what_takes_it_back_or_keeps_it():
    gone = team("data")[0]
    found = Plan(SMALL, (Change(gone, None),))
    assert text(found, {gone.address: HAND}, traced=True).splitlines() == [
        "Changed outside the configuration",
        "",
        "# team.data is live, but not declared",
        f"    last changed by bo at {rfc3339(NOW)}, run 112ca038",
        "    take it back:  rbac-sync undo 112ca038",
        "    or:            rbac-sync apply --target team.data",
        "    keep it:       write it into the configuration",
        "",
        "Drift: 1 thing differs from the configuration.",
        "1 changed outside it.",
    ]


def test_what_a_run_of_a_plan_left_otherwise_is_declared_and_not_applied_yet():
    data = team("data")[0]
    changes = (Change(data, team("data", "ana")[0]), Change(None, team("ops")[0]))
    found = Plan(SMALL, changes, origin=lambda _: Place("teams.toml", 3))
    shown = text(found, {data.address: APPLIED}, traced=True)
    assert shown.splitlines()[0] == "Declared, and not applied yet"
    assert "    make it so:    rbac-sync apply --target team.data" in shown
    assert "    make it so:    rbac-sync apply --target team.ops" in shown
    assert shown.endswith("2 declared and not applied yet.")
    told = machine(found, saved(found), {data.address: APPLIED}, traced=True)["differences"]
    assert [each["cause"] for each in told] == ["not-applied", "not-applied"]


def test_what_was_deleted_by_hand_is_kept_by_taking_it_out_of_its_file():
    ops = team("ops")[0]
    found = Plan(SMALL, (Change(None, ops),), origin=lambda _: Place("teams.toml", 3))
    shown = text(found, {ops.address: HAND}, traced=True)
    assert "    keep it:       take it out of teams.toml" in shown


def test_what_stands_on_no_record_is_of_unknown_cause():
    gone = team("data")[0]
    found = Plan(SMALL, (Change(gone, None),))
    assert drift.TITLES[drift.DriftCause.UNKNOWN] in text(found, traced=True)
    assert drift.TITLES[drift.DriftCause.UNKNOWN] not in text(found)


def test_the_latest_touch_counts_and_may_be_nobodys():
    ana = user("ana", "owner")
    found = Plan(state(ana), (Change(ana[0], None), Change(ana[1], None)))
    touched = {ana[0].address: Touch(NOW, "bo"), ana[1].address: Touch(NOW + timedelta(days=1))}
    later = rfc3339(NOW + timedelta(days=1))
    assert text(found, touched).splitlines()[1] == f"    last changed at {later}"


def test_what_waits_for_somebody_is_no_drift():
    waiting = Plan(SMALL, (), waiting=week().waiting)
    assert text(waiting).startswith("No drift.")
    assert not machine(waiting, saved(waiting))["drift"]


def test_what_nobody_declares_is_listed():
    found = text(plan(SMALL, state(user("ana", "owner")), manage={}))
    assert "Not managed here: 1 live thing that nobody declares\n  team.data" in found


@given(states(), states())
def test_it_counts_what_the_plan_counts(live, desired):
    found = Planner(CLOUD, ANYTHING, NOW).plan(Declaration(desired, manage=ALL), live)
    shown = [line for line in text(found).splitlines() if line.startswith("# ")]
    whole = sum(found.counts) + len(found.deferred)
    assert len(shown) == len(machine(found, saved(found))["differences"]) == whole
