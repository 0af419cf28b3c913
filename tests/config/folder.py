"""A configuration folder for tests, and what is said of it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from rbac_sync import config
from rbac_sync.catalogues import catalogue
from rbac_sync.errors import ConfigError, Diagnostic
from rbac_sync.model import Declaration

NOW = datetime(2026, 6, 1, tzinfo=UTC)

BACKEND = '[backend]\ntype = "store"\naccount = "acme"\n'
OWNER = '[members]\nowner = ["ana@x.org"]\n'


class Folder:
    """Writes files and reads them as a configuration."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, root: str = "", **files: str) -> Folder:
        """Write ``rbac.toml`` and, by stem, other files beside it."""
        (self.path / "rbac.toml").write_text(root)
        for stem, text in files.items():
            (self.path / f"{stem}.toml").write_text(text)
        return self

    def declare(self, world: str = "prefect-cloud", now: datetime = NOW) -> Declaration:
        return config.declaration(config.read(self.path), catalogue(world), now)

    def errors(self, world: str = "prefect-cloud") -> tuple[Diagnostic, ...]:
        """Return what the configuration is refused for; nothing if it is accepted."""
        try:
            self.declare(world)
        except ConfigError as error:
            return error.diagnostics
        return ()

    def full_message(self, world: str = "prefect-cloud") -> list[str]:
        """Return ``CODE line:column`` of each error, in order."""
        return [f"{e.code} {e.place.line}:{e.place.column}" for e in self.errors(world)]


def declares(text: str) -> str:
    """Return a whole root file around *text*, which starts on line 4."""
    return BACKEND + text
