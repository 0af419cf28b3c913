"""Names in commands, looked up in the live state; an unknown name is an error, not a "no"."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import ConfigError, RbacSyncError, system_reason
from ..model import (
    ACCOUNT,
    PRINCIPALS,
    Address,
    Kind,
    Level,
    ObjectAccess,
    ObjectLevel,
    Permission,
    State,
    Workspace,
    label,
)
from ..model import address as named
from .input_files import read_input
from .run import read_account

if TYPE_CHECKING:
    from typing import Unpack

    from ..audit.chain import Checkpoint
    from ..model import Declaration
    from ..pipeline import Configuration, Review
    from ..pipeline.queries import LiveAccount
    from ..planning.selection import Selection
    from .run import AccountOptions

DECLARED = "it is declared, but not there: add `--desired` to ask about the configuration"


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


def read_question(
    *, workspace: str | None, object_name: str | None, **options: Unpack[AccountOptions]
) -> tuple[Configuration, LiveAccount, Address]:
    """Return the configuration, its account in the state to ask about, and the scope."""
    objects = objects_named(workspace, object_name)
    configuration, account = read_account(objects, **options)
    return configuration, account, resolve_scope(configuration, account, workspace, object_name)


def declaration_for(
    configuration: Configuration, live_account: LiveAccount, scopes: Collection[Address] = ()
) -> Declaration:
    """Return the declaration, of access only that in *scopes*; an empty one if it has errors.

    Files of other workspaces are passed over; see ``Configuration.part``.

    Raises:
        ConfigError: a file cannot be read.
    """
    from ..model import Declaration

    spaces = (named.object_workspace(s) if s.kind is Kind.OBJECT else s for s in scopes)
    part = configuration.part({each.key for each in spaces if each.kind is Kind.WORKSPACE})
    try:
        return part.declaration(live_account.catalogue, live_account.now)
    except ConfigError:
        return Declaration(State())


def resolve_scope(
    configuration: Configuration,
    live_account: LiveAccount,
    handle: str | None,
    object_name: str | None = None,
) -> Address:
    """Return the scope that ``-w`` and ``--object`` name; without them the account."""
    for address in objects_named(handle, object_name):
        resolve_scope(configuration, live_account, handle)
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
        if declaration_for(configuration, live_account, {scope}).desired.knows(scope):
            raise RbacSyncError(f"there is no workspace `{handle}`", hint=DECLARED)
        known = [w.handle for w in live_account.state.of(Workspace).values()]
        raise unknown_error("workspace", handle, known)
    return scope


def check_principal(
    live_account: LiveAccount, principal: Address, declared: Callable[[], Declaration]
) -> None:
    """Check that *principal* exists; the hint says so if it is only *declared*.

    Raises:
        RbacSyncError: it does not, or whether it does is not seen.
    """
    if live_account.state.knows(principal):
        return
    if principal.kind in live_account.horizon.kinds:
        raise _unseen_error("principal", label(principal), live_account)
    if declared().desired.knows(principal):
        raise RbacSyncError(f"there is no principal `{label(principal)}`", hint=DECLARED)
    addresses = (resource.address for resource in live_account.state.resources())
    known = [label(each) for each in addresses if each.kind in PRINCIPALS]
    raise unknown_error("principal", label(principal), known)


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
        raise unknown_error("permission", text, list(live_account.catalogue.titles), listing)
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


def unknown_error(noun: str, name: str, known: list[str], listing: str = "show") -> RbacSyncError:
    """Return the error for a name that nothing has; it names a similar one, or *listing*."""
    from ..config.problems import suggestion

    hint = suggestion(name, known) or f"see what there is: `rbac-sync {listing}`"
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
    states = (review.plan.live, review.declaration.desired)
    for name in selected:
        if not any(selects(name, text) for state in states for text in _addresses(state, name)):
            raise _unmatched_error(name, {text for state in states for text in _addresses(state)})
    click.echo("warning: this plan is partial: `--target` and `--exclude` select it", err=True)


def _unmatched_error(name: str, known: set[str]) -> RbacSyncError:
    from ..config.ignore import ADDRESSES
    from ..config.problems import suggestion
    from ..model.address_pattern import is_pattern

    message = f"there is no address `{name}`"
    named = sorted(address for address in known if address.partition(".")[2] == name)
    if Path(name).exists():
        hint = "this is a file: quote the pattern, so that the shell leaves it alone"
    elif is_pattern(name):
        message, hint = f"no address matches `{name}`", ADDRESSES
    elif named:
        hint = f"did you mean `{named[0]}`?"
    else:
        hint = suggestion(name, known) or ADDRESSES
    return RbacSyncError(message, hint=hint)


def _addresses(state: State, name: str = "*") -> Iterator[str]:
    """Yield the addresses in *state*, without access to workspaces where *name* selects none."""
    from ..model.address_pattern import may_meet

    yield from (str(resource.address) for resource in state.resources())
    for scope, row in state.rows.items():
        if scope.kind is not Kind.WORKSPACE or may_meet(name, str(scope)):
            yield from (str(named.binding(who, scope)) for who in row)


def read_checkpoint(path: Path) -> Checkpoint:
    """Read a checkpoint that ``audit verify --checkpoint-out`` wrote.

    Raises:
        RbacSyncError: there is none in that file.
    """
    from ..audit.chain import Checkpoint

    try:
        return Checkpoint.parsed(read_input(path).decode())
    except OSError as error:
        message = f"cannot read the checkpoint `{path}`: {system_reason(error)}"
    except ValueError:
        message = f"`{path}` holds no checkpoint"
    raise RbacSyncError(message, hint="name a file written by `--checkpoint-out`")
