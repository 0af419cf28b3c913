"""Prefect Cloud as a backend."""

from __future__ import annotations

import os

from .. import Settings
from ..interface import Target
from ..remote.client import Client
from ..remote.journal import Journal
from ..remote.journaled_backend import JournaledBackend
from .environment import login
from .naming import WORLD_NAME
from .session import PrefectCloudSession, PrefectCloudWriter


class PrefectCloudBackend(JournaledBackend):
    """One account, by handle or id, of Prefect Cloud or of a server with the same API."""

    world = WORLD_NAME

    @classmethod
    def configured(cls, settings: Settings, api_key: str | None) -> PrefectCloudBackend:
        """Return the account that a ``[backend]`` table names."""
        where = login(settings.url, api_key, os.environ, named=settings.named)
        return cls(settings.account, where, wait=settings.wait, journal=settings.journal)

    def session(self, client: Client, target: Target, journal: Journal) -> PrefectCloudSession:
        """Return a session that reads through *client*."""
        return PrefectCloudSession(client, target, journal)

    def writer(self, client: Client, target: Target, journal: Journal) -> PrefectCloudWriter:
        """Return a session that also writes."""
        return PrefectCloudWriter(client, target, journal)
