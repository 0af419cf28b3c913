"""P13: a secret is shown once, where it was asked for, and stands nowhere else."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from rbac_sync.backends.credential import hashed
from rbac_sync.execution import Applied

from .bench import Bench
from .company import Company

PASSWORD = "correct-horse"

COMMANDS = [
    "plan",
    "plan --json",
    "drift",
    "drift --json",
    "show",
    "show --json",
    "whoami",
    "whoami --json",
    "audit log",
    "audit log --json",
    "audit verify",
    "audit verify --json",
    "store key list",
    "store key list --json",
    "explain bo@acme.example",
    "explain bo@acme.example --json",
    "who-can see_flows -w prod",
    "can bo@acme.example see_flows -w prod",
]


def bytes_of(company, folder: Path) -> bytes:
    """Return all that is kept: files, database and audit trail."""
    files = b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())
    return files + repr(company.dump()).encode()


@pytest.fixture
def told(bench: Bench, caplog):
    """Everything that a life of the company leaves behind, and the secrets that it had."""
    caplog.set_level(logging.DEBUG)
    said = [bench.apply(bench.plan_file), bench.run("show", bench.plan_file)]
    (minted,) = json.loads(bench.keys_out.read_text()).values()
    bench.keys_out.unlink()
    usual = [bench.run(command) for command in COMMANDS]
    assert [(c, r.err) for c, r in zip(COMMANDS, usual, strict=True) if r.code] == []
    said += usual
    said += [bench.run("plan", who=f"{minted}x"), bench.run("whoami", who=minted)]
    outputs = "".join(f"{each.out}{each.err}" for each in said).encode()
    kept = bytes_of(bench.company, bench.folder) + caplog.text.encode()
    return [*bench.company.keys.values(), minted], outputs, kept


def test_no_key_stands_in_any_output_log_file_or_row_nor_its_hash_in_an_output(told):
    secrets, outputs, kept = told

    assert len(secrets) == 4
    assert b"olivia@acme.example" in outputs
    for secret in secrets:
        assert hashed(secret).encode() in kept
        assert secret.encode() not in outputs
        assert secret.encode() not in kept
        assert hashed(secret).encode() not in outputs


def test_what_was_applied_does_not_show_its_secrets_by_accident():
    assert "rbs_" not in repr(Applied("run", secrets={"service-account.ci/key/main": "rbs_x"}))


def test_the_password_of_a_database_stands_in_no_output_and_no_plan(
    postgres_url, tmp_path, monkeypatch
):
    bench = Bench(Company(postgres_url, tmp_path / "acme").begin(), tmp_path, monkeypatch)
    bench.company.url = postgres_url.replace("://postgres:@", f"://postgres:{PASSWORD}@")
    assert PASSWORD in bench.company.url
    bench.save(bench.company.plan())

    said = [bench.apply(bench.plan_file), *(bench.run(command) for command in COMMANDS)]
    bench.company.url = bench.company.url.replace("/postgres?", "/nowhere?")
    said.append(bench.run("plan"))

    assert (said[0].code, said[-1].code) == (0, 1)
    assert PASSWORD not in "".join(f"{each.out}{each.err}" for each in said)
    assert PASSWORD.encode() not in tmp_path.joinpath("company.plan").read_bytes()
