"""The appearances of the names in an account, by which a name that looks like another is found.

The appearances are those of ``model.skeleton.looks``; ``appearance`` has a digest of each, after
the edition of the data that it follows from. A name with digests of another edition is compared
itself, so that another version of Unicode hides no name; ``store migrate`` makes its digests anew.
``audit verify`` compares digests and names.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from hashlib import sha256
from typing import TYPE_CHECKING

from ...model import ANYWHERE, Address
from ...model.address import stored
from ...model.kind import kinds_with
from ...model.skeleton import are_alike, edition, looks
from ..database.sql import SqlConnection
from . import tables as t
from .account import Account
from .batch import Batch
from .names import KINDS
from .row_facts import RESTORE

if TYPE_CHECKING:
    from ...audit.row_facts import Mismatch

INDEXED = kinds_with("named")
END = "g"
"""A text that is greater than any digest."""

ALIKE = """
    SELECT kind, "key" FROM address WHERE account = :account AND kind = :kind AND number IN (
        SELECT number FROM appearance WHERE account = :account AND digest IN (:digests)
        UNION ALL SELECT number FROM appearance WHERE account = :account AND digest < :first
        UNION ALL SELECT number FROM appearance WHERE account = :account AND digest > :last
    )
"""
OUTDATED = """
    SELECT handle FROM account AS a WHERE EXISTS (
        SELECT 1 FROM address AS n
        WHERE n.account = a.number AND n.kind IN (:kinds) AND n."key" <> :anywhere AND NOT EXISTS (
            SELECT 1 FROM appearance AS p WHERE p.account = n.account AND p.number = n.number
            AND p.digest BETWEEN :first AND :last
        )
    )
"""
DELETE = "DELETE FROM appearance WHERE account = :account"


def insert(batch: Batch, address: Address, number: int) -> None:
    """Insert the rows of *address*, which has this *number*."""
    for digest in sorted(_digests(address)):
        batch.insert(t.appearance, number=number, digest=digest)


def replace(account: Account, batch: Batch, address: Address, number: int) -> None:
    """Replace the rows of *number* by those of *address*, its new one."""
    if _digests(address):
        batch.flush()
        account.rows(f"{DELETE} AND number = :number", number=number)
        insert(batch, address, number)


def alike(account: Account, address: Address) -> Iterator[Address]:
    """Yield the other addresses in *account* whose name looks like that of *address*."""
    kind, digests = str(address.kind), sorted(_digests(address))
    rows = account.rows(ALIKE, kind=kind, digests=digests, **_range())
    for other in (stored(KINDS[kind], key) for kind, key in rows):
        if other not in (address, ANYWHERE) and are_alike(other.name, address.name):
            yield other


def renew(connection: SqlConnection) -> None:
    """Insert the rows of this edition in each account that has a name without them."""
    values = {"kinds": list(map(str, INDEXED)), "anywhere": ANYWHERE.key, **_range()}
    for (handle,) in connection.rows(OUTDATED, values):
        account = Account.locked(connection, handle)
        batch = Batch(account)
        account.rows(DELETE)
        for address, number in account.names.numbers.items():
            insert(batch, address, number)
        batch.flush()


def mismatches(account: Account) -> Iterator[Mismatch]:
    """Yield a mismatch for each name of *account* whose rows do not follow from it.

    A name with a row of another edition is compared at each look-up, whatever its rows say.
    """
    from ...audit.row_facts import Mismatch

    kept: dict[int, set[str]] = defaultdict(set)
    for number, digest in account.find(t.appearance, "number", "digest"):
        kept[number].add(digest)
    for address, number in account.names.numbers.items():
        mine = kept.get(number, set())
        if mine != _digests(address) and all(each.startswith(edition()) for each in mine):
            message = "`appearance` has other rows than its name gives"
            yield Mismatch(f"`{address}`", message, RESTORE)


def _digests(address: Address) -> frozenset[str]:
    """Return the digests for *address*; none if others of its kind may look like it."""
    if address.kind not in INDEXED or address == ANYWHERE:
        return frozenset()
    texts = (each.encode(errors="surrogatepass") for each in looks(address.name))
    return frozenset(edition() + sha256(text).hexdigest() for text in texts)


def _range() -> dict[str, str]:
    """Return texts between which are the digests of this edition, and no others."""
    return {"first": edition(), "last": f"{edition()}{END}"}
