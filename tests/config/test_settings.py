"""Which account is meant, and that no secret is in the configuration."""

from __future__ import annotations

from importlib import metadata
from importlib.metadata import EntryPoint, EntryPoints

import pytest

from rbac_sync import config
from rbac_sync.errors import ConfigError
from rbac_sync.model.settings import Settings

from .folder import BACKEND, OWNER


def settings(folder, text):
    return config.settings(config.read(folder.write(text).path))


def told(folder, text):
    with pytest.raises(ConfigError) as caught:
        settings(folder, text)
    return [f"{e.code} {e.place.line}:{e.place.column}" for e in caught.value.diagnostics]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('type = "store"\naccount = "acme"', Settings("store", "acme")),
        (
            'type = "store"\naccount = "acme"\nurl = "sqlite:///x.db"\nworld = "prefect-cloud-1"',
            Settings("store", "acme", "sqlite:///x.db", "prefect-cloud-1"),
        ),
        (
            'type = "prefect-cloud"\naccount = "acme"',
            Settings("prefect-cloud", "acme", world="prefect-cloud"),
        ),
        (
            'type = "prefect-cloud-1"\ntenant = "acme"\nurl = "https://api.x.org"',
            Settings("prefect-cloud-1", "acme", "https://api.x.org", "prefect-cloud-1"),
        ),
        (
            'type = "store"\naccount = "a"\nurl = "postgresql://user@db/rbac?sslmode=require"',
            Settings("store", "a", "postgresql://user@db/rbac?sslmode=require"),
        ),
        (
            'type = "store"\naccount = "a"\noptions = { invitations = true, n = 3, s = "x" }',
            Settings("store", "a", options={"invitations": True, "n": 3, "s": "x"}),
        ),
    ],
)
def test_the_backend_table_is_the_settings(folder, text, expected):
    assert settings(folder, f"[backend]\n{text}\n") == expected


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("", ["RS120 1:1"]),
        ('[backend]\naccount = "a"\n', ["RS113 1:2"]),
        ('[backend]\ntype = "store"\n', ["RS113 1:2"]),
        ('[backend]\ntype = "store"\naccount = 5\n', ["RS114 3:11"]),
        ('[backend]\ntype = "stoer"\naccount = "a"\n', ["RS209 2:8"]),
        ('[backend]\ntype = "store"\naccount = "a"\nworld = "prefect"\n', ["RS209 4:9"]),
        ('[backend]\ntype = "store"\naccount = "a"\ntenant = "a"\n', ["RS304 4:1"]),
        (
            '[backend]\ntype = "prefect-cloud"\naccount = "a"\nworld = "prefect-cloud-1"\n',
            ["RS304 4:9"],
        ),
        ('[backend]\ntype = "store"\naccount = "a"\napi_key = "x"\n', ["RS119 4:1"]),
        ('[backend]\ntype = "store"\naccount = "a"\nurl = "pnu_1"\n', ["RS119 4:7"]),
        ('[backend]\ntype = "x"\naccount = "a"\noptions.Token = "x"\n', ["RS119 4:9", "RS209 2:8"]),
    ],
)
def test_a_backend_that_cannot_be_used_is_refused(folder, text, problems):
    assert sorted(told(folder, text)) == problems


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://user:secret@db/rbac",
        "postgresql://:secret@db/rbac",
        "postgresql://db/rbac?password=secret",
        "https://user:secret@[::1",
    ],
)
def test_a_url_with_a_password_is_refused_without_showing_it(folder, url):
    with pytest.raises(ConfigError) as caught:
        settings(folder, f'{BACKEND}url = "{url}"\n')
    (problem,) = caught.value.diagnostics
    assert problem.code == "RS119"
    assert "secret" not in problem.message + problem.hint
    assert "RBAC_SYNC_URL" in problem.hint


CLOUD = '[backend]\ntype = "prefect-cloud"\naccount = "acme"\n'


def test_the_journal_is_where_its_table_says(folder):
    url = "postgresql://user@db/journals"
    assert settings(folder, f'{CLOUD}[journal]\nurl = "{url}"\n').journal == url
    assert settings(folder, CLOUD).journal == settings(folder, CLOUD + "[journal]\n").journal == ""


def test_a_journal_with_a_password_is_refused_without_showing_it(folder):
    with pytest.raises(ConfigError) as caught:
        settings(folder, f'{CLOUD}[journal]\nurl = "postgresql://u:secret@db/x"\n')
    (problem,) = caught.value.diagnostics
    assert (problem.code, problem.message) == ("RS119", "the URL holds a password")
    assert problem.hint == (
        "pass the whole URL in RBAC_SYNC_JOURNAL_URL, or the password in PGPASSWORD or ~/.pgpass"
    )


def test_a_store_takes_no_other_journal(folder):
    with pytest.raises(ConfigError) as caught:
        settings(folder, BACKEND + '[journal]\nurl = "sqlite:///j.db"\n')
    (problem,) = caught.value.diagnostics
    assert problem.code == "RS304"
    assert problem.message == "a store keeps its own journal, beside its data"
    assert problem.hint == "leave `[journal]` out"


@pytest.mark.parametrize("text", ["url = 3", 'uri = "x"'])
def test_a_journal_that_cannot_be_read_is_never_left_out(folder, text):
    with pytest.raises(ConfigError):
        settings(folder, f"{CLOUD}[journal]\n{text}\n")


def test_settings_do_not_wait_for_other_tables(folder):
    text = BACKEND + OWNER + "[teams.t]\nx = 1\n"
    assert settings(folder, text).account == "acme"
    assert folder.full_message() == ["RS112 7:1"]


def test_a_backend_that_cannot_be_used_is_told_with_everything_else(folder):
    assert told(folder, "[backend]\ntype = 'store'\n[teams.t]\nx = 1\n") == [
        "RS113 1:2",
        "RS112 4:1",
    ]


def test_a_backend_of_a_third_party_is_known_by_its_entry_point(folder, monkeypatch):
    entry = EntryPoint("ldap", "ldap_rbac:open", "rbac_sync.backends")
    monkeypatch.setattr(metadata, "entry_points", lambda group: EntryPoints([entry]))
    assert settings(folder, '[backend]\ntype = "ldap"\naccount = "a"\n').type == "ldap"
