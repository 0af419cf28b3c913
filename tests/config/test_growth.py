"""A configuration costs in proportion to its parts, also where many patterns select among many."""

from __future__ import annotations

import pytest

from ..growth import FEW, TIMES, calls, too_large
from .folder import OWNER, Folder, declares

MANY_FILES = '[files]\n"**/*.toml" = ["workspaces"]\n'


def defaults(n, folder):
    tables = [
        f'[workspace_defaults."t{i}-*"]\npublic = false\n[workspaces.t{i}-w]' for i in range(n)
    ]
    folder.write(declares("\n".join((OWNER, *tables))))


def defaults_by_end(n, folder):
    tables = [
        f'[workspace_defaults."*-t{i}"]\npublic = false\n[workspaces.w-t{i}]' for i in range(n)
    ]
    folder.write(declares("\n".join((OWNER, *tables))))


def groups_of_teams(n, folder):
    tables = [
        f'[teams.t{i}-a]\nmembers = ["ana@x.org"]\n[groups.g{i}]\nall = "team:t{i}-*"'
        for i in range(n)
    ]
    folder.write(declares("\n".join((OWNER, *tables))))


def patterns_of_files(n, folder):
    lines = [f'"f{i}-*.toml" = ["workspaces"]' for i in range(n)]
    folder.write(declares("\n".join((OWNER, "[files]", *lines))), **files(n, "f{}-a"))


def folders(n, folder):
    lines = [f'"d{i}/*.toml" = ["workspaces"]' for i in range(n)]
    for i in range(n):
        (folder.path / f"d{i}").mkdir()
    folder.write(declares("\n".join((OWNER, "[files]", *lines))), **files(n, "d{}/a"))


def owners_of_files(n, folder):
    lines = [f'"f{i}*" = ["@acme/t{i}"]' for i in range(n)]
    root = declares("\n".join((OWNER, MANY_FILES, "[owners]", '"*" = ["@acme/all"]', *lines)))
    folder.write(root, **files(n, "f{}"))


def files(n, name):
    return {name.format(i): f"[workspaces.w{i}]\n" for i in range(n)}


@pytest.mark.parametrize(
    "shape",
    [defaults, defaults_by_end, groups_of_teams, patterns_of_files, folders, owners_of_files],
)
def test_the_cost_grows_no_faster_than_the_number_of_patterns(shape, tmp_path):
    costs = []
    for n in (2 * FEW, 2 * FEW * TIMES):
        path = tmp_path / str(n)
        path.mkdir()
        shape(n, folder := Folder(path))
        folder.declare()  # what is read once in a process is read now
        costs.append({"read": calls(folder.declare)})

    assert too_large(*costs) == {}
