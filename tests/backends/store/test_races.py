"""Two processes at once, on both databases."""

from __future__ import annotations

import pytest

from rbac_sync.audit.chain import flaws
from rbac_sync.audit.replay import differences, replay
from rbac_sync.model import Workspace
from rbac_sync.planning import Change
from tests.audit.separate_checks import gaps

from .children import race, recorded
from .stores import CLOUD, founded, links, live


def append(backend, number):
    recorded(backend, [Change(None, Workspace(f"a {number}"))], f"a {number}")


def append_too(backend, number):
    recorded(backend, [Change(None, Workspace(f"b {number}"))], f"b {number}")


@pytest.mark.parametrize("rounds", [6, pytest.param(2000, marks=pytest.mark.long)])
def test_r10_two_who_append_at_once_make_one_chain(store_url, rounds):
    backend = founded(store_url, wait=30)

    race(backend, (append, append_too), rounds, lambda _: None, lambda *_: None)

    found = links(backend)
    assert len(found) == 2 + 2 * rounds
    assert list(flaws(found)) == list(gaps(found, CLOUD)) == []
    told = replay((row.record for row in found), CLOUD)
    assert list(differences(told, live(backend))) == []
