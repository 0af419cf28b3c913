"""Records as texts and back."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta, timezone

import pytest
from hypothesis import given

from rbac_sync.audit.record import Record
from rbac_sync.audit.texts import FIELDS, PLAIN, record_of, texts

from .records import NOW, creations, made, records


@given(records)
def test_a_record_comes_back_from_its_texts(record):
    assert record_of(texts(record)) == record


def test_there_is_a_text_for_each_field_in_order():
    marked = Record(
        **{f.name: {f.name: 1} if f.name in PLAIN else f.name for f in fields(Record)}
        | {"timestamp": NOW}
    )
    told = dict(zip(FIELDS, texts(marked), strict=True))
    assert told.pop("timestamp") == "2026-11-21T12:00:00.000000Z"
    assert told == {n: f'{{"{n}":1}}' if n in PLAIN else n for n in FIELDS if n != "timestamp"}


def test_texts_of_instants_sort_as_instants_do_whatever_their_zone():
    (record,) = made(*creations(1))
    steps = [timedelta(microseconds=1), timedelta(seconds=1), timedelta(days=400)]
    east = timezone(timedelta(hours=9))
    times = [NOW, *((NOW + step).astimezone(east) for step in steps)]
    told = [texts(replace(record, timestamp=at))[0] for at in times]
    assert told == sorted(told)
    assert len(set(told)) == 4


@pytest.mark.parametrize("broken", [(), ("x",), ("no time", *["x"] * 11), tuple("x" * 13)])
def test_what_is_no_record_is_refused(broken):
    with pytest.raises(ValueError, match=r"."):
        record_of(broken)
