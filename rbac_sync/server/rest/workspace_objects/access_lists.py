"""Access lists of single objects, and their routes.

A list restricts the rights of roles. It has ids by level, teams apart from actors, ``*`` for
everyone. An object without a list is open to everyone in the workspace at each level.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from ....backends.store.documents import Document
from ....backends.store.row_facts import ACCESS
from ....dataclasses import dataclass
from ....model import EVERYONE, Address, Kind, ObjectLevel
from ....wire.prefect_cloud.access import LevelsByObject, ObjectActorAccess
from ...auth import RequestScope, workspace
from ...commands.bindings import replace_access_list
from ...guarded_store import WriteTransaction
from ...read_view import ReadView
from ...refusals import InvalidRequest, Missing
from ..collection import WORKSPACE, Collection, depends
from ..workspace_access import EVERYBODY, actor_access
from . import documents
from . import levels as rules
from .document_collection import DocumentCollection
from .documents import Finder


@dataclass(frozen=True, kw_only=True)
class AccessListRoutes:
    """The access lists of one kind of object: its levels, its shapes and its paths."""

    of: DocumentCollection
    levels: Mapping[str, str]
    """The scope that each level requires; ``view`` and ``manage`` are two of the levels."""

    create: type[BaseModel]
    shape: type[BaseModel]
    mine: type[BaseModel]

    def router(self) -> APIRouter:
        """Return the routes that read and replace a list, and the one of the caller's levels."""
        router = Collection(f"{WORKSPACE}/{self.of.path}", self.of.tag)
        word, lookup = self.of.kind.replace("-", "_"), self.of.lookups[-1]
        path, find = f"{lookup.path}/access", depends(lookup.find(self.of.kind))
        view, manage = workspace(self.levels["view"]), workspace(self.levels["manage"])
        answer: Any = {"name": f"read_{word}_access", "response_model": self.shape}
        router.reads("GET", path, view, {"find": find}, **answer)(self.read_list)
        done: Any = {"name": f"set_{word}_access", "status_code": 204}
        types = {"find": find, "body": self.create}
        router.writes("PUT", path, manage, types, **done)(self.replace_list)
        types, name = {"body": self.mine}, f"read_my_{word}_access"
        router.reads("POST", "/my-access", view, types, name=name)(self.read_mine)
        return router

    def read_list(self, view: ReadView, at: RequestScope, find: Finder) -> BaseModel:
        """Read the access list of an object."""
        everyone = {f"{level}_actor_ids": ["*"] for level in self.levels}
        kept = find(view, at).content.get(ACCESS) or everyone
        return self.shape(**{f"{level}_actors": _named(view, kept, level) for level in self.levels})

    def replace_list(
        self, transaction: WriteTransaction, at: RequestScope, body: Any, find: Finder
    ) -> None:
        """Replace the access list of an object."""
        view = transaction.view
        document, fields = find(view, at), body.access_control.model_dump(mode="json")
        rules.check(view, document, rules.MANAGE)
        rules.check_first_list(view, document)
        principals = {
            level: frozenset(
                _known(view, field, id_)
                for field in (f"{level}_actor_ids", f"{level}_team_ids")
                for id_ in fields.get(field, ())
            )
            for level in ObjectLevel
        }
        replace_access_list(transaction, view.session.object_address(document), principals)

    def read_mine(self, view: ReadView, at: RequestScope, body: Any) -> LevelsByObject:
        """Return the levels of the caller on each object, by id or by name as requested."""
        return {key: self._mine(view, each) for key, each in self._chosen(view, at, body)}

    def _chosen(
        self, view: ReadView, at: RequestScope, query: BaseModel
    ) -> Iterator[tuple[str, Document | None]]:
        owner = at.workspace(view).address
        kind, word = self.of.kind, self.of.kind.replace("-", "_")
        for id_ in getattr(query, f"{word}_ids"):
            yield str(id_), documents.there(view, owner, kind, id_)
        for name in getattr(query, f"{word}_names", ()):
            yield name, documents.find_named(view, at, kind, name)

    def _mine(self, view: ReadView, document: Document | None) -> list[str]:
        """Return the levels of the caller on an object: those of its roles that the list allows.

        Raises:
            Missing: it has none.
        """
        held = view.may(document.owner) if document else ()
        permitted = [level for level, right in self.levels.items() if right in held]
        mine = [level for level in permitted if document and rules.has(view, document, level)]
        if not mine:
            raise Missing
        return mine


def _named(view: ReadView, kept: Mapping[str, Any], name: str) -> list[ObjectActorAccess]:
    actors = []
    for each in kept.get(f"{name}_actor_ids", ()):
        who = view.register.actor(UUID(each)) if each != "*" else None
        actors += [EVERYBODY] if each == "*" else [actor_access(view, who)] if who else []
    for each in kept.get(f"{name}_team_ids", ()):
        team = view.register.find(Kind.TEAM, UUID(each))
        actors += [actor_access(view, team)] if team else []
    return actors


def _known(view: ReadView, field: str, id_: str) -> Address:
    if id_ == EVERYBODY.id:
        return EVERYONE
    is_team, register = field.endswith("_team_ids"), view.register
    who = register.find(Kind.TEAM, UUID(id_)) if is_team else register.actor(UUID(id_))
    if who is None:
        raise InvalidRequest(f"nobody here has the id `{id_}`", "access_control", field)
    return who
