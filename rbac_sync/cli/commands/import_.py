"""The command that begins a configuration from the files of another tool."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

import click

from ...errors import RbacSyncError
from .. import options, terraform
from ..configuration_files import write_configuration
from ..input_files import read_input


class _Tools(click.Group):
    """The tools whose files can be read."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that *args* begin with.

        Raises:
            UsageError: there is none; the message names the replacement of an import.
        """
        is_near = args[0].startswith("-") or get_close_matches(args[0], self.commands)
        if args[0] not in self.commands and not is_near:
            raise click.UsageError(f"`import` takes no address: {terraform.IMPORT}", ctx)
        return super().resolve_command(ctx, args)


@click.group("import", cls=_Tools)
def import_() -> None:
    """Write a configuration from the files of another tool."""


@import_.command("terraform")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@options.option(
    "account", metavar="HANDLE", default="", help="The account, if the state does not name it."
)
@options.flag("overwrite", "Replace files that are there.")
def import_terraform(*, file: Path, folder: Path, account: str, overwrite: bool) -> int:
    """Write the access in FILE, a state of Prefect's Terraform provider, as configuration.

    FILE is a state file, or the output of `terraform show -json`. Nothing else is read: no key is
    needed. What a configuration cannot hold is listed at the end of `rbac.toml`.
    """
    from ...catalogues import catalogue
    from ...config.export import configuration_files
    from ...config.terraform import TerraformTables
    from ...config.terraform_state import NotTerraform, read_resources
    from ...model.settings import Settings
    from ...views.escape import visible

    try:
        resources = read_resources(read_input(file).decode("utf-8-sig"))
    except (NotTerraform, UnicodeDecodeError):
        message = f"`{file}` is no Terraform state"
        hint = "write one with `terraform show -json > state.json`"
        raise RbacSyncError(message, hint=hint) from None
    prefect_cloud = catalogue("prefect-cloud")
    read = TerraformTables(resources, prefect_cloud)
    tables = read.tables()
    handle = account or read.account
    if not handle:
        message = "the state does not name the account by its handle"
        raise RbacSyncError(message, hint="pass `--account HANDLE`")
    if not tables:
        message = f"`{file}` has no resource of Prefect's provider that gives access"
        raise RbacSyncError(message, hint="`rbac-sync pull FOLDER` writes what is live")
    settings = Settings("prefect-cloud", handle)
    files = configuration_files(tables, prefect_cloud, settings, read.left_out)
    for name in write_configuration(files, folder, overwrite=overwrite):
        click.echo(name)
    for line in read.left_out:
        click.echo(f"left out: {visible(line)}", err=True)
    return 0
