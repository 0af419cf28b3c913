"""Where the API is and whose key is used."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rbac_sync.backends import backend
from rbac_sync.backends.prefect_cloud_1.environment import login
from rbac_sync.backends.prefect_cloud_1.session import PrefectCloud1Backend
from rbac_sync.backends.remote.login import Login
from rbac_sync.errors import BackendError, CredentialError
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


def test_what_is_configured_comes_first(home):
    environment = home | {"PREFECT__CLOUD__API_KEY": "pcu_env", "PREFECT__CLOUD__API": CLOUD}
    found = login("https://own.example/", "pcu_own", environment, named=True)
    assert (found.root, found.api_key) == ("https://own.example", "pcu_own")


def test_without_anything_it_is_prefect_cloud_without_a_key(bare):
    assert login("", None, bare) == Login(CLOUD, None)


@pytest.mark.parametrize("name", ["PREFECT__CLOUD__API", "PREFECT__CLOUD__ENDPOINT"])
def test_prefects_own_variables_are_honoured(bare, name):
    environment = bare | {
        name: "https://eu.prefect.example",
        "PREFECT__CLOUD__API_KEY": "pcu_env",
        "PREFECT__CLOUD__TENANT_ID": TENANT,
    }
    assert login("", None, environment) == Login("https://eu.prefect.example", "pcu_env", TENANT)


def test_what_prefects_client_has_kept_for_the_service_is_honoured_and_nothing_else(home):
    assert login("", None, home) == Login(CLOUD, "pcu_kept", TENANT)
    assert login("http://127.0.0.1:4299", None, home).api_key == "pcu_here"
    assert login("https://other.example", None, home) == Login("https://other.example", None)


def test_the_environment_comes_before_what_was_kept(home):
    assert login("", None, home | {"PREFECT__CLOUD__API_KEY": "pcu_env"}).api_key == "pcu_env"


def test_a_key_of_one_service_is_not_sent_to_another(bare):
    environment = bare | {"PREFECT__CLOUD__API_KEY": "pcu_env"}
    with pytest.raises(CredentialError, match=r"for `api\.prefect\.io`, not for `evil"):
        login("https://evil.example", None, environment)


def test_a_key_is_not_sent_unencrypted_nor_to_what_is_no_url(bare):
    with pytest.raises(CredentialError, match="unencrypted") as found:
        login("http://api.prefect.io", "pcu_x", bare)
    assert found.value.hint == "use https; http is for this machine only"
    with pytest.raises(BackendError, match="is no URL of an API") as found:
        login("https://host/?a=b", "pcu_x", bare)
    assert found.value.hint == "write it like `https://api.prefect.io`"


def test_what_was_kept_and_cannot_be_read_is_an_error(bare, tmp_path):
    (tmp_path / "auth.toml").write_text("[")
    with pytest.raises(CredentialError, match="cannot read Prefect's log-ins"):
        login("", None, bare)
    assert login("", "pcu_own", bare).api_key == "pcu_own"


def test_a_table_names_the_tenant(bare, monkeypatch):
    monkeypatch.setenv("PREFECT__HOME_DIR", bare["PREFECT__HOME_DIR"])
    settings = Settings("prefect-cloud-1", "acme", "https://own.example")
    with pytest.raises(CredentialError, match="only a file names"):
        backend(settings, "pcu_own")
    found = backend(replace(settings, named=True), "pcu_own")
    assert isinstance(found, PrefectCloud1Backend)


def test_a_key_goes_nowhere_that_only_a_file_names(bare):
    with pytest.raises(CredentialError, match="which only a file names") as found:
        login("https://own.example", "pcu_x", bare)
    assert found.value.hint == "if it may go there, set `RBAC_SYNC_HOSTS=own.example:443`"
    named = bare | {"RBAC_SYNC_HOSTS": "own.example"}
    assert login("https://own.example", "pcu_x", named).api_key == "pcu_x"


def test_two_services_in_the_environment_are_refused(bare):
    environment = bare | {
        "PREFECT__CLOUD__API": "https://one.example",
        "PREFECT__CLOUD__ENDPOINT": "https://two.example",
    }
    with pytest.raises(CredentialError, match="name two services") as found:
        login("", "pcu_x", environment)
    assert found.value.hint == "unset one of them"


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


def test_where_the_user_names_both_nothing_of_prefects_is_asked(tmp_path, bare):
    (tmp_path / "auth.toml").write_text("[")
    environment = bare | {
        "PREFECT__CLOUD__API": "http://10.0.0.7",
        "PREFECT__CLOUD__TENANT_ID": "t",
    }
    found = login("https://own.example", "pcu_own", environment, named=True)
    assert found == Login("https://own.example", "pcu_own", "t")
