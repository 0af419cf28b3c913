"""Programs that use the command line, in processes forked from one that has its imports."""

from __future__ import annotations

import sys

import pytest

from .fork_server import ForkServer

IMPORTED = (
    "alembic.command",
    "filelock",
    "httpcore",
    "rbac_sync.backends.prefect_cloud.session",
    "rbac_sync.backends.prefect_cloud_1.session",
    "rbac_sync.backends.remote.journal_connection",
    "rbac_sync.backends.store.backend",
    "rbac_sync.cli.main",
    "rbac_sync.cli.commands.audit",
    "rbac_sync.cli.commands.apply",
    "rbac_sync.cli.commands.drift",
    "rbac_sync.cli.commands.plan",
    "rbac_sync.cli.commands.store",
    "rbac_sync.config.schema",
    "rbac_sync.config.schema_errors",
    "rbac_sync.config.whole_addresses",
    "rbac_sync.pipeline",
    "rbac_sync.views.drift",
    "rbac_sync.views.plan",
    "rbac_sync.views.plan_json",
    "rbac_sync.views.reports.json_report",
)
"""What the commands import, each where it uses it."""
SERVED = (
    "psycopg",
    "rbac_sync.server.run",
    "uvicorn.lifespan.on",
    "uvicorn.protocols.http.h11_impl",
)
"""What `serve` imports besides, and what serves."""
SAY_NO_WAITS = "from tests.patience import say_no_waits; say_no_waits()"


@pytest.fixture(scope="session")
def program():
    """What runs programs that use the command line, each in a process of its own."""
    server = ForkServer(sys.executable, [*IMPORTED, "tests.patience"], SAY_NO_WAITS)
    yield server
    server.close()
