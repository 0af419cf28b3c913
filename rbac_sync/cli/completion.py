"""Completion in shells: values from the declaration, and each option once.

It never asks an account: a Tab key must not wait for requests or use up their limit.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
    add_completion_class,
    split_arg_string,
)

from ..errors import RbacSyncError
from .folders import nearest_folder
from .run import ACCOUNT

if TYPE_CHECKING:
    from ..model import Declaration
    from ..pipeline import Configuration

VARIABLE = "_RBAC_SYNC_COMPLETE"
"""The variable with which the script of a shell asks for completions."""


class _Once(ShellComplete):
    """Completion that offers the spelling of an option with one dash only after one dash."""

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem[str]]:
        """Return the possible next words, without a second spelling of the same option."""
        items = super().get_completions(args, incomplete)
        values = {item.value for item in items}
        return [item for item in items if f"-{item.value}" not in values]


class _Bash(_Once, BashComplete):
    """Completion for bash, which splits words at colons."""

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the words before the cursor, and the word at the cursor, with their colons."""
        words = split_arg_string(os.environ["COMP_WORDS"])
        number = int(os.environ["COMP_CWORD"])
        cut = [*words[1:number], words[number] if number < len(words) else ""]
        whole = list(_with_colons(cut))
        self._before = whole[-1].rpartition(":")[0] + ":" if ":" in whole[-1] else ""
        return whole[:-1], whole[-1]

    def format_completion(self, item: CompletionItem[str]) -> str:
        """Return *item* without the part that bash counts as the word before it."""
        return f"{item.type},{item.value.removeprefix(self._before)}"


class _Zsh(_Once, ZshComplete):
    """Completion for zsh."""


class _Fish(_Once, FishComplete):
    """Completion for fish, with a script that splits a line only at its first comma.

    *Why* not click's script: it cuts off names and descriptions at a comma.
    """

    source_template = FishComplete.source_template.replace("split ", "split -m 1 ")


SHELLS: Mapping[str, type[ShellComplete]] = {"bash": _Bash, "zsh": _Zsh, "fish": _Fish}
"""The shells with completion."""


def _with_colons(words: Iterable[str]) -> Iterator[str]:
    """Yield *words*, with those joined again that bash split at colons."""
    whole: str | None = None
    for word in words:
        if whole is not None and (word == ":" or whole.endswith(":")):
            whole += word
            continue
        if whole is not None:
            yield whole
        whole = word
    yield whole or ""


def register_shells() -> None:
    """Register the completions of this module with click."""
    for name, kind in SHELLS.items():
        add_completion_class(kind, name)


def script(shell: str, program: click.Command) -> str:
    """Return the script that turns completion on in *shell*."""
    return SHELLS[shell](program, {}, "rbac-sync", VARIABLE).source()


def matching(name: str, context: click.Context, incomplete: str) -> list[str]:
    """Return the words of *name* in ``WORDS`` that begin with *incomplete*; codes in any case."""
    start = incomplete.upper() if name == "codes" else incomplete
    return sorted({word for word in WORDS[name](context) if word.startswith(start)})


def _accounts(context: click.Context) -> Iterable[str]:
    from .. import config

    try:
        return [account.name for account in config.accounts(config.read(_folder(context)))]
    except (RbacSyncError, OSError):
        return []


def _addresses(context: click.Context) -> Iterable[str]:
    state = _declared(context)[0].desired
    return (str(each.address) for each in (*state.resources(), *state.bindings()))


def _principals(context: click.Context) -> Iterable[str]:
    from ..model import PRINCIPALS, label

    declaration, people = _declared(context)
    resources = declaration.desired.resources()
    return (*people, *(label(each.address) for each in resources if each.kind in PRINCIPALS))


def _workspaces(context: click.Context) -> Iterable[str]:
    from ..model import Workspace

    of = _declared(context)[0].desired.of(Workspace)
    return (workspace.handle for workspace in of.values())


def _permissions(context: click.Context) -> Iterable[str]:
    from ..catalogues import catalogue
    from ..pipeline.configuration import WORLD

    configuration = _configuration(context)
    return (configuration.catalogue if configuration else catalogue(WORLD)).titles


def _codes(_: click.Context) -> Iterable[str]:
    from .. import guard
    from ..config import all_codes

    return (*guard.RULES, *guard.CODES.values(), *all_codes())


def _topics(context: click.Context) -> Iterable[str]:
    from .help_text import COMMANDS
    from .topics import TOPICS

    return () if context.params.get("words") else (*COMMANDS, *TOPICS)


WORDS: Mapping[str, Callable[[click.Context], Iterable[str]]] = {
    "accounts": _accounts,
    "addresses": _addresses,
    "principals": _principals,
    "workspaces": _workspaces,
    "permissions": _permissions,
    "codes": _codes,
    "topics": _topics,
}
"""The words that an option or an argument can have, by what it names."""


def _configuration(context: click.Context) -> Configuration | None:
    from .. import config, pipeline

    try:
        folder, name = _folder(context), context.meta.get(ACCOUNT)
        shared = config.read(folder)
        # If no account is named yet, the first one's names are better than none.
        first = next((account.name for account in config.accounts(shared)), None)
        return pipeline.of_sources(shared, folder, account=name or first)
    except (RbacSyncError, OSError):
        return None


def _folder(context: click.Context) -> Path:
    folder = context.params.get("config") or Path()
    return nearest_folder() if folder == Path() else folder


def _declared(context: click.Context) -> tuple[Declaration, Iterable[str]]:
    """Return the declaration and the short names of people; nothing if there are errors."""
    from .. import pipeline
    from ..model import Declaration, State

    configuration = _configuration(context)
    with suppress(RbacSyncError):
        if configuration is not None:
            return pipeline.validate(configuration, datetime.now(UTC)), configuration.people
    return Declaration(State()), ()
