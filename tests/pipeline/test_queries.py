"""Questions to a store that is open until the command has ended."""

from __future__ import annotations

import pytest

from rbac_sync.backends.database.engine import address, engine, reading
from rbac_sync.backends.store import StoreBackend
from rbac_sync.errors import BackendError
from rbac_sync.model import ACCOUNT
from rbac_sync.model.settings import WAIT
from rbac_sync.pipeline.queries import open_account

from ..backends.store.stores import OWNER, founded


@pytest.fixture
def ended(postgres_url):
    """Return a function that waits until the database has ended a transaction."""
    founded(postgres_url)

    def wait():
        with reading(engine(address(postgres_url), WAIT)) as other:
            other.rows("SELECT pg_sleep(0.5)")

    wait.backend = StoreBackend(f"{postgres_url}&idle_in_transaction_session_timeout=100ms", "acme")
    return wait


def test_a_slow_reader_of_the_output_gets_all_of_it_and_no_error(ended):
    with open_account(ended.backend, ()) as account:
        held = account.state.holdings(OWNER.address, ACCOUNT)
        ended()
    assert held


def test_what_was_not_read_before_the_database_ended_the_transaction_is_an_error(ended):
    def ask():
        with open_account(ended.backend, ()) as account:
            ended()
            account.state.holdings(OWNER.address, ACCOUNT)

    with pytest.raises(BackendError, match="idle-in-transaction timeout") as found:
        ask()
    assert "idle_in_transaction_session_timeout=10min" in found.value.hint
