"""What is live, changed past the configuration, and seen past the command line."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager

from rbac_sync.model import Binding, Level, held
from rbac_sync.model import address as named
from rbac_sync.model.resources import role
from rbac_sync.pipeline import load
from rbac_sync.pipeline.by_hand import change_by_hand
from rbac_sync.planning import Change


def by_hand(account, *changes):
    """Change what is live; each change is a pair of before and after."""
    configuration = load(account.folder)
    backend = configuration.backend(account.key)
    made = [Change(*change) for change in changes]
    return change_by_hand(configuration, backend, made, "by hand")


def bound(who, workspace, name):
    """Return the binding of somebody to a role in a workspace."""
    roles = held(role(Level.WORKSPACE, name))
    return Binding(named.user(f"{who}@acme.example"), named.workspace(workspace), roles)


@contextmanager
def database(account):
    """Open the store itself; what is done to it is committed at the end."""
    with closing(sqlite3.connect(account.database)) as connection, connection:
        yield connection


def dump(account):
    """Return all that the store holds, row by row."""
    with database(account) as connection:
        return list(connection.iterdump())
