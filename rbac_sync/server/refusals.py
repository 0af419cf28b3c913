"""Refusals of the server, as exceptions that know no face: each says why, not how it is sent."""

from __future__ import annotations


class Refusal(Exception):
    """A request that is not done; raised anywhere, it ends the transaction with nothing made."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class Unauthenticated(Refusal):
    """A key that is missing, wrong or expired."""


class NotAllowed(Refusal):
    """A request that the caller may not make."""


class Missing(Refusal):
    """A thing that does not exist, or not for the caller."""


class Conflict(Refusal):
    """A request that contradicts what is there."""


class NotServed(Refusal):
    """A request for a part of the published API that this server does not have."""


class TooManyRequests(Refusal):
    """A request of an account that has had its share; ``wait`` is in seconds."""

    def __init__(self, detail: str, wait: int) -> None:
        super().__init__(detail)
        self.wait = wait


class InvalidRequest(Refusal):
    """A request that makes no sense; ``place`` is the path of the field, the outermost first."""

    def __init__(self, detail: str, *place: str) -> None:
        super().__init__(detail)
        self.place = place


UNAUTHENTICATED = "Invalid authentication credentials"
"""Source: troubleshooting page of the documentation."""

FORBIDDEN = "Forbidden"
"""Its wording is nowhere documented."""


def unauthenticated() -> Unauthenticated:
    """Return the refusal of a key that is missing, wrong or expired."""
    return Unauthenticated(UNAUTHENTICATED)


def forbidden(why: str = FORBIDDEN) -> NotAllowed:
    """Return the refusal of a request that the caller may not make."""
    return NotAllowed(why)


def not_found(what: str = "Not Found") -> Missing:
    """Return the refusal of what does not exist, or not for the caller."""
    return Missing(what)


def conflict(why: str) -> Conflict:
    """Return the refusal of what contradicts what is there."""
    return Conflict(why)


def unprocessable(why: str, *place: str) -> InvalidRequest:
    """Return the refusal of a request that makes no sense; *place* is where in its body."""
    return InvalidRequest(why, *place)
