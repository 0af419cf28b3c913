"""Prefect Cloud 1 as a backend."""

from __future__ import annotations

import os

from .. import Settings
from ..interface import Target
from ..remote.client import Client
from ..remote.journal import Journal
from ..remote.journaled_backend import JournaledBackend
from .environment import login
from .naming import WORLD_NAME
from .session import PrefectCloud1Session, PrefectCloud1Writer


class PrefectCloud1Backend(JournaledBackend):
    """One tenant, by slug or id, of Prefect Cloud 1 or of a server with the same API."""

    world = WORLD_NAME

    @classmethod
    def configured(cls, settings: Settings, api_key: str | None) -> PrefectCloud1Backend:
        """Return the tenant that a ``[backend]`` table names."""
        where = login(settings.url, api_key, os.environ, named=settings.named)
        return cls(settings.account, where, wait=settings.wait, journal=settings.journal)

    def session(self, client: Client, target: Target, journal: Journal) -> PrefectCloud1Session:
        """Return a session that reads through *client*."""
        return PrefectCloud1Session(client, target, journal)

    def writer(self, client: Client, target: Target, journal: Journal) -> PrefectCloud1Writer:
        """Return a session that also writes."""
        return PrefectCloud1Writer(client, target, journal)
