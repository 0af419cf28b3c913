"""Terraform's command line: the options that work here too, and advice in place of the others.

A command of a Terraform pipeline either works unchanged or fails with one sentence that says what
to write instead. An option that would change the outcome is never ignored.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

import click

from .invocation import is_written

F = TypeVar("F", bound=Callable[..., Any])

CHANGE = "change the configuration; `rbac-sync plan` shows what that means"

REPLACED_COMMANDS: Mapping[str, str] = {
    "destroy": "there is no destroy: `rbac-sync undo RUN` takes one run back,"
    " and a removal is a change of the configuration",
    "state": "there is no state file: `rbac-sync show` reads the live account",
    "refresh": "there is no state file: `rbac-sync drift` compares with the live account",
    "output": "there are no outputs: `rbac-sync show --json` prints the live account",
    "console": "there are no expressions: ask with `rbac-sync can` or `rbac-sync explain`",
    "workspace": "name an account with `--account NAME`, or its folder with `--config FOLDER`",
    "get": "`rbac-sync show` prints what is live; there are no modules to load",
    "providers": "`rbac-sync doctor` names the backend and the account",
    "login": "set `RBAC_SYNC_API_KEY`; `rbac-sync whoami` says whose key it is",
    "force-unlock": "there is no lock to break: the lock ends with the run that holds it",
    "taint": "there is nothing to replace: access is changed in place",
    **dict.fromkeys(("add", "create", "delete", "grant", "remove", "revoke"), CHANGE),
}
"""Advice in place of a command that Terraform has, or that somebody expects, by its name."""

LONGER_COMMANDS: Mapping[str, str] = {
    "check": "validate",
    "diff": "plan",
    "format": "fmt",
    "history": "audit log",
    "key": "store key",
    "lint": "validate",
    "log": "audit log",
    "migrate": "store migrate",
    "revert": "undo",
    "rollback": "undo",
    "status": "drift",
    "verify": "audit verify",
    **dict.fromkeys(("list", "ls", "members", "roles", "teams", "users", "workspaces"), "show"),
}
"""The command that somebody means by a word that is none."""

REPLACED_OPTIONS: Mapping[str, str] = {
    "destroy": REPLACED_COMMANDS["destroy"],
    "refresh-only": "that is `rbac-sync drift`",
    "generate-config-out": "that is `rbac-sync pull FOLDER`",
    "force": "nothing forces a refused plan through: do what the hint of the refusal says",
    "replace": REPLACED_COMMANDS["taint"],
    "var": "there are no variables: a plan of an untrusted pull request must not read any",
    "var-file": "there are no variables: a plan of an untrusted pull request must not read any",
    "target-file": "that is `--target PATTERN`, which may repeat",
    "state": REPLACED_COMMANDS["refresh"],
    "state-out": REPLACED_COMMANDS["refresh"],
    "backup": REPLACED_COMMANDS["refresh"],
}
"""Advice in place of an option of Terraform, by its name."""

IMPORT = "there is no state to import into: `rbac-sync pull FOLDER` writes what is live"
LOCK = "the lock is part of the apply and cannot be left out"
REFRESH = "a plan always reads the account; `--live SNAPSHOT` plans without it"

LISTED = "what changes is always listed"
WRITTEN = "`--check --diff` writes nothing"

UNUSED_OPTIONS: Mapping[str, str] = {
    "parallelism": "requests run side by side as the service allows",
    "compact-warnings": "warnings are one line each",
}
"""Options that change nothing here, with the reason."""

UNUSED_BY_INIT: Mapping[str, str] = {
    "upgrade": "there are no providers to upgrade",
    "reconfigure": "there is no backend's state to set up again",
}
"""Options of ``init`` that change nothing here, with the reason."""

NO_BACKEND = "a configuration begins from a live account; `rbac-sync validate` reads none"

REPLACED_VARIABLES: Mapping[str, str] = {
    "TF_INPUT": "`-input=false` asks nothing",
    "TF_LOG": "`RBAC_SYNC_LOG=debug` logs on standard error",
}
"""Advice in place of a variable of Terraform, by its name."""

READERS = ("plan", "apply", "drift")
"""The commands that take options of Terraform, and for which it reads ``TF_CLI_ARGS``."""


def options(command: F) -> F:
    """Add the options of Terraform that change nothing here, hidden from the help."""
    for name, reason in UNUSED_OPTIONS.items():
        command = _hidden(name, partial(_note, reason), is_flag=name == "compact-warnings")(command)
    return _always_on("refresh", REFRESH)(command)


def beginning(command: F) -> F:
    """Add the options of Terraform's ``init`` that change nothing here."""
    for name, reason in UNUSED_BY_INIT.items():
        command = _hidden(name, partial(_note, reason), is_flag=True)(command)
    return command


def formatting(command: F) -> F:
    """Add the options of Terraform's ``fmt`` that are always on here."""
    searched = partial(_note, "a folder is searched for configurations")
    command = _hidden("recursive", searched, is_flag=True)(command)
    return _always_on("write", WRITTEN)(_always_on("list", LISTED)(command))


class BackendName(click.Choice[str]):
    """The name of a backend; Terraform's ``-backend=false`` is refused with advice."""

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return *value*, one of the names."""
        if value in ("true", "false"):
            raise click.UsageError(f"no option `-backend={value}`: {NO_BACKEND}", ctx)
        return super().convert(value, param, ctx)


def reading(command: F) -> F:
    """Add the options about questions and locks to a command that has neither."""
    note = partial(_note, "this command takes no lock")
    command = _switch("input", expose_value=False)(command)
    command = _switch("lock", callback=note, expose_value=False)(command)
    return _hidden("lock-timeout", note)(command)


def writing(command: F) -> F:
    """Add the options about questions and locks to ``apply``; ``input`` permits questions."""
    return _always_on("lock", LOCK)(_switch("input")(command))


def _always_on(name: str, sentence: str) -> Callable[[F], F]:
    """Declare an option that cannot be switched off, with *sentence* as the reason."""
    return _switch(name, callback=partial(_require, sentence), expose_value=False)


def _switch(name: str, **attributes: Any) -> Callable[[F], F]:
    """Declare a hidden ``-name=true`` or ``-name=false``; true if neither is given."""
    return click.option(
        f"--{name}",
        f"-{name}",
        type=bool,
        is_flag=False,
        flag_value=True,
        default=True,
        hidden=True,
        **attributes,
    )


def _hidden(name: str, callback: Callable[..., None], **attributes: Any) -> Callable[[F], F]:
    return click.option(
        f"--{name}", f"-{name}", hidden=True, expose_value=False, callback=callback, **attributes
    )


def _require(sentence: str, context: click.Context, option: click.Parameter, value: object) -> None:
    """Refuse to switch an option off."""
    if not value:
        raise click.UsageError(f"no option `{option.opts[-1]}=false`: {sentence}", context)


def _note(reason: str, context: click.Context, option: click.Parameter, _value: object) -> None:
    """Say why an option changes nothing, except in a job of CI.

    *Why* not there: no user reads it, and each job would print it again.
    """
    if not is_written(context, option.name):
        return
    from ..backends.remote.state_files import is_job

    if not is_job(os.environ):
        click.echo(f"note: `{option.opts[-1]}` changes nothing: {reason}", err=True)


def _switch_colour_off(_context: click.Context, _option: click.Parameter, value: object) -> None:
    if value:
        os.environ["NO_COLOR"] = "1"


NO_COLOUR = click.Option(
    ["--no-color", "-no-color"],
    is_flag=True,
    hidden=True,
    expose_value=False,
    callback=_switch_colour_off,
)
"""The option of every command that switches colours off."""


def unknown_command(name: str, known: Mapping[str, object]) -> str:
    """Return the message for a command that does not exist, with a suggestion."""
    if name in REPLACED_COMMANDS:
        return f"no command `{name}`: {REPLACED_COMMANDS[name]}"
    from difflib import get_close_matches

    close = get_close_matches(name, [*known, *LONGER_COMMANDS], n=1, cutoff=0.7)
    commands = [LONGER_COMMANDS.get(command, command) for command in close]
    hint = f"did you mean `{commands[0]}`?" if commands else "`rbac-sync --help` lists the commands"
    return f"no command `{name}`: {hint}"


def unknown_option(error: click.NoSuchOption, words: Sequence[str]) -> click.UsageError:
    """Return *error* with advice, or with the whole word in *words* in place of its letter."""
    if error.ctx and error.ctx.command.name in READERS:
        for name in (word.lstrip("-").partition("=")[0] for word in words if word[:1] == "-"):
            if name in REPLACED_OPTIONS:
                message = f"no option `-{name}`: {REPLACED_OPTIONS[name]}"
                return click.UsageError(message, error.ctx)
    from difflib import get_close_matches

    name = error.option_name
    if not name.startswith("--"):
        name = next((w for w in words if w.startswith(name) and len(w) > len(name)), name)
        name = name.partition("=")[0]
    options = error.ctx.command.params if error.ctx else []
    listed = (p for p in options if isinstance(p, click.Option) and not p.hidden)
    known = sorted(o[2:] for p in listed for o in p.opts if o.startswith("--"))
    close = [f"--{option}" for option in get_close_matches(name.lstrip("-"), known)]
    if error.ctx and error.ctx.parent is None and not close:
        message = f"No such option '{name}' here. Write it after the command."
        return click.NoSuchOption(name, message, ctx=error.ctx)
    return click.NoSuchOption(name, possibilities=close, ctx=error.ctx)


def ignored_variables(command: str, environment: Mapping[str, str]) -> Iterator[str]:
    """Yield a note for each variable with options for Terraform's *command* that is ignored here.

    *Why* without the value: it may contain secrets.
    """
    if command not in READERS:
        return
    for name in ("TF_CLI_ARGS", f"TF_CLI_ARGS_{command}"):
        if environment.get(name, "").strip():
            yield f"`{name}` is not read: write its words behind `rbac-sync {command}`"
    for name, instead in REPLACED_VARIABLES.items():
        if environment.get(name, "").strip():
            yield f"`{name}` is not read: {instead}"
