"""The trail in a file."""

from __future__ import annotations

import pytest

from rbac_sync.audit.chain import flaws
from rbac_sync.audit.sinks import LineSink, line, link_of

from .records import chained, creations, made


def test_rows_are_kept_in_a_chain_that_goes_on_when_the_file_is_opened_again(tmp_path):
    records = made(*creations(4))
    for record in records:
        LineSink(tmp_path / "audit.jsonl", "acme").record(record)

    links = list(LineSink(tmp_path / "audit.jsonl", "acme").links())
    assert links == chained(records)
    assert list(flaws(links)) == []


def test_one_sink_keeps_many_rows(tmp_path):
    sink = LineSink(tmp_path / "audit.jsonl", "acme")
    for record in made(*creations(3)):
        sink.record(record)

    assert [row.seq for row in sink.links()] == [1, 2, 3]


def test_a_file_that_is_not_there_has_no_rows_and_is_not_made(tmp_path):
    assert list(LineSink(tmp_path / "audit.jsonl", "acme").links()) == []
    assert list(tmp_path.iterdir()) == []


def test_a_link_comes_back_from_its_line():
    for link in chained(made(*creations(2))):
        assert link_of(line(link)) == link
        assert "\n" not in line(link)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", "1"])
def test_what_is_no_row_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        link_of(text)
