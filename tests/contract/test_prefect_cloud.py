"""Prefect Cloud over REST under the contract suite, against a server over a store."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from rbac_sync.audit.record import DONE, Authorship
from rbac_sync.audit.replay import with_recorded_reasons
from rbac_sync.backends.prefect_cloud.api import Api
from rbac_sync.backends.prefect_cloud.session import PrefectCloudBackend
from rbac_sync.backends.remote.login import Login
from rbac_sync.backends.store import StoreBackend, init
from rbac_sync.model import (
    ANYWHERE,
    Binding,
    Key,
    Kind,
    Level,
    Manage,
    Membership,
    Role,
    ServiceAccount,
    Team,
    Workspace,
    held,
)
from rbac_sync.model.address import workspace_object
from rbac_sync.pipeline.queries import live_account
from rbac_sync.planning import Change
from rbac_sync.planning.target_form import normal
from rbac_sync.testing import OWNER, BackendContract
from rbac_sync.testing.account import bring, live, plan, run
from rbac_sync.testing.company import ANA, BO, ETL, OPS, PROD
from rbac_sync.testing.states import CLOUD, workspace_role
from rbac_sync.testing.transactional_contract import EXPLAINED, PLACE

from .objects import make_documents


class TestPrefectCloud(BackendContract):
    unsupported = frozenset(
        {
            "a binding gets a term",
            "a binding grows",
            "a binding of several roles changes",
            "a binding of several roles comes",
            "a key comes",
            "a key goes",
            "a member comes",
            "a member comes with roles and into teams",
            "a member goes and comes back",
            "a member is renamed",
            "a member is written in other letters",
            "a service account comes",
            "a team comes",
            "a team's members change",
            "a workspace changes",
            "an account role comes",
            "an account role implies less",
            "an invitation is accepted",
            "an invitation replaces an earlier one",
        }
    )

    @pytest.fixture
    def begin(self, sqlite_store, served, journals):
        def begin(state):
            handle = f"acme-{uuid4()}"
            key = init(sqlite_store, handle, self.catalogue.world, OWNER.email)
            bring(StoreBackend(sqlite_store, handle, key), state)
            return PrefectCloudBackend(handle, Login(f"{served}/api", key), environment=journals)

        return begin

    @pytest.fixture
    def make_objects(self, sqlite_store):
        def make_objects(backend):
            with backend.open() as session:
                make_documents(StoreBackend(sqlite_store, session.target.account, None))

        return make_objects

    def kept(self, resource):
        match resource:
            case ServiceAccount():
                return replace(resource, description="")
            case Key(owner):
                is_seen = owner.kind is Kind.SERVICE_ACCOUNT
                return replace(resource, name="active") if is_seen else None
            case Binding(_, scope, roles):
                one = replace(resource, roles=held(max(holding.role for holding in roles)))
                return one if scope != ANYWHERE else None
            case Workspace(handle, name):
                return replace(resource, name=name or handle)
            case Team():
                return replace(resource, members=frozenset(map(Membership, resource.references)))
            case Role(Level.ACCOUNT) if resource.address not in CLOUD.roles:
                return replace(resource, implies=frozenset())
        return resource

    def test_a_service_without_reasons_has_no_endless_difference_and_the_trail_tells(self, backend):
        desired = live(backend).draft()
        desired.put(Binding(ETL.address, PROD.address, EXPLAINED))
        members = frozenset({Membership(ANA.address, reason="rota"), PLACE})
        desired.put(replace(OPS, members=members))

        planned = plan(backend, desired, Manage.DECLARED)
        changed = {change.address: change.after for change in planned.changes}
        assert changed[Binding(ETL.address, PROD.address, EXPLAINED).address].roles == EXPLAINED
        # Bo is in the team already: only what is new has its reason
        assert changed[OPS.address].members == {
            Membership(ANA.address, reason="rota"),
            Membership(BO.address),
        }
        run(backend, planned.changes)

        assert plan(backend, desired, Manage.DECLARED).changes == ()
        assert live(backend).binding(ETL.address, PROD.address).roles == held(
            workspace_role("viewer")
        )
        with backend.open() as session:
            records = [row.record for row in session.trail.links()]
            kept = with_recorded_reasons(session.read(), records, session.catalogue)
        assert kept.binding(ETL.address, PROD.address).roles == EXPLAINED
        assert Membership(ANA.address, reason="rota") in kept.get(OPS.address).members
        # what `explain`, `who-can`, `show` and `pull` look at has the reasons of the trail
        assert live_account(backend).state.find(changed[OPS.address]) == kept.get(OPS.address)
        assert live_account(backend).state.binding(ETL.address, PROD.address).roles == EXPLAINED
        assert normal(kept, session.catalogue) != normal(live(backend), session.catalogue)

    def test_what_an_interrupted_run_made_for_a_reason_is_found_live(self, backend):
        binding = Binding(ETL.address, PROD.address, EXPLAINED)

        def work(writer):
            writer.begin(Authorship(OWNER.address, "broken"))
            writer.make(Change(None, binding))

        backend.transact("broken", work)
        backend.transact("next", lambda _: None)

        with backend.open() as session:
            assert next(session.trail.latest()).record.result == DONE
            records = [row.record for row in session.trail.links()]
            assert (
                with_recorded_reasons(session.read(), records, session.catalogue).find(binding)
                == binding
            )

    def test_of_the_work_pools_of_a_workspace_those_are_asked_for_that_are_named(
        self, backend, make_objects, monkeypatch
    ):
        make_objects(backend)
        answers, listed = [], Api.listed

        def noted(api, listing, *first):
            rows = listed(api, listing, *first)
            answers.append((listing.path.rpartition("/")[2], len(rows)))
            return rows

        monkeypatch.setattr(Api, "listed", noted)
        with backend.open() as session:
            session.show_lists([workspace_object(PROD.address, "work_pool:other")])
            session.read()
        assert ("work_pools", 0) in answers
