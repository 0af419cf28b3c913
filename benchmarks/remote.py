"""Measures plans and applies over Prefect Cloud's API, each answer 20 ms late.

Each command runs twice. *serve* answers first, on the same machine, which takes CPU of its own;
then the same answers come from a *recording*, so that what is measured is the client. Printed are
the requests, how many there were at a time, the seconds that passed, the floor, the ratio of the
two, and the CPU seconds of the command. The floor is the latency of the reads, as many at a time
as the client makes, and of the writes, one after the other. Usage:

    python benchmarks/remote.py [--workspaces 500] [--here 20] [--latency 0.02] [--calls]

``--calls`` also prints the requests by kind.
"""

from __future__ import annotations

import argparse
import os
import shutil
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import serve
from network import Recording, SlowNetwork
from shapes import RBAC_SYNC, bindings, environment_of, spawned

from rbac_sync.backends.remote.client import THREADS

PORT = serve.PORT + 1
CHANGED = 3
"""How many workspaces the change touches."""


class Measured(NamedTuple):
    """What a command took: requests by kind, seconds that passed, and CPU seconds."""

    calls: Counter[str]
    most: int
    passed: float
    cpu: float

    def floor(self, latency: float) -> float:
        """Return the seconds that the answers take at least, if each is *latency* late."""
        reads = sum(n for call, n in self.calls.items() if is_read(call))
        return (reads / THREADS + self.calls.total() - reads) * latency


def is_read(call: str) -> bool:
    """Say whether *call* changes nothing."""
    return call.startswith("GET ") or call.endswith("/filter")


def measured(network: SlowNetwork, words: list[str], environment: dict[str, str]) -> Measured:
    """Run a command in a process of its own."""
    start = time.perf_counter()
    cpu, _ = spawned((str(RBAC_SYNC), *words), environment)
    passed = time.perf_counter() - start
    return Measured(network.calls.copy(), network.most, passed, cpu)


def edit(folder: Path) -> None:
    """Make runners of the viewers of the first workspaces."""
    for file in sorted((folder / "workspaces").iterdir())[:CHANGED]:
        lines = file.read_text().splitlines()
        swapped = {"viewer": "runner", "runner": "viewer"}
        words = [line.partition(" ") for line in lines]
        text = "".join(f"{swapped.get(name, name)} {rest}\n" for name, _, rest in words)
        file.write_text(text)


def founded(folder: Path, workspaces: int, here: int) -> dict[str, str]:
    """Make an account in a store; let its configuration name the API; return the environment."""
    declared = folder / "declared"
    bindings(declared, workspaces * here, here)
    environment = environment_of(folder)
    spawned((str(RBAC_SYNC), "apply", f"--config={declared}", "--auto-approve"), environment)
    root = declared / "rbac.toml"
    root.write_text(root.read_text().replace('"store"', '"prefect-cloud"', 1))
    api = f"http://127.0.0.1:{PORT}/api"
    return {**environment, "RBAC_SYNC_URL": api, "RBAC_SYNC_STATE_DIR": str(folder / "state")}


class Bench(NamedTuple):
    """An account whose configuration and journal are in *folder*, behind *network*."""

    network: SlowNetwork
    folder: Path
    environment: dict[str, str]
    calls: bool

    def measure(self) -> None:
        """Print two lines for each command."""
        print(f"{'':34} {'answers':9} requests at once seconds  floor  ratio  CPU s")
        self._show("plan, nothing to do", "plan")
        edit(self.folder / "declared")
        name = f"{CHANGED} workspaces changed"
        self._show(f"plan, {name}", "plan")
        self._show("plan of one of them", "plan", "--target=workspace.w0")
        self._show(f"apply, {name}", "apply", "--auto-approve")

    def _show(self, name: str, command: str, *words: str) -> None:
        state, kept = self.folder / "state", self.folder / "kept"
        shutil.copytree(state, kept) if state.exists() else kept.mkdir()
        self._run(name, "serve", None, command, *words)
        recording = dict(self.network.recorded)
        shutil.rmtree(state, ignore_errors=True)
        kept.rename(state)
        self._run(name, "recording", recording, command, *words)

    def _run(self, name: str, source: str, recording: Recording | None, *words: str) -> None:
        self.network.begin(recording)
        command = [*words, f"--config={self.folder / 'declared'}"]
        took = measured(self.network, command, self.environment)
        floor = took.floor(self.network.latency)
        numbers = f"{took.calls.total():8} {took.most:7} {took.passed:7.2f} {floor:6.2f}"
        print(
            f"{name:34} {source:9} {numbers} {took.passed / floor:6.1f} {took.cpu:6.2f}", flush=True
        )
        for call, count in sorted(took.calls.items()) if self.calls else ():
            print(f"    {count:6} {call}")


def main() -> None:
    """Read the command line, make the account, and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workspaces", type=int, default=500)
    parser.add_argument("--here", type=int, default=20, help="grants in each workspace")
    parser.add_argument("--latency", type=float, default=0.02, help="seconds")
    parser.add_argument("--calls", action="store_true", help="print the requests by kind")
    arguments = parser.parse_args()
    network = SlowNetwork(PORT, serve.PORT, arguments.latency)
    network.start()
    with TemporaryDirectory(prefix="rbac-sync-remote-", dir=os.environ.get("TMPDIR")) as name:
        folder = Path(name)
        environment = founded(folder, arguments.workspaces, arguments.here)
        with serve.running(*serve.command(f"sqlite:///{folder}/store.db")):
            Bench(network, folder, environment, arguments.calls).measure()


if __name__ == "__main__":
    main()
