"""Where the API is, and whose key is used: as configured, else as Prefect's own client has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from ...errors import BackendError, CredentialError
from ..answers import shown

DEFAULT = "https://api.prefect.cloud/api"
LARGEST = 2**20


@dataclass(frozen=True, slots=True)
class Login:
    """The root of an API, a key for it, and the id of the account that a URL named, if any."""

    root: str
    api_key: str | None = field(repr=False)
    account: str = ""


def login(url: str, api_key: str | None, environment: Mapping[str, str]) -> Login:
    """Return where to go and with which key.

    *url* and *api_key* come first. What they leave open is taken from
    PREFECT_API_URL and PREFECT_API_KEY, then from the active profile of
    ``prefect cloud login``.

    Raises:
        BackendError: the URL is none that a key can be sent to.
        CredentialError: Prefect's key belongs to another service than *url*.

    """
    profile = _profile(environment)
    theirs = environment.get("PREFECT_API_URL") or profile.get("PREFECT_API_URL") or ""
    cloud = environment.get("PREFECT_CLOUD_API_URL") or profile.get("PREFECT_CLOUD_API_URL")
    root, _, rest = theirs.partition("/accounts/")
    home = (root if rest else "") or cloud or DEFAULT
    chosen = (url or home).rstrip("/")
    _check(chosen)
    if api_key is None:
        api_key = environment.get("PREFECT_API_KEY") or profile.get("PREFECT_API_KEY")
        if api_key and _origin(chosen) != _origin(home):
            message = f"Prefect's own API key is for `{_host(home)}`, not for `{_host(chosen)}`"
            raise CredentialError(message, hint="set RBAC_SYNC_API_KEY to a key of this service")
    return Login(chosen, api_key or None, rest.partition("/")[0])


def _check(url: str) -> None:
    try:
        parts = urlsplit(url)
        is_safe = parts.scheme == "https" or (parts.scheme == "http" and _is_here(parts))
        usable = bool(parts.hostname) and not parts.query and not parts.fragment
        usable = usable and parts.username is None and (parts.port or 1) > 0
    except ValueError:
        is_safe = usable = False
    if not usable:
        hint = f"write it like `{DEFAULT}`"
        raise BackendError(f"`{shown(url)}` is no URL of an API", hint=hint)
    if not is_safe:
        message = f"an API key would go to `{_host(url)}` unencrypted"
        raise BackendError(message, hint="use https; http is for this machine only")


def _is_here(parts: SplitResult) -> bool:
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


def _profile(environment: Mapping[str, str]) -> Mapping[str, str]:
    """Return the settings of Prefect's active profile, none if there is no such file.

    Raises:
        CredentialError: the file cannot be read.

    """
    home = Path(environment.get("PREFECT_HOME") or Path.home() / ".prefect")
    path = Path(environment.get("PREFECT_PROFILES_PATH") or home / "profiles.toml").expanduser()
    if not path.is_file():
        return {}
    import tomli

    try:
        with path.open("rb") as file:
            tree = tomli.loads(file.read(LARGEST).decode())
    except (OSError, ValueError, RecursionError) as error:
        message = f"cannot read Prefect's profiles in `{path}`"
        raise CredentialError(message, hint="mend the file, or set RBAC_SYNC_API_KEY") from error
    name = environment.get("PREFECT_PROFILE") or tree.get("active")
    return _texts(_table(_table(tree.get("profiles")).get(str(name))))


def _table(found: Any) -> Mapping[str, Any]:
    return found if isinstance(found, Mapping) else {}


def _texts(table: Mapping[str, Any]) -> dict[str, str]:
    return {key: value for key, value in table.items() if isinstance(value, str)}
