"""The levels that the caller has of an object with an access list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from ....backends.store.documents import Document
from ....backends.store.handlers.objects import EVERYBODY, TYPES
from ....backends.store.row_facts import ACCESS
from ....model import Address, ObjectLevel
from ...read_view import ReadView
from ...refusals import forbidden, not_found

VIEW, RUN, MANAGE = (str(level) for level in ObjectLevel)

LIST = "the access list of `{}` does not let you {} it"


def has(view: ReadView, document: Document, level: str) -> bool:
    """Say whether the access list of *document*, if it has one, lets the caller pass at *level*.

    What the caller's role takes besides is asked by the route.
    """
    kept: Mapping[str, Any] | None = document.content.get(ACCESS)
    return kept is None or _passes_lists(view, document.owner) or _is_on(view, kept, level)


def check(view: ReadView, document: Document, level: str) -> None:
    """Refuse the caller what the access list of *document* does not let it do.

    Raises:
        Refusal: it may not see the object, which is then not there, or not do that with it.
    """
    if not has(view, document, VIEW):
        raise not_found()
    if not has(view, document, level):
        name = (document.name or "").rpartition("/")[2]
        raise forbidden(LIST.format(name, level))


def hidden(view: ReadView, workspace: Address, kind: str) -> frozenset[UUID]:
    """Return the documents of *kind* in *workspace* that the caller may not see."""
    if kind not in TYPES or _passes_lists(view, workspace):
        return frozenset()
    listed = view.documents.listed([kind], workspace)
    return frozenset(each.id for each in listed if not has(view, each, VIEW))


def named(view: ReadView, kept: Mapping[str, Any], level: str) -> bool:
    """Say whether the list *kept* names the caller, or a team of it, at *level*."""
    me = str(view.entry(view.caller).actor_id)
    if me in kept.get(f"{level}_actor_ids", ()):
        return True
    teams = {str(view.id(team.address)) for team in view.state.teams_of(view.caller)}
    return not teams.isdisjoint(kept.get(f"{level}_team_ids", ()))


def _is_on(view: ReadView, kept: Mapping[str, Any], level: str) -> bool:
    return EVERYBODY in kept.get(f"{level}_actor_ids", ()) or named(view, kept, level)


def _passes_lists(view: ReadView, workspace: Address) -> bool:
    return not view.catalogue.passes_lists.isdisjoint(view.may(workspace))
