"""A company, a plan that makes an API key, and what runs the real command line on them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from rbac_sync.cli.run import KEY
from rbac_sync.planning.planfile import SavedPlan

from ..cli.running import Ran, run
from .company import Company

SOON = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()
MINTING = (
    ('description = "Builds."', f'description = "Builds."\nkeys.main = {{ until = {SOON} }}'),
    ('viewer  = ["bo"]', 'developer = ["bo"]'),
)
"""Two edits: `ci` gets an API key, and bo develops."""


class Bench:
    """``plan_file`` holds the plan, and ``keys_out`` is where its secrets are to go."""

    def __init__(self, company: Company, folder: Path, monkeypatch) -> None:
        self.company, self.folder, self._monkeypatch = company, folder, monkeypatch
        self.keys_out, self.plan_file = folder / "keys.json", folder / "company.plan"
        for name in ("olivia", "dee", "pia"):
            company.key(name)
        company.edit(*MINTING)
        self.save(company.plan())

    def save(self, saved: SavedPlan) -> None:
        self.saved = saved
        self.plan_file.write_bytes(saved.encoded())

    def run(self, command: str, *words: object, who: str = "olivia") -> Ran:
        """Run *command* with the key of *who*, which may be a key itself."""
        self._monkeypatch.setenv(KEY, self.company.keys.get(who, who))
        company = self.company
        return run(command, *words, "--config", company.folder, "--url", company.url)

    def apply(self, *words: object, who: str = "olivia") -> Ran:
        return self.run("apply", *words, "--keys-out", self.keys_out, who=who)

    def refused(self, code: int, who: str) -> str:
        """Check that applying ends with *code* and leaves nothing behind; return what was said."""
        before = self.company.dump()
        found = self.apply(self.plan_file, who=who)
        assert (found.code, found.out) == (code, "")
        assert self.company.dump() == before
        assert not self.keys_out.exists()
        return found.err
