"""The network settings from the environment: a proxy, and the trusted certificate authorities.

The variables are ``HTTPS_PROXY``, ``ALL_PROXY`` and ``NO_PROXY``, ``SSL_CERT_FILE`` and
``SSL_CERT_DIR``. Other names that other programs use for them are not read.
"""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from urllib.request import getproxies, proxy_bypass

import httpx

from ...errors import BackendError, system_reason
from ...named_tuples import NamedTuple
from ..copied_text import check_url_text

FILE, FOLDER = "SSL_CERT_FILE", "SSL_CERT_DIR"
UNREAD = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""Variables by which other programs name the same file."""

HASHED = re.compile(r"[0-9a-f]{8}\.\d+")
SCHEMES = ("http", "https", "socks5", "socks5h")
EXAMPLE = "http://proxy.example:3128"
DEEPEST = 8
"""The largest number of nested causes of an error that are searched."""

NOT_NOW = (9, 10)
ANOTHER_HOST = (62, 64)
"""Codes of the reasons not to trust a certificate. Source: OpenSSL, x509_vfy.h, X509_V_ERR."""


class Proxy(NamedTuple):
    """A proxy, and the variable that names it."""

    variable: str
    url: httpx.URL

    def __str__(self) -> str:
        port = f":{self.url.port}" if self.url.port else ""
        return f"`{self.url.host}{port}`, which `{self.variable}` names"


def proxy_of(url: httpx.URL) -> Proxy | None:
    """Return the proxy for requests to *url*, None if there is none.

    *Why* none for http: it is for this machine only, and a proxy would read the key.

    Raises:
        BackendError: the value of a variable is no proxy, or cannot be used here.
        CredentialError: the value holds characters that were copied by mistake.
    """
    places = (url.host, f"{url.host}:{url.port or 443}")
    if url.scheme == "http" or any(map(proxy_bypass, places)):
        return None
    proxies = getproxies()
    return next(
        (_proxy(name, proxies[name]) for name in ("https", "all") if proxies.get(name)), None
    )


def describe_proxy(root: str) -> str:
    """Return the proxy for the API at *root* as text; it may raise as ``proxy_of`` does."""
    url = httpx.URL(root)
    proxy = proxy_of(url)
    return f"{proxy}" if proxy else f"none on the way to `{url.host}`"


def describe_authorities(root: str) -> str:
    """Return the trusted authorities for the API at *root* as text; errors as in ``trusted``."""
    url = httpx.URL(root)
    trusted(url)
    if url.scheme == "http":
        return f"none: `{url.host}` is this machine"
    written = ((name, os.environ.get(name)) for name in (FILE, FOLDER))
    named = (f"those in `{value}`, which `{name}` names" for name, value in written if value)
    return next(named, "the usual ones")


def _proxy(kind: str, written: str) -> Proxy:
    names = (f"{kind}_proxy", f"{kind}_proxy".upper())
    variable = next((name for name in names if os.environ.get(name)), names[1])
    check_url_text(written, f"`{variable}`")
    url = _url(written if "://" in written else f"http://{written}")
    if url is None:
        hint = f"write it like `{variable}={EXAMPLE}`"
        raise BackendError(f"`{variable}` does not name a proxy", hint=hint)
    if url.scheme.startswith("socks") and find_spec("socksio") is None:
        message = f"`{variable}` names a SOCKS proxy, and the package for those is not installed"
        hint = f"pip install 'httpx[socks]', or set `{variable}` to an http proxy"
        raise BackendError(message, hint=hint)
    return Proxy(variable, url)


def _url(text: str) -> httpx.URL | None:
    try:
        parts = httpx.URL(text)
    except httpx.InvalidURL:
        return None
    return parts if parts.scheme in SCHEMES and parts.host and parts.port != 0 else None


def unreached(proxy: Proxy, host: str, error: httpx.TransportError, what: str) -> BackendError:
    """Return the error for a request to *host* that *proxy* did not pass on; *what* is its text."""
    if isinstance(error, httpx.ProxyError):
        message = f"the proxy {proxy}, does not lead to `{host}`: {what}"
        hint = f"write its user and password into `{proxy.variable}`, if it asks for them,"
        return BackendError(message, hint=f"{hint} or name `{host}` in `NO_PROXY`")
    hint = f"check the network and the proxy in `{proxy.variable}`, or name `{host}` in `NO_PROXY`"
    return BackendError(f"cannot reach the proxy {proxy}: {what}", hint=hint)


def trusted(url: httpx.URL) -> ssl.SSLContext:
    """Return the trusted certificate authorities for *url*; none for a URL with http.

    Raises:
        BackendError: the file or folder that the environment names holds no certificates.
    """
    if url.scheme == "http":
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if not os.environ.get(FILE) and (folders := os.environ.get(FOLDER)):
        _check_folders(folders)
    try:
        return httpx.create_ssl_context()
    except OSError as error:
        why = system_reason(error, "it cannot be read")
        if isinstance(error, ssl.SSLError):
            why = "it holds no certificate"
        hint = f"set `{FILE}` to a file of certificates in PEM, or unset it"
        message = f"cannot use `{os.environ.get(FILE, '')}`, which `{FILE}` names: {why}"
        raise BackendError(message, hint=hint) from error


def _check_folders(written: str) -> None:
    """Check that one of the folders holds certificates: OpenSSL reports no error itself.

    Raises:
        BackendError: none of them does.
    """
    if any(HASHED.fullmatch(file.name) for each in written.split(os.pathsep) for file in _in(each)):
        return
    message = f"there are no certificates in `{written}`, which `{FOLDER}` names"
    hint = f"run `openssl rehash {written}`, or set `{FILE}` to a file of certificates in PEM"
    raise BackendError(message, hint=hint)


def _in(folder: str) -> Iterator[Path]:
    return Path(folder).iterdir() if Path(folder).is_dir() else iter(())


def distrusted(host: str, error: BaseException) -> BackendError | None:
    """Return the error for a certificate of *host* that is not trusted; None for another error."""
    cause: BaseException | None = error
    for _ in range(DEEPEST):
        if isinstance(cause, ssl.SSLCertVerificationError):
            why = cause.verify_message
            message = f"the certificate of `{host}` is not trusted: {why}"
            return BackendError(message, hint=_remedy(cause.verify_code))
        cause = cause and (cause.__cause__ or cause.__context__)
    return None


def _remedy(code: int) -> str:
    if code in NOT_NOW:
        return "whoever runs the service has to renew it, or the clock of this machine is wrong"
    if code in ANOTHER_HOST:
        return "check the URL: the certificate is for another host"
    for name in (FILE, FOLDER):
        if written := os.environ.get(name):
            return f"add the certificate of whoever signed it to `{written}`, which `{name}` names"
    for name in UNREAD:
        if written := os.environ.get(name):
            return f"`{name}` is not read here: set `{FILE}={written}`"
    return f"set `{FILE}` to a file with the certificate of whoever signed it"
