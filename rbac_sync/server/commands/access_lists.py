"""Access lists of objects: replace one."""

from __future__ import annotations

from collections.abc import Mapping

from ...model import Address, ObjectAccess, ObjectLevel
from ...planning import Change
from ..guarded_store import WriteTransaction
from ..refusals import not_found


def replace_access_list(
    transaction: WriteTransaction,
    address: Address | None,
    principals: Mapping[ObjectLevel, frozenset[Address]],
) -> None:
    """Replace the whole list of the object at *address* by *principals* at each level.

    Raises:
        Refusal: there is no such object, or the guard refuses it.

    """
    before = transaction.view.state.get(address) if address else None
    if not isinstance(before, ObjectAccess):
        raise not_found()
    view, run, manage = (principals.get(level, frozenset()) for level in ObjectLevel)
    transaction.make(Change(before, ObjectAccess(before.workspace, before.name, view, run, manage)))
