"""The budget of a request: its cost is counted before the work is done.

A short request can read each member a hundred times in each of twenty-five
operations, or compare each with a filter of five megabytes. All operations and
aliases of a request spend one budget. ``work`` is the number of rows times the number
of fields below and of parts of filters, with the values of variables.
``size`` is that of the response.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sized
from contextvars import ContextVar
from typing import Any

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLResolveInfo,
    NameNode,
    Node,
    VariableNode,
    Visitor,
    visit,
)

from .fault import failed
from .scalars import parts

MOST = 1_000_000
"""About five seconds of work."""

LARGEST = 16 * 2**20
"""Bytes of an answer."""

MOST_FIELDS = 3_000
"""Fields of all operations of a request: the time to check them grows faster than their number."""

MOST_TOKENS = 60_000
"""Tokens of all operations of a request."""

LONG = 64
"""Characters of a name that count as one more part."""

PLAIN = 40
"""Bytes of a value of a fixed size: an id, a time, a number, a null."""

TOO_MUCH = "The operation asks for too much at once: use limit and offset."
TOO_LARGE = "The answer would be too large: use limit and offset."
TOO_LONG = "The operations of the request ask for too much together: send fewer at once."


class Budget:
    """The remaining budget of a request, for all its operations.

    ``patterns`` are the compiled patterns of the request.
    """

    def __init__(self) -> None:
        self._work, self._size = MOST, LARGEST
        self._fields, self._tokens = MOST_FIELDS, MOST_TOKENS
        self.patterns: dict[str, Any] = {}

    def spend(self, work: int) -> None:
        """Count *work*.

        Raises:
            GraphQLFault: it is too much.
        """
        self._work -= work
        if self._work < 0:
            raise failed(TOO_MUCH)

    def hold(self, size: int) -> None:
        """Count bytes of the response.

        Raises:
            GraphQLFault: they are too many.
        """
        self._size -= size
        if self._size < 0:
            raise failed(TOO_LARGE)

    def read(self, fields: int, tokens: int) -> None:
        """Count a document before its validation.

        Raises:
            GraphQLFault: the document is too long for the remaining budget.
        """
        self._fields -= fields
        self._tokens -= tokens
        if self._fields < 0 or self._tokens < 0:
            raise failed(TOO_LONG)


CURRENT: ContextVar[Budget] = ContextVar("the budget of the request")
"""The current budget. *Why* no argument: patterns are matched deep inside comparisons."""


class Meter:
    """Counts the cost of one operation in the budget of its request."""

    def __init__(self, budget: Budget, variables: Mapping[str, Any]) -> None:
        """Count *variables* at each use."""
        self.budget = budget
        self._sizes = {name: sum(1 for _ in parts(value)) for name, value in variables.items()}
        self._fragments: dict[str, _Counter] = {}

    def search(self, info: GraphQLResolveInfo[Any], rows: Sized) -> None:
        """Count the comparison of *rows* with the arguments of a field.

        Raises:
            GraphQLFault: it is too much.
        """
        price = self._price(info, (a for n in info.field_nodes for a in n.arguments or ()))
        self.budget.spend(len(rows) * (1 + price.work))

    def show(self, info: GraphQLResolveInfo[Any], rows: Sized) -> None:
        """Count the response for each of *rows* with the selection of a field; see ``search``."""
        below = (node.selection_set for node in info.field_nodes if node.selection_set)
        price = self._price(info, below)
        self.budget.spend(len(rows) * price.work)
        self.budget.hold(len(rows) * price.size)

    def value(self, value: Any) -> Any:
        """Return *value*, and count it as a part of the response; see ``Budget.hold``."""
        match value:
            case str() if value.isascii():
                self.budget.hold(len(value))
            case str() | dict() | list() | tuple():
                self.budget.hold(len(json.dumps(value, default=str)))
            case _:
                self.budget.hold(PLAIN)
        return value

    def _price(self, info: GraphQLResolveInfo[Any], nodes: Iterable[Node]) -> _Counter:
        """Return the price of parts of a document for each row."""
        counter = _Counter(self._sizes, lambda name: self._fragment(info, name))
        for node in nodes:
            visit(node, counter)
        return counter

    def _fragment(self, info: GraphQLResolveInfo[Any], name: str) -> _Counter:
        if name not in self._fragments:
            self._fragments[name] = self._price(info, [info.fragments[name].selection_set])
        return self._fragments[name]


class _Counter(Visitor):
    """Counts the work of parts of a document and the bytes of their names, with their fragments."""

    def __init__(self, sizes: Mapping[str, int], fragment: Callable[[str], _Counter]) -> None:
        super().__init__()
        self.work, self.size = 0, 0
        self._sizes, self._fragment = sizes, fragment

    def enter(self, node: Node, *_: object) -> None:
        match node:
            case NameNode():
                self.work += len(node.value) // LONG
                return
            case FieldNode():
                self.size += len((node.alias or node.name).value) + PLAIN // 2
            case VariableNode():
                self.work += self._sizes.get(node.name.value, 0)
            case FragmentSpreadNode():
                fragment = self._fragment(node.name.value)
                self.work += fragment.work
                self.size += fragment.size
        self.work += 1
