"""Questions about access: can, who-can, explain, whoami."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from .. import options
from ..questions import asked_permission, asked_principal, asked_scope
from ..report import colour
from ..run import UNKNOWN, credentialled, looked, whom

if TYPE_CHECKING:
    from ...model import Address
    from ...pipeline import LiveAccount

PRINCIPAL = click.argument("principal")


@click.command()
@PRINCIPAL
@click.argument("permission")
@options.workspace
@options.config
@options.url
@options.as_json
def can(
    *,
    principal: str,
    permission: str,
    workspace: str | None,
    config: Path,
    url: str,
    json: bool,
) -> int:
    """Say whether PRINCIPAL may do what PERMISSION names.

    Exit 0 for yes, 1 for no, 7 if the key is not shown all that could give it.
    """
    from ...views import access, plan_json

    configuration, look = looked(config, url)
    scope = asked_scope(look, workspace)
    named = asked_permission(look, permission, scope)
    who = asked_principal(look, whom(configuration, principal))
    answer = access.verdict(look.access, who, scope, named, look.now)
    click.echo(
        plan_json.dumps(access.machine(answer)) if json else access.text(answer, colour=colour())
    )
    return 0 if answer.yes else _no(look, scope)


def _no(look: LiveAccount, scope: Address) -> int:
    """Return the exit code of a no; what was not seen may say yes."""
    return UNKNOWN if look.horizon.hides_access_in(scope) else 1


@click.command("who-can")
@click.argument("permission")
@options.workspace
@options.config
@options.url
@options.as_json
def who_can(*, permission: str, workspace: str | None, config: Path, url: str, json: bool) -> int:
    """List who may do what PERMISSION names, with the path.

    Exit 1 if nobody may, 7 if nobody is seen and the key is not shown all that could give it.
    """
    from ...views import access, plan_json

    _, look = looked(config, url)
    scope = asked_scope(look, workspace)
    named = asked_permission(look, permission, scope)
    found = access.holders(look.access, scope, named, look.now)
    if json:
        click.echo(plan_json.dumps([access.machine(answer) for answer in found]))
    else:
        click.echo(
            "\n".join(access.text(answer, colour=colour()) for answer in found)
            or f"nobody may {named}"
        )
    return 0 if found else _no(look, scope)


@click.command()
@PRINCIPAL
@click.argument("permission", required=False)
@options.workspace
@options.config
@options.url
@options.as_json
def explain(
    *,
    principal: str,
    permission: str | None,
    workspace: str | None,
    config: Path,
    url: str,
    json: bool,
) -> int:
    """Say what PRINCIPAL may do, where, and by which path; with PERMISSION only about that."""
    from ...views import access, plan_json

    configuration, look = looked(config, url)
    scope = asked_scope(look, workspace) if workspace else None
    named = asked_permission(look, permission, scope) if permission else None
    who = asked_principal(look, whom(configuration, principal))
    found = access.explanation(look.access, who, scope, named, look.now)
    click.echo(
        plan_json.dumps(access.machine(found)) if json else access.text(found, colour=colour())
    )
    return 0


@click.command()
@options.config
@options.url
@options.as_json
def whoami(*, config: Path, url: str, json: bool) -> int:
    """Say whose credential RBAC_SYNC_API_KEY is, and what of the account it is not shown."""
    from ...model import label
    from ...views import plan_json

    look, applier = credentialled(config, url)
    found = {"applier": label(applier), "account": look.target.account, "url": look.target.url}
    sees = {"sees_everything": look.horizon.is_whole, "not_seen": list(look.horizon.reasons)}
    shown = "is shown all of it" if look.horizon.is_whole else "is not shown all of it"
    told = f"{found['applier']} of {found['account']}; this key {shown}"
    click.echo(plan_json.dumps({**found, **sees}) if json else told)
    return 0
