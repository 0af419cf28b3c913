"""The error of a field: a message, and a code that clients distinguish."""

from __future__ import annotations

import re
from traceback import extract_tb

from ...errors import BackendError, CredentialError, Locked, OutcomeUnknown
from ..http_errors import UNKNOWN
from ..log import log
from ..refusals import NotAllowed, Refusal, Unauthenticated

FORBIDDEN = "FORBIDDEN"
UNAUTHENTICATED = "UNAUTHENTICATED"
FAILED = "INTERNAL_SERVER_ERROR"
API_ERROR = "API_ERROR"
"""The code that clients answer by sending again, mutations too: only for what was not done."""

MATCHED = re.compile("API_ERROR|UNAUTHENTICATED|Malformed Authorization header")
"""Words by which clients tell errors apart, wherever in an error they stand."""


class GraphQLFault(Exception):
    """An answer that is no value. ``reason`` is what the guard has to say, if it does."""

    def __init__(self, message: str, code: str = FAILED, reason: str = "") -> None:
        super().__init__(message)
        self.message, self.code, self.reason = message, code, reason


def unauthorized(reason: str = "") -> GraphQLFault:
    """Return the fault of what the caller may not do."""
    return GraphQLFault("Unauthorized", FORBIDDEN, reason)


def unauthenticated() -> GraphQLFault:
    """Return the fault of a key that is missing, wrong, expired or not of this tenant."""
    return GraphQLFault("AuthenticationError", UNAUTHENTICATED)


def failed(message: str) -> GraphQLFault:
    """Return the fault of what breaks a rule; *message* says which."""
    return GraphQLFault(message, FAILED)


def fault(error: BaseException) -> GraphQLFault:
    """Return what a field answers that raised *error*: the one place that knows."""
    match error:
        case GraphQLFault():
            return error
        case CredentialError() | Unauthenticated():
            return unauthenticated()
        case NotAllowed():
            return unauthorized(error.detail)
        case Refusal():
            return failed(error.detail)
        case Locked():
            return GraphQLFault("Operation timed out", API_ERROR)
        case OutcomeUnknown():
            log.error("the outcome of a request is not known", extra={"reason": str(error)})
            return failed(UNKNOWN)
        case BackendError():
            log.error("the store cannot be used", extra={"reason": str(error)})
            return GraphQLFault("Unable to complete operation", API_ERROR)
    places = extract_tb(error.__traceback__)
    where = f" at {places[-1].filename}:{places[-1].lineno}" if places else ""
    log.error("a request failed", extra={"reason": type(error).__name__ + where})
    message = "Unable to complete operation. An internal API error occurred."
    return GraphQLFault(message, API_ERROR)


def quiet(message: str) -> str:
    """Return *message* without the words that clients look for.

    *Why*: names that people chose stand in messages. A role called
    ``API_ERROR`` would have every error about it sent six times more.
    """
    return MATCHED.sub(lambda match: match[0].lower(), message)
