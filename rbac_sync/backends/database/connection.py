"""The destination of a PostgreSQL URL, and the requirements for a server on another machine."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ...errors import BackendError, CredentialError
from .. import destination
from ..destination import HostPort
from .timeouts import CLIENT, SERVER, check_numbers
from .url import LAST_PORT, NO_PORT, DatabaseUrl, every

if TYPE_CHECKING:
    from psycopg.pq import ConninfoOption

Options = Mapping[str, str]

PORT = "5432"

MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
"""The values of sslmode, weakest first. Source: PostgreSQL, libpq-ssl.html."""

HOST_PORT = re.compile(r"[a-zA-Z0-9.-]*:\d*")

ENCRYPTED = "require"
NO_CLEAR_TEXT = "!password"
"""The value of require_auth with which libpq never sends a password in clear text."""

FIRST_LIBPQ = 160000
"""The first version of libpq with require_auth."""

HIDING = ("conninfo", "service", "servicefile")
"""Parameters whose value can contain other parameters, such as the host."""

OF_FILE = frozenset(
    {
        "application_name",
        "client_encoding",
        "dbname",
        "host",
        "hostaddr",
        "keepalives",
        "options",
        "port",
        "sslmode",
        "target_session_attrs",
        "user",
        *CLIENT,
        *SERVER,
    }
)
"""The parameters that a file may set: none chooses a secret or a trusted authority."""


def check_of_file(url: DatabaseUrl, environment: Mapping[str, str] = os.environ) -> None:
    """Check that *url*, from a file, sends no credential of the environment to another host.

    Raises:
        CredentialError: only the file names the host, or the file weakens the encryption.
        BackendError: the URL cannot be read.
    """
    if url.scheme == "sqlite":
        return
    options, usual = parameters(url), usual_options()
    for name in sorted(options.keys() - OF_FILE):
        hint = "set it in the environment, or pass the whole URL in `RBAC_SYNC_URL`"
        raise CredentialError(f"a file may not set `{name}` in the database's url", hint=hint)
    remote, known = tuple(places(options, usual)), tuple(places({}, usual))
    for place in remote:
        destination.check(place, "the database's password", known, environment)
    least = usual.get("sslmode", ENCRYPTED)
    if remote and _rank(options.get("sslmode", least)) < _rank(least):
        message = f"the database's url asks for `sslmode={options['sslmode']}`, less than `{least}`"
        hint = f"take `sslmode` out of it, or set `PGSSLMODE={options['sslmode']}`"
        raise CredentialError(message, hint=hint)


def check_options(options: Options) -> None:
    """Check that each of *options*, as ``parameters`` returns them, is known and can be used.

    Raises:
        BackendError: one is not.
    """
    known = known_options()
    if options.keys() - known:
        message = "the database's url has an option that is not known"
        raise BackendError(message, hint=f"known are {', '.join(sorted(known))}")
    check_numbers(options)


def known_options() -> frozenset[str]:
    """Return the options allowed in a URL: those of libpq that hide no host, and our limits."""
    libpq = {option.keyword.decode() for option in _libpq_options()}
    return frozenset(libpq - {*HIDING} | OF_FILE)


def demands(url: DatabaseUrl) -> dict[str, str]:
    """Return the options required for the server at *url*; settings of the user take precedence.

    For another machine these are encryption, and no password in clear text.

    Raises:
        BackendError: the URL cannot be read.
    """
    options, usual = parameters(url), usual_options()
    if not any(places(options, usual)):
        return {}
    _check_libpq()
    required = {"sslmode": ENCRYPTED, "require_auth": NO_CLEAR_TEXT}
    return {name: options.get(name) or usual.get(name, least) for name, least in required.items()}


def parameters(url: DatabaseUrl) -> dict[str, str]:
    """Return the parameters of *url* for libpq.

    Raises:
        BackendError: the URL cannot be read.
        CredentialError: it has a parameter that can hide a host.
    """
    for name in HIDING:
        if name in url.query:
            hint = "set `PGSERVICE` in the environment, or write the host into the URL"
            raise CredentialError(f"`{name}` in the database's url could hide a host", hint=hint)
    parts = {"host": url.host, "dbname": url.database, "user": url.username}
    parts |= {"password": url.password, "port": str(url.port or "")}
    named = {name: value for name, value in parts.items() if value}
    return named | {name: ",".join(every(v)) for name, v in url.query.items()} | _servers(url)


def _servers(url: DatabaseUrl) -> dict[str, str]:
    """Return the hosts and ports of *url* that it names as in ``host=a:1&host=b:2``.

    Raises:
        BackendError: it has the option ``port`` besides.
    """
    hosts, has_ports = url.query.get("host", ""), "port" in url.query
    if isinstance(hosts, str) and (has_ports or not HOST_PORT.fullmatch(hosts)):
        return {}
    if has_ports:
        hint = "write `postgresql://user@host:port/database`"
        raise BackendError("the database's url cannot be read", hint=hint)
    pairs = [host.partition(":") for host in every(hosts)]
    ports = ",".join(port for *_, port in pairs)
    return {"host": ",".join(host for host, *_ in pairs)} | ({"port": ports} if ports else {})


def places(options: Options, usual: Options) -> Iterator[HostPort]:
    """Yield the hosts other than this machine in *options*; *usual* has the defaults."""
    hosts, addresses, ports = (
        (options.get(name) or usual.get(name) or "").split(",")
        for name in ("host", "hostaddr", "port")
    )
    for number in range(max(len(hosts), len(addresses))):
        port = _port(_nth(ports, number) if len(ports) > 1 else ports[0])
        for host in (_nth(hosts, number), _nth(addresses, number)):
            if host and host[0] not in "/@" and not destination.is_here(host):
                yield HostPort(host.lower(), port)


def usual_options() -> dict[str, str]:
    """Return the options of libpq from the environment and from the service that it names."""
    options: dict[str, str] = {}
    for option in _libpq_options():
        name = option.keyword.decode()
        is_set: Any = option.envvar is not None and os.environ.get(option.envvar.decode())
        if option.val is not None and (is_set or option.val != option.compiled):
            options[name] = option.val.decode()
    return options


def _libpq_options() -> list[ConninfoOption]:
    """Return the options of libpq with their defaults; none without it: then nothing connects."""
    try:
        from psycopg.pq import Conninfo
    except ImportError:
        return []
    return Conninfo.get_defaults()


def _check_libpq() -> None:
    """Check that libpq can refuse to send a password in clear text.

    Raises:
        BackendError: it is too old.
    """
    try:
        from psycopg.pq import version
    except ImportError:
        return  # then nothing connects, either
    if (installed := version()) < FIRST_LIBPQ:
        libpq = f"libpq {installed // 10000}"
        message = f"{libpq} cannot refuse a server that asks for the password in clear text"
        from ...installation import install_command

        raise BackendError(message, hint=install_command("postgres"))


def _nth(items: list[str], number: int) -> str:
    return items[number] if number < len(items) else ""


def _port(written: str) -> int:
    text = written or PORT
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= LAST_PORT):
        hint = "write `postgresql://user@host:5432/database`"
        raise BackendError(f"the database's url has a port that is {NO_PORT}", hint=hint)
    return int(text)


def _rank(mode: str) -> int:
    """Return the rank of an sslmode by strength; a value unknown to libpq is the weakest."""
    return MODES.index(mode) if mode in MODES else -1
