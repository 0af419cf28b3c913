"""Requests over HTTP that carry no credential of ours."""

from __future__ import annotations

import re

from .client import Client, Timeouts
from .request import Idempotency, Request

TELLING = re.compile(r"[^/?&=]{6,}")
"""A part of a URL that is long enough to be a secret."""


class AnonymousClient(Client):
    """A client for published documents that sends no credential."""

    def __init__(self, root: str, patience: Timeouts | None = None) -> None:
        super().__init__(root, None, patience)

    def _credential(self) -> dict[str, str]:
        return {}


class Webhook(AnonymousClient):
    """A webhook: its URL is a secret, and its response is ignored.

    A message never repeats a part of the URL, for example from a redirection.
    """

    def tell(self, name: str, body: str) -> None:
        """Send *body*, JSON, again if the service did not receive it; *name* is for messages.

        Raises:
            BackendError: the service did not accept it.
        """
        self.send(Request("POST", "", body, Idempotency.ONCE, name=name))

    def _secrets(self) -> list[str]:
        whole = self.root.raw_path.decode()
        return [whole, *TELLING.findall(whole)] if len(whole) > 1 else []

    def _value(self, call: Request, body: bytes, kind: str) -> None:  # noqa: ARG002
        return None
