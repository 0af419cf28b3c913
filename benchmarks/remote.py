"""Measures a plan and an apply over Prefect Cloud's API, against ``serve`` behind a slow network.

Each answer comes 20 ms late, as from a service elsewhere. Printed are the requests, the seconds
that passed, the CPU seconds of the command, and the ratio of what passed to the floor: the
requests, as many at a time as the client makes, each as late. Usage:

    python benchmarks/remote.py [--workspaces 500] [--here 20] [--latency 0.02]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import NamedTuple

import serve
from shapes import RBAC_SYNC, bindings, environment_of, spawned

from rbac_sync.backends.prefect_cloud.rows import THREADS

PORT = serve.PORT + 1
PIECE = 2**16
METHODS = (b"GET ", b"POST ", b"PUT ", b"PATCH ", b"DELETE ")


class Measured(NamedTuple):
    """What a command took: requests, seconds that passed, and CPU seconds."""

    requests: int
    passed: float
    cpu: float


class SlowNetwork:
    """A proxy on loopback that counts requests, and holds each answer back for *latency* s."""

    def __init__(self, latency: float) -> None:
        self.latency, self.calls = latency, Counter[str]()

    def start(self) -> None:
        """Pass connections on until the program ends."""
        Thread(target=lambda: asyncio.run(self._serve()), daemon=True).start()

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._pass_on, "127.0.0.1", PORT)
        await server.serve_forever()

    async def _pass_on(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        far, there = await asyncio.open_connection("127.0.0.1", serve.PORT)
        await asyncio.gather(self._requests(near, there), self._answers(far, back))

    async def _requests(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while piece := await source.read(PIECE):
            if piece.startswith(METHODS):
                self.calls[piece.split(b" ", 2)[1].decode().partition("?")[0]] += 1
            sink.write(piece)
        sink.close()

    async def _answers(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while piece := await source.read(PIECE):
            await asyncio.sleep(self.latency)
            sink.write(piece)
        sink.close()


@contextmanager
def served(url: str) -> Iterator[None]:
    """Serve the store at *url* while this is open."""
    command = [sys.executable, "-m", "rbac_sync", "serve", "--url", url, "--port", str(serve.PORT)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        serve.wait()
        yield
    finally:
        server.terminate()
        server.wait()


def measured(network: SlowNetwork, words: list[str], environment: dict[str, str]) -> Measured:
    """Run a command in a process of its own."""
    network.calls.clear()
    start = time.perf_counter()
    cpu, _ = spawned((str(RBAC_SYNC), *words), environment)
    return Measured(network.calls.total(), time.perf_counter() - start, cpu)


CHANGED = 3
"""How many workspaces the change touches."""


def edit(folder: Path) -> None:
    """Make runners of the viewers of the first workspaces."""
    for file in sorted((folder / "workspaces").iterdir())[:CHANGED]:
        lines = file.read_text().splitlines()
        swapped = {"viewer": "runner", "runner": "viewer"}
        words = [line.partition(" ") for line in lines]
        text = "".join(f"{swapped.get(name, name)} {rest}\n" for name, _, rest in words)
        file.write_text(text)


def founded(folder: Path, workspaces: int, here: int) -> dict[str, str]:
    """Make an account in a store; turn its configuration to the API and return what reaches it."""
    declared = folder / "declared"
    bindings(declared, workspaces * here, here)
    environment = environment_of(folder)
    spawned((str(RBAC_SYNC), "apply", f"--config={declared}", "--auto-approve"), environment)
    root = declared / "rbac.toml"
    root.write_text(root.read_text().replace('"store"', '"prefect-cloud"', 1))
    state = str(folder / "state")
    api = f"http://127.0.0.1:{PORT}/api"
    return {**environment, "RBAC_SYNC_URL": api, "RBAC_SYNC_STATE_DIR": state}


def measure(network: SlowNetwork, folder: Path, environment: dict[str, str]) -> None:
    """Print a line for each command."""
    config = f"--config={folder / 'declared'}"
    plan, apply = ["plan", config], ["apply", config, "--auto-approve"]
    print(f"{'':34} requests  seconds  floor  ratio  CPU s")
    show("plan, nothing to do", measured(network, plan, environment), network.latency)
    edit(folder / "declared")
    name = f"{CHANGED} workspaces changed"
    show(f"plan, {name}", measured(network, plan, environment), network.latency)
    show(f"apply, {name}", measured(network, apply, environment), network.latency)


def show(name: str, took: Measured, latency: float) -> None:
    """Print what a command took, beside the floor."""
    floor = took.requests / THREADS * latency
    ratio = took.passed / floor
    numbers = f"{took.requests:8} {took.passed:8.2f} {floor:6.2f} {ratio:6.1f} {took.cpu:6.2f}"
    print(f"{name:34} {numbers}", flush=True)


def main() -> None:
    """Read the command line, make the account, and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workspaces", type=int, default=500)
    parser.add_argument("--here", type=int, default=20, help="grants in each workspace")
    parser.add_argument("--latency", type=float, default=0.02, help="seconds")
    arguments = parser.parse_args()
    network = SlowNetwork(arguments.latency)
    network.start()
    with TemporaryDirectory(prefix="rbac-sync-remote-", dir=os.environ.get("TMPDIR")) as name:
        folder = Path(name)
        environment = founded(folder, arguments.workspaces, arguments.here)
        with served(f"sqlite:///{folder}/store.db"):
            measure(network, folder, environment)


if __name__ == "__main__":
    main()
