"""What the client of Prefect Cloud 1 has kept, beyond what both services have."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rbac_sync.backends import backend
from rbac_sync.backends.prefect_cloud_1.environment import login
from rbac_sync.backends.prefect_cloud_1.session import PrefectCloud1Backend
from rbac_sync.backends.remote.login import Login
from rbac_sync.errors import CredentialError
from rbac_sync.model.settings import Settings

CLOUD = "https://api.prefect.io"
TENANT = "9a3fb6f3-3a38-4f0f-9c0b-2ff1d2d5b3a1"
KEPT = f"""
["api.prefect.io"]
api_key = "pcu_kept"
tenant_id = "{TENANT}"
["127.0.0.1-4299"]
api_key = "pcu_here"
"""


@pytest.fixture
def home(tmp_path):
    (tmp_path / "auth.toml").write_text(KEPT)
    return {"PREFECT__HOME_DIR": str(tmp_path)}


@pytest.fixture
def bare(tmp_path):
    return {"PREFECT__HOME_DIR": str(tmp_path)}


def test_what_prefects_client_has_kept_for_the_service_is_honoured_and_nothing_else(home):
    assert login("", None, home) == Login(CLOUD, "pcu_kept", TENANT)
    assert login("http://127.0.0.1:4299", None, home).api_key == "pcu_here"
    assert login("https://other.example", None, home) == Login("https://other.example", None)


def test_a_table_names_the_tenant(bare, monkeypatch):
    monkeypatch.setenv("PREFECT__HOME_DIR", bare["PREFECT__HOME_DIR"])
    settings = Settings("prefect-cloud-1", "acme", "https://own.example")
    with pytest.raises(CredentialError, match="only a file names"):
        backend(settings, "pcu_own")
    found = backend(replace(settings, named=True), "pcu_own")
    assert isinstance(found, PrefectCloud1Backend)


def test_a_key_that_was_kept_for_a_port_does_not_go_to_a_host_of_that_name(tmp_path, bare):
    (tmp_path / "auth.toml").write_text('["db-8080"]\napi_key = "pcu_kept"\n')
    assert login("https://db:8080", None, bare).api_key == "pcu_kept"
    assert login("https://db-8080", None, bare).api_key is None


@pytest.mark.parametrize("text", ['["own.example"]\napi_key = 7', '"own.example" = 1'])
def test_an_odd_log_in_is_refused_and_not_passed_over(tmp_path, bare, text):
    (tmp_path / "auth.toml").write_text(text)
    with pytest.raises(CredentialError, match=r"log-in for `own\.example` is no t") as found:
        login("https://own.example", None, bare)
    assert found.value.hint == "mend the file, or move it away"


def test_a_file_that_cannot_be_read_is_not_asked_where_the_user_gives_a_key(bare, tmp_path):
    (tmp_path / "auth.toml").write_text("[")
    assert login("", "pcu_own", bare).api_key == "pcu_own"


def test_the_tenant_of_the_environment_stands_beside_a_url_and_a_key_of_the_user(bare):
    environment = bare | {"PREFECT__CLOUD__TENANT_ID": "t"}
    found = login("https://own.example", "pcu_own", environment, named=True)
    assert found == Login("https://own.example", "pcu_own", "t")


def test_a_tenant_of_blanks_is_none(tmp_path, bare):
    environment = bare | {"PREFECT__CLOUD__TENANT_ID": " \t"}
    assert login("https://own.example", "pcu_own", environment, named=True).account == ""
    (tmp_path / "auth.toml").write_text('["own.example"]\napi_key = "pcu_k"\ntenant_id = "kept"\n')
    assert login("https://own.example", None, environment).account == "kept"
