"""Profiles of Prefect, and URLs with an account: beyond what both services have."""

from __future__ import annotations

import pytest

from rbac_sync.backends.prefect_cloud.environment import login
from rbac_sync.backends.remote.login import Login
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


def test_the_active_profile_is_honoured_and_another_can_be_named(home):
    assert login("", None, home) == Login("https://eu.prefect.example/api", "pnu_work", ACCOUNT)
    local = Login("http://127.0.0.1:4200/api", None)
    assert login("", None, home | {"PREFECT_PROFILE": "local"}) == local


def test_a_key_of_one_service_is_not_sent_to_another(home):
    with pytest.raises(CredentialError, match=r"for `eu\.prefect\.example`, not for `evil"):
        login("https://evil.example/api", None, home)
    found = login("https://evil.example/api", "pnu_given", home, named=True)
    assert found.api_key == "pnu_given"


@pytest.mark.parametrize("more", ["", "/", "/workspaces/2", "/workspaces/2/"])
@pytest.mark.parametrize("key", ["pnu_x", None])
def test_the_url_of_an_account_or_a_workspace_is_told_that_of_the_api(bare, more, key):
    url = f"https://api.prefect.cloud/api/accounts/1{more}"
    with pytest.raises(BackendError) as found:
        login(url, key, bare, named=True)
    assert str(found.value) == f"`{url}` is the URL of an account or a workspace"
    assert found.value.hint == "write that of the API: `https://api.prefect.cloud/api`"


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ('active = "a"\n[profiles]\na = 1', "the profile `a` is no table", "mend the file"),
        ('active = "a"\nprofiles = 1', "`profiles` in .* is no table", "mend the file"),
        ('active = "a"\n[profiles.b]', "there is no profile `a` in", "set `PREFECT_PROFILE`"),
        ('active = "a"', "there is no profile `a` in", "set `PREFECT_PROFILE`"),
        (
            'active = "a"\n[profiles.a]\nPREFECT_API_URL = ["https://own.example/api"]',
            "`PREFECT_API_URL` in the profile `a` is no text",
            "mend the file",
        ),
        (
            'active = "a"\n[profiles.a]\nPREFECT_API_KEY = 7',
            "`PREFECT_API_KEY` in the profile `a` is no text",
            "mend the file",
        ),
    ],
)
def test_an_odd_profile_is_refused_and_not_passed_over(tmp_path, bare, text, message, hint):
    (tmp_path / "profiles.toml").write_text(text)
    with pytest.raises(CredentialError, match=message) as found:
        login("", "pnu_given", bare)
    assert found.value.hint.startswith(hint)
    assert found.value.exit_code == 4


def test_a_profile_or_a_file_of_profiles_that_is_not_there_is_refused(bare, home, tmp_path):
    with pytest.raises(CredentialError, match="there is no profile `ghost`"):
        login("", "pnu_x", home | {"PREFECT_PROFILE": "ghost"})
    with pytest.raises(CredentialError, match="there is no profile `ghost`"):
        login("", "pnu_x", bare | {"PREFECT_PROFILE": "ghost", "PREFECT_HOME": "/nowhere"})
    with pytest.raises(CredentialError, match=r"`PREFECT_PROFILES_PATH` names `.*x`") as found:
        login("", "pnu_x", bare | {"PREFECT_PROFILES_PATH": str(tmp_path / "x")})
    assert found.value.hint.startswith("unset it, or set `RBAC_SYNC_URL`")


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_root_without_an_account_is_used_as_it_is_and_the_vendor_gets_nothing(bare, slash):
    environment = bare | {"PREFECT_API_URL": f"http://localhost:4200/api{slash}"}
    for key in (None, "pnu_given"):
        assert login("", key, environment) == Login("http://localhost:4200/api", key)
    environment |= {"PREFECT_API_KEY": "pnu_env"}
    assert login("", None, environment) == Login("http://localhost:4200/api", "pnu_env")
    with pytest.raises(CredentialError, match=r"for `localhost`, not for `api\.prefect\.cloud`"):
        login(CLOUD, None, environment)


@pytest.mark.parametrize(
    "rest", ["accounts", "accounts/", "accounts//workspaces/x", "accounts/a/b", "accounts/a/b/c/d"]
)
def test_a_url_whose_account_cannot_be_made_out_is_refused(bare, rest):
    environment = bare | {"PREFECT_API_URL": f"{CLOUD}/{rest}"}
    with pytest.raises(CredentialError, match="`PREFECT_API_URL` names no account") as found:
        login("", "pnu_x", environment)
    assert found.value.hint.startswith(f"write it like `{CLOUD}/accounts/ID`")


def test_a_profiles_key_stays_with_the_service_of_its_profile(home):
    environment = home | {"PREFECT_API_URL": "https://other.example/api"}
    with pytest.raises(CredentialError, match=r"for `eu\.prefect\.example`, not for `other"):
        login("", None, environment)
