"""The URL of the API and the key, from rbac-sync's settings or from Prefect's own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from ...errors import CredentialError
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

DEFAULT = "https://api.prefect.io"
"""The vendor's own API."""

PLACES = ("PREFECT__CLOUD__API", "PREFECT__CLOUD__ENDPOINT")
KEY = "PREFECT__CLOUD__API_KEY"
KEPT = ("api_key", "tenant_id")


def login(
    url: str, api_key: str | None, environment: Mapping[str, str], *, named: bool = False
) -> Login:
    """Return the root of the API and the key for it.

    *url* and *api_key* come first. What is missing is taken from
    PREFECT__CLOUD__API and PREFECT__CLOUD__API_KEY, then from the file of
    ``prefect auth login`` for this service. A *url* that is not *named* by
    the user is from a file.

    Raises:
        BackendError: no key can be sent to the URL.
        CredentialError: the key belongs to another service than *url*, or only a file names
            its host, or the file of Prefect's client cannot be read.
    """
    tenant = environment.get("PREFECT__CLOUD__TENANT_ID", "").strip()
    if named and api_key is not None:
        return replace(chosen_login(url, api_key, DEFAULT), account=tenant)
    home = _home(environment)
    chosen = (url or home).rstrip("/")
    check_url(chosen, DEFAULT)
    kept = _kept(chosen, environment) if api_key is None else {}
    homes, whose = [DEFAULT, home], "the API key"
    if api_key is None and (api_key := environment.get(KEY)):
        whose = f"`{KEY}`"
        check_home(chosen, home)
    elif api_key is None and (api_key := kept.get("api_key")):
        whose = "the API key that Prefect's client has kept"
        homes.append(chosen)  # it was stored for this host
    if api_key:
        check_secret(api_key, whose)
        if url and not named:
            check_named(chosen, homes, environment)
    return Login(chosen, api_key or None, tenant or kept.get("tenant_id", "").strip())


def _home(environment: Mapping[str, str]) -> str:
    """Return the API that the environment names, else the vendor's.

    Raises:
        CredentialError: it names two services.
    """
    named = {name: environment[name] for name in PLACES if environment.get(name)}
    for name, each in named.items():
        check_url(each, DEFAULT, f"`{name}`")
    urls = list(named.values())
    if len({origin(each) for each in urls}) > 1:
        message = "`{}` and `{}` name two services".format(*PLACES)
        raise CredentialError(message, hint="unset one of them")
    return urls[0] if urls else DEFAULT


def _kept(url: str, environment: Mapping[str, str]) -> Mapping[str, str]:
    """Return the log-in that Prefect's client stored for the service at *url*; may be empty.

    *Why* empty for a host that ends in a hyphen and digits: the client writes a port that
    way, so the log-in may be for a port of another host.

    Raises:
        CredentialError: the file cannot be read.
    """
    home = Path(environment.get("PREFECT__HOME_DIR") or Path.home() / ".prefect").expanduser()
    parts = urlsplit(url)
    section = re.sub(r"[^-.a-z0-9]+", "-", parts.netloc.lower()).strip("-")
    log_in = tables(home / "auth.toml", "log-ins").get(section)
    if re.search(r"-\d+$", parts.hostname or ""):
        return {}
    what = f"the log-in for `{section}`"
    return texts(table(log_in, what), KEPT, what)
