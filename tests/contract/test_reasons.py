"""Reasons: a store keeps them, and where a service keeps none they are no endless difference."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rbac_sync.audit.record import DONE, Authorship
from rbac_sync.audit.replay import differences, explained, replay
from rbac_sync.model import (
    ACCOUNT,
    Binding,
    Declaration,
    Holding,
    Manage,
    Membership,
    Role,
    Subject,
    Team,
    held,
)
from rbac_sync.pipeline import live_account
from rbac_sync.planning import Change
from rbac_sync.planning.planner import Planner, normal

from .accounts import ANA, BO, COMPANY, ETL, OPS, PROD, VIEWER, account_role, workspace_role
from .targets import OWNER, recorded

WHOLE = ["memory", "sqlite", "postgresql"]
P = PROD.address
ADMINISTRATORS = [account_role(name) for name in ("administrator", "admin")]
EXPLAINED = frozenset({Holding(workspace_role("viewer"), reason='SOC 2 "fieldwork", ü')})
PLACE = Membership(BO.address, reason="INC-4900")


@pytest.fixture
def backend(target):
    return target.begin(target.state(COMPANY))


def live(backend):
    with backend.open() as session:
        return session.read()


def planned(backend, desired):
    with backend.open() as session:
        planner = Planner(session.catalogue, session.capabilities, session.now())
        declaration = Declaration(desired, manage=dict.fromkeys(Subject, Manage.DECLARED))
        return planner.plan(declaration, session.read())


@pytest.mark.parametrize("target", WHOLE, indirect=True)
@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, Binding(ETL.address, P, EXPLAINED)),
        (Binding(ANA.address, P, VIEWER), Binding(ANA.address, P, EXPLAINED)),
        (OPS, replace(OPS, members=frozenset({PLACE}))),
        (None, Team("night", frozenset({PLACE, Membership(ANA.address)}))),
    ],
    ids=["a grant", "a reason for a grant", "a reason for a member", "a team"],
)
def test_a_reason_is_kept_replayed_changed_and_taken_out(backend, before, after):
    recorded(backend, [Change(before, after)])
    assert live(backend).find(after) == after
    with backend.open() as session:
        told = replay((row.record for row in session.trail.links()), session.catalogue)
        assert not list(differences(told, session.read()))

    silent = without_reason(after)
    recorded(backend, [Change(after, silent)])
    assert live(backend).find(silent) == silent


def without_reason(resource):
    if isinstance(resource, Team):
        members = frozenset(replace(m, reason="") for m in resource.members)
        return replace(resource, members=members)
    return replace(resource, roles=frozenset(replace(h, reason="") for h in resource.roles))


@pytest.mark.parametrize("target", WHOLE, indirect=True)
def test_a_store_plans_another_reason_and_then_nothing(backend):
    desired = live(backend).draft()
    desired.put(Binding(ANA.address, P, EXPLAINED))

    plan = planned(backend, desired)
    assert [change.after for change in plan.changes] == [Binding(ANA.address, P, EXPLAINED)]
    recorded(backend, plan.changes)
    assert planned(backend, desired).changes == ()


@pytest.mark.parametrize("target", ["prefect-cloud"], indirect=True)
def test_a_service_without_reasons_has_no_endless_difference_and_the_trail_tells(backend):
    desired = live(backend).draft()
    desired.put(Binding(ETL.address, P, EXPLAINED))
    members = frozenset({Membership(ANA.address, reason="rota"), PLACE})
    desired.put(replace(OPS, members=members))

    plan = planned(backend, desired)
    shown = {change.address: change.after for change in plan.changes}
    assert shown[Binding(ETL.address, P, EXPLAINED).address].roles == EXPLAINED
    # Bo is in the team already: only what is new is shown with its reason
    assert shown[OPS.address].members == {
        Membership(ANA.address, reason="rota"),
        Membership(BO.address),
    }
    recorded(backend, plan.changes)

    assert planned(backend, desired).changes == ()
    assert live(backend).binding(ETL.address, P).roles == held(workspace_role("viewer"))
    with backend.open() as session:
        records = [row.record for row in session.trail.links()]
        told = explained(session.read(), records, session.catalogue)
    assert told.binding(ETL.address, P).roles == EXPLAINED
    assert Membership(ANA.address, reason="rota") in told.get(OPS.address).members
    # what `explain`, `who-can`, `show` and `pull` look at has the reasons of the trail
    assert live_account(backend).state.find(shown[OPS.address]) == told.get(OPS.address)
    assert live_account(backend).state.binding(ETL.address, P).roles == EXPLAINED
    assert normal(told, session.catalogue) != normal(live(backend), session.catalogue)


@pytest.mark.parametrize("target", ["prefect-cloud-1"], indirect=True)
def test_a_tenant_without_reasons_has_no_endless_difference_and_its_trail_tells(backend):
    before = live(backend).binding(BO.address, ACCOUNT)
    (role,) = {role for role in ADMINISTRATORS if role in live(backend).of(Role)}
    after = replace(before, roles=frozenset({Holding(role, reason="on call")}))
    desired = live(backend).draft()
    desired.put(after)

    plan = planned(backend, desired)
    assert [change.after for change in plan.changes] == [after]
    recorded(backend, plan.changes)

    assert planned(backend, desired).changes == ()
    with backend.open() as session:
        records = [row.record for row in session.trail.links()]
        assert explained(session.read(), records, session.catalogue).find(after) == after


@pytest.mark.parametrize("target", ["prefect-cloud"], indirect=True)
def test_what_an_interrupted_run_made_for_a_reason_is_found_live(backend):
    binding = Binding(ETL.address, P, EXPLAINED)

    def work(writer):
        writer.begin(Authorship(OWNER.address, "broken"))
        writer.make(Change(None, binding))

    backend.transact("broken", work)
    backend.transact("next", lambda _: None)

    with backend.open() as session:
        assert session.trail.latest(1)[0].record.result == DONE
        records = [row.record for row in session.trail.links()]
        assert explained(session.read(), records, session.catalogue).find(binding) == binding
