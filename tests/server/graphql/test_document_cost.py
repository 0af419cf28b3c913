"""How deep a document asks and for how much, fragments followed wherever they lead."""

from __future__ import annotations

import pytest
from graphql import GraphQLError, get_introspection_query, parse

from rbac_sync.server.graphql.document_cost import MOST_OF_STRANGERS, measured


def taken(text: str, most: int = 1000) -> bool:
    try:
        measured(parse(text), most)
    except GraphQLError:
        return False
    return True


def nested(levels: int, leaf: str = "a") -> str:
    return "{ " + "a { " * levels + leaf + " }" * (levels + 1)


@pytest.mark.parametrize(
    ("text", "is_taken"),
    [
        (nested(7), True),
        (nested(8), False),
        (nested(7, "... { a }"), True),
        (nested(7, "... { a { a } }"), False),
        (nested(4, "...f") + " fragment f on x { a { a { a { a } } } }", True),
        (nested(4, "...f") + " fragment f on x { a { a { a { a { a } } } } }", False),
        (nested(1, "__a { " + "a { " * 20 + "a" + " }" * 21), True),
        (nested(1) + " query second " + nested(8), False),
    ],
)
def test_depth_is_that_of_the_deepest_field_through_all_fragments(text, is_taken):
    assert taken(text) is is_taken


def test_fields_count_as_often_as_fragments_repeat_them():
    doubled = [f"fragment f{n} on x {{ ...f{n + 1} ...f{n + 1} }}" for n in range(40)]
    assert not taken("{ ...f0 } " + " ".join(doubled) + " fragment f40 on x { a }")
    assert taken("{ ...f } fragment f on x { a b }", 2)
    assert not taken("{ ...f c } fragment f on x { a b }", 2)


def test_a_chain_of_fragments_that_is_too_long_to_follow_is_refused():
    chain = [f"fragment f{n} on x {{ ...f{n + 1} }}" for n in range(2000)]
    assert not taken("{ ...f0 } " + " ".join(chain) + " fragment f2000 on x { a }")


def test_a_circle_of_fragments_is_left_to_the_validation():
    assert taken("{ ...f } fragment f on x { a ...g } fragment g on x { ...f ...nothing }")


def test_even_a_stranger_may_ask_what_tools_ask_for_a_schema():
    assert taken(get_introspection_query(), MOST_OF_STRANGERS)
