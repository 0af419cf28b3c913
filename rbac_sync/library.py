"""The library: load, plan, apply and drift as functions, for programs that call rbac-sync.

A function takes the credential as an argument and reads no environment variable for it.
"""

from __future__ import annotations

from pathlib import Path

from . import pipeline
from .backends.copied_text import check_secret
from .backends.interface import Backend
from .errors import PlanRefused, RbacSyncError
from .execution import Applied, Keep
from .pipeline import Configuration, Drift, Review, RunOptions
from .pipeline.apply import ApplyRun, check_lost
from .pipeline.new_keys import new_keys

__all__ = [
    "Applied",
    "Configuration",
    "Drift",
    "PlanRefused",
    "RbacSyncError",
    "Review",
    "RunOptions",
    "apply",
    "drift",
    "load",
    "plan",
]

NO_OPTIONS = RunOptions()


def load(folder: Path | str, *, url: str = "", account: str | None = None) -> Configuration:
    """Read the TOML files of *folder*; *url* replaces the one in ``[backend]``.

    *account* is one of those that ``[accounts]`` names; None is the only one.

    Raises:
        ConfigError: they cannot be read, or name no backend; ``diagnostics`` has every problem.
        CredentialError: the URL contains a stray character.
        RbacSyncError: there are several accounts and none is named, or none with this name.
    """
    return pipeline.load(Path(folder), url, account=account)


def plan(
    configuration: Configuration, api_key: str | None, options: RunOptions = NO_OPTIONS
) -> Review:
    """Return the plan that leads to *configuration*, with the findings of the guard.

    ``plan.changes`` are in the order in which they are applied; a plan with ``findings`` is
    refused by ``apply``. Nothing is written.

    Raises:
        ConfigError: the configuration cannot be used as written.
        CredentialError: the key is not accepted, or there is none and *options* simulate nobody.
        BackendError: the account cannot be read.
    """
    return pipeline.plan(configuration, _backend(configuration, api_key), options)


def apply(
    configuration: Configuration,
    review: Review,
    api_key: str,
    options: RunOptions = NO_OPTIONS,
    *,
    keep: Keep | None = None,
) -> Applied:
    """Apply the plan of *review*, judged again by the rights of *api_key*, and record it.

    *keep* is called with the secrets of new API keys, by address as text, before the changes are
    committed, and returns when they are stored. A plan that makes keys needs it.

    Raises:
        PlanRefused: the guard objects; nothing is written.
        StalePlan: the account has changed since the plan was made; nothing is written.
        Locked: another run holds the account.
        ApplyStopped: it stopped between two changes; those before it stand.
        RbacSyncError: the plan makes keys, and there is no *keep*.
    """
    if keep is None and (keys := new_keys(review)):
        message = f"the plan makes API keys, and `keep` is not given: {', '.join(keys)}"
        raise RbacSyncError(message, hint="pass `keep`, a function that stores their secrets")
    backend = _backend(configuration, api_key)
    check_lost(review.saved, backend.settle({}))
    saved, keep = review.saved, keep or _no_keys
    return ApplyRun(configuration, saved, options, lambda _: None, keep).apply(backend)


def drift(configuration: Configuration, api_key: str) -> Drift:
    """Return how the live account differs from *configuration*. Nothing is written.

    ``plan.changes`` would end the difference; ``touched`` says who last changed each address.

    Raises:
        ConfigError: the configuration cannot be used as written.
        CredentialError: the key is not accepted.
        BackendError: the account cannot be read.
    """
    return pipeline.drift(configuration, _backend(configuration, api_key))


def _backend(configuration: Configuration, api_key: str | None) -> Backend:
    check_secret(api_key or "", "`api_key`")
    return configuration.backend(api_key)


def _no_keys(secrets: object) -> None:
    assert not secrets, "a plan that makes keys is refused without `keep`"
