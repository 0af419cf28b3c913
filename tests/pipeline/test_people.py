"""People who change: a new address on a store, and on a service that knows people by theirs."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import pytest

from rbac_sync import pipeline
from rbac_sync.backends.database.columns import stored
from rbac_sync.model import ACCOUNT, Binding, Status, Team, User
from rbac_sync.model.address import team, user, workspace
from rbac_sync.model.instant import parsed
from rbac_sync.pipeline import projections
from rbac_sync.pipeline.undo import undo
from rbac_sync.planning import Change
from rbac_sync.planning.planfile import decoded
from rbac_sync.views import drift as drift_view
from rbac_sync.views import not_changed, plan_json
from rbac_sync.views.run import Run

from .company import company_for_cloud

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
    return company_for_cloud(tmp_path)


def synced(company, backend):
    """Apply what is declared, and return the steps and the changes that wait."""
    review = company.review(backend)
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

    review = undo(company.load(), backend, run, pipeline.RunOptions())

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
    review = company.review(cloud)
    sentence = (
        "  member.bo@acme.example stays until robert@new.example is a member, and holds what is"
        " declared"
    )

    assert sentence in [line.text for line in not_changed.lines(review.plan)]
    found = drift_view.to_json(Run(plan=review.plan, saved=review.saved))
    body = json.loads(json.dumps(found, default=str))
    (waiting,) = [each for each in body["waiting"] if each["address"] == str(BO)]
    assert waiting["waits_for"] == ["robert@new.example"]


@pytest.mark.parametrize("edits", [LEFT, (*LEFT, NAMED)], ids=["all", "declared"])
def test_an_alumnus_is_removed_with_everything_and_stays_on_record(company, cloud, edits):
    company.edit(*edits)

    assert synced(company, cloud)[0] == [f"delete {BO}"]
    assert not company.state.knows(BO)
    assert pipeline.drift(company.load(), cloud).plan.changes == ()


@pytest.mark.parametrize("edits", [(), (NAMED,)], ids=["all", "declared"])
def test_an_alumnus_is_removed_under_an_old_address_too(company, edits):
    on_record = ("[members]", "[alumni]\nbo = {}\n\n[members]")
    company.edit(NEW, *LEFT[1:4], on_record, *edits)

    assert synced(company, company.backend("olivia"))[0] == [f"delete {BO}"]


def test_the_guard_judges_the_removal_of_an_alumnus_as_any_other(company):
    company.edit(
        ('owner  = ["olivia", "otto"]', 'owner  = ["olivia"]'),
        ('members = ["otto"]', "members = []"),
        ('otto   = "otto@acme.example"\n', ""),
        ("[members]", '[alumni]\n"otto@acme.example" = {}\n\n[members]'),
        ("min_owners = 1", "min_owners = 2"),
    )
    review = company.review(company.backend("olivia"))
    assert shown(review.plan.changes) == ["delete member.otto@acme.example"]
    assert {finding.rule for finding in review.findings} == {"LAST_OWNER"}


def test_what_an_alumnus_holds_goes_even_where_people_are_kept_elsewhere(company):
    company.edit(
        *LEFT,
        ('members          = "all"', 'members          = "none"'),
        ('access           = "all"', 'access           = "declared"'),
    )
    review = company.review(company.backend("olivia"))
    assert set(shown(review.plan.changes)) == {
        f"update {DATA}",
        f"delete {Binding(BO, PROD, frozenset()).address}",
    }


def listed(plan):
    return [line.text for line in not_changed.lines(plan)]


def after(lines, heading, count):
    start = lines.index(heading) + 1
    return lines[start : start + count]


GONE = "Declared, and gone: invited again unless these lines are taken out"


@pytest.fixture(params=["store", "service"])
def target(request, company):
    """The backend: the company's store, or its account over REST."""
    return (
        company.backend("olivia") if request.param == "store" else request.getfixturevalue("cloud")
    )


def test_who_has_left_is_listed_with_the_lines_to_take_out(company, target):
    company.force(Change(company.state.get(BO), None))
    lines = company.file.read_text().splitlines()

    plan = company.review(target).plan

    edits = {
        edit.line: edit.remaining for edit in plan.take_out if lines[edit.line - 1] == edit.text
    }
    assert list(edits.values()) == [
        None,
        'member = ["pia", "lee", "sa:ci"]',
        "members = []",
        "viewer  = []",
    ]
    first, second = after(listed(plan), GONE, 2)
    assert first.startswith("  bo@acme.example is no member any more since ")
    assert ", removed by olivia@acme.example" in first
    assert second == f'  rbac.toml:{min(edits)}  - bo     = "bo@acme.example"'
    assert f'  rbac.toml:{sorted(edits)[1]}  + member = ["pia", "lee", "sa:ci"]' in listed(plan)
    found = pipeline.drift(company.load(), target).plan
    body = drift_view.to_json(Run(plan=found, saved=company.plan()))
    assert [row["principal"] for row in body["leavers"]] == ["bo@acme.example"]
    assert body["take_out"][0] == {
        "file": "rbac.toml",
        "line": min(edits),
        "text": 'bo     = "bo@acme.example"',
        "remaining": None,
    }


def test_who_was_never_a_member_has_not_left(company, cloud):
    company.edit(('pia    = "pia@acme.example"', 'pia    = "pam@acme.example"'))

    assert company.review(cloud).plan.absent == {}
    synced(company, cloud)
    assert company.review(cloud).plan.absent == {}


def test_who_was_removed_by_a_plan_and_is_declared_again_has_not_left(company, cloud):
    text = company.file.read_text()
    company.edit(*LEFT[:-1])
    synced(company, cloud)
    company.write(text)

    plan = company.review(cloud).plan

    assert shown(plan.changes) == [f"create {BO}"]
    assert GONE not in listed(plan)


def test_who_is_invited_again_after_it_left_has_still_left(company, cloud):
    company.force(Change(company.state.get(BO), None))
    synced(company, cloud)
    assert company.state.get(BO).status is Status.PENDING
    assert GONE in listed(company.review(cloud).plan)


def test_a_member_who_has_another_address_now_is_recognised(company, target):
    bo = company.state.get(BO)
    company.force(Change(bo, User("robert@new.example")))

    plan = company.review(target).plan

    assert after(listed(plan), "Declared under a former address", 3) == [
        "  bo@acme.example is now robert@new.example, by the same id",
        f"  rbac.toml:22  - {NEW[0]}",
        f"  rbac.toml:22  + {NEW[1]}",
    ]
    assert GONE not in listed(plan)
    (row,) = plan_json.not_changed(plan)["new_addresses"]
    assert (row["principal"], row["now"]) == ("bo@acme.example", "robert@new.example")
    assert row["write"] == [{"file": "rbac.toml", "line": 22, "text": NEW[0], "remaining": NEW[1]}]
    company.edit(NEW)
    assert company.review(target).plan.changes == ()


def lapse(company, email):
    """Let the open invitation of *email* have ended last year, on the server's disk."""
    past = "2025-01-01T00:00:00Z"
    with closing(sqlite3.connect(company.url.removeprefix("sqlite:///"))) as store, store:
        store.execute("UPDATE user SET expires = ? WHERE email = ?", (stored(parsed(past)), email))
        for id_, content in store.execute("SELECT id, content FROM document").fetchall():
            fields = json.loads(content)
            if fields.get("email") == email and fields["status"] == "PENDING":
                ended = json.dumps({**fields, "expiration": past})
                store.execute("UPDATE document SET content = ? WHERE id = ?", (ended, id_))


@pytest.mark.parametrize("most", [0, 1])
def test_an_invitation_that_lapses_is_repeated_so_often_and_then_reported(company, cloud, most):
    company.edit(
        ('bo     = "bo@acme.example"', 'bo     = "new@acme.example"'),
        ("min_owners = 1", f"min_owners = 1\nmax_invites = {most}"),
    )
    new = user("new@acme.example")
    for _ in range(most + 1):
        steps, _ = synced(company, cloud)
        assert f"create {new}" in steps
        assert GONE not in listed(company.review(cloud).plan)
        lapse(company, "new@acme.example")

    plan = company.review(cloud).plan

    assert (plan.changes, plan.waiting) == ((), ())
    assert projections.desired_account(company.load(), cloud, ()).state.get(new) is None
    times = "1 invitation" if most == 0 else "2 invitations"
    assert after(listed(plan), "Not invited again", 1) == [
        f"  new@acme.example let {times} lapse, more than `max_invites` repeats (rbac.toml:30)"
    ]
    assert plan_json.not_changed(plan)["uninvited"] == [
        {"principal": "new@acme.example", "lapsed": most + 1}
    ]
    company.edit((f"max_invites = {most}", "max_invites = 9"))
    assert shown(company.review(cloud).plan.changes) == [f"create {new}"]


def test_without_a_limit_an_invitation_is_repeated_for_ever(company, cloud):
    company.edit(('bo     = "bo@acme.example"', 'bo     = "new@acme.example"'))
    synced(company, cloud)
    lapse(company, "new@acme.example")
    assert shown(company.review(cloud).plan.changes) == ["create member.new@acme.example"]


def test_of_very_many_people_who_were_never_there_nothing_is_known(company, target):
    people = frozenset(user(f"n{number}@acme.example") for number in range(1_200))
    with target.open() as session:
        session.read()
        assert session.absences(people) == {}
