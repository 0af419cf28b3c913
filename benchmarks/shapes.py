"""Measures plans of accounts whose shape, not their size, makes them costly.

Each plan is a process of its own, for an account that has nothing yet; printed are its CPU
seconds and its peak of memory. Usage:

    python benchmarks/shapes.py [team-2000x100 ...]
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

RBAC_SYNC = Path(sys.executable).with_name("rbac-sync")
DIFFERENT = 2
"""The exit code of `drift` where something differs."""

INIT = """
import sys
from rbac_sync.backends import store
print(store.init(sys.argv[1], "bench", "prefect-cloud", "owner@example.org"))
"""
"""The program that makes a store and prints its owner's key.

*Why* not here: the peak of a process begins with that of the one that starts it.
"""

ROLES = ("viewer", "runner", "developer")


def bindings(folder: Path, count: int, workspace: int = 200) -> None:
    """Write *count* bindings, *workspace* of them in each workspace, a tenth as many people."""
    users = _users(max(workspace, count // 10))
    _write(folder, users)
    for n in range(count // workspace):
        here = [users[(n * 37 + k) % len(users)] for k in range(workspace)]
        access = (f"{role} = {_list(here[k::3])}" for k, role in enumerate(ROLES))
        _workspace(folder, n, "", f"[workspaces.w{n}.access]", *access)


def team(folder: Path, members: int, workspaces: int) -> None:
    """Write one team of *members* that may read in each of *workspaces*."""
    users = _users(members)
    _write(folder, users, f"[teams.data]\nmembers = {_list(users)}")
    for n in range(workspaces):
        _workspace(folder, n, "", f"[workspaces.w{n}.access]", 'viewer = ["team:data"]')


def apart(folder: Path, members: int, workspaces: int) -> None:
    """Write *members* users and *workspaces* in which only the first of them may read."""
    _write(folder, users := _users(members))
    for n in range(workspaces):
        _workspace(folder, n, "", f"[workspaces.w{n}.access]", f'viewer = ["{users[0]}"]')


def default_role(folder: Path, members: int, workspaces: int) -> None:
    """Write *members* users and *workspaces* that each give everybody a role."""
    _write(folder, _users(members))
    for n in range(workspaces):
        _workspace(folder, n, 'default_role = "viewer"')


SHAPES: dict[str, Callable[[Path], None]] = {
    "bindings-1k": partial(bindings, count=1_000),
    "bindings-10k": partial(bindings, count=10_000),
    "bindings-100k": partial(bindings, count=100_000),
    "team-1000x50": partial(team, members=1_000, workspaces=50),
    "team-2000x100": partial(team, members=2_000, workspaces=100),
    "default-1000x100": partial(default_role, members=1_000, workspaces=100),
    "default-2000x200": partial(default_role, members=2_000, workspaces=200),
    "apart-2000x400": partial(apart, members=2_000, workspaces=400),
}
"""What writes the configuration of each shape, by name."""


def spawned(command: Sequence[str], environment: dict[str, str]) -> tuple[float, float]:
    """Run *command* by itself; return the CPU seconds that took and the peak in MB."""
    null = [(os.POSIX_SPAWN_OPEN, n, os.devnull, os.O_WRONLY, 0) for n in (1, 2)]
    child = os.posix_spawn(command[0], command, environment, file_actions=null)
    _, status, used = os.wait4(child, 0)
    assert os.waitstatus_to_exitcode(status) in (0, DIFFERENT), command
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def measured(folder: Path, environment: dict[str, str]) -> tuple[float, float]:
    """Plan what *folder* declares; return the CPU seconds that took and the peak in MB."""
    return spawned((str(RBAC_SYNC), "plan", "--config", str(folder)), environment)


def environment_of(folder: Path) -> dict[str, str]:
    """Make a store in *folder*; return the environment in which a command reaches it.

    *Why* modules may be kept compiled: who installs the program has them so.
    """
    url = f"sqlite:///{folder}/store.db"
    made = subprocess.run((sys.executable, "-c", INIT, url), capture_output=True, check=True)
    key = made.stdout.decode().strip()
    inherited = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    state = {"RBAC_SYNC_STATE_DIR": f"{folder}/state"}
    return {**inherited, **state, "RBAC_SYNC_API_KEY": key, "RBAC_SYNC_URL": url}


def main() -> None:
    """Read the command line, measure, and print a line for each shape."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shapes", nargs="*", metavar="SHAPE", default=list(SHAPES))
    for name in parser.parse_args().shapes:
        with TemporaryDirectory(prefix="rbac-sync-shape-") as folder:
            SHAPES[name](configuration := Path(folder) / "configuration")
            seconds, peak = measured(configuration, environment_of(Path(folder)))
        print(f"{name:34} {seconds:7.2f} s {peak:6.0f} MB", flush=True)


def _users(count: int) -> list[str]:
    return [f"u{n}@example.org" for n in range(count)]


def _list(names: Iterable[str]) -> str:
    return f"[{', '.join(map(repr, names))}]".replace("'", '"')


def _write(folder: Path, users: list[str], *more: str) -> None:
    (folder / "workspaces").mkdir(parents=True)
    (folder / "rbac.toml").write_text(
        '[backend]\ntype = "store"\nworld = "prefect-cloud"\naccount = "bench"\n'
        '[files]\n"people.toml" = ["members", "teams"]\n'
        '"workspaces/*.toml" = ["workspaces.{stem}"]\n'
        "[limits]\nmax_file = 16_777_216\nmax_files = 100_000\n"
        '[manage]\nmembers = "all"\nworkspaces = "all"\naccess = "all"\nteams = "all"\n'
    )
    members = f'[members]\nowner = ["owner@example.org"]\nmember = {_list(users)}'
    (folder / "people.toml").write_text("\n".join((members, *more)) + "\n")


def _workspace(folder: Path, n: int, *lines: str) -> None:
    text = "\n".join((f"[workspaces.w{n}]", f'name = "Workspace {n}"', *lines))
    (folder / "workspaces" / f"w{n}.toml").write_text(text + "\n")


if __name__ == "__main__":
    sys.exit(main())
