from __future__ import annotations

import json

import pytest

from rbac_sync.catalogues import catalogue, worlds
from rbac_sync.views.permissions import render_permissions, to_json
from rbac_sync.views.terminal import Layout, Tone

CLOUD = catalogue("prefect-cloud")
CLOUD_1 = catalogue("prefect-cloud-1")

each_world = pytest.mark.parametrize("world", worlds())


def names(rows):
    return [row["permission"] for row in rows if row["row"] == "permission"]


@each_world
def test_without_words_every_permission_and_every_statement_is_shown(world):
    known = catalogue(world)
    rows = to_json(known)
    assert names(rows) == list(known.titles)
    assert [r["words"] for r in rows if r["row"] == "statement"] == [
        s.words for s in known.statements
    ]


@each_world
def test_every_row_is_found_by_its_own_words(world):
    known = catalogue(world)
    for row in to_json(known):
        words = row.get("permission") or row["words"]
        assert row in to_json(known, words)
        assert row in to_json(known, words.upper())


@each_world
def test_every_row_is_shown_as_text(world):
    shown = render_permissions(catalogue(world))
    for row in to_json(catalogue(world)):
        assert row["words"] in shown
        assert row.get("title", "") in shown


@each_world
def test_rows_are_plain_json(world):
    rows = to_json(catalogue(world))
    assert json.loads(json.dumps(rows)) == rows


def test_all_of_the_words_must_occur_in_any_order():
    assert names(to_json(CLOUD, "configured secrets")) == ["see_secret_blocks"]
    assert names(to_json(CLOUD, "secrets configured")) == ["see_secret_blocks"]
    assert names(to_json(CLOUD, "secrets bicycle")) == []


def test_punctuation_and_the_shape_of_quotes_do_not_matter():
    (row,) = to_json(CLOUD, "(the workspace's default, workspace role)")[-1:]
    assert row["words"].startswith("Set the workspace\N{RIGHT SINGLE QUOTATION MARK}s default")


def test_a_role_is_found_by_the_name_shown_and_by_the_name_sent():
    for written in ("read-only-user", "READ_ONLY_USER"):
        assert len(names(to_json(CLOUD_1, written))) == 27
    assert set(names(to_json(CLOUD_1, "Read Only User"))) >= set(names(to_json(CLOUD_1, written)))


def test_an_ability_leads_to_the_permissions_behind_it():
    assert "delete:account_membership" in names(to_json(CLOUD, "add and remove account members"))


def test_words_that_match_nothing_are_not_repeated(snapshot):
    assert render_permissions(CLOUD, "\x1b[2J bicycle") == snapshot


@pytest.mark.parametrize("words", ["bypass sso", "view secret block data", "manage_acls"])
def test_a_few_permissions_of_todays_cloud(words, snapshot):
    assert render_permissions(CLOUD, words) == snapshot


@pytest.mark.parametrize("words", ["license:admin", "delete:flow", "audit logs"])
def test_a_few_permissions_of_cloud_1(words, snapshot):
    assert render_permissions(CLOUD_1, words) == snapshot


def test_what_is_inferred_or_assumed_has_a_colour_of_its_own():
    shown = render_permissions(CLOUD, "", Layout(colour=True)).splitlines()

    tones = {"documented": Tone.PLAIN, "inferred": Tone.CHANGE, "assumed": Tone.LOSS}
    for evidence, tone in tones.items():
        lines = [line for line in shown if evidence in line and "held by" in line]
        assert lines
        assert all(line.startswith(f"{tone}    held by") for line in lines)


def test_a_row_as_data(snapshot):
    assert to_json(CLOUD, "bypass:sso") == snapshot
