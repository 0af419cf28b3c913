"""An apply of a saved plan reads the files and the access that the plan touches, and no others."""

from __future__ import annotations

import pytest

from rbac_sync import pipeline
from rbac_sync.backends.store.handlers import Bindings
from rbac_sync.config import load
from rbac_sync.errors import PlanRefused
from rbac_sync.model import address as named
from rbac_sync.pipeline.apply import ApplyRun

PROD, TEST = named.workspace("prod"), named.workspace("test")
FILES = '[files]\n"spaces/*.toml" = ["workspaces.{stem}"]\n\n[manage]'
GRANT = ('viewer  = ["bo"]', 'viewer  = ["bo", "pia"]')


@pytest.fixture
def spaces(company):
    """The company, with each workspace in a file of its own."""
    text = company.file.read_text()
    shared, _, rest = text.partition("[workspaces.prod]")
    prod, _, test = rest.partition("[workspaces.test]")
    company.write(shared.replace("[manage]", FILES))
    (company.folder / "spaces").mkdir()
    (company.folder / "spaces/prod.toml").write_text(f"[workspaces.prod]{prod}")
    (company.folder / "spaces/test.toml").write_text(f"[workspaces.test]{test}")
    assert company.outstanding() == ()
    return company


def edit(company, name, *edits):
    file = company.folder / f"spaces/{name}.toml"
    for old, new in edits:
        assert old in file.read_text()
        file.write_text(file.read_text().replace(old, new))


@pytest.fixture
def parsed(monkeypatch):
    """The names of the files that are parsed."""
    names, parse = [], load.parse_file

    def noted(name, raw):
        names.append(name)
        return parse(name, raw)

    monkeypatch.setattr(load, "parse_file", noted)
    return names


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
    assert parsed == ["rbac.toml", "rbac.toml", "spaces/prod.toml"]
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
    spaces.edit(('"bo", "pia", "lee"', '"pia", "lee"'), ('members = ["bo"]', "members = []"))
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
