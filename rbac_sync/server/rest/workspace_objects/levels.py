"""The levels of the caller on an object with an access list; a queue has the list of its pool."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from ....backends.store.documents import Document
from ....backends.store.handlers.objects import DOCUMENTS, EVERYBODY, TYPES
from ....backends.store.row_facts import ACCESS
from ....model import Address, ObjectLevel, ObjectType
from ...read_view import ReadView
from ...refusals import Missing, NotAllowed

QUEUE, POOL = "work-queue", DOCUMENTS[ObjectType.WORK_POOL]
DEPLOYMENT = DOCUMENTS[ObjectType.DEPLOYMENT]
VIEW, RUN, MANAGE = (str(level) for level in ObjectLevel)

REPLACED = "it would replace the access list of a deployment that does not let you run it"
LIST = "the access list of `{}` does not let you {} it"


def has(view: ReadView, document: Document, level: str) -> bool:
    """Say whether the access list of *document*, if it has one, allows *level* to the caller.

    The route checks the role of the caller.
    """
    kept: Mapping[str, Any] | None = _listed(view, document).content.get(ACCESS)
    return kept is None or _passes_lists(view, document.owner) or _is_on(view, kept, level)


def check(view: ReadView, document: Document, level: str) -> None:
    """Refuse an action that the access list of *document* does not allow to the caller.

    Raises:
        Refusal: the caller may not see the object, or not do this with it.
    """
    if not has(view, document, VIEW):
        raise Missing
    check_level(view, document, level)


def check_level(view: ReadView, document: Document, level: str) -> None:
    """Refuse the caller without *level*, even if it may see *document*.

    Raises:
        Refusal: the access list does not allow it.
    """
    if not has(view, document, level):
        name = _listed(view, document).content.get("name")
        raise NotAllowed(LIST.format(name, level))


def check_first_list(view: ReadView, pool: Document) -> None:
    """Refuse the first list of a work pool to a caller who may not run all its deployments.

    *Why*: the list of a pool takes the place of the lists of its deployments.

    Raises:
        Refusal: the access list of a deployment does not allow it.
    """
    if pool.kind != POOL or pool.content.get(ACCESS) is not None:
        return
    for each in view.documents.listed([DEPLOYMENT], pool.owner):
        if each.content.get("work_pool_name") == pool.name and not has(view, each, RUN):
            raise NotAllowed(REPLACED)


def check_free(view: ReadView, pool: Document) -> None:
    """Refuse to delete a work pool whose list keeps the caller from running its deployments.

    *Why*: without the pool, the lists of its deployments count, if they have any.

    Raises:
        Refusal: the access list of the pool does not allow it.
    """
    kept = () if has(view, pool, RUN) else view.documents.of(DEPLOYMENT, pool.owner)
    if any(each.content.get("work_pool_name") == pool.name for each in kept):
        check_level(view, pool, RUN)


def hidden(view: ReadView, workspace: Address, kind: str) -> frozenset[UUID]:
    """Return the documents of *kind* in *workspace* that the caller may not see."""
    if kind == QUEUE:
        pools = hidden(view, workspace, POOL)
        queues = view.documents.outlines(QUEUE, workspace) if pools else ()
        return frozenset(each.id for each in queues if _pool_id(each.name) in pools)
    if kind not in TYPES or _passes_lists(view, workspace):
        return frozenset()
    listed = view.documents.listed([kind], workspace)
    return frozenset(each.id for each in listed if not has(view, each, VIEW))


def _listed(view: ReadView, document: Document) -> Document:
    """Return the document with the access list for *document*: for a queue, its pool."""
    if document.kind != QUEUE:
        return document
    return view.documents.get(POOL, _pool_id(document.name)) or document


def _pool_id(queue_name: str | None) -> UUID:
    """Return the id of the work pool of a queue, with which its stored name begins."""
    return UUID((queue_name or "").partition("/")[0])


def _is_on(view: ReadView, kept: Mapping[str, Any], level: str) -> bool:
    """Say whether the list *kept* has the caller, one of its present teams, or everyone."""
    me = str(view.entry(view.caller).actor_id)
    if not {me, EVERYBODY}.isdisjoint(kept.get(f"{level}_actor_ids", ())):
        return True
    places = view.state.memberships_of(view.caller).items()
    teams = {str(view.id(team)) for team, place in places if view.is_open(place)}
    return not teams.isdisjoint(kept.get(f"{level}_team_ids", ()))


def _passes_lists(view: ReadView, workspace: Address) -> bool:
    return not view.catalogue.passes_lists.isdisjoint(view.may(workspace))
