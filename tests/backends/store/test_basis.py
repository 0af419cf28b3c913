"""What a basis finds in what it has read: times that may pass, and documents.

It looks for both in texts, those of the rows and those of the statements. These tests hold that
each shows there.
"""

from __future__ import annotations

import ast
import re
from datetime import UTC
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import rbac_sync
from rbac_sync.backends.database.columns import INSTANT as TIME
from rbac_sync.backends.database.columns import stored
from rbac_sync.backends.store.basis import INSTANT, Answer
from rbac_sync.backends.store.tables import TABLES, document
from rbac_sync.model.instant import parsed, rfc3339
from rbac_sync.model.plain import canonical

STATEMENT = re.compile(r"\b(SELECT|FROM|WHERE|AND|JOIN|UPDATE|DELETE)\b")
TIMES = "|".join({c.name for table in TABLES for c in table.columns.values() if c.type is TIME})
HIDDEN = re.compile(
    rf'\b\w+\(\s*(?:\w+\.)?"?(?:{TIMES})\b'  # in a function
    rf'|(?<![:\w])"?(?:{TIMES})"?\s*(?:[<>=|]|\bBETWEEN\b|\bIN\b|\bIS (?!NULL))'  # compared
    rf'|[<>=|]\s*(?:\w+\.)"?(?:{TIMES})\b'
    r"|\bnow\(|\bCURRENT_\w+|'now'|\w*_timestamp\(",
    re.IGNORECASE,
)
"""A time in a statement that need not be in the rows, though they depend on it.

One that is missing (``IS NULL``) never comes.
"""
CLOCK = "the time itself, of which the basis keeps the first"
SAFE = {
    ("damage.py", "coalesce(b.since"): "rows are compared with each other, and with no clock",
    ("damage.py", "coalesce(r.since"): "rows are compared with each other, and with no clock",
    ("damage.py", "coalesce(b.until"): "rows are compared with each other, and with no clock",
    ("damage.py", "coalesce(r.until"): "rows are compared with each other, and with no clock",
    ("trail_index.py", "= r.created"): "rows are compared with each other, and with no clock",
    ("documents.py", "updated ="): "it is written",
    ("sizes.py", "created <"): "under the lock an hour ago is later: more is old, less is refused",
    ("clock.py", "'now'"): CLOCK,
    ("clock.py", "clock_timestamp("): CLOCK,
}

moments = st.datetimes(timezones=st.just(UTC))


@given(moments)
def test_a_time_is_found_in_a_column_and_in_a_document(moment):
    for text in (stored(moment), rfc3339(moment)):
        within = canonical({"ends": text, "more": [{"at": text}]})
        assert [parsed(each) for each in INSTANT.findall(text)] == [moment]
        assert [parsed(each) for each in INSTANT.findall(within)] == [moment, moment]


def statements():
    """Yield the text of each statement, or part of one, in the store and in the server."""
    root = Path(rbac_sync.__file__).parent
    for file in chain(root.glob("backends/store/**/*.py"), root.glob("server/**/*.py")):
        if "migrations" not in file.parts:
            texts = _texts(ast.parse(file.read_text(encoding="utf-8")))
            yield from ((file.name, text) for text in texts if STATEMENT.search(text))


def _texts(tree):
    whole = [each for each in ast.walk(tree) if isinstance(each, ast.JoinedStr)]
    parts = {id(part) for each in whole for part in each.values}
    for each in whole:
        yield "".join(p.value if isinstance(p, ast.Constant) else "{}" for p in each.values)
    for each in ast.walk(tree):
        if isinstance(each, ast.Constant) and isinstance(each.value, str) and id(each) not in parts:
            yield each.value


def test_no_statement_compares_a_time_that_is_not_in_its_rows():
    found = {(file, hit[0]) for file, text in statements() for hit in HIDDEN.finditer(text)}
    assert found == set(SAFE)
    assert len(list(statements())) > 100


@pytest.mark.parametrize(
    "text",
    [
        "WHERE until > :now",
        'AND b."until" <= :now',
        "WHERE :now < b.until",
        "SELECT max(b.until)",
        "AND expires BETWEEN :a AND :b",
        "AND until IS NOT NULL",
        "SELECT until || '/'",
        "SELECT 1 WHERE :since > now()",
    ],
)
def test_a_statement_that_compared_one_would_be_found(text):
    assert HIDDEN.search(text)


def test_each_statement_that_reads_documents_names_their_table():
    reading = [text for _, text in statements() if re.search(r'\bdocument"? d\b', text)]
    assert len(reading) > 2
    assert all(Answer(text, {}, ()).has_documents for text in reading)
    assert Answer(f'SELECT 1 FROM "{document.name}"', {}, ()).has_documents
