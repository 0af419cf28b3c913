"""Where the API is, and whose key is used: as configured, else as Prefect's own client has it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ..login import Login, check_home, check_url, table, tables, texts

DEFAULT = "https://api.prefect.cloud/api"


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
    check_url(chosen, DEFAULT)
    if api_key is None:
        api_key = environment.get("PREFECT_API_KEY") or profile.get("PREFECT_API_KEY")
        if api_key:
            check_home(chosen, home)
    return Login(chosen, api_key or None, rest.partition("/")[0])


def _profile(environment: Mapping[str, str]) -> Mapping[str, str]:
    """Return the settings of Prefect's active profile, none if there is no such file.

    Raises:
        CredentialError: the file cannot be read.

    """
    home = Path(environment.get("PREFECT_HOME") or Path.home() / ".prefect")
    path = Path(environment.get("PREFECT_PROFILES_PATH") or home / "profiles.toml").expanduser()
    tree = tables(path, "profiles")
    name = environment.get("PREFECT_PROFILE") or tree.get("active")
    return texts(table(tree.get("profiles")).get(str(name)))
