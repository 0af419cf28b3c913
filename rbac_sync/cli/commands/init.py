"""The command that begins a configuration from the live state."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ...dataclasses import dataclass, replace
from ...errors import BackendError, CredentialError, RbacSyncError
from .. import options, starter_files, terraform
from ..configuration_files import export_files
from ..folders import repository_root
from ..output import UNREAD, show_secret
from ..plans import make_review, print_run, run_result
from ..run import KEY, api_key, load_configuration
from ..store_file import ignore_file, note_unignored, store_file

if TYPE_CHECKING:
    from ...model.settings import Settings

BACKENDS = ("store", "prefect-cloud", "prefect-cloud-1")
REQUIRED = ("--backend", "--account")
"""The options that a question asks for if they are missing."""

PROFILE = ("prefect-cloud", "prefect-cloud-1")
"""The backends whose account and key may be in a profile of Prefect's own client."""


@dataclass(frozen=True, slots=True)
class Source:
    """The account to begin from. ``owner`` is the first owner of a new account, else empty."""

    settings: Settings
    api_key: str | None
    owner: str = ""


@click.command()
@click.argument(
    "folder", required=False, default=Path(), type=click.Path(path_type=Path, file_okay=False)
)
@options.option(
    "backend",
    type=terraform.BackendName(BACKENDS),
    help="The system that the account is in; without it Prefect's profile is taken, or you are"
    " asked.",
)
@options.option("account", metavar="HANDLE", default="", help="The account.")
@options.url
@options.option("owner", metavar="EMAIL", default="", help="Make the account, with this owner.")
@options.world("Which permissions and roles apply in an account that is made.", has_default=True)
@options.option(
    "ci",
    type=click.Choice(starter_files.FORGES),
    help="Whose workflows and CODEOWNERS to write; without it those of the repository's remote.",
)
@options.option(
    "reviewers",
    metavar="NAME",
    default=starter_files.REVIEWERS,
    help="Who reviews changes, in CODEOWNERS.",
)
@terraform.options
@terraform.reading
@terraform.beginning
def init(
    *,
    folder: Path,
    backend: str | None,
    account: str,
    url: str,
    owner: str,
    world: str,
    ci: str | None,
    reviewers: str,
) -> int:
    """Begin a configuration in FOLDER from what is live, with workflows for pull requests.

    Takes the account of Prefect's profile, or asks for what no option says; without a terminal
    nothing is asked. Planning ends it with `No changes.` A file that is there is never
    overwritten: then nothing is written at all.
    """
    from ...config import ROOT
    from ...config.export import LAYOUT, ONE_EACH, OTHERS

    if (folder / ROOT).exists():
        hint = "there is nothing to initialise: run `rbac-sync validate`, then `rbac-sync plan`"
        raise RbacSyncError(f"`{folder / ROOT}` is there already", hint=hint)
    source = _source(folder, backend, account, url, owner, world)
    forge = ci or starter_files.detect_forge(repository_root(folder))
    if source.owner:
        every_name = dict.fromkeys((ROOT, *LAYOUT, OTHERS), "")
        names = starter_files.starter_files(every_name, folder, forge, reviewers)
        starter_files.check_free([*names, *folder.glob(ONE_EACH)])
        with starter_files.new_folder(folder):
            source = _make_account(source)
    texts = starter_files.starter_files(_pull(source, folder), folder, forge, reviewers)
    database = store_file(source.settings.url) if source.settings.type == "store" else None
    texts |= ignore_file(database, folder)
    starter_files.check_free([*texts, *folder.glob(ONE_EACH)])
    for path in starter_files.write_new(texts):
        click.echo(path)
    note_unignored(database)
    _print_next_steps(forge, texts.values())
    return _plan(folder, url, source.api_key)


def _source(
    folder: Path, backend: str | None, account: str, url: str, owner: str, world: str
) -> Source:
    """Return the account to begin from: from the options, Prefect's profile, or answers."""
    from ...backends.store.founding import check_email, check_handle
    from ...config import resolve_url
    from ...model.settings import Settings
    from ...pipeline import STORE

    if backend is None and not (account or owner or url) and (kept := _of_profile()):
        click.echo(f"Prefect's own settings name the account `{kept.settings.account}`.", err=True)
        return kept
    backend = backend or _ask("Which system is the account in?", "--backend", choices=BACKENDS)
    check = check_handle if backend == "store" else None
    account = account or _ask("Which account?", "--account", check=check)
    settings = Settings(backend, account, url, named=bool(url))
    if backend != "store":
        if owner:
            raise click.UsageError("--owner makes an account of a store")
        return Source(settings, api_key())
    if not owner and sys.stdin.isatty():
        question = "Who is the first owner, if the account does not exist yet?"
        owner = _ask(question, "--owner", check=check_email)
    store = replace(settings, url=url or resolve_url(STORE, folder), world=world if owner else "")
    return Source(store, api_key(), owner)


def _of_profile() -> Source | None:
    """Return the account that Prefect's own client is logged in to, if there is one."""
    from ...backends.prefect_cloud import environment as cloud
    from ...backends.prefect_cloud_1 import environment as cloud_1
    from ...model.settings import Settings

    for name, module in zip(PROFILE, (cloud, cloud_1), strict=True):
        kept = module.login("", api_key(), os.environ)
        if kept.api_key and kept.account:
            url = "" if kept.root == module.DEFAULT else kept.root
            return Source(Settings(name, kept.account, url), api_key())
    return None


def _ask(
    question: str,
    flag: str,
    choices: tuple[str, ...] = (),
    check: Callable[[str], None] | None = None,
) -> str:
    """Return the user's answer to *question*; without a terminal the option *flag* is needed.

    An answer for which *check* raises an error is asked for again.

    Raises:
        RbacSyncError: there is no terminal.
    """
    if not sys.stdin.isatty():
        value = "|".join(choices) or flag.removeprefix("--").upper()
        message = f"`{flag}` is missing, and there is no terminal to ask on"
        raise RbacSyncError(message, hint=f"pass `{flag} {value}`")

    def answer(text: str) -> str:
        text = text.strip()
        try:
            if check and (text or flag in REQUIRED):
                check(text)
        except BackendError as error:
            raise click.UsageError(f"{error}: {error.hint}") from None
        return text

    kind = click.Choice(choices) if choices else None
    default = None if flag in REQUIRED else ""
    process = None if choices else answer
    return str(
        click.prompt(question, type=kind, default=default, show_default=False, value_proc=process)
    )


def _make_account(source: Source) -> Source:
    """Create the account, print its owner's key, once, and return the account as an existing one.

    Raises:
        BackendError: the account exists already, or the store cannot be reached.
    """
    from ...backends import store

    settings = source.settings

    def show(secret: str) -> None:
        made = f"Creating the account {settings.account}. Its owner's key is shown only now:"
        show_secret(made, f"  export {KEY}={secret}", unread=UNREAD)

    secret = store.init(
        url=settings.url,
        account=settings.account,
        world=settings.world,
        owner_email=source.owner,
        show=show,
    )
    return Source(settings, secret)


def _pull(source: Source, folder: Path) -> dict[str, str]:
    """Return the files of the configuration that declares the live state.

    Raises:
        CredentialError: there is no key, or it is not accepted.
        BackendError: there is no such account, or it cannot be reached.
    """
    from ... import backends
    from ...pipeline import queries

    settings = source.settings
    try:
        live_account = queries.live_account(
            backends.backend(settings, source.api_key), objects=None
        )
    except BackendError as error:
        if settings.type == "store":
            error.hint = "to make the account, pass `--owner EMAIL`; or correct `--url`"
        raise
    if live_account.applier is None:
        raise CredentialError("there is no credential", hint=f"set `{KEY}`")
    return export_files(live_account, settings, folder)


def _print_next_steps(forge: str, texts: Iterable[str]) -> None:
    if forge == "none":
        return
    written = "".join(texts)
    left = [f"`{name}`" for name in starter_files.PLACEHOLDERS if name in written]
    replace_names = f"replace {' and '.join(left)} in these files, and " if left else ""
    click.echo(
        f"note: before you commit, {replace_names}give the workflows their keys:"
        f" docs/how-to/{starter_files.SETUP_PAGE[forge]} of rbac-sync says which",
        err=True,
    )


def _plan(folder: Path, url: str, key: str | None) -> int:
    """Plan from the new files, and return the exit code: 0 where nothing would change."""
    from ...pipeline import RunOptions

    configuration = load_configuration(folder, url)
    review = make_review(configuration, configuration.backend(key), RunOptions())
    print_run(run_result(review, configuration), json=False)
    return 1 if review.plan.changes else 0
