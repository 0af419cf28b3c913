"""Who changed what past us: the audit events of the account, as the real server tells them."""

from __future__ import annotations

import pytest

from rbac_sync.backends.login import Login
from rbac_sync.backends.prefect_cloud import PrefectCloudBackend
from rbac_sync.model import Team, Workspace, held
from rbac_sync.model.address import binding, team
from rbac_sync.model.resources import Level
from rbac_sync.model.resources import role as role_address
from rbac_sync.planning import Change

from ...server.serving import served
from .test_writing import BO, bound, made

DEV, DATA = Workspace("dev", "Dev"), Team("data")
ROLE = held(role_address(Level.WORKSPACE, "viewer"))
GRANT = binding(BO.address, DEV.address)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("served")
    with served(f"sqlite:///{folder / 'rbac.db'}") as running:
        running.person(BO.email)
        yield running


def backend(server, key, folder):
    environment = {"RBAC_SYNC_STATE_DIR": str(folder)}
    return PrefectCloudBackend(
        server.account, Login(f"{server.root}/api", key), environment=environment
    )


def test_what_somebody_changed_bears_their_name(server, tmp_path):
    owner = backend(server, server.key, tmp_path)
    made(owner, Change(None, DEV), Change(None, DATA), bound(BO.address, None, ROLE, DEV.address))
    with owner.open() as session:
        who = session.applier().key
        found = session.touched([DATA.address, DEV.address, GRANT, team("nowhere")])
    assert {address: touch.who for address, touch in found.items()} == dict.fromkeys(
        [DATA.address, DEV.address, GRANT], who
    )


def test_who_must_not_see_the_trail_is_told_nothing(server, tmp_path):
    with backend(server, server.bot("reader", "member"), tmp_path).open() as session:
        assert session.touched([DATA.address]) == {}
