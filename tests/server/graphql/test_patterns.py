"""Patterns of SQL and regular expressions, against what the standard library says of them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbac_sync.server.graphql.fault import GraphQLFault
from rbac_sync.server.graphql.patterns import LONGEST, like, matches, similar

TEXTS = st.text("abc. 1\n", max_size=6)

UNREADABLE = [
    *("*", "+a", "(", "(a", "a)", "[", "[a", "a{2,1}", "a{1001}", "\\", r"(a)\1", "\ud800"),
    *("(?=a)", "(" * 150, "(((a{100}){100}){100}", "(a{100}){100}"),
]


def patterns():
    """Build regular expressions that both this and the standard library understand."""
    signs = ["a", "b", r"\.", "[ab]", "[^a]", "[a-b1]", r"\d", r"\w", r"\s", r"\W"]

    def grown(below):
        return st.one_of(
            st.lists(below, min_size=1, max_size=3).map("".join),
            st.tuples(below, below).map(lambda pair: f"(?:{pair[0]}|{pair[1]})"),
            st.tuples(below, st.sampled_from(["*", "+", "?", "{2}", "{1,2}", "{2,}"])).map(
                lambda pair: f"(?:{pair[0]}){pair[1]}"
            ),
            below.map(lambda part: f"({part}|)"),
        )

    return st.recursive(st.sampled_from(signs), grown, max_leaves=6)


@given(patterns(), TEXTS, st.sampled_from(["", "^"]), st.sampled_from(["", r"\Z"]))
def test_a_regular_expression_finds_what_the_standard_library_finds(pattern, text, begin, end):
    ours = f"{begin}{pattern}{'$' if end else ''}"
    assert matches(text, ours) is bool(re.search(f"{begin}{pattern}{end}", text))


@given(patterns(), TEXTS)
def test_what_is_similar_is_so_as_a_whole(pattern, text):
    if "(?:" in pattern or re.search(r"\\[dwsW]", pattern):
        pattern = pattern.replace("(?:", "(")
        pattern = re.sub(r"\\[dwsW]", "1", pattern)
    assert similar(text, pattern) is bool(re.fullmatch(pattern, text))
    assert similar(f"x{text}x", f"x{pattern}_") is bool(re.fullmatch(f"x{pattern}x", f"x{text}x"))
    assert similar(text, "%")


@given(st.lists(st.sampled_from(["%", "_", "a", "b", ".", "\\%"]), max_size=6), TEXTS)
def test_what_is_like_a_pattern_is_so_as_a_whole(signs, text):
    known = {"%": ".*", "_": ".", "\\%": "%"}
    plain = "".join(known.get(sign, re.escape(sign)) for sign in signs)
    assert like(text, "".join(signs)) is bool(re.fullmatch(plain, text, re.DOTALL))


@pytest.mark.parametrize("pattern", UNREADABLE)
def test_what_cannot_be_read_is_refused_without_being_repeated(pattern):
    with pytest.raises(GraphQLFault) as refused:
        matches("a", pattern)
    assert refused.value.message == "invalid regular expression"


@pytest.mark.parametrize("compared", [like, similar, matches])
def test_a_pattern_is_not_longer_than_need_be(compared):
    assert not compared("b", "a" * LONGEST)
    with pytest.raises(GraphQLFault):
        compared("b", "a" * (LONGEST + 1))


@pytest.mark.parametrize("pattern", ["^(a+)+$", "^(a|a)*$", "^(a|aa)+$", "(a*)*b", ".*.*.*.*.*b"])
def test_no_pattern_takes_longer_than_its_text(pattern):
    """With the standard library the first of these would not end."""
    assert not matches("a" * 3000 + "!", pattern)
    assert not like("a" * 3000, "%a" * 90 + "b")
