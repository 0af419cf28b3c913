"""Sessions that write to a remote account: each change is in the journal before it is sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, TypeVar

from ...audit.record import DONE, FAILED, Authorship, Record
from ...errors import NoAnswer, RbacSyncError
from ...model import (
    Action,
    Key,
    Kind,
    ServiceAccount,
    label,
)
from ...model.resources import unexplained
from ...planning import Change, followed, objects_of
from ...planning.planner import normal
from ...planning.unseen import is_unseen
from ..handler_session import Handler
from ..interface import Settled
from .journal import Intent
from .journaled_session import JournaledSession

Rows = TypeVar("Rows")

Secrets = Mapping[str, str | None]
"""Secrets by address as text; None where none has come."""
Opens = Callable[[str], str]
"""Says the id of whoever a secret is a key of; empty if it is none."""
LOST = "made, and its secret lost"


class JournaledWriter(JournaledSession[Rows]):
    """A session that writes to one account, under the lock of its journal."""

    _by: Authorship
    _open: tuple[int, Change] | None = None
    """The number of the intent whose change is made, and whose outcome is not noted yet."""

    def begin(self, authorship: Authorship) -> None:
        """Note in the journal who applies which plan, so that what is left of it is found."""
        self._by = authorship
        self._journal.begin(authorship)

    def make(self, change: Change) -> Mapping[str, str]:
        """Make *change*; its intent is on the disk before anything is sent. See ``Writer``."""
        self._learn_ids(change)
        mark = self._handlers[change.address.kind].mark(change.resource)
        number = self._journal.intend(self._by.run, change, mark)
        try:
            secrets = super().make(change)
        except NoAnswer:
            raise
        except RbacSyncError as error:
            (intent,) = (i for i in self._journal.unrecorded() if i.number == number)
            self._journal.conclude(intent, FAILED, self.now(), str(error))
            raise
        self._open = number, change
        return secrets

    def revoke(self, key: Key) -> None:
        """Revoke *key*, which was just made. See ``Writer``.

        Its intent is still open, so whatever ends this, the next run looks at what is live.
        """
        handler: Any = self._handlers[Kind.KEY]
        try:
            handler.revoke(key)
        finally:
            self._look_again()
        if left := handler.trace(key):
            self._journal.lose(left)

    def _note_key(self, change: Change, handler: Handler[Rows]) -> None:
        """Keep the id of a key that was made, so that one in its place is not taken for it."""
        match change.before, change.after:
            case _, Key() as key:
                self._journal.keep_key(str(key.owner), key.name, handler.mark(key))
            case Key() as key, None:
                self._journal.drop_key(str(key.owner), key.name)
            case ServiceAccount() as old, ServiceAccount() as new if old.name != new.name:
                self._journal.rename_owner(str(old.address), str(new.address))

    def record(self, record: Record) -> None:
        """Note the outcome of the last change, and add one row to the trail.

        Both are on the disk when this returns.
        """
        with self._journal.transaction():
            if self._open:
                self._note_outcome(*self._open, record.result)
            self._journal.record(record)
        self._open = None

    def _note_outcome(self, number: int, change: Change, outcome: str) -> None:
        handler = self._handlers[change.address.kind]
        if outcome == DONE:
            self._note_key(change, handler)
        self._journal.settle(number, outcome)
        self._remark(handler)

    def settle(
        self, secrets: Secrets = MappingProxyType({}), opens: Opens = lambda _: ""
    ) -> Settled:
        """Settle what earlier runs left open, by looking at what is live.

        What this key is not shown stays open, for a key that is. An outcome that the journal
        has, without a row of the trail, is not believed either: both are written at once.
        Of *secrets*, which an interrupted run has kept, *opens* says whose they are.
        """
        kept = self._kept(secrets, opens) if secrets else frozenset()
        lost = set()
        self.show_lists(objects_of(intent.change for intent in self._journal.unrecorded()))
        for intent in self._journal.unrecorded():
            if is_unseen(intent.change, self.horizon(), self.read()):
                continue
            outcome, reason = self._outcome(intent, kept)
            if reason == LOST:
                lost.add(str(intent.change.address))
            who, _ = self.caller()
            self._journal.conclude(intent, outcome, self.now(), reason, label(who))
        return Settled(kept, self._lose_others(secrets, kept) | lost)

    def _kept(self, secrets: Secrets, opens: Opens) -> frozenset[str]:
        """Return which of *secrets* are those of live keys; all where keys are not shown."""
        if Kind.KEY in self.horizon().kinds:
            return frozenset(key for key, secret in secrets.items() if secret)
        live = {str(address): key for address, key in self.read().of(Key).items()}
        known = ((key, secret) for key, secret in secrets.items() if secret and key in live)
        return frozenset(key for key, secret in known if self._is_of(live[key], opens(secret)))

    def _is_of(self, key: Key, whose: str) -> bool:
        """Say whether *whose* is the id of the owner of *key*."""
        return bool(whose) and self._ids.known(whose) in (None, key.owner)

    def _lose_others(self, secrets: Secrets, kept: frozenset[str]) -> frozenset[str]:
        """Take keys for lost that a run was about to make, are live, and have no secret that works.

        One that this journal knows to be made has its secret elsewhere.
        """
        if not secrets.keys() - kept:
            return frozenset()
        made = set(self._journal.keys().values())
        live = {str(a): self._id_of(a) for a in self.read().of(Key)}
        lost = {key: live[key] for key in secrets.keys() - kept if key in live}
        lost = {key: id_ for key, id_ in lost.items() if id_ not in made}
        for id_ in lost.values():
            self._journal.lose(id_)
        return frozenset(lost)

    def _outcome(self, intent: Intent, kept: frozenset[str] = frozenset()) -> tuple[str, str]:
        """Return what became of *intent*, and what there is to say of it.

        A key whose secret nobody got is as good as none: it counts as lost,
        and is made again by the next plan that declares it. Those of *kept* have theirs.
        """
        change = intent.change
        if not self._is_made(intent):
            return FAILED, "nothing of it is live"
        if _is_key(change) and str(change.address) not in kept:
            self._journal.lose(self._traced(change))
            return FAILED, LOST
        if _is_key(change):
            self._note_key(change, self._handlers[Kind.KEY])
        return DONE, "found live"

    def _is_made(self, intent: Intent) -> bool:
        change = intent.change
        is_new = change.action in (Action.CREATE, Action.REPLACE) or _is_key(change)
        live = normal(self.read(), self.catalogue)
        if change.after and not all(map(live.knows, change.after.references)):
            return False  # what it is about has gone meanwhile
        if not is_new or change.address.kind is Kind.BINDING:
            return followed(live, [_unexplained(change)]) == live
        if _is_key(change) and change.before is None and live.get(change.address) is not None:
            return True
        earlier = "", self._known_key(change) or intent.mark
        new = self._service.polled(lambda: self._traced(change) not in earlier or None)
        return new is not None

    def _known_key(self, change: Change) -> str:
        """Return the id of the key that *change* replaces, where rbac-sync made it; else nothing.

        It is kept with the outcome of the run that made it, so it is a better witness than a mark.
        """
        if not isinstance(key := change.before, Key):
            return ""
        return self._journal.keys().get((str(key.owner), key.name), "")

    def _traced(self, change: Change) -> str:
        """Return the id of what *change* makes, empty if it is not there."""
        return self._handlers[change.address.kind].trace(change.after)

    def _remark(self, handler: Handler[Rows]) -> None:
        """Put on record what *handler* has to say beyond the change itself."""
        for address, words in handler.remarks:
            self._journal.record(self._by.remark(address, words, self.now()))
        handler.remarks.clear()


def _unexplained(change: Change) -> Change:
    """Return *change* without reasons, which the service does not keep."""
    before, after = (side and unexplained(side) for side in (change.before, change.after))
    return replace(
        change, before=before, after=after, brings=tuple(map(unexplained, change.brings))
    )


def _is_key(change: Change) -> bool:
    """Say whether *change* makes a key."""
    return change.address.kind is Kind.KEY and change.after is not None
