"""The command that serves a store over both APIs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ...errors import RbacSyncError
from ...installation import install_command
from .. import options
from ..run import database_url
from ..signals import restore_signals

if TYPE_CHECKING:
    from ...model import Policy
    from ...server.issuer import Issuer


@click.command()
@options.option("host", default="127.0.0.1", help="The address to listen on.")
@options.option(
    "port",
    type=click.IntRange(0, 65535),
    default=4200,
    help="The port to listen on.",
)
@options.url_option(
    "public-url",
    metavar="URL",
    help="The address of the server for clients, if it listens at another; links begin with it.",
)
@options.option(
    "policy",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="A configuration whose [guard] holds for every request.",
)
@options.file_option("outbox", "The file for the codes of invitations, a line of JSON each.")
@options.option(
    "rate-limit",
    type=click.IntRange(min=1),
    metavar="N",
    help="The most requests a minute of one account.",
)
@options.url_option(
    "issuer", metavar="URL", help="The issuer of the identity tokens with which people log in."
)
@options.option(
    "audience",
    default="",
    metavar="TEXT",
    help="The audience that such a token names: this server.",
)
@options.url_option("jwks", metavar="URL|FILE", help="Where the public keys of the issuer are.")
@options.account
def serve(
    *,
    host: str,
    port: int,
    public_url: str,
    policy: Path | None,
    outbox: Path | None,
    rate_limit: int | None,
    issuer: str,
    audience: str,
    jwks: str,
    config: Path,
    url: str,
) -> None:
    """Serve a store, with the guard in front of it."""
    try:
        from ...server import address, limits, run
        from ...server import outbox as letters
        from ...server.guarded_store import GuardedStore
    except ModuleNotFoundError as error:
        message = f"`serve` needs packages that are not installed: `{error.name}` is missing"
        raise RbacSyncError(message, hint=install_command("server")) from None
    from ...backends.store.accounts import Accounts

    if public_url:
        address.public(public_url)
    delivery = letters.file(outbox) if outbox else letters.nowhere
    rate, service = limits.RateLimit(rate_limit), Accounts(database_url(config, url))
    rules = _policies(policy, service.worlds()) if policy else {}
    token_issuer = _issuer(issuer, audience, jwks)
    restore_signals()
    run.run(
        GuardedStore(service, rules, rate=rate, post=delivery, issuer=token_issuer),
        host,
        port,
        public_url,
    )


def _issuer(issuer: str, audience: str, jwks: str) -> Issuer | None:
    """Return the issuer of login tokens; None if no option names one."""
    from ...config.text_rules import jwks_fault
    from ...server.issuer import Issuer

    values = (issuer, audience, jwks)
    if not any(values):
        return None
    if not all(values):
        message = "`--issuer`, `--audience` and `--jwks` are used together"
        raise RbacSyncError(
            message, hint="give all three; without them nobody can log in by an identity token"
        )
    if fault := jwks_fault(jwks):
        raise RbacSyncError(f"`{jwks}` {fault}", hint="write `https://...`, or a file's name")
    return Issuer(*values)


def _policies(file: Path, worlds: Iterable[str]) -> Mapping[str, Policy]:
    """Return the ``[guard]`` of *file* for each of *worlds*."""
    from datetime import UTC, datetime

    from ... import config
    from ...catalogues import catalogue

    document, now = config.read(file), datetime.now(UTC)
    return {world: config.read_policy(document, catalogue(world), now) for world in worlds}
