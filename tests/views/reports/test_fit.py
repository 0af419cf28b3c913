from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rbac_sync.views.reports.fit import SectionForm, fit_sections

SECTIONS = {
    "risk": (SectionForm("R" * 40), SectionForm("r", "the risk one by one")),
    "rows": (
        SectionForm("W" * 200),
        SectionForm("w" * 100, "the details"),
        SectionForm("w", "the rows"),
    ),
}
ORDER = ("rows", "rows", "risk")


def said(room):
    return fit_sections("head", SECTIONS, ORDER, "left out: {}", room)


def test_what_fits_is_said_in_full():
    assert said(1000) == f"head\n\n{'R' * 40}\n\n{'W' * 200}\n"


def test_what_matters_least_is_shortened_first_and_it_is_said_what_is_missing():
    assert said(180) == f"head\n\n{'R' * 40}\n\n{'w' * 100}\n\nleft out: the details\n"
    assert said(100) == f"head\n\n{'R' * 40}\n\nw\n\nleft out: the details; the rows\n"
    assert said(70) == "head\n\nr\n\nw\n\nleft out: the details; the rows; the risk one by one\n"


def test_a_section_that_has_nothing_left_to_say_is_no_gap():
    sections = {"rest": (SectionForm("x" * 50), SectionForm("", "the rest"))}
    assert fit_sections("head", sections, ("rest",), "no {}", 40) == "head\n\nno the rest\n"


def test_bytes_are_counted():
    sections = {"a": (SectionForm("\u00e9" * 30), SectionForm("e", "a"))}
    assert fit_sections("h", sections, ("a",), "{}", 50).startswith("h\n\ne")


@given(st.integers(65, 300))
def test_it_fits_if_the_shortest_forms_do(room):
    assert len(said(room).encode()) <= room
