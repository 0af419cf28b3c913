"""Members whom the service itself removes with their last access to a workspace."""

from __future__ import annotations

import pytest

from rbac_sync import pipeline
from rbac_sync.errors import PlanRefused
from rbac_sync.model import Address, Kind
from rbac_sync.planning.planfile import decoded

from .company import company_for_cloud

BO = Address(Kind.USER, "bo@acme.example")
MEMBERS = 'member = ["bo", "pia", "lee", "sa:ci"]'
GUEST = 'collaborator = ["bo"]\nmember = ["pia", "lee", "sa:ci"]'
TAKEN = ('viewer  = ["bo"]\n', "")
MOVED = ('runner = ["sa:ci"]', 'runner = ["sa:ci"]\nviewer = ["bo"]')


@pytest.fixture
def company(tmp_path):
    """A company of which Bo is a collaborator, for one workspace."""
    return company_for_cloud(tmp_path, (MEMBERS, GUEST))


def synced(company, backend):
    """Apply what is declared; return the steps, and see that nothing is left to do."""
    review = company.review(backend)
    assert review.findings == []
    saved = decoded(review.saved.encoded())
    company.apply(saved, backend=backend)
    assert pipeline.drift(company.load(), backend).plan.changes == ()
    return [f"{change.action} {change.address}" for change in saved.changes]


def test_who_is_to_stay_keeps_its_last_access(company, cloud):
    company.edit(TAKEN)
    before = company.dump()

    (finding,) = company.review(cloud).findings

    assert finding.rule == "UNSUPPORTED"
    assert finding.message == (
        "the service removes `bo@acme.example` from the account with its last workspace access"
    )
    assert finding.hint == "remove the member, or give it another account role"
    with pytest.raises(PlanRefused):
        company.apply(decoded(company.review(cloud).saved.encoded()), backend=cloud)
    assert company.dump() == before


def test_who_is_removed_goes_with_all_it_has_in_one_request(company, cloud):
    company.edit(
        TAKEN,
        ('collaborator = ["bo"]\n', ""),
        ('[teams.data]\nmembers = ["bo"]', "[teams.data]\nmembers = []"),
    )

    assert synced(company, cloud) == ["delete member.bo@acme.example"]
    assert company.state.get(BO) is None


def test_another_account_role_comes_before_the_last_access_goes(company, cloud):
    company.edit(TAKEN, (GUEST, MEMBERS))

    assert synced(company, cloud) == [
        "update member.bo@acme.example/account_role",
        "delete workspace.prod/access/bo@acme.example",
    ]
    assert company.state.get(BO)


def test_access_to_another_workspace_comes_before_the_last_one_goes(company, cloud):
    company.edit(TAKEN, MOVED)

    assert synced(company, cloud) == [
        "create workspace.test/access/bo@acme.example",
        "delete workspace.prod/access/bo@acme.example",
    ]
    assert company.state.get(BO)


def test_who_becomes_a_collaborator_without_access_stays_one(company, cloud):
    company.edit((GUEST, MEMBERS))
    synced(company, cloud)
    company.edit((MEMBERS, GUEST), TAKEN)

    assert synced(company, cloud) == [
        "delete workspace.prod/access/bo@acme.example",
        "update member.bo@acme.example/account_role",
    ]
    assert company.state.get(BO)


def test_a_store_removes_nobody_by_itself(company):
    company.edit(TAKEN)

    synced(company, company.backend())

    assert company.state.get(BO)
