"""Compiled statements: each is compiled once in a session, whatever the number of engines.

*Why*: a test begins with a store and an engine of its own, which would compile every statement
again, a millisecond each.
"""

from __future__ import annotations

from collections import defaultdict
from functools import partial

import pytest
from sqlalchemy import create_engine
from sqlalchemy.util import LRUCache

from rbac_sync.backends.database import engine


class Statements(LRUCache):
    """What is compiled for a kind of database; a key begins with the dialect of one engine."""

    def get(self, key, default=None):
        """Return the statement that any engine has compiled."""
        return super().get(key[1:], default)

    def __setitem__(self, key, compiled):
        """Keep a statement for every engine."""
        super().__setitem__(key[1:], compiled)


@pytest.fixture(scope="session", autouse=True)
def _compiled_statements():
    """Let the engines of the product share what they have compiled."""
    kinds = defaultdict(partial(Statements, 2000))

    def created(url, **options):
        made = create_engine(url, **options)
        made._compiled_cache = kinds[url.get_backend_name()]
        return made

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "create_engine", created)
        yield
