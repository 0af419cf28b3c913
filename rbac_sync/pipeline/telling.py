"""Telling a webhook something. Its URL is a secret, and comes from the environment alone."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from urllib.parse import urlsplit

from ..backends.login import is_private
from ..errors import BackendError

SAFE = "it begins with `https://`; whoever has it can write there"


def tell(variable: str, body: str, environment: Mapping[str, str]) -> None:
    """Send *body*, JSON, to the webhook whose URL *variable* holds.

    Raises:
        BackendError: it holds none, or nobody took the message.
    """
    from ..backends.anonymous import Webhook

    url = environment.get(variable, "").strip()
    if not url:
        raise BackendError(f"`{variable}` is not set", hint="set it to the webhook's URL")
    if not _is_safe(url):
        raise BackendError(f"what `{variable}` holds is no URL of a webhook", hint=SAFE)
    with closing(Webhook(url)) as webhook:
        webhook.tell(variable, body)


def _is_safe(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and (parts.port or 1) > 0 and is_private(parts)
    except ValueError:
        return False
