"""The root of an API and the key that goes there; a key goes to no other host."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...errors import BackendError, CredentialError
from .. import destination
from ..copied_text import check_secret, check_url_text
from ..destination import HostPort
from .response import quote_text

LARGEST = 2**24
PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Login:
    """The root of an API, a key for it, and the id of the account that was named with it."""

    root: str
    api_key: str | None = field(repr=False)
    account: str = ""


def chosen_login(url: str, api_key: str, example: str) -> Login:
    """Return the login that the user names completely, without Prefect's own settings.

    Raises:
        BackendError: *url* is none that a key can be sent to.
        CredentialError: *url* leads there unencrypted, or one of them holds what slipped in.

    """
    chosen = url.rstrip("/")
    check_url(chosen, example)
    check_secret(api_key, "the API key")
    return Login(chosen, api_key)


def check_url(url: str, example: str, what: str = "the URL") -> None:
    """Refuse a *url* that no key can be sent to; *example* is how one looks, *what* it is.

    Raises:
        BackendError: it is none.
        CredentialError: it leads over the network unencrypted, or something slipped in.

    """
    check_url_text(url, what)
    place = place_of(url)
    if place is None:
        message = f"`{quote_text(_without_secrets(url))}` is no URL of an API"
        raise BackendError(message, hint=f"write it like `{example}`")
    if not is_private(url):
        message = f"an API key would go to `{place.host}` unencrypted"
        raise CredentialError(message, hint="use https; http is for this machine only")


def check_home(url: str, home: str) -> None:
    """Refuse to send a key that Prefect's own client uses for *home* to *url*.

    Raises:
        CredentialError: they are different services.

    """
    if origin(url) != origin(home):
        message = f"Prefect's own API key is for `{_host(home)}`, not for `{_host(url)}`"
        raise CredentialError(message, hint="set RBAC_SYNC_API_KEY to a key of this service")


def check_named(url: str, homes: Iterable[str], environment: Mapping[str, str]) -> None:
    """Refuse to send an API key to *url*, which a file names, unless it is one of *homes* or named.

    Raises:
        CredentialError: nobody but the file names it.

    """
    place = place_of(url)
    assert place is not None, "it was checked to be a URL"
    known = tuple(each for each in map(place_of, homes) if each)
    destination.check(place, "the API key", known, environment)


def tables(path: Path, what: str) -> Mapping[str, Any]:
    """Return the TOML file at *path*, empty if there is none; *what* is what it holds.

    Raises:
        CredentialError: it cannot be read.

    """
    if not path.exists():
        return {}
    import tomli

    try:
        with path.open("rb") as file:
            return tomli.loads(file.read(LARGEST).decode("utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        message = f"cannot read Prefect's {what} in `{path}`"
        raise CredentialError(message, hint="mend the file, or move it away") from error


def table(value: Any, what: str) -> Mapping[str, Any]:
    """Return *value*, a table; None is an empty one. *what* it is, for the message.

    Raises:
        CredentialError: it is something else.

    """
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise CredentialError(f"{what} is no table", hint="mend the file, or move it away")
    return value


def texts(section: Mapping[str, Any], names: tuple[str, ...], what: str) -> dict[str, str]:
    """Return the values of *names* in a table of Prefect's settings, without empty ones.

    Raises:
        CredentialError: one is no text. To pass over it would lead elsewhere.

    """
    kept = {name: section[name] for name in names if name in section}
    for name, value in kept.items():
        if not isinstance(value, str):
            message = f"`{name}` in {what} is no text"
            raise CredentialError(message, hint="mend the file, or move it away")
    return {name: value for name, value in kept.items() if value}


def place_of(url: str) -> HostPort | None:
    """Return the host and port that an API's *url* leads to; None if it is no such URL.

    *Why* httpx reads it: it is httpx that goes there. Two readers can differ.
    """
    import httpx

    try:
        parts = httpx.URL(url)
    except httpx.InvalidURL:
        return None
    host = parts.raw_host.decode()
    usable = parts.scheme in PORTS and destination.is_host(host) and parts.port != 0
    strange = parts.userinfo or parts.query or parts.fragment or "\\" in url or "@" in url
    if not usable or strange or "?" in url or "#" in url:
        return None
    return HostPort(host, parts.port or PORTS[parts.scheme])


def is_private(url: str) -> bool:
    """Say whether the connection to *url* cannot be read on the way."""
    import httpx

    parts = httpx.URL(url)
    return parts.scheme == "https" or destination.is_here(parts.host)


def origin(url: str) -> tuple[str, HostPort | None]:
    """Return the scheme, the host and the port of *url*."""
    return url.partition(":")[0].lower(), place_of(url)


def _without_secrets(url: str) -> str:
    """Return *url* without what can hold a password: who asks, and with which parameters."""
    return re.sub(r"(?s)^([^/]*//)?.*@", r"\1***@", re.sub(r"(?s)[?#].*", "", url))


def _host(url: str) -> str:
    place = place_of(url)
    return quote_text(place.host if place else url)
