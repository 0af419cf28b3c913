"""The interface of a backend: sessions, writers, trails."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import NamedTuple, Protocol, TypeVar, runtime_checkable

from ..audit.chain import Link
from ..audit.record import Authorship, Record, Touch
from ..audit.row_facts import Mismatch
from ..model import Address, Catalogue, Horizon, Instant, Key, State
from ..planning import Capabilities, Change
from ..planning.extent import Extent
from ..planning.plan import Absence, ReplacedKey
from ..planning.planfile import Target

__all__ = [
    "Backend",
    "Moment",
    "RecordedSession",
    "Session",
    "Settled",
    "Target",
    "Trail",
    "Writer",
]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Settled:
    """The keys of earlier runs after settling, by address as text.

    ``kept`` are live and the secret that was given is theirs; ``lost`` were live, are
    nobody's to use, and are to be made again.
    """

    kept: frozenset[str] = frozenset()
    lost: frozenset[str] = frozenset()


class Moment(NamedTuple):
    """A moment of one account, which no other account and no other history comes to.

    ``account`` is its id, ``serial`` the last number that it gave; ``seq`` and ``hash`` are those
    of the last row of its trail.
    """

    account: str
    serial: int
    seq: int
    hash: str


class Trail(Protocol):
    """The audit trail of one account."""

    @property
    def place(self) -> object:
        """The place of the trail, as text for people."""
        ...

    def links(self) -> Iterator[Link]:
        """Yield the whole chain, oldest row first."""
        ...

    def latest(self, limit: int | None, since: Instant | None, who: str) -> Sequence[Link]:
        """Return the newest rows first: at most *limit*, from *since* on, by or for *who*."""
        ...


class Session(Protocol):
    """An open look at one account. Everything it returns is of one moment."""

    @property
    def target(self) -> Target:
        """The account, as plans name it."""
        ...

    @property
    def catalogue(self) -> Catalogue:
        """The permissions and built-in roles of the account's world, as they are now."""
        ...

    @property
    def capabilities(self) -> Capabilities:
        """The capabilities of this account."""
        ...

    @property
    def trail(self) -> Trail:
        """The audit trail.

        Raises:
            BackendError: there is none, or the account's plan does not show it.
        """
        ...

    def applier(self) -> Address | None:
        """Return the principal whose credential this is; None without a credential.

        Raises:
            CredentialError: there is a credential, and it is not accepted.
        """
        ...

    def now(self) -> Instant:
        """Return the backend's own time; the client's clock decides nothing."""
        ...

    def restrict(self, extent: Extent) -> None:
        """Let what people hold in other workspaces than *extent* be unread, if that saves work.

        Before anything is read, or to read more than was read: what is read then is of that
        later moment. The horizon tells of the workspaces that were passed over.
        """
        ...

    def read(self, like: State | None = None) -> State:
        """Return the live state, all or nothing. Permissions of roles are closed.

        What is in it as in *like* may be shared with that: most of an account is as it is
        declared, and two states of it then take no more memory than one. Of objects, what
        ``show_lists`` has named is in it, and every other list that is not open where that
        costs no further request.
        """
        ...

    def show_lists(self, objects: Collection[Address] | None) -> None:
        """Have every later ``read`` show the access lists of *objects*, open ones too; None: all.

        What is not there is not shown. To read one may cost a request.
        """
        ...

    def versions(self, addresses: Iterable[Address]) -> Mapping[Address, str]:
        """Return, for each address that is live, a text that changes with every write to it."""
        ...

    def touched(self, addresses: Collection[Address]) -> Mapping[Address, Touch]:
        """Return who last changed which of *addresses*, as far as the target tells of all changes.

        What has been deleted is among them.
        """
        ...

    def absences(self, people: Collection[Address]) -> Mapping[Address, Absence]:
        """Return what is known of *people*, who are no members: were they, and who are they now.

        Nobody is among them of whom nothing is known: a target tells of some time, or of nothing.
        """
        ...

    def damage(self) -> Sequence[Mismatch]:
        """Return each row of the target that cannot be read, as far as we see its rows at all."""
        ...

    def unrecorded(self, records: Iterable[Record]) -> Sequence[Mismatch]:
        """Return each row beside the state that decides who may come in, and is not as recorded.

        None where the target keeps such rows to itself.
        """
        ...

    def horizon(self) -> Horizon:
        """Return what ``read`` could not see: ``WHOLE`` if it saw everything."""
        ...

    def makers(self, keys: Collection[Address]) -> Mapping[Address, str]:
        """Return who made which of *keys*, as the trail names them; nothing of what is unknown."""
        ...

    def replaced(self) -> Sequence[ReplacedKey]:
        """Return the live keys that are not those which rbac-sync made, as far as it is known."""
        ...

    def unsettled(self) -> int:
        """Return how many changes of runs that ended half-way have no known outcome yet.

        None where a run is made whole or not at all. The next run settles them first; a key
        among them may be live without a secret that anybody has.
        """
        ...

    def applied(self, plan_digest: str) -> bool:
        """Say whether a plan of this digest has been applied to this account before."""
        ...


@runtime_checkable
class RecordedSession(Protocol):
    """A session of an account whose trail tells of each change, so that less can be read."""

    def moment(self) -> Moment:
        """Return the moment that this session sees: another after each write."""
        ...

    def changed_since(self, moment: Moment) -> frozenset[Address] | None:
        """Return the workspaces that were changed, or whose access was, since *moment*.

        None if the account was never at *moment*, if other things were changed since, or so much
        that it is better to read everything.
        """
        ...

    def state(self) -> State:
        """Return the live state, which reads what it is asked for while the session is open."""
        ...

    def pass_over(self, scopes: Collection[Address]) -> None:
        """Let who holds what in *scopes* be unread, where ``restrict`` does not ask for it."""
        ...


class Writer(Session, Protocol):
    """A session that may write."""

    def begin(self, authorship: Authorship) -> None:
        """Note who applies which plan: once, and before the first change of a run."""
        ...

    def made(self, plan_digest: str) -> tuple[Change, ...]:
        """Return the changes that interrupted runs of a plan of this digest left made, in order.

        None where a run is made whole or not at all.
        """
        ...

    def make(self, change: Change) -> Mapping[str, str]:
        """Make one change and return the secrets it brought into being, by address as text.

        Where each change stands as soon as it is made, its outcome is noted by ``record``:
        a secret is put where it stays in between.

        Raises:
            BackendError: it could not be made.
        """
        ...

    def revoke(self, key: Key) -> None:
        """Revoke *key*, which the last change has made and whose secret could not be kept.

        Raises:
            BackendError: it could not be revoked.
        """
        ...

    def record(self, record: Record) -> None:
        """Add one row to the audit trail, in the transaction where the backend has one.

        Where each change stands as soon as it is made, this notes the outcome of the last one.
        """
        ...


class Backend(Protocol):
    """One account of one system. Built from a ``[backend]`` table."""

    def open(self) -> AbstractContextManager[Session]:
        """Open a session for reading."""
        ...

    def settle(self, secrets: Mapping[str, str | None]) -> Settled:
        """Settle what earlier runs left open, so that a plan can be made of what is so.

        *secrets* are what an interrupted run has kept, by address as text, with None for
        a key that it was about to make.
        """
        ...

    def transact(self, run: str, work: Callable[[Writer], T]) -> T:
        """Do *work* under the account's lock, whole or not at all where the target can.

        May call *work* again from the start if the target lost it. *run* is
        looked up before anything is repeated, so that a commit whose answer
        was lost is not made twice.

        Raises:
            Locked: somebody else holds the account.
            BackendError: anything else.
        """
        ...
