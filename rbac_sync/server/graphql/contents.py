"""The checks of the contents of documents that the GraphQL face shows, by kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from graphql import (
    GraphQLError,
    GraphQLObjectType,
    get_nullable_type,
    is_leaf_type,
    is_non_null_type,
)

from ...backends.store.documents import Document
from ...model import ACCOUNT
from ..directory.profiles import ACCOUNT_PROFILE
from ..read_view import ReadView
from .derived_types import COMPUTED
from .objects import FLOW, OBJECT_TABLES, ObjectTable, columns_of, source
from .schema import schema


def _object(of: ObjectTable, view: ReadView, document: Document) -> None:
    """Raise an exception if *document* is no object of the table *of*, or belongs to none."""
    if document.owner != ACCOUNT:
        raise LookupError(document.owner)
    columns, type_ = columns_of(view, of, document), schema().type_map[of.name]
    assert isinstance(type_, GraphQLObjectType), "the types of tables are declared in the schema"
    for name in type_.fields.keys() - COMPUTED:
        declared = type_.fields[name].type
        value_type = get_nullable_type(declared)
        if not is_leaf_type(value_type):
            continue
        if columns[name] is not None:
            _coerce(value_type.coerce_output_value, columns[name])
        elif is_non_null_type(declared):
            raise TypeError(name)
    if of.above and view.documents.get(of.above, columns[of.parent]) is None:
        raise LookupError(of.parent)
    if of is FLOW:
        source(view, document.id)


def _coerce(coerce: Callable[[object], object], value: object) -> None:
    try:
        coerce(value)
    except GraphQLError as error:
        raise TypeError(value) from error


def _name(_: ReadView, profile: Document) -> None:
    if not isinstance(profile.content.get("name", ""), str):
        raise TypeError("name")


CHECKS: Mapping[str, Callable[[ReadView, Document], object]] = {
    **{of.name: partial(_object, of) for of in OBJECT_TABLES.values()},
    ACCOUNT_PROFILE: _name,
}
"""The functions that raise an exception for content that rbac-sync does not write."""
