"""Names in commands, looked up in the live state; an unknown name is an error, not a "no"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import click

from ..errors import RbacSyncError
from ..model import (
    ACCOUNT,
    PRINCIPALS,
    Address,
    Level,
    ObjectAccess,
    ObjectLevel,
    Permission,
    State,
    Workspace,
    label,
)
from ..model import address as named
from .reservation import reserve_file
from .run import Question, StateOptions, load_configuration, read_account

if TYPE_CHECKING:
    from ..audit.chain import Checkpoint
    from ..config import BackendConfig
    from ..model import Policy
    from ..pipeline import Configuration, LiveAccount, Review
    from ..planning.selection import Selection


def objects_named(handle: str | None, object_name: str | None) -> tuple[Address, ...]:
    """Return the object that ``--object`` names in the workspace of ``-w``; nothing without it.

    Raises:
        click.UsageError: there is no ``-w``.
    """
    if object_name is None:
        return ()
    if handle is None:
        raise click.UsageError("--object needs -w HANDLE: an object is in a workspace")
    return (named.workspace_object(named.workspace(handle), object_name),)


def read_question(**question: Unpack[Question]) -> tuple[Configuration, LiveAccount, Address]:
    """Return the configuration, its account in the state to ask about, and the scope."""
    handle, object_name = question["workspace"], question["object_name"]
    objects = objects_named(handle, object_name)
    state: StateOptions = {
        "desired": question["desired"],
        "plan": question["plan"],
        "at": question["at"],
    }
    configuration, account = read_account(question["config"], question["url"], objects, **state)
    return configuration, account, resolve_scope(account, handle, object_name)


def resolve_scope(
    live_account: LiveAccount, handle: str | None, object_name: str | None = None
) -> Address:
    """Return the scope that ``-w`` and ``--object`` name; without them the account."""
    for address in objects_named(handle, object_name):
        resolve_scope(live_account, handle)
        if live_account.state.knows(address):
            return address
        if address in live_account.horizon.partly:
            raise _unseen_error("object", str(object_name), live_account)
        message = f"there is no `{object_name}` in workspace {handle}"
        forms = "`deployment:FLOW/NAME`, `block:TYPE/NAME`, `work_pool:NAME`"
        raise RbacSyncError(message, hint=f"write {forms}")
    if handle is None:
        return ACCOUNT
    scope = named.workspace(handle)
    if not live_account.state.knows(scope):
        if live_account.horizon.hides_workspaces:
            raise _unseen_error("workspace", handle, live_account)
        known = [w.handle for w in live_account.state.of(Workspace).values()]
        raise _unknown_error("workspace", handle, known)
    return scope


def check_principal(live_account: LiveAccount, principal: Address) -> Address:
    """Return *principal*, if it exists."""
    if not live_account.state.knows(principal):
        if principal.kind in live_account.horizon.kinds:
            raise _unseen_error("principal", label(principal), live_account)
        addresses = (resource.address for resource in live_account.state.resources())
        known = [label(each) for each in addresses if each.kind in PRINCIPALS]
        raise _unknown_error("principal", label(principal), known)
    return principal


def resolve_permission(live_account: LiveAccount, text: str, scope: Address | None) -> Permission:
    """Return the permission with this name or title, or the level if *scope* is an object."""
    listed = live_account.state.get(scope) if scope else None
    if isinstance(listed, ObjectAccess):
        if text in listed.levels:
            return ObjectLevel(text).permission
        message = f"`{listed.name}` has no level `{text}`"
        raise RbacSyncError(message, hint=f"ask about {' or '.join(listed.levels)}")
    permission = live_account.catalogue.permission(text)
    if permission is None:
        listing = f"permissions --world {live_account.catalogue.world}"
        raise _unknown_error("permission", text, list(live_account.catalogue.titles), listing)
    level = live_account.catalogue.titles[permission].level
    if scope is not None and level is Level.WORKSPACE and scope == ACCOUNT:
        message = f"`{permission}` is a permission in workspaces"
        raise RbacSyncError(message, hint="say in which: `-w HANDLE`")
    if scope is not None and level is Level.ACCOUNT and scope != ACCOUNT:
        message = f"`{permission}` is a permission of the account"
        raise RbacSyncError(message, hint="leave `-w` out")
    return permission


def _unseen_error(noun: str, name: str, live_account: LiveAccount) -> RbacSyncError:
    message = f"whether there is a {noun} `{name}` is not known: not everything is seen"
    return RbacSyncError(message, hint="; ".join(live_account.horizon.reasons))


def _unknown_error(noun: str, name: str, known: list[str], listing: str = "show") -> RbacSyncError:
    from ..config.problems import Problems

    hint = Problems().suggest(name, known) or f"see what there is: `rbac-sync {listing}`"
    return RbacSyncError(f"there is no {noun} `{name}`", hint=hint)


def check_addresses(review: Review, selection: Selection) -> None:
    """Check that the selected resources exist, and note on standard error that the plan is partial.

    *Why*: a typo would look like `No changes.`.

    Raises:
        RbacSyncError: an address is neither live nor declared, or a pattern matches none.
    """
    from ..model.address_pattern import selects

    selected = (*selection.targets, *selection.excludes)
    if not selected:
        return
    known = set(_addresses(review.plan.live)) | set(_addresses(review.declaration.desired))
    for name in selected:
        if not any(selects(name, text) for text in known):
            raise _unmatched_error(name, known)
    click.echo("warning: this plan is partial: `--target` and `--exclude` select it", err=True)


def _unmatched_error(name: str, known: set[str]) -> RbacSyncError:
    from ..model.address_pattern import is_pattern

    if Path(name).exists():
        hint = "this is a file: quote the pattern, so that the shell leaves it alone"
        return RbacSyncError(f"there is no address `{name}`", hint=hint)
    if is_pattern(name):
        hint = "see what there is: `rbac-sync show`"
        return RbacSyncError(f"no address matches `{name}`", hint=hint)
    return _unknown_error("address", name, list(known))


def _addresses(state: State) -> Iterator[str]:
    yield from (str(resource.address) for resource in state.resources())
    yield from (str(binding.address) for binding in state.bindings())


def explain_code(code: str, folder: Path) -> str:
    """Return the explanation of a rule of the guard or of an error code.

    That of a rule includes its limits in the configuration below *folder*, if there is one.

    Raises:
        RbacSyncError: there is no such code.
    """
    from .. import guard
    from ..config import CODES
    from ..guard import RuleId
    from ..views import rules as view

    rules = {number: rule for rule, number in guard.CODES.items()}
    name = code.upper().replace("-", "_")
    if (rule := rules.get(name, name)) in guard.RULES:
        return view.render_rule(guard.RULES[RuleId(rule)], _policy(folder))
    if name in CODES:
        entry = CODES[name]
        return f"{name} {entry.title}\n\n{entry.explanation}"
    raise _unknown_error("rule", code, [*guard.RULES, *rules, *CODES], "rule")


def _policy(folder: Path) -> Policy | None:
    """Return the policy of the configuration below *folder*; None if it cannot be read."""
    from .. import pipeline

    try:
        return pipeline.validate(load_configuration(folder, ""), datetime.now(UTC)).policy
    except RbacSyncError:
        return None


def list_codes() -> str:
    """Return a line for each rule of the guard, then for each error code."""
    from ..config import CODES
    from ..views import rules as view

    lines = (f"{code}  {CODES[code].title}" for code in sorted(CODES))
    return "\n".join((view.render_rules(), *lines))


def export_files(
    live_account: LiveAccount, settings: BackendConfig, folder: Path
) -> dict[str, str]:
    """Return the live state as the files of a configuration in *folder*, by name.

    Raises:
        RbacSyncError: the key may not read everything.
    """
    from .. import config
    from ..config.export import export

    if not live_account.horizon.is_whole:
        message = "this key is not shown all of the account, so it cannot be written down"
        raise RbacSyncError(message, hint="; ".join(live_account.horizon.reasons))
    return export(
        live_account.state,
        live_account.catalogue,
        replace(settings, url=config.relative_url(settings.url, folder)),
        live_account.now,
        live_account.capabilities,
    )


def write_configuration(
    files: Mapping[str, str], folder: Path, *, overwrite: bool
) -> Iterator[str]:
    """Write *files* below *folder* and yield the name of each; none if one cannot be written.

    Raises:
        RbacSyncError: a file exists already, without *overwrite*, or cannot be written.
    """
    existing = [name for name in files if (folder / name).exists()]
    if existing and not overwrite:
        message = f"`{folder / existing[0]}` is there already"
        raise RbacSyncError(message, hint="choose an empty folder, or pass `--overwrite`")
    paths = [folder / name for name in files]
    with ExitStack() as stack:
        for parent in dict.fromkeys(path.parent for path in paths):
            parent.mkdir(parents=True, exist_ok=True)
        reserved = [stack.enter_context(reserve_file(path)) for path in paths]
        for path, file, text in zip(paths, reserved, files.values(), strict=True):
            file.fill(text)
            yield str(path)


def compare_configuration(files: Mapping[str, str], folder: Path) -> Iterator[str]:
    """Yield a unified diff of each file that differs between *files* and *folder*.

    A configuration file that exists only in the folder counts as different; other files do not.
    """
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*.toml")}
    for name in sorted(names | files.keys()):
        path = folder / name
        old = path.read_text(encoding="utf-8-sig") if path.exists() else ""
        new = files.get(name, "")
        yield from file_diff(old, new, (f"{folder / name}", "live"))


def file_diff(old: str, new: str, sides: tuple[str, str]) -> Iterator[str]:
    """Yield the lines of a unified diff from *old* to *new*, whose names are *sides*."""
    from difflib import unified_diff

    from ..views.escape import visible

    lines = unified_diff(old.splitlines(), new.splitlines(), *sides, lineterm="", n=1)
    yield from map(visible, lines)


def read_checkpoint(path: Path) -> Checkpoint:
    """Read a checkpoint that ``audit verify --checkpoint-out`` wrote.

    Raises:
        RbacSyncError: there is none in that file.
    """
    from ..audit.chain import Checkpoint

    try:
        return Checkpoint.parsed(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        message = f"`{path}` holds no checkpoint"
        raise RbacSyncError(message, hint="name a file written by `--checkpoint-out`") from error
