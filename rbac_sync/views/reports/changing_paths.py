"""The paths that change, as a picture: who, through whom, to which role where.

The riskiest rows only, so that the picture can be taken in; the table beside it has them all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from ...guard import Path
from ...model import EVERYONE, label
from ..effect_rows import EffectRow

MOST_ROWS = 12
COLUMN, WIDTH, ROW, HEIGHT = 320, 250, 44, 32
"""The layout of the drawing, in pixels."""

LONGEST = 34
"""How much of a text stands in a box of the drawing; the whole is its title."""

LONGEST_LABEL = 60
LETTERS = re.compile(r"[^A-Za-z0-9@.:_/ ,()-]")
"""Characters that a label of Mermaid cannot have without a meaning of their own."""


class Node(NamedTuple):
    """One box: in column 0 principals, in 1 those through whom, in 2 roles in scopes."""

    column: int
    text: str


class Edge(NamedTuple):
    """One step of a path that comes, or that goes."""

    start: Node
    end: Node
    comes: bool


def changing_edges(rows: Iterable[EffectRow]) -> list[Edge]:
    """Return the steps of the paths that come and go by the first of *rows*, each once."""
    edges = (edge for row in islice(rows, MOST_ROWS) for edge in _edges(row))
    return list(dict.fromkeys(edges))


def _edges(row: EffectRow) -> Iterator[Edge]:
    effect = row.effect
    stays = {*effect.before} & {*effect.after}
    for paths, comes in ((effect.before, False), (effect.after, True)):
        for path in paths:
            if path not in stays:
                yield from _steps(row, path, comes=comes)


def _steps(row: EffectRow, path: Path, *, comes: bool) -> Iterator[Edge]:
    who = Node(0, row.who)
    holder = who
    if path.holder not in row.principals:
        holder = Node(1, "default role" if path.holder == EVERYONE else label(path.holder))
        yield Edge(who, holder, comes)
    yield Edge(holder, Node(2, f"{row.role(path)} in {row.where}"), comes)


def mermaid(edges: Iterable[Edge]) -> str:
    """Return *edges* as a flowchart in Mermaid; what goes is dashed."""
    numbers: dict[Node, int] = {}
    lines, styles = [], []
    for count, edge in enumerate(edges):
        ends = []
        for node in (edge.start, edge.end):
            if node not in numbers:
                numbers[node] = len(numbers)
                label_text = LETTERS.sub("·", _clipped(node.text, LONGEST_LABEL))
                lines.append(f'  n{numbers[node]}["{label_text}"]')
            ends.append(f"n{numbers[node]}")
        lines.append(f"  {ends[0]} {'-->' if edge.comes else '-.->'} {ends[1]}")
        styles.append(f"  linkStyle {count} stroke:{'#1a7f37' if edge.comes else '#cf222e'}")
    return "\n".join(["flowchart LR", *lines, *styles])


class PlacedNode(NamedTuple):
    """A box of the drawing with its corner; ``text`` is clipped to fit into it."""

    text: str
    title: str
    x: int
    y: int


class PlacedEdge(NamedTuple):
    """A line of the drawing, as a path of SVG, and whether it comes."""

    line: str
    comes: bool


class Drawing(NamedTuple):
    """A drawing with its size in pixels."""

    width: int
    height: int
    nodes: list[PlacedNode]
    edges: list[PlacedEdge]


def drawing(edges: Iterable[Edge]) -> Drawing:
    """Return where the boxes and lines of *edges* stand."""
    steps = list(edges)
    columns: tuple[dict[Node, int], ...] = ({}, {}, {})
    for node in (node for edge in steps for node in (edge.start, edge.end)):
        columns[node.column].setdefault(node, len(columns[node.column]))
    used = [column for column in columns if column]
    boxes = {
        node: PlacedNode(_clipped(node.text, LONGEST), node.text, number * COLUMN + 1, y * ROW + 1)
        for number, column in enumerate(used)
        for node, y in column.items()
    }
    lines = [PlacedEdge(_line(boxes[e.start], boxes[e.end]), e.comes) for e in steps]
    width = max(len(used) - 1, 0) * COLUMN + WIDTH + 2
    return Drawing(width, max(map(len, columns)) * ROW, list(boxes.values()), lines)


def _line(start: PlacedNode, end: PlacedNode) -> str:
    x, y = start.x + WIDTH, start.y + HEIGHT // 2
    right, below = end.x - 2, end.y + HEIGHT // 2
    middle = (x + right) // 2
    return f"M {x} {y} C {middle} {y} {middle} {below} {right} {below}"


def _clipped(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
