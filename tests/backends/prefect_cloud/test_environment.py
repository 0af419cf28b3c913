"""Where the API is and whose key is used."""

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


def test_a_byte_order_mark_before_the_profiles_is_passed_over(home, tmp_path):
    plain = login("", None, home)
    (tmp_path / "profiles.toml").write_text(f"\ufeff{PROFILES}")
    assert plain.api_key == "pnu_work"
    assert login("", None, home) == plain


def test_what_is_configured_comes_first(home):
    environment = home | {"PREFECT_API_KEY": "pnu_env", "PREFECT_API_URL": f"{CLOUD}/accounts/1"}
    found = login("https://own.example/api/", "pnu_own", environment, named=True)
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
    local = Login("http://127.0.0.1:4200/api", None)
    assert login("", None, home | {"PREFECT_PROFILE": "local"}) == local


def test_the_environment_comes_before_the_profile(home):
    assert login("", None, home | {"PREFECT_API_KEY": "pnu_env"}).api_key == "pnu_env"


def test_a_key_of_one_service_is_not_sent_to_another(home):
    with pytest.raises(CredentialError, match=r"for `eu\.prefect\.example`, not for `evil"):
        login("https://evil.example/api", None, home)
    found = login("https://evil.example/api", "pnu_given", home, named=True)
    assert found.api_key == "pnu_given"


@pytest.mark.parametrize("url", ["http://api.prefect.cloud/api", "http://10.0.0.7:8080/api"])
def test_a_key_is_not_sent_unencrypted(bare, url):
    for named in (True, False):
        with pytest.raises(CredentialError, match="unencrypted") as found:
            login(url, "pnu_x", bare, named=named)
        assert found.value.hint == "use https; http is for this machine only"


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost:1", "[::1]:8080"])
def test_http_is_for_this_machine(bare, host):
    assert login(f"http://{host}/api", "pnu_x", bare).root == f"http://{host}/api"


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:///rbac.db",
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


@pytest.mark.parametrize("more", ["", "/", "/workspaces/2", "/workspaces/2/"])
@pytest.mark.parametrize("key", ["pnu_x", None])
def test_the_url_of_an_account_or_a_workspace_is_told_that_of_the_api(bare, more, key):
    url = f"https://api.prefect.cloud/api/accounts/1{more}"
    with pytest.raises(BackendError) as found:
        login(url, key, bare, named=True)
    assert str(found.value) == f"`{url}` is the URL of an account or a workspace"
    assert found.value.hint == "write that of the API: `https://api.prefect.cloud/api`"


@pytest.mark.parametrize("text", ["[", "active = " + "[" * 5000, "\xff"])
def test_profiles_that_cannot_be_read_are_an_error(tmp_path, bare, text):
    (tmp_path / "profiles.toml").write_bytes(text.encode("latin-1"))
    with pytest.raises(CredentialError, match="cannot read Prefect's profiles") as found:
        login("", None, bare)
    assert found.value.hint == "mend the file, or move it away"


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


def test_two_services_in_prefects_settings_are_refused(bare):
    environment = bare | {
        "PREFECT_API_URL": "https://one.example/api",
        "PREFECT_CLOUD_API_URL": "https://two.example/api",
    }
    with pytest.raises(CredentialError, match="name two services") as found:
        login("", "pnu_x", environment)
    assert found.value.hint.startswith("unset one of them")


def test_a_profiles_key_stays_with_the_service_of_its_profile(home):
    environment = home | {"PREFECT_API_URL": "https://other.example/api"}
    with pytest.raises(CredentialError, match=r"for `eu\.prefect\.example`, not for `other"):
        login("", None, environment)


def test_a_key_goes_nowhere_that_only_a_file_names(bare):
    with pytest.raises(CredentialError, match="which only a file names") as found:
        login("https://evil.example/api", "pnu_x", bare)
    assert str(found.value) == (
        "the API key would go to `evil.example:443`, which only a file names"
    )
    assert found.value.hint == "if it may go there, set `RBAC_SYNC_HOSTS=evil.example:443`"
    assert found.value.exit_code == 4


@pytest.mark.parametrize(
    "url",
    [
        "https://api.prefect.cloud.evil.example/api",
        "https://api.prefect.cloud./api",
        "https://evil-api.prefect.cloud/api",
        "https://xapi.prefect.cloud/api",
        "https://prefect.cloud/api",
        "https://api.prefect.cloud:8443/api",
        "https://api.prefect.cloud@evil.example/api",
        "https://127.0.0.1\\@evil.example/api",
        "https://api.prefect.cloud%2eevil.example/api",
        "https://api.prefect.cl\u043eud/api",
        "https://127.0.0.1.evil.example/api",
        "https://localhost.evil.example/api",
        "https://localhost./api",
        "https://2130706433/api",
        "https://0x7f.1/api",
        "https://127.1/api",
        "https://0/api",
        "https://0.0.0.0/api",
        "https://[::]/api",
        "https://[::ffff:127.0.0.1]/api",
        "https://[fe80::1]/api",
    ],
)
def test_a_host_that_looks_like_a_trusted_one_gets_no_key(bare, url):
    with pytest.raises((BackendError, CredentialError), match=r"only a file names|is no URL of"):
        login(url, "pnu_x", bare)


@pytest.mark.parametrize(
    "url", [CLOUD, "https://API.Prefect.Cloud/api", "https://api.prefect.cloud:443/api"]
)
def test_the_vendors_own_host_needs_no_name(bare, url):
    assert login(url, "pnu_x", bare).api_key == "pnu_x"


@pytest.mark.parametrize("hosts", ["own.example", "a.example, OWN.example:443", "own.example,"])
def test_a_host_that_the_environment_names_gets_the_key(bare, hosts):
    environment = bare | {"RBAC_SYNC_HOSTS": hosts}
    assert login("https://own.example/api", "pnu_x", environment).api_key == "pnu_x"


@pytest.mark.parametrize("hosts", ["own.example:8443", "example", "own.example.", "*", ".example"])
def test_a_name_covers_nothing_beside_it(bare, hosts):
    with pytest.raises(CredentialError):
        login("https://own.example/api", "pnu_x", bare | {"RBAC_SYNC_HOSTS": hosts})


@pytest.mark.parametrize("where", ["PREFECT_API_URL", "PREFECT_CLOUD_API_URL"])
def test_a_host_of_prefects_own_settings_gets_the_key(bare, where):
    environment = bare | {where: "https://own.example/api"}
    assert login("https://own.example/api", "pnu_x", environment).api_key == "pnu_x"


def test_prefects_own_key_goes_to_its_service_alone_even_where_another_is_named(bare):
    environment = bare | {"PREFECT_API_KEY": "pnu_env", "RBAC_SYNC_HOSTS": "own.example"}
    with pytest.raises(CredentialError, match="Prefect's own API key is for"):
        login("https://own.example/api", None, environment)


@pytest.mark.parametrize("blank", [" ", "\n", "\t", "\u00a0"])
def test_a_blank_in_a_key_or_a_url_is_named_as_what_it_is(bare, blank):
    for name, text in (("PREFECT_API_KEY", "pnu_x"), ("PREFECT_API_URL", CLOUD)):
        with pytest.raises(CredentialError, match="there is a blank or a line break in") as found:
            login("", None, bare | {"PREFECT_API_KEY": "k", name: text + blank})
        assert (
            found.value.hint
            == "set it again without the blank or the line break, which is often the last character"
        )
        assert found.value.exit_code == 4


def test_where_the_user_names_both_nothing_of_prefects_is_asked(tmp_path, bare):
    (tmp_path / "profiles.toml").write_text("[")
    environment = bare | {"PREFECT_API_URL": "http://10.0.0.7/api", "PREFECT_PROFILE": "ghost"}
    found = login("https://own.example/api", "pnu_own", environment, named=True)
    assert found == Login("https://own.example/api", "pnu_own")


def test_the_key_is_not_shown(bare):
    assert "pnu_x" not in repr(login("", "pnu_x", bare))
