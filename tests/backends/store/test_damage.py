"""Rows that cannot be read, lead nowhere or contradict each other are named."""

from __future__ import annotations

import pytest

from rbac_sync.audit.row_facts import Mismatch
from rbac_sync.backends.store import legible
from rbac_sync.backends.store.accounts import Accounts
from rbac_sync.backends.store.legible import SHARE
from rbac_sync.errors import BackendError
from rbac_sync.pipeline.queries import verify

from .content import BO, OPS, PROD, READER, filled
from .stores import connected, made, workspaces

HINT = "put the row back from a backup, and find out who can write to the database"
FREE = {
    "sqlite": "PRAGMA foreign_keys = OFF",
    "postgresql": "SET session_replication_role = replica",
}
"""What lets an attacker write rows that lead nowhere."""


TO_EVERYONE = """
    UPDATE binding SET principal = (SELECT number FROM address WHERE kind = 'everyone')
    WHERE (scope, principal) = (
        SELECT b.scope, max(b.principal) FROM binding AS b JOIN address AS a ON a.number = b.scope
        WHERE a.kind = 'account' GROUP BY b.scope
    )
"""


@pytest.fixture
def damaged(store_url):
    """Return what is damaged after a statement that checks no references."""
    backend = filled(store_url)

    def after(statement):
        with connected(store_url) as connection:
            raw = connection.connection.driver_connection
            if connection.dialect.name == "sqlite":
                raw.execute("COMMIT")
                raw.execute(FREE["sqlite"])
                raw.execute("BEGIN")
            else:
                connection.exec_driver_sql(FREE["postgresql"])
            assert connection.exec_driver_sql(statement).rowcount
        with backend.open() as session:
            return [(each.where, each.message) for each in session.damage()]

    after.backend = backend
    return after


def test_a_store_that_nobody_touched_is_not_damaged(store_url):
    backend = filled(store_url)
    with backend.open() as session:
        assert session.damage() == []
    assert verify(backend, ()).whole


@pytest.mark.parametrize(
    ("statement", "where", "message"),
    [
        (
            "UPDATE binding SET since = 'soon' WHERE since IS NOT NULL",
            "`binding` row scope ",
            "`since` cannot be read: 'soon'",
        ),
        (
            "UPDATE document SET content = '{' WHERE kind = 'key' AND name IS NOT NULL",
            "`document` row id ",
            "`content` cannot be read: '{'",
        ),
        (
            "UPDATE document SET content = '[]' WHERE kind = 'log-in'",
            "`document` row id ",
            "`content` cannot be read: '[]'",
        ),
        (
            "UPDATE api_key SET hash = 'abc' WHERE name = 'main'",
            "`api_key` row owner ",
            "`hash` cannot be read: 'abc'",
        ),
        (
            "UPDATE team_member SET member = 999",
            "`team_member` row team ",
            "`member` leads to no row of `address`",
        ),
        (
            "UPDATE address SET key = 'eve@example.org' WHERE key = 'bo@example.org'",
            "`user` row number ",
            "its address is that of `member.eve@example.org`",
        ),
        ("DELETE FROM workspace", "`address` row number ", "there is nothing of this address"),
        (
            "DELETE FROM address WHERE kind = 'everyone'",
            "`binding` row scope ",
            "`principal` leads to no row of `address`",
        ),
        (
            "UPDATE role SET builtin = 1 WHERE description = 'reads'",
            "`role` row number ",
            "`role.reader` is built in, and has parts of its own",
        ),
        (
            "UPDATE role SET base = number WHERE description = 'reads'",
            "`role` row number ",
            "is based on itself",
        ),
        (
            "UPDATE binding SET position = 3 WHERE since IS NOT NULL",
            "`binding` row scope ",
            "`position` does not count from 0",
        ),
        (
            f"UPDATE account SET serial = {2**63 - 1}",
            "`account` row ",
            "`serial` cannot be read: 9223372036854775807",
        ),
        ("UPDATE account SET serial = 4", "`account` row ", "`serial` is less than a number"),
        (
            "UPDATE binding SET principal = scope WHERE since IS NOT NULL",
            "`binding` row scope ",
            "`principal` is `workspace.prod`, which cannot be one",
        ),
        (
            TO_EVERYONE,
            "`binding` row scope ",
            "`everyone` cannot hold a role of the account",
        ),
    ],
)
def test_a_damaged_row_is_named_with_what_is_wrong(damaged, statement, where, message):
    found = damaged(statement)
    assert any(w.startswith(where) and m.startswith(message) for w, m in found), found
    assert not verify(damaged.backend, ()).whole


def test_a_session_names_the_row_instead_of_failing_on_it(damaged):
    damaged("UPDATE binding SET since = 'soon' WHERE since IS NOT NULL")
    with pytest.raises(BackendError) as refused, damaged.backend.open() as session:
        session.read()
    assert str(refused.value).startswith("the store is damaged: `binding` row scope ")
    assert str(refused.value).endswith("`since` cannot be read: 'soon'")
    assert refused.value.hint == f"{HINT}; `rbac-sync audit verify` lists all such rows"


def test_a_writer_names_the_row_too(damaged):
    damaged("UPDATE binding SET since = 'soon' WHERE since IS NOT NULL")
    with pytest.raises(BackendError, match="the store is damaged: `binding` row scope "):
        damaged.backend.transact("again", lambda writer: writer.read())


@pytest.mark.parametrize(
    ("statement", "read"),
    [
        (
            "UPDATE binding SET role = 999 WHERE since IS NOT NULL",
            lambda state: state.holdings(OPS.address, PROD.address),
        ),
        (
            "UPDATE binding SET role = 999 WHERE since IS NOT NULL",
            lambda state: state.scopes_of(OPS.address),
        ),
        ("UPDATE team_member SET member = 999", lambda state: state.get(OPS.address)),
        ("UPDATE team_member SET team = 999", lambda state: state.memberships_of(BO.address)),
        (
            "UPDATE role SET base = 999 WHERE base IS NOT NULL",
            lambda state: state.get(READER.address),
        ),
    ],
)
def test_what_is_read_in_parts_is_not_missing_where_its_row_is_damaged(damaged, statement, read):
    damaged(statement)
    with (
        pytest.raises(BackendError, match="the store is damaged: "),
        damaged.backend.open() as session,
    ):
        read(session.state())


def test_a_write_that_gets_no_number_says_where_to_look(damaged):
    damaged(f"UPDATE account SET serial = {2**63 - 1}")
    with pytest.raises(BackendError) as refused:
        made(damaged.backend, *workspaces(1), run="next")
    assert str(refused.value).startswith(
        ("the store is damaged: `account` row ", "the store refused: ")
    )
    assert "run `rbac-sync audit verify`" in refused.value.hint or HINT in refused.value.hint


def test_a_mistake_of_ours_stays_one_where_no_row_is_damaged(store_url):
    backend = filled(store_url)
    with pytest.raises(ValueError, match="ours"), backend.open():
        raise ValueError("ours")


@pytest.mark.parametrize("wrong", [(), (Mismatch("`team` row number 7", "is odd", HINT),)])
def test_a_store_is_not_examined_for_each_mistake(store_url, monkeypatch, wrong):
    filled(store_url)
    accounts, now, examined = Accounts(store_url), [0.0], []
    monkeypatch.setattr(legible, "monotonic", lambda: now[0])

    def examine(*_):
        examined.append(now[0])
        now[0] += 2.0
        return iter(wrong)

    monkeypatch.setattr(legible, "_damage", examine)
    for now[0] in (1.0, 4.0, 3.0 + 2 * SHARE - 0.1, 3.0 + 2 * SHARE):
        with pytest.raises(BackendError if wrong else ValueError) as raised, accounts.moment():
            raise ValueError("ours")
        says = f"the store is damaged: {wrong[0]}" if wrong else "ours"
        assert str(raised.value) == says
    assert examined == [1.0, 3.0 + 2 * SHARE]


def test_a_repaired_row_is_not_named_again(damaged):
    damaged("UPDATE binding SET since = 'soon' WHERE since IS NOT NULL")
    with pytest.raises(BackendError, match="`binding` row"), damaged.backend.open() as session:
        session.read()
    damaged("UPDATE binding SET since = '2020-01-01T00:00:00.000000Z' WHERE since IS NOT NULL")
    with damaged.backend.open() as session:
        session.read()


def test_a_run_that_is_missing_could_be_made_again(damaged):
    assert damaged("DELETE FROM run WHERE id = 'made'") == []
    (wrong,) = verify(damaged.backend, ()).mismatches
    assert str(wrong) == "`run` row made: is missing"
    assert wrong.hint == "its plan could be applied a second time: put the row back from a backup"


def test_what_has_lost_its_name_is_damaged_and_not_absent(damaged):
    with damaged.backend.open() as session:
        id_ = session.register().named[PROD.address].id
    assert damaged("DELETE FROM address WHERE kind = 'workspace' AND key = 'prod'")

    with (
        pytest.raises(BackendError, match=r"^the store is damaged: "),
        damaged.backend.open() as it,
    ):
        it.register().find(PROD.kind, id_)
