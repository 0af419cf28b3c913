"""Access lists of objects, which are kept as ids in the documents that the objects are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, ClassVar, NamedTuple
from uuid import UUID

from ....errors import BackendError
from ....model import (
    EVERYONE,
    Action,
    Address,
    Instant,
    Kind,
    ObjectAccess,
    ObjectLevel,
    ObjectType,
)
from ....model.address import object_name, object_workspace, workspace_object
from ....model.resources import is_object_name, opened
from ...database.columns import loaded, stored
from ...verbs import Verbs, takes_both
from .. import tables as t
from ..account import Account
from ..batch import Batch
from ..documents import Document, Documents
from ..row_facts import ACCESS
from ..system_blocks import TYPE, system_documents
from .handler import Handler

EVERYBODY = "*"
DOCUMENTS: Mapping[ObjectType, str] = {
    ObjectType.BLOCK: "block-document",
    ObjectType.DEPLOYMENT: "deployment",
    ObjectType.WORK_POOL: "work-pool",
}
"""The kind of document that an object of each type is."""

PARENTS: Mapping[ObjectType, str] = {ObjectType.BLOCK: TYPE, ObjectType.DEPLOYMENT: "flow"}
"""The kind of document under whose id one is kept, and whose name is part of its own."""

TYPES = {kind: type_ for type_, kind in DOCUMENTS.items()}


class _Workspace(NamedTuple):
    address: Address
    id: UUID
    created: Instant


class AccessLists(Handler[ObjectAccess]):
    """The access lists of blocks, deployments and work pools; teams stand apart from actors."""

    kind: ClassVar = Kind.OBJECT

    def __init__(self, account: Account, batch: Batch) -> None:
        super().__init__(account, batch)
        self._documents = Documents(account, batch)

    @property
    def verbs(self) -> Verbs:
        """The verbs by action: objects are made and deleted elsewhere."""
        return {Action.UPDATE: takes_both(self.update)}

    def read(self, objects: Iterable[Address] = ()) -> Iterator[ObjectAccess]:
        """Yield every list that an object has of its own, and what those of *objects* are."""
        own = {listed.address: listed for listed in self._own()}
        yield from own.values()
        for address in objects:
            if address not in own and (listed := self.one(address)):
                yield listed

    def _own(self) -> Iterator[ObjectAccess]:
        for document in self._documents.listed(TYPES):
            has_list = document.content.get(ACCESS) is not None
            if has_list and (address := self.address(document)):
                yield self._list(object_workspace(address), object_name(address), document)

    def one(self, address: Address) -> ObjectAccess | None:
        """Return the list of the object at *address*; None if there is no such object."""
        document = self._document(address)
        if document is None:
            return None
        return self._list(object_workspace(address), object_name(address), document)

    def versions(self, addresses: Iterable[Address]) -> Iterator[tuple[Address, str]]:
        """Yield the version of each object of *addresses* that is there."""
        for address in addresses:
            if document := self._document(address):
                yield address, stored(document.updated)

    def update(self, before: ObjectAccess, after: ObjectAccess) -> None:
        """Replace the list of an object.

        Raises:
            BackendError: the object is not there any more.
        """
        self.batch.flush()
        document = self._document(before.address)
        if document is None:
            raise BackendError(f"`{before.address}` is not there", hint="plan again")
        content = {**document.content, ACCESS: dict(self._ids(after))}
        self._documents.put(replace(document, content=content))

    def address(self, document: Document) -> Address | None:
        """Return the address of the object that *document* is; None if its name cannot be one."""
        type_ = TYPES[document.kind]
        own = document.name or ""
        if type_ in PARENTS:
            parent, _, own = own.partition("/")
            above = self._parent(type_, document.owner, parent)
            if above is None:
                return None
            own = f"{above.name}/{own}"
        name = f"{type_}:{own}"
        return workspace_object(document.owner, name) if is_object_name(name) else None

    def _document(self, address: Address) -> Document | None:
        workspace, (word, _, name) = object_workspace(address), object_name(address).partition(":")
        is_name = is_object_name(object_name(address))
        if not is_name or self.account.names.find(workspace) is None:
            return None
        type_, (above, slash, own) = ObjectType(word), name.partition("/")
        if type_ not in PARENTS:
            return self._documents.named(DOCUMENTS[type_], workspace, name)
        parent = self._named_parent(type_, workspace, above) if slash else None
        kept = f"{parent.id}/{own}" if parent else None
        return self._documents.named(DOCUMENTS[type_], workspace, kept) if kept else None

    def _parent(self, type_: ObjectType, workspace: Address, id_: str) -> Document | None:
        """Return the parent of this id; None if there is none, or the text is no id at all."""
        try:
            kept = self._documents.get(PARENTS[type_], UUID(id_))
        except ValueError:
            return None
        presets = () if kept else self._presets(type_, workspace)
        return kept or next((each for each in presets if str(each.id) == id_), None)

    def _named_parent(self, type_: ObjectType, workspace: Address, name: str) -> Document | None:
        kept = self._documents.named(PARENTS[type_], workspace, name)
        presets = () if kept else self._presets(type_, workspace)
        return kept or next((each for each in presets if each.name == name), None)

    def _presets(self, type_: ObjectType, workspace: Address) -> list[Document]:
        """Return the types of blocks that the system has, as long as they are not kept."""
        number = self.number(workspace)
        ((id_, created),) = self.account.find(t.workspace, "id", "created", number=number)
        entry = _Workspace(workspace, UUID(id_), loaded(created))
        return system_documents(self._documents, entry, PARENTS[type_])

    def _list(self, workspace: Address, name: str, document: Document) -> ObjectAccess:
        kept: Mapping[str, Any] | None = document.content.get(ACCESS)
        if kept is None:
            return opened(workspace, name)
        view, run, manage = (frozenset(self._names(kept, level)) for level in ObjectLevel)
        return ObjectAccess(workspace, name, view, run, manage)

    def _names(self, kept: Mapping[str, Any], level: ObjectLevel) -> Iterator[Address]:
        """Yield who is on the list at *level*; who has left the account since is not."""
        actors, teams = (kept.get(f"{level}_{ids}_ids", ()) for ids in ("actor", "team"))
        if EVERYBODY in actors:
            yield EVERYONE
        for table, column, ids in (
            (t.user, "actor_id", actors),
            (t.service_account, "actor_id", actors),
            (t.team, "id", teams),
        ):
            known = [each for each in ids if each != EVERYBODY]
            rows = self.account.find(table, "number", **{column: known}) if known else ()
            names = self.names([number for (number,) in rows])
            yield from (names(number) for (number,) in rows)

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
