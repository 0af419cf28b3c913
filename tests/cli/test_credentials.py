"""Where the command line sends a credential, and what it says of one that cannot be sent."""

from __future__ import annotations

import socket

import pytest

from rbac_sync.backends.store.accounts import Accounts
from rbac_sync.server.guarded_store import GuardedStore

from ..patience import ask
from ..server.serving import serving
from .running import run

TABLE = '[backend]\ntype = "{}"\naccount = "acme"\nurl = "{}"\n'
TYPES = (
    ("prefect-cloud", "https://evil.example/api", "the API key", 443),
    ("prefect-cloud-1", "https://evil.example", "the API key", 443),
    ("store", "postgresql://evil.example/rbac", "the database's password", 5432),
)
COMMANDS = (
    "plan",
    "apply --auto-approve",
    "drift",
    "pull --snapshot live.snapshot",
    "show",
    "whoami",
    "explain ana@acme.example",
    "audit verify",
    "store key list",
)
INIT = "store init --owner a@b.example --world prefect-cloud --account x"
STORE = ("store migrate", INIT, "serve --port 1")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder, a home with nothing of Prefect's, and a network that leads nowhere."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("PREFECT_API_URL", "PREFECT_API_KEY", "PREFECT_PROFILE", "PREFECT_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("RBAC_SYNC_API_KEY", "pnu_secret")
    monkeypatch.setenv("PGPASSWORD", "s3cret")
    monkeypatch.setattr(socket, "create_connection", lambda *_, **__: pytest.fail("it leaves"))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: pytest.fail("it asks for a name"))
    return tmp_path


@pytest.mark.parametrize(("type_", "url", "what", "port"), TYPES)
def test_no_command_sends_a_credential_where_only_a_file_says(folder, type_, url, what, port):
    (folder / "rbac.toml").write_text(TABLE.format(type_, url))
    for command in (*COMMANDS, *(STORE if type_ == "store" else ())):
        ran = run(command)
        assert (ran.code, ran.out) == (4, ""), command
        assert ran.err == (
            f"error[credentials]: {what} would go to `evil.example:{port}`,"
            " which only a file names\n"
            f"  = help: if it may go there, set `RBAC_SYNC_HOSTS=evil.example:{port}`\n"
        )


BLANK = (
    "error[credentials]: there is a blank or a line break in {}\n"
    "  = help: set it again without the blank or the line break, "
    "which is often the last character\n"
)
STRAYS = (
    ("{} ", BLANK),
    ("\n{}", BLANK),
    ("{}\r\n", BLANK),
    ("{}\t", BLANK),
    (
        '"{}"',
        (
            "error[credentials]: {} stands in quotation marks\n"
            "  = help: set it again without the quotation marks:"
            " they would be a part of the value\n"
        ),
    ),
    (
        "\ufeff{}",
        (
            "error[credentials]: there is an invisible character, U+FEFF, in {}\n"
            "  = help: set it again, typed or copied as plain text;"
            " such a character is often the first or the last\n"
        ),
    ),
)
BACKENDS = (
    ("store", "sqlite:///rbac.db", ()),
    ("store", "postgresql://localhost/x", ()),
    ("prefect-cloud", "http://127.0.0.1:1/api", ("PREFECT_API_URL", "PREFECT_API_KEY")),
    (
        "prefect-cloud-1",
        "http://127.0.0.1:1",
        ("PREFECT__CLOUD__API", "PREFECT__CLOUD__API_KEY"),
    ),
)


def declare(folder, type_, more=""):
    (folder / "rbac.toml").write_text(f'[backend]\ntype = "{type_}"\naccount = "acme"\n{more}')


@pytest.mark.parametrize(("form", "words"), STRAYS)
@pytest.mark.parametrize(("type_", "url", "theirs"), BACKENDS)
def test_what_slipped_into_a_key_or_a_url_is_named_at_every_door(
    folder, monkeypatch, type_, url, theirs, form, words
):
    """The same words for each variable, on each backend, for each command that reads it."""
    declare(folder, type_)
    for variable, value in (("RBAC_SYNC_API_KEY", "pnu_x"), ("RBAC_SYNC_URL", url)):
        with monkeypatch.context() as here:
            here.setenv(variable, form.format(value))
            for command in ("plan", "apply --auto-approve", "whoami", "pull x"):
                ran = run(command)
                assert (ran.code, ran.out, ran.err) == (4, "", words.format(f"`{variable}`"))
    monkeypatch.delenv("RBAC_SYNC_API_KEY")
    for variable, value in zip(theirs, (url, "pnu_x"), strict=False):
        with monkeypatch.context() as here:
            here.setenv(variable, form.format(value))
            ran = run("plan")
            assert (ran.code, ran.err) == (4, words.format(f"`{variable}`"))


@pytest.mark.parametrize("command", ["plan", "store migrate", "store key list"])
def test_a_url_on_the_command_line_is_named_as_such(folder, command):
    declare(folder, "store")
    ran = run(command, "--url", "sqlite:///rbac.db ")
    assert (ran.code, ran.err) == (4, BLANK.format("`--url`"))


@pytest.mark.parametrize(("type_", "url", "theirs"), BACKENDS)
def test_what_slipped_into_the_url_of_a_file_is_named_where_it_stands(folder, type_, url, theirs):
    """It is not left out, either: the key would go to the vendor's own host."""
    declare(folder, type_, f'url = "{url} "\n')
    ran = run("plan")
    assert ran.code == 1
    assert f"error[RS117]: `{url} ` must not begin or end with space\n" in ran.err
    assert "  = help: write the URL alone, without blanks around it\n" in ran.err
    declare(folder, type_, f"url = '\"{url}\"'\n")
    ran = run("plan")
    assert ran.code == 1
    message, _, hint = STRAYS[4][1].format("`url` in `[backend]`").partition("\n")
    message = message.replace("error[credentials]", "error[RS115]")
    assert ran.err.startswith(f"{message}\n --> rbac.toml:4:7\n{hint}")


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("rbac.db", "cannot be read"),
        ("postgres//ana:s3cret@host/x", "cannot be read"),
        ("mysql://host/x", "is no place for a store"),
        ("\\u202esqlite:///x.db", "there is an invisible character, U+202E, in"),
    ],
)
def test_a_url_of_a_file_that_is_of_no_database_is_told_with_its_place(folder, url, message):
    declare(folder, "store", f'url = "{url}"\n')
    ran = run("validate")
    assert ran.code == 1
    first, place, *_ = ran.err.splitlines()
    assert first.startswith("error[RS115]: ")
    assert message in first
    assert place == " --> rbac.toml:4:7"
    assert "s3cret" not in ran.err


def test_a_key_of_prefects_profile_is_named_as_such(folder, monkeypatch):
    declare(folder, "prefect-cloud")
    monkeypatch.delenv("RBAC_SYNC_API_KEY")
    (folder / ".prefect").mkdir()
    profiles = 'active = "x"\n[profiles.x]\nPREFECT_API_KEY = "pnu_x\\n"\n'
    (folder / ".prefect/profiles.toml").write_text(profiles)
    ran = run("plan")
    assert (ran.code, ran.err) == (4, BLANK.format("`PREFECT_API_KEY` in Prefect's profile"))


def test_a_key_that_prefect_1s_client_has_kept_is_named_as_such(folder, monkeypatch):
    declare(folder, "prefect-cloud-1")
    monkeypatch.delenv("RBAC_SYNC_API_KEY")
    (folder / ".prefect").mkdir()
    (folder / ".prefect/auth.toml").write_text('["api.prefect.io"]\napi_key = "x\\n"\n')
    ran = run("plan")
    what = "the API key that Prefect's client has kept"
    assert (ran.code, ran.err) == (4, BLANK.format(what))


@pytest.mark.parametrize(("form", "words"), STRAYS)
def test_what_slipped_into_a_token_is_named(folder, monkeypatch, form, words):
    declare(folder, "store")
    monkeypatch.setenv("RBAC_SYNC_OIDC_TOKEN", form.format("a.b.c"))
    ran = run("plan")
    assert (ran.code, ran.err) == (4, words.format("`RBAC_SYNC_OIDC_TOKEN`"))


@pytest.mark.parametrize(("form", "words"), STRAYS)
@pytest.mark.parametrize(
    ("forge", "token", "api"),
    [
        ("--github --repository a/b", "GITHUB_TOKEN", "GITHUB_API_URL"),
        ("--gitlab --repository 1", "GITLAB_TOKEN", "CI_API_V4_URL"),
    ],
)
def test_what_slipped_into_what_a_forge_is_asked_with_is_named(
    account, monkeypatch, forge, token, api, form, words
):
    assert run("plan --report md=plan.md").code == 0
    monkeypatch.setenv(token, "t")
    for variable, value in ((token, "t"), (api, "http://127.0.0.1:1")):
        with monkeypatch.context() as here:
            here.setenv(variable, form.format(value))
            ran = run(f"comment plan.md --number 1 {forge}")
            assert (ran.code, ran.err) == (4, words.format(f"`{variable}`"))
    monkeypatch.setenv("RBAC_SYNC_API", form.format("http://127.0.0.1:1"))
    ran = run(f"comment plan.md --number 1 {forge}")
    assert (ran.code, ran.err) == (4, words.format("`RBAC_SYNC_API`"))


def test_a_key_with_a_blank_before_it_is_none_to_the_server_either(account):
    with serving(GuardedStore(Accounts(f"sqlite:///{account.database}"))) as root:
        for blanks, status in (("", 200), (" ", 401), ("\t", 401)):
            header = {"Authorization": f"Bearer {blanks}{account.key}"}
            assert ask("GET", f"{root}/api/me/", headers=header).status_code == status


def test_a_password_in_a_url_of_another_kind_of_backend_is_not_shown(folder, monkeypatch):
    """A pull request may change the type, and the log of its run may be public."""
    url = "postgresql://ana:s3cret@db.example/rbac?password=s3cret"
    monkeypatch.setenv("RBAC_SYNC_URL", url)
    for type_ in ("prefect-cloud", "prefect-cloud-1", "store"):
        (folder / "rbac.toml").write_text(f'[backend]\ntype = "{type_}"\naccount = "acme"\n')
        for address in (url, url.replace("postgresql", "https"), f"{url}#s3cret", f"x{url}"):
            monkeypatch.setenv("RBAC_SYNC_URL", address)
            if type_ == "store" and address.startswith("postgresql"):
                continue
            ran = run("plan")
            assert ran.code in (1, 4)
            assert "s3cret" not in ran.err + ran.out


def test_prefects_own_settings_lead_to_a_server_of_ones_own(account, monkeypatch, tmp_path):
    """What somebody has set who uses `rbac-sync serve`, or a server of their own."""
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "none"))
    monkeypatch.setenv("RBAC_SYNC_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("PREFECT_API_KEY", account.key)
    monkeypatch.delenv("RBAC_SYNC_API_KEY")
    account.edit(('type = "store"', 'type = "prefect-cloud"'))
    with serving(GuardedStore(Accounts(f"sqlite:///{account.database}"))) as root:
        monkeypatch.setenv("PREFECT_API_URL", f"{root}/api")
        ran = run("whoami")
    assert (ran.code, ran.err) == (0, "")
    assert "ana@acme.example" in ran.out
