"""The number of things in an account, counted by the database."""

from __future__ import annotations

from collections.abc import Mapping

from ...model import ACCOUNT, ACTORS, Kind, Status
from ...model.state import Part
from .account import Account

BINDINGS = "FROM binding AS b WHERE b.account = :account AND b.position = 0"
OF_ACTORS = """
    EXISTS (
        SELECT 1 FROM address AS a
        WHERE a.account = b.account AND a.number = b.principal AND a.kind IN (:actors)
    )
"""
SUCH: Mapping[Kind | Part, str] = {
    Kind.USER: """FROM "user" WHERE account = :account AND status <> :pending""",
    Kind.SERVICE_ACCOUNT: "FROM service_account WHERE account = :account",
    Kind.KEY: """
        FROM api_key AS k JOIN service_account AS s ON s.account = k.account AND s.number = k.owner
        WHERE k.account = :account
    """,
    Kind.TEAM: "FROM team WHERE account = :account AND managed_by = ''",
    Kind.WORKSPACE: "FROM workspace WHERE account = :account",
    Kind.ROLE: "FROM role WHERE account = :account AND builtin = 0",
    Kind.BINDING: f"{BINDINGS} AND b.scope <> :scope",
    Part.MEMBERS: "FROM team_member WHERE account = :account",
    Part.ACCOUNT_ROLES: f"{BINDINGS} AND b.scope = :scope",
    Part.OWN_ROLES: f"{BINDINGS} AND {OF_ACTORS}",
}
"""The rows of the things of a kind or part; see ``State.count``."""


def size(account: Account, things: Kind | Part, most: int | None = None) -> int | None:
    """Return the number of *things* in *account*, at most *most*; None: no table has them."""
    if things not in SUCH:
        return None
    values: dict[str, object] = {
        "pending": str(Status.PENDING),
        "actors": sorted(map(str, ACTORS)),
        "scope": account.names.number(ACCOUNT),
    }
    limit = "" if most is None else f" LIMIT {most}"
    text = f"SELECT count(*) FROM (SELECT 1 AS one {SUCH[things]}{limit}) AS counted"  # noqa: S608
    ((number,),) = account.rows(text, **values)
    return int(number)
