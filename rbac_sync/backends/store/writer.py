"""A writer of an account of a store, which holds its lock."""

from __future__ import annotations

from collections.abc import Mapping

from ...audit.record import Authorship, Record
from ...audit.row_facts import with_kept
from ...model import ACCOUNT, Key, Kind
from ...planning import Change
from ..interface import Target
from . import row_facts
from . import tables as t
from .account import Account
from .handlers import Bindings, Keys, Roles, Teams
from .session import StoreSession

KEPT = "what decides who may come in was changed"


class StoreWriter(StoreSession):
    """A writer of one account. Writes are held back until the next read.

    The account is locked, or will be when the first change is made.
    """

    def __init__(self, account: Account, target: Target, api_key: str | None) -> None:
        """Write to *account*."""
        super().__init__(account, target, api_key)
        self._by = Authorship(None, "")
        self._waiting: Record | None = None
        roles: Roles = self._handlers[Kind.ROLE]
        roles.insert_builtin()

    def note_account(self) -> None:
        """Add the facts of the account itself, which is new, to the next record."""
        self._batch.note(row_facts.ACCOUNT, row_facts.of_account(self.account))

    def begin(self, authorship: Authorship) -> None:
        """Note the applier and the plan of the run. Without this call, a run has no plan."""
        self._by = authorship

    def make(self, change: Change) -> Mapping[str, str]:
        """Make *change*, and return the secret of a key that it creates. See ``Writer``."""
        self.keep_record()
        self._batch.step()
        secret: str | None = self._handlers[change.resource.kind].make(change)
        bindings: Bindings = self._handlers[Kind.BINDING]
        for binding in change.brings:
            bindings.create(binding)
        teams: Teams = self._handlers[Kind.TEAM]
        for team in change.joins:
            teams.join(team, change.address)
        return {str(change.address): secret} if secret else {}

    def revoke(self, key: Key) -> None:
        self.make(Change(key, None))

    def adopt(self, key: Key, secret: str) -> None:
        """Replace the secret of *key* by *secret*, which its owner has; see ``invitations``."""
        keys: Keys = self._handlers[Kind.KEY]
        keys.adopt(key, secret)

    def record(self, record: Record) -> None:
        """Add one record to the audit trail, with the facts that are noted until the next one."""
        self.keep_record()
        self._waiting = record

    def keep_record(self) -> None:
        """Write the waiting record, with the facts that were noted since."""
        if self._waiting is not None:
            self._trail.append(with_kept(self._waiting, self._batch.noted()))
            self._waiting = None

    def has_run(self, run: str) -> bool:
        """Say whether the run of this id was committed before."""
        return bool(self.account.find(t.run, "id", id=run))

    def finish(self, run: str) -> None:
        """Write all that is held back, and the row of *run*. Only the COMMIT is left to do."""
        self.account.lock()
        self._batch.insert(t.run, id=run, plan_digest=self._by.plan_digest)
        self._batch.flush()
        self._record_rest()
        self._trail.flush()
        self.account.keep_serial()

    def _record_rest(self) -> None:
        """Write the last record, or a new one for noted facts without a record."""
        self.keep_record()
        if rest := self._batch.noted():
            self._trail.append(with_kept(self._by.remark(ACCOUNT, KEPT, self.now()), rest))
