"""Damaged documents: content that is not that of its kind. Somebody changed the database."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping

from ..audit.row_facts import Mismatch
from ..backends.interface import Target
from ..backends.store.account import Account
from ..backends.store.documents import Document
from ..backends.store.legible import OURS
from ..backends.store.session import StoreSession
from ..model import EVERYONE
from . import auth
from .graphql import contents as graphql
from .graphql.request_context import WORLD
from .read_view import ReadView
from .rest import contents as rest

CHECKS: Mapping[str, Mapping[str, Callable[[ReadView, Document], object]]] = {
    auth.WORLD: rest.CHECKS,
    WORLD: graphql.CHECKS,
}
RESTORE = "put the row back from a backup, or delete it; find out who can write to the database"


def damaged_documents(account: Account) -> Iterator[Mismatch]:
    """Yield each document of *account* whose content cannot be shown.

    Those that let somebody in are not examined: their content is on record.
    """
    checks = CHECKS.get(account.world, {})
    target = Target("store", "", account.handle, account.world)
    session = StoreSession(account, target, None)
    view = ReadView(session, EVERYONE, session.state(), session.register(), session.change)
    for document in session.documents.every():
        try:
            json.dumps(document.content, allow_nan=False)
            if document.kind in checks:
                checks[document.kind](view, document)
        except OURS:
            message = f"`content` is not that of its kind, `{document.kind}`"
            yield Mismatch(f"`document` row id {document.id}", message, RESTORE)
