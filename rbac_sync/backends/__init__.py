"""The backends: the accounts whose live state is read and changed.

The backends of rbac-sync are named here; third parties add theirs by an entry point of the
group ``rbac_sync.backends``, which is called with the settings and the credential.
"""

from __future__ import annotations

import os
from importlib import import_module
from operator import attrgetter
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ..errors import BackendError
from ..model.settings import Settings
from ..planning import Limit

if TYPE_CHECKING:
    from .interface import Backend

GROUP = "rbac_sync.backends"
OURS = {
    "store": "rbac_sync.backends.store:StoreBackend.configured",
    "prefect-cloud": "rbac_sync.backends.prefect_cloud.session:PrefectCloudBackend.configured",
    "prefect-cloud-1": "rbac_sync.backends.prefect_cloud_1.session:PrefectCloud1Backend.configured",
}
"""The import path of each backend, imported only when used: database drivers load slowly."""

LIMITS = {
    "store": "rbac_sync.backends.store.features:limits",
    "prefect-cloud": "rbac_sync.backends.prefect_cloud.limits:limits",
    "prefect-cloud-1": "rbac_sync.backends.prefect_cloud_1.limits:limits",
}
"""The import path of the limits of each backend of rbac-sync, by the features of an account."""

JOURNALED = ("prefect-cloud", "prefect-cloud-1")
"""The backends of rbac-sync with a journal outside of the system that they write to."""


def backend(settings: Settings, api_key: str | None) -> Backend:
    """Return the backend that *settings* name, with the credential *api_key*.

    Raises:
        BackendError: there is no such type, or the settings do not fit it.
        CredentialError: only a file, and not the user, names the destination of the credential.
    """
    if settings.type not in OURS and api_key and not settings.named:
        _check_others(settings.url)
    result: Backend = _opener(settings.type)(settings, api_key)
    return result


def _check_others(url: str) -> None:
    """Refuse to give a third party's backend a key for a *url* that only a file names.

    Raises:
        BackendError: the URL cannot be read.
        CredentialError: only the file names its host.
    """
    from .destination import HostPort, check

    try:
        parts = urlsplit(url)
        place = HostPort(parts.hostname or "", parts.port)
    except ValueError:
        raise BackendError("the backend's URL cannot be read", hint="correct its port") from None
    if parts.netloc:
        check(place, "the API key", (), os.environ)


def limits_of(name: str, features: frozenset[str]) -> tuple[Limit, ...]:
    """Return the limits of a type of backend for an account with *features*; none if unknown."""
    if name not in LIMITS:
        return ()
    limits: tuple[Limit, ...] = _loaded(LIMITS[name])(features)
    return limits


def types() -> tuple[str, ...]:
    """Return all types of backend, in alphabetical order."""
    from importlib.metadata import entry_points

    return tuple(sorted({*OURS, *entry_points(group=GROUP).names}))


def _opener(name: str) -> Any:
    """Return the function that creates a backend of this type."""
    if name in OURS:
        return _loaded(OURS[name])
    from importlib.metadata import entry_points

    for entry in entry_points(group=GROUP, name=name):
        return entry.load()
    known = ", ".join(f"`{each}`" for each in types())
    raise BackendError(f"there is no backend `{name}`", hint=f"the types are {known}")


def _loaded(path: str) -> Any:
    """Return the object with this import path: ``module:name``."""
    module, _, name = path.partition(":")
    return attrgetter(name)(import_module(module))
