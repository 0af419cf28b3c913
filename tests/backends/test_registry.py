"""Which backends there are."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, field, replace
from importlib import metadata
from importlib.metadata import EntryPoint, EntryPoints

import pytest

import rbac_sync.backends as registry
from rbac_sync.backends import backend, types
from rbac_sync.backends.store import StoreBackend
from rbac_sync.errors import BackendError, CredentialError


@dataclass
class Settings:
    type: str
    account: str = "acme"
    url: str = "sqlite:///rbac.db"
    world: str = ""
    named: bool = False
    wait: float = 5.0
    target_url: str = ""
    options: dict = field(default_factory=dict)


def third_party(settings, api_key):
    return settings.options, api_key


def test_a_store_is_built_from_its_settings():
    assert isinstance(backend(Settings("store"), None), StoreBackend)


def test_an_unknown_type_is_refused_with_those_there_are():
    with pytest.raises(BackendError, match="there is no backend `dropbox`") as refused:
        backend(Settings("dropbox"), None)
    assert "`store`" in refused.value.hint


def test_third_parties_add_theirs_by_an_entry_point(monkeypatch):
    theirs = EntryPoint("theirs", f"{__name__}:third_party", registry.GROUP)
    monkeypatch.setattr(metadata, "entry_points", EntryPoints([theirs]).select)

    assert backend(Settings("theirs", options={"a": 1}), "key") == ({"a": 1}, "key")
    assert types() == ("prefect-cloud", "prefect-cloud-1", "store", "theirs")


def test_looking_for_a_backend_does_not_import_a_database():
    code = "import sys, rbac_sync.backends; sys.exit('sqlalchemy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_third_partys_backend_gets_no_key_for_a_host_that_only_a_file_names(monkeypatch):
    theirs = EntryPoint("theirs", f"{__name__}:third_party", registry.GROUP)
    monkeypatch.setattr(metadata, "entry_points", EntryPoints([theirs]).select)
    settings = Settings("theirs", url="theirs://evil.example:1/x")
    with pytest.raises(CredentialError, match="only a file names") as found:
        backend(settings, "key")
    assert found.value.hint == "if it may go there, set `RBAC_SYNC_HOSTS=evil.example:1`"
    monkeypatch.setenv("RBAC_SYNC_HOSTS", "evil.example")
    backend(settings, "key")
    monkeypatch.delenv("RBAC_SYNC_HOSTS")
    backend(replace(settings, named=True), "key")
    backend(settings, None)
