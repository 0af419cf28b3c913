"""The paths of one document, and the dependencies that find it by parameters of a path."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from fastapi import Path

from ....backends.store.documents import Document
from ....dataclasses import dataclass
from ...auth import RequestScope
from ...read_view import ReadView
from . import documents
from .documents import Finder

ReadOfKind = Callable[[str], Callable[..., Finder]]
"""Returns the dependency that finds a document of a kind."""

READ = frozenset({"GET"})


@dataclass(frozen=True, slots=True)
class Lookup:
    """A path of one document below a collection, and its methods.

    The parameters of the dependency that ``find`` returns are those of the path.
    """

    path: str
    find: ReadOfKind
    methods: frozenset[str] = READ | {"PATCH", "DELETE"}


def by_id(kind: str) -> Callable[..., Finder]:
    """Find a document of *kind* by its id."""

    def find(id: UUID) -> Finder:
        return lambda view, at: documents.get(view, at, kind, id)

    return find


def by_name(kind: str, parameter: str = "name") -> Callable[..., Finder]:
    """Find a document of *kind* by its name, which is *parameter* of the path."""

    def find(name: str = Path(alias=parameter)) -> Finder:
        return lambda view, at: documents.named(view, at, kind, name)

    return find


def by_id_or_name(kind: str) -> Callable[..., Finder]:
    """Find a document of *kind* by its id or, if the text is no id, by its name."""

    def find(id_or_name: str) -> Finder:
        try:
            id_ = UUID(id_or_name)
        except ValueError:
            return lambda view, at: documents.named(view, at, kind, id_or_name)
        return lambda view, at: documents.get(view, at, kind, id_)

    return find


def by_name_within(kind: str, parent: str, of: str, name: str = "name") -> Callable[..., Finder]:
    """Find a document of *kind* by the name of its *parent* and its own, as programs do.

    *of* and *name* are the parameters of the path with both names.
    """

    def find(above: str = Path(alias=of), own: str = Path(alias=name)) -> Finder:
        def in_parent(view: ReadView, at: RequestScope) -> Document:
            id_ = documents.named(view, at, parent, above).id
            return documents.named(view, at, kind, f"{id_}/{own}")

        return in_parent

    return find


BY_ID = Lookup("/{id}", by_id)
