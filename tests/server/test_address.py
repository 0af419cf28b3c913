"""Where links in answers lead: to the server's own address, whatever a request says of it."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

import pytest

from rbac_sync.backends.store import init
from rbac_sync.backends.store.accounts import Accounts
from rbac_sync.errors import RbacSyncError
from rbac_sync.server.address import public
from rbac_sync.server.guarded_store import GuardedStore

from ..patience import LONGEST
from .account import Account
from .serving import OWNER, Server, serving

EVIL = "evil.example"
HOSTS = (EVIL, f"{EVIL}:80", f"{EVIL}/a", f"{EVIL}?a=", f"me@{EVIL}", f"{EVIL}#", "")


@pytest.fixture(scope="module")
def acme(tmp_path_factory):
    """An account of a server that is reached at its socket."""
    yield from account(tmp_path_factory.mktemp("store"))


@pytest.fixture(scope="module")
def proxied(tmp_path_factory):
    """An account of a server that says where it is reached."""
    yield from account(tmp_path_factory.mktemp("store"), "https://rbac.example:8443/")


def account(folder, public_url=""):
    url = f"sqlite:///{folder}/rbac.db"
    key = init(url, "acme", "prefect-cloud", OWNER)
    guarded = GuardedStore(Accounts(url))
    with serving(guarded, public_url) as root:
        server = Server(root, guarded, key)
        with server.client() as client:
            yield Account(server, client)


def raw(acme, host, line, body=b""):
    """Return the whole answer to a request with headers that say other addresses."""
    at = urlsplit(acme.server.root)
    headers = (
        f"Host: {host}",
        f"X-Forwarded-Host: {EVIL}",
        "X-Forwarded-Proto: https",
        f"X-Forwarded-Server: {EVIL}",
        f"Forwarded: host={EVIL};proto=https",
        f"Authorization: Bearer {acme.server.key}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        "Connection: close",
    )
    with socket.create_connection((at.hostname, at.port), timeout=LONGEST) as wire:
        wire.sendall("\r\n".join([line, *headers, "", ""]).encode() + body)
        parts = iter(lambda: wire.recv(65536), b"")
        return b"".join(parts).decode()


def asked(acme):
    """Yield requests whose answers lead somewhere, or repeat what was asked."""
    workspace = acme.workspace(f"w{len(acme.post('/workspaces/filter'))}")["id"]
    path = f"/api{acme.path}"
    page = b'{"limit": 1}'
    yield f"POST {path}/events/filter HTTP/1.1", page
    yield f"POST {path}/workspaces/{workspace}/events/filter HTTP/1.1", page
    yield f"POST {path}/bots HTTP/1.1", b'{"name": "x"}'
    yield f"GET {path}/invitations/ HTTP/1.1", b""
    yield f"GET /api/workspaces/{workspace} HTTP/1.1", b""
    yield f"GET http://{EVIL}/api/workspaces/{workspace} HTTP/1.1", b""
    yield "GET /api/me HTTP/1.1", b""
    yield "GET /nowhere HTTP/1.1", b""
    yield "POST / HTTP/1.1", b'{"query": "{ hello }"}'
    yield "GET /openapi.json HTTP/1.1", b""


@pytest.mark.parametrize("host", HOSTS)
def test_g11_nothing_in_an_answer_comes_from_the_host_that_a_request_names(acme, host):
    for line, body in asked(acme):
        assert EVIL not in raw(acme, host, line, body), line


def test_g11_a_next_page_lies_where_the_server_listens(acme):
    acme.workspace("one")
    answer = raw(acme, EVIL, f"POST /api{acme.path}/events/filter HTTP/1.1", b'{"limit": 1}')
    assert f'"next_page":"{acme.server.root}/api{acme.path}/events/filter/next?' in answer


def test_g11_a_next_page_lies_where_the_server_says_that_it_is_reached(proxied):
    proxied.workspace("one")
    answer = raw(proxied, EVIL, f"POST /api{proxied.path}/events/filter HTTP/1.1", b'{"limit": 1}')
    assert f'"next_page":"https://rbac.example:8443/api{proxied.path}/events/' in answer


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("https://rbac.example", ("https", "rbac.example")),
        ("http://127.0.0.1:4200/", ("http", "127.0.0.1:4200")),
        ("https://[::1]:4200", ("https", "[::1]:4200")),
    ],
)
def test_a_public_url_is_a_scheme_and_a_host(url, place):
    assert public(url) == place


@pytest.mark.parametrize(
    "url",
    [
        "rbac.example",
        "ftp://x",
        "https://",
        "https://x/y",
        "https://a@x",
        "https://x?y",
        "https://x y",
    ],
)
def test_a_public_url_has_no_other_parts(url):
    with pytest.raises(RbacSyncError) as caught:
        public(url)
    assert str(caught.value) == f"`{url}` is no address of a server"
    assert caught.value.hint == "write `https://HOST` or `https://HOST:PORT`, no path"
