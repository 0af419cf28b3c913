"""Writes of others between the judgement of a write and its lock.

A write judges first and locks later. Whatever comes between, the outcome must be that of writes
which are judged under the lock, one after the other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import product
from random import Random
from time import sleep
from uuid import uuid4

import pytest

from rbac_sync.audit.chain import flaws
from rbac_sync.audit.record import Authorship
from rbac_sync.audit.replay import differences, replay
from rbac_sync.backends.store.accounts import Accounts
from rbac_sync.backends.store.backend import StoreBackend
from rbac_sync.backends.store.basis import INSTANT, Basis
from rbac_sync.errors import BackendError, CredentialError
from rbac_sync.model import (
    ACCOUNT,
    Binding,
    Holding,
    Key,
    Level,
    Permission,
    Role,
    Status,
    Team,
    User,
    Workspace,
    held,
)
from rbac_sync.model.resources import role
from rbac_sync.planning import Change
from rbac_sync.server.commands.bindings import leave_scope, revoke_role, set_role
from rbac_sync.server.commands.invitations import invite
from rbac_sync.server.commands.keys import create_key, revoke_key
from rbac_sync.server.commands.memberships import leave_account, remove_from_account, set_status
from rbac_sync.server.commands.profiles import set_domains, update_profile
from rbac_sync.server.commands.resources import create, delete, update
from rbac_sync.server.commands.teams import add_members, remove_member
from rbac_sync.server.commands.workspaces import update_workspace
from rbac_sync.server.guarded_store import GuardedStore
from rbac_sync.server.refusals import Missing, Refusal
from rbac_sync.testing.account import run
from tests.audit.separate_checks import gaps
from tests.backends.store.stores import connected, dump
from tests.new_store import begin

from .graphql.tenants import STRANGER, staged

OWNER, MEMBER = role(Level.ACCOUNT, "owner"), role(Level.ACCOUNT, "member")
VIEWER, RUNNER = role(Level.WORKSPACE, "viewer"), role(Level.WORKSPACE, "runner")
LEADS = role(Level.WORKSPACE, "owner")
CUSTOM = Role(Level.WORKSPACE, "custom", frozenset())
PROD, DEV = Workspace("prod"), Workspace("dev")
FIRST, OTTO, BO, CY = (User(f"{name}@example.org") for name in ("olivia", "otto", "bo", "cy"))
OPS = Team("ops")


class LockedFirst(Accounts):
    """The accounts of a store whose writes are all judged under the lock."""

    def backend(self, account, api_key):
        """Return the backend on one account."""
        return LockedBackend(self._url, account, api_key, store=self._store)


class LockedBackend(StoreBackend):
    """A backend whose writes are judged under the lock."""

    def transact(self, run, work, *, locks_late=False):
        """Do *work* under the lock."""
        return super().transact(run, work)


@dataclass
class Company:
    """An account with two owners and two members, and their keys."""

    guarded: GuardedStore
    name: str
    keys: dict[User, str]

    def do(self, who, command, *given):
        """Let *who* do *command*; return what became of it."""
        try:
            self.guarded.write(self.name, self.keys[who], lambda t: command(t, *given))
        except (Refusal, CredentialError) as error:
            return type(error).__name__, str(error)
        return "done"

    def plant(self, *changes):
        """Make resources past the guard; return the secrets of new keys."""
        by = Authorship(None, str(uuid4()))
        made = run(self.guarded.service.backend(self.name, None), changes, by)
        return {key: secret for secrets in made for key, secret in secrets.items()}

    def session(self):
        """Open a session for reading."""
        return self.guarded.service.backend(self.name, None).open()


def founded(service, name):
    """Found an account in a store."""
    key = begin(service._url, name, "prefect-cloud", FIRST.email)
    made = Company(GuardedStore(service), name, {FIRST: key})
    changes = [Change(None, each) for each in (PROD, DEV, CUSTOM, OPS)]
    for who, account_role in ((OTTO, OWNER), (BO, MEMBER), (CY, MEMBER)):
        brings = (Binding(who.address, ACCOUNT, held(account_role)),)
        changes += [Change(None, who, brings=brings), Change(None, Key(who.address, "test"))]
    changes.append(Change(None, Binding(BO.address, PROD.address, held(LEADS))))
    secrets = made.plant(*changes)
    for who in (OTTO, BO, CY):
        made.keys[who] = secrets[str(Key(who.address, "test").address)]
    return made


def the_live(transaction, resource):
    """Return *resource* as it is now; refuse the request if it is not there."""
    there = transaction.view.state.get(resource.address)
    if there is None:
        raise Missing
    return there


def giving(transaction, who, scope, given):
    """Give a role."""
    the_live(transaction, who)
    if scope != ACCOUNT:
        the_live(transaction, Workspace(scope.key))
    set_role(transaction, who.address, scope, given)


def revoking(transaction, who, scope, given):
    """Revoke a role."""
    revoke_role(transaction, who.address, scope, given)


def removing(transaction, who):
    """Remove a member."""
    the_live(transaction, who)
    remove_from_account(transaction, who.address)


def suspending(transaction, who, status):
    """Suspend a member, or make one active."""
    set_status(transaction, [the_live(transaction, who)], status)


def making(transaction, resource):
    """Create a resource."""
    create(transaction, resource)


def deleting(transaction, resource):
    """Delete a resource."""
    delete(transaction, the_live(transaction, resource))


def describing(transaction, resource, words):
    """Give a resource a description."""
    there = the_live(transaction, resource)
    update(transaction, there, replace(there, description=words))


def permitting(transaction, permissions):
    """Change the permissions of the custom role."""
    there = the_live(transaction, CUSTOM)
    update(transaction, there, replace(there, permissions=permissions))


def defaulting(transaction, workspace, roles):
    """Set the default roles of a workspace."""
    there = the_live(transaction, workspace)
    update_workspace(transaction, there, there, roles)


def joining(transaction, who):
    """Add somebody to the team."""
    add_members(transaction, the_live(transaction, OPS), [the_live(transaction, who).address])


def parting(transaction, who):
    """Remove somebody from the team."""
    remove_member(transaction, the_live(transaction, OPS), who.address)


def keyed(transaction, who):
    """Create a key of one name."""
    create_key(transaction, Key(the_live(transaction, who).address, "again"))


def unkeyed(transaction, who):
    """Revoke all keys of somebody."""
    for entry in transaction.view.register.keys.get(who.address, ()):
        revoke_key(transaction, entry)


def counting(transaction):
    """Add one to a number in a document, which leaves no trace in the account."""
    there = transaction.documents.named("number", ACCOUNT)
    number = there.content["number"] if there else 0
    transaction.documents.set("number", ACCOUNT, {"number": number + 1})


def inviting(transaction, email):
    """Invite somebody."""
    invite(transaction, [(email, MEMBER)], again=False)


PEOPLE, SCOPES = (FIRST, OTTO, BO, CY), (PROD.address, DEV.address)
HOLDERS, NEW = (*PEOPLE, OPS), (DEV, CUSTOM, OPS, Workspace("new"), Team("new"))
RIGHTS = [frozenset(map(Permission, names)) for names in ((), ["run_flows"], ["delete_workspaces"])]
OPERATIONS = [
    *product([giving], HOLDERS, SCOPES, [VIEWER, CUSTOM.address]),
    *product([giving], PEOPLE, [ACCOUNT], [OWNER, MEMBER]),
    *product([revoking], [BO], SCOPES, [VIEWER, LEADS]),
    *product([suspending], PEOPLE, [Status.SUSPENDED, Status.ACTIVE]),
    *product([making, deleting], NEW),
    *product([describing], [DEV, OPS, CUSTOM], ["a", "b"]),
    *product([permitting], RIGHTS),
    *product([defaulting], [PROD, DEV], [[], [VIEWER], [CUSTOM.address]]),
    *product([removing, joining, parting, keyed, unkeyed], PEOPLE),
    *product([inviting], ["new@example.org", "bo@example.org"]),
    *product([update_profile], [{"handle": "h"}, {"handle": "i"}]),
    *product([set_domains], [["a.org"], ["b.org", "a.org"]]),
    (counting,),
    (leave_account,),
    (leave_scope, PROD.address),
]


@pytest.fixture
def between(monkeypatch):
    """Do something between the judgement of the next write and its lock; say whether it was."""
    waiting = []
    lock = Basis.lock

    def locked_later(basis):
        while waiting:
            waiting.pop()()
        return lock(basis)

    monkeypatch.setattr(Basis, "lock", locked_later)
    return waiting


def outcomes(company, first, others, waiting):
    """Let *others* come between the judgement of *first* and its lock; return all outcomes.

    They are in the order of the writes: *others* come first if *first* came as far as the lock.
    """
    told = []

    def interfere():
        told.extend(company.do(*each) for each in others)

    waiting.append(interfere)
    last = company.do(*first)
    if not waiting:
        return [*others, first], [*told, last]
    waiting.clear()
    interfere()
    return [first, *others], [last, *told]


def content(company):
    """Return the account, and what its trail says without times, ids and secrets."""
    with company.session() as session:
        live, links = session.read(), list(session.trail.links())
        things = {_undated(each) for each in (*live.resources(), *live.bindings())}
        rows = [INSTANT.sub("", repr((*row.texts[1:4], *row.texts[-3:]))) for row in links]
        return things, rows, [document.content for document in session.documents.of("number")]


def _undated(each):
    return replace(each, expires=None) if isinstance(each, User) else each


def verify(company):
    """Check that the chain is whole, and that the rows are as the trail says."""
    with company.session() as session:
        live, links = session.read(), list(session.trail.links())
        assert list(flaws(links)) == list(gaps(links, session.catalogue)) == []
        told = replay((row.record for row in links), session.catalogue)
        assert list(differences(told, live)) == []
        assert list(session.damage()) == list(session.unrecorded()) == []


def walk(late, locked, random, rounds, waiting):
    """Make random writes with others between, in one account and in turn in another one."""
    name = uuid4().hex
    one, other = founded(late, f"late-{name}"), founded(locked, f"locked-{name}")
    for _ in range(rounds):
        writes = [(random.choice(PEOPLE), *random.choice(OPERATIONS)) for _ in "123"]
        first, *others = writes[: random.choice((2, 3))]
        order, told = outcomes(one, first, others, waiting)
        assert [other.do(*each) for each in order] == told, order
        assert content(one) == content(other), order
    verify(one)


@pytest.mark.parametrize("walks", [1, pytest.param(500, marks=pytest.mark.long)])
def test_a_write_with_others_before_its_lock_is_as_if_it_was_judged_under_it(
    store_url, between, walks
):
    late, locked = Accounts(store_url), LockedFirst(store_url)
    for seed in range(walks):
        walk(late, locked, Random(seed), 8, between)


@pytest.fixture
def acme(store_url):
    """An account in a store."""
    return founded(Accounts(store_url), "acme")


def counted(company, waiting, others, who, command, *given):
    """Let *others* come between; return what became of *command*, and how often it was judged."""
    judged = []

    def work(transaction):
        judged.append(1)
        command(transaction, *given)

    waiting.append(lambda: [company.do(*each) for each in others])
    outcome = company.do(who, work)
    assert waiting == []
    return outcome, len(judged)


@pytest.mark.parametrize(
    ("other", "judged"),
    [
        ((giving, CY, DEV.address, RUNNER), 1),
        ((giving, BO, PROD.address, RUNNER), 2),
        ((giving, CY, PROD.address, RUNNER), 1),
        ((giving, CY, ACCOUNT, OWNER), 1),
        ((describing, DEV, "words"), 1),
        ((describing, PROD, "words"), 2),
        ((joining, BO), 2),
        ((set_domains, ["example.org"]), 1),
        ((making, Workspace("new")), 1),
    ],
    ids=lambda value: "" if isinstance(value, int) else value[0].__name__,
)
def test_a_write_is_judged_again_only_if_another_may_have_changed_what_it_has_read(
    acme, between, other, judged
):
    giving_bo = (giving, BO, PROD.address, VIEWER)
    assert counted(acme, between, [(OTTO, *other)], FIRST, *giving_bo) == ("done", judged)
    verify(acme)


def test_a_role_that_comes_where_none_was_is_replaced(acme, between):
    runner, viewer = ((giving, OPS, PROD.address, each) for each in (RUNNER, VIEWER))
    assert counted(acme, between, [(OTTO, *runner)], FIRST, *viewer) == ("done", 2)
    with acme.session() as session:
        assert session.read().holdings(OPS.address, PROD.address) == held(VIEWER)


def test_a_document_that_is_written_before_the_lock_is_read_again(acme, between):
    assert counted(acme, between, [(OTTO, counting)], FIRST, counting) == ("done", 2)
    with acme.session() as session:
        assert session.documents.named("number", ACCOUNT).content == {"number": 2}


@pytest.mark.parametrize("text", ["9999-12-31T23:59:59-01:00", "2026-13-01T00:00:00Z"])
def test_a_text_of_a_client_may_look_like_an_instant_and_be_none(acme, text):
    def noting(transaction):
        transaction.documents.set("number", ACCOUNT, {"number": text})

    assert [acme.do(FIRST, noting) for _ in "12"] == ["done", "done"]


def test_a_remark_is_seen_by_a_write_that_has_read_the_trail(acme, between):
    def remarking(transaction):
        rows = transaction.view.session.trail.length()
        transaction.remark(ACCOUNT, f"there are {rows} rows")

    assert counted(acme, between, [(OTTO, remarking)], FIRST, remarking) == ("done", 2)


def test_two_owners_who_remove_each_other_leave_one(acme, between):
    removal = [(OTTO, giving, FIRST, ACCOUNT, MEMBER)]
    (kind, words), judged = counted(acme, between, removal, FIRST, giving, OTTO, ACCOUNT, MEMBER)
    assert (kind, judged) == ("NotAllowed", 2)
    assert words == "`olivia@example.org` may not update `member.otto@example.org/account_role`"


def test_the_last_of_two_owners_who_leave_at_once_stays(acme, between):
    outcome, judged = counted(acme, between, [(OTTO, leave_account)], FIRST, leave_account)
    assert judged == 2
    words = (
        "`member.olivia@example.org` would leave 0 active owners who are people; the minimum is 1"
    )
    assert outcome == ("NotAllowed", words)


def test_a_key_that_is_revoked_before_the_lock_makes_nothing(acme, between):
    outcome, _ = counted(
        acme, between, [(FIRST, unkeyed, BO)], BO, giving, CY, PROD.address, VIEWER
    )
    assert outcome[0] == "CredentialError"
    with acme.session() as session:
        assert session.read().holdings(CY.address, PROD.address) == frozenset()


def test_a_key_of_another_tenant_that_is_revoked_before_the_lock_makes_nothing(store_url, between):
    with staged(store_url) as stage:
        stage.admin.do("create_tenant", name="Beta", slug="beta")
        me = stage.admin.me()["user_id"]
        made = stage.admin.do("create_api_key", user_id=me, name="brief")
        brief = replace(stage.admin, key=made["key"]).to("beta")
        between.append(lambda: stage.admin.do("delete_api_key", key_id=made["id"]))
        assert brief.refused("create_custom_role", name="dev", permissions=[]) == STRANGER
        assert "dev" not in repr(stage.trail("beta"))


@pytest.mark.parametrize("ending", ["role", "key"])
def test_what_ends_before_the_lock_gives_no_right(acme, between, ending):
    with acme.session() as session:
        end = session.now() + timedelta(seconds=0.3)
    if ending == "role":
        lead = Binding(CY.address, PROD.address, frozenset({Holding(LEADS, until=end)}))
        acme.plant(Change(None, lead))
    else:
        acme.plant(Change(None, Binding(CY.address, PROD.address, held(LEADS))))
        (acme.keys[CY],) = acme.plant(Change(None, Key(CY.address, "short", end))).values()
    between.append(lambda: sleep(0.31))
    assert acme.do(CY, giving, BO, PROD.address, VIEWER) != "done"


def test_a_schema_that_is_changed_before_the_lock_is_not_written_to(acme, between, store_url):
    def migrated():
        with connected(store_url) as other:
            other.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")

    between.append(migrated)
    with pytest.raises(BackendError, match="the store has schema 9999"):
        acme.do(FIRST, giving, BO, PROD.address, VIEWER)


def test_without_a_trace_in_the_account_only_documents_are_written(tmp_path):
    url = f"sqlite:///{tmp_path / 'rbac.db'}"
    company, traceless = founded(Accounts(url), "acme"), set()
    after = dump(url)
    for operation in {each[0]: each for each in OPERATIONS}.values():
        company.do(OTTO, *operation)
        before, after = after, dump(url)
        if (before["account"], before["audit"]) == (after["account"], after["audit"]):
            traceless |= {name for name in after if after[name] != before[name]}
    assert traceless == {"document", "run"}
