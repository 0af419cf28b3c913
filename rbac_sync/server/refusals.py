"""Refusals of the server, as exceptions for both faces: each has a reason, and no status."""

from __future__ import annotations


class Refusal(Exception):
    """A refusal of a request; it ends the transaction without any writes."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class Unauthenticated(Refusal):
    """A key that is missing, wrong or expired."""


class NotAllowed(Refusal):
    """A request that the caller may not make."""


class Missing(Refusal):
    """The resource does not exist, or the caller may not see it."""


class Conflict(Refusal):
    """A request that contradicts the state."""


class NotServed(Refusal):
    """A request for a part of the published API that this server does not have."""


class TooManyRequests(Refusal):
    """A request of an account beyond its rate limit; ``wait`` is in seconds."""

    def __init__(self, detail: str, wait: int) -> None:
        super().__init__(detail)
        self.wait = wait


class InvalidRequest(Refusal):
    """An invalid request; ``place`` is the path of the field, the outermost first."""

    def __init__(self, detail: str, *place: str) -> None:
        super().__init__(detail)
        self.place = place


UNAUTHENTICATED = "Invalid authentication credentials"
"""Source: troubleshooting page of the documentation."""

FORBIDDEN = "Forbidden"
"""A guess: no source documents the wording."""


def unauthenticated() -> Unauthenticated:
    """Return the refusal of a key that is missing, wrong or expired."""
    return Unauthenticated(UNAUTHENTICATED)


def forbidden(why: str = FORBIDDEN) -> NotAllowed:
    """Return the refusal of a request that the caller may not make."""
    return NotAllowed(why)


def not_found(what: str = "Not Found") -> Missing:
    """Return the refusal for a resource that does not exist or that the caller may not see."""
    return Missing(what)


def conflict(why: str) -> Conflict:
    """Return the refusal of a request that contradicts the state."""
    return Conflict(why)


def unprocessable(why: str, *place: str) -> InvalidRequest:
    """Return the refusal of an invalid request; *place* is the path of the field in its body."""
    return InvalidRequest(why, *place)
