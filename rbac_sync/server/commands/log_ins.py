"""Log-ins: begin one, renew its tokens, end it. A token has proved the identity of the caller."""

from __future__ import annotations

from uuid import UUID

from ...backends.store import log_ins
from ...backends.store.documents import Document
from ...backends.store.log_ins import Tokens
from ..guarded_store import WriteTransaction


def begin_log_in(transaction: WriteTransaction) -> Tokens:
    """Create a log-in of the caller in this account, and delete its ended ones."""
    view = transaction.view
    tokens = log_ins.begin(transaction.documents, view.caller, view.account_id, view.now)
    transaction.remark(view.caller, "logged in")
    return tokens


def renew_log_in(
    transaction: WriteTransaction, log_in: Document, account: UUID | None = None
) -> Tokens:
    """Return new tokens of *log_in*, for another *account* if one is given; its old ones end."""
    return log_ins.renew(transaction.documents, log_in, transaction.view.now, account)


def end_log_in(transaction: WriteTransaction, log_in: Document) -> None:
    """End *log_in*; its tokens are invalid from then on."""
    transaction.documents.delete(log_in)
    transaction.remark(log_in.owner, "logged out")
