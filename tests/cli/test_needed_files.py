"""Questions that name lines read the files of the workspaces in their answers, and say the same."""

from __future__ import annotations

from itertools import product
from random import Random

import pytest

from rbac_sync.pipeline.configuration import Configuration

from .running import run

FILES = """
[files]
"spaces/*.toml" = ["workspaces.{stem}"]
"more/*.toml" = ["workspaces"]
"people/*.toml" = ["teams", "service_accounts"]

[workspace_defaults."t*"]
default_role = "viewer"

[workspace_defaults."t*".access]
developer = ["lea"]
"""
ROLES = ("viewer", "runner", "developer", "owner", "oncall")
WHO = ("bo", "cy", "sa:ci", "team:data", "team:ops")
HANDLES = ("w1", "t2", "w3", "t4", "gone")
PERMISSIONS = ("see_flows", "write_work_pools", "manage_workspace_users")


@pytest.fixture
def spaces(account):
    """The company with its workspaces in files, each in one of its own or with another."""
    text = account.file.read_text()
    shared, _, rest = text.partition("[workspaces.prod]")
    prod, _, test = rest.partition("[workspaces.test]")
    account.file.write_text(shared)
    account.add(FILES)
    for folder in ("spaces", "more", "people"):
        (account.folder / folder).mkdir()
    (account.folder / "spaces/prod.toml").write_text(f"[workspaces.prod]{prod}")
    (account.folder / "more/rest.toml").write_text(f"[workspaces.test]{test}")
    (account.folder / "people/ops.toml").write_text('[teams.ops]\nmembers = ["team:data", "lea"]\n')
    assert run("apply --auto-approve").code == 0
    return account


def random_workspace(random, handle):
    """Return a table of a workspace with random access."""
    holders = {who: random.choice(ROLES) for who in random.sample(WHO, random.randrange(4))}
    lists = {
        role: [who for who, held in holders.items() if held == role] for role in holders.values()
    }
    lines = [f"[workspaces.{handle}]"]
    if random.random() < 0.5:
        lines.append(f'default_role = "{random.choice(("none", "viewer"))}"')
    lines += [f"[workspaces.{handle}.access]", *(f"{role} = {lists[role]}" for role in lists)]
    return "\n".join(lines).replace("'", '"') + "\n"


def questions():
    """Yield questions about everybody and every workspace."""
    for who in (*WHO, "lea", "ana", "dee", "nobody@acme.example"):
        yield from (f"explain {who}", f"explain {who} --json", f"explain {who} see_flows")
    for permission, space in product(PERMISSIONS, ("prod", "test", "new", *HANDLES)):
        yield f"who-can {permission} -w {space}"
        yield f"explain bo {permission} -w {space}"
    yield "who-can bypass:sso"


@pytest.mark.parametrize(
    "seed", [0, 1, *(pytest.param(n, marks=pytest.mark.long) for n in range(2, 6))]
)
def test_an_answer_is_that_of_all_files(spaces, monkeypatch, seed):
    random = Random(seed)
    for handle in HANDLES:
        file = random.choice([f"spaces/{handle}.toml", f"more/{handle}.toml"])
        (spaces.folder / file).write_text(random_workspace(random, handle))
    assert run("apply --auto-approve").code == 0
    for file in spaces.folder.glob("*/gone.toml"):
        file.unlink()  # it is live, and not declared
    (spaces.folder / "spaces/new.toml").write_text(random_workspace(random, "new"))  # not live
    answers = [run(question) for question in questions()]
    monkeypatch.setattr(Configuration, "part", lambda whole, _: whole)
    for question, answer in zip(questions(), answers, strict=True):
        assert run(question) == answer, question


@pytest.mark.parametrize(
    ("question", "needs"),
    [
        ("explain cy see_flows -w prod", True),
        ("who-can see_flows -w test", False),
        ("who-can see_flows -w prod", True),
        ("explain ana bypass:sso", False),
        ("store key create sa:ci build --until 2099-01-01", False),
    ],
)
def test_files_of_other_workspaces_are_not_parsed(spaces, parsed, question, needs):
    assert run(question).code == 0
    assert ("spaces/prod.toml" in parsed) is needs
    assert "people/ops.toml" in parsed


def test_a_key_is_revoked_though_the_file_of_a_workspace_is_faulty(spaces):
    assert run("store key create sa:ci build --until 2099-01-01").code == 0
    (spaces.folder / "spaces/prod.toml").write_text("[workspaces.prod")
    assert run("store key revoke sa:ci build").code == 0
    assert run("explain cy -w test").code == 0
    assert run("explain cy -w prod").code == 1
