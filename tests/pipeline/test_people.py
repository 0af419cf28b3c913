"""People who change: a new address on a store, and on a service that knows people by theirs."""

from __future__ import annotations

import json

import pytest

from rbac_sync import pipeline
from rbac_sync.backends.prefect_cloud import PrefectCloudBackend
from rbac_sync.backends.remote.login import Login
from rbac_sync.backends.store.accounts import Accounts
from rbac_sync.model import ACCOUNT, Binding, Status, Team, User
from rbac_sync.model.address import team, user, workspace
from rbac_sync.planning import Change
from rbac_sync.planning.planfile import decoded
from rbac_sync.server.guarded_store import GuardedStore
from rbac_sync.views import drift as drift_view
from rbac_sync.views import not_changed

from ..server.serving import serving
from .company import Company

BO, BOB = user("bo@acme.example"), user("robert@new.example")
NEW = (
    'bo     = "bo@acme.example"',
    'bo     = { email = "robert@new.example", renamed_from = "bo@acme.example" }',
)
DATA, PROD = team("data"), workspace("prod")


LEFT = (
    ('bo     = "bo@acme.example"\n', ""),
    ('member = ["bo", ', "member = ["),
    ('members = ["bo"]', "members = []"),
    ('viewer  = ["bo"]\n', ""),
    ("[members]", '[alumni]\n"bo@acme.example" = { left = 2026-05-01 }\n\n[members]'),
)
NAMED = ('members          = "all"', 'members          = "declared"')


@pytest.fixture
def company(tmp_path):
    made = Company(f"sqlite:///{tmp_path / 'rbac.db'}", tmp_path / "acme")
    made.edit(('description = "Builds."\n', ""))
    return made.begin()


@pytest.fixture
def cloud(company, tmp_path):
    """The company's account, over REST."""
    with serving(GuardedStore(Accounts(company.url))) as root:
        yield PrefectCloudBackend(
            company.account,
            Login(f"{root}/api", company.key("olivia")),
            environment={"RBAC_SYNC_STATE_DIR": str(tmp_path / "state")},
        )


def planned(company, backend):
    return pipeline.plan(company.load(), backend, pipeline.RunOptions())


def synced(company, backend):
    """Apply what is declared, and return the steps and the changes that wait."""
    review = planned(company, backend)
    assert review.findings == []
    saved = decoded(review.saved.encoded())
    company.apply(saved, backend=backend)
    return shown(saved.changes), shown(review.plan.waiting)


def shown(changes):
    return [f"{change.action} {change.address}" for change in changes]


def accept(company, email):
    """Let the owner of *email*, who is invited, come in."""
    invited = company.state.get(user(email))
    company.force(Change(invited, User(invited.email, Status.ACTIVE)))


def test_in_a_store_a_person_keeps_everything_under_a_new_address(company):
    held = company.state.holdings(BO, PROD), company.state.holdings(BO, ACCOUNT)
    company.key("bo")
    company.edit(NEW)

    assert synced(company, company.backend("olivia")) == ([f"rename {BOB}"], [])

    state = company.state
    assert (state.holdings(BOB, PROD), state.holdings(BOB, ACCOUNT)) == held
    assert BOB in state.get(DATA).references
    assert len(list(state.keys_of(BOB))) == 1
    assert not state.knows(BO)
    assert company.outstanding() == ()
    company.verify()


def test_a_rename_of_a_person_can_be_undone(company):
    company.edit(NEW)
    company.sync()
    run, backend = company.trail()[-1].run, company.backend("olivia")

    review = pipeline.undo(company.load(), backend, run, pipeline.RunOptions())

    assert shown(review.plan.changes) == [f"rename {BO}"]


def test_over_an_api_the_new_address_gets_everything_before_the_old_one_goes(company, cloud):
    company.edit(NEW)

    assert synced(company, cloud) == (
        [f"create {BOB}"],
        [
            f"update {DATA}",
            f"create {Binding(BOB, PROD, frozenset()).address}",
            f"delete {BO}",
        ],
    )
    assert company.state.holdings(BO, PROD)
    assert synced(company, cloud)[0] == []  # nobody has accepted: nothing to do, no drift

    accept(company, "robert@new.example")
    steps, waiting = synced(company, cloud)
    assert (steps[-1], waiting) == (f"delete {BO}", [])
    assert set(steps[:-1]) == {
        f"update {DATA}",
        f"create {Binding(BOB, PROD, frozenset()).address}",
    }
    assert not company.state.knows(BO)
    assert company.state.get(DATA) == Team("data", company.state.get(DATA).members)
    assert company.state.get(DATA).references == {BOB}
    assert pipeline.drift(company.load(), cloud).plan.changes == ()


def test_a_plan_and_drift_say_who_stays_until_when(company, cloud):
    company.edit(NEW)
    review = planned(company, cloud)
    sentence = (
        "  member.bo@acme.example stays until robert@new.example is a member, and holds what is"
        " declared"
    )

    assert sentence in [line.text for line in not_changed.lines(review.plan)]
    body = json.loads(json.dumps(drift_view.to_json(review.plan, review.saved, {}), default=str))
    (waiting,) = [each for each in body["waiting"] if each["address"] == str(BO)]
    assert waiting["waits_for"] == ["robert@new.example"]


@pytest.mark.parametrize("edits", [LEFT, (*LEFT, NAMED)], ids=["all", "declared"])
def test_an_alumnus_is_removed_with_everything_and_stays_on_record(company, cloud, edits):
    company.edit(*edits)

    assert synced(company, cloud)[0] == [f"delete {BO}"]
    assert not company.state.knows(BO)
    assert pipeline.drift(company.load(), cloud).plan.changes == ()


def test_the_guard_judges_the_removal_of_an_alumnus_as_any_other(company):
    company.edit(
        ('owner  = ["olivia", "otto"]', 'owner  = ["olivia"]'),
        ('members = ["otto"]', "members = []"),
        ('otto   = "otto@acme.example"\n', ""),
        ("[members]", '[alumni]\n"otto@acme.example" = {}\n\n[members]'),
        ("min_owners = 1", "min_owners = 2"),
    )
    review = planned(company, company.backend("olivia"))
    assert shown(review.plan.changes) == ["delete member.otto@acme.example"]
    assert {finding.rule for finding in review.findings} == {"LAST_OWNER"}


def test_what_an_alumnus_holds_goes_even_where_people_are_kept_elsewhere(company):
    company.edit(
        *LEFT,
        ('members          = "all"', 'members          = "none"'),
        ('access           = "all"', 'access           = "declared"'),
    )
    review = planned(company, company.backend("olivia"))
    assert set(shown(review.plan.changes)) == {
        f"update {DATA}",
        f"delete {Binding(BO, PROD, frozenset()).address}",
    }
