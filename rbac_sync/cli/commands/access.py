"""Questions about access: can, who-can, explain, whoami."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ...errors import CredentialError
from .. import options
from ..questions import check_principal, declaration_for, read_question, resolve_permission
from ..run import KEY, UNKNOWN, open_backend, parse_principal, read_account
from ..terminal import layout

if TYPE_CHECKING:
    from typing import Unpack

    from ...model import Address
    from ...pipeline.queries import LiveAccount
    from ..run import Question


@click.command()
@options.principal_argument
@options.permission_argument()
@options.question
@options.as_json
@options.flag("quiet", "Print nothing; the exit code is the answer.")
def can(
    *, principal: str, permission: str, json: bool, quiet: bool, **question: Unpack[Question]
) -> int:
    """Say whether PRINCIPAL may do what PERMISSION names.

    Exit 0 for yes, 1 for no, 7 if the key may not read all that could give it.
    """
    from ...views import access, plan_json
    from ...views.access_answers import find_answer

    configuration, live_account, scope = read_question(**question)
    named = resolve_permission(live_account, permission, scope)
    holder = parse_principal(configuration, principal)
    check_principal(live_account, holder, lambda: declaration_for(configuration, live_account))
    answer = find_answer(live_account.access, holder, scope, named, live_account.now)
    if not quiet:
        text = access.render_answer(answer, layout())
        click.echo(plan_json.dumps(access.to_json(answer)) if json else text)
    return 0 if answer.yes else _refusal_code(live_account, scope)


def _refusal_code(live_account: LiveAccount, scope: Address) -> int:
    """Return the exit code of a no: 7 if unread access may turn it into a yes."""
    return UNKNOWN if live_account.horizon.hides_access_in(scope) else 1


@click.command("who-can")
@options.permission_argument()
@options.question
@options.as_json
def who_can(*, permission: str, json: bool, **question: Unpack[Question]) -> int:
    """List who may do what PERMISSION names, with the path.

    Exit 1 if nobody may, 7 if nobody is found and the key may not read all that could give it.
    """
    from ...views import access, plan_json
    from ...views.access_answers import find_holders

    configuration, live_account, scope = read_question(**question)
    named = resolve_permission(live_account, permission, scope)
    answers = find_holders(live_account.access, scope, named, live_account.now)
    if json:
        click.echo(plan_json.dumps([access.to_json(answer) for answer in answers]))
    else:
        bounds = {bound for answer in answers for bound in answer.bounds}
        origin = declaration_for(configuration, live_account, bounds).origin
        click.echo(access.render_holders(answers, named, scope, layout(), origin))
    return 0 if answers else _refusal_code(live_account, scope)


@click.command()
@options.principal_argument
@options.permission_argument(required=False)
@options.question
@options.as_json
@options.flag("all", "Name every permission.")
def explain(
    *,
    principal: str,
    permission: str | None,
    json: bool,
    all: bool,  # noqa: A002 - the name of an option
    **question: Unpack[Question],
) -> int:
    """Say what PRINCIPAL may do, where, by which path and line; with PERMISSION only about that.

    Of a person in `[alumni]`, also when and why they left, and who removed them.
    """
    from ...pipeline.queries import last_touch
    from ...views import access, alumni, plan_json
    from ...views.access_answers import find_answer

    configuration, live_account, named_scope = read_question(**question)
    scope = named_scope if question["workspace"] else None
    named = resolve_permission(live_account, permission, scope) if permission else None
    holder = parse_principal(configuration, principal)
    answer = find_answer(live_account.access, holder, scope, named, live_account.now)
    declaration = declaration_for(configuration, live_account, answer.bounds)
    left = declaration.alumni.get(holder)
    if left is None:
        check_principal(live_account, holder, lambda: declaration)
    touch = last_touch(open_backend(configuration), holder) if left else None
    if json:
        record = {"alumnus": alumni.to_json(left, touch)} if left else {}
        click.echo(plan_json.dumps({**access.to_json(answer), **record}))
        return 0
    if left is not None:
        click.echo(alumni.render(holder, left, touch, layout()))
    click.echo(access.render_answer(answer, layout(), every=all, origin=declaration.origin))
    return 0


@click.command()
@options.account
@options.as_json
def whoami(*, config: Path, url: str, json: bool) -> int:
    """Show who RBAC_SYNC_API_KEY belongs to, and what of the account it does not see."""
    from ...model import label
    from ...views.plan import principal

    _, live_account = read_account(config=config, url=url)
    target, horizon, applier = live_account.target, live_account.horizon, live_account.applier
    if applier is None:
        raise CredentialError("there is no credential", hint=f"set `{KEY}`")
    if json:
        from ...views import plan_json

        facts = {
            "applier": label(applier),
            "account": target.account,
            "url": target.url,
            "sees_everything": horizon.is_whole,
            "not_seen": list(horizon.reasons),
        }
        click.echo(plan_json.dumps(facts))
        return 0
    who = principal(applier, live_account.state, live_account.now)
    click.echo(f"{who}, account {target.account} ({target.url})")
    click.echo(f"This key {'sees' if horizon.is_whole else 'does not see'} the whole account.")
    return 0
