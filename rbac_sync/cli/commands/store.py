"""Commands that create and maintain a store."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from .. import options
from ..instants import instant
from ..output import UNREAD, show_secret
from ..run import (
    backend_settings,
    database_url,
    load_root,
    next_command,
    open_backend,
    parse_principal,
    read_account,
)
from ..store_file import note_unignored, store_file

CREATED, REVOKED = "rbac-sync store key create", "rbac-sync store key revoke"
"""The reasons that the audit trail records."""


@click.group()
def store() -> None:
    """Create and look after a store in SQLite or PostgreSQL."""


@store.command()
@options.option("owner", required=True, metavar="EMAIL", help="The first owner.")
@options.world("The world whose permissions and roles apply; by default the configured one.")
@options.option(
    "account", metavar="HANDLE", help="The account to create; by default the configured one."
)
@options.folder
@options.url
@options.option(
    "features",
    metavar="NAME,...",
    default="basic-rbac,custom-roles,teams,audit-trail",
    help="What the account's plan includes.",
)
def init(
    *, owner: str, world: str | None, account: str | None, config: Path, url: str, features: str
) -> int:
    """Create an account with its first owner. It prints that owner's API key, once."""
    from ...backends import store as backend

    settings = None if account and world else backend_settings(config, account or "")
    account = account or _required("account", settings.account if settings else "")
    world = world or _required("world", settings.world if settings else "")
    database = database_url(config, url, account)
    names = [name for name in features.split(",") if name]

    def show(secret: str) -> None:
        made = f"Creating account {account} with its owner {owner}"
        show_secret(f"{made}. The key is shown only now:", secret, unread=UNREAD)

    backend.init(
        url=database, account=account, world=world, owner_email=owner, features=names, show=show
    )
    note_unignored(store_file(database))
    return 0


def _required(option: str, configured: str) -> str:
    """Return the value that replaces an option.

    Raises:
        click.MissingParameter: there is no configuration to have one.
    """
    if not configured:
        raise click.MissingParameter(param_hint=f"'--{option}'", param_type="option")
    return configured


@store.command()
@options.account
def migrate(*, config: Path, url: str) -> int:
    """Bring a store's tables up to date with this version."""
    from ...backends import store as backend

    backend.migrate(database_url(config, url))
    click.echo("The store is up to date.", err=True)
    return 0


@store.group()
def key() -> None:
    """Create, list and revoke API keys."""


@key.command()
@click.argument("owner")
@click.argument("name")
@options.option("until", required=True, callback=instant, metavar="WHEN", help="When it ends.")
@options.account
@options.lock_timeout
def create(
    *, owner: str, name: str, until: datetime, config: Path, url: str, lock_timeout: float
) -> int:
    """Create the API key NAME of OWNER, and print its secret, once."""
    from ...model import Key
    from ...pipeline.by_hand import change_by_hand
    from ...planning import Change

    configuration = load_root(config, url, lock_timeout)
    backend = open_backend(configuration)
    change = Change(None, Key(parse_principal(configuration, owner), name, until))
    secrets = change_by_hand(configuration, backend, [change], CREATED)
    revoke = next_command("store", "key", "revoke", owner, name)
    unread = "the key was made, and could not be shown"
    secret = secrets[str(change.address)]
    show_secret("The key is shown only now:", secret, unread=unread, hint=f"revoke it: `{revoke}`")
    return 0


@key.command("list")
@options.account
@options.as_json
def list_(*, config: Path, url: str, json: bool) -> int:
    """List API keys and when they end. Their secrets are kept nowhere."""
    from ...views import plan_json, state

    live = read_account(config=config, url=url)[1].state
    click.echo(plan_json.dumps(plan_json.keys(live)) if json else state.render_keys(live))
    return 0


@key.command()
@click.argument("owner")
@click.argument("name")
@options.account
@options.lock_timeout
def revoke(*, owner: str, name: str, config: Path, url: str, lock_timeout: float) -> int:
    """Revoke the API key NAME of OWNER, at once. An owner with a key has to remain."""
    from ...model import Key
    from ...pipeline.by_hand import change_by_hand
    from ...planning import Change

    configuration = load_root(config, url, lock_timeout)
    backend = open_backend(configuration)
    change = Change(Key(parse_principal(configuration, owner), name), None)
    change_by_hand(configuration, backend, [change], REVOKED)
    click.echo("Revoked.", err=True)
    return 0
