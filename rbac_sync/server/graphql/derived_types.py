"""The types that follow from those in ``schema.graphql``: inputs, counts, names of columns, ids.

A table is filtered by its columns and its linked tables. It is ordered by its columns that are not
JSON, and by a linked row. The file declares the filters and orders of tables for which the older
system had fewer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from graphql import (
    DocumentNode,
    FieldDefinitionNode,
    ObjectTypeDefinitionNode,
    TypeDefinitionNode,
    parse,
    print_ast,
)

from .objects import OBJECT_TABLES

EQUAL = frozenset({"_eq", "_in", "_is_null", "_neq", "_nin"})
ORDERED = EQUAL | {"_gt", "_gte", "_lt", "_lte"}
WAYS = ("like", "ilike", "similar", "regex", "iregex")
JSON = "jsonb"
OPERATORS: Mapping[str, frozenset[str]] = {
    "uuid": ORDERED,
    "timestamptz": ORDERED,
    "String": ORDERED | {f"_{way}" for way in WAYS} | {f"_n{way}" for way in WAYS},
    "account_type": EQUAL,
    JSON: EQUAL | {"_contained_in", "_contains", "_has_key", "_has_keys_all", "_has_keys_any"},
    "Int": ORDERED,
    "Boolean": ORDERED,
}
"""The operators that compare a column of each scalar."""

OPERANDS = {
    "_in": "[{}!]",
    "_nin": "[{}!]",
    "_is_null": "Boolean",
    "_has_key": "String",
    "_has_keys_all": "[String!]",
    "_has_keys_any": "[String!]",
}
"""The type of the operand of an operator, if it is not the scalar of the column."""

COMPUTED = frozenset({"serialized_flow", "settings"})
"""Columns by which no table is filtered: the older system read them from other places."""

COUNT, ID = "_aggregate", "_id_payload"


def complete(document: DocumentNode) -> DocumentNode:
    """Return *document* with the types that follow from it and that it does not declare."""
    declared = _by_name(document)
    fields = {
        name: node.fields or ()
        for name, node in declared.items()
        if isinstance(node, ObjectTypeDefinitionNode)
    }
    lines = (*_comparisons(), *_of_queries(fields), *_of_mutations(fields["Mutation"]))
    derived = _by_name(parse("\n".join(lines)))
    types = derived | declared | {"Mutation": derived["Mutation"]}
    return DocumentNode(definitions=tuple(types.values()))


def _by_name(document: DocumentNode) -> dict[str, TypeDefinitionNode]:
    types = (each for each in document.definitions if isinstance(each, TypeDefinitionNode))
    return {each.name.value: each for each in types}


def _comparisons() -> Iterator[str]:
    """Yield the input that compares a column of each scalar."""
    for scalar, operators in OPERATORS.items():
        operands = {name: OPERANDS.get(name, scalar).format(scalar) for name in sorted(operators)}
        yield _input(f"{scalar}_comparison_exp", operands)


def _of_queries(objects: Mapping[str, Collection[FieldDefinitionNode]]) -> Iterator[str]:
    """Yield the inputs of each table, the names of its columns, and the types of its counts."""
    queries = [field.name.value for field in objects["Query"] if field.arguments]
    tables = [name for name in queries if name in objects]
    for name in tables:
        types = {field.name.value: print_ast(field.type) for field in objects[name]}
        yield from _inputs(name, types, tables)
        if name in OBJECT_TABLES:
            yield f"enum {name}_select_column {{ {' '.join(_columns(types))} }}"
    for name in queries:
        if name.endswith(COUNT):
            rows = f"[{name.removesuffix(COUNT)}!]!"
            yield f"type {name} {{ aggregate: {name}_fields nodes: {rows} }}"
            yield f"type {name}_fields {{ count: Int! }}"


def _inputs(table: str, types: Mapping[str, str], tables: Collection[str]) -> Iterator[str]:
    """Yield the filter and the order of a table with fields of these *types*."""
    own, columns = f"{table}_bool_exp", _columns(types)
    links = {name: linked for name, type_ in types.items() if (linked := _named(type_)) in tables}
    criteria = {
        name: f"{links[name]}_bool_exp" if name in links else f"{columns[name]}_comparison_exp"
        for name in types
        if name in links or name in columns
    }
    yield _input(own, {"_and": f"[{own}!]", "_or": f"[{own}!]", "_not": own, **criteria})
    rows = {name: f"{to}_order_by" for name, to in links.items() if types[name][0] != "["}
    plain = {name: "order_by" for name, scalar in columns.items() if scalar != JSON}
    yield _input(f"{table}_order_by", plain | rows)


def _columns(types: Mapping[str, str]) -> Mapping[str, str]:
    """Return the scalar of each column among fields of these *types*."""
    named = ((name, _named(type_)) for name, type_ in types.items() if name not in COMPUTED)
    return {name: scalar for name, scalar in named if scalar in OPERATORS}


def _named(type_: str) -> str:
    """Return the name in a type, which may be a list or never null."""
    return type_.strip("[]!")


def _of_mutations(mutations: Iterable[FieldDefinitionNode]) -> Iterator[str]:
    """Yield the mutations, each with one input, which has its arguments; and payloads with ids."""
    fields = []
    for field in mutations:
        name, payload = field.name.value, print_ast(field.type)
        yield f"input {name}_input {{ {' '.join(map(print_ast, field.arguments or ()))} }}"
        if payload.endswith(ID):
            yield f"type {payload} {{ id: UUID }}"
        fields.append(f"{name}(input: {name}_input!): {payload}")
    yield f"type Mutation {{ {' '.join(fields)} }}"


def _input(name: str, fields: Mapping[str, str]) -> str:
    return f"input {name} {{ {' '.join(f'{n}: {type_}' for n, type_ in fields.items())} }}"
