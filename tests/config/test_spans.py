"""The places of a text are those of its tree."""

from __future__ import annotations

import math

import tomli
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from rbac_sync.config.span_scanner import scan_spans
from rbac_sync.config.spans import Spans

BARE = st.text("abcdefAZ09_-", min_size=1, max_size=4)
PLAIN = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=6)


def basic(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def literal(text):
    return f"'{text}'" if "'" not in text else basic(text)


def long_basic(text):
    return '"""\n' + text.replace("\\", "\\\\").replace('"', '\\"') + '"" \\\n  "x""""'


def long_literal(text):
    return f"'''{text}'''" if "'" not in text else basic(text)


BLANK = st.sampled_from(["", " ", "\t", "\n", " # a ] } , = \" ' comment\n"])
SPACE = st.sampled_from(["", " ", "\t "])
KEY = st.one_of(BARE, PLAIN.map(basic), PLAIN.map(literal))
SCALAR = st.one_of(
    *(PLAIN.map(quote) for quote in (basic, literal, long_basic, long_literal)),
    st.sampled_from(
        [
            "true",
            "false",
            "0",
            "-17",
            "+1_000",
            "0xff",
            "1e3",
            "-0.5",
            "inf",
            "nan",
            "2026-12-31",
            "2026-12-31T10:00:00Z",
            "10:20:30.5",
        ]
    ),
    st.sampled_from(["2026-12-31 10:00:00+01:00", '""', "''", '""""""', "''''''", '"""a"""""']),
)


@st.composite
def dotted(draw):
    parts = draw(st.lists(KEY, min_size=1, max_size=3))
    return draw(SPACE).join([draw(SPACE).join([part, "."]) for part in parts[:-1]] + [parts[-1]])


def arrays(values):
    return st.builds(
        lambda items, blanks, last: "[" + ",".join(b + i for b, i in items) + blanks + last,
        st.lists(st.tuples(BLANK, values), max_size=3),
        BLANK,
        st.just("]"),
    )


def tables(values):
    pair = st.builds(lambda k, s, v: f"{k}{s}={s}{v}", dotted(), SPACE, values)
    return st.lists(pair, max_size=3).map(lambda pairs: "{ " + ", ".join(pairs) + " }")


VALUE = st.recursive(SCALAR, lambda values: arrays(values) | tables(values), max_leaves=6)
PAIR = st.builds(lambda k, s, v, e: f"{k}{s}={s}{v}{e}", dotted(), SPACE, VALUE, SPACE)
HEADER = st.builds(
    lambda s, k, n: "[" * n + s + k + s + "]" * n, SPACE, dotted(), st.sampled_from([1, 2])
)
DOCUMENT = st.lists(PAIR | HEADER | BLANK, max_size=8).map("\n".join)


def paths(tree, path=()):
    if path:
        yield path, tree
    if isinstance(tree, dict | list):
        for step, value in tree.items() if isinstance(tree, dict) else enumerate(tree):
            yield from paths(value, (*path, step))


def same(one, other):
    return one == other or (
        isinstance(one, float)
        and isinstance(other, float)
        and math.isnan(one)
        and math.isnan(other)
    )


def tree_of(text):
    try:
        return tomli.loads(text)
    except ValueError:
        assume(False)


def agrees(text):
    tree = tree_of(text)
    scan, spans = scan_spans(text), Spans("x.toml", text)
    found = dict(paths(tree))
    elements = {(*path, n) for path, each in scan.elements.items() for n in range(len(each))}
    assert scan.spans.keys() | elements == found.keys()
    for path, value in found.items():
        key, scalar = (slice(*stretch) for stretch in spans.span(path))
        if not isinstance(value, dict | list):
            assert same(tomli.loads(f"v = {text[scalar]}")["v"], value)
        if isinstance(path[-1], str):
            assert list(tomli.loads(f"{text[key]} = 1")) == [path[-1]]


SELDOM_TOML = settings(suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])


@SELDOM_TOML
@given(DOCUMENT)
@example("a.b.c = 1\na.b.d = 2\n[x]\ny = 3\n[x.z]\n[[t]]\n[[t]]\nu.v = [1, [2, {w = 3}]]\n[t.s]\n")
@example("[a.b]\nc = 1\n[a]\nd = 1\n[[e.f]]\n[[e.f]]\n[e.f.g]\n[[e.f.h]]\n")
@example("a = [ # ]\n  1, # [\n]\n")
@example('a = "\\u0061" # "\n"\\u0062" = \'#\'\n')
def test_every_path_of_the_tree_has_its_place_and_every_scalar_reads_back(text):
    agrees(text)


@SELDOM_TOML
@given(st.text("ab.=\"'[]{}#,\n \t\\1-:Té", max_size=40))
def test_any_text_that_is_toml_has_the_places_of_its_tree(text):
    agrees(text)


@given(st.text("ab.=\"'[]{}#,\n \\1", max_size=40))
def test_a_walk_over_any_text_stops_inside_it(text):
    assert 0 <= scan_spans(text).at <= len(text)


def test_a_place_counts_lines_and_characters_from_one():
    spans = Spans("x.toml", "['é']\n'ü' = [1, \"x\"]\n")
    assert str(spans.place(("é", "ü"), is_key=True)) == "x.toml:2:1"
    assert str(spans.place(("é", "ü", 1))) == "x.toml:2:11"
    assert spans.place(("é", "ü", 1)).length == 3


def test_a_value_over_several_lines_is_marked_on_its_first():
    place = Spans("x.toml", 'a = """\nx\n"""\nb = 1').place(("a",))
    assert (place.line, place.column, place.length) == (1, 5, 3)


def test_the_place_of_something_absent_is_that_of_what_it_would_be_in():
    assert str(Spans("x.toml", "[a]\nb = 1\n").place(("a", "c", "d"))) == "x.toml:1:2"
    assert str(Spans("x.toml", "").place(("a",))) == "x.toml:1:1"
