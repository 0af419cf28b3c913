"""The budget of a request: its cost, counted before the work is done.

A request of a few lines can ask for each member a hundred times over, in each of
twenty-five operations, or compare each with a filter of five megabytes. All
operations and aliases of a request spend one budget. ``work`` is rows times what
is asked of each: the fields below, and the parts of filters, variables with all
that is in them. ``size`` is what the answer holds.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sized
from contextvars import ContextVar
from functools import reduce
from typing import Any, NamedTuple

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
"""Fields of all operations of a request: what it takes to check them grows faster than they do."""

MOST_TOKENS = 60_000
"""Words and signs of all operations of a request."""

LONG = 64
"""Characters of a name that count as one part more."""

PLAIN = 40
"""Bytes of a value whose size is known without a look: an id, a moment, a number, nothing."""

TOO_MUCH = "The operation asks for too much at once: use limit and offset."
TOO_LARGE = "The answer would be too large: use limit and offset."
TOO_LONG = "The operations of the request ask for too much together: send fewer at once."


class Budget:
    """The budget that a request has left, over all its operations.

    ``patterns`` are those it has read.
    """

    def __init__(self) -> None:
        self._work, self._size = MOST, LARGEST
        self._fields, self._tokens = MOST_FIELDS, MOST_TOKENS
        self.patterns: dict[str, Any] = {}

    def spend(self, work: int) -> None:
        """Count *work*.

        Raises:
            Fault: it is too much.

        """
        self._work -= work
        if self._work < 0:
            raise failed(TOO_MUCH)

    def hold(self, size: int) -> None:
        """Count bytes of the answer.

        Raises:
            Fault: they are too many.

        """
        self._size -= size
        if self._size < 0:
            raise failed(TOO_LARGE)

    def read(self, fields: int, tokens: int) -> None:
        """Count a document that is to be checked.

        Raises:
            Fault: it is too long for what other operations have left.

        """
        self._fields -= fields
        self._tokens -= tokens
        if self._fields < 0 or self._tokens < 0:
            raise failed(TOO_LONG)


CURRENT: ContextVar[Budget] = ContextVar("the budget of the request")
"""*Why* not an argument: patterns are matched deep in comparisons that know one value alone."""


class Price(NamedTuple):
    """The price of a part of a document for each row: work, and bytes of names."""

    work: int = 0
    size: int = 0

    def beside(self, other: Price) -> Price:
        """Return the price of both."""
        return Price(self.work + other.work, self.size + other.size)


class Meter:
    """Counts what one operation takes out of the budget of its request."""

    def __init__(self, budget: Budget, variables: Mapping[str, Any]) -> None:
        """Count *variables* wherever they are used."""
        self.budget = budget
        self._sizes = {name: sum(1 for _ in parts(value)) for name, value in variables.items()}
        self._fragments: dict[str, Price] = {}

    def search(self, info: GraphQLResolveInfo[Any], rows: Sized, each: int = 1) -> None:
        """Count that *rows*, *each* of so much work, are compared with the arguments of a field.

        Raises:
            Fault: it is too much.

        """
        price = self._price(info, (a for n in info.field_nodes for a in n.arguments or ()))
        self.budget.spend(len(rows) * (each + price.work))

    def show(self, info: GraphQLResolveInfo[Any], rows: Sized) -> None:
        """Count that of each of *rows* everything below a field is shown; see ``search``."""
        below = (node.selection_set for node in info.field_nodes if node.selection_set)
        price = self._price(info, below)
        self.budget.spend(len(rows) * price.work)
        self.budget.hold(len(rows) * price.size)

    def value(self, value: Any) -> Any:
        """Return *value*, counted as a part of the answer; see ``Budget.hold``."""
        match value:
            case str() if value.isascii():
                self.budget.hold(len(value))
            case str() | dict() | list() | tuple():
                self.budget.hold(len(json.dumps(value, default=str)))
            case _:
                self.budget.hold(PLAIN)
        return value

    def _price(self, info: GraphQLResolveInfo[Any], nodes: Iterable[Node]) -> Price:
        counter = _Counter(self._sizes)
        for node in nodes:
            visit(node, counter)
        led = (self._fragment(info, name) for name in counter.fragments)
        return reduce(Price.beside, led, Price(counter.work, counter.size))

    def _fragment(self, info: GraphQLResolveInfo[Any], name: str) -> Price:
        if name not in self._fragments:
            body = info.fragments[name].selection_set
            self._fragments[name] = self._price(info, [body])
        return self._fragments[name]


class _Counter(Visitor):
    """Counts the parts of a document, and notes the fragments that they lead to."""

    def __init__(self, sizes: Mapping[str, int]) -> None:
        super().__init__()
        self.work, self.size, self.fragments = 0, 0, list[str]()
        self._sizes = sizes

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
                self.fragments.append(node.name.value)
        self.work += 1
