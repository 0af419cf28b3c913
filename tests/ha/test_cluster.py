"""What the example of a cluster takes for a process of its own."""

from __future__ import annotations

import subprocess
import sys

import pytest

from .test_failover import script

SLEEPS = [sys.executable, "-c", "print(flush=True); input()"]


@pytest.fixture
def node(tmp_path):
    made = script().Node("node1", tmp_path)
    made.data.mkdir()
    return made


@pytest.mark.parametrize("is_in_its_folder", [True, False])
def test_a_process_is_its_database_only_in_its_data_folder(node, tmp_path, is_in_its_folder):
    folder = node.data if is_in_its_folder else tmp_path
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(SLEEPS, cwd=folder, **pipes) as process:
        process.stdout.readline()
        (node.data / "postmaster.pid").write_text(f"{process.pid}\n{node.data}\n", "utf-8")
        pid = node.postmaster()
        process.communicate(b"\n")
    assert pid == (process.pid if is_in_its_folder else None)


def test_a_database_that_has_ended_is_no_process(node):
    with subprocess.Popen([sys.executable, "-c", ""], cwd=node.data) as process:
        process.wait()
    (node.data / "postmaster.pid").write_text(f"{process.pid}\n", "utf-8")
    assert node.postmaster() is None
