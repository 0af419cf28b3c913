"""``[workspaces.X.objects]``: the access lists of blocks, deployments and work pools."""

from __future__ import annotations

import pytest

from rbac_sync.catalogues import catalogue
from rbac_sync.config.export import export
from rbac_sync.model import EVERYONE, ObjectAccess
from rbac_sync.model import address as named
from rbac_sync.model.settings import Settings

from .folder import BACKEND, NOW, OWNER

PEOPLE = """
[people]
ana = "ana@x.org"
bo = "bo@x.org"
[teams.ops]
[service_accounts.ci]
[groups.crew]
members = ["team:ops", "sa:ci"]
[workspaces.prod]
"""
BO, OPS, CI = named.user("bo@x.org"), named.team("ops"), named.service_account("ci")
PROD = named.workspace("prod")
DAILY = named.workspace_object(PROD, "deployment:etl/daily")
LISTS = """
[workspaces.prod.objects."deployment:etl/daily"]
view = ["*"]
run = [
  "group:crew",
  "bo",
]
[workspaces.prod.objects."block:secret/db"]
[workspaces.prod.objects."work_pool:main"]
manage = ["*", "bo"]
"""


def declare(folder, text):
    return folder.write(BACKEND + OWNER + PEOPLE + text).declare()


def test_a_list_is_declared_whole_and_a_level_that_is_not_written_has_nobody(folder):
    lists = declare(folder, LISTS).desired.of(ObjectAccess)

    assert sorted(lists.values(), key=lambda each: each.name) == [
        ObjectAccess(PROD, "block:secret/db"),
        ObjectAccess(PROD, "deployment:etl/daily", frozenset({EVERYONE}), frozenset({BO, OPS, CI})),
        ObjectAccess(PROD, "work_pool:main", manage=frozenset({EVERYONE, BO})),
    ]


def test_a_configuration_without_the_table_declares_no_list(folder):
    assert not declare(folder, "").desired.of(ObjectAccess)


def test_the_place_of_a_list_is_its_table_and_that_of_an_entry_its_line(folder):
    declared = declare(folder, LISTS)
    lines = (folder.path / "rbac.toml").read_text().splitlines()

    assert lines[declared.origin(DAILY).line - 1].startswith("[workspaces.prod.objects")
    assert lines[declared.entry(DAILY, BO).line - 1] == '  "bo",'
    through = declared.entry(DAILY, CI)
    assert lines[through.line - 1] == '  "group:crew",'
    assert through.through.startswith("group:crew, ")


def test_who_has_left_or_has_not_come_yet_is_on_no_list(folder):
    text = """
    [groups.later]
    members = [{ who = "bo", from = 2999-01-01 }, { who = "sa:ci", until = 2020-01-01 }]
    [workspaces.prod.objects."work_pool:main"]
    run = ["group:later"]
    """
    (listed,) = declare(folder, text).desired.of(ObjectAccess).values()

    assert listed.run == frozenset()


FORMS = "write `block:TYPE/NAME`, `deployment:FLOW/NAME`, `work_pool:NAME`"


@pytest.mark.parametrize(
    ("name", "keys", "code", "message", "hint"),
    [
        ("daily", "", "RS340", "`daily` is no object", FORMS),
        ("flow:etl", "", "RS340", "`flow:etl` is no object", FORMS),
        ("deployment:daily", "", "RS340", "`deployment:daily` is no object", FORMS),
        ("deployment:a/b/c", "", "RS340", "`deployment:a/b/c` is no object", FORMS),
        ("deployment:/b", "", "RS340", "`deployment:/b` is no object", FORMS),
        ("work_pool:a/b", "", "RS340", "`work_pool:a/b` is no object", FORMS),
        ("work_pool:", "", "RS340", "`work_pool:` is no object", FORMS),
        (
            "block:secret/db",
            "run = []",
            "RS340",
            "nobody can run `block:secret/db`",
            "it has view and manage",
        ),
        (
            "work_pool:main",
            'run = ["bo", "bo"]',
            "RS303",
            "`bo` is listed twice",
            "keep one of them",
        ),
        (
            "work_pool:main",
            'run = [{ who = "bo", until = 2027-01-01 }]',
            "RS114",
            "`run` must be a name, got a table",
            "a list keeps no time: name a group, and write the time in the group",
        ),
        (
            "work_pool:main",
            "run = [1]",
            "RS114",
            "`run` must be a name, got a whole number",
            'write it in quotes: `"..."`',
        ),
        (
            "work_pool:main",
            'run = ["everyone"]',
            "RS308",
            "`everyone` holds only default roles",
            'write `default_role = "..."`, or `"*"` on the access list of an object',
        ),
        (
            "work_pool:main",
            'run = ["zoe"]',
            "RS201",
            "unknown short name `zoe`",
            "add it to `[people]`, or write an e-mail address",
        ),
        (
            "work_pool:main",
            'read = ["bo"]',
            "RS112",
            "unknown key `read` in `work_pool:main`",
            "the keys here are `view`, `run`, `manage`",
        ),
    ],
)
def test_a_faulty_list_is_refused_with_a_hint(folder, name, keys, code, message, hint):
    (error,) = folder.write(
        BACKEND + OWNER + PEOPLE + f'[workspaces.prod.objects."{name}"]\n{keys}\n'
    ).errors()

    assert (error.code, error.message) == (code, message)
    assert hint in error.hint


def test_pull_writes_every_list_that_is_not_open_and_reads_it_back(folder):
    declared = declare(folder, LISTS)
    everyone = frozenset({EVERYONE})
    draft = declared.desired.draft()
    draft.put(ObjectAccess(PROD, "block:secret/free", everyone, manage=everyone))
    settings = Settings("store", account="acme", url="sqlite:///x.db", world="prefect-cloud")
    files = export(draft, catalogue("prefect-cloud"), settings, NOW)

    text = files["workspaces/prod.toml"]
    assert '[workspaces.prod.objects."deployment:etl/daily"]' in text
    assert "secret/free" not in text
    assert text.index("block:secret/db") < text.index("deployment:etl/daily")
