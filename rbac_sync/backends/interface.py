"""The interface of a backend: sessions, writers, trails."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol, TypeVar

from ..planning.planfile import Target
from .plain_session import Moment, PlainSession, Settled

if TYPE_CHECKING:
    from ..audit.chain import Link
    from ..audit.record import Authorship, Record, Touch
    from ..audit.row_facts import Mismatch
    from ..audit.search import Search
    from ..model import Address, Catalogue, Horizon, Instant, Key, State
    from ..model.live_holdings import LiveHoldings
    from ..planning import Capabilities, Change
    from ..planning.extent import Extent
    from ..planning.plan import Absence, ReplacedKey

__all__ = [
    "Backend",
    "Moment",
    "PlainSession",
    "RecordedSession",
    "Session",
    "Settled",
    "Target",
    "Trail",
    "Writer",
]

T = TypeVar("T")


class Trail(Protocol):
    """The audit trail of one account."""

    @property
    def place(self) -> object:
        """The place of the trail, as text for people."""

    def links(self) -> Iterator[Link]:
        """Yield the whole chain, oldest row first."""

    def latest(self, search: Search = ...) -> Iterator[Link]:
        """Yield the newest rows first, from ``since`` on: at least those that *search* selects.

        Without *search* it yields all rows.
        """


class Session(Protocol):
    """An open view of one account. All its answers are of one moment."""

    @property
    def target(self) -> Target:
        """The account, as plans name it."""

    @property
    def catalogue(self) -> Catalogue:
        """The permissions and built-in roles of the account's world, as they are now."""

    @property
    def capabilities(self) -> Capabilities:
        """The capabilities of this account."""

    @property
    def trail(self) -> Trail:
        """The audit trail.

        Raises:
            BackendError: there is no trail, or the account's subscription does not show it.
        """

    def applier(self) -> Address | None:
        """Return the owner of the credential; None without a credential.

        Raises:
            CredentialError: the credential is not accepted.
        """

    def now(self) -> Instant:
        """Return the backend's own time; the client's clock decides nothing."""

    def restrict(self, extent: Extent) -> None:
        """Leave the holdings in workspaces outside of *extent* unread, if that saves work.

        Call it before the first read, or later to extend the read workspaces: the added ones are
        then of the later moment. The horizon has the unread workspaces.
        """

    def read(self, like: State | None = None) -> State:
        """Return the complete live state. Roles have their included permissions.

        Parts that equal those of *like* may be the same objects: most of an account is as it is
        declared, and two states then take no more memory than one. It has the access lists that
        ``show_lists`` has named, and every other list that is not open, where that
        needs no further request.
        """

    def show_lists(self, objects: Collection[Address] | None) -> None:
        """Make later reads include the access lists of *objects*, open ones too; None: of all.

        Missing objects are left out. Each list may need a request.
        """

    def versions(self, addresses: Iterable[Address]) -> Mapping[Address, str]:
        """Return, for each live address, a text that changes with every write to it."""

    def touched(self, addresses: Collection[Address]) -> Mapping[Address, Touch]:
        """Return the last change of each of *addresses*, if the target has a record of all changes.

        Deleted resources have one, too.
        """

    def absences(self, people: Collection[Address]) -> Mapping[Address, Absence]:
        """Return the absences of *people*, who are no members: former members and renamed ones.

        Users without any record are left out.
        """

    def damage(self) -> Sequence[Mismatch]:
        """Return each damaged row of the target, if the backend has access to rows."""

    def unrecorded(self) -> Sequence[Mismatch]:
        """Return each row outside of the state that differs from the trail, which has no flaws.

        Nothing if the target does not show such rows.
        """

    def horizon(self) -> Horizon:
        """Return the horizon of ``read``: ``WHOLE`` if nothing was hidden or unread."""

    def makers(self, keys: Collection[Address]) -> Mapping[Address, str]:
        """Return the creators of *keys*, as the trail names them; unknown ones are left out."""

    def replaced(self) -> Sequence[ReplacedKey]:
        """Return the live keys that are known to have replaced keys of rbac-sync."""

    def unsettled(self) -> int:
        """Return the number of changes of interrupted runs whose outcome is unknown.

        0 if a run is applied as a whole or not at all. The next run settles them first; a key
        among them may be live although nobody has its secret.
        """

    def applied(self, plan_digest: str) -> bool:
        """Say whether a plan of this digest has been applied to this account before."""

    @property
    def recorded_session(self) -> RecordedSession | None:
        """The session itself, if the account has a record of each change; else None."""


class RecordedSession(Session, Protocol):
    """A session of an account with a record of each change, so that less has to be read."""

    def moment(self) -> Moment:
        """Return the moment of this session; it differs after each write."""

    def changed_since(self, moment: Moment) -> frozenset[Address] | None:
        """Return the workspaces that were changed, or whose access was, since *moment*.

        None if the account was never at *moment*, if other resources were changed since, or so many
        that it is better to read everything.
        """

    def state(self) -> State:
        """Return the live state, which reads its parts when needed, while the session is open."""

    @property
    def people(self) -> State:
        """The live users and their account roles, which are read when needed.

        ``read`` does not read them if they are the declared ones, too.
        """
        ...

    @property
    def live_holdings(self) -> LiveHoldings:
        """The live holdings, for comparisons that hold nothing in memory."""
        ...

    def pass_over(self, scopes: Collection[Address]) -> None:
        """Leave the holdings in *scopes* unread: they are known to be as declared."""


class Writer(Session, Protocol):
    """A session that may write."""

    def begin(self, authorship: Authorship) -> None:
        """Note the applier and the plan of the run: once, before its first change."""

    def made(self, plan_digest: str) -> tuple[Change, ...]:
        """Return the changes that interrupted runs of the plan with this digest made, in order.

        Empty if a run is applied as a whole or not at all.
        """

    def make(self, change: Change) -> Mapping[str, str]:
        """Make one change and return the secrets that it created, by address as text.

        If a change cannot be rolled back, ``record`` notes its outcome; until then
        the backend keeps its secret.

        Raises:
            BackendError: the change was not possible.
        """

    def revoke(self, key: Key) -> None:
        """Revoke *key*, which the last change created and whose secret could not be stored.

        Raises:
            BackendError: the key could not be revoked.
        """

    def record(self, record: Record) -> None:
        """Add one row to the audit trail, in the transaction where the backend has one.

        If a change cannot be rolled back, this notes the outcome of the last one.
        """


class Backend(Protocol):
    """A backend: one account of one system, created from a ``[backend]`` table."""

    def open(self) -> AbstractContextManager[Session]:
        """Open a session for reading."""

    def settle(self, secrets: Mapping[str, str | None]) -> Settled:
        """Settle the intents of earlier runs without an outcome, so that a plan starts from facts.

        *secrets* are those of an interrupted run, by address as text, with None for
        a key that it was about to create.
        """

    def transact(self, run: str, work: Callable[[Writer], T]) -> T:
        """Do *work* under the lock of the account, in one transaction if the target has these.

        *work* may be called again from the start if the transaction failed. *run* is
        looked up before a repetition, so that a commit whose response
        was lost is not repeated.

        Raises:
            Locked: another run has the lock of the account.
            BackendError: anything else.
        """
