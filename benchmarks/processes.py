"""Measures whole commands, each a fresh process, against floors in the same run.

Printed are CPU seconds (user and system, the median of the runs), the peak of memory, and the
ratio to a floor: *rows* is a process that parses the same TOML with the fastest parser at hand
and fetches the same rows with the bare driver, *render* one that also writes each binding as
lines and as JSON, as a plan of new ones does, *write* one that writes the same rows with the
driver into an empty store, *python* one that does nothing. Usage:

    python benchmarks/processes.py [--repeat 3] [--ratios] [10000 100000 ...]

``--ratios`` prints the ratios alone: they say something on a busy machine too.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from shapes import RBAC_SYNC, bindings, environment_of, spawned

ROWS = """
import sqlite3, sys
from pathlib import Path
try:
    from toml_rs import loads
except ModuleNotFoundError:
    from tomli import loads
trees = [loads(path.read_text()) for path in sorted(Path(sys.argv[1]).rglob("*.toml"))]
with sqlite3.connect(sys.argv[2]) as connection:
    for table in ("binding", "address"):
        connection.execute(f"SELECT * FROM {table}").fetchall()
"""
"""The program of the floor *rows*; its arguments are a folder and a database."""

WRITE = """
import shutil, sqlite3, sys
full, empty, target = sys.argv[1:]
shutil.copy(empty, target)
with sqlite3.connect(full) as source, sqlite3.connect(target) as connection:
    names = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    for (table,) in source.execute(names).fetchall():
        listed = source.execute(f"PRAGMA table_info('{table}')")  # without derived columns
        columns = ", ".join(f'"{name}"' for _, name, *_ in listed)
        if rows := source.execute(f"SELECT {columns} FROM {table}").fetchall():
            marks = ", ".join("?" * len(rows[0]))
            into = f"{table} ({columns})"
            connection.executemany(f"INSERT OR IGNORE INTO {into} VALUES ({marks})", rows)
"""
"""The program of the floor *write*; its arguments are a store, an empty one, and a new file."""

RENDER = f"""{ROWS}
import json
def render(workspace, role, email):
    address = f"workspace.{{workspace}}/access/{{email}}"
    print(f"  # {{address}} will be created")
    print(f"  # (workspaces/{{workspace}}.toml:7)\\n      + role = {{role}}\\n")
    after = {{"kind": "binding", "roles": [{{"role": ["role", f"workspace/{{role}}"]}}]}}
    after |= {{"principal": ["member", email], "scope": ["workspace", workspace]}}
    change = {{"action": "create", "address": address, "after": after, "before": None}}
    file.write(json.dumps(change) + "\\n")
with open(sys.argv[3], "w") as file:
    for tree in trees:
        for workspace, table in tree.get("workspaces", {{}}).items():
            for role, emails in table["access"].items():
                for email in emails:
                    render(workspace, role, email)
"""
"""The program of the floor *render*; its arguments are those of *rows* and a new file."""

CHANGED_FILES = 3


class Case(NamedTuple):
    """A command that is measured: its floor, its name and its arguments."""

    floor: str
    name: str
    command: Sequence[str]


class Measured(NamedTuple):
    """What a process took: CPU seconds, and its peak of memory in MB."""

    seconds: float
    peak: float


def once(command: Sequence[str], environment: dict[str, str]) -> Measured:
    """Run *command* in a process of its own."""
    return Measured(*spawned(command, environment))


def median(runs: Sequence[Measured]) -> Measured:
    """Return the median of *runs*, of the seconds and of the peaks."""
    return Measured(*(statistics.median(values) for values in zip(*runs, strict=True)))


def floors(folder: Path) -> Iterator[Case]:
    """Yield the floors; their own floor is none."""
    python, declared, store = sys.executable, folder / "declared", folder / "store.db"
    yield Case("", "floor: python", (python, "-c", "pass"))
    read = (str(declared), str(store))
    yield Case("", "floor: rows", (python, "-c", ROWS, *read))
    yield Case("", "floor: render", (python, "-c", RENDER, *read, str(folder / "changes.json")))
    files = (str(store), str(folder / "empty.db"), str(folder / "written.db"))
    yield Case("", "floor: write", (python, "-c", WRITE, *files))


def commands(folder: Path) -> Iterator[Case]:
    """Yield what is measured on an account that is as declared; nothing of it writes."""
    whole, edited = f"--config={folder / 'declared'}", f"--config={folder / 'edited'}"
    page = str(folder / "page.html")
    yield Case("python", "--version", (str(RBAC_SYNC), "--version"))
    yield Case("python", "--help", (str(RBAC_SYNC), "--help"))
    for floor, name, words in (
        ("rows", "validate", ("validate", whole)),
        ("rows", "plan, nothing to do", ("plan", "--no-cache", whole)),
        ("rows", f"plan, {CHANGED_FILES} files changed", ("plan", "--no-cache", edited)),
        ("rows", "the first, after another plan", ("plan", whole)),
        ("rows", "the second, after another plan", ("plan", edited)),
        ("rows", "drift, the same", ("drift", edited)),
        ("rows", "report, the same", ("report", edited, "-o", page)),
        ("python", "audit log --limit 20", ("audit", "log", "--limit=20", whole)),
        ("python", "audit log --address", ("audit", "log", "--address=workspace.w3", whole)),
        ("python", "audit log --about", ("audit", "log", "--about=u5@example.org", whole)),
        ("python", "audit log --who", ("audit", "log", "--who=u5@example.org", whole)),
        ("python", "audit log --run", ("audit", "log", "--run=00", whole)),
        ("rows", "audit verify", ("audit", "verify", whole)),
    ):
        yield Case(floor, name, (str(RBAC_SYNC), *words))


def founding(folder: Path) -> Iterator[Case]:
    """Yield the commands that make the account, in this order."""
    whole, file = f"--config={folder / 'declared'}", str(folder / "all.plan")
    yield Case("render", "plan, all new", (str(RBAC_SYNC), "plan", whole, f"--out={file}"))
    yield Case("write", "apply, all new", (str(RBAC_SYNC), "apply", whole, file))


def edit(folder: Path) -> None:
    """Take the first viewer out of each of the first workspaces of the configuration."""
    for file in sorted((folder / "workspaces").iterdir())[:CHANGED_FILES]:
        text = file.read_text()
        start = text.index('"', text.index("viewer = ["))
        file.write_text(text[:start] + text[text.index(", ", start) + 2 :])


def measure(folder: Path, count: int, repeat: int) -> dict[Case, Measured]:
    """Return what each floor and command takes on an account of *count* bindings."""
    bindings(folder / "declared", count)
    shutil.copytree(folder / "declared", folder / "edited")
    edit(folder / "edited")
    environment = environment_of(folder)
    shutil.copy(folder / "store.db", folder / "empty.db")
    made = {case: once(case.command, environment) for case in founding(folder)}
    for configuration in ("declared", "edited"):
        once((str(RBAC_SYNC), "plan", f"--config={folder / configuration}"), environment)
    cases = [*floors(folder), *commands(folder)]
    runs = [[once(case.command, environment) for case in cases] for _ in range(repeat)]
    repeated = zip(cases, map(median, zip(*runs, strict=True)), strict=True)
    return {**dict(repeated), **made}


def show(count: int, table: dict[Case, Measured]) -> None:
    """Print what was measured, and the ratio of each to its floor."""
    by_name = {case.name: measured for case, measured in table.items()}
    print(f"{count} bindings{'CPU s':>34} {'MB':>7}   of its floor")
    for case, (seconds, peak) in table.items():
        floor = by_name.get(f"floor: {case.floor}")
        ratio = f"{seconds / floor.seconds:7.1f}x {case.floor}" if floor else ""
        print(f"  {case.name:32} {seconds:12.3f} {peak:7.0f} {ratio}", flush=True)


def show_ratios(count: int, table: dict[Case, Measured]) -> None:
    """Print the ratio of each command to its floor."""
    floors = {case.name: measured for case, measured in table.items()}
    print(f"{count} bindings, CPU time as a multiple of its floor")
    for case, (seconds, _) in table.items():
        if case.floor:
            ratio = seconds / floors[f"floor: {case.floor}"].seconds
            print(f"  {case.name:32} {ratio:7.1f}x {case.floor}", flush=True)


def main() -> None:
    """Read the command line and measure each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bindings", nargs="*", type=int, default=[10_000, 100_000])
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--ratios", action="store_true", help="print the ratios alone")
    arguments = parser.parse_args()
    shown = show_ratios if arguments.ratios else show
    for count in arguments.bindings:
        with TemporaryDirectory(prefix="rbac-sync-bench-", dir=os.environ.get("TMPDIR")) as name:
            shown(count, measure(Path(name), count, arguments.repeat))


if __name__ == "__main__":
    sys.exit(main())
