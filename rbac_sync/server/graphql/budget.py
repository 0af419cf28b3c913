"""How much work one operation may cause, counted before it is done.

A document of a few lines can ask for each member a hundred times over, or
compare each with a filter of five megabytes. What is counted is rows, times
what is asked of each: the fields below, and the parts of filters, variables
with all that is in them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sized
from typing import Any

from graphql import (
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

MOST = 2_000_000
"""About ten seconds of work."""

TOO_MUCH = "The operation asks for too much at once: use limit and offset."


class Budget:
    """What one operation has left."""

    def __init__(self, variables: Mapping[str, Any]) -> None:
        """Count *variables* wherever they are used."""
        self._left = MOST
        self._sizes = {name: sum(1 for _ in parts(value)) for name, value in variables.items()}
        self._fragments: dict[str, int] = {}

    def search(self, info: GraphQLResolveInfo[Any], rows: Sized) -> None:
        """Count that *rows* are compared with the arguments of a field.

        Raises:
            Fault: it is too much.

        """
        each = sum(self._price(info, node.arguments or ()) for node in info.field_nodes)
        self._spend(len(rows) * (1 + each))

    def show(self, info: GraphQLResolveInfo[Any], rows: Sized) -> None:
        """Count that of each of *rows* everything below a field is shown; see ``search``."""
        below = [node.selection_set for node in info.field_nodes if node.selection_set]
        self._spend(len(rows) * self._price(info, below))

    def _spend(self, work: int) -> None:
        self._left -= work
        if self._left < 0:
            raise failed(TOO_MUCH)

    def _price(self, info: GraphQLResolveInfo[Any], nodes: Iterable[Node]) -> int:
        counter = _Counter(self._sizes)
        for node in nodes:
            visit(node, counter)
        return counter.total + sum(self._fragment(info, name) for name in counter.fragments)

    def _fragment(self, info: GraphQLResolveInfo[Any], name: str) -> int:
        if name not in self._fragments:
            body = info.fragments[name].selection_set
            self._fragments[name] = self._price(info, [body])
        return self._fragments[name]


class _Counter(Visitor):
    """Counts the parts of a document, and notes the fragments that they lead to."""

    def __init__(self, sizes: Mapping[str, int]) -> None:
        super().__init__()
        self.total, self.fragments = 0, list[str]()
        self._sizes = sizes

    def enter(self, node: Node, *_: object) -> None:
        match node:
            case NameNode():
                return
            case VariableNode():
                self.total += self._sizes.get(node.name.value, 0)
            case FragmentSpreadNode():
                self.fragments.append(node.name.value)
        self.total += 1
