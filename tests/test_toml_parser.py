"""Both parsers of TOML give the same tree in the same order, or the same error."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import tomli
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rbac_sync import toml_parser
from rbac_sync.toml_parser import fast_parser, is_plain, loads

ROOT = Path(__file__).parents[1]
FILES = sorted([*ROOT.glob("examples/**/*.toml"), *ROOT.glob("tests/**/*.toml")])
TEXTS = [path.read_text() for path in FILES]

VALUES = """\
a = [1_000, 0x1F, 0o17, 0b11, +1, 9223372036854775807, 92233720368547758070]
b = [1e5, -inf, -0.0, 6.25, 1e400]
c = [1979-05-27T07:32:00.999999999Z, 1979-05-27T00:32:00-07:00, 1979-05-27 07:32:00]
d = [1979-05-27, 07:32:00.5, 07:32]
e = ["\\u00e9\\U0001f600\\e\\x41", 'x', "", true]
f = \"\"\"a\\
   b\"\"\"
g = { x = 1, y.z = [1, 2] }
"é" = ''
[h.i]
[[j]]
k = 1
[[j]]
[j.l]
[h]
m = 1
"""
"""A value of each kind."""

PIECES = [
    *"\"'[]{}=.,#\\01_e-+TZ: \n\t\r\x00\x7f",
    *("\r\n", "\n=", "=\n", "{}", "[[", "[a]", "[a.b]", '"""', "'''", "\\ud800"),
    *("é", "\ufeff", "\u2028", "nan", "24:00:00", "1979-02-29", "0x", "00"),
]


@pytest.fixture(autouse=True)
def _needs_both():
    pytest.importorskip("toml_rs")
    assert fast_parser() is not None


def seen(parse, text):
    """Return the tree as text, which shows types, signs and the order of keys, or the error."""
    try:
        return repr(parse(text))
    except (ValueError, RecursionError) as error:
        return type(error), str(error)


@pytest.mark.parametrize("text", [*TEXTS, VALUES, "a = nan\n", "", "\n"], ids=lambda t: t[:20])
def test_a_file_is_read_alike(text):
    assert seen(loads, text) == seen(tomli.loads, text)


@pytest.mark.parametrize("text", TEXTS[:10], ids=lambda t: t[:20])
def test_the_fast_parser_is_what_reads_most_files(text):
    assert is_plain("[workspaces.w]\nname = 'W'\n[workspaces.w.access]\nviewer = ['a@b.example']\n")
    assert seen(fast_parser(), text) == seen(tomli.loads, text)


def test_a_long_text_is_left_to_the_parser_that_gives_memory_back(monkeypatch):
    monkeypatch.setattr(toml_parser, "fast_parser", lambda: lambda _: {"a": "parsed fast"})
    text = "a = 1\n#".ljust(toml_parser.MOST_FAST, "-")
    assert loads(text) == {"a": "parsed fast"}
    assert loads(f"{text}-") == {"a": 1}


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_damaged_file_is_read_alike(data):
    text = data.draw(st.sampled_from([*TEXTS, VALUES]))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text)))
        piece = data.draw(st.sampled_from(PIECES) | st.text(max_size=2))
        text = text[:at] + piece + text[at + data.draw(st.integers(0, 3)) :]

    assert seen(loads, text) == seen(tomli.loads, text)


DIFFERENT = {
    "a line end in front of `=`": "a = { b\n= 1 }",
    "a line end behind `=`": "a = { b =\n1 }",
    "the same behind a table": "a = { b = { c = 1 }, d\n= 1 }",
    "the same behind a text like an end": 'a = { b = "}", c =\n1 }',
    "the same behind a literal like an end": "a = { b = '}', c\n= 1 }",
    "the same behind a comment like an end": "a = { b = 1 # }\n, c =\n1 }",
    "the same behind a text with an escape": r'a = { b = "\"}", c =' + "\n1 }",
    "the same behind a long text": 'a = { b = """ "} """, c =\n1 }',
    "the same behind a long literal": "a = { b = ''' '} ''', c =\n1 }",
    "an endless number": f"a = 1{5_000 * '0'}",
    "the same with lines": f"a = 1{5_000 * '_1'}",
    "a byte order mark": "\ufeffa = 1",
}


@pytest.mark.parametrize("text", DIFFERENT.values(), ids=DIFFERENT)
def test_what_parsers_read_differently_is_left_to_tomli(text):
    assert seen(fast_parser(), text) != seen(tomli.loads, text)
    assert not is_plain(text)
    assert seen(loads, text) == seen(tomli.loads, text)


def test_without_the_extra_tomli_reads(monkeypatch):
    monkeypatch.setitem(sys.modules, "toml_rs", None)
    monkeypatch.setattr(toml_parser, "fast_parser", fast_parser.__wrapped__)

    assert toml_parser.fast_parser() is None
    assert loads("a = 1") == {"a": 1}
