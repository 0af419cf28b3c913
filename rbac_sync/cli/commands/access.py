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

    configuration, live_account = looked(config, url)
    scope = asked_scope(live_account, workspace)
    named = asked_permission(live_account, permission, scope)
    who = asked_principal(live_account, whom(configuration, principal))
    answer = access.find_answer(live_account.access, who, scope, named, live_account.now)
    click.echo(
        plan_json.dumps(access.to_json(answer))
        if json
        else access.render_answer(answer, colour=colour())
    )
    return 0 if answer.yes else _no(live_account, scope)


def _no(live_account: LiveAccount, scope: Address) -> int:
    """Return the exit code of a no; what was not seen may say yes."""
    return UNKNOWN if live_account.horizon.hides_access_in(scope) else 1


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

    _, live_account = looked(config, url)
    scope = asked_scope(live_account, workspace)
    named = asked_permission(live_account, permission, scope)
    found = access.find_holders(live_account.access, scope, named, live_account.now)
    if json:
        click.echo(plan_json.dumps([access.to_json(answer) for answer in found]))
    else:
        click.echo(
            "\n".join(access.render_answer(answer, colour=colour()) for answer in found)
            or f"nobody may {named}"
        )
    return 0 if found else _no(live_account, scope)


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

    configuration, live_account = looked(config, url)
    scope = asked_scope(live_account, workspace) if workspace else None
    named = asked_permission(live_account, permission, scope) if permission else None
    who = asked_principal(live_account, whom(configuration, principal))
    found = access.explain(live_account.access, who, scope, named, live_account.now)
    click.echo(
        plan_json.dumps(access.to_json(found))
        if json
        else access.render_answer(found, colour=colour())
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

    live_account, applier = credentialled(config, url)
    found = {
        "applier": label(applier),
        "account": live_account.target.account,
        "url": live_account.target.url,
    }
    sees = {
        "sees_everything": live_account.horizon.is_whole,
        "not_seen": list(live_account.horizon.reasons),
    }
    shown = "is shown all of it" if live_account.horizon.is_whole else "is not shown all of it"
    told = f"{found['applier']} of {found['account']}; this key {shown}"
    click.echo(plan_json.dumps({**found, **sees}) if json else told)
    return 0
