"""The cost of a document, measured before it is executed."""

from __future__ import annotations

from collections.abc import Mapping

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from ...dataclasses import dataclass, field

DEEPEST = 7
"""Levels below the root fields. Source: the limit of the system's open-source server."""

MOST_FIELDS = 1000
"""Fields of all operations of a document, as often as fragments repeat them.

*Why*: to check that fields of one name agree takes time that grows with their square.
"""

MOST_OF_STRANGERS = 250
"""The same without a key: enough for tools that read the whole schema."""

MOST_TOKENS = 20_000

MOST_OF_EACH: Mapping[str, int] = {
    "types": 150,
    "fields": 12,
    "args": 5,
    "inputFields": 15,
    "enumValues": 40,
    "directives": 5,
}
"""A length above the mean of the lists in the introspection schema. *Why*: such lists refer to each
other without end, and their rows are not counted. *Why* not the greatest length: the query of
every tool for the whole schema would then cost more than a request may."""

DESCRIBING = frozenset({"__schema", "__type"})


@dataclass(frozen=True, slots=True)
class Extent:
    """The depth of a selection below its fields, and their number.

    ``described`` is the number of values if all of it were introspection;
    ``describes`` is the part that is introspection.
    """

    depth: int = 0
    fields: int = 0
    described: int = 0
    describes: int = 0

    def beside(self, other: Extent) -> Extent:
        """Return the sum of both extents."""
        return Extent(
            max(self.depth, other.depth),
            self.fields + other.fields,
            self.described + other.described,
            self.describes + other.describes,
        )


@dataclass
class _Ruler:
    fragments: dict[str, FragmentDefinitionNode]
    known: dict[str, Extent] = field(default_factory=dict)

    def whole(self, selections: SelectionSetNode) -> Extent:
        extent = Extent()
        for selection in selections.selections:
            match selection:
                case FieldNode():
                    extent = extent.beside(self._field(selection))
                case InlineFragmentNode():
                    extent = extent.beside(self.whole(selection.selection_set))
                case FragmentSpreadNode():
                    extent = extent.beside(self._fragment(selection.name.value))
        return extent

    def _field(self, node: FieldNode) -> Extent:
        below = self.whole(node.selection_set) if node.selection_set else None
        if below is None:
            return Extent(0, 1, 1)
        name = node.name.value
        depth = 0 if name.startswith("__") else 1 + below.depth
        described = MOST_OF_EACH.get(name, 1) * (1 + below.described)
        describes = described if name in DESCRIBING else below.describes
        return Extent(depth, 1 + below.fields, described, describes)

    def _fragment(self, name: str) -> Extent:
        if name not in self.known:
            self.known[name] = Extent()  # the validation refuses a circle
            fragment = self.fragments.get(name)
            self.known[name] = self.whole(fragment.selection_set) if fragment else Extent()
        return self.known[name]


def measured(document: DocumentNode, most: int = MOST_FIELDS) -> Extent:
    """Return the extent of *document*: *most* fields at most, and not too deep.

    Raises:
        GraphQLError: the document has more fields or levels.
    """
    parts = document.definitions
    ruler = _Ruler({p.name.value: p for p in parts if isinstance(p, FragmentDefinitionNode)})
    extent = Extent()
    try:
        for part in parts:
            if isinstance(part, OperationDefinitionNode):
                extent = extent.beside(ruler.whole(part.selection_set))
    except RecursionError:
        extent = Extent(depth=DEEPEST + 1)
    if extent.depth > DEEPEST:
        raise GraphQLError(f"The operation exceeds maximum operation depth of {DEEPEST}")
    if extent.fields > most:
        raise GraphQLError(f"The document asks for more than {most} fields")
    return extent


def tokens(document: DocumentNode) -> int:
    """Return the number of tokens of a document."""
    token, count = document.loc and document.loc.start_token, 0
    while token:
        token, count = token.next, count + 1
    return count
