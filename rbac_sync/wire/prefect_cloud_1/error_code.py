"""The codes of errors by which clients of Cloud 1 decide what to do."""

from __future__ import annotations

from enum import StrEnum


class ErrorCode(StrEnum):
    """The code of an error that a client, or this program, distinguishes from the others."""

    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    HIDDEN = "validation-failed"
    """A table that is hidden from the caller seems to be missing."""
    API_ERROR = "API_ERROR"
    """Clients repeat the request, a mutation too: only if nothing was done."""
    FAILED = "INTERNAL_SERVER_ERROR"
    """Nothing was done."""
    OUTCOME_UNKNOWN = "OUTCOME_UNKNOWN"
    """Only our server has this code. Clients do not repeat the request."""
    UNPARSED = "GRAPHQL_PARSE_FAILED"
    INVALID = "GRAPHQL_VALIDATION_FAILED"
