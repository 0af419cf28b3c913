"""Log-ins: tokens that a user gets for a proof of identity, stored as hashes, with an end.

A log-in is a document of the user in one account, and is deleted with the user.
Its tokens contain its id, so that it is found from every account.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from ...dataclasses import dataclass, replace
from ...errors import CredentialError
from ...model import Address, Instant
from ...model.instant import earlier, parsed, rfc3339
from ..credential import ACCESS, LENGTH, REFRESH, hashed, random_text, same
from ..database.sql import SqlConnection
from .clock import clock
from .documents import Document, Documents
from .names import KINDS
from .row_facts import LOG_IN

SHORT, LONG = timedelta(hours=1), timedelta(days=7)
"""The lifetime of an access token, and of a log-in."""

UNKNOWN = "this log-in is not known here, or has ended"
AGAIN = "log in again"
TOKEN = re.compile(rf"(?P<sort>{ACCESS}|{REFRESH})(?P<id>[0-9a-f]{{32}})(?P<secret>\w{{{LENGTH}}})")


WHOSE = """
    SELECT d.content, a.handle, a.id, a.world, n.kind, n.key FROM document d
    JOIN account a ON a.number = d.account
    JOIN address n ON n.account = d.account AND n.number = d.owner
    WHERE d.kind = :kind AND d.id = :id
"""


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens that a user is given once. ``until`` is the end of ``access``."""

    access: str
    refresh: str
    until: Instant


@dataclass(frozen=True, slots=True)
class LogIn:
    """The log-in of a user. ``tenant`` is the id of the account of a request that names none."""

    id: UUID
    account: str
    account_id: UUID
    world: str
    person: Address
    tenant: UUID


def begin(documents: Documents, person: Address, tenant: UUID, now: Instant) -> Tokens:
    """Create a log-in of *person*, and delete those that have ended."""
    for old in documents.of(LOG_IN, person):
        if parsed(old.content["ends"]) <= now:
            documents.delete(old)
    content = {"tenant": str(tenant), "ends": rfc3339(now + LONG)}
    return renew(documents, documents.add(LOG_IN, person, None, content), now)


def renew(
    documents: Documents, log_in: Document, now: Instant, tenant: UUID | None = None
) -> Tokens:
    """Return new tokens for a log-in, for *tenant* if that is not None; the old ones end."""
    access, refresh = random_text(), random_text()
    ends = parsed(log_in.content["ends"])
    until = earlier(now + SHORT, ends) or ends
    kept = {ACCESS: hashed(access), REFRESH: hashed(refresh), "until": rfc3339(until)}
    chosen = {"tenant": str(tenant)} if tenant else {}
    documents.put(replace(log_in, content={**log_in.content, **kept, **chosen}))
    return Tokens(ACCESS + log_in.id.hex + access, REFRESH + log_in.id.hex + refresh, until)


def whose(connection: SqlConnection, token: str, sort: str = ACCESS) -> LogIn:
    """Return the log-in, of any account, to which *token*, of this *sort*, belongs.

    Raises:
        CredentialError: there is no such log-in, or the token has ended.
    """
    parts = TOKEN.fullmatch(token)
    if parts is None or parts["sort"] != sort:
        raise CredentialError(UNKNOWN, hint=AGAIN)
    rows = connection.rows(WHOSE, {"kind": LOG_IN, "id": str(UUID(parts["id"]))})
    if not rows:
        raise CredentialError(UNKNOWN, hint=AGAIN)
    text, handle, account, world, kind, key = rows[0]
    content = json.loads(text)
    if not _proves(parts["secret"], sort, content, clock(connection)):
        raise CredentialError(UNKNOWN, hint=AGAIN)
    person, tenant = Address(KINDS[kind], key), UUID(content["tenant"])
    return LogIn(UUID(parts["id"]), handle, UUID(account), world, person, tenant)


def _proves(secret: str, sort: str, content: Mapping[str, Any], now: Instant) -> bool:
    end = content["until" if sort == ACCESS else "ends"]
    return same(hashed(secret), content[sort]) and now < parsed(end)
