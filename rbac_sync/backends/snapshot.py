"""A snapshot of an account in a file, for plans without network or credential.

A pull request can be planned from a snapshot that a trusted run has written.
Such a plan is applied like any other plan: it has pins of the rows in the
snapshot that it depends on, and the guard judges it again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from enum import Flag
from functools import cached_property, reduce
from operator import or_
from typing import Any, TypeVar

from ..catalogues import catalogue
from ..dataclasses import dataclass, replace
from ..errors import BackendError
from ..model import (
    Action,
    Address,
    Catalogue,
    Horizon,
    Instant,
    Kind,
    Permission,
    Role,
    State,
)
from ..model.file_pieces import body_pieces, file_pieces
from ..model.instant import is_to_come, parsed, rfc3339
from ..model.plain import address, built, plain, resource
from ..model.settings import Settings
from ..planning import Capabilities, Expresses, Invitations, Limit, Writes
from .interface import PlainSession, Session, Settled, Target, Trail, Writer

FORMAT = 2
AGAIN = "write one with `rbac-sync pull --snapshot FILE`"
MALFORMED = (ValueError, TypeError, AttributeError, LookupError, RecursionError)

T = TypeVar("T")
F = TypeVar("F", bound=Flag)


@dataclass(frozen=True)
class Snapshot:
    """The state of an account as read; ``includes`` is the closure that the service reports."""

    target: Target
    moment: Instant
    state: State
    includes: Mapping[Permission, frozenset[Permission]]
    capabilities: Capabilities
    versions: Mapping[Address, str]
    horizon: Horizon

    def encoded(self) -> bytes:
        """Return the bytes of the file: one line for each resource, binding and version."""
        can = self.capabilities
        rows = [*self.state.resources(), *self.state.bindings()]
        body = {
            "format": FORMAT,
            "backend": plain(self.target),
            "taken": rfc3339(self.moment),
            "rows": [_row(r) for r in sorted(rows, key=lambda r: r.address)],
            "includes": [[p, sorted(included)] for p, included in sorted(self.includes.items())],
            "actions": [[k, sorted(verbs)] for k, verbs in sorted(can.actions.items())],
            "flags": _flags(can),
            "features": sorted(can.features),
            "horizon": {
                "kinds": sorted(self.horizon.kinds),
                "partly": [plain(a) for a in sorted(self.horizon.partly)],
                "more_workspaces": self.horizon.more_workspaces,
                "reasons": list(self.horizon.reasons),
            },
            "versions": [[plain(a), v] for a, v in sorted(self.versions.items())],
        }
        return b"".join(file_pieces(body_pieces(body)))


EXPRESSES = {
    "keeps_bases": Expresses.BASES,
    "keeps_ends": Expresses.ENDS,
    "keeps_reasons": Expresses.REASONS,
}
INVITATIONS = {
    "invites": Invitations.REQUIRED,
    "dated_invitations": Invitations.DATED,
    "pending_bindings": Invitations.HOLD_ROLES,
}
WRITES = {
    "atomic": Writes.WHOLE_RUNS,
    "rotates_keys": Writes.ROTATED_KEYS,
    "leavers": Writes.LEAVERS,
}
"""The names of the values of capabilities in the format."""


def _flags(can: Capabilities) -> dict[str, bool]:
    return {
        **{name: flag in can.expresses for name, flag in EXPRESSES.items()},
        **{name: flag in can.invitations for name, flag in INVITATIONS.items()},
        **{name: flag in can.writes for name, flag in WRITES.items()},
    }


def _set(flags: Mapping[str, Any], names: Mapping[str, F], nothing: F) -> F:
    """Return the flags whose names are true in *flags*, or missing, as in older files."""
    return reduce(or_, (flag for name, flag in names.items() if flags.get(name, True)), nothing)


def _row(row: Any) -> dict[str, Any]:
    builtin = {"builtin": True} if isinstance(row, Role) and row.builtin else {}
    return {**plain(row), **builtin}


def take_snapshot(session: Session) -> Snapshot:
    """Return the snapshot of an open session."""
    session.show_lists(None)
    state = session.read()
    rows = [r.address for r in state.resources()] + [b.address for b in state.bindings()]
    return Snapshot(
        session.target,
        session.now(),
        state,
        session.catalogue.includes,
        session.capabilities,
        session.versions(rows),
        session.horizon(),
    )


def decoded(content: bytes, limits: Callable[[str, frozenset[str]], tuple[Limit, ...]]) -> Snapshot:
    """Return the snapshot in *content*; *limits* are those of a type with some features.

    Raises:
        BackendError: the content is damaged, of another format, or no snapshot.
    """
    try:
        body = json.loads(content)
        if body["format"] != FORMAT:
            message = f"the snapshot is of format {body['format']}, not {FORMAT}"
            raise BackendError(message, hint=AGAIN)
        return _snapshot(body, limits)
    except MALFORMED as error:
        raise BackendError("the file is not a snapshot, or it is damaged", hint=AGAIN) from error


def check_moment(snapshot: Snapshot, now: Instant) -> None:
    """Check that *snapshot* was taken before *now*, the time of this machine.

    Raises:
        BackendError: it was taken after *now*.
    """
    if is_to_come(snapshot.moment, now):
        when, here = rfc3339(snapshot.moment), rfc3339(now)
        message = f"the snapshot says that it was taken at {when}, and here it is {here}"
        raise BackendError(message, hint=f"check both clocks, and {AGAIN}")


def check_account(snapshot: Snapshot, settings: Settings) -> None:
    """Check that *snapshot* is of the account of *settings*.

    Raises:
        BackendError: it is of another account: a plan would say what would change there.
    """
    target = snapshot.target
    if (target.type, target.account) != (settings.type, settings.account):
        message = f"the snapshot is of `{target.account}` of {target.type}, and not of the account"
        hint = f"name the snapshot of this account, or {AGAIN}"
        raise BackendError(f"{message} in `[backend]`", hint=hint)


def _snapshot(
    body: Mapping[str, Any], limits: Callable[[str, frozenset[str]], tuple[Limit, ...]]
) -> Snapshot:
    target, features = built(Target, body["backend"]), frozenset(body["features"])
    actions = {Kind(kind): frozenset(map(Action, verbs)) for kind, verbs in body["actions"]}
    flags = body["flags"]
    return Snapshot(
        target,
        parsed(body["taken"]),
        State(map(resource, body["rows"])),
        {Permission(p): frozenset(map(Permission, more)) for p, more in body["includes"]},
        Capabilities(
            actions=actions,
            limits=limits(target.type, features),
            expresses=_set(flags, EXPRESSES, Expresses.NOTHING),
            invitations=_set(flags, INVITATIONS, Invitations.NONE),
            writes=_set(flags, WRITES, Writes.NONE),
            features=features,
        ),
        {address(row): str(version) for row, version in body["versions"]},
        _horizon(body["horizon"]),
    )


def _horizon(body: Mapping[str, Any]) -> Horizon:
    more = body["more_workspaces"]
    if not isinstance(more, bool):
        raise TypeError("it is true or false")
    kinds, partly, reasons = (_list(body[name]) for name in ("kinds", "partly", "reasons"))
    horizon = Horizon(
        frozenset(map(Kind, kinds)),
        frozenset(map(address, partly)),
        frozenset(),
        frozenset(),
        more,
        tuple(map(str, reasons)),
    )
    if bool(reasons) is horizon.is_whole:
        raise ValueError("what is not shown has a reason, and what is shown has none")
    return horizon


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError("it is a list")
    return value


class SnapshotBackend:
    """A read-only backend on a snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        """Read from *snapshot*."""
        self._session = SnapshotSession(snapshot)

    @contextmanager
    def open(self) -> Iterator[SnapshotSession]:
        """Open a session on the snapshot."""
        yield self._session

    def settle(self, secrets: Mapping[str, str | None]) -> Settled:  # noqa: ARG002
        """Return no keys: a snapshot has no runs."""
        return Settled()

    def transact(self, run: str, work: Callable[[Writer], T]) -> T:  # noqa: ARG002
        """Refuse to write.

        Raises:
            BackendError: always.
        """
        raise BackendError(
            f"run `{run}` cannot be made in a snapshot", hint="apply it to what is live"
        )


class SnapshotSession(PlainSession):
    """A session of the account in a snapshot. There is no credential: plan with ``--as``."""

    def __init__(self, snapshot: Snapshot) -> None:
        """Read from *snapshot*."""
        self._snapshot = snapshot
        self.target, self.capabilities = snapshot.target, snapshot.capabilities

    @cached_property
    def catalogue(self) -> Catalogue:
        """The catalogue of the world, with the included permissions that the service reported."""
        known = catalogue(self.target.world)
        roles = {a: r for a, r in self._snapshot.state.of(Role).items() if r.builtin}
        return replace(known, includes=self._snapshot.includes, roles={**known.roles, **roles})

    @property
    def trail(self) -> Trail:
        """Raise an error: a snapshot has no trail.

        Raises:
            BackendError: always.
        """
        raise BackendError("a snapshot has no audit trail", hint="ask what is live")

    def applier(self) -> Address | None:
        """Return None: there is no credential."""
        return None

    def now(self) -> Instant:
        """Return the time of the snapshot."""
        return self._snapshot.moment

    def read(self, like: State | None = None) -> State:  # noqa: ARG002
        return self._snapshot.state

    def horizon(self) -> Horizon:
        return self._snapshot.horizon

    def versions(self, addresses: Iterable[Address]) -> Mapping[Address, str]:
        known = self._snapshot.versions
        return {address: known[address] for address in addresses if address in known}

    def applied(self, plan_digest: str) -> bool:  # noqa: ARG002
        """Return False: a snapshot has no later runs."""
        return False
