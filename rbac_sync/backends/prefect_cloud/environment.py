"""The URL of the API and the key, from rbac-sync's settings or from Prefect's own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from ...errors import BackendError, CredentialError
from ..copied_text import check_secret
from ..remote.login import (
    Login,
    check_home,
    check_named,
    check_url,
    chosen_login,
    origin,
    table,
    tables,
    texts,
)
from ..remote.response import quote_text

DEFAULT = "https://api.prefect.cloud/api"
"""The vendor's own API."""

URL, CLOUD, KEY = "PREFECT_API_URL", "PREFECT_CLOUD_API_URL", "PREFECT_API_KEY"
SETTINGS = (URL, CLOUD, KEY)
OF_ACCOUNT = re.compile(r"(?P<root>.+?)/accounts/(?P<account>[^/]+)(/workspaces/[^/]+)?/?")
OWN = "set `RBAC_SYNC_URL` and `RBAC_SYNC_API_KEY`, which come first"


def login(
    url: str, api_key: str | None, environment: Mapping[str, str], *, named: bool = False
) -> Login:
    """Return the root of the API and the key for it.

    *url* and *api_key* come first. What is missing is taken from
    PREFECT_API_URL and PREFECT_API_KEY, then from the active profile of
    ``prefect cloud login``. A *url* that is not *named* by the user is from a file.

    Raises:
        BackendError: no key can be sent to the URL.
        CredentialError: the key belongs to another service than *url*, or only a file names
            its host, or the settings of Prefect cannot be read.
    """
    if url:
        _check_root(url)
    if named and api_key is not None:
        return chosen_login(url, api_key, DEFAULT)
    profile = _profile(environment)
    theirs = texts(environment, SETTINGS, "the environment")
    homes = theirs if URL in theirs or CLOUD in theirs else profile
    home, account = _home(homes)
    chosen = (url or home).rstrip("/")
    check_url(chosen, DEFAULT)
    whose = "the API key"
    if api_key is None and (api_key := theirs.get(KEY)):
        whose = f"`{KEY}`"
        check_home(chosen, home)
    elif api_key is None and (api_key := profile.get(KEY)):
        whose = f"`{KEY}` in Prefect's profile"
        check_home(chosen, _home(profile)[0] if URL in profile or CLOUD in profile else home)
    if api_key:
        check_secret(api_key, whose)
        if url and not named:
            check_named(chosen, (DEFAULT, home), environment)
    return Login(chosen, api_key or None, account)


def _check_root(url: str) -> None:
    """Refuse the URL of an account or a workspace, as Prefect's own settings have it."""
    check_url(url.rstrip("/"), DEFAULT)
    if match := OF_ACCOUNT.fullmatch(url):
        message = f"`{quote_text(url)}` is the URL of an account or a workspace"
        raise BackendError(message, hint=f"write that of the API: `{quote_text(match['root'])}`")


def _home(settings: Mapping[str, str]) -> tuple[str, str]:
    """Return the root of the API in the *settings* of Prefect, and the account if they name one.

    Without a URL, the root is that of the vendor. A URL without an account is that of a server
    which the user runs.

    Raises:
        CredentialError: they name two services, or the account cannot be read.
    """
    api_url, cloud = settings.get(URL, ""), settings.get(CLOUD, "")
    for name, each in ((URL, api_url), (CLOUD, cloud)):
        if each:
            check_url(each, DEFAULT, f"`{name}`")
    if api_url and cloud and origin(api_url) != origin(cloud):
        message = f"`{URL}` and `{CLOUD}` name two services"
        raise CredentialError(message, hint=f"unset one of them, or {OWN}")
    if "accounts" not in api_url.split("/"):
        return api_url or cloud or DEFAULT, ""
    match = OF_ACCOUNT.fullmatch(api_url)
    if match is None:
        message = f"`{URL}` names no account: `{quote_text(api_url)}`"
        raise CredentialError(message, hint=f"write it like `{DEFAULT}/accounts/ID`, or {OWN}")
    return match["root"], match["account"]


def _profile(environment: Mapping[str, str]) -> Mapping[str, str]:
    """Return the settings of the active profile of Prefect, none if no profile is active.

    Raises:
        CredentialError: the file cannot be read, or has no such profile.
    """
    home = Path(environment.get("PREFECT_HOME") or Path.home() / ".prefect")
    chosen = environment.get("PREFECT_PROFILES_PATH")
    path = Path(chosen or home / "profiles.toml").expanduser()
    tree = tables(path, "profiles")
    name = environment.get("PREFECT_PROFILE") or tree.get("active")
    if chosen and not path.exists():
        message = f"`PREFECT_PROFILES_PATH` names `{path}`, which is not there"
        raise CredentialError(message, hint=f"unset it, or {OWN}")
    if not name:
        return {}
    profiles = table(tree.get("profiles"), f"`profiles` in `{path}`")
    if str(name) not in profiles:
        message = f"there is no profile `{quote_text(str(name))}` in `{path}`"
        raise CredentialError(message, hint="set `PREFECT_PROFILE` to one that is there")
    what = f"the profile `{quote_text(str(name))}`"
    return texts(table(profiles[str(name)], what), SETTINGS, what)
