"""Options of more than one command, and the function that declares an option."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from ..views.reports.registry import ReportContent, kinds_with
from .folders import ROOT, nearest_folder
from .instants import Seconds, past_instant
from .reports import parse_request
from .run import ACCOUNT, LOCK_TIMEOUT
from .terminal import FULL

F = TypeVar("F", bound=Callable[..., Any])

SHORT = len("-o")


def _is_of_variable(context: click.Context, parameter: click.Parameter) -> bool:
    source = context.get_parameter_source(str(parameter.name))
    return source is click.core.ParameterSource.ENVIRONMENT


class _Option(click.Option):
    """An option whose help omits the spelling with one dash; errors name where a value is from."""

    def get_error_hint(self, ctx: click.Context | None) -> str:
        """Return the spellings, or the variable that has the value."""
        is_of_variable = ctx is not None and _is_of_variable(ctx, self)
        return f"`{self.envvar}`" if is_of_variable else super().get_error_hint(ctx)

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return the line of help, without the spelling with one dash."""
        record = super().get_help_record(ctx)
        if record is None:
            return None
        spellings = record[0].split(", ")
        spelled = [word for word in spellings if word.startswith("--") or len(word) == SHORT]
        return ", ".join(spelled), record[1]


def option(name: str, *short: str, loosens: bool = False, **attributes: Any) -> Callable[[F], F]:
    """Declare ``--name``, also as ``-name``, as *short*, and as ``RBAC_SYNC_NAME``.

    Help shows its default, unless that is empty. An option that *loosens* the guard has no
    environment variable: a reader must see it in the command itself.
    """
    variable = "RBAC_SYNC_" + name.upper().replace("-", "_")
    if not loosens:
        attributes |= {"envvar": variable}
    attributes.setdefault("show_default", bool(attributes.get("default")))
    return click.option(f"--{name}", f"-{name}", *short, cls=_Option, **attributes)


def flag(name: str, help: str, *, loosens: bool = False, **attributes: Any) -> Callable[[F], F]:  # noqa: A002
    """Declare a switch."""
    return option(name, loosens=loosens, is_flag=True, help=help, **attributes)


def url_option(name: str, **attributes: Any) -> Callable[[F], F]:
    """Declare an option that takes a URL, from the environment as well."""
    return option(name, default="", callback=_check_url, **attributes)


def _check_url(context: click.Context, parameter: click.Parameter, text: str) -> str:
    """Return the URL *text* after a check.

    Raises:
        CredentialError: it contains a stray character.
        BackendError: it names a database, and is not valid.
    """
    from ..backends.copied_text import check_url_text

    is_variable = _is_of_variable(context, parameter)
    source_name = parameter.envvar if is_variable else parameter.opts[0]
    check_url_text(text, f"`{source_name}`", own=" ")
    if parameter.name == "url" and "://" in text and not text.startswith("http"):
        from ..backends.database.engine import address

        address(text, f"`{source_name}`")
    return text


def completed(name: str) -> Callable[[click.Context, click.Parameter, str], list[str]]:
    """Return a function that completes *name*; the code is imported when a shell asks for it."""

    def complete(context: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
        from .completion import matching

        return matching(name, context, incomplete)

    return complete


def _find_root(context: click.Context, parameter: click.Parameter, folder: Path) -> Path:
    """Return *folder*; if none is named and `rbac.toml` is not here, the nearest one above."""
    source = context.get_parameter_source(str(parameter.name))
    if source is not click.core.ParameterSource.DEFAULT:
        return folder
    above = nearest_folder()
    if above != folder:
        click.echo(f"note: using `{above / ROOT}`", err=True)
    return above


folder = option(
    "config",
    type=click.Path(path_type=Path),
    default=Path(),
    callback=_find_root,
    metavar="DIR",
    show_default="this folder, or the nearest above",
    help="Folder of the configuration, or its root file.",
)


def config(command: F) -> F:
    """Add the options that name a configuration and, if it has several, the account."""
    add = option(
        "account",
        expose_value=False,
        callback=_keep(ACCOUNT),
        metavar="NAME",
        shell_complete=completed("accounts"),
        help="The account, where the configuration is of several.",
    )
    return folder(add(command))


def _keep(key: str) -> Callable[[click.Context, click.Parameter, Any], None]:
    """Return a callback that keeps the value of an option in the context, under *key*."""
    return lambda context, _, value: context.meta.update({key: value})


url = url_option(
    "url", metavar="URL", help="Database of the store, in place of the one configured."
)


def account(command: F) -> F:
    """Add the options that name an account: its configuration, and a URL in place of its own."""
    return config(url(command))


def world(text: str, *, has_default: bool = False) -> Callable[[F], F]:
    """Declare ``--world``; *has_default*: it is ``prefect-cloud`` if none is named."""
    worlds = click.Choice(["prefect-cloud", "prefect-cloud-1"])
    default = "prefect-cloud" if has_default else None
    return option("world", type=worlds, default=default, help=text)


lock_timeout = option(
    "lock-timeout",
    type=Seconds(),
    default=LOCK_TIMEOUT,
    metavar="SECONDS",
    help="How long to wait for another run that holds the account, as in 30 or 5m.",
)
as_json = flag("json", "Print JSON.")
strict = flag("strict", 'A failing test of `level = "warn"` counts as an error.')
workspace = click.option(
    "-w",
    "--workspace",
    metavar="HANDLE",
    shell_complete=completed("workspaces"),
    help="The workspace; without it the account.",
)
object_name = click.option(
    "--object",
    "object_name",
    metavar="NAME",
    help="An object of the workspace: `deployment:FLOW/NAME`; its levels are the permissions.",
)
principal_argument = click.argument("principal", shell_complete=completed("principals"))


def account_state(command: F) -> F:
    """Add the options that choose the state to query."""
    desired = flag("desired", "Ask about the state after the configuration is applied.")
    plan = file_option("plan", "Ask about the state after a saved plan is applied.")
    return desired(plan(moment("at", "Ask about a moment in the past of a store")(command)))


def moment(name: str, text: str) -> Callable[[F], F]:
    """Declare an option that takes an instant in the past."""
    forms = f"{text}: 2d, 2026-12-31 (in UTC)."
    return option(name, callback=past_instant, metavar="WHEN", help=forms)


def file_option(name: str, text: str, **attributes: Any) -> Callable[[F], F]:
    """Declare an option that takes a file, which need not exist."""
    path = click.Path(path_type=Path, dir_okay=False)
    return option(name, type=path, metavar="FILE", help=text, **attributes)


def question(command: F) -> F:
    """Add the options of a question about access: where, in which state, of which account."""
    return workspace(object_name(account_state(account(command))))


def output_form(forms: tuple[str, ...], text: str, *, required: bool = False) -> Callable[[F], F]:
    """Declare ``--as FORM``, without a variable: that of ``--as`` names a principal."""
    return click.option(
        "--as", "-as", "form", cls=_Option, type=click.Choice(forms), required=required, help=text
    )


def permission_argument(*, required: bool = True) -> Callable[[F], F]:
    """Declare the argument PERMISSION."""
    return click.argument("permission", required=required, shell_complete=completed("permissions"))


def full(command: F) -> F:
    """Add the option that shows each attribute of each change, or a line for each change."""
    return click.option(
        "--full/--short",
        cls=_Option,
        default=None,
        expose_value=False,
        envvar="RBAC_SYNC_FULL",
        callback=_keep(FULL),
        help="Show each attribute, or a line for each change. Short on a terminal, else full.",
    )(command)


def principal(name: str, text: str, **attributes: Any) -> Callable[[F], F]:
    """Declare an option that names a principal."""
    completes = completed("principals")
    return option(name, metavar="PRINCIPAL", shell_complete=completes, help=text, **attributes)


simulated = principal("as", "Answer for this principal, without its credential.")
out = option("out", type=click.Path(path_type=Path), metavar="FILE", help="Save the plan.")
author = principal(
    "on-behalf-of",
    "The author of the change: the plan has to stay within the author's rights, too.",
)


def checkpoints(text: str) -> Callable[[F], F]:
    """Declare ``--checkpoint FILE``, which may repeat."""
    path = click.Path(path_type=Path)
    return option("checkpoint", multiple=True, type=path, metavar="FILE", help=text)


def report(*contents: ReportContent) -> Callable[[F], F]:
    """Add the option for reports of the kinds that can hold one of *contents*."""
    kinds = kinds_with(*contents)
    return option(
        "report",
        multiple=True,
        callback=lambda _context, _option, texts: [parse_request(each, kinds) for each in texts],
        metavar="KIND=FILE",
        help=f"Write a report, - for standard output; may repeat. Kinds: {', '.join(kinds)}.",
    )


def selecting(command: F) -> F:
    """Add the options that select a part of a plan."""
    for name, text in (
        ("exclude", "Leave this address out, or those of a pattern; may repeat."),
        ("target", "Only this address, or those of a pattern, and what it needs; may repeat."),
    ):
        command = option(
            name, multiple=True, metavar="ADDRESS", shell_complete=completed("addresses"), help=text
        )(command)
    return command


def _count(name: str, text: str) -> Callable[[F], F]:
    return option(name, loosens=True, type=click.IntRange(min=0), default=0, metavar="N", help=text)


def loosening(command: F) -> F:
    """Add the options that loosen the guard for one run."""
    for add in (
        option("reason", metavar="TEXT", default="", help="Why; goes on record."),
        _count("allow-deletes", "Accept up to N removals of a kind; needs --reason."),
        _count("allow-losers", "Accept that N people lose something; needs --reason."),
        _count("allow-gainers", "Accept that N people gain something; needs --reason."),
        flag("allow-public", "Accept that a workspace becomes public.", loosens=True),
        flag("allow-self-reduction", "Accept that the applier loses rights.", loosens=True),
    ):
        command = add(command)
    return command
