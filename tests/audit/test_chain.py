"""What a chain shows, and what takes a checkpoint."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rbac_sync.audit.chain import START, Checkpoint, checkpoint, encoded, flaws, hashed, link
from rbac_sync.audit.record import Record
from rbac_sync.audit.texts import FIELDS, texts

from .records import NOW, chained, creations, made, records

LENGTH = 6


@pytest.fixture
def links():
    return chained(made(*creations(LENGTH)))


def seen(links, *checkpoints):
    return [str(flaw) for flaw in flaws(links, checkpoints)]


def rewritten(links, first):
    """Return *links* with the row at *first* changed and every hash from there on made anew."""
    records = [row.record for row in links]
    records[first] = replace(records[first], applier="mallory@example.org")
    return chained(records)


def test_a_chain_that_was_left_alone_has_no_flaw(links):
    assert seen(links) == []
    assert seen(links, checkpoint(links[3], NOW), checkpoint(links[-1], NOW)) == []
    assert seen([]) == []


def test_sequence_numbers_rise_by_one_from_one(links):
    assert [row.seq for row in links] == [1, 2, 3, 4, 5, 6]
    assert links[0].prev == START


@pytest.mark.parametrize("place", range(LENGTH))
@pytest.mark.parametrize("field", range(len(FIELDS)))
def test_t01_a_field_changed_shows_at_its_row(links, place, field):
    told = list(links[place].texts)
    told[field] = (told[field] or "") + " "
    links[place] = replace(links[place], texts=tuple(told))

    assert seen(links) == [f"row {place + 1}: was changed after it was written"]


@pytest.mark.parametrize("field", ["account", "seq", "prev", "hash"])
def test_t01_a_changed_place_in_the_chain_shows(links, field):
    links[2] = replace(links[2], **{field: 9 if field == "seq" else "f" * 64})

    assert "row 9: " in " ".join(seen(links)) if field == "seq" else seen(links)


@pytest.mark.parametrize("place", range(LENGTH - 1))
def test_t02_a_row_left_out_shows(links, place):
    del links[place]

    assert seen(links) == [
        f"row {place + 2}: stands where row {place + 1} should",
        f"row {place + 2}: does not follow the row before it",
    ]


@pytest.mark.parametrize("place", range(LENGTH))
def test_t03_a_row_put_in_shows(links, place):
    prev = links[place - 1].hash if place else START
    forged = link("acme", place + 1, prev, made(*creations(9))[8])
    links.insert(place, forged)

    assert f"row {place + 1}: does not follow the row before it" in seen(links)


@pytest.mark.parametrize("place", range(LENGTH - 1))
def test_t04_two_rows_swapped_show(links, place):
    links[place], links[place + 1] = links[place + 1], links[place]

    assert f"row {place + 2}: stands where row {place + 1} should" in seen(links)


def test_t04_two_rows_that_swapped_their_numbers_show(links):
    one, two = links[1], links[2]
    links[1], links[2] = replace(two, seq=one.seq), replace(one, seq=two.seq)

    assert "row 2: does not follow the row before it" in seen(links)


@pytest.mark.parametrize("first", range(LENGTH))
def test_t06_a_history_made_anew_shows_by_an_earlier_checkpoint_alone(links, first):
    mark = checkpoint(links[-1], NOW)
    forged = rewritten(links, first)

    assert seen(forged) == []
    told = "row 6: is not the row that the checkpoint of 2026-11-21T12:00:00Z saw"
    assert seen(forged, mark) == [told]


@pytest.mark.parametrize("kept", range(LENGTH))
def test_x23_a_history_cut_short_shows_by_an_earlier_checkpoint_alone(links, kept):
    mark = checkpoint(links[-1], NOW)

    assert seen(links[:kept]) == []
    told = "row 6: is missing; the checkpoint of 2026-11-21T12:00:00Z saw it"
    assert seen(links[:kept], mark) == [told]


def test_t11_two_histories_shown_to_two_people_show_when_their_checkpoints_meet(links):
    other = rewritten(links, 3)
    mine, theirs = checkpoint(links[4], NOW), checkpoint(other[4], NOW)

    assert seen(links, mine) == seen(other, theirs) == []
    assert len(seen(links, mine, theirs)) == len(seen(other, mine, theirs)) == 1


def test_t11_histories_that_part_in_the_middle_never_meet_again(links):
    assert {row.hash for row in links[2:]}.isdisjoint(row.hash for row in rewritten(links, 2)[2:])


def test_the_chain_of_another_account_is_not_taken_for_ours(links):
    theirs = chained([row.record for row in links], account="other")
    mark = checkpoint(links[-1], NOW)

    assert {row.hash for row in links}.isdisjoint(row.hash for row in theirs)
    assert seen([replace(row, account="acme") for row in theirs])
    assert seen(theirs, mark)


PLACES = st.tuples(st.sampled_from(["a", "ab"]), st.integers(1, 30), st.sampled_from([START, "1"]))


@given(PLACES, records, PLACES, records)
def test_t12_different_rows_have_different_bytes(place, record, other_place, other):
    assume((place, record) != (other_place, other))

    assert encoded(*place, texts(record)) != encoded(*other_place, texts(other))


@given(records, st.sampled_from(fields(Record)), records)
def test_t12_a_row_that_differs_in_one_field_has_other_bytes(record, field, other):
    changed = replace(record, **{field.name: getattr(other, field.name)})
    assume(changed != record)

    assert encoded("a", 1, START, texts(changed)) != encoded("a", 1, START, texts(record))


FIELD = st.none() | st.text("1-:a,", max_size=4)


@settings(max_examples=1000)
@given(st.lists(FIELD, max_size=4), st.lists(FIELD, max_size=4))
def test_t12_text_cannot_pass_from_one_field_to_the_next(one, other):
    assume(one != other)

    assert encoded("a", 1, START, one) != encoded("a", 1, START, other)


def test_the_bytes_of_a_row_are_what_they_were(links):
    """Chains that exist must verify for ever: a change of the format needs a new name in it."""
    digest = hashed("acme", 1, START, texts(links[0].record))
    assert digest == links[0].hash == DIGEST


DIGEST = "0d3a8bea48b341c2efde11f114caef5fc510678bdb1abd797fc43d198ccdbb6e"


def test_a_checkpoint_comes_back_from_its_text(links):
    mark = checkpoint(links[-1], NOW)

    assert Checkpoint.parsed(mark.text()) == mark
    assert "\n" not in mark.text()


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"account":"a","seq":1,"hash":"x","at":1}'])
def test_what_is_no_checkpoint_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        Checkpoint.parsed(text)
