"""The execution of one operation, from its text to the response."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    OperationType,
    Visitor,
    execute_sync,
    get_operation_ast,
    parse,
    validate,
    visit,
)

from ...wire.prefect_cloud_1.error_code import ErrorCode
from ..refusals import Refusal
from .budget import Budget, Meter
from .document_cost import MOST_FIELDS, MOST_OF_STRANGERS, MOST_TOKENS, measured, tokens
from .fault import GraphQLFault, failed, fault, quiet, unauthenticated
from .request_body import MalformedRequest, Operation
from .request_context import RequestContext
from .roots import field_value
from .schema import schema
from .tables import OperationTables

OK, WRONG = 200, 400
INTROSPECTION = frozenset({"__schema", "__type"})
LONGEST = 1000
"""Characters of an error's message."""

QUOTED = re.compile("'([^']*)'")

Answer = tuple[int, dict[str, Any]]
"""The body of a response, and its status outside of a batch."""


def answer(context: RequestContext, operation: Operation, *, reading: bool = False) -> Answer:
    """Execute *operation*; when *reading*, only if it changes nothing.

    Raises:
        MalformedRequest: the operation would change something.
    """
    try:
        context.begin()
        document = parse(operation.query, max_tokens=MOST_TOKENS)
    except Refusal as error:
        return OK, unbegun(error)
    except (GraphQLError, RecursionError) as error:
        return WRONG, refused([error], ErrorCode.UNPARSED)
    most = MOST_FIELDS if context.proven else MOST_OF_STRANGERS
    try:
        if wrong := _invalid(context.budget, document, most):
            return WRONG, refused(wrong, ErrorCode.INVALID)
    except GraphQLFault as error:
        return OK, unbegun(error)
    chosen = get_operation_ast(document, operation.name)
    is_query = chosen is not None and chosen.operation is OperationType.QUERY
    if reading and not is_query:
        raise MalformedRequest("GET supports only query operation")
    try:
        answered = _executed(context, operation, document)
        if is_query:
            context.budget.hold(len(json.dumps(answered[1].get("errors"))))
        return answered  # noqa: TRY300
    except GraphQLFault as error:
        return OK, unbegun(error)
    finally:
        context.close()


def _executed(context: RequestContext, operation: Operation, document: DocumentNode) -> Answer:
    if context.caller is None:
        visit(document, seen := _Introspection())
        if seen.field:
            return OK, {"errors": [error_entry(unauthenticated(), [seen.field])], "data": None}
    result = execute_sync(
        schema(),
        document,
        context_value=OperationTables(context, Meter(context.budget, operation.variables)),
        variable_values=dict(operation.variables),
        operation_name=operation.name,
        field_resolver=field_value,
    )
    errors = result.errors or []
    if result.data is None and any(error.path is None for error in errors):
        return WRONG, refused(errors, ErrorCode.FAILED)
    causes = map(_cause, errors)
    explained = context.guarded.service.explained(causes)
    entries = [
        error_entry(cause, error.path) for cause, error in zip(explained, errors, strict=True)
    ]
    return OK, {**({"errors": entries} if entries else {}), "data": result.data}


def _cause(error: GraphQLError) -> Exception:
    """Return what raised *error*. A value that no answer can have is a fault of ours."""
    cause = error.original_error
    if isinstance(cause, GraphQLError):
        return TypeError(cause.message)
    return cause or failed(error.message)


def unbegun(error: Exception) -> dict[str, Any]:
    """Return the body of the response to an operation beyond the budget of the request."""
    return {"errors": [error_entry(error, None)], "data": None}


def refused(errors: Iterable[Exception], code: ErrorCode) -> dict[str, Any]:
    """Return the body of the response to an operation that was not begun."""
    return {
        "errors": [
            {"message": quiet(_short(_message(e))), "extensions": {"code": code}} for e in errors
        ]
    }


def error_entry(error: Exception, path: Iterable[str | int] | None) -> dict[str, Any]:
    """Return an error of one field. The order of the keys is the system's."""
    cause = fault(error)
    extensions: Mapping[str, str] = {"code": cause.code}
    if cause.reason:
        extensions = {**extensions, "reason": quiet(cause.reason)}
    return {
        "path": list(path or ()),
        "message": quiet(_short(cause.message)),
        "extensions": extensions,
    }


def _short(message: str) -> str:
    """Return the beginning of *message*, which may quote the request."""
    return message if len(message) <= LONGEST else f"{message[:LONGEST]}..."


def _message(error: Exception) -> str:
    """Return the message of an error in the words of the library of the older system."""
    if isinstance(error, RecursionError):
        return "Syntax Error: The document is nested too deeply."
    message = error.message if isinstance(error, GraphQLError) else str(error)
    return QUOTED.sub(r'"\1"', message).replace(" has invalid value: ", " got invalid value; ", 1)


def _invalid(budget: Budget, document: DocumentNode, most: int) -> list[GraphQLError]:
    try:
        extent = measured(document, most)
    except GraphQLError as error:
        return [error]
    budget.read(extent.fields, tokens(document))
    wrong = validate(schema(), document)
    budget.spend(0 if wrong else extent.describes)
    return wrong


class _Introspection(Visitor):
    """Finds the response name under which a document selects the schema."""

    field = ""

    def enter_field(self, node: FieldNode, *_: object) -> None:
        if node.name.value in INTROSPECTION:
            self.field = (node.alias or node.name).value
