"""Log-ins: a user with an identity token of the issuer gets tokens that work like a key.

A log-in is stored and on record in the first tenant of the user; its tokens
work in every tenant of the user.
"""

from __future__ import annotations

from collections.abc import Callable

from ....backends.credential import ACCESS, REFRESH
from ....backends.store import log_ins
from ....backends.store.accounts import Home
from ....backends.store.documents import Document
from ....backends.store.log_ins import Tokens
from ....backends.store.row_facts import LOG_IN
from ....backends.store.session import StoreSession
from ....errors import CredentialError, RbacSyncError
from ....model import Address, Status, User
from ....model.address import user as address_of
from ...commands.log_ins import begin_log_in, end_log_in, renew_log_in
from ...guarded_store import WriteTransaction
from ...log import log
from ..fault import failed, unauthenticated, unauthorized
from ..request_context import WORLD, RequestContext
from . import inputs
from .inputs import Arguments, Payload

NO_ISSUER = "This server runs without an issuer of identity tokens, so that nobody can log in."
NO_KEYS = "The issuer's keys cannot be had."
NOWHERE = "You are in no tenant here, and none has invited you."


def log_in(context: RequestContext, arguments: Arguments) -> Payload:
    """Log in the user of an identity token: a member of some tenant or, else, invited to one."""
    who = _proven(context, arguments["id_token"])
    homes, ranks = _homes(context, who), (Status.ACTIVE, Status.PENDING)
    home = next((home for rank in ranks for home in homes if home.status is rank), None)
    if home is None:
        raise failed(NOWHERE)
    context.count(home.account_id)

    def work(transaction: WriteTransaction) -> Payload:
        user = transaction.view.state.get(who)  # another request may have changed it since
        if not isinstance(user, User) or user.status not in ranks:
            raise failed(NOWHERE)
        return _payload(begin_log_in(transaction))

    context.close()
    return context.guarded.write_as(home.account, lambda _: who, work)


def switch_tenant(context: RequestContext, arguments: Arguments) -> Payload:
    """Switch to another tenant: new tokens for it replace those of the log-in."""
    tenant = arguments["tenant_id"]
    who = context.guarded.service.log_in(context.key or "").person
    homes = _homes(context, who)
    if not any(h.account_id == tenant and h.status is Status.ACTIVE for h in homes):
        raise unauthorized("no tenant of the caller has this id")

    def work(transaction: WriteTransaction, document: Document) -> Payload:
        return _payload(renew_log_in(transaction, document, tenant))

    return _with_log_in(context, context.key or "", ACCESS, work)


def refresh_token(context: RequestContext, arguments: Arguments) -> Payload:
    """Return new tokens for a request with the refresh token as its key."""

    def work(transaction: WriteTransaction, document: Document) -> Payload:
        if not arguments["access_token"].startswith(ACCESS + document.id.hex):
            raise unauthenticated()
        return _payload(renew_log_in(transaction, document))

    return _with_log_in(context, context.key or "", REFRESH, work)


def log_out(context: RequestContext, arguments: Arguments) -> Payload:
    """End the log-in of an access token."""

    def work(transaction: WriteTransaction, document: Document) -> Payload:
        end_log_in(transaction, document)
        return inputs.DONE

    return _with_log_in(context, arguments["access_token"], ACCESS, work)


def _proven(context: RequestContext, id_token: str) -> Address:
    issuer = context.guarded.issuer
    if issuer is None:
        raise failed(NO_ISSUER)
    try:
        return address_of(issuer.email(id_token))
    except CredentialError as error:
        log.warning("a log-in was refused", extra={"reason": str(error)})
        raise
    except RbacSyncError as error:
        log.error("log-ins are not possible", extra={"reason": str(error)})
        raise failed(NO_KEYS) from None


def _homes(context: RequestContext, who: Address) -> list[Home]:
    with context.guarded.service.moment() as moment:
        return moment.homes(WORLD, who)


def _with_log_in(
    context: RequestContext,
    token: str,
    sort: str,
    work: Callable[[WriteTransaction, Document], Payload],
) -> Payload:
    """Do *work* on the log-in of *token* in its tenant, after a second check of the token."""
    entry = context.guarded.service.log_in(token, sort)
    context.count(entry.account_id)

    def who(session: StoreSession) -> Address:
        return log_ins.whose(session.account.connection, token, sort).person

    def on(transaction: WriteTransaction) -> Payload:
        document = transaction.documents.get(LOG_IN, entry.id)
        assert document is not None, "its token was found"
        return work(transaction, document)

    context.close()
    return context.guarded.write_as(entry.account, who, on)


def _payload(tokens: Tokens) -> Payload:
    return {
        "access_token": tokens.access,
        "expires_at": tokens.until,
        "refresh_token": tokens.refresh,
    }
