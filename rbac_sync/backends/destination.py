"""The check whether a credential may be sent to a host, the same for all credentials.

A configuration comes with a pull request, so a credential of the environment is not sent
to a host that only a file names. It is sent to this machine, to the vendor's host, and to
hosts that the user names on the command line or in the environment.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from ipaddress import ip_address

from ..errors import CredentialError
from ..named_tuples import NamedTuple
from .remote.response import quote_text

HOSTS = "RBAC_SYNC_HOSTS"
"""The variable with hosts, separated by commas, each with a port or without."""

NAME = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?")
"""The pattern of a host's name in ASCII.
*Why* no dot at the end: the names with and without it are of one host.
"""


class HostPort(NamedTuple):
    """A host, and one of its ports; None stands for all ports."""

    host: str
    port: int | None = None

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port is None else f"{host}:{self.port}"


def check(
    place: HostPort, what: str, known: Iterable[HostPort], environment: Mapping[str, str]
) -> None:
    """Refuse to send *what* to *place*, which a file names, unless the user names it, too.

    *known* are the places that the type of backend allows: those of its vendor and its client.

    Raises:
        CredentialError: only the file names it.
    """
    covering = (place, HostPort(place.host))
    if is_here(place.host) or any(each in covering for each in (*known, *named(environment))):
        return
    message = f"{what} would go to `{quote_text(str(place))}`, which only a file names"
    raise CredentialError(
        message, hint=f"if it may go there, set `{HOSTS}={quote_text(str(place))}`"
    )


def named(environment: Mapping[str, str]) -> tuple[HostPort, ...]:
    """Return the places that the user names in RBAC_SYNC_HOSTS.

    Raises:
        CredentialError: one of them is no valid place.
    """
    written = (each.strip() for each in environment.get(HOSTS, "").split(","))
    return tuple(_place(each) for each in written if each)


def is_here(host: str) -> bool:
    """Say whether *host* is one of the usual names of this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_host(host: str) -> bool:
    """Say whether *host* is a name in ASCII or an address."""
    try:
        return bool(ip_address(host))
    except ValueError:
        return bool(NAME.fullmatch(host))


def _place(written: str) -> HostPort:
    host, _, port = (
        written.rpartition(":") if re.search(r":\d{1,5}$", written) else (written, "", "")
    )
    if written.count(":") > 1 and not host.startswith("["):
        host, port = written, ""
    bare = host.removeprefix("[").removesuffix("]").lower()
    if not is_host(bare):
        message = f"`{quote_text(written)}` in `{HOSTS}` is no host"
        raise CredentialError(message, hint=f"write it like `{HOSTS}=db.example,api.example:8443`")
    return HostPort(bare, int(port) if port else None)
