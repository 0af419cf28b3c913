"""Where an API is and whose key goes there; a key goes nowhere that it is not for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from ..errors import BackendError, CredentialError
from .answers import shown

LARGEST = 2**20


@dataclass(frozen=True, slots=True)
class Login:
    """The root of an API, a key for it, and the id of the account that was named with it."""

    root: str
    api_key: str | None = field(repr=False)
    account: str = ""


def check_url(url: str, example: str) -> None:
    """Refuse a *url* that no key can be sent to; *example* is how one looks.

    Raises:
        BackendError: it is none, or leads over the network unencrypted.

    """
    try:
        parts = urlsplit(url)
        is_safe = is_private(parts)
        usable = bool(parts.hostname) and not parts.query and not parts.fragment
        usable = usable and parts.username is None and (parts.port or 1) > 0
    except ValueError:
        is_safe = usable = False
    if not usable:
        raise BackendError(f"`{shown(url)}` is no URL of an API", hint=f"write it like `{example}`")
    if not is_safe:
        message = f"an API key would go to `{_host(url)}` unencrypted"
        raise BackendError(message, hint="use https; http is for this machine only")


def check_home(url: str, home: str) -> None:
    """Refuse to send a key that Prefect's own client uses for *home* to *url*.

    Raises:
        CredentialError: they are different services.

    """
    if _origin(url) != _origin(home):
        message = f"Prefect's own API key is for `{_host(home)}`, not for `{_host(url)}`"
        raise CredentialError(message, hint="set RBAC_SYNC_API_KEY to a key of this service")


def tables(path: Path, what: str) -> Mapping[str, Any]:
    """Return the TOML file at *path*, empty if there is none; *what* is what it holds.

    Raises:
        CredentialError: it cannot be read.

    """
    if not path.is_file():
        return {}
    import tomli

    try:
        with path.open("rb") as file:
            return tomli.loads(file.read(LARGEST).decode())
    except (OSError, ValueError, RecursionError) as error:
        message = f"cannot read Prefect's {what} in `{path}`"
        raise CredentialError(message, hint="mend the file, or set RBAC_SYNC_API_KEY") from error


def table(found: Any) -> Mapping[str, Any]:
    """Return *found* if it is a table, else an empty one."""
    return found if isinstance(found, Mapping) else {}


def texts(found: Any) -> dict[str, str]:
    """Return what is text in a table."""
    return {key: value for key, value in table(found).items() if isinstance(value, str)}


def is_private(parts: SplitResult) -> bool:
    """Say whether nobody on the way to a URL can read what goes there."""
    return parts.scheme == "https" or (parts.scheme == "http" and _is_here(parts))


def _is_here(parts: SplitResult) -> bool:
    """Say whether a URL leads no farther than this machine."""
    host = parts.hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port


def _host(url: str) -> str:
    return shown(urlsplit(url).hostname or url)
