"""Where the API is and whose key is used, for both services."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from rbac_sync.backends.prefect_cloud import environment as prefect_cloud
from rbac_sync.backends.prefect_cloud_1 import environment as prefect_cloud_1
from rbac_sync.backends.remote.login import Login
from rbac_sync.errors import BackendError, CredentialError

ACCOUNT = "9a3fb6f3-3a38-4f0f-9c0b-2ff1d2d5b3a1"


@dataclass(frozen=True)
class Client:
    """Prefect's own client for one service: where it keeps what, and what is honoured of it."""

    login: Callable[..., Login]
    host: str
    path: str
    folder: str
    """The variable of the folder of its file."""
    file: str
    kept: str
    """A file with the key "pnu_kept" for the vendor's own service."""
    unreadable: str
    url: str
    other_url: str
    key: str
    named: dict[str, str]
    """Variables that name the service `eu.prefect.example` and the account."""
    broken: dict[str, str]
    """Variables that would be refused if they were read."""

    def root(self, host: str) -> str:
        return f"https://{host}{self.path}"

    @property
    def vendor(self) -> str:
        return self.root(self.host)


CLIENTS = {
    "prefect-cloud": Client(
        prefect_cloud.login,
        "api.prefect.cloud",
        "/api",
        "PREFECT_HOME",
        "profiles.toml",
        'active = "work"\n[profiles.work]\nPREFECT_API_KEY = "pnu_kept"\n',
        "cannot read Prefect's profiles",
        "PREFECT_API_URL",
        "PREFECT_CLOUD_API_URL",
        "PREFECT_API_KEY",
        {"PREFECT_API_URL": f"https://eu.prefect.example/api/accounts/{ACCOUNT}/workspaces/x"},
        {"PREFECT_API_URL": "http://10.0.0.7/api", "PREFECT_PROFILE": "ghost"},
    ),
    "prefect-cloud-1": Client(
        prefect_cloud_1.login,
        "api.prefect.io",
        "",
        "PREFECT__HOME_DIR",
        "auth.toml",
        '["api.prefect.io"]\napi_key = "pnu_kept"\n',
        "cannot read Prefect's log-ins",
        "PREFECT__CLOUD__API",
        "PREFECT__CLOUD__ENDPOINT",
        "PREFECT__CLOUD__API_KEY",
        {
            "PREFECT__CLOUD__API": "https://eu.prefect.example",
            "PREFECT__CLOUD__TENANT_ID": ACCOUNT,
        },
        {"PREFECT__CLOUD__API": "http://10.0.0.7"},
    ),
}


@pytest.fixture(params=CLIENTS.values(), ids=CLIENTS)
def client(request):
    return request.param


@pytest.fixture
def bare(client, tmp_path):
    """An environment in which nobody has logged in."""
    return {client.folder: str(tmp_path)}


@pytest.fixture
def home(client, bare, tmp_path):
    """An environment in which somebody has logged in to the vendor's own service."""
    (tmp_path / client.file).write_text(client.kept)
    return bare


def test_what_is_configured_comes_first(client, home):
    environment = home | {client.key: "pnu_env", client.url: client.vendor}
    found = client.login(f"{client.root('own.example')}/", "pnu_own", environment, named=True)
    assert found == Login(client.root("own.example"), "pnu_own")


def test_without_anything_it_is_prefect_cloud_without_a_key(client, bare):
    assert client.login("", None, bare) == Login(client.vendor, None)


def test_prefects_own_variables_are_honoured(client, bare):
    environment = bare | client.named | {client.key: "pnu_env"}
    expected = Login(client.root("eu.prefect.example"), "pnu_env", ACCOUNT)
    assert client.login("", None, environment) == expected
    environment = bare | {client.other_url: client.root("eu.prefect.example")}
    assert client.login("", None, environment) == Login(client.root("eu.prefect.example"), None)


def test_the_environment_comes_before_what_was_kept(client, home):
    assert client.login("", None, home).api_key == "pnu_kept"
    assert client.login("", None, home | {client.key: "pnu_env"}).api_key == "pnu_env"


def test_a_byte_order_mark_before_what_was_kept_is_passed_over(client, home, tmp_path):
    (tmp_path / client.file).write_text(f"\ufeff{client.kept}")
    assert client.login("", None, home).api_key == "pnu_kept"


@pytest.mark.parametrize("text", ["[", "a = " + "[" * 5000, "\xff"], ids=["open", "deep", "bytes"])
def test_what_was_kept_and_cannot_be_read_is_an_error(client, bare, tmp_path, text):
    (tmp_path / client.file).write_bytes(text.encode("latin-1"))
    with pytest.raises(CredentialError, match=client.unreadable) as found:
        client.login("", None, bare)
    assert found.value.hint == "mend the file, or move it away"


def test_a_key_of_one_service_is_not_sent_to_another(client, bare):
    environment, evil = bare | {client.key: "pnu_env"}, client.root("evil.example")
    message = f"for `{client.host}`, not for `evil.example`"
    with pytest.raises(CredentialError, match=message):
        client.login(evil, None, environment)
    with pytest.raises(CredentialError, match=message):
        client.login(evil, None, environment | {"RBAC_SYNC_HOSTS": "evil.example"})
    assert client.login(evil, "pnu_given", environment, named=True).api_key == "pnu_given"


@pytest.mark.parametrize("host", ["{vendor}", "10.0.0.7:8080"])
@pytest.mark.parametrize("named", [True, False])
def test_a_key_is_not_sent_unencrypted(client, bare, host, named):
    url = f"http://{host.format(vendor=client.host)}{client.path}"
    with pytest.raises(CredentialError, match="unencrypted") as found:
        client.login(url, "pnu_x", bare, named=named)
    assert found.value.hint == "use https; http is for this machine only"


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost:1", "[::1]:8080"])
def test_http_is_for_this_machine(client, bare, host):
    url = f"http://{host}{client.path}"
    assert client.login(url, "pnu_x", bare).root == url


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
def test_what_is_no_url_of_an_api_is_refused(client, bare, url):
    with pytest.raises(BackendError, match=r"is no URL of an API") as found:
        client.login(url, "pnu_x", bare)
    assert str(found.value).isprintable()
    assert "secret" not in str(found.value)
    assert found.value.hint == f"write it like `{client.vendor}`"


def test_two_services_in_prefects_settings_are_refused(client, bare):
    environment = bare | {
        client.url: client.root("one.example"),
        client.other_url: client.root("two.example"),
    }
    message = f"`{client.url}` and `{client.other_url}` name two services"
    with pytest.raises(CredentialError, match=message) as found:
        client.login("", "pnu_x", environment)
    assert found.value.hint.startswith("unset one of them")


def test_a_key_goes_nowhere_that_only_a_file_names(client, bare):
    with pytest.raises(CredentialError) as found:
        client.login(client.root("evil.example"), "pnu_x", bare)
    assert str(found.value) == (
        "the API key would go to `evil.example:443`, which only a file names"
    )
    assert found.value.hint == "if it may go there, set `RBAC_SYNC_HOSTS=evil.example:443`"
    assert found.value.exit_code == 4


@pytest.mark.parametrize(
    "host",
    [
        "{vendor}.evil.example",
        "{vendor}.",
        "evil-{vendor}",
        "x{vendor}",
        "prefect.cloud",
        "{vendor}:8443",
        "{vendor}@evil.example",
        "127.0.0.1\\@evil.example",
        "{vendor}%2eevil.example",
        "api.prefect.cl\u043eud",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "localhost.",
        "2130706433",
        "0x7f.1",
        "127.1",
        "0",
        "0.0.0.0",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[fe80::1]",
    ],
)
def test_a_host_that_looks_like_a_trusted_one_gets_no_key(client, bare, host):
    url = client.root(host.format(vendor=client.host))
    with pytest.raises((BackendError, CredentialError), match=r"only a file names|is no URL of"):
        client.login(url, "pnu_x", bare)


@pytest.mark.parametrize("change", [str, str.upper, "{}:443".format])
def test_the_vendors_own_host_needs_no_name(client, bare, change):
    url = client.root(change(client.host))
    assert client.login(url, "pnu_x", bare) == Login(url, "pnu_x")


@pytest.mark.parametrize("hosts", ["own.example", "a.example, OWN.example:443", "own.example,"])
def test_a_host_that_the_environment_names_gets_the_key(client, bare, hosts):
    environment = bare | {"RBAC_SYNC_HOSTS": hosts}
    assert client.login(client.root("own.example"), "pnu_x", environment).api_key == "pnu_x"


@pytest.mark.parametrize("hosts", ["own.example:8443", "example", "own.example.", "*", ".example"])
def test_a_name_covers_nothing_beside_it(client, bare, hosts):
    with pytest.raises(CredentialError):
        client.login(client.root("own.example"), "pnu_x", bare | {"RBAC_SYNC_HOSTS": hosts})


def test_a_host_of_prefects_own_settings_gets_the_key(client, bare):
    url = client.root("own.example")
    for name in (client.url, client.other_url):
        assert client.login(url, "pnu_x", bare | {name: url}).api_key == "pnu_x"


@pytest.mark.parametrize("blank", [" ", "\n", "\t", "\u00a0"])
def test_a_blank_in_a_key_or_a_url_is_named_as_what_it_is(client, bare, blank):
    for name, text in ((client.key, "pnu_x"), (client.url, client.vendor)):
        message = f"there is a blank or a line break in `{name}`"
        with pytest.raises(CredentialError, match=message) as found:
            client.login("", None, bare | {client.key: "k", name: text + blank})
        assert (
            found.value.hint
            == "set it again without the blank or the line break, which is often the last character"
        )
        assert found.value.exit_code == 4


def test_where_the_user_names_both_nothing_of_prefects_is_asked(client, bare, tmp_path):
    (tmp_path / client.file).write_text("[")
    own = client.root("own.example")
    assert client.login(own, "pnu_own", bare | client.broken, named=True) == Login(own, "pnu_own")


def test_the_key_is_not_shown(client, bare):
    assert "pnu_x" not in repr(client.login("", "pnu_x", bare))
