"""The demo: a plan, an apply, a refusal and drift of a sample company, in a temporary folder."""

from __future__ import annotations

import os
from contextlib import chdir
from datetime import UTC, datetime, timedelta
from importlib.resources import as_file, files
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from ..pager import own_environment
from ..run import KEY

OWNER = "ada.okafor@acme.example"
LEAD = "vera.lind@acme.example"
ENDS = {"IN_A_MONTH": 30, "IN_NINETY_DAYS": 90}
END = "Done. You saw a plan, an apply, a refusal, the audit trail and drift. Next: rbac-sync init"


@click.command()
def demo() -> int:
    """Run a demo on a sample company; it needs no account, key or port."""
    with TemporaryDirectory(prefix="rbac-sync-demo-") as folder, chdir(folder), own_environment():
        for name in [name for name in os.environ if name.startswith("RBAC_SYNC_")]:
            del os.environ[name]
        os.environ["RBAC_SYNC_PAGER"] = "cat"
        _write_company(Path(folder))
        return _story(Path(folder))


def _story(folder: Path) -> int:
    prod = folder / "workspaces" / "prod.toml"
    _say("1. A new account, with its first owner.")
    os.environ[KEY] = _create_store()
    _say("2. What the configuration would change, and what that means for people.")
    _step(0, "plan", "--short", "--out", "company.plan")
    _say("3. Make exactly these changes.")
    _step(0, "apply", "company.plan", "--keys-out", "keys.json")
    _say("4. A workspace owner tries to make herself an owner of production.")
    original = prod.read_text()
    prod.write_text(original.replace('"team:platform"]', '"team:platform", "vera"]'))
    _step(3, "plan", "--short", "--as", LEAD)
    prod.write_text(original)
    _say("5. What is on record, and whether anybody has tampered with it.")
    _step(0, "audit", "log", "--limit", "5")
    _step(0, "audit", "verify")
    _say("6. Somebody changes something by hand. The next scheduled run sees it.")
    _change_by_hand()
    _step(2, "drift")
    _say("7. Bring it back.")
    _step(0, "apply", "--short", "--auto-approve")
    _step(0, "plan", "--detailed-exitcode")
    click.secho(f"\n{END}", bold=True)
    return 0


def _write_company(folder: Path) -> None:
    """Write the company's configuration, with ends in the future."""
    today = datetime.now(UTC)
    with as_file(files("rbac_sync.cli") / "company") as source:
        for file in sorted(source.rglob("*.toml")):
            text = file.read_text(encoding="utf-8")
            for word, days in ENDS.items():
                text = text.replace(word, (today + timedelta(days=days)).date().isoformat())
            path = folder / file.relative_to(source)
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")


def _create_store() -> str:
    from ...backends import store

    words = ["store", "init", "--owner", OWNER, "--world", "prefect-cloud", "--account", "acme"]
    _echo(*words)
    secret = store.init(
        url="sqlite:///rbac.db", account="acme", world="prefect-cloud", owner_email=OWNER
    )
    click.echo("(the owner's key goes into RBAC_SYNC_API_KEY, and is shown to nobody)")
    return secret


def _change_by_hand() -> None:
    from ... import pipeline
    from ...model import Binding, Level, held
    from ...model import address as named
    from ...model.resources import role
    from ...pipeline.by_hand import change_by_hand
    from ...planning import Change

    configuration = pipeline.load(Path())
    backend = configuration.backend(os.environ[KEY])
    owner = held(role(Level.WORKSPACE, "owner"))
    grant = Binding(named.user("zoe.adams@acme.example"), named.workspace("prod"), owner)
    reason = "by hand, outside the configuration"
    change_by_hand(configuration, backend, [Change(None, grant)], reason)
    click.echo("(zoe is now an owner of production)")


def _step(expected: int, *words: str) -> None:
    """Print a command and run it.

    Raises:
        click.ClickException: it ended with another exit code than expected.
    """
    from ..main import run

    _echo(*words)
    if (code := run(words)) != expected:
        raise click.ClickException(f"`rbac-sync {' '.join(words)}` ended with {code}")
    if code:
        click.secho(f"(exit {code})", dim=True)


def _echo(*words: str) -> None:
    click.secho(f"\n$ rbac-sync {' '.join(words)}", bold=True)


def _say(text: str) -> None:
    click.secho(f"\n{text}", bold=True, fg="cyan")
