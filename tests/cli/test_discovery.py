"""The configuration that a command uses: that of this folder, or the nearest one above."""

from __future__ import annotations

import pytest

from rbac_sync.cli import folders

from .running import run

NOTHING = "No changes. Your infrastructure matches the configuration.\n"


@pytest.fixture
def below(account, monkeypatch):
    """A folder two levels below the configuration, as the current one."""
    folder = account.folder / "teams" / "more"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    return folder


def test_a_command_in_a_subfolder_finds_the_configuration_and_its_store(account, below):
    ran = run("plan")
    assert (ran.code, ran.out) == (0, NOTHING)
    assert ran.err == "note: using `../../rbac.toml`\n"
    assert not (below / "rbac.db").exists()


def test_the_folder_just_above_is_the_first_that_is_looked_at(account, below, monkeypatch):
    monkeypatch.chdir(account.folder / "teams")
    assert run("plan").err == "note: using `../rbac.toml`\n"


def test_in_its_own_folder_nothing_is_said_about_it(account):
    assert run("plan").err == ""


def test_a_folder_that_is_named_is_not_searched_above(account, below):
    ran = run("plan --config .")
    assert ran.code == 1
    assert "error[RS101]: there is no `rbac.toml` in" in ran.err


def test_the_search_ends_at_the_repository(account, below):
    (account.folder / "teams" / ".git").mkdir()
    assert "there is no `rbac.toml`" in run("plan").err


def test_the_search_ends_where_a_folder_is_somebody_elses(account, below, monkeypatch):
    class Others:
        st_uid = -1

    here = type(below)
    stat = here.stat
    top = account.folder.resolve()
    monkeypatch.setattr(here, "stat", lambda path, **o: Others if path == top else stat(path, **o))
    assert list(folders._above()) == [here("..")]


def test_relative_paths_start_at_the_configuration(account, monkeypatch):
    monkeypatch.chdir(account.folder.parent)
    assert run(f"plan --config {account.folder.name}").out == NOTHING
    written = run(f"--chdir {account.folder.name} pull ../written")
    assert written.code == 0, written.err
    monkeypatch.chdir(account.folder.parent)
    assert run("plan --config written").out == NOTHING
    text = (account.folder.parent / "written" / "rbac.toml").read_text()
    assert f'url = "sqlite:///../{account.folder.name}/rbac.db"' in text


@pytest.mark.parametrize(
    ("folder", "words"),
    [
        ("below", ""),
        ("..", "--config {name}"),
        ("below", "--config .. --url sqlite:///../rbac.db"),
    ],
)
def test_a_saved_plan_is_applied_from_any_folder(account, monkeypatch, folder, words):
    account.edit(('name = "Production"', 'name = "Renamed"'))
    (account.folder / "below").mkdir()
    saved = account.folder / "saved.plan"
    assert run(f"plan --out {saved}").code == 0
    monkeypatch.chdir(account.folder / folder)
    applied = run(f"apply {words.format(name=account.folder.name)} {saved}")
    assert applied.code == 0, applied.err


def test_a_saved_plan_of_another_store_is_refused(account):
    account.edit(('name = "Production"', 'name = "Renamed"'))
    assert run("plan --out saved.plan").code == 0
    (account.folder / "below").mkdir()
    (account.folder / "rbac.db").rename(account.folder / "below" / "rbac.db")
    refused = run("apply --url sqlite:///below/rbac.db saved.plan")
    assert refused.code == 5
    assert "of sqlite:///rbac.db" in refused.err


def test_a_database_that_the_user_names_starts_at_the_current_folder(account, below):
    ran = run("plan --url sqlite:///rbac.db")
    assert "there is no store at `rbac.db`" in ran.err


def test_a_current_folder_that_was_deleted_is_told_as_such(tmp_path, monkeypatch):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    ran = run("plan")
    assert ran.code == 1
    assert ran.err == (
        "error: the current folder was deleted\n  = help: change to a folder that is there\n"
    )
