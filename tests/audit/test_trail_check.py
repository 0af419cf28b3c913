"""The check of a whole trail in one pass."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rbac_sync.audit.chain import Checkpoint, Flaw, flaws
from rbac_sync.audit.record import DONE, FAILED, settled
from rbac_sync.audit.replay import replay
from rbac_sync.audit.trail_check import Counts, TrailCheck
from rbac_sync.catalogues import catalogue
from rbac_sync.model import Team, Workspace
from rbac_sync.planning import Change

from .records import NOW, chained, creations, made
from .separate_checks import gaps, unreadable_rows

CLOUD = catalogue("prefect-cloud")
RECORDS = made(*creations(5), Change(Workspace("w1"), None), Change(None, Team("ops")))


def checked(links, checkpoints=(), world=CLOUD):
    """Return the check after all of *links*, and the records that it gave."""
    check = TrailCheck(checkpoints, world)
    return check, list(check.records(iter(links)))


def edited(place, **texts):
    """Return the links of a trail in which the texts of one row are other ones, well chained."""
    records = [replace(r, **texts) if n == place else r for n, r in enumerate(RECORDS)]
    return chained(records)


def test_a_whole_trail_has_no_flaw_and_is_replayed():
    check, records = checked(chained(RECORDS))

    assert (check.flaws, check.notices, check.rows, records) == ((), (), 7, RECORDS)
    assert check.state() == replay(RECORDS, CLOUD)
    assert check.last == chained(RECORDS)[-1]


def test_a_trail_is_replayed_the_same_however_often_its_state_is_compacted(monkeypatch):
    once = checked(chained(RECORDS))[0].state()
    monkeypatch.setattr("rbac_sync.audit.replay.STRETCH", 1)
    assert checked(chained(RECORDS))[0].state() == once


def test_an_empty_trail_has_no_last_row():
    check, records = checked([])

    assert (check.flaws, check.rows, check.last, records) == ((), 0, None, [])


LINKS = chained(RECORDS)
BROKEN = {
    "left out": [*LINKS[:2], *LINKS[3:]],
    "swapped": [LINKS[1], LINKS[0], *LINKS[2:]],
    "changed": [replace(LINKS[0], texts=(*LINKS[0].texts[:-1], "failed")), *LINKS[1:]],
    "before the first": [replace(LINKS[0], seq=0), *LINKS],
    "unreadable": edited(3, after={"kind": "workspace", "handle": 7}),
    "made twice": edited(3, after={"kind": "workspace", "handle": "w0"}),
    "never made": edited(5, before={"kind": "workspace", "handle": "w9"}),
    "unreadable and made twice": [
        *edited(1, after={"kind": "workspace", "handle": "w0"})[:6],
        *edited(6, after={"kind": "team"})[6:],
    ],
}


@pytest.mark.parametrize("links", BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("world", [CLOUD, None])
def test_a_flaw_is_the_one_that_each_check_by_itself_finds(links, world):
    check, _ = checked(links, world=world)
    alone = tuple(flaws(links)) or tuple(unreadable_rows(links))

    assert check.flaws == (alone or (tuple(gaps(links, world)) if world else ()))
    assert check.rows == len(links)


def test_no_record_is_given_once_the_chain_is_broken():
    _, records = checked([*LINKS[:2], *LINKS[3:]])

    assert records == RECORDS[:2]


def test_a_checkpoint_of_a_row_that_is_missing_is_a_flaw():
    mark = Checkpoint("acme", 8, "0" * 64, NOW)

    assert checked(LINKS, [mark])[0].flaws == tuple(flaws(LINKS, [mark])) != ()


def test_a_clock_that_was_set_back_is_noted_and_no_flaw():
    links = chained([*RECORDS[1:], RECORDS[0]])
    check, _ = checked(links, world=None)

    message = "is dated 2026-11-21T12:00:00.000000Z, before the row before it: a clock was set back"
    assert (check.flaws, check.notices) == ((), (Flaw(7, message),))


@pytest.mark.parametrize(
    ("texts", "name"),
    [
        ({"object_id": "workspace.w3"}, "workspace `workspace.w3`"),
        ({"object_table": "team"}, "team `workspace.w2`"),
    ],
)
def test_a_row_that_names_another_thing_than_it_changes_is_a_flaw(texts, name):
    check, _ = checked(edited(2, **texts))

    assert check.flaws == (Flaw(3, f"changes `workspace.w2`, but names the {name}"),)


def test_changes_are_counted_by_who_saw_them_made():
    one, two, three = RECORDS[:3]
    records = [one, settled(two, "eve@example.org"), replace(three, result=FAILED)]

    assert [r.result for r in records] == [DONE, DONE, FAILED]
    assert checked(chained(records))[0].counts == Counts(1, 1)
