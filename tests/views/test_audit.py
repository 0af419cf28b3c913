from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import timedelta

import pytest

from rbac_sync.audit.chain import Flaw
from rbac_sync.audit.record import Record, settled
from rbac_sync.audit.replay import ReplayDifference
from rbac_sync.audit.row_facts import Mismatch
from rbac_sync.audit.trail_check import Counts, TrailReport
from rbac_sync.model import Workspace
from rbac_sync.views.audit import (
    render_log,
    render_no_rows,
    render_verdict,
    to_json,
    verdict_to_json,
)
from rbac_sync.views.plan_json import dumps
from tests.build import NOW
from tests.views.scene import trail


def record(**given):
    return Record(
        **{"timestamp": NOW, "message": "m", "object_id": "o", "object_table": "user"} | given
    )


def test_a_trail(snapshot):
    assert render_log(trail()) == snapshot


def test_the_newest_row_comes_first_by_its_place_in_the_chain_whatever_a_clock_said():
    rows = [
        (1, record(message="first")),
        (2, record(message="later", timestamp=NOW + timedelta(hours=1))),
        (3, record(message="last")),
    ]
    assert [line.split()[-1] for line in render_log(rows).splitlines()] == [
        "last",
        "later",
        "first",
    ]
    assert [row["seq"] for row in to_json(rows)] == [3, 2, 1]


@pytest.mark.parametrize(
    ("given", "ends"),
    [
        ({"applier": "ana"}, "  ana  m"),
        ({}, "  unknown  m"),
        ({"applier": "ana", "on_behalf_of": "bo"}, "  ana for bo  m"),
        ({"applier": "ana", "info": {"reason": "INC-1"}}, '  ana  m  "INC-1"'),
        ({"applier": "ana", "result": "failed"}, "  ana  m  [failed]"),
        ({"applier": "ana", "result": "intent"}, "  ana  m  [intent]"),
        ({"applier": "ana", "result": "event"}, "  ana  m"),
    ],
)
def test_a_row_says_when_who_and_what(given, ends):
    assert render_log([(1, record(**given))]) == f"2026-11-21T12:00:00Z  #1  -{ends}"


def test_an_empty_trail_is_said_in_words():
    assert render_no_rows(0, ["is of a run `x`"]) == "Nothing is on record."


def test_for_machines_no_field_is_left_out():
    (found,) = to_json([(7, record(info={"reason": "x"}))])
    assert found.keys() == {f.name for f in fields(Record)} | {"seq"}
    assert json.loads(dumps(found)) == found


def test_a_whole_trail_and_a_broken_one():
    assert render_verdict(TrailReport(rows=12)) == "The audit trail is whole: 12 rows."
    flaw = Flaw(3, "was changed after it was written")
    assert render_verdict(TrailReport((flaw,), rows=12)).splitlines() == [
        "The audit trail cannot be trusted: 1 flaw.",
        "  row 3: was changed after it was written",
        "    = help: put the rows back from a backup that agrees with an earlier checkpoint",
    ]
    assert verdict_to_json(TrailReport(rows=12))["whole"]
    assert not verdict_to_json(TrailReport((flaw,), rows=12))["whole"]


def test_what_the_trail_does_not_tell_is_said_attribute_by_attribute():
    recorded = Workspace("prod", "Production", public=False)
    changed = ReplayDifference(recorded.address, recorded, replace(recorded, name="Prod"))
    unknown = ReplayDifference(recorded.address, None, recorded)

    assert render_verdict(TrailReport((), (changed, unknown), rows=12)).splitlines() == [
        "The audit trail cannot be trusted: 2 flaws.",
        "  `workspace.prod` is not as the trail says",
        """    Value of root['name'] changed from "Production" to "Prod".""",
        "  `workspace.prod` is live, but not in the trail",
    ]


def test_a_row_beside_the_state_is_named_with_what_to_do():
    wrong = Mismatch("`member.bo/key/k`", "`hash` is not as the trail says", "revoke it")
    assert render_verdict(TrailReport((), (), (wrong,), 12)).splitlines() == [
        "The audit trail cannot be trusted: 1 flaw.",
        "  `member.bo/key/k`: `hash` is not as the trail says",
        "    = help: revoke it",
    ]
    shown = verdict_to_json(TrailReport((), (), (wrong,), 12))
    assert (shown["whole"], shown["mismatches"][0]["hint"]) == (False, "revoke it")


def test_rows_of_the_same_moment_keep_apart():
    rows = trail()
    assert len(render_log([(n, replace(r, timestamp=NOW)) for n, r in rows]).splitlines()) == len(
        rows
    )


def test_a_trail_says_how_many_changes_were_only_found():
    def said(made, found):
        return render_verdict(TrailReport(rows=12, counts=Counts(made, found)))

    assert said(9, 0) == "The audit trail is whole: 12 rows; 9 changes made by the run on record."
    assert said(1, 2) == (
        "The audit trail is whole: 12 rows; 1 change made by the run on record,"
        " 2 only found live by a later run."
    )
    shown = verdict_to_json(TrailReport(rows=12, counts=Counts(9, 2)))
    assert (shown["made"], shown["found"]) == (9, 2)


def test_a_row_says_who_settled_it():
    row = settled(record(info={"reason": "found live"}), "eve@example.org")
    assert (
        render_log([(1, row)])
        .splitlines()[0]
        .endswith('"found live"  (settled by eve@example.org)')
    )
