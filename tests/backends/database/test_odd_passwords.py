"""Whatever a password holds, and however a URL was mistyped, no part of it is in a message."""

from __future__ import annotations

from itertools import product
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rbac_sync.backends.database.connection import check_of_file
from rbac_sync.backends.database.engine import address, display_url
from rbac_sync.backends.store import StoreBackend
from rbac_sync.errors import BackendError, CredentialError, RbacSyncError
from tests.cli.running import bare, run

ODD = "@:/#?%[] '\"&=;\\"
FIRST, SECOND = "Xq7zv", "Jw4ky"
PASSWORDS = st.text(st.sampled_from(ODD), max_size=4).map(lambda odd: f"{FIRST}{odd}{SECOND}")
PARTS = st.sampled_from(["{}", "{}x=", "user{}"])
SHAPES = (
    "postgresql://ana:{}@127.0.0.1:1/rbac",
    "postgresql://ana:{}@127.0.0.1:1/rbac?connect_timeout=2",
    "postgresql://:{}@127.0.0.1:1/rbac",
    "postgresql://{}@127.0.0.1:1/rbac",
    "postgresql://ana/x:{}@127.0.0.1:1/rbac",
    "postgresql://ana:{}@/rbac?host=/nowhere",
    "postgresql://ana:x@{}@127.0.0.1:1/rbac",
    "mysql://ana:{}@127.0.0.1:1/rbac",
    "ana:{}@127.0.0.1:1/rbac",
)


def told(url):
    """Return all that is said of *url*, by every door."""
    said = []
    try:
        said.append(display_url(address(url)))
        check_of_file(address(url))
        with StoreBackend(url, "acme").open():
            """It cannot be."""
    except RbacSyncError as error:
        said += [str(error), error.hint]
    return "\n".join(said)


@example("Xq7zv@Jw4ky")
@example("Xq7zv@Jw4ky?x=y")
@example("Xq7zv/Jw4ky")
@given(PASSWORDS)
def test_no_part_of_a_password_is_told(password):
    for shape in SHAPES:
        if "{}@127" in shape and shape.startswith("postgresql://{}"):
            continue  # a name without a password
        said = told(shape.format(password))
        assert FIRST not in said, shape
        assert SECOND not in said, shape


@pytest.mark.parametrize("odd", [*ODD, *map("".join, product("@:/?#", repeat=2))])
def test_a_password_that_is_escaped_is_taken_as_it_is(odd):
    password = f"{FIRST}{odd}{SECOND}"
    made = address(f"postgresql://ana:{quote(password, safe='')}@db.example:5433/rbac")
    assert (made.username, made.password, made.host, made.port) == (
        "ana",
        password,
        "db.example",
        5433,
    )
    assert display_url(made) == "postgresql://ana@db.example:5433/rbac"


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ana:pa@Jw4ky@127.0.0.1/rbac",
        "postgresql://ana@Jw4ky@127.0.0.1/rbac",
        "postgresql://ana:pa@Jw/4ky@127.0.0.1/rbac",
        "postgresql://ana:pa@Jw?4ky@127.0.0.1/rbac",
        "postgresql://ana:pa@Jw?x=4ky@127.0.0.1/rbac",
        "postgresql://ana/x:Jw4ky@127.0.0.1/rbac",
    ],
)
def test_more_than_one_at_sign_is_refused(url):
    with pytest.raises(CredentialError) as found:
        address(url)
    assert str(found.value) == (
        "the database's url has an `@` too many: the name or the password holds one"
    )
    assert found.value.hint == "write `%40` for each `@` in them, and `%2F` for `/`"
    assert found.value.exit_code == 4


@pytest.mark.parametrize("port", ["notaport", "54x", "0", "65536", "-1", "5 4"])
def test_a_port_that_is_none(port):
    with pytest.raises(BackendError, match="has a port that is no number from 1 to 65535") as found:
        address(f"postgresql://ana:s3cret@db.example:{port}/rbac")
    assert "postgresql://user@host:5432/database" in found.value.hint
    assert port not in str(found.value)


def test_at_signs_where_they_belong():
    made = address("postgresql://ana%40corp:p%40w@db.example/rbac?host=@abstract")
    assert (made.username, made.password) == ("ana@corp", "p@w")


@pytest.mark.parametrize(
    ("url", "code", "message"),
    [
        ("postgresql://u:s3cret@h/db?s3cret=1", 1, "the database's url has an option that is not"),
        ("postgresql://u:s3cret@h/db?statement_timeout=s3cret", 1, "is not a time"),
        (
            "postgresql://u:s3cret@h:notaport/db",
            1,
            "`RBAC_SYNC_URL` has a port that is no number from 1 to 65535",
        ),
        ("postgresql://u:pa@s3cret@h/db", 4, "`RBAC_SYNC_URL` has an `@` too many"),
        ("mysql://u:s3cret@h/db", 1, "`RBAC_SYNC_URL` is no place for a store"),
        ("://u:s3cret@h/db", 1, "`RBAC_SYNC_URL` cannot be read"),
        ("postgresql://u:s3cret@h/db\n", 4, "a blank or a line break in `RBAC_SYNC_URL`"),
        (" postgresql://u:s3cret@h/db", 4, "a blank or a line break in `RBAC_SYNC_URL`"),
    ],
)
def test_the_command_line_names_where_a_faulty_url_stands(
    tmp_path, monkeypatch, url, code, message
):
    bare(monkeypatch)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rbac.toml").write_text('[backend]\ntype = "store"\naccount = "acme"\n')
    monkeypatch.setenv("RBAC_SYNC_URL", url)
    ended = run("whoami")
    assert ended.code == code
    assert message in ended.err
    assert "s3cret" not in ended.err + ended.out


def test_a_faulty_url_of_a_file_is_named_by_its_key(tmp_path, monkeypatch):
    bare(monkeypatch)
    monkeypatch.chdir(tmp_path)
    table = '[backend]\ntype = "store"\naccount = "acme"\nurl = "postgresql://h:port/db"\n'
    (tmp_path / "rbac.toml").write_text(table)
    ended = run("whoami")
    assert ended.code == 1
    assert "`url` in `[backend]` has a port that is no number from 1 to 65535" in ended.err
