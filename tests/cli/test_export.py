"""`export`: who has what, for other tools."""

from __future__ import annotations

import csv
import io
import json

import pytest

from .running import run


def test_a_table_is_printed_or_written(account):
    ran = run("export --as csv")
    assert (ran.code, ran.err) == (0, "")
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert [(r["role"], r["through"]) for r in rows if r["principal"] == "bo@acme.example"] == [
        ("member", ""),
        ("runner", "team:data"),
        ("viewer", "default role"),
    ]
    written = run("export --as csv -o who.csv")
    assert (written.code, written.out) == (0, "who.csv\n")
    assert (account.folder / "who.csv").read_bytes() == ran.out.encode()


def test_a_store_of_openfga_is_printed(account):
    out = run("export --as openfga").out
    assert out.startswith('name: "acme"\nmodel: |\n  model\n    schema 1.1\n\n  type user\n')
    assert '{"user": "user:bo@acme.example", "relation": "member", "object": "team:data"}' in out


def test_cedar_takes_a_folder(account):
    ran = run("export --as cedar -o cedar")
    assert (ran.code, ran.out) == (0, "cedar/entities.json\ncedar/policies.cedar\n")
    files = {path.name: path.read_text() for path in (account.folder / "cedar").iterdir()}
    assert (
        'principal in Team::"data",\n  action in Action::"here:workspace/runner",'
        in files["policies.cedar"]
    )
    assert json.loads(run("export --as cedar").out) == files


def test_another_state_can_be_exported(account):
    account.edit(('members = ["bo"]', 'members = ["dee"]'))
    assert "dee@acme.example,member,active,workspace prod,runner,team:data" in (
        run("export --as csv --desired").out
    )
    assert run("plan --out x.plan").code == 0
    assert run("export --as csv --plan x.plan").out == run("export --as csv --desired").out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("export", "Missing option '--as'"),
        ("export --as rego", "'rego' is not one of 'csv', 'openfga', 'cedar'"),
        ("export --as csv --desired --plan x.plan", "choose one of --desired, --plan and --at"),
        ("export --as csv -o no/where.csv", "cannot write `no/where.csv`"),
    ],
)
def test_what_cannot_be_exported_is_an_error(account, words, message):
    ran = run(words)
    assert ran.code == 1
    assert message in ran.err
