"""Sessions that write to a remote account: each change is in the journal before it is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, TypeVar

from ...audit.record import DONE, FAILED, Authorship, Record
from ...errors import NoAnswer, RbacSyncError
from ...model import Action, Key, Kind, ServiceAccount, State, User, label
from ...model.reasons import unexplained
from ...planning import Change, followed, objects_of
from ...planning.target_form import normal
from ...planning.unseen import is_out_of_sight
from ..interface import Settled
from .handler import ApiHandler
from .journal import Intent
from .journaled_session import JournaledSession
from .request import LOST

Rows = TypeVar("Rows")

Secrets = Mapping[str, str | None]
"""The secrets of keys by address as text; None for a key whose secret was never received."""
Opens = Callable[[str], str]
"""Returns the id of the owner of a secret; empty if the service does not accept the secret."""
KEY_LOST = "made, and its secret lost"
UNLIKE = "what is live is not what was asked for: nothing, a part of it, or what others made of it"


class JournaledWriter(JournaledSession[Rows]):
    """A session that writes to one account, under the lock of its journal."""

    _by: Authorship
    _open: Intent | None = None
    """The intent whose outcome is not recorded yet."""

    def begin(self, authorship: Authorship) -> None:
        """Record in the journal who applies which plan; the next run settles its open intents."""
        self._by = authorship
        self._journal.begin(authorship)

    def make(self, change: Change) -> Mapping[str, str]:
        """Make *change*; its intent is on the disk before the request is sent. See ``Writer``."""
        self._learn_ids(change)
        handler = self._handlers[change.address.kind]
        mark = handler.mark(change.before or change.resource)
        intent = self._journal.intend(self._by.run, change, mark)
        before, recovered = self._service.writes, self._service.recovered
        try:
            secret = handler.make(change)
            if self._service.recovered > recovered and not _is_key(change):
                self._confirm(intent)
        except NoAnswer:
            raise
        except RbacSyncError as error:
            if not (done := self._service.writes - before):
                self._journal.conclude(intent, FAILED, self.now(), str(error))
                raise
            reason = f"{error}; of the requests for this change, {done} had been done before"
            self._journal.conclude(intent, FAILED, self.now(), reason)
            raise type(error)(reason, hint=error.hint) from error
        finally:
            self._look_again()
        self._open = intent
        return {str(change.address): secret} if secret else {}

    def _confirm(self, intent: Intent) -> None:
        """Check what was found after a lost response as the next run would: from the whole state.

        *Why*: the row of a thing that somebody else made does not show all that others gave to it.

        Raises:
            NoAnswer: it is not what *intent* leads to, or cannot be read.
        """
        self._look_again()
        self.restrict(None)
        message = f"`{intent.change.address}`: no usable answer came"
        try:
            is_made = self._is_made(intent)
        except RbacSyncError as error:
            message = f"{message}, and looking for it failed ({error})"
            raise NoAnswer(message, hint=LOST) from error
        if not is_made:
            raise NoAnswer(f"{message}, and {UNLIKE}", hint=LOST)

    def revoke(self, key: Key) -> None:
        """Revoke *key*, which was just made. See ``Writer``.

        Its intent is still open: if this fails, the next run settles it from the live state.
        """
        handler: Any = self._handlers[Kind.KEY]
        try:
            handler.revoke(key)
        finally:
            self._look_again()
        if left := handler.trace(key):
            self._journal.lose(left)

    def _note_key(self, change: Change, handler: ApiHandler[Any, Rows]) -> None:
        """Record the id of a new key, so that a later key of the same name is told apart."""
        match change.before, change.after:
            case _, Key() as key:
                self._journal.keep_key(str(key.owner), key.name, handler.mark(key))
            case Key() as key, None:
                self._journal.drop_key(str(key.owner), key.name)
            case ServiceAccount() as old, ServiceAccount() as new if old.name != new.name:
                self._journal.rename_owner(str(old.address), str(new.address))

    def record(self, record: Record) -> None:
        """Record the outcome of the last change, and add one row to the audit trail.

        Both are on the disk when this returns.
        """
        with self._journal.transaction():
            if self._open:
                change = self._open.change
                handler = self._handlers[change.address.kind]
                if record.result == DONE:
                    self._note_key(change, handler)
                self._remark(handler)
            self._journal.record(record, self._open)
        self._open = None

    def settle(
        self, secrets: Secrets = MappingProxyType({}), opens: Opens = lambda _: ""
    ) -> Settled:
        """Settle the open intents of earlier runs from the live state.

        An intent whose resource this API key may not see stays open. An outcome in the journal
        without a row in the trail is settled again, because both are written together.
        *secrets* are those that an interrupted run has kept; *opens* names their owners.
        """
        kept = self._kept(secrets, opens) if secrets else frozenset()
        lost = set()
        intents = self._journal.unrecorded()
        self.show_lists(objects_of(intent.change for intent in intents))
        for intent in intents:
            if is_out_of_sight(intent.change, self.horizon(), self.read()):
                continue
            outcome, reason = self._outcome(intent, kept)
            if reason == KEY_LOST:
                lost.add(str(intent.change.address))
            self._journal.conclude(intent, outcome, self.now(), reason, label(self.caller()))
        return Settled(kept, self._lose_others(secrets, kept) | lost)

    def _kept(self, secrets: Secrets, opens: Opens) -> frozenset[str]:
        """Return the addresses of those *secrets* that open live keys; all if keys are hidden."""
        if Kind.KEY in self.horizon().kinds:
            return frozenset(key for key, secret in secrets.items() if secret)
        live = {str(address): key for address, key in self.read().of(Key).items()}
        known = ((key, secret) for key, secret in secrets.items() if secret and key in live)
        return frozenset(key for key, secret in known if self._is_of(live[key], opens(secret)))

    def _is_of(self, key: Key, whose: str) -> bool:
        """Say whether *whose* is the id of the owner of *key*."""
        return bool(whose) and self._ids.known(whose) in (None, key.owner)

    def _lose_others(self, secrets: Secrets, kept: frozenset[str]) -> frozenset[str]:
        """Record live keys of *secrets* that are not *kept* as lost: their secrets do not work.

        A key whose id is in this journal is not lost: its secret is kept elsewhere.
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
        """Return the outcome of *intent* and its reason.

        A key whose secret was never received counts as lost, and the next plan that
        declares it makes it again. The secrets of *kept* were received.
        """
        change = intent.change
        if not self._is_made(intent):
            return FAILED, UNLIKE
        if _is_key(change) and str(change.address) not in kept:
            self._journal.lose(self._traced(change))
            return FAILED, KEY_LOST
        self._note_key(change, self._handlers[change.address.kind])
        return DONE, "found live"

    def _is_made(self, intent: Intent) -> bool:
        """Say whether what is live is what *intent* leads to, and nothing that others added to it.

        *Why* from the state: somebody else may have made a thing of that name meanwhile.
        """
        change = _unexplained(intent.change)
        if change.after and not all(map(self.read().knows, change.after.references)):
            return False  # a resource that it refers to is gone
        if not self._is_another(change, intent.mark):
            return False
        live = normal(self.read(), self.catalogue)
        if change.action is Action.RENAME:
            assert change.before is not None
            gone = live.get(change.before.address) is None
            return gone and live.get(change.address) == change.after
        return followed(live, _anew(change, live)) == live

    def _is_another(self, change: Change, mark: str) -> bool:
        """Say whether what *change* makes has another id than *mark*; it may become visible late.

        A renamed thing keeps its id. Other changes make nothing with an id.
        """
        if change.action is Action.RENAME:
            return mark in ("", self._traced(change))
        is_new = change.action in (Action.CREATE, Action.REPLACE) or _is_key(change)
        if not is_new or change.address.kind is Kind.BINDING:
            return True
        earlier = "", self._known_key(change) or mark
        new = self._service.polled(lambda: self._traced(change) not in earlier or None)
        self._look_again()
        return new is not None

    def _known_key(self, change: Change) -> str:
        """Return the recorded id of the key that *change* replaces; empty if there is none.

        It is more reliable than a mark: it was recorded together with the outcome of its intent.
        """
        if not isinstance(key := change.before, Key):
            return ""
        return self._journal.keys().get((str(key.owner), key.name), "")

    def _traced(self, change: Change) -> str:
        """Return the id of the resource that *change* makes, empty if it does not exist."""
        return self._handlers[change.address.kind].trace(change.after)

    def _remark(self, handler: ApiHandler[Any, Rows]) -> None:
        """Add the remarks of *handler* to the audit trail."""
        for address, words in handler.remarks:
            self._journal.record(self._by.remark(address, words, self.now()))
        handler.remarks.clear()


def _unexplained(change: Change) -> Change:
    """Return *change* without reasons, which the service does not store."""
    before, after = (side and unexplained(side) for side in (change.before, change.after))
    return replace(
        change, before=before, after=after, brings=tuple(map(unexplained, change.brings))
    )


def _anew(change: Change, live: State) -> Iterator[Change]:
    """Yield the steps after which only what *change* leads to is in the place of what is *live*.

    A new thing is made in place of the live one, and so without what others gave to that.
    """
    after = change.after
    if after is None or change.action not in (Action.CREATE, Action.REPLACE):
        yield change
        return
    if isinstance(after, User) and isinstance(current := live.get(after.address), User):
        after = replace(after, expires=after.expires or current.expires)
    yield Change(after, None)
    yield replace(change, before=None, after=after)


def _is_key(change: Change) -> bool:
    """Say whether *change* makes a key."""
    return change.address.kind is Kind.KEY and change.after is not None
