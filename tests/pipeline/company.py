"""A small company in a real store: its configuration as text, its people's keys, its database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from rbac_sync import pipeline
from rbac_sync.audit.record import Authorship, Record
from rbac_sync.backends.database.engine import address, engine, place, reading
from rbac_sync.backends.store import StoreBackend, init
from rbac_sync.backends.store.tables import TABLES
from rbac_sync.execution import Applied, make_all
from rbac_sync.model import Key, State
from rbac_sync.model import address as named
from rbac_sync.model.settings import WAIT
from rbac_sync.pipeline import queries
from rbac_sync.pipeline.apply import ApplyRun
from rbac_sync.planning import Change
from rbac_sync.planning.planfile import SavedPlan, decoded

WORLD, HANDLE = "prefect-cloud", "acme"
OWNER = "olivia@acme.example"

CONFIGURATION = """\
[backend]
type    = "store"
account = "acme"
world   = "prefect-cloud"

[manage]
members          = "all"
service_accounts = "all"
teams            = "all"
roles            = "all"
workspaces       = "all"
access           = "all"
keys             = "all"

[guard]
min_owners = 1

[people]
olivia = "olivia@acme.example"
otto   = "otto@acme.example"
dee    = "dee@acme.example"
bo     = "bo@acme.example"
pia    = "pia@acme.example"
lee    = "lee@acme.example"

[members]
owner  = ["olivia", "otto"]
admin  = ["dee"]
member = ["bo", "pia", "lee", "sa:ci"]

[service_accounts.ci]
description = "Builds."

[roles.reader]
permissions = ["see_flows"]

[roles.granter]
permissions = ["see_flows", "see_deployments", "manage_workspace_users"]

[teams.data]
members = ["bo"]

[teams.ops]
members = ["otto"]

[workspaces.prod]
name         = "Production"
default_role = "none"

[workspaces.prod.access]
viewer  = ["bo"]
granter = ["lee"]
reader  = ["team:ops"]

[workspaces.test]
name         = "Test"
default_role = "viewer"

[workspaces.test.access]
runner = ["sa:ci"]
"""
"""Everybody but `lee`, who may bind members in `prod` and little else, is of the usual sort."""

BEGUN: dict[str, tuple[bytes, str]] = {}
"""The store and the first owner's key of companies that have begun, by configuration."""

NO_DESCRIPTION = ('description = "Builds."\n', "")
"""*Why*: in Prefect Cloud service accounts have no description."""


class Company:
    """One company. ``url`` is where its store is, ``folder`` where its configuration."""

    def __init__(self, url: str, folder: Path, account: str = HANDLE) -> None:
        self.url, self.folder, self.account = url, folder, account
        self.keys: dict[str, str] = {}
        self.folder.mkdir(exist_ok=True)
        self.write(CONFIGURATION.replace('"acme"', f'"{account}"'))

    def begin(self) -> Company:
        """Found the account, and make the configuration true; a SQLite file may be a copy."""
        file, text = place(address(self.url)), self.file.read_text(encoding="utf-8")
        if file is None or file.exists():
            return self.found()
        if text in BEGUN:
            content, self.keys["olivia"] = BEGUN[text]
            file.touch(0o600)
            file.write_bytes(content)
        else:
            self.found()
            BEGUN[text] = file.read_bytes(), self.keys["olivia"]
        return self

    def found(self) -> Company:
        """Begin in a store that is no copy of another."""
        self.keys["olivia"] = init(self.url, self.account, WORLD, OWNER)
        self.sync("olivia")
        return self

    # The configuration.

    @property
    def file(self) -> Path:
        return self.folder / "rbac.toml"

    def write(self, text: str) -> None:
        self.file.write_text(text, encoding="utf-8")

    def edit(self, *edits: tuple[str, str]) -> None:
        """Replace the first text of each pair, which must stand there once, by the second."""
        text = self.file.read_text(encoding="utf-8")
        for old, new in edits:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        self.write(text)

    def load(self) -> pipeline.Configuration:
        return pipeline.load(self.folder, self.url)

    def load_root(self) -> pipeline.Configuration:
        return pipeline.load_root(self.folder, self.url)

    # The pipeline, as one of its people.

    def key(self, who: str) -> str:
        """Return the API key of somebody, made on first use."""
        if who not in self.keys:
            owner = named.user(f"{who}@acme.example")
            self.keys[who] = next(iter(self.force(Change(None, Key(owner, "first"))).values()))
        return self.keys[who]

    def backend(self, who: str | None = "olivia", wait: float = 5.0) -> StoreBackend:
        return StoreBackend(self.url, self.account, who and self.key(who), wait=wait)

    def review(self, backend, **options) -> pipeline.Review:
        """Return the plan for the account of *backend*, and what the guard says of it."""
        return pipeline.plan(self.load(), backend, pipeline.RunOptions(**options))

    def plan(self, who: str = "olivia", **options) -> SavedPlan:
        """Return the plan of somebody, as it comes out of the file that it was saved in."""
        review = self.review(self.backend(who), **options)
        assert review.findings == []
        return decoded(review.saved.encoded())

    def apply(
        self,
        saved: SavedPlan,
        who: str = "olivia",
        *,
        progress=lambda _: None,
        keep=lambda _: None,
        backend=None,
        **options,
    ) -> Applied:
        backend = backend or self.backend(who)
        run = ApplyRun(self.load_root(), saved, pipeline.RunOptions(**options), progress, keep)
        return run.apply(backend)

    def sync(self, who: str = "olivia") -> Applied:
        return self.apply(self.plan(who), who)

    def force(self, *changes: Change) -> dict[str, str]:
        """Make *changes* on record, past every guard; return new secrets."""
        by = Authorship(named.user(OWNER), str(uuid4()), reason="by hand")
        backend = StoreBackend(self.url, self.account)
        return backend.transact(by.run, lambda w: _made(changes, w, by))

    # The database.

    @property
    def state(self) -> State:
        with self.backend(None).open() as session:
            return session.read()

    def outstanding(self) -> Sequence[Change]:
        """Return what a plan would change now."""
        return pipeline.drift(self.load(), self.backend(None)).plan.changes

    def dump(self) -> dict[str, list[tuple[object, ...]]]:
        """Return every row of every table, state and audit."""
        with reading(engine(address(self.url), WAIT)) as connection:
            return {
                table.name: sorted(connection.rows(f'SELECT * FROM "{table.name}"'), key=repr)
                for table in TABLES
            }

    def trail(self) -> list[Record]:
        """Return the records of the audit trail, oldest first."""
        with self.backend(None).open() as session:
            return [link.record for link in session.trail.links()]

    def verify(self) -> None:
        """Check the chain, and that the trail tells exactly of what is live."""
        assert queries.verify(self.backend(None), []).flaws == ()


def company_for_cloud(folder: Path, *edits: tuple[str, str]) -> Company:
    """Return a company that could be in Prefect Cloud, with *edits*, its configuration true."""
    made = Company(f"sqlite:///{folder / 'rbac.db'}", folder / "acme")
    made.edit(NO_DESCRIPTION, *edits)
    return made.begin()


def _made(changes, writer, by):
    return make_all(changes, writer, by, lambda _: None, lambda _: None, lambda: None)


def aged(saved: SavedPlan, **age: float) -> SavedPlan:
    """Return *saved* as if it had been made earlier: with a digest of its own, so a new plan."""
    older = replace(saved, created=saved.created - timedelta(**age))
    return decoded(older.encoded())
