"""What a writer refuses, and what its bulk writes come to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rbac_sync.audit.record import Authorship
from rbac_sync.backends.store import batch
from rbac_sync.errors import BackendError
from rbac_sync.model import (
    ACCOUNT,
    Binding,
    Key,
    Level,
    Role,
    ServiceAccount,
    Team,
    User,
    Workspace,
    held,
)
from rbac_sync.planning import Change, followed

from .stores import MEMBER, OWNER, VIEWER, connected, dump, founded, links, live, made, workspaces

ANA, PROD = User("ana@example.org"), Workspace("prod")
READER = Role(Level.WORKSPACE, "reader")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ([Change(None, OWNER)], "store refused"),
        ([Change(None, Key(OWNER.address, "init"))], "store refused"),
        ([Change(None, Binding(OWNER.address, ACCOUNT, MEMBER))], "store refused"),
        ([Change(None, Role(Level.WORKSPACE, "viewer"))], "store refused"),
        ([Change(ANA, None)], "there is no `member.ana@example.org` in this account"),
        ([Change(PROD, Workspace("prod", "P"))], "there is no `workspace.prod`"),
        ([Change(PROD, Workspace("test"))], "there is no `workspace.prod`"),
        ([Change(None, Binding(OWNER.address, PROD.address, VIEWER))], "no `workspace.prod`"),
        ([Change(None, Binding(ANA.address, ACCOUNT, VIEWER))], "no `member.ana@example.org`"),
        ([Change(None, Binding(OWNER.address, ACCOUNT, held(READER.address)))], "no `role.reader`"),
        (
            [Change(Key(OWNER.address, "x"), None)],
            "a row of `api_key` that was to be changed is not there",
        ),
        (
            [Change(None, PROD), Change(Binding(OWNER.address, PROD.address, VIEWER), None)],
            "a row of `binding` that was to be changed is not there",
        ),
        (
            [
                Change(None, PROD),
                Change(
                    Binding(OWNER.address, PROD.address, VIEWER),
                    Binding(OWNER.address, PROD.address, MEMBER),
                ),
            ],
            "a row of `binding` that was to be changed is not there",
        ),
        (
            [
                *(Change(None, r) for r in (PROD, READER)),
                Change(None, Binding(OWNER.address, PROD.address, held(READER.address))),
                Change(READER, None),
            ],
            "store refused",
        ),
    ],
)
def test_a_change_of_what_is_not_so_is_refused_with_everything_else(store_url, changes, message):
    backend = founded(store_url)
    before = dump(store_url)
    with pytest.raises(BackendError, match=message) as refused:
        made(backend, *workspaces(3), *changes)
    again = "nothing was changed; plan again"
    verify = f"{again}, and if that is refused, too, run `rbac-sync audit verify`"
    assert refused.value.hint == (verify if message == "store refused" else again)
    assert "\n" not in str(refused.value)
    assert dump(store_url) == before


@pytest.mark.parametrize("on_record", [True, False])
def test_half_a_character_is_refused_as_such(store_url, on_record):
    backend, change = founded(store_url), Change(None, Workspace("prod", "\ud800"))

    def work(writer):
        writer.make(change)
        if on_record:
            writer.record(Authorship(OWNER.address, "r").record(change, writer.now()))

    with pytest.raises(BackendError, match="the store refused: a text holds half a character"):
        backend.transact("edit", work)
    assert live(backend).of(Workspace) == {}


def test_custom_roles_are_in_order_of_creation_though_one_was_changed(store_url):
    backend = founded(store_url)
    first, *others = (Role(Level.WORKSPACE, name) for name in ("zoo", "ape", "bee"))
    changed = replace(first, description="changed")
    made(backend, *(Change(None, each) for each in (first, *others)))
    made(backend, Change(first, changed), run="change")  # PostgreSQL moves the row
    with connected(store_url) as connection:
        connection.exec_driver_sql("ANALYZE")  # and reads a small table without its index
    custom = [each for each in live(backend).of(Role).values() if not each.builtin]
    assert custom == [changed, *others]


def test_a_key_cannot_be_renamed(store_url):
    backend = founded(store_url)
    with pytest.raises(BackendError, match="this backend cannot rename a key"):
        made(backend, Change(Key(OWNER.address, "init"), Key(OWNER.address, "other")))


@pytest.mark.parametrize("full", [1, 3, 10_000])
def test_how_much_is_held_back_makes_no_difference(store_url, monkeypatch, full):
    monkeypatch.setattr(batch, "FULL", full)
    backend = founded(store_url)
    people = [User(f"u{n}@example.org") for n in range(12)]
    bots = [ServiceAccount(f"s{n}") for n in range(4)]
    changes = [
        *workspaces(3),
        *(Change(None, p, brings=(Binding(p.address, ACCOUNT, MEMBER),)) for p in (*people, *bots)),
        *(Change(None, Binding(p.address, Workspace("w0").address, VIEWER)) for p in people),
        Change(None, Team("ops")),
        *(Change(p, None) for p in people[:5]),
        Change(Workspace("w1"), None),
        *(Change(None, p) for p in people[:2]),
        Change(Workspace("w0"), Workspace("w1")),
    ]
    start = live(backend)
    made(backend, *changes)

    assert live(backend) == followed(start, changes)


def test_numbers_and_versions_are_never_given_twice(store_url):
    backend = founded(store_url)
    for run in range(3):
        made(backend, Change(None, PROD), run=f"create {run}")
        made(backend, Change(PROD, None), run=f"delete {run}")
    made(backend, Change(None, PROD))
    with connected(store_url) as connection:
        serial = connection.exec_driver_sql("SELECT serial FROM account").scalar()
        newest = connection.exec_driver_sql("SELECT max(version) FROM workspace").scalar()
    assert newest < serial


def test_public_ids_stay_when_things_are_renamed_and_changed(store_url):
    backend = founded(store_url)
    access = Binding(OWNER.address, PROD.address, VIEWER)
    made(backend, Change(None, PROD), Change(None, access))

    def ids():
        with connected(store_url) as connection:
            return [
                connection.exec_driver_sql(f'SELECT id FROM "{table}" ORDER BY id').scalars().all()
                for table in ("user", "workspace", "binding")
            ]

    before = ids()
    renamed = Workspace("production", "P")
    wider = Binding(OWNER.address, renamed.address, held(READER.address))
    made(
        backend,
        Change(OWNER, User("oli@example.org")),
        Change(PROD, renamed),
        Change(None, READER),
        Change(
            Binding(User("oli@example.org").address, renamed.address, VIEWER),
            Binding(User("oli@example.org").address, renamed.address, wider.roles),
        ),
        run="rename",
    )
    assert ids() == before


@pytest.mark.long
def test_a_hundred_thousand_bindings_are_made_on_record_and_read(store_url):
    """Not timed: that it ends is the point."""
    backend = founded(store_url)
    people = [User(f"u{n}@example.org") for n in range(1000)]
    spaces = [change.after for change in workspaces(100)]
    changes = [
        *(Change(None, r) for r in (*people, *spaces)),
        *(Change(None, Binding(p.address, s.address, VIEWER)) for s in spaces for p in people),
    ]
    by = Authorship(OWNER.address, "edit")

    def work(writer):
        for change in changes:
            writer.make(change)
            writer.record(by.record(change, writer.now()))

    backend.transact("edit", work)
    assert sum(len(live(backend).row(space.address)) for space in spaces) == 100_000
    assert len(links(backend)) == 2 + len(changes)
