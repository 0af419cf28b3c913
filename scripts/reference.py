"""Write the pages of the documentation that are tables of the program itself.

``python scripts/reference.py`` writes them into ``docs/reference/``. A test compares the files with
what this module would write, so that nothing falls behind the program.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import click

from rbac_sync.backends.prefect_cloud import limits as prefect_cloud
from rbac_sync.backends.prefect_cloud_1 import limits as prefect_cloud_1
from rbac_sync.catalogues import catalogue
from rbac_sync.cli.events import EVENTS
from rbac_sync.cli.help_text import COMMANDS
from rbac_sync.cli.main import cli
from rbac_sync.cli.topics import ENVIRONMENT, EXIT_CODES
from rbac_sync.config.codes import all_codes
from rbac_sync.guard import RULES
from rbac_sync.guard.rules import Rule
from rbac_sync.model import Catalogue, Title
from rbac_sync.planning import Limit
from rbac_sync.views.rules import ADVICE

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "docs" / "reference"
WIDTH = 100
RULES_INTRO = (
    "Every rule judges the whole plan before the first write:"
    " [the guard](../explanation/guard.md) says how."
    " `rbac-sync rule NAME` prints the explanation of one rule."
)
CODES_INTRO = (
    "`rbac-sync validate` reports every problem at once, each with its file, line and code."
    " `rbac-sync rule CODE` prints the explanation of one code."
)
PERMISSIONS_INTRO = (
    "`rbac-sync permissions WORDS` searches this list. The last column says how the fact is"
    " known: `documented`, `inferred` from the documents, or `assumed`."
)
FLAGS = (
    "Every flag is also read from `RBAC_SYNC_<FLAG>`, except `--chdir`, `--workspace`,"
    " `--auto-approve`, `--resume` and the flags that loosen the guard."
    " Terraform's single dash works: `-out`, `-target`, `-detailed-exitcode`, `-auto-approve`,"
    " `-lock-timeout=30s`, `-chdir=FOLDER`, `-no-color`, `-input=false`. An option or a command of"
    " Terraform that has no place here ends in a sentence that says what to write instead."
)
NOTE = "<!-- Written by scripts/reference.py from the program. Do not edit. -->"


def commands() -> str:
    """Return the page of the commands: the help of each, and of each subcommand."""
    parts = ["# Commands", NOTE, "Each command prints this text with `--help`."]
    program = cli.make_context("rbac-sync", ["demo"], resilient_parsing=True)
    program.max_content_width = program.terminal_width = WIDTH
    for name in COMMANDS:
        parts += _helps(cli.get_command(program, name), name, program, "##")
    return "\n\n".join(parts) + "\n"


def _helps(command: click.Command, name: str, parent: click.Context, heading: str) -> Iterator[str]:
    """Yield the help of *command* as *parent* calls it, and of its subcommands."""
    context = click.Context(command, parent, name)
    yield f"{heading} `{context.command_path.removeprefix('rbac-sync ')}`"
    yield f"```text\n{command.get_help(context)}\n```"
    if isinstance(command, click.Group):
        for subcommand in command.list_commands(context):
            yield from _helps(
                command.get_command(context, subcommand), subcommand, context, f"{heading}#"
            )


def exit_codes() -> str:
    """Return the page of the exit codes and of the variables of the environment."""
    parts = [
        "# Exit codes and environment",
        NOTE,
        "`rbac-sync help exit-codes` and `rbac-sync help environment` print these tables.",
        "## Exit codes",
        _table(("exit", "meaning"), EXIT_CODES.items()),
        "## Environment",
        FLAGS,
        _table(
            ("variable", "what it sets"),
            ((f"`{name}`", text) for name, text in ENVIRONMENT.items()),
        ),
        "## Events of `apply --json`",
        "One JSON object a line, with the key `event`; `rbac-sync help json-events` prints this.",
        _table(("event", "meaning"), ((f"`{name}`", text) for name, text in EVENTS.items())),
    ]
    return "\n\n".join(parts) + "\n"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = (f"| {' | '.join(cells)} |" for cells in rows)
    return "\n".join((f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}", *lines))


def rules() -> str:
    """Return the page of the guard's rules: code, name, and the whole explanation of each."""
    table = [
        "| rule | code | in one sentence |",
        "|---|---|---|",
        *(f"| [`{r.id}`](#{_anchor(r)}) | {r.code} | {_cell(r.sentence)} |" for r in _rules()),
    ]
    parts = [
        "# Rules of the guard",
        NOTE,
        RULES_INTRO,
        "\n".join(table),
    ]
    for rule in _rules():
        parts += [f"## {rule.code}: {rule.id}", rule.explanation, *_advice(rule)]
    return "\n\n".join(parts) + "\n"


def _advice(rule: Rule) -> Iterator[str]:
    advice = ADVICE[rule.id]
    yield f"What to do: {advice.remedy}."
    if advice.limits:
        yield f"Limits in `[guard]`: {', '.join(f'`{name}`' for name in advice.limits)}."
    yield f"For example: {advice.example}."


def _rules() -> list[Rule]:
    return sorted(RULES.values(), key=lambda rule: rule.code)


def _anchor(rule: Rule) -> str:
    return f"{rule.code}-{rule.id}".lower()


def codes() -> str:
    """Return the page of the codes with which a configuration is refused or advised."""
    parts = [
        "# Error codes of the configuration",
        NOTE,
        CODES_INTRO,
    ]
    for code in all_codes().values():
        parts += [f"## {code.code}: {code.title}", code.explanation]
    return "\n\n".join(parts) + "\n"


def permissions() -> str:
    """Return the page of the permissions of both worlds, with the built-in roles that hold each."""
    parts = [
        "# Permissions and built-in roles",
        NOTE,
        PERMISSIONS_INTRO,
    ]
    for world in ("prefect-cloud", "prefect-cloud-1"):
        known = catalogue(world)
        parts += [f"## {world}", "\n".join(_permissions(known))]
    return "\n\n".join(parts) + "\n"


def _permissions(known: Catalogue) -> Iterator[str]:
    yield "| permission | level | title | built-in roles | known |"
    yield "|---|---|---|---|---|"
    for title in sorted(known.titles.values(), key=lambda title: (title.level, title.permission)):
        yield _permission(known, title)


def _permission(known: Catalogue, title: Title) -> str:
    holders = sorted(
        {role.name for role in known.roles.values() if title.permission in role.permissions}
    )
    cells = (title.level, _cell(title.title), ", ".join(holders), title.evidence)
    return f"| `{title.permission}` | {' | '.join(cells)} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


LIMITS_OF: dict[str, tuple[Limit, ...]] = {
    "prefect-cloud": (*prefect_cloud.LIMITS, *prefect_cloud.OF_PLANS.values()),
    "prefect-cloud-1": (*prefect_cloud_1.LIMITS, *prefect_cloud_1.OF_LICENCES.values()),
}
BACKENDS_INTRO = (
    "A `store` keeps all that the configuration can say. The services keep less. A plan that asks"
    " for more is refused before the first write (`UNSUPPORTED`), and says what to write instead."
)
FEATURES = """| | `store` | `prefect-cloud` | `prefect-cloud-1` |
|---|---|---|---|
| members, roles, service accounts, keys | yes | yes | yes |
| teams, several workspaces | yes | yes | no: a tenant is one place |
| custom roles on a `base` | yes | yes | lists of permissions alone |
| a default role of a workspace | yes | yes | no workspaces |
| `until` and `from` of roles and places in teams | yes, ends by itself | no | the next `apply` |
| `until` of keys | yes | of service accounts | when the key is made |
| `reason` | yes | in the journal | in the journal |
| people come by | an invitation, which holds their roles | an invitation | an invitation |
| all or nothing | yes | safe to stop after each step | safe to stop after each step |
| audit trail | in the database, with the rows | the journal of the runs | the journal of the runs |
| who changed it by hand | yes | where the service says so | no |"""


def backends() -> str:
    """Return the page of what each system has, and of its limits."""
    names = list(LIMITS_OF)
    sentences = {limit: _first_line(limit) for limits in LIMITS_OF.values() for limit in limits}
    rows = (
        [text, *("x" if limit in LIMITS_OF[name] else "" for name in names)]
        for limit, text in sentences.items()
    )
    titles = ["limit", *(f"`{name}`" for name in names)]
    parts = ["# What each system has", NOTE, BACKENDS_INTRO, FEATURES, "## Limits"]
    return "\n\n".join([*parts, _table(titles, rows)]) + "\n"


def _first_line(limit: Limit) -> str:
    """Return the sentence that says what a limit is."""
    return (limit.__doc__ or "").partition("\n")[0]


PAGES: dict[Path, Callable[[], str]] = {
    REFERENCE / "commands.md": commands,
    REFERENCE / "exit-codes.md": exit_codes,
    REFERENCE / "rules.md": rules,
    REFERENCE / "error-codes.md": codes,
    REFERENCE / "permissions.md": permissions,
    REFERENCE / "backends.md": backends,
}
"""Each page by the name of its file."""


def main() -> None:
    """Write every page."""
    for path, page in PAGES.items():
        path.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
