"""The start of a command: configuration, credential, live state and options."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import BackendError, RbacSyncError, system_reason
from .folders import ROOT
from .invocation import carried_options, invocation
from .notices import note_unseen

if TYPE_CHECKING:
    from typing import Required, TypedDict, Unpack

    from ..backends.interface import Backend
    from ..model import Address, Instant
    from ..model.settings import Settings
    from ..pipeline import Configuration, RunOptions
    from ..pipeline.queries import LiveAccount
    from .reports import ReportRequest

    class AccountOptions(TypedDict, total=False):
        """The options that name an account, and choose a state of it other than the live one."""

        config: Required[Path]
        url: Required[str]
        desired: bool
        plan: Path | None
        at: Instant | None

    class Question(AccountOptions):
        """The options of a question about access; see ``options.question``."""

        workspace: str | None
        object_name: str | None


ACCOUNT = "rbac_sync.account"
"""The key of the option ``--account`` in the context of a command."""

SHARED = "rbac_sync.shared"
"""The context key of the files that the accounts share, in a command over several."""

KEY = "RBAC_SYNC_API_KEY"
TOKEN = "RBAC_SYNC_OIDC_TOKEN"  # noqa: S105 - the name of a variable

MAKE_STORE = "rbac-sync store init --owner EMAIL"
"""The command of the hint where there is no store."""

LOCK_TIMEOUT = 5.0
"""The seconds that a command waits for another run, by default."""

COUNTS = ("allow_deletes", "allow_losers", "allow_gainers")
"""The options that allow a number of removals, and need a reason."""

UNKNOWN = 7
"""The exit code of ``drift``, ``can`` and ``who-can`` if the result depends on unread parts."""


def api_key(configuration: Configuration | None = None) -> str | None:
    """Return the credential from the environment; it is read nowhere else.

    The account of *configuration* may name a variable of its own.

    Raises:
        CredentialError: it contains a stray character.
    """
    account = configuration.known.account if configuration else None
    variable = (account and account.key_variable) or KEY
    invocation().variables[KEY] = variable
    return _secret(variable) or None


def account_name() -> str | None:
    """Return the account that the running command is for, None if none is named."""
    return _meta().get(ACCOUNT)


def next_command(*words: str, more: Sequence[str] = ()) -> str:
    """Return a command line for the folder and the account of the running command.

    It has the options of the running command that it needs as well, and *more* at the end.
    """
    import shlex

    folder = click.get_current_context().find_root().params.get("chdir")
    here = ["-C", folder] if folder else []
    account = ["--account", name] if (name := account_name()) else []
    return shlex.join(["rbac-sync", *here, *words, *carried_options(), *account, *more])


def is_of_several_accounts() -> bool:
    """Say whether the running command is for one account, or all, of several."""
    return bool(account_name() or _meta().get(SHARED))


def _meta() -> Mapping[str, Any]:
    context = click.get_current_context(silent=True)
    return context.meta if context else {}


def _secret(variable: str) -> str:
    from ..backends.copied_text import check_secret

    text = os.environ.get(variable, "")
    check_secret(text, f"`{variable}`")
    return text


def load_configuration(folder: Path, url: str, wait: float = LOCK_TIMEOUT) -> Configuration:
    """Read the configuration below *folder*; a writer waits *wait* seconds for another."""
    from .. import pipeline

    if shared := _meta().get(SHARED):
        return pipeline.of_sources(shared, folder, url, account_name(), wait)
    return pipeline.load(folder, url, wait, account_name())


def load_root(folder: Path, url: str, wait: float = LOCK_TIMEOUT) -> Configuration:
    """Read the root file of the configuration below *folder*: enough to reach its account.

    The other files are read when something of them is needed. A writer waits *wait* seconds for
    another.
    """
    from .. import pipeline

    if _meta().get(SHARED):
        return load_configuration(folder, url, wait)
    return pipeline.load_root(folder, url, account_name(), wait)


def select_backend(configuration: Configuration, snapshot: Path | None) -> Backend:
    """Return the backend to read: the configured one, or a snapshot of it."""
    from ..pipeline import queries

    if snapshot:
        from .input_files import read_input

        try:
            return queries.snapshot_backend(
                configuration.settings, read_input(snapshot), datetime.now(UTC)
            )
        except BackendError as error:
            error.args = (f"{error}: `{snapshot}`",)
            raise
        except OSError as error:
            message = f"cannot read the snapshot `{snapshot}`: {system_reason(error)}"
            hint = "make one with `rbac-sync pull --snapshot FILE`"
            raise RbacSyncError(message, hint=hint) from error
    return open_backend(configuration)


def open_backend(configuration: Configuration) -> Backend:
    """Return the backend of *configuration*, with the credential of its account.

    Raises:
        CredentialError: the credential contains a stray character.
    """
    if configuration.known.account:
        import shlex

        handle = shlex.quote(configuration.settings.account)
        invocation().variables[MAKE_STORE] = f"{MAKE_STORE} --account {handle}"
    return configuration.backend(api_key(configuration))


def parse_principal(configuration: Configuration, text: str) -> Address:
    """Return the principal for a short name, an e-mail address, ``sa:NAME`` or ``team:NAME``.

    Raises:
        RbacSyncError: *text* names none.
    """
    from ..model import address

    if "@" not in text and ":" not in text:  # only a short name needs all files
        text = configuration.people.get(text, text)
    kind, colon, name = text.partition(":")
    if text == "everyone":
        return address.EVERYONE
    if colon and kind in ("sa", "team") and name:
        return address.service_account(name) if kind == "sa" else address.team(name)
    if "@" in text[1:-1] and not colon:
        return address.user(text)
    hint = "write a short name of `[people]`, an e-mail address, `sa:NAME` or `team:NAME`"
    raise RbacSyncError(f"`{text}` is no principal", hint=hint)


def run_options(arguments: Mapping[str, Any], configuration: Configuration) -> RunOptions:
    """Return the options of a command as options of a run.

    Raises:
        click.UsageError: removals are allowed without a reason.
    """
    from ..pipeline import RunOptions
    from ..planning.selection import Selection

    for name in COUNTS:
        if arguments[name] and not arguments["reason"]:
            flag = f"--{name.replace('_', '-')}"
            raise click.UsageError(f"{flag} needs --reason TEXT, which goes on record")
    named = {"simulated": arguments.get("as"), "author": arguments.get("on_behalf_of")}
    people: dict[str, Any]
    people = {name: parse_principal(configuration, who) for name, who in named.items() if who}
    return RunOptions(
        **people,
        token=_secret(TOKEN),
        selection=Selection(tuple(arguments["target"]), tuple(arguments["exclude"])),
        **{name: arguments[name] for name in (*COUNTS, "allow_public", "allow_self_reduction")},
        reason=arguments["reason"],
        resume=arguments.get("resume", False),
        strict=arguments.get("strict", False),
        whole=shows_access(arguments),
    )


def shows_access(arguments: Mapping[str, Any]) -> bool:
    """Say whether one of the reports shows the access in the whole account."""
    from ..views.reports.registry import KINDS

    reports: Iterable[ReportRequest] = arguments.get("report", ())
    return any("access" in KINDS[request.kind].content for request in reports)


def read_account(
    objects: Collection[Address] = (), **options: Unpack[AccountOptions]
) -> tuple[Configuration, LiveAccount]:
    """Return a configuration, and its account in the state that *options* choose.

    It includes the access lists of *objects*. A store is open until the command ends, and its live
    state reads the needed parts.

    Raises:
        click.UsageError: the options choose more than one state.
    """
    from ..pipeline import queries
    from .plan_files import read_plan

    desired, plan, at = options.get("desired"), options.get("plan"), options.get("at")
    if sum(map(bool, (desired, plan, at))) > 1:
        raise click.UsageError("choose one of --desired, --plan and --at")
    configuration = load_root(options["config"], options["url"])
    backend = open_backend(configuration)
    if desired or plan or at:
        from ..pipeline import projections
    if desired:
        account = projections.desired_account(configuration, backend, objects)
    elif plan:
        account = projections.planned_account(configuration, backend, objects, read_plan(plan))
    elif at:
        account = projections.past_account(backend, objects, at)
    else:
        opened = queries.open_account(backend, objects)
        account = click.get_current_context().with_resource(opened)
    note_unseen(account.horizon.reasons)
    return configuration, account


def database_url(folder: Path, url: str, handle: str | None = None) -> str:
    """Return the database of a store command: from the option, the configuration, or the default.

    If the configuration has several accounts, it is that of the account with this *handle*.

    Raises:
        CredentialError: only the configuration names the host to which a password would be sent.
    """
    from .. import pipeline
    from ..backends.database.connection import check_of_file
    from ..backends.database.engine import address

    settings = None if url else backend_settings(folder, handle)
    if settings is None:
        return url or pipeline.STORE
    if not settings.named:
        check_of_file(address(settings.url))
    return settings.url


def backend_settings(folder: Path, handle: str | None) -> Settings | None:
    """Return the backend of the account with this *handle*, if there is a configuration.

    An empty handle is that of the only account; None is the account that the command is for.
    """
    from .. import pipeline

    root = folder / ROOT if folder.is_dir() else folder
    if not root.exists():
        return None
    account = account_name() if handle is None else pipeline.name_of(folder, handle)
    return pipeline.load(folder, account=account).settings
