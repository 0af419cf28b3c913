"""Questions of the user about live things; an unknown name is an error, not a no."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import RbacSyncError
from ..model import ACCOUNT, Address, Level, Permission, State, Workspace, label
from ..model import address as named

if TYPE_CHECKING:
    from ..audit.chain import Checkpoint
    from ..config import BackendConfig
    from ..pipeline import LiveAccount, Review
    from ..planning.selection import Selection


def asked_scope(live_account: LiveAccount, handle: str | None) -> Address:
    """Return the scope that ``-w`` names; without it the account."""
    if handle is None:
        return ACCOUNT
    scope = named.workspace(handle)
    if not live_account.state.knows(scope):
        if live_account.horizon.hides_workspaces:
            raise _unshown("workspace", handle, live_account)
        known = [w.handle for w in live_account.state.of(Workspace).values()]
        raise _unknown("workspace", handle, known)
    return scope


def asked_principal(live_account: LiveAccount, principal: Address) -> Address:
    """Return *principal*, if it is there."""
    if not live_account.state.knows(principal):
        if principal.kind in live_account.horizon.kinds:
            raise _unshown("principal", label(principal), live_account)
        raise _unknown("principal", label(principal), [label(p) for p in _principals(live_account)])
    return principal


def asked_permission(live_account: LiveAccount, written: str, scope: Address | None) -> Permission:
    """Return the permission that is meant: its own name, or a title of the documents."""
    found = live_account.catalogue.permission(written)
    if found is None:
        listing = f"permissions --world {live_account.catalogue.world}"
        raise _unknown("permission", written, list(live_account.catalogue.titles), listing)
    level = live_account.catalogue.titles[found].level
    if scope is not None and level is Level.WORKSPACE and scope == ACCOUNT:
        message = f"`{found}` is a permission in workspaces"
        raise RbacSyncError(message, hint="say in which: `-w HANDLE`")
    if scope is not None and level is Level.ACCOUNT and scope != ACCOUNT:
        message = f"`{found}` is a permission of the account"
        raise RbacSyncError(message, hint="leave `-w` out")
    return found


def _principals(live_account: LiveAccount) -> Iterator[Address]:
    yield from (r.address for r in live_account.state.resources() if r.kind in named.PRINCIPALS)


def _unshown(what: str, name: str, live_account: LiveAccount) -> RbacSyncError:
    message = f"whether there is a {what} `{name}` is not known: not everything is seen"
    return RbacSyncError(message, hint="; ".join(live_account.horizon.reasons))


def _unknown(what: str, name: str, known: list[str], listing: str = "show") -> RbacSyncError:
    from ..config.problems import Problems

    hint = Problems().meant(name, known) or f"see what there is: `rbac-sync {listing}`"
    return RbacSyncError(f"there is no {what} `{name}`", hint=hint)


def asked_addresses(review: Review, selection: Selection) -> None:
    """Check that what is selected is live or declared; a slip would look like `No changes.`.

    Raises:
        RbacSyncError: it is neither.
    """
    asked = (*selection.targets, *selection.excludes)
    if not asked:
        return
    known = set(_addresses(review.plan.live)) | set(_addresses(review.declaration.desired))
    for name in asked:
        if name not in known and not any(text.startswith(f"{name}/") for text in known):
            raise _unknown("address", name, list(known))


def _addresses(state: State) -> Iterator[str]:
    yield from (str(resource.address) for resource in state.resources())
    yield from (str(binding.address) for binding in state.bindings())


def explained(code: str) -> str:
    """Return what is to know about a rule of the guard or an error code.

    Raises:
        RbacSyncError: there is no such code.
    """
    from .. import guard
    from ..config import CODES
    from ..guard import RuleId

    rules = {number: rule for rule, number in guard.CODES.items()}
    wanted = code.upper().replace("-", "_")
    if (rule := rules.get(wanted, wanted)) in guard.RULES:
        known = guard.RULES[RuleId(rule)]
        return f"{known.code} {known.id}\n\n{known.explanation}"
    if wanted in CODES:
        found = CODES[wanted]
        return f"{wanted} {found.title}\n\n{found.explanation}"
    raise _unknown("rule", code, [*guard.RULES, *rules, *CODES], "rule")


def codes() -> Iterator[str]:
    """Yield a line for each rule of the guard, then for each error code."""
    from .. import guard
    from ..config import CODES

    yield from (f"{code} {rule}" for rule, code in guard.CODES.items())
    yield from (f"{code} {CODES[code].title}" for code in sorted(CODES))


def pulled(
    live_account: LiveAccount, settings: BackendConfig, folder: Path, *, overwrite: bool
) -> Iterator[str]:
    """Write what is live below *folder* and yield the name of each file.

    Raises:
        RbacSyncError: a file is there already, and *overwrite* is not asked for; or the key is
            not shown everything.
    """
    from .. import config

    if not live_account.horizon.is_whole:
        message = "this key is not shown all of the account, so it cannot be written down"
        raise RbacSyncError(message, hint="; ".join(live_account.horizon.reasons))
    files = config.export(
        live_account.state,
        live_account.catalogue,
        settings,
        live_account.now,
        live_account.capabilities,
    )
    there = [name for name in files if (folder / name).exists()]
    if there and not overwrite:
        message = f"`{folder / there[0]}` is there already"
        raise RbacSyncError(message, hint="choose an empty folder, or pass `--overwrite`")
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        yield str(path)


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
