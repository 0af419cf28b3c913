"""Log-ins: the tokens that a person gets for a proof of who it is, kept hashed and with an end.

A log-in is a document of the person in one account, and goes with the person.
Its tokens carry its id, so that they are found whichever account is asked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from ...errors import CredentialError
from ...model import Address, Instant
from ...model.instant import earlier, parsed, rfc3339
from ..credential import LENGTH, hashed, random_text, same
from . import tables as t
from .account import clock
from .documents import Document, Documents
from .names import KINDS
from .row_facts import LOG_IN

ACCESS, REFRESH = "pcs_", "pcr_"
"""How tokens begin: those that requests carry, and those that get new ones."""

SHORT, LONG = timedelta(hours=1), timedelta(days=7)
"""How long an access token lasts, and a log-in as a whole."""

UNKNOWN = "this log-in is not known here, or has ended"
AGAIN = "log in again"
TOKEN = re.compile(rf"(?P<sort>{ACCESS}|{REFRESH})(?P<id>[0-9a-f]{{32}})(?P<secret>\w{{{LENGTH}}})")


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens that a person is given, once. ``until`` is the end of ``access``."""

    access: str
    refresh: str
    until: Instant


@dataclass(frozen=True, slots=True)
class LogIn:
    """The log-in of a person. ``tenant`` is the id of the account that it works in unless told."""

    id: UUID
    account: str
    account_id: UUID
    world: str
    person: Address
    tenant: UUID


def begin(documents: Documents, person: Address, tenant: UUID, now: Instant) -> Tokens:
    """Let *person* in, and forget its log-ins that have ended."""
    for old in documents.of(LOG_IN, person):
        if parsed(old.content["ends"]) <= now:
            documents.delete(old)
    content = {"tenant": str(tenant), "ends": rfc3339(now + LONG)}
    return renew(documents, documents.add(LOG_IN, person, None, content), now)


def renew(
    documents: Documents, log_in: Document, now: Instant, tenant: UUID | None = None
) -> Tokens:
    """Return new tokens for a log-in, for *tenant* if it is another one; its old ones end."""
    access, refresh = random_text(), random_text()
    ends = parsed(log_in.content["ends"])
    until = earlier(now + SHORT, ends) or ends
    kept = {ACCESS: hashed(access), REFRESH: hashed(refresh), "until": rfc3339(until)}
    chosen = {"tenant": str(tenant)} if tenant else {}
    documents.put(replace(log_in, content={**log_in.content, **kept, **chosen}))
    return Tokens(ACCESS + log_in.id.hex + access, REFRESH + log_in.id.hex + refresh, until)


def whose(connection: Connection, token: str, sort: str = ACCESS) -> LogIn:
    """Return the log-in, of any account, that *token*, one of this *sort*, belongs to.

    Raises:
        CredentialError: there is none, or the token has ended.

    """
    parts = TOKEN.fullmatch(token)
    if parts is None or parts["sort"] != sort:
        raise CredentialError(UNKNOWN, hint=AGAIN)
    c, a, n = t.document.c, t.account.c, t.address.c
    statement = (
        select(c.content, a.handle, a.id, a.world, n.kind, n.key)
        .join(t.account, a.number == c.account)
        .join(t.address, (n.account == c.account) & (n.number == c.owner))
        .where(c.kind == LOG_IN, c.id == str(UUID(parts["id"])))
    )
    row = connection.execute(statement).first()
    if row is None or not _proves(parts["secret"], sort, row.content, clock(connection)):
        raise CredentialError(UNKNOWN, hint=AGAIN)
    person = Address(KINDS[row.kind], row.key)
    tenant = UUID(row.content["tenant"])
    return LogIn(UUID(parts["id"]), row.handle, UUID(row.id), row.world, person, tenant)


def _proves(secret: str, sort: str, content: Mapping[str, Any], now: Instant) -> bool:
    end = content["until" if sort == ACCESS else "ends"]
    return same(hashed(secret), content[sort]) and now < parsed(end)
