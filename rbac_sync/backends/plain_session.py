"""The base of sessions, and values that backends return."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from ..named_tuples import NamedTuple

if TYPE_CHECKING:
    from ..audit.record import Touch
    from ..audit.row_facts import Mismatch
    from ..model import Address
    from ..planning import Change
    from ..planning.extent import Extent
    from ..planning.plan import Absence, ReplacedKey
    from .interface import RecordedSession


class Settled(NamedTuple):
    """The keys of earlier runs after settling, by address as text.

    ``kept`` are live, with a secret that was given to the user; ``lost`` are keys whose secret
    nobody has, which were revoked and are to be created again.
    """

    kept: frozenset[str] = frozenset()
    lost: frozenset[str] = frozenset()


class Moment(NamedTuple):
    """A moment of one account, which differs from those of other accounts and other histories.

    ``account`` is the id of the account, ``serial`` its last drawn number; ``seq`` and ``hash``
    are those of the last row of its trail.
    """

    account: str
    serial: int
    seq: int
    hash: str


class PlainSession:
    """The base of sessions: the answers of a target that has a state and nothing beside it.

    A session overrides each method about which its target has facts.
    """

    def restrict(self, extent: Extent) -> None:
        """Leave nothing unread."""

    def show_lists(self, objects: Collection[Address] | None) -> None:
        """Add no access lists to later reads."""

    def touched(self, addresses: Collection[Address]) -> Mapping[Address, Touch]:  # noqa: ARG002
        return {}

    def absences(self, people: Collection[Address]) -> Mapping[Address, Absence]:  # noqa: ARG002
        return {}

    def makers(self, keys: Collection[Address]) -> Mapping[Address, str]:  # noqa: ARG002
        return {}

    def damage(self) -> Sequence[Mismatch]:
        return ()

    def unrecorded(self) -> Sequence[Mismatch]:
        return ()

    def replaced(self) -> Sequence[ReplacedKey]:
        return ()

    def unsettled(self) -> int:
        return 0

    def made(self, plan_digest: str) -> tuple[Change, ...]:  # noqa: ARG002
        return ()

    @property
    def recorded_session(self) -> RecordedSession | None:
        return None
