"""The versions of rows: whatever is asked for, and no more is read than that."""

from __future__ import annotations

import pytest

from rbac_sync.backends.database.engine import address, engine, reading
from rbac_sync.backends.store import versions as versions_module
from rbac_sync.backends.store.account import Account
from rbac_sync.backends.store.versions import versions
from rbac_sync.model import (
    ACCOUNT,
    EVERYONE,
    Binding,
    Key,
    Kind,
    Level,
    Role,
    ServiceAccount,
    Team,
    User,
    Workspace,
)
from rbac_sync.model import address as named
from rbac_sync.model.address import Address
from rbac_sync.model.settings import WAIT
from rbac_sync.planning import Change

from .stores import MEMBER, VIEWER, founded, live, made, workspaces

BOT, OPS = ServiceAccount("ci"), Team("ops")


def filled(store_url, people=5, count=3):
    """Return the addresses of a store in which everything has a row."""
    backend = founded(store_url)
    users = [User(f"u{n}@example.org") for n in range(people)]
    scopes = [Workspace(f"w{n}").address for n in range(count)]
    holders = [*(user.address for user in users), OPS.address, EVERYONE]
    bound = [Change(None, Binding(who, w, VIEWER)) for who in holders for w in scopes]
    joining = [Change(None, u, brings=(Binding(u.address, ACCOUNT, MEMBER),)) for u in users]
    robot = Change(None, BOT, brings=(Binding(BOT.address, ACCOUNT, MEMBER),))
    others = [Role(Level.WORKSPACE, "reader"), OPS, Key(BOT.address, "main")]
    made(
        backend,
        *workspaces(count),
        *joining,
        robot,
        *(Change(None, r) for r in others),
        *bound,
    )
    state = live(backend)
    return backend, [r.address for r in [*state.resources(), *state.bindings()]]


def asked(store_url, addresses):
    with reading(engine(address(store_url), WAIT)) as connection:
        return versions(Account.unlocked(connection, "acme"), addresses)


def test_everything_that_is_live_has_a_version(store_url):
    _, found = filled(store_url)

    assert asked(store_url, found).keys() == set(found)


@pytest.mark.parametrize(("few", "most"), [(0, 500), (5_000, 2), (5_000, 4), (5_000, 500)])
def test_how_the_rows_are_named_makes_no_difference(store_url, monkeypatch, few, most):
    _, found = filled(store_url)
    whole = asked(store_url, found)
    monkeypatch.setattr(versions_module, "MOST_ROWS", few)
    monkeypatch.setattr(versions_module, "MOST_NAMED", most)

    for some in (found, found[::2], found[1::3], *([each] for each in found)):
        assert asked(store_url, some) == {address: whole[address] for address in some}


def test_what_does_not_exist_has_no_version(store_url):
    backend, _ = filled(store_url)
    user, other = named.user("u1@example.org"), named.user("nobody@example.org")
    made(backend, Change(Binding(user, named.workspace("w1"), VIEWER), None), run="leave")

    absent = [
        other,
        named.binding(other, named.workspace("w1")),
        named.binding(user, named.workspace("w1")),
        named.binding(user, named.workspace("gone")),
        Key(BOT.address, "other").address,
        Address(Kind.BINDING, "x/access"),
        ACCOUNT,
        EVERYONE,
    ]
    assert asked(store_url, absent) == {}


@pytest.mark.parametrize("count", [3, 30])
def test_only_the_rows_asked_for_are_read(store_url, monkeypatch, count):
    filled(store_url, people=6, count=count)
    read, rows = [], Account.rows

    def counted(account, statement, **values):
        found = rows(account, statement, **values)
        read.append(len(found))
        return found

    user, scope = named.user("u1@example.org"), named.workspace("w1")
    with reading(engine(address(store_url), WAIT)) as connection:
        account = Account.unlocked(connection, "acme")
        assert account.names.addresses
        monkeypatch.setattr(Account, "rows", counted)
        found = versions(account, [user, scope, named.binding(user, scope)])

    assert (len(found), read) == (3, [1, 1, 1])


@pytest.mark.parametrize("count", [3, 30])
def test_neither_names_nor_keys_of_others_are_read_for_one_row(store_url, monkeypatch, count):
    backend, _ = filled(store_url, people=count)
    bots = [ServiceAccount(f"bot{n}") for n in range(count)]
    there = [Change(None, b, brings=(Binding(b.address, ACCOUNT, MEMBER),)) for b in bots]
    keys = [Key(bot.address, "main") for bot in bots]
    made(backend, *there, *(Change(None, key) for key in keys), run="bots")
    read, rows = [], Account.rows

    def counted(account, statement, **values):
        found = rows(account, statement, **values)
        read.extend(found)
        return found

    wanted = [named.user("u1@example.org"), keys[1].address]
    wanted.append(named.binding(wanted[0], named.workspace("w1")))
    with backend.open() as session:
        monkeypatch.setattr(Account, "rows", counted)
        assert session.versions(wanted).keys() == set(wanted)
        session.makers([keys[1].address])

    assert len(read) < 10


def test_a_session_takes_addresses_that_are_gone_through_once(store_url):
    backend, found = filled(store_url)
    with backend.open() as session:
        assert session.versions(iter(found)) == session.versions(found) != {}
