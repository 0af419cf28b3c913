"""Refusals of the server, as exceptions for both faces: each has a reason, and no status."""

from __future__ import annotations


class Refusal(Exception):
    """A refusal of a request; it ends the transaction without any writes."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class Unauthenticated(Refusal):
    """A key that is missing, wrong or expired. Source of the text: the troubleshooting page."""

    def __init__(self) -> None:
        super().__init__("Invalid authentication credentials")


def lacking(*permissions: str) -> str:
    """Return the reason of the refusal of a request for which the caller lacks *permissions*."""
    return f"missing permission: {', '.join(f'`{name}`' for name in permissions)}"


class NotAllowed(Refusal):
    """A request that the caller may not make. No source has the text without a reason.

    ``rules`` are the rules of the guard that refuse it, if it is no matter of permissions alone.
    """

    def __init__(self, detail: str = "Forbidden", rules: tuple[str, ...] = ()) -> None:
        super().__init__(detail)
        self.rules = rules


class Missing(Refusal):
    """The resource does not exist, or the caller may not see it."""

    def __init__(self, detail: str = "Not Found") -> None:
        super().__init__(detail)


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
    """An invalid request; ``place`` is the path of the field in its body or its query."""

    def __init__(self, detail: str, *place: str) -> None:
        super().__init__(detail)
        self.place = place
