"""Measures plans of accounts whose shape, not their size, makes them costly.

Each plan is a process of its own, for an account that has nothing yet; printed are its CPU
seconds and its peak of memory. Usage:

    python benchmarks/shapes.py [team-2000x100 ...]
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from rbac_sync.backends import store

RBAC_SYNC = Path(sys.executable).with_name("rbac-sync")
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


def measured(folder: Path, environment: dict[str, str]) -> tuple[float, float]:
    """Plan what *folder* declares; return the CPU seconds that took and the peak in MB."""
    null = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    arguments = [str(RBAC_SYNC), "plan", "--config", str(folder)]
    child = os.posix_spawn(RBAC_SYNC, arguments, environment, file_actions=null)
    _, status, used = os.wait4(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0, arguments
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def environment_of(folder: Path) -> dict[str, str]:
    """Make a store in *folder*; return the environment in which a command reaches it."""
    url = f"sqlite:///{folder}/store.db"
    key = store.init(
        url=url, account="bench", world="prefect-cloud", owner_email="owner@example.org"
    )
    return {**os.environ, "RBAC_SYNC_API_KEY": key, "RBAC_SYNC_URL": url}


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
        '[manage]\nmembers = "all"\nworkspaces = "all"\naccess = "all"\nteams = "all"\n'
    )
    members = f'[members]\nowner = ["owner@example.org"]\nmember = {_list(users)}'
    (folder / "people.toml").write_text("\n".join((members, *more)) + "\n")


def _workspace(folder: Path, n: int, *lines: str) -> None:
    text = "\n".join((f"[workspaces.w{n}]", f'name = "Workspace {n}"', *lines))
    (folder / "workspaces" / f"w{n}.toml").write_text(text + "\n")


if __name__ == "__main__":
    sys.exit(main())
