"""Pictures of access, of a state or of a plan: principals, the teams between, roles in scopes.

A report shows only the riskiest changes, so that the picture stays small; the table beside it
has them all.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from itertools import islice

from ...guard import Path
from ...model import Address, Holding, Kind, Membership, State, Team, label, place
from ...named_tuples import NamedTuple
from ..effect_rows import EffectRow
from ..escape import visible
from ..words import holder_name, term

MOST_ROWS = 12
COLUMN, WIDTH, ROW, HEIGHT = 320, 250, 44, 32
"""The layout of the drawing, in pixels."""

LONGEST = 34
"""The number of characters in a box of the drawing; its title has the whole text."""

LONGEST_LABEL = 60
LETTERS = re.compile(r"[^A-Za-z0-9@.:_/ ,()-]")
"""Characters that may have a meaning of their own in a label of Mermaid."""

SHAPES = ("ellipse", "folder", "box")
"""The shapes of the boxes of each column in DOT."""

COLOURS = {True: "#1a7f37", False: "#cf222e"}
"""The colours of new and of removed steps."""


class Node(NamedTuple):
    """One box: a principal in column 0, a team in column 1, or a role in column 2, in a ``frame``.

    If the text includes the scope of a role, there is no frame. ``principals`` keep two boxes
    apart that have the same text, such as "25 people".
    """

    column: int
    text: str
    frame: str = ""
    principals: tuple[Address, ...] = ()


class Edge(NamedTuple):
    """One step of a path; ``comes`` is True if it is new, False if removed, None if unchanged."""

    start: Node
    end: Node
    comes: bool | None
    text: str = ""


def changing_edges(rows: Iterable[EffectRow], most: int | None = MOST_ROWS) -> list[Edge]:
    """Return the steps of the paths that the first *rows* add or remove, each once.

    A step that is new for one row and removed for another is there before and after.
    """
    edges = [edge for row in islice(rows, most) for edge in _edges(row)]
    both = _on_both_sides(edges)
    return list(dict.fromkeys(e._replace(comes=None) if e in both else e for e in edges))


def _on_both_sides(edges: Collection[Edge]) -> frozenset[Edge]:
    """Return the *edges* that are new in one row and removed in another."""
    known = frozenset(edges)
    return frozenset(
        edge for edge in known if edge.comes is None or edge._replace(comes=not edge.comes) in known
    )


def state_edges(state: State, scope: Address | None = None) -> list[Edge]:
    """Return the memberships and the holdings of roles as steps; with *scope*, only those there."""
    rows = state.rows.items() if scope is None else [(scope, state.row(scope))]
    holdings = [
        Edge(_node(who), _role(held, where), None, _term(held))
        for where, row in rows
        for who, roles in row.items()
        for held in roles
    ]
    holders = {who for _, row in rows for who in row if who.kind is Kind.TEAM}
    teams = state.of(Team).values() if scope is None else map(state.get, holders)
    memberships = [
        Edge(_node(member.principal), _node(team.address), None, _term(member))
        for team in teams
        if isinstance(team, Team)
        for member in team.members
    ]
    return [*sorted(memberships), *sorted(holdings)]


def _role(held: Holding, scope: Address) -> Node:
    return Node(2, held.role.name, place(scope))


def _term(held: Holding | Membership) -> str:
    return term(held.since, held.until).strip(" ()")


def _node(principal: Address) -> Node:
    return Node(1 if principal.kind is Kind.TEAM else 0, label(principal))


def _edges(row: EffectRow) -> Iterator[Edge]:
    """Yield the steps of *row*: new and removed ones, and the unchanged ones between.

    If all are unchanged, a role itself gets larger or smaller: then all count as new or removed.
    A path that gives nothing new counts as unchanged: it may have been there all the time.
    """
    effect = row.effect
    stays = {*effect.before} & {*effect.after}
    sides = ((effect.before, False), (effect.after, True))
    changing = [(path, comes) for paths, comes in sides for path in paths if path not in stays]
    edges = [edge for path, comes in changing for edge in _steps(row, path, comes=comes)]
    both = _on_both_sides(edges)
    is_same = both == {*edges}
    gives = (*effect.by, *effect.extended_by)
    new = {edge for path in gives for edge in _steps(row, path, comes=True)}
    for edge in edges:
        is_unchanged = edge in both or (edge.comes and edge not in new)
        yield edge._replace(comes=row.gains if is_same else None) if is_unchanged else edge


def _steps(row: EffectRow, path: Path, *, comes: bool) -> Iterator[Edge]:
    who = Node(0, row.who, principals=row.effect.principals)
    holder = who
    if path.holder not in row.effect.principals:
        holder = Node(1, holder_name(path.holder))
        yield Edge(who, holder, comes)
    yield Edge(holder, Node(2, f"{row.role(path)} {row.within}"), comes)


def mermaid(edges: Iterable[Edge]) -> str:
    """Return *edges* as a flowchart in Mermaid; removed ones are dashed."""
    steps = list(edges)
    numbers = _numbers(steps)
    lines, styles = [], []
    framed = {frame: [n for n in numbers if n.frame == frame] for frame in _frames(numbers)}
    for number, (frame, nodes) in enumerate(framed.items()):
        boxes = [f"  {_box(node, numbers)}" for node in nodes]
        lines += [f'  subgraph g{number}["{_letters(frame)}"]', *boxes, "  end"]
    written = {node for nodes in framed.values() for node in nodes}
    for count, edge in enumerate(steps):
        for node in (edge.start, edge.end):
            if node not in written:
                written.add(node)
                lines.append(_box(node, numbers))
        arrow = "-.->" if edge.comes is False else "-->"
        on_line = f'|"{_letters(edge.text)}"|' if edge.text else ""
        lines.append(f"  n{numbers[edge.start]} {arrow}{on_line} n{numbers[edge.end]}")
        if edge.comes is not None:
            styles.append(f"  linkStyle {count} stroke:{COLOURS[edge.comes]}")
    return "\n".join(["flowchart LR", *lines, *styles])


def _numbers(edges: Iterable[Edge]) -> dict[Node, int]:
    """Return the number of each box, in the order in which they occur."""
    nodes = dict.fromkeys(node for edge in edges for node in (edge.start, edge.end))
    return {node: number for number, node in enumerate(nodes)}


def _frames(nodes: Iterable[Node]) -> list[str]:
    return list(dict.fromkeys(node.frame for node in nodes if node.frame))


def _box(node: Node, numbers: dict[Node, int]) -> str:
    return f'  n{numbers[node]}["{_letters(node.text)}"]'


def _letters(text: str) -> str:
    return LETTERS.sub("·", _clipped(text, LONGEST_LABEL))


def dot(edges: Iterable[Edge]) -> str:
    """Return *edges* as a graph in DOT, the language of Graphviz; removed ones are dashed."""
    steps = list(edges)
    numbers = _numbers(steps)
    lines = []
    for number, frame in enumerate(_frames(numbers)):
        boxes = [f"  {_dot_box(node, n)}" for node, n in numbers.items() if node.frame == frame]
        lines += [f"  subgraph cluster_{number} {{", f"    label={_quoted(frame)};", *boxes, "  }"]
    lines += [_dot_box(node, number) for node, number in numbers.items() if not node.frame]
    lines += [_dot_edge(edge, numbers) for edge in steps]
    return "\n".join(["digraph access {", "  rankdir=LR;", *lines, "}"])


def _dot_box(node: Node, number: int) -> str:
    return f"  n{number} [label={_quoted(node.text)}, shape={SHAPES[node.column]}];"


def _dot_edge(edge: Edge, numbers: dict[Node, int]) -> str:
    attributes = [f"label={_quoted(edge.text)}"] if edge.text else []
    if edge.comes is not None:
        attributes.append(f'color="{COLOURS[edge.comes]}"')
    attributes += ["style=dashed"] if edge.comes is False else []
    listed = f" [{', '.join(attributes)}]" if attributes else ""
    return f"  n{numbers[edge.start]} -> n{numbers[edge.end]}{listed};"


def _quoted(text: str) -> str:
    r"""Return *text* as a string of DOT, with ``\N`` and ``&amp;`` as plain characters."""
    escaped = visible(text).replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;")
    return f'"{escaped}"'


class PlacedNode(NamedTuple):
    """A box of the drawing with its corner; ``text`` is clipped to fit into it."""

    text: str
    title: str
    x: int
    y: int


class Drawing(NamedTuple):
    """A drawing with its size in pixels; an edge is a path of SVG, and ``comes`` as in ``Edge``."""

    width: int
    height: int
    nodes: list[PlacedNode]
    edges: list[tuple[str, bool | None]]


def drawing(edges: Iterable[Edge]) -> Drawing:
    """Return the drawing of *edges*: the positions of boxes and lines."""
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
    lines = [(_line(boxes[e.start], boxes[e.end]), e.comes) for e in steps]
    width = max(len(used) - 1, 0) * COLUMN + WIDTH + 2
    return Drawing(width, max(map(len, columns)) * ROW, list(boxes.values()), lines)


def _line(start: PlacedNode, end: PlacedNode) -> str:
    x, y = start.x + WIDTH, start.y + HEIGHT // 2
    right, below = end.x - 2, end.y + HEIGHT // 2
    if right - x < COLUMN:
        return f"M {x} {y} {_curve(x, y, right, below)}"
    between = start.y + (HEIGHT + ROW) // 2  # between the boxes of the middle column
    left = right - (COLUMN - WIDTH)
    first = _curve(x, y, x + COLUMN - WIDTH, between)
    return f"M {x} {y} {first} H {left} {_curve(left, between, right, below)}"


def _curve(x: int, y: int, right: int, below: int) -> str:
    middle = (x + right) // 2
    return f"C {middle} {y} {middle} {below} {right} {below}"


def _clipped(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
