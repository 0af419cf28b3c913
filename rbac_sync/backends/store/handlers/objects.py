"""Access lists of objects, stored as ids in the documents of the objects."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, ClassVar
from uuid import UUID

from ....errors import BackendError
from ....model import (
    EVERYONE,
    Action,
    Address,
    Kind,
    ObjectAccess,
    ObjectLevel,
    ObjectType,
)
from ....model.address import object_name, object_workspace, workspace_object
from ....model.resources import is_object_name, opened
from ....named_tuples import NamedTuple
from ...database.columns import loaded, stored
from ...database.parts import batched
from .. import tables as t
from ..account import Account
from ..batch import Batch
from ..documents import Document, Documents, Place
from ..row_facts import ACCESS
from ..system_blocks import SYSTEM, TYPE, WorkspaceEntry, system_type
from .handler import Handler

EVERYBODY = "*"
DOCUMENTS: Mapping[ObjectType, str] = {
    ObjectType.BLOCK: "block-document",
    ObjectType.DEPLOYMENT: "deployment",
    ObjectType.WORK_POOL: "work-pool",
}
"""The kind of document for each type of object."""

PARENTS: Mapping[ObjectType, str] = {ObjectType.BLOCK: TYPE, ObjectType.DEPLOYMENT: "flow"}
"""The kind of the parent document, whose name is part of the name of the object."""

TYPES = {kind: type_ for type_, kind in DOCUMENTS.items()}


PRINCIPALS = ((t.user, "actor_id"), (t.service_account, "actor_id"), (t.team, "id"))
"""The tables of the principals that a list can name, and the columns of the ids in the lists."""


class _ObjectName(NamedTuple):
    """The name of an object in its workspace; it begins with the name of the parent, if any."""

    workspace: Address
    type: ObjectType
    name: str

    @classmethod
    def of(cls, address: Address) -> _ObjectName:
        """Return the name in *address*."""
        word, _, name = object_name(address).partition(":")
        return cls(object_workspace(address), ObjectType(word), name)

    @property
    def parent(self) -> Place:
        """The place of the parent, for a type of object with parents."""
        return PARENTS[self.type], self.workspace, self.name.partition("/")[0]

    def place(self, parents: Mapping[Place, Document]) -> Place | None:
        """Return the place of the object; None if its parent is not among *parents*."""
        if self.type not in PARENTS:
            return DOCUMENTS[self.type], self.workspace, self.name
        parent, own = parents.get(self.parent), self.name.partition("/")[2]
        return (DOCUMENTS[self.type], self.workspace, f"{parent.id}/{own}") if parent else None


class AccessLists(Handler[ObjectAccess]):
    """The access lists of blocks, deployments and work pools; teams are listed apart from actors.

    Many lists are read together, with as many queries as one.
    """

    kind: ClassVar = Kind.OBJECT
    actions: ClassVar = frozenset({Action.UPDATE})

    def __init__(self, account: Account, batch: Batch) -> None:
        super().__init__(account, batch)
        self._documents = Documents(account, batch)

    def read(self, objects: Iterable[Address] = ()) -> Iterator[ObjectAccess]:
        """Yield every list that is not open, and the lists of *objects*."""
        listed = self._documents.listed(TYPES)
        own = self._addressed([each for each in listed if _lists_of(each) is not None])
        return self._lists(own | self._at(frozenset(objects) - own.keys()))

    def one(self, address: Address) -> ObjectAccess | None:
        """Return the list of the object at *address*; None if there is no such object."""
        return next(self._lists(self._at([address])), None)

    def versions(self, addresses: Iterable[Address]) -> Iterator[tuple[Address, str]]:
        """Yield the version of each object of *addresses* that exists."""
        for address, document in self._at(addresses).items():
            yield address, stored(document.updated)

    def update(self, before: ObjectAccess, after: ObjectAccess) -> None:
        """Replace the list of an object.

        Raises:
            BackendError: the object does not exist any more.
        """
        self.batch.flush()
        document = self._at([before.address]).get(before.address)
        if document is None:
            raise BackendError(f"`{before.address}` is not there", hint="plan again")
        content = {**document.content, ACCESS: dict(self._ids(after))}
        self._documents.put(replace(document, content=content))

    def address(self, document: Document) -> Address | None:
        """Return the address of the object of *document*; None if its name is invalid."""
        return next(iter(self._addressed([document])), None)

    def _addressed(self, documents: Iterable[Document]) -> dict[Address, Document]:
        """Return *documents* by the addresses of their objects, without those that have none."""
        parts = [(each, *_split(each)) for each in documents]
        names = self._parent_names({id_: each.owner for each, id_, _ in parts if id_})
        addressed: dict[Address, Document] = {}
        for document, id_, own in parts:
            below = own if id_ is None else f"{names.get(id_, '')}/{own}"
            name = f"{TYPES[document.kind]}:{below}"
            if is_object_name(name):
                addressed[workspace_object(document.owner, name)] = document
        return addressed

    def _parent_names(self, owners: Mapping[UUID, Address]) -> dict[UUID, str]:
        """Return the names of parents by id; *owners* are their workspaces."""
        kept = self._documents.with_ids(frozenset(PARENTS.values()), owners)
        unknown = {owner for id_, owner in owners.items() if id_ not in kept}
        presets = {each.id: each for each in self._system_types(unknown).values()}
        return {id_: each.name or "" for id_, each in (presets | kept).items()}

    def _at(self, addresses: Iterable[Address]) -> dict[Address, Document]:
        """Return the documents of the objects at *addresses* that exist."""
        names = self._object_names(addresses)
        parents = self._parents(frozenset(n.parent for n in names.values() if n.type in PARENTS))
        places = {place: address for address, n in names.items() if (place := n.place(parents))}
        return {places[place]: each for place, each in self._documents.at(places).items()}

    def _object_names(self, addresses: Iterable[Address]) -> dict[Address, _ObjectName]:
        """Return the names of the objects at *addresses* whose workspace exists."""
        whole = [each for each in addresses if is_object_name(object_name(each))]
        known = self.account.names.known({object_workspace(each) for each in whole})
        names = {each: _ObjectName.of(each) for each in whole}
        return {a: name for a, name in names.items() if name.workspace in known}

    def _parents(self, places: frozenset[Place]) -> dict[Place, Document]:
        kept = self._documents.at(places)
        unknown = {owner for kind, owner, _ in places - kept.keys() if kind == TYPE}
        return self._system_types(unknown) | kept

    def _system_types(self, workspaces: Collection[Address]) -> dict[Place, Document]:
        """Return the system's types of blocks in *workspaces* that have no document."""
        owners = {self.number(each): each for each in workspaces}
        presets: dict[Place, Document] = {}
        for numbers in batched(sorted(owners)):
            for number, id_, created in self.account.find(
                t.workspace, "number", "id", "created", number=numbers
            ):
                entry = WorkspaceEntry(owners[number], UUID(id_), loaded(created))
                for slug in SYSTEM:
                    presets[TYPE, entry.address, slug] = system_type(entry, slug)
        kept = self._documents.at(presets)
        return {place: preset for place, preset in presets.items() if place not in kept}

    def _lists(self, documents: Mapping[Address, Document]) -> Iterator[ObjectAccess]:
        """Yield the list of each object, without principals that have left the account."""
        by_id = self._principals(filter(None, map(_lists_of, documents.values())))
        for address, document in documents.items():
            workspace, name = object_workspace(address), object_name(address)
            lists = _lists_of(document)
            if lists is None:
                yield opened(workspace, name)
            else:
                levels = (frozenset(_among(lists, level, by_id)) for level in ObjectLevel)
                yield ObjectAccess(workspace, name, *levels)

    def _principals(self, lists: Iterable[Mapping[str, Any]]) -> dict[tuple[bool, str], Address]:
        """Return the principals on *lists*, by the pair of whether it is a team and its id."""
        levels = [(content, level) for content in lists for level in ObjectLevel]
        named = {each for content, level in levels for each in _named(content, level)}
        by_id = {(False, EVERYBODY): EVERYONE}
        for table, column in PRINCIPALS:
            is_team = table is t.team
            listed_ids = sorted(id_ for team, id_ in named if team is is_team and id_ != EVERYBODY)
            for ids in batched(listed_ids):
                rows = self.account.find(table, "number", column, **{column: ids})
                name = self.names([number for number, _ in rows])
                by_id.update(((is_team, id_), name(number)) for number, id_ in rows)
        return by_id

    def _ids(self, listed: ObjectAccess) -> Iterator[tuple[str, list[str]]]:
        for level in listed.levels:
            principals = sorted(listed.at(level))
            teams = [each for each in principals if each.kind is Kind.TEAM]
            actors = [each for each in principals if each.kind is not Kind.TEAM]
            yield f"{level}_actor_ids", [self._id(who) for who in actors]
            yield f"{level}_team_ids", [self._id(who) for who in teams]

    def _id(self, who: Address) -> str:
        if who == EVERYONE:
            return EVERYBODY
        table = {Kind.USER: t.user, Kind.TEAM: t.team}.get(who.kind, t.service_account)
        column = "id" if who.kind is Kind.TEAM else "actor_id"
        ((id_,),) = self.account.find(table, column, number=self.number(who))
        return str(id_)


def _lists_of(document: Document) -> Mapping[str, Any] | None:
    """Return the ids on the lists of the object of *document*; None if it is open to all."""
    return document.content.get(ACCESS)


def _split(document: Document) -> tuple[UUID | None, str]:
    """Return the id of the parent and the own name of *document*; no name if it is damaged."""
    if TYPES[document.kind] not in PARENTS:
        return None, document.name or ""
    above, _, own = (document.name or "").partition("/")
    try:
        return UUID(above), own
    except ValueError:
        return None, ""


def _named(lists: Mapping[str, Any], level: ObjectLevel) -> Iterator[tuple[bool, str]]:
    """Yield the entries of the list at *level*: whether it is a team, and the id."""
    yield from ((False, each) for each in lists.get(f"{level}_actor_ids", ()))
    yield from ((True, each) for each in lists.get(f"{level}_team_ids", ()))


def _among(
    lists: Mapping[str, Any], level: ObjectLevel, by_id: Mapping[tuple[bool, str], Address]
) -> Iterator[Address]:
    return (by_id[each] for each in _named(lists, level) if each in by_id)
