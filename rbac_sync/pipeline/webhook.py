"""The request to a webhook, whose URL is a secret from the environment."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing

from ..backends.copied_text import check_url_text
from ..backends.destination import is_host
from ..backends.remote.login import is_private
from ..errors import BackendError

SAFE = "it begins with `https://`; anybody who has it can write there"


def tell(variable: str, body: str, environment: Mapping[str, str]) -> None:
    """Send the JSON *body* to the webhook whose URL is in the environment variable *variable*.

    Raises:
        BackendError: it has no URL, or the receiver did not accept the message.
        CredentialError: the URL contains a stray character.
    """
    from ..backends.remote.webhook import Webhook

    url = environment.get(variable, "")
    check_url_text(url, f"`{variable}`")
    if not url:
        raise BackendError(f"`{variable}` is not set", hint="set it to the webhook's URL")
    if not _is_safe(url):
        raise BackendError(f"`{variable}` does not hold the URL of a webhook", hint=SAFE)
    with closing(Webhook(url)) as webhook:
        webhook.tell(variable, body)


def _is_safe(url: str) -> bool:
    """Say whether *url* names a host and its use is private. Its parts are a secret."""
    import httpx

    try:
        parts = httpx.URL(url)
    except httpx.InvalidURL:
        return False
    usable = parts.scheme in ("http", "https") and is_host(parts.raw_host.decode())
    return usable and parts.port != 0 and is_private(url)
