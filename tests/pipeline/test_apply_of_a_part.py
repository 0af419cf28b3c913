"""An apply of a saved plan reads the files and the access that the plan touches, and no others."""

from __future__ import annotations

from contextlib import closing
from random import Random
from sqlite3 import connect

import pytest

from rbac_sync import pipeline
from rbac_sync.backends.store.handlers import Bindings, Users
from rbac_sync.config import load
from rbac_sync.errors import PlanRefused, RbacSyncError
from rbac_sync.model import address as named
from rbac_sync.pipeline.apply import ApplyRun
from rbac_sync.planning.planfile import decoded

from .company import Company

PROD, TEST = named.workspace("prod"), named.workspace("test")
FILES = """\
[files]
"people.toml"   = ["members"]
"spaces/*.toml" = ["workspaces.{stem}"]

[manage]"""
ALLOWED = {"allow_deletes": 9, "allow_losers": 9, "reason": "asked"}
GRANT = ('viewer  = ["bo"]', 'viewer  = ["bo", "pia"]')


def in_files(company):
    """Put the members of the company, and each of its workspaces, in a file of their own."""
    text = company.file.read_text()
    shared, _, rest = text.partition("[workspaces.prod]")
    prod, _, test = rest.partition("[workspaces.test]")
    shared, _, rest = shared.partition("[members]")
    members, sign, others = rest.partition("[service_accounts")
    company.write(f"{shared}{sign}{others}".replace("[manage]", FILES))
    (company.folder / "people.toml").write_text(f"[members]{members}")
    (company.folder / "spaces").mkdir()
    (company.folder / "spaces/prod.toml").write_text(f"[workspaces.prod]{prod}")
    (company.folder / "spaces/test.toml").write_text(f"[workspaces.test]{test}")
    assert company.outstanding() == ()
    return company


@pytest.fixture
def spaces(company):
    """The company, in files."""
    return in_files(company)


def edit(company, name, *edits):
    file = company.folder / f"spaces/{name}.toml"
    for old, new in edits:
        assert old in file.read_text()
        file.write_text(file.read_text().replace(old, new))


@pytest.fixture
def unread(monkeypatch):
    """The workspaces that each read of all access leaves out."""
    left_out, whole = [], Bindings.whole

    def noted(bindings, like, without=()):
        left_out.append(set(without))
        return whole(bindings, like, without)

    monkeypatch.setattr(Bindings, "whole", noted)
    return left_out


def run(configuration, saved, company, who="olivia", **options):
    run = ApplyRun(
        configuration, saved, pipeline.RunOptions(**options), lambda _: None, lambda _: None
    )
    return run.apply(company.backend(who))


def test_other_files_are_not_parsed_and_other_access_is_not_read(spaces, parsed, unread):
    edit(spaces, "prod", GRANT)
    saved = spaces.plan()
    parsed.clear()
    unread.clear()

    applied = run(spaces.load_root(), saved, spaces)

    assert applied.counts == (1, 0, 0)
    assert parsed == ["rbac.toml", "rbac.toml", "people.toml", "spaces/prod.toml"]
    assert unread == [{TEST}]
    assert spaces.outstanding() == ()


def test_a_strict_run_reads_all_files(spaces, parsed, unread):
    edit(spaces, "prod", GRANT)
    saved = spaces.plan()
    parsed.clear()
    unread.clear()
    run(spaces.load_root(), saved, spaces, strict=True)
    assert "spaces/test.toml" in parsed
    assert unread == [{TEST}]


def test_a_person_who_leaves_is_removed_in_every_workspace(spaces, unread):
    people = spaces.folder / "people.toml"
    people.write_text(people.read_text().replace('"bo", ', ""))
    spaces.edit(('members = ["bo"]', "members = []"))
    edit(spaces, "prod", ('viewer  = ["bo"]\n', ""))
    saved = spaces.plan(allow_deletes=9, allow_losers=9, reason="left")
    unread.clear()
    run(spaces.load_root(), saved, spaces, allow_deletes=9, allow_losers=9, reason="left")
    assert spaces.outstanding() == ()
    assert named.user("bo@acme.example") not in spaces.state.row(PROD)


@pytest.mark.parametrize("who", ["lee", "bo"])
def test_a_refusal_names_the_places_that_it_names_with_all_files(spaces, who):
    spaces.key(who)
    edit(spaces, "test", ("[workspaces.test.access]", '[workspaces.test.access]\nowner = ["bo"]'))
    saved = spaces.plan()
    refusals = []
    for configuration in (spaces.load(), spaces.load_root()):
        with pytest.raises(PlanRefused) as caught:
            run(configuration, saved, spaces, who)
        refusals.append((list(caught.value.findings), dict(caught.value.texts), caught.value.able))
    assert refusals[0] == refusals[1]


def test_files_that_may_both_declare_a_workspace_are_read(spaces, parsed):
    spaces.edit(("[manage]", '"*/t*.toml" = ["workspaces.tent"]\n\n[manage]'))
    (spaces.folder / "spaces/tent.toml").write_text('[workspaces.tent]\nname = "Tent"\n')
    edit(spaces, "prod", GRANT)
    saved = spaces.plan()
    parsed.clear()
    assert run(spaces.load_root(), saved, spaces).counts == (2, 0, 0)
    edit(spaces, "prod", GRANT[::-1])
    saved = spaces.plan()
    parsed.clear()
    assert run(spaces.load_root(), saved, spaces).counts == (0, 0, 1)
    assert {"spaces/test.toml", "spaces/tent.toml"} < set(parsed)


@pytest.fixture
def people_read(monkeypatch):
    """The number of users of each read of users."""
    numbers, read = [], Users.read

    def noted(users, *given):
        made = list(read(users, *given))
        numbers.append(len(made))
        return made

    monkeypatch.setattr(Users, "read", noted)
    return numbers


@pytest.mark.parametrize("fewest", [1, 50])
def test_a_plan_of_single_rows_reads_the_people_of_these_rows(
    spaces, people_read, monkeypatch, fewest
):
    monkeypatch.setattr(load, "FEWEST_FILTERED", fewest)
    edit(spaces, "prod", GRANT)
    saved = spaces.plan()
    people_read.clear()
    assert run(spaces.load_root(), saved, spaces).counts == (1, 0, 0)
    assert (6 in people_read) is (fewest == 50)
    assert spaces.outstanding() == ()


def random_edit(company, random):
    """Change in the configuration who holds what."""
    for name in ("prod", "test"):
        holders = random.sample(["bo", "pia", "lee", "sa:ci", "team:ops", "team:data"], 3)
        roles = random.sample(["viewer", "granter", "reader", "runner", "owner"], 3)
        lists = [f'{role} = ["{who}"]' for role, who in zip(roles, holders, strict=True)]
        file = company.folder / f"spaces/{name}.toml"
        head, sign, _ = file.read_text().partition(".access]\n")
        file.write_text("\n".join((f"{head}{sign}", *lists, "")))
    people, who = company.folder / "people.toml", random.choice(['"pia", ', '"bo", '])
    if random.random() < 0.5 and who in people.read_text():
        text = people.read_text().replace(who, "")
        people.write_text(text.replace("admin  = [", f"admin  = [{who}"))


def ended(company, configuration, saved, who):
    """Apply a plan; return the end of it, and what is in the account then."""
    try:
        end = run(configuration, saved, company, who, **ALLOWED).counts
    except RbacSyncError as error:
        end = type(error), str(error), error.hint, getattr(error, "findings", None)
    return end, company.state


@pytest.mark.parametrize(
    "seed", [0, 1, *(pytest.param(n, marks=pytest.mark.long) for n in range(2, 60))]
)
def test_an_apply_of_a_part_ends_as_one_of_everything(tmp_path, monkeypatch, seed):
    random, file = Random(seed), tmp_path / "rbac.db"
    monkeypatch.setattr(load, "FEWEST_FILTERED", 1)
    company = in_files(Company(f"sqlite:///{file}", tmp_path / "acme").begin())
    for who in ("lee", "dee"):
        company.key(who)
    for _ in range(3):
        random_edit(company, random)
        review = company.review(company.backend(), **ALLOWED)
        saved = decoded(review.saved.encoded())
        if random.random() < 0.3:  # somebody else makes a part of it first
            company.force(*review.plan.changes[:1])
        who = random.choice(["olivia", "olivia", "dee", "lee"])
        with closing(connect(":memory:")) as kept, closing(connect(file)) as live:
            live.backup(kept)
            in_part = ended(company, company.load_root(), saved, who)
            kept.backup(live)
        assert in_part == ended(company, company.load(), saved, who)
