"""The checks of ``doctor``: what a run needs, one by one, each with its remedy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Any, TypeVar

from ..backends.interface import Backend, Session
from ..backends.remote.journaled_backend import JournaledBackend
from ..dataclasses import dataclass, replace
from ..errors import BackendError, CredentialError, RbacSyncError
from ..guard import Access
from ..guard.findings import listed
from ..model import ACCOUNT, Catalogue, Level, State, Workspace, label, place
from ..planning import Writes
from .configuration import Configuration, validate
from .queries import live_state

T = TypeVar("T")

LARGEST_OFFSET = timedelta(minutes=5)
"""The largest difference between the clocks of this machine and of the account."""


class CheckState(StrEnum):
    """The result of a check; a check that depends on a failed one is skipped."""

    OK = "ok"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that a run needs: the result of its check, and a hint if it failed.

    If a check that ``blocks`` fails, the account cannot be opened.
    """

    name: str
    state: CheckState
    message: str
    hint: str = ""
    blocks: bool = True


ACCOUNT_CHECKS = ("credential", "clock", "visibility", "rights", "unsettled")
"""The checks that need an open account and a credential, in their order."""


def checks(
    load: Callable[[], Configuration], connect: Callable[[Configuration], Backend]
) -> Iterator[Check]:
    """Yield every check of the configuration that *load* reads, each after those that it needs."""
    check, configuration = _result("configuration", partial(_read, load), _named)
    yield check
    if configuration is None:
        yield from _skipped("the configuration cannot be read", "credential", "database", "journal")
        return
    check, backend = _result("credential", lambda: connect(configuration))
    if backend is None:
        yield check
        yield from _skipped("there is no way to the account", "database", "journal")
        return
    way = list(_way_checks(backend))
    yield from way
    blocked = [check.name for check in way if check.state is CheckState.FAILED and check.blocks]
    if blocked:
        yield from _skipped(f"`{blocked[0]}` has to be mended first", *ACCOUNT_CHECKS)
    else:
        yield from _account_checks(configuration, backend)


def _result(
    name: str, ask: Callable[[], T], describe: Callable[[Any], str] = str
) -> tuple[Check, T | None]:
    """Return the check of the result of *ask*, and this result; None if *ask* raises an error."""
    try:
        result = ask()
    except RbacSyncError as error:
        return Check(name, CheckState.FAILED, str(error), error.hint), None
    return Check(name, CheckState.OK, describe(result)), result


def _check(name: str, ask: Callable[[], str]) -> Check:
    """Return the check with the message that *ask* returns, failed if it raises an error."""
    return _result(name, ask)[0]


def _skipped(reason: str, *names: str) -> Iterator[Check]:
    yield from (Check(name, CheckState.SKIPPED, reason) for name in names)


def _read(load: Callable[[], Configuration]) -> Configuration:
    configuration = load()
    validate(configuration, datetime.now(UTC))
    return configuration


def _named(configuration: Configuration) -> str:
    settings = configuration.settings
    return f"`{configuration.sources.root.name}` names `{settings.account}` of `{settings.type}`"


def _way_checks(backend: Backend) -> Iterator[Check]:
    """Yield the checks of the connection between this machine and the account."""
    if isinstance(backend, JournaledBackend):
        yield _check("proxy", backend.describe_proxy)
        yield _check("certificates", backend.describe_authorities)
        yield _check("journal", backend.describe_journal)
        yield replace(_check("journal kept", backend.check_journal), blocks=False)
    else:
        yield Check("proxy", CheckState.OK, "none on the way to a database")
        yield Check("certificates", CheckState.OK, "a PostgreSQL URL names them; SQLite has none")
        yield _check("database", lambda: _database(backend))
        yield replace(_check("journal", lambda: _journal_in_store(backend)), blocks=False)


def _database(backend: Backend) -> str:
    with backend.open() as session:
        return f"`{session.target.url}`, with the tables of this version"


def _journal_in_store(backend: Backend) -> str:
    """Return the place of the journal of a store.

    Raises:
        BackendError: the store is a file that cannot be written.
    """
    from ..backends.store.backend import StoreBackend

    if isinstance(backend, StoreBackend):
        backend.check_file()
    return "in the store, beside the rows that it records"


def _account_checks(configuration: Configuration, backend: Backend) -> Iterator[Check]:
    try:
        with backend.open() as session:
            credential = _check("credential", lambda: _credential(session))
            yield credential
            if credential.state is CheckState.FAILED:
                yield from _skipped("the key has to be accepted first", *ACCOUNT_CHECKS[1:])
                return
            yield _check("clock", lambda: _clock(session))
            yield _check("visibility", lambda: _visibility(session))
            yield _check("rights", lambda: _rights(configuration, session))
            yield _check("unsettled", lambda: _unsettled(session))
    except RbacSyncError as error:
        yield Check("account", CheckState.FAILED, str(error), error.hint)


def _credential(session: Session) -> str:
    applier = session.applier()
    if applier is None:
        raise CredentialError("there is no credential", hint="set `RBAC_SYNC_API_KEY`")
    return f"the key of `{label(applier)}` in `{session.target.account}`"


def _visibility(session: Session) -> str:
    session.read()
    horizon = session.horizon()
    if not horizon.is_whole:
        message = "the key is not shown all of the account"
        raise BackendError(message, hint="; ".join(horizon.reasons))
    return "the key is shown all of the account"


def _rights(configuration: Configuration, session: Session) -> str:
    """Return the message that the applier may manage the declared resources.

    Raises:
        BackendError: it lacks a permission for that.
    """
    desired = configuration.declaration_for(session).desired
    lacking = list(_lacking(desired, session.catalogue, live_state(session), session))
    if lacking:
        message = f"planning works, applying needs {'; '.join(lacking)}"
        raise BackendError(message, hint="apply with the key of an owner or admin of the account")
    return "enough to manage what is declared"


def _lacking(desired: State, catalogue: Catalogue, live: State, session: Session) -> Iterator[str]:
    """Yield, by scope, the permissions that the applier needs to manage *desired* and lacks."""
    access = Access(live, catalogue)
    held = access.authority(session.applier(), session.now())
    kinds = {resource.kind for resource in desired.resources()}
    kinds |= {binding.kind for binding in desired.bindings()}
    for scope in (ACCOUNT, *sorted(desired.of(Workspace))):
        level = Level.ACCOUNT if scope == ACCOUNT else Level.WORKSPACE
        rights = (
            right.permission
            for (_, kind, _), right in catalogue.manages.items()
            if kind in kinds and right.level is level
        )
        missing = access.alphabet.names(access.alphabet.mask(rights) & ~held.mask(scope))
        if missing and (scope == ACCOUNT or live.knows(scope)):
            few = listed(sorted(missing), 3 if len(missing) == 3 else 2)  # noqa: PLR2004 - 3 fit
            yield f"{few} in {place(scope)}"


def _clock(session: Session) -> str:
    """Return the message with the difference between the clocks of this machine and the account.

    Raises:
        BackendError: too far.
    """
    offset = abs(datetime.now(UTC) - session.now())
    seconds = f"{offset.total_seconds():,.0f} s"
    if offset > LARGEST_OFFSET:
        message = f"this machine's clock is {seconds} away from the account's"
        raise BackendError(message, hint="set the clock of this machine, by NTP")
    return f"{seconds} away from the clock of the account"


def _unsettled(session: Session) -> str:
    if count := session.unsettled():
        changes = "1 change" if count == 1 else f"{count} changes"
        message = f"the outcome of {changes} of an earlier run is not known"
        raise BackendError(message, hint="run `rbac-sync apply`, which finds it out first")
    is_kept_here = Writes.WHOLE_RUNS in session.capabilities.writes
    has_run = is_kept_here or any(session.trail.latest())
    return "no run ended half-way" if has_run else "no run is on record here"
