"""The schema, read once from the file next to this module and completed, with its resolvers."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any

from graphql import GraphQLResolveInfo, GraphQLSchema, build_ast_schema, parse

from . import scalars
from .derived_types import complete
from .fault import unauthenticated
from .mutations import MUTATIONS
from .roots import root

UNPROVEN = frozenset({"log_in", "refresh_token", "switch_tenant", "log_out"})
"""The mutations that check their own tokens, in any tenant; all others require a key."""

Resolver = Callable[..., Any]


@cache
def schema() -> GraphQLSchema:
    """Return the schema."""
    text = files(__package__).joinpath("schema.graphql").read_text(encoding="utf-8")
    made = build_ast_schema(complete(parse(text)))
    scalars.install(made)
    assert made.query_type, "the file has both"
    assert made.mutation_type, "the file has both"
    for name, field in made.query_type.fields.items():
        field.resolve = root(name)
    for name, field in made.mutation_type.fields.items():
        field.resolve = _mutation(name)
    return made


def _mutation(name: str) -> Resolver:
    def resolve(_: object, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
        context = info.context.context
        if name not in UNPROVEN and context.caller is None:
            raise unauthenticated()
        context.mutate()
        return MUTATIONS[name](context, scalars.checked(arguments["input"]))

    return resolve
