"""Log-ins: who proves by an issuer's token who it is gets tokens that are as good as a key.

A log-in is on record in the tenant that keeps it, the first in which the
person is; with its tokens the person works in every tenant of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ....backends.store import log_ins
from ....backends.store.documents import Document
from ....backends.store.kept import LOG_IN
from ....backends.store.log_ins import ACCESS, REFRESH, Tokens
from ....backends.store.moment import Home
from ....backends.store.session import StoreSession
from ....errors import CredentialError, RbacSyncError
from ....model import Address, Status
from ....model.address import user as address_of
from ...gate import Desk
from ...log import log
from ..asking import WORLD, Asking
from ..fault import failed, unauthenticated, unauthorized
from . import meant

Payload = Mapping[str, Any]

NO_ISSUER = "This server takes nobody's word on who somebody is: it is run without an issuer."
NO_KEYS = "The issuer's keys cannot be had."
NOWHERE = "You are in no tenant here, and none has invited you."


def log_in(asking: Asking, said: Mapping[str, Any]) -> Payload:
    """Let in whom an identity token names: a member of some tenant, or somebody invited to one."""
    who = _proven(asking, said["id_token"])
    home = _first(_homes(asking, who))
    asking.count(home.account_id)

    def work(desk: Desk) -> Payload:
        tokens = log_ins.begin(desk.documents, who, desk.look.account_id, desk.look.now)
        desk.remark(who, "logged in")
        return _shown(tokens)

    asking.close()
    return asking.gate.write_as(home.account, lambda _: who, work)


def switch_tenant(asking: Asking, said: Mapping[str, Any]) -> Payload:
    """Go on in another tenant: the tokens of the log-in are replaced by such for that one."""
    wanted = said["tenant_id"]
    who = asking.gate.service.log_in(asking.key or "").person
    homes = _homes(asking, who)
    if not any(h.account_id == wanted and h.status is Status.ACTIVE for h in homes):
        raise unauthorized("no tenant of the caller has this id")

    def work(desk: Desk, found: Document) -> Payload:
        return _shown(log_ins.renew(desk.documents, found, desk.look.now, wanted))

    return _with_log_in(asking, asking.key or "", ACCESS, work)


def refresh_token(asking: Asking, said: Mapping[str, Any]) -> Payload:
    """Give new tokens to who presents the refresh token as its key."""

    def work(desk: Desk, found: Document) -> Payload:
        if not said["access_token"].startswith(ACCESS + found.id.hex):
            raise unauthenticated()
        return _shown(log_ins.renew(desk.documents, found, desk.look.now))

    return _with_log_in(asking, asking.key or "", REFRESH, work)


def log_out(asking: Asking, said: Mapping[str, Any]) -> Payload:
    """End the log-in of an access token."""

    def work(desk: Desk, found: Document) -> Payload:
        desk.documents.delete(found)
        desk.remark(found.owner, "logged out")
        return meant.DONE

    return _with_log_in(asking, said["access_token"], ACCESS, work)


def _proven(asking: Asking, id_token: str) -> Address:
    issuer = asking.gate.issuer
    if issuer is None:
        raise failed(NO_ISSUER)
    try:
        return address_of(issuer.email(id_token))
    except CredentialError as error:
        log.warning("somebody was not let in", extra={"reason": str(error)})
        raise
    except RbacSyncError as error:
        log.error("nobody can be let in", extra={"reason": str(error)})
        raise failed(NO_KEYS) from None


def _homes(asking: Asking, who: Address) -> list[Home]:
    with asking.gate.service.moment() as moment:
        return moment.homes(WORLD, who)


def _first(homes: list[Home]) -> Home:
    """Return the tenant that keeps a log-in: one that the person is in, if there is any."""
    for status in (Status.ACTIVE, Status.PENDING):
        for home in homes:
            if home.status is status:
                return home
    raise failed(NOWHERE)


def _with_log_in(
    asking: Asking, token: str, sort: str, work: Callable[[Desk, Document], Payload]
) -> Payload:
    """Do *work* on the log-in of *token* where it is kept; the token is checked there again."""
    found = asking.gate.service.log_in(token, sort)
    asking.count(found.account_id)

    def who(session: StoreSession) -> Address:
        return log_ins.whose(session.account.connection, token, sort).person

    def on(desk: Desk) -> Payload:
        document = desk.documents.get(LOG_IN, found.id)
        assert document is not None, "its token was found"
        return work(desk, document)

    asking.close()
    return asking.gate.write_as(found.account, who, on)


def _shown(tokens: Tokens) -> Payload:
    return {
        "access_token": tokens.access,
        "expires_at": tokens.until,
        "refresh_token": tokens.refresh,
    }
