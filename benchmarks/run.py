"""Measures each stage against the physical floor, in one process, and prints the ratios.

The floor of a plan is to parse the same TOML with the fastest parser and to
fetch the same rows with the bare driver. Usage:

    python benchmarks/run.py [--bindings 100000] [--url postgresql://...]
"""

from __future__ import annotations

import argparse
import gc
import os
import resource
import sqlite3
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import tomli
from shapes import bindings as write_account

from rbac_sync import pipeline
from rbac_sync.backends import store
from rbac_sync.backends.interface import Backend
from rbac_sync.pipeline import Configuration, RunOptions
from rbac_sync.pipeline.apply import ApplyRun
from rbac_sync.planning.planfile import SavedPlan
from rbac_sync.toml_parser import fast_parser

PER_WORKSPACE = 1_000
ROWS = "SELECT principal, scope, role, since, until FROM binding"


def timed(name: str, work: Callable[[], Any], repeat: int = 1) -> tuple[float, Any]:
    """Run *work* and return its best time in seconds and its result."""
    best, result = float("inf"), None
    for _ in range(repeat):
        gc.collect()
        start = time.perf_counter()
        result = work()
        best = min(best, time.perf_counter() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{name:42} {best:8.3f} s   peak {peak:6.0f} MiB", flush=True)
    return best, result


def parse(folder: Path) -> list[Any]:
    """Parse every file with the fastest parser."""
    loads = fast_parser() or tomli.loads
    return [loads(path.read_text()) for path in sorted(folder.rglob("*.toml"))]


def fetch(url: str) -> list[Any]:
    """Fetch every binding with the bare driver."""
    if url.startswith("sqlite"):
        with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
            return connection.execute(ROWS).fetchall()
    import psycopg

    with psycopg.connect(url) as connection:
        return connection.execute(ROWS).fetchall()


def planned_anew(configuration: Configuration, backend: Backend) -> SavedPlan:
    """Return the plan of an account that has nothing yet."""
    _, review = timed(
        "plan, everything new", lambda: pipeline.plan(configuration, backend, RunOptions())
    )
    assert not review.findings, review.findings[:3]
    return review.saved


def applied(configuration: Configuration, backend: Backend, saved: SavedPlan) -> object:
    """Apply *saved*, and print nothing."""
    run = ApplyRun(configuration, saved, RunOptions(), lambda _: None, lambda _: None)
    return run.apply(backend)


def measure(folder: Path, bindings: int, url: str) -> None:
    """Apply an account of *bindings* bindings, then plan it again and compare with the floor."""
    write_account(folder, bindings, PER_WORKSPACE)
    os.environ["RBAC_SYNC_API_KEY"] = store.init(
        url=url, account="bench", world="prefect-cloud", owner_email="owner@example.org"
    )
    configuration = pipeline.load(folder, url)
    backend = configuration.backend(os.environ["RBAC_SYNC_API_KEY"])
    saved = planned_anew(configuration, backend)
    timed("apply, with audit rows", lambda: applied(configuration, backend, saved))
    parsed, _ = timed("floor: parse the TOML", lambda: parse(folder), 3)
    fetched, rows = timed("floor: fetch the rows", lambda: fetch(url), 3)

    def again() -> Any:
        found = pipeline.load(folder, url)
        return pipeline.plan(found, found.backend(os.environ["RBAC_SYNC_API_KEY"]), RunOptions())

    planned, second = timed("plan, nothing to do", again, 3)
    assert second.plan.changes == (), second.plan.changes[:3]
    print(f"{len(rows)} rows; a plan takes {planned / (parsed + fetched):.2f} times the floor")


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bindings", type=int, default=100_000)
    parser.add_argument("--url", default="")
    chosen = parser.parse_args()
    with TemporaryDirectory(prefix="rbac-sync-bench-") as name:
        folder = Path(name)
        url = chosen.url or f"sqlite:///{folder}/bench.db"
        measure(folder / "configuration", chosen.bindings, url)


if __name__ == "__main__":
    sys.exit(main())
