"""The only way to read and write an account: every change is a plan, which the guard judges."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import cached_property
from types import MappingProxyType
from typing import Any, TypeVar, cast
from uuid import UUID, uuid4

from ..audit.record import Authorship
from ..backends.interface import Moment
from ..backends.store import founding
from ..backends.store.accounts import Accounts, Caller
from ..backends.store.documents import Documents
from ..backends.store.id_index import WholeIds
from ..backends.store.session import StoreSession
from ..backends.store.writer import StoreWriter
from ..errors import CredentialError
from ..guard import Entrance, Finding, GuardContext, examine
from ..guard.recent import NOTHING
from ..model import Address, Binding, Key, Policy, State, User
from ..planning import Change, Plan
from ..planning.capabilities import INVITATION
from .issuer import Issuer
from .limits import RateLimit, check_name
from .outbox import Letter, Post, nowhere, send
from .read_view import ReadView
from .recent_removals import LastHour
from .refusals import Conflict, InvalidRequest, NotAllowed, Refusal, Unauthenticated

T = TypeVar("T")

NO_POLICIES: Mapping[str, Policy] = MappingProxyType({})
DEFAULT = Policy()
FAULTS = frozenset({"BUILTIN", "INVALID"})
"""The rules about impossible changes. Of each thing only the first finding is reported."""

FIRST = frozenset({"NO_AUTHORITY", "CAPABILITY"})
"""The rules on the caller. If one refuses, no other finding is in the response.
*Why*: findings of other rules reveal resources and holdings.
"""

MOST_KEPT = 16
"""The most accounts whose whole snapshot is in memory: the last used ones."""


class GuardedStore:
    """A store behind authentication and the guard."""

    def __init__(
        self,
        service: Accounts,
        policies: Mapping[str, Policy] = NO_POLICIES,
        rate: RateLimit | None = None,
        post: Post = nowhere,
        issuer: Issuer | None = None,
    ) -> None:
        """Guard *service* with the rules of the system and the *policies*, if there are any.

        *policies* are by world, each for the accounts of that world. *post*
        sends letters to invited users; *issuer* checks identity tokens.
        """
        self.service, self.rate = service, rate or RateLimit(None)
        self.post, self.issuer = post, issuer
        self._policies = policies
        self._entrance = Entrance.SERVER_WITH_POLICY if policies else Entrance.SERVER
        self._kept = OrderedDict[str, tuple[Moment, tuple[State, WholeIds]]]()

    def identify(self, api_key: str | None, world: str) -> Caller:
        """Return the owner of the key, in an account of *world*, and count the request.

        Raises:
            Refusal: the key is missing, unknown or expired, or the account is over its rate limit.
        """
        if not api_key:
            raise Unauthenticated
        try:
            caller = self.service.whose(api_key)
        except CredentialError:
            raise Unauthenticated from None
        if caller.world != world:
            raise Unauthenticated
        self.rate.take(caller.account_id)
        return caller

    @contextmanager
    def view(self, account: str, api_key: str) -> Iterator[ReadView]:
        """Open a view of *account* for the owner of the key."""
        with self.service.backend(account, api_key).open() as session:
            yield self.seen(session, _caller(session))

    def seen(self, session: StoreSession, who: Address) -> ReadView:
        """Return the view of *who*, an identified caller; access and ids are read when needed.

        *Why* whole ones are cached by the moment of the account: the account is the
        same at the same moment. Decisions about rights are not cached, and the guard judges
        writes from a new read.
        """
        state = session.state(lambda: self._whole(session)[0])
        register = session.register(lambda: self._whole(session)[1])
        return ReadView(session, who, state, register, session.change)

    def write(self, account: str, api_key: str, work: Callable[[WriteTransaction], T]) -> T:
        """Do *work* for the owner of the key, which is whole or not at all.

        *work* may be called again, under the lock of the account; see ``StoreBackend.transact``.
        """
        return self.write_as(account, _caller, work, api_key)

    def write_as(
        self,
        account: str,
        who: Callable[[StoreSession], Address],
        work: Callable[[WriteTransaction], T],
        api_key: str | None = None,
    ) -> T:
        """Do *work* for *who*, who was identified without a key, or by *api_key*; see ``write``."""
        run, letters = str(uuid4()), list[Letter]()

        def attempt(writer: object) -> T:
            session = cast("StoreWriter", writer)
            transaction = WriteTransaction(self, session, who(session), run)
            done = work(transaction)
            letters[:] = transaction.letters
            return done

        done = self.service.backend(account, api_key).transact(run, attempt, locks_late=True)
        for letter in letters:
            send(letter, self.post)
        return done

    def _whole(self, session: StoreSession) -> tuple[State, WholeIds]:
        id_, moment = session.account.id, session.moment()
        kept = self._kept.pop(id_, None)
        if kept is None or kept[0] != moment:
            kept = moment, (session.read(), WholeIds(session.account))
        self._kept[id_] = kept
        if len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return kept[1]

    def policy(self, world: str) -> Policy:
        """Return the policy for the accounts of *world*."""
        return self._policies.get(world, DEFAULT)

    def invitation(self, world: str) -> timedelta:
        """Return the lifetime of an invitation, within the limit of the policy."""
        if not self._policies:
            return INVITATION
        return min(INVITATION, timedelta(days=self.policy(world).max_invite_days))

    def findings(self, changes: tuple[Change, ...], view: ReadView, own: bool) -> list[Finding]:  # noqa: FBT001
        """Return the findings of the rules on *changes*."""
        session, policy = view.session, self.policy(view.catalogue.world)
        plan = Plan(view.state, changes)
        context = GuardContext(
            plan,
            view.catalogue,
            view.caller,
            view.now,
            policy,
            session.capabilities,
            horizon=session.horizon(),
            recent=NOTHING if own or not self._policies else LastHour(session, view.now),
        )
        return examine(context, self._entrance, own=own)


class WriteTransaction:
    """One write transaction: its reads and its writes, which are all on record.

    ``letters`` are sent after the commit, when their content is true.
    """

    def __init__(
        self, guarded: GuardedStore, writer: StoreWriter, caller: Address, run: str
    ) -> None:
        self.guarded, self._writer = guarded, writer
        self._by = Authorship(caller, run)
        writer.begin(self._by)
        self.letters: list[Letter] = []

    @cached_property
    def view(self) -> ReadView:
        """The view of the account at this point of the transaction."""
        writer = self._writer
        assert self._by.applier is not None, "somebody asks"
        state, register = writer.state(), writer.register()
        return ReadView(writer, self._by.applier, state, register, writer.change)

    @property
    def documents(self) -> Documents:
        """The documents besides access, for reading and writing."""
        return self._writer.documents

    def adopt(self, key: Key, secret: str) -> None:
        """Replace the secret of *key* by *secret*, which its owner has."""
        self._writer.adopt(key, secret)

    def branch(
        self, account: str, owner: User, reason: str, kept: Mapping[str, Mapping[str, Any]]
    ) -> UUID | None:
        """Create an account like this one; return its id, None if it exists. See ``founding``."""
        return founding.branch(self._writer, account, owner, reason=reason, kept=kept)

    def remark(self, about: Address, words: str) -> None:
        """Record an event about *about* that is no change of access."""
        self._writer.account.lock()
        self._writer.record(self._by.remark(about, words, self._writer.now()))

    def make(self, *changes: Change) -> Mapping[str, str]:
        """Make *changes* unless the guard refuses them; return new secrets by address.

        A change without an effect is judged, too, and not made.

        Raises:
            Refusal: the guard refuses one of them; nothing is written.
        """
        return self._make(changes, own=False)

    def make_own(self, *changes: Change) -> None:
        """Make *changes* for which the caller needs no permission.

        They concern the caller alone, or follow from a change that was allowed.
        """
        self._make(changes, own=True)

    def _make(self, changes: tuple[Change, ...], *, own: bool) -> Mapping[str, str]:
        view = self.view
        changes = tuple(map(_explained, changes))
        for change in changes:
            check_name(str(change.address))
        if findings := self.guarded.findings(changes, view, own):
            raise refusal(findings, changes, view)
        secrets: dict[str, str] = {}
        for change in changes:
            if change.before != change.after or change.brings:
                secrets |= self._writer.make(change)
                self._writer.record(self._by.record(change, self._writer.now()))
                self.__dict__.pop("view", None)
        return secrets


def _explained(change: Change) -> Change:
    """Return *change* with the reasons of the holdings that stay: the APIs have no reasons."""
    before, after = change.before, change.after
    if not isinstance(before, Binding) or not isinstance(after, Binding):
        return change
    known = {h.role: h.reason for h in before.roles if h.reason}
    roles = frozenset(replace(h, reason=known.get(h.role, "")) for h in after.roles)
    return replace(change, after=replace(after, roles=roles)) if known else change


def _caller(session: StoreSession) -> Address:
    caller = session.applier()
    if caller is None:
        raise Unauthenticated
    return caller


def refusal(findings: list[Finding], changes: tuple[Change, ...], view: ReadView) -> Refusal:
    """Return the refusal for *findings*: those of permissions before those of other rules."""
    barred = [finding for finding in findings if finding.rule in FIRST]
    faults = {f.address: f.message for f in reversed(findings) if f.rule in FAULTS}
    messages = (faults[f.address] if f.rule in FAULTS else f.message for f in barred or findings)
    message = "; ".join(dict.fromkeys(messages))
    rules = dict.fromkeys(finding.rule for finding in findings)
    if rules.keys() - {"INVALID", "IN_USE"}:
        return NotAllowed(message, () if barred else tuple(rules))
    if "IN_USE" in rules or any(_exists(change, view) for change in changes):
        return Conflict(message)
    return InvalidRequest(message)


def _exists(change: Change, view: ReadView) -> bool:
    before, after = change.before, change.after
    if after is None or (before and before.address == after.address):
        return False
    return view.state.find(after) is not None
