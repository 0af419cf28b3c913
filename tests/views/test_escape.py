from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbac_sync.views.escape import visible


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("\x1b[31m", "\\x1b[31m"),
        ("a\nb\tc\r", "a\\x0ab\\x09c\\x0d"),
        ("\x7f\x9b", "\\x7f\\x9b"),
        ("\u202eexe.txt\u2066", "\\u202eexe.txt\\u2066"),
        ("\u200b\ufeff\u2028", "\\u200b\\ufeff\\u2028"),
        ("\U000e0041", "\\U000e0041"),
        ("\ud800", "\\ud800"),
    ],
)
def test_what_cannot_be_seen_is_written_out(written, shown):
    assert visible(written) == shown


@pytest.mark.parametrize("written", ["", "ana@acme.example", "Zoë's 日本 ok 🙂", "a\\x1b"])
def test_what_can_be_seen_stays_as_it_is(written):
    assert visible(written) == written


@given(st.text())
def test_everything_can_be_seen_and_nothing_is_lost(written):
    shown = visible(written)
    assert shown.isprintable()
    assert visible(shown) == shown
    assert [c for c in written if c.isprintable()] == [c for c in written if c in shown]
