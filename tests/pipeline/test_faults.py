"""What a lost transaction means for a plan: judged again, made once, its secrets true."""

from __future__ import annotations

from dataclasses import replace

import psycopg
import pytest

from rbac_sync.backends.database import retry
from rbac_sync.backends.store import StoreBackend
from rbac_sync.errors import PlanRefused, StalePlan
from rbac_sync.planning import Change

from ..backends.store.test_retry import failing
from ..build import bind, who
from .bench import MINTING
from .company import Company


@pytest.fixture
def company(postgres_url, tmp_path):
    """Only a server can lose a transaction."""
    found = Company(postgres_url, tmp_path / "acme").begin()
    found.key("dee")
    found.edit(*MINTING)
    return found


@pytest.fixture
def meanwhile(monkeypatch):
    """What happens between two attempts, in order."""
    waiting = []
    monkeypatch.setattr(retry.time, "sleep", lambda _: [happens() for happens in waiting])
    return waiting


@pytest.fixture
def kept():
    """The secrets that were given out to be kept, one attempt after the other."""
    return []


def is_made_once(company, before, saved, kept):
    """Check that *saved* was made once, and that the secret kept last is the one that counts."""
    assert [r.plan_digest for r in company.trail()[before:]] == [saved.digest] * len(saved.changes)
    assert company.outstanding() == ()
    company.verify()
    (secret,) = kept[-1].values()
    with StoreBackend(company.url, "acme", secret).open() as session:
        assert session.applier() == who("sa:ci")


# X12.


def test_x12_a_plan_that_the_database_could_not_serialize_is_made_again(company, meanwhile, kept):
    saved, rows = company.plan("dee"), len(company.trail())
    failing(company.url, "40001", 2)
    told = []

    applied = company.apply(saved, "dee", keep=kept.append, progress=told.append)

    assert applied.counts == (1, 1, 0)
    assert applied.secrets == kept[-1]
    assert told == list(saved.changes) * 3
    assert len({str(secrets) for secrets in kept}) == 3
    is_made_once(company, rows, saved, kept)


def demoted():
    return Change(*(bind("dee", None, role)[0] for role in ("admin", "member")))


def test_x12_a_plan_that_is_made_again_is_looked_at_again(company, meanwhile):
    saved = company.plan("dee")
    failing(company.url, "40001", 1)
    meanwhile.append(lambda: company.force(demoted()))

    with pytest.raises(StalePlan):
        company.apply(saved, "dee")

    assert company.trail()[-1].object_id == "member.dee@acme.example/account_role"


def test_x12_a_plan_that_is_made_again_is_judged_again(company, meanwhile):
    saved = replace(company.plan("dee"), pins={})
    failing(company.url, "40001", 1)
    meanwhile.append(lambda: company.force(demoted()))

    with pytest.raises(PlanRefused) as caught:
        company.apply(saved, "dee")

    assert "ESCALATION" in {finding.rule for finding in caught.value.findings}
    assert company.trail()[-1].object_id == "member.dee@acme.example/account_role"


# X13.


def losing(monkeypatch, *, committed):
    """Lose the connection at the next COMMIT, before or after it is made."""
    commit, waiting = psycopg.Connection.commit, [True]

    def lost(connection):
        if not waiting:
            return commit(connection)
        waiting.pop()
        if committed:
            commit(connection)
        connection.close()
        raise psycopg.OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(psycopg.Connection, "commit", lost)


def test_x13_a_plan_whose_commit_went_through_unheard_is_not_made_again(
    company, meanwhile, kept, monkeypatch
):
    saved, rows = company.plan("dee"), len(company.trail())
    losing(monkeypatch, committed=True)

    applied = company.apply(saved, "dee", keep=kept.append)

    assert applied.counts == (1, 1, 0)
    assert [applied.secrets] == kept
    assert {r.run for r in company.trail()[rows:]} == {applied.run}
    is_made_once(company, rows, saved, kept)


def test_x13_a_plan_whose_commit_was_lost_is_made_again(company, meanwhile, kept, monkeypatch):
    saved, rows = company.plan("dee"), len(company.trail())
    losing(monkeypatch, committed=False)

    applied = company.apply(saved, "dee", keep=kept.append)

    assert applied.counts == (1, 1, 0)
    assert len(kept) == 2
    assert applied.secrets == kept[-1] != kept[0]
    is_made_once(company, rows, saved, kept)


def test_x13_what_somebody_undid_after_an_unheard_commit_is_not_made_again(
    company, meanwhile, monkeypatch
):
    saved = company.plan("dee")
    losing(monkeypatch, committed=True)
    back = Change(*(bind("bo", "prod", role)[0] for role in ("developer", "viewer")))
    meanwhile.append(lambda: company.force(back))

    company.apply(saved, "dee")

    assert company.trail()[-1].object_id == "workspace.prod/access/bo@acme.example"
    assert company.state.find(back.after) == back.after
