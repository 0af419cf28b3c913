"""`serve` under load for ten minutes: what its process holds does not grow.

``RBAC_SYNC_TEST_LOAD_SECONDS`` sets how long the tests marked ``long`` last.
The samples stand in ``samples.csv`` of a test's temporary folder. The few
seconds of the usual run only show that the clients ask, that everything is
sampled and that the server is idle afterwards; memory is not judged, since a
process that has just begun still grows.
"""

from __future__ import annotations

import os
import sys
import time

import pytest

from rbac_sync.backends.database.pool import KEPT

from ..pipeline.company import Company
from .load import Load, Sampler, growth, table
from .served import serving

LASTING = float(os.environ.get("RBAC_SYNC_TEST_LOAD_SECONDS", "600"))
LONG = pytest.param(LASTING, id="long", marks=[pytest.mark.long, pytest.mark.timeout(0)])
MIB = 2**20

CLIENTS = 8
SAMPLES = 60
WARM = SAMPLES // 3
"""The first samples: threads, caches and the allocator's arenas come into being."""

LEAK = 1024
"""Bytes a request. *Why* so many: the account is as large at the end as at the beginning, so
there is nothing that memory should grow with; whatever kept one object of a request, be it only
its dictionary of headers, would keep more than that. What is less is the allocator's own unrest,
which in the 5,000 and more requests of ten minutes is some megabytes."""

LOG = 16 * MIB
"""*Why*: SQLite takes the write-ahead log back at 1,000 pages (4 MiB) once no reader needs it."""

BUSY = "the store is locked by"
"""A writer that waited too long gets 503, by the machine and not by what the server holds."""

IDLE = 60
"""Seconds that a server has to come to rest."""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has /proc")


def rested(sampler: Sampler, descriptors: int, kept: int) -> bool:
    """Wait until a server without clients holds no more than before, and *kept* connections."""
    end = time.monotonic() + IDLE
    while time.monotonic() < end:
        sample = sampler.sample(0)
        is_closed = sample.log == 0 and sample.connections <= kept
        if is_closed and sample.descriptors <= descriptors + kept:
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize("seconds", [pytest.param(1.5, id="some"), LONG])
def test_a_server_under_load_holds_no_more_at_the_end_than_at_the_beginning(
    store_url, tmp_path, seconds
):
    company = Company(store_url, tmp_path / "acme").begin()
    with serving(store_url, tmp_path / "serve.log") as server:
        with server.account(company.key("olivia")) as account:
            account.get("/teams/", 405)
        sampler = Sampler(server.pid, store_url)
        load = Load(server, company.key("olivia"))
        before = sampler.sample(0)
        samples = load.run(CLIENTS, seconds, sampler, SAMPLES)
        kept = KEPT if store_url.startswith("postgresql") else 0
        rests = rested(sampler, before.descriptors, kept)
        (tmp_path / "samples.csv").write_text(table([before, *samples]))
        assert [line for line in server.errors() if BUSY not in line] == []

    assert set(load.statuses) <= {200, 201, 204, 404, 503}
    assert load.statuses[201] > 0
    assert rests
    assert max(sample.log for sample in samples) <= LOG
    assert max(sample.connections for sample in samples) <= 2 * CLIENTS
    late = samples[WARM:]
    assert max(s.descriptors for s in late) <= before.descriptors + 8 * CLIENTS
    if seconds >= LASTING:
        assert growth(late) <= LEAK, table(samples)
        assert max(s.threads for s in late) <= max(s.threads for s in samples[:WARM]) + 1
    company.verify()
