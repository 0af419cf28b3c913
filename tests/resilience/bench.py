"""One account under test: its configuration, commands on it, and checks of the result."""

from __future__ import annotations

import json
import os
import subprocess
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from uuid import uuid4

from rbac_sync.backends.store import StoreBackend, init
from rbac_sync.cli.keys_text import ACCOUNT
from rbac_sync.model import Key, State
from rbac_sync.pipeline import queries
from rbac_sync.planning.planfile import decoded

from .accounts import LOOSENED, OWNER, Move
from .command import Ended, Order, Stage
from .effects import Point

PLAN, KEYS = "my.plan", "keys.json"


class Way(Enum):
    """The ways to continue after an interrupted run."""

    AGAIN = "the same command"
    RESUMED = "--resume"


class Runner(Enum):
    """The machine on which a run is continued: with all files of the first run, or with fewer.

    A fresh runner has the folder, keys file included, and an empty state folder; a journal in a
    database outlives the runner.
    """

    SAME = "the same runner"
    FRESH = "a fresh runner"
    KEPT = "a fresh runner, with the journal in a database"

    @property
    def remembers(self) -> bool:
        """Whether the journal of the first run exists there."""
        return self is not Runner.FRESH


MODES = tuple((way, runner) for way in Way for runner in Runner)


@dataclass(frozen=True, slots=True)
class Bench:
    """An account in the store at *store*, which the command reaches at *url* as a *type*.

    ``folder`` holds the configuration, the plan and the keys file; beside it is the state of
    each runner.
    """

    stage: Stage
    move: Move
    folder: Path
    store: str
    account: str
    key: str
    type: str
    url: str
    journal: str = ""

    def run(
        self,
        *words: object,
        runner: Runner = Runner.SAME,
        point: Point | None = None,
        seconds: float | None = None,
        shift: float = 0,
    ) -> Ended:
        """Run a command as the owner, on a runner; see ``Order`` for what may happen to it."""
        environment = self._environment(runner)
        order = Order([*map(str, words)], self.folder, environment, point, seconds, shift)
        return self.stage.run(order)

    def outside(self, words: Sequence[str]) -> Ended:
        """Run any program as the owner would, without a list of its effects."""
        environment = self._environment(Runner.SAME)
        done = subprocess.run(
            words, cwd=self.folder, env=environment, capture_output=True, text=True, check=False
        )
        return Ended(done.returncode, done.stdout, done.stderr, ())

    def _environment(self, runner: Runner) -> dict[str, str]:
        there = self.folder.parent / runner.name.lower()
        kept = {"RBAC_SYNC_JOURNAL_URL": self.journal} if self.journal else {}
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "LANG": "C.UTF-8",
            "RBAC_SYNC_API_KEY": self.key,
            "RBAC_SYNC_URL": self.url,
            "RBAC_SYNC_STATE_DIR": str(there),
            **kept,
        }

    def keeping_journal(self) -> Bench:
        """Return the same account, with a database for its journal."""
        return replace(self, journal=f"sqlite:///{self.folder.parent / 'journal.db'}")

    def through(self, url: str) -> Bench:
        """Return the same account, which the command reaches at *url*."""
        return replace(self, url=url)

    def declare(self, tables: str) -> None:
        """Write the configuration."""
        head = self.move.head(self.type, self.account)
        (self.folder / "rbac.toml").write_text(head + tables, encoding="utf-8")

    def apply(
        self,
        way: Way,
        *,
        again: bool = False,
        runner: Runner = Runner.SAME,
        point: Point | None = None,
    ) -> Ended:
        """Apply what is declared, for the first time or *again*."""
        words = ["apply", "--keys-out", KEYS, *LOOSENED]
        match way:
            case Way.AGAIN:
                words.append("--auto-approve")
            case Way.RESUMED:
                words += [PLAN, *(["--resume"] if again else [])]
        return self.run(*words, runner=runner, point=point)

    def plan(self) -> int:
        """Save a plan of what is declared; return the number of its changes."""
        planned = self.run("plan", "--out", PLAN, *LOOSENED)
        assert planned.code == 0, planned.err
        return len(decoded((self.folder / PLAN).read_bytes()).changes)

    @property
    def backend(self) -> StoreBackend:
        """The account in its store, past the command and past any service."""
        return StoreBackend(self.store, self.account)

    def state(self) -> State:
        """Return what is live, without keys: their names are not the same on every backend."""
        with self.backend.open() as session:
            draft = session.read().draft()
        for key in list(draft.of(Key).values()):
            draft.remove(key)
        return draft

    def full_message(self) -> Counter[tuple[str, str]]:
        """Return how often the trail of the store tells what of an object that is no key."""
        with self.backend.open() as session:
            records = [link.record for link in session.trail.links()]
        return Counter((r.message, r.object_id) for r in records if "/key/" not in r.object_id)

    def secrets(self) -> dict[str, str]:
        """Return what is in the keys file, by address; nothing where there is no such file."""
        file = self.folder / KEYS
        found = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
        return {key: secret for key, secret in found.items() if key != ACCOUNT}

    def flaws(self, clean: Clean, runner: Runner) -> list[str]:
        """Return what is not as it is after *clean*, a run that nothing broke off."""
        planned = self.run("plan", "--detailed-exitcode", runner=runner)
        found = {
            "the next plan has changes": planned.code != 0,
            "what is live is another": self.state() != clean.state,
            "the store's trail tells another story": self.full_message() != clean.full_message,
            "the store's trail is not whole": self.backend_flaws(),
            "the runner's trail is not whole": not self._is_trail_whole(runner),
            "the keys file has other keys": sorted(self.secrets()) != sorted(self.move.secrets),
            "a secret does not work": [
                k for k, s in self.secrets().items() if not self._works(k, s)
            ],
        }
        return [f"{what}: {is_so}" for what, is_so in found.items() if is_so]

    def backend_flaws(self) -> Sequence[object]:
        """Return what ``audit verify`` finds in the store."""
        return queries.verify(self.backend, []).flaws

    def _is_trail_whole(self, runner: Runner) -> bool:
        """Say what ``audit verify`` says of a trail that tells of all, kept beside a service."""
        if self.type == "store" or not runner.remembers:
            return True
        return self.run("audit", "verify", runner=runner).code == 0

    def _works(self, key: str, secret: str | None) -> bool:
        if not secret:
            return False
        with StoreBackend(self.store, self.account, secret).open() as session:
            return str(session.applier()) == key.partition("/key/")[0]


@dataclass(frozen=True, slots=True)
class Clean:
    """The result and the effects of a run without interruption."""

    state: State
    full_message: Counter[tuple[str, str]]
    effects: tuple[str, ...]


def clean(bench: Bench, way: Way) -> Clean:
    """Apply without interruption, and return the result."""
    bench.declare(bench.move.after)
    planned = bench.plan()
    assert planned == bench.move.changes, planned
    ended = bench.apply(way)
    assert ended.code == 0, ended.err
    found = Clean(bench.state(), bench.full_message(), ended.effects)
    assert bench.flaws(found, Runner.SAME) == []
    return found


def begun_in_store(stage: Stage, move: Move, folder: Path, store: str) -> Bench:
    """Return an account of its own in *store*, in which the beginning of *move* is true."""
    return _begun(stage, move, folder, store, "store", store)


def begun_over_api(root: str) -> Callable[[Stage, Move, Path, str], Bench]:
    """Return what begins accounts in a store as the server at *root* shows them."""

    def begin(stage: Stage, move: Move, folder: Path, store: str) -> Bench:
        world = move.words.world
        url = f"{root}/api" if world == "prefect-cloud" else root
        return _begun(stage, move, folder, store, world, url)

    return begin


def _begun(stage: Stage, move: Move, folder: Path, store: str, type_: str, url: str) -> Bench:
    account, work = f"a{uuid4().hex[:12]}", folder / "work"
    work.mkdir(parents=True)
    key = init(store, account, move.words.world, OWNER)
    past = Bench(stage, move, work, store, account, key, "store", store)
    past.declare(move.before)
    ended = past.run("apply", "--auto-approve", *LOOSENED)
    assert ended.code == 0, ended.err
    return Bench(stage, move, work, store, account, key, type_, url)


def spread(effects: Sequence[str], number: int | None) -> list[Point]:
    """Return *number* moments spread over a run, or all of them: before the first, after each.

    *Why* not before each as well: between one effect and the next nothing happens outside.
    """
    every = [Point(1), *(Point(n, after=True) for n in range(1, len(effects) + 1))]
    if number is None or number >= len(every):
        return every
    return [every[round(n * (len(every) - 1) / (number - 1))] for n in range(number)]
