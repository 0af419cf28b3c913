"""The error of a field: a message, and a code that clients distinguish."""

from __future__ import annotations

import re

from ...errors import BackendError, CredentialError, Locked, OutcomeUnknown
from ...wire.prefect_cloud_1.error_code import ErrorCode
from ..http_errors import UNKNOWN
from ..log import log, log_failure
from ..refusals import NotAllowed, Refusal, Unauthenticated

MATCHED = re.compile(
    f"{ErrorCode.API_ERROR}|{ErrorCode.UNAUTHENTICATED}|Malformed Authorization header"
)
"""Words by which clients distinguish errors, anywhere in an error."""


class GraphQLFault(Exception):
    """The error of a field. ``reason`` has the findings of the guard, if any."""

    def __init__(self, message: str, code: ErrorCode = ErrorCode.FAILED, reason: str = "") -> None:
        super().__init__(message)
        self.message, self.code, self.reason = message, code, reason


def unauthorized(reason: str = "") -> GraphQLFault:
    """Return the fault of an action that the caller may not do."""
    return GraphQLFault("Unauthorized", ErrorCode.FORBIDDEN, reason)


def unauthenticated() -> GraphQLFault:
    """Return the fault of a key that is missing, wrong, expired or not of this tenant."""
    return GraphQLFault("AuthenticationError", ErrorCode.UNAUTHENTICATED)


def failed(message: str) -> GraphQLFault:
    """Return the fault of a broken rule, which *message* names."""
    return GraphQLFault(message)


def fault(error: BaseException) -> GraphQLFault:
    """Return the fault for a field that raised *error*; no other function decides this."""
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
            return GraphQLFault("Operation timed out", ErrorCode.API_ERROR)
        case OutcomeUnknown():
            log.error("the outcome of a request is not known", extra={"reason": str(error)})
            return GraphQLFault(UNKNOWN, ErrorCode.OUTCOME_UNKNOWN)
        case BackendError():
            log.error("the store cannot be used", extra={"reason": str(error)})
            return GraphQLFault("Unable to complete operation", ErrorCode.API_ERROR)
    log_failure(error)
    message = "Unable to complete operation. An internal API error occurred."
    return GraphQLFault(message, ErrorCode.API_ERROR)


def quiet(message: str) -> str:
    """Return *message* without the words by which clients distinguish errors.

    *Why*: messages quote names that users chose. With a role named
    ``API_ERROR``, clients would repeat every refused request about it six times.
    """
    return MATCHED.sub(lambda match: match[0].lower(), message)
