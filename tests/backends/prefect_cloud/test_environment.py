"""Where the API is and whose key is used."""

from __future__ import annotations

import pytest

from rbac_sync.backends.login import Login
from rbac_sync.backends.prefect_cloud.environment import login
from rbac_sync.errors import BackendError, CredentialError

CLOUD = "https://api.prefect.cloud/api"
ACCOUNT = "9a3fb6f3-3a38-4f0f-9c0b-2ff1d2d5b3a1"
PROFILES = f"""
active = "work"
[profiles.work]
PREFECT_API_KEY = "pnu_work"
PREFECT_API_URL = "https://eu.prefect.example/api/accounts/{ACCOUNT}/workspaces/{ACCOUNT}"
[profiles.local]
PREFECT_API_URL = "http://127.0.0.1:4200/api"
"""


@pytest.fixture
def home(tmp_path):
    (tmp_path / "profiles.toml").write_text(PROFILES)
    return {"PREFECT_HOME": str(tmp_path)}


@pytest.fixture
def bare(tmp_path):
    return {"PREFECT_HOME": str(tmp_path)}


def test_what_is_configured_comes_first(home):
    environment = home | {"PREFECT_API_KEY": "pnu_env", "PREFECT_API_URL": f"{CLOUD}/accounts/1"}
    found = login("https://own.example/api/", "pnu_own", environment)
    assert (found.root, found.api_key) == ("https://own.example/api", "pnu_own")


def test_without_anything_it_is_prefect_cloud_without_a_key(bare):
    assert login("", None, bare) == Login(CLOUD, None)


def test_prefects_own_variables_are_honoured(bare):
    url = f"https://eu.prefect.example/api/accounts/{ACCOUNT}/workspaces/x"
    environment = bare | {"PREFECT_API_URL": url, "PREFECT_API_KEY": "pnu_env"}
    expected = Login("https://eu.prefect.example/api", "pnu_env", ACCOUNT)
    assert login("", None, environment) == expected
    environment = bare | {"PREFECT_CLOUD_API_URL": "https://eu.prefect.example/api"}
    assert login("", None, environment).root == "https://eu.prefect.example/api"


def test_the_active_profile_is_honoured_and_another_can_be_named(home):
    assert login("", None, home) == Login("https://eu.prefect.example/api", "pnu_work", ACCOUNT)
    assert login("", None, home | {"PREFECT_PROFILE": "local"}) == Login(CLOUD, None)
    assert login("", None, home | {"PREFECT_PROFILE": "ghost"}) == Login(CLOUD, None)


def test_the_environment_comes_before_the_profile(home):
    assert login("", None, home | {"PREFECT_API_KEY": "pnu_env"}).api_key == "pnu_env"


def test_a_key_of_one_service_is_not_sent_to_another(home):
    with pytest.raises(CredentialError, match=r"for `eu\.prefect\.example`, not for `evil"):
        login("https://evil.example/api", None, home)
    assert login("https://evil.example/api", "pnu_given", home).api_key == "pnu_given"


@pytest.mark.parametrize("url", ["http://api.prefect.cloud/api", "http://10.0.0.7:8080/api"])
def test_a_key_is_not_sent_unencrypted(bare, url):
    with pytest.raises(BackendError, match="unencrypted"):
        login(url, "pnu_x", bare)


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost:1", "[::1]:8080"])
def test_http_is_for_this_machine(bare, host):
    assert login(f"http://{host}/api", "pnu_x", bare).root == f"http://{host}/api"


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:///rbac.db\x1b",
        "https://",
        "https://user:secret@host/api",
        "https://host/api?x=1",
        "https://host:0x/api",
        "https://[::1/api",
        "api.prefect.cloud/api",
    ],
)
def test_what_is_no_url_of_an_api_is_refused(bare, url):
    with pytest.raises(BackendError, match=r"is no URL of an API|unencrypted") as found:
        login(url, "pnu_x", bare)
    assert str(found.value).isprintable()
    assert "https" in found.value.hint


@pytest.mark.parametrize(
    "text", ["[", "active = " + "[" * 5000, "\xff", 'active = "a"\n[profiles]\na = 1\n']
)
def test_profiles_that_cannot_be_read_are_an_error_and_odd_ones_hold_nothing(tmp_path, bare, text):
    (tmp_path / "profiles.toml").write_bytes(text.encode("latin-1"))
    if "profiles" in text:
        assert login("", None, bare) == Login(CLOUD, None)
        return
    with pytest.raises(CredentialError, match="cannot read Prefect's profiles"):
        login("", None, bare)


def test_the_key_is_not_shown(bare):
    assert "pnu_x" not in repr(login("", "pnu_x", bare))
