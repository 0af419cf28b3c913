"""The places of the journals on this machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from rbac_sync.backends.remote.state_files import is_forgotten, journal
from rbac_sync.backends.state_folder import state_folder as folder
from rbac_sync.errors import BackendError, CredentialError


def test_the_folder_is_the_one_named_else_the_users_own():
    home = Path.home()
    assert folder({"RBAC_SYNC_STATE_DIR": "/var/rbac"}) == Path("/var/rbac")
    assert folder({"RBAC_SYNC_STATE_DIR": "~/x"}) == home / "x"
    assert folder({"XDG_STATE_HOME": "/state"}) == Path("/state/rbac-sync")
    assert folder({}) == home / ".local/state/rbac-sync"


def test_a_user_without_a_home_folder_is_told_what_to_set(monkeypatch):
    def nobody():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", nobody)
    with pytest.raises(BackendError, match="has no home folder to keep journals in") as error:
        folder({})
    assert error.value.hint == "set `RBAC_SYNC_STATE_DIR` to a folder"
    assert folder({"RBAC_SYNC_STATE_DIR": "/var/rbac"}) == Path("/var/rbac")


def test_every_account_of_every_service_has_its_own_file():
    environment = {"RBAC_SYNC_STATE_DIR": "/s"}
    pairs = [("https://a/api", "acme"), ("https://b/api", "acme"), ("https://a/api", "../acme")]
    places = [journal(url, account, environment) for url, account in pairs]
    files = [place.file for place in places]
    assert len(set(files)) == 3
    assert {file.parent for file in files} == {Path("/s")}
    assert all(file.name.startswith("acme-") for file in files)
    assert [file.stem for file in files] == [place.name for place in places]


def test_the_environment_names_the_database_before_a_file_does():
    named = {"RBAC_SYNC_JOURNAL_URL": "postgresql://u@db.example/journals"}
    place = journal("https://a/api", "acme", named, "sqlite:///other.db")
    assert (str(place), place.file) == ("postgresql://u@db.example/journals", None)
    place = journal("https://a/api", "acme", {}, "sqlite:///other.db")
    assert place.file == Path("other.db")


@pytest.mark.parametrize("ci", [{"CI": "true"}, {"CI": "1"}, {"TF_BUILD": "True"}])
def test_a_job_of_ci_forgets_a_journal_for_which_nothing_is_named(ci):
    assert is_forgotten(ci, "")
    assert is_forgotten(ci | {"XDG_STATE_HOME": "/state"}, "")
    assert not is_forgotten(ci | {"RBAC_SYNC_STATE_DIR": "/s"}, "")
    assert not is_forgotten(ci | {"RBAC_SYNC_JOURNAL_URL": "sqlite:///j.db"}, "")
    assert not is_forgotten(ci, "sqlite:///j.db")


@pytest.mark.parametrize("environment", [{}, {"CI": ""}, {"CI": "false"}, {"CI": "0"}])
def test_a_machine_of_ones_own_remembers(environment):
    assert not is_forgotten(environment, "")


def test_a_file_alone_leads_no_password_to_a_host():
    with pytest.raises(CredentialError, match=r"would go to `db\.example:5432`") as error:
        journal("https://a/api", "acme", {}, "postgresql://u@db.example/journals")
    assert error.value.hint == "if it may go there, set `RBAC_SYNC_HOSTS=db.example:5432`"
    known = {"RBAC_SYNC_HOSTS": "db.example"}
    assert journal("https://a/api", "acme", known, "postgresql://u@db.example/journals")
