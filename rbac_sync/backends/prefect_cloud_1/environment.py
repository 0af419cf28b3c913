"""Where the API is, and whose key is used: as configured, else as Prefect 1's client has it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from ..login import Login, check_home, check_url, tables, texts

DEFAULT = "https://api.prefect.io"


def login(url: str, api_key: str | None, environment: Mapping[str, str]) -> Login:
    """Return where to go and with which key.

    *url* and *api_key* come first. What they leave open is taken from
    PREFECT__CLOUD__API and PREFECT__CLOUD__API_KEY, then from what
    ``prefect auth login`` has kept for this service.

    Raises:
        BackendError: the URL is none that a key can be sent to.
        CredentialError: Prefect's key belongs to another service than *url*.

    """
    places = ("PREFECT__CLOUD__API", "PREFECT__CLOUD__ENDPOINT")
    home = next(filter(None, map(environment.get, places)), DEFAULT)
    chosen = (url or home).rstrip("/")
    check_url(chosen, DEFAULT)
    kept = _kept(chosen, environment) if api_key is None else {}
    if api_key is None and (api_key := environment.get("PREFECT__CLOUD__API_KEY")):
        check_home(chosen, home)
    elif api_key is None:
        api_key = kept.get("api_key")
    tenant = environment.get("PREFECT__CLOUD__TENANT_ID") or kept.get("tenant_id", "")
    return Login(chosen, api_key or None, tenant)


def _kept(url: str, environment: Mapping[str, str]) -> Mapping[str, str]:
    """Return what Prefect's client has kept for the service at *url*, none if nothing.

    Raises:
        CredentialError: the file cannot be read.

    """
    home = Path(environment.get("PREFECT__HOME_DIR") or Path.home() / ".prefect").expanduser()
    section = re.sub(r"[^-.a-z0-9]+", "-", urlsplit(url).netloc.lower()).strip("-")
    return texts(tables(home / "auth.toml", "log-ins").get(section))
