"""Access lists of blocks, deployments and work pools; only those of named objects are read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, ClassVar
from urllib.parse import quote

from ....dataclasses import dataclass, field
from ....errors import BadResponse, DanglingReference, Forbidden, NotFound
from ....model import (
    EVERYONE,
    PRINCIPALS,
    Action,
    Address,
    Kind,
    ObjectAccess,
    ObjectLevel,
    ObjectType,
)
from ....model.address import object_name, object_workspace, workspace_object
from ....model.resources import is_object_name
from ....named_tuples import NamedTuple
from ....wire.prefect_cloud import access as wire
from ...remote.response import STRANGE
from ..naming import WORLD, Names, list_right
from ..rows import AccountRows
from .handler import Handler

EVERYBODY: wire.ActorId = "*"


class WireShapes(NamedTuple):
    """The path of the objects of one type, and the shapes of their lists."""

    path: str
    read: type[wire.BlockDocumentAccessControl]
    body: type[wire.SetBlockDocumentAccess | wire.SetDeploymentAccess | wire.SetWorkPoolAccess]
    replace: type[wire.ReplaceBlockDocumentAccess]


SHAPES: Mapping[ObjectType, WireShapes] = {
    ObjectType.BLOCK: WireShapes(
        "block_documents",
        wire.BlockDocumentAccessControl,
        wire.SetBlockDocumentAccess,
        wire.ReplaceBlockDocumentAccess,
    ),
    ObjectType.DEPLOYMENT: WireShapes(
        "deployments",
        wire.DeploymentAccessControl,
        wire.SetDeploymentAccess,
        wire.ReplaceDeploymentAccess,
    ),
    ObjectType.WORK_POOL: WireShapes(
        "work_pools",
        wire.WorkPoolAccessControl,
        wire.SetWorkPoolAccess,
        wire.ReplaceWorkPoolAccess,
    ),
}

Places = Mapping[tuple[Address, ObjectType], Names]
"""The names of objects by workspace and type."""


@dataclass
class AccessLists(Handler):
    """The lists of single objects. ``partly`` has the objects with a hidden list and the reason."""

    kind: ClassVar = Kind.OBJECT
    actions: ClassVar = frozenset({Action.UPDATE})
    partly: dict[Address, str] = field(default_factory=dict)

    def read(self, _rows: AccountRows) -> Iterator[ObjectAccess]:
        """Yield nothing: a list is read only when its object is named; see ``lists``."""
        return iter(())

    def update(self, _before: ObjectAccess, after: ObjectAccess) -> None:
        """Replace the whole list of an object."""
        shapes, fields = SHAPES[after.type], dict[str, Any]()
        for level in after.levels:
            listed = sorted(after.at(level))
            fields[f"{level}_actor_ids"] = [self._actor(w) for w in listed if w.kind != Kind.TEAM]
            fields[f"{level}_team_ids"] = [self.id(who) for who in listed if who.kind == Kind.TEAM]
        body = shapes.body.model_validate({"access_control": shapes.replace(**fields)})
        needed = list_right(after.type, ObjectLevel.MANAGE)
        self.api.put("PUT", self._path(after.address), body, needed)

    def _actor(self, who: Address) -> wire.ActorId:
        return EVERYBODY if who == EVERYONE else self.id(who, "actor")

    def lists(
        self, requested: Collection[Address] | None, workspaces: Iterable[Address], *, hides: bool
    ) -> list[ObjectAccess]:
        """Return the lists of the existing objects *requested*; None for all in *workspaces*.

        *hides* is true if the key may not see all people and service accounts.
        """
        self.partly.clear()
        places = _places(requested, [each for each in workspaces if self.ids.has(each, "id")])
        threads = self.api.client.threads
        ids = list(threads.map(self._ids_at, places, places.values()))
        objects = [
            self._learn(workspace_object(workspace, f"{type_}:{name}"), id_)
            for (workspace, type_), known in zip(places, ids, strict=True)
            for name, id_ in (known or {}).items()
            if is_object_name(f"{type_}:{name}")
        ]
        self._note_absent(places, objects)
        read = threads.map(lambda address: self._list(address, hides=hides), objects)
        return [listed for listed in read if listed is not None]

    def _learn(self, address: Address, id_: str) -> Address:
        self.ids.forget(address)
        self.ids.learn(address, id=id_)
        return address

    def _ids_at(self, place: tuple[Address, ObjectType], names: Names) -> Mapping[str, str] | None:
        """Return the ids of the existing objects by name; None if they are hidden."""
        from ..objects import WorkspaceObjects

        workspace, type_ = place
        try:
            return WorkspaceObjects(self.api, self._below(workspace)).ids(type_, names)
        except Forbidden:
            needed = list_right(type_, ObjectLevel.VIEW)
            named = (workspace_object(workspace, f"{type_}:{name}") for name in names or ())
            self.partly.update(dict.fromkeys(named, needed))
            return None

    def _note_absent(self, places: Places, objects: Collection[Address]) -> None:
        """Record the named objects that no list contains, because they may exist but be hidden.

        *Why*: an access list hides its object from a caller who is not on it.
        """
        for (workspace, type_), names in places.items():
            named = {workspace_object(workspace, f"{type_}:{name}") for name in names or ()}
            absent = named - {*objects, *self.partly}
            if absent and WORLD.passes_lists.isdisjoint(self.api.scopes_in(self.id(workspace))):
                self.partly.update(dict.fromkeys(absent, min(WORLD.passes_lists)))

    def _list(self, address: Address, *, hides: bool) -> ObjectAccess | None:
        """Return the list of one object; None if the object is gone, or the list is hidden."""
        listed = ObjectAccess(object_workspace(address), object_name(address))
        needed = list_right(listed.type, ObjectLevel.VIEW)
        try:
            row = self.api.get(self._path(address), SHAPES[listed.type].read, needed)
        except NotFound:
            return None
        except Forbidden:
            self.partly[address] = needed
            return None
        where = f"the access list of `{address}`"
        try:
            levels = {level: self._principals(row, level, where) for level in listed.levels}
        except DanglingReference:
            if not hides:
                raise
            self.partly[address] = "read:account_membership"
            return None
        known = (levels.get(level, frozenset()) for level in ObjectLevel)
        return ObjectAccess(listed.workspace, listed.name, *known)

    def _principals(
        self, row: wire.BlockDocumentAccessControl, level: ObjectLevel, where: str
    ) -> frozenset[Address]:
        """Return the principals on the list *where* at *level*.

        Raises:
            DanglingReference: one of them is unknown.
        """
        name = f"{level}_actors"
        if name not in row.model_fields_set:
            raise BadResponse(f"an access list came without `{name}`", hint=STRANGE)
        ids = {actor.id for actor in getattr(row, name)}
        others = {self.ids.address(id_, where, PRINCIPALS) for id_ in ids - {EVERYBODY}}
        return frozenset(others | {EVERYONE} if EVERYBODY in ids else others)

    def _path(self, address: Address) -> str:
        shapes = SHAPES[ObjectType(object_name(address).partition(":")[0])]
        name = quote(self.ids.of(address), safe="")
        return f"{self._below(object_workspace(address))}/{shapes.path}/{name}/access"

    def _below(self, workspace: Address) -> str:
        return f"workspaces/{self.id(workspace)}"


def _places(requested: Collection[Address] | None, workspaces: Collection[Address]) -> Places:
    if requested is None:
        return {(each, type_): None for each in sorted(workspaces) for type_ in ObjectType}
    places: defaultdict[tuple[Address, ObjectType], list[str]] = defaultdict(list)
    for address in sorted(requested):
        word, _, name = object_name(address).partition(":")
        if object_workspace(address) in workspaces and is_object_name(object_name(address)):
            places[object_workspace(address), ObjectType(word)].append(name)
    return places
