"""The root of an API and the key that is sent to it; a key is sent to no other host."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ... import toml_parser
from ...dataclasses import dataclass, field
from ...errors import BackendError, CredentialError
from .. import destination
from ..copied_text import check_secret, check_url_text
from ..destination import HostPort
from .response import quote_text

LARGEST = 2**24
PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Login:
    """The root of an API, a key for it, and the id of the account in the same settings."""

    root: str
    api_key: str | None = field(repr=False)
    account: str = ""


def chosen_login(url: str, api_key: str, example: str) -> Login:
    """Return the login of a user who gives both URL and key; Prefect's own settings are not read.

    Raises:
        BackendError: no key can be sent to *url*.
        CredentialError: *url* is not encrypted, or one of them holds stray characters.
    """
    chosen = url.rstrip("/")
    check_url(chosen, example)
    check_secret(api_key, "the API key")
    return Login(chosen, api_key)


def check_url(url: str, example: str, what: str = "the URL") -> None:
    """Check that a key can be sent to *url*; *example* and *what* are for the message.

    Raises:
        BackendError: it is no URL of an API.
        CredentialError: it leads over the network unencrypted, or holds stray characters.
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
    """Check that an API key may be sent to *url*, which a configuration file names.

    The host has to be that of one of *homes*, or named in *environment*.

    Raises:
        CredentialError: only the file names it.
    """
    place = place_of(url)
    assert place is not None, "it was checked to be a URL"
    known = tuple(each for each in map(place_of, homes) if each)
    destination.check(place, "the API key", known, environment)


def tables(path: Path, what: str) -> Mapping[str, Any]:
    """Return the content of the TOML file at *path*, empty if there is none; *what* names it.

    Raises:
        CredentialError: it cannot be read.
    """
    if not path.exists():
        return {}
    try:
        with path.open("rb") as file:
            return toml_parser.loads(file.read(LARGEST).decode("utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        message = f"cannot read Prefect's {what} in `{path}`"
        raise CredentialError(message, hint="mend the file, or move it away") from error


def table(value: Any, what: str) -> Mapping[str, Any]:
    """Return *value*, a table; None is an empty table. *what* names it in the message.

    Raises:
        CredentialError: it is no table.
    """
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise CredentialError(f"{what} is no table", hint="mend the file, or move it away")
    return value


def texts(section: Mapping[str, Any], names: tuple[str, ...], what: str) -> dict[str, str]:
    """Return the values of *names* in a table of Prefect's settings, without empty ones.

    Raises:
        CredentialError: one is no text. To ignore it could choose another service.
    """
    kept = {name: section[name] for name in names if name in section}
    for name, value in kept.items():
        if not isinstance(value, str):
            message = f"`{name}` in {what} is no text"
            raise CredentialError(message, hint="mend the file, or move it away")
    return {name: value for name, value in kept.items() if value}


def place_of(url: str) -> HostPort | None:
    """Return the host and port in the *url* of an API; None if it is no such URL.

    *Why* httpx reads it: httpx also connects to it, and two parsers can differ.
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
    """Say whether nobody else can read the connection to *url*."""
    import httpx

    parts = httpx.URL(url)
    return parts.scheme == "https" or destination.is_here(parts.host)


def origin(url: str) -> tuple[str, HostPort | None]:
    """Return the scheme, the host and the port of *url*."""
    return url.partition(":")[0].lower(), place_of(url)


def _without_secrets(url: str) -> str:
    """Return *url* without the parts that can hold a password: user and parameters."""
    return re.sub(r"(?s)^([^/]*//)?.*@", r"\1***@", re.sub(r"(?s)[?#].*", "", url))


def _host(url: str) -> str:
    place = place_of(url)
    return quote_text(place.host if place else url)
