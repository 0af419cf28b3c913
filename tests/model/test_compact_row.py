from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbac_sync.model import address as named
from rbac_sync.model import held
from rbac_sync.model.compact_row import MOST, CompactRow, compact
from rbac_sync.model.resources import Level, role

HELD = [held(role(Level.WORKSPACE, name)) for name in ("viewer", "runner")]
ROWS = st.dictionaries(st.sampled_from("abcdef").map(named.user), st.sampled_from(HELD), max_size=6)


@given(ROWS, ROWS)
def test_a_compact_row_is_the_mapping_that_it_was_made_from(row, other):
    made = CompactRow(row)
    assert list(made.items()) == list(row.items())
    assert (list(made), list(made.values()), len(made)) == (list(row), [*row.values()], len(row))
    assert [made[who] for who in row] == [row[who] for who in row]
    assert all(who in made for who in row)
    assert (made == other, other == made, made == CompactRow(other)) == (row == other,) * 3
    assert made.keys() - other.keys() == row.keys() - other.keys()


def test_nobody_else_is_in_a_compact_row():
    made = CompactRow({named.user("a"): HELD[0]})
    assert named.user("b") not in made
    with pytest.raises(KeyError):
        made[named.user("b")]


def test_a_short_row_is_kept_in_less_memory():
    row = dict.fromkeys((named.user(str(n)) for n in range(MOST)), HELD[0])
    assert type(compact(row)) is CompactRow


def test_a_long_row_stays_as_it_is():
    row = dict.fromkeys((named.user(str(n)) for n in range(MOST + 1)), HELD[0])
    assert compact(row) is row
    assert compact(dict(list(row.items())[:MOST])) == dict(list(row.items())[:MOST])
