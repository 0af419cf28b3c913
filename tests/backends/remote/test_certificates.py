"""Certificates that are not trusted, over real TLS: the reason, and the hint."""

from __future__ import annotations

import ssl
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from rbac_sync.backends.remote.client import Client
from rbac_sync.backends.remote.request import Request
from rbac_sync.errors import BackendError

SIGNED = "the certificate of `127.0.0.1` is not trusted: self-signed certificate"
DAY = timedelta(days=1)


class Answers(BaseHTTPRequestHandler):
    """Answers every request with an empty object."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_):
        pass


def certificate(path, *, address="127.0.0.1", ends=DAY):
    """Write a self-signed certificate and its key into one file."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "here")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - 3 * DAY)
        .not_valid_after(now + ends)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path.write_bytes(made.public_bytes(pem) + key.private_bytes(pem, form, plain))
    return path


@contextmanager
def speaking_tls(file):
    """Serve with the certificate in *file*; give the URL."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"https://127.0.0.1:{server.server_port}/api"
        finally:
            server.shutdown()
            thread.join()


def asked(root):
    with closing(Client(root, "pnu_x", sleep=lambda _: pytest.fail("it is not asked again"))) as it:
        return it.send(Request("GET", "me")).value


@pytest.fixture(autouse=True)
def _bare(monkeypatch):
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)


def refused(root):
    with pytest.raises(BackendError) as found:
        asked(root)
    return str(found.value), found.value.hint


def test_a_certificate_that_signed_itself_is_told_with_the_variable_to_set(tmp_path, monkeypatch):
    file = certificate(tmp_path / "ca.pem")
    with speaking_tls(file) as root:
        hint = "set `SSL_CERT_FILE` to a file with the certificate of whoever signed it"
        assert refused(root) == (SIGNED, hint)
        for name in ("CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE"):
            monkeypatch.setenv(name, str(file))
            hint = f"`{name}` is not read here: set `SSL_CERT_FILE={file}`"
            assert refused(root) == (SIGNED, hint)
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
        assert asked(root) == {}


def test_a_file_that_holds_another_authority_is_named(tmp_path, monkeypatch):
    file, other = certificate(tmp_path / "ca.pem"), certificate(tmp_path / "other.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(other))
    with speaking_tls(file) as root:
        message, hint = refused(root)
    assert message.startswith("the certificate of `127.0.0.1` is not trusted: ")
    hinted = f"add the certificate of whoever signed it to `{other}`, which `SSL_CERT_FILE` names"
    assert hint == hinted


@pytest.mark.parametrize(
    ("made", "why", "hint"),
    [
        (
            {"ends": -DAY},
            "certificate has expired",
            "whoever runs the service has to renew it, or the clock of this machine is wrong",
        ),
        (
            {"address": "127.0.0.2"},
            "IP address mismatch, certificate is not valid for '127.0.0.1'.",
            "check the URL: the certificate is for another host",
        ),
    ],
)
def test_another_fault_of_a_certificate_has_another_remedy(tmp_path, monkeypatch, made, why, hint):
    file = certificate(tmp_path / "ca.pem", **made)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with speaking_tls(file) as root:
        assert refused(root) == (f"the certificate of `127.0.0.1` is not trusted: {why}", hint)
