"""A plan is applied exactly where and as long as it fits, and by whoever may."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from rbac_sync.audit.record import change as change_on_record
from rbac_sync.errors import (
    CredentialError,
    OtherAccount,
    OtherConfiguration,
    PlanFromFuture,
    PlanRefused,
    PlanTooOld,
    StalePlan,
)
from rbac_sync.model import Key, Membership, Team, Workspace
from rbac_sync.model import address as named
from rbac_sync.planning import Change
from rbac_sync.planning.pins import pinned
from rbac_sync.planning.planfile import decoded

from ..build import bind, role, team, user, who, workspace
from .company import Company, aged

PROMOTION = ('viewer  = ["bo"]', 'runner  = ["bo"]')
"""Bo views in prod, and is to run there: one binding, one change."""


def bound(principal, scope, before, after):
    """Return the change of what *principal* holds in *scope* from one role to another."""
    sides = (bind(principal, scope, name)[0] if name else None for name in (before, after))
    return Change(*sides)


def live(company, like):
    """Return what is live at the address of *like*."""
    return company.state.find(like)


def rules(caught):
    return {finding.rule for finding in caught.value.findings}


@pytest.fixture
def promotion(company):
    """The plan that makes bo a runner, made by an admin who is no owner."""
    company.key("dee")
    company.edit(PROMOTION)
    return company.plan("dee")


def refused(company, saved, error, who="dee", **options):
    """Check that *saved* is refused and that nothing at all was written; return what was raised."""
    company.key(who)
    before = company.dump()
    with pytest.raises(error) as caught:
        company.apply(saved, who, **options)
    assert company.dump() == before
    return caught


# The usual way.


def test_a_plan_that_fits_is_applied(company, promotion):
    applied = company.apply(promotion, "dee")

    assert applied.counts == (0, 1, 0)
    assert company.outstanding() == ()
    assert (
        company.state.holdings(who("bo"), named.workspace("prod"))
        == bind("bo", "prod", "runner")[0].roles
    )
    company.verify()


def test_what_is_applied_is_on_record_with_who_did_it_by_which_plan(company, promotion):
    before = len(company.trail())
    applied = company.apply(promotion, "dee", reason="INC-1", author=who("olivia"))

    (record,) = company.trail()[before:]
    assert (record.applier, record.on_behalf_of) == ("dee@acme.example", "olivia@acme.example")
    assert (record.run, record.plan_digest) == (applied.run, promotion.digest)
    assert record.info == {"reason": "INC-1"}
    assert change_on_record(record) == promotion.changes[0]


def test_each_change_is_told_as_it_is_made(company):
    company.edit(PROMOTION, ('members = ["otto"]', 'members = ["otto", "bo"]'))
    saved, told = company.plan(), []

    company.apply(saved, progress=told.append)

    assert tuple(told) == saved.changes


# P01: stale.

STALE = {
    "the changed row": [bound("bo", "prod", "viewer", "developer")],
    "the changed row, and back": [
        bound("bo", "prod", "viewer", "developer"),
        bound("bo", "prod", "developer", "viewer"),
    ],
    "the changed row is gone": [bound("bo", "prod", "viewer", None)],
    "the person it is about": [Change(user("bo")[0], user("bo", status="suspended")[0])],
    "the person it is about is gone": [Change(user("bo")[0], None)],
    "the workspace it is in": [
        Change(workspace("prod", "Production")[0], workspace("prod", "Elsewhere")[0])
    ],
    "the workspace has another name": [
        Change(workspace("prod", "Production")[0], Workspace("production", "Production"))
    ],
    "the applier's own role": [bound("dee", None, "admin", "owner")],
    "the applier itself": [Change(user("dee")[0], user("dee", status="suspended")[0])],
    "an owner's role": [bound("otto", None, "owner", "admin")],
    "an owner is gone": [Change(user("otto")[0], None)],
    "a team that gives an owner authority": [
        Change(team("ops", "otto")[0], team("ops", "otto", "pia")[0])
    ],
}


@pytest.mark.parametrize("what", STALE)
def test_a_plan_is_stale_once_something_it_depends_on_has_changed(company, promotion, what):
    company.force(*STALE[what])

    caught = refused(company, promotion, StalePlan)

    assert caught.type is StalePlan
    assert "when planned" in str(caught.value)


def test_a_plan_is_stale_once_a_role_that_it_gives_has_been_widened(company):
    company.edit(
        ('viewer  = ["bo"]', ""), ('reader  = ["team:ops"]', 'reader  = ["team:ops", "bo"]')
    )
    saved = company.plan()
    company.force(
        Change(role("reader", "see_flows")[0], role("reader", "see_flows", "see_blocks")[0])
    )

    refused(company, saved, StalePlan, "olivia")


def test_a_plan_is_stale_once_a_team_that_it_gives_a_role_has_other_members(company):
    company.edit(('viewer  = ["bo"]', 'viewer  = ["bo", "team:data"]'))
    saved = company.plan()
    company.force(Change(team("data", "bo")[0], team("data", "bo", "pia")[0]))

    refused(company, saved, StalePlan, "olivia")


@pytest.mark.parametrize(
    "changes",
    [
        [Change(None, bind("pia", "prod", "viewer")[0])],
        [Change(team("data", "bo")[0], team("data", "bo", "pia")[0])],
        [Change(None, workspace("dev")[0])],
        [
            Change(role("reader", "see_flows")[0], role("reader", "see_blocks")[0]),
            bound("lee", "prod", "granter", None),
        ],
        [Change(user("pia")[0], None)],
        [Change(None, Key(who("bo"), "laptop"))],
    ],
    ids=["a binding", "a team", "a workspace", "what nobody in it holds", "a person", "a key"],
)
def test_a_strangers_unrelated_change_makes_no_plan_stale(company, changes):
    company.force(Change(team("ops", "otto")[0], team("ops")[0]))
    company.edit(PROMOTION, ('[teams.ops]\nmembers = ["otto"]', "[teams.ops]\nmembers = []"))
    saved = company.plan("dee")
    company.force(*changes)

    company.apply(saved, "dee")

    assert live(company, bind("bo", "prod", "runner")[0]) == bind("bo", "prod", "runner")[0]
    company.verify()


# P05: another account.


def test_a_plan_is_for_its_own_store_alone(company, promotion, tmp_path):
    other = Company(f"sqlite:///{tmp_path / 'other.db'}", company.folder).found()
    other.edit(PROMOTION)

    caught = refused(other, promotion, OtherAccount)

    assert str(caught.value).startswith("the plan is for `acme` of ")


def test_a_plan_is_for_its_own_account_alone(company, tmp_path):
    other = Company(company.url, tmp_path / "globex", "globex").begin()
    company.edit(PROMOTION)
    saved = replace(company.plan(), configuration=other.plan().configuration)

    caught = refused(other, saved, OtherAccount, "olivia")

    assert str(caught.value).startswith("the plan is for `acme` of ")


def test_the_credential_of_another_account_is_none_here(company, promotion, tmp_path):
    other = Company(company.url, tmp_path / "globex", "globex").begin()
    company.keys["stranger"] = other.keys["olivia"]

    refused(company, promotion, CredentialError, "stranger")


def test_accounts_of_one_store_know_nothing_of_each_other(company, promotion, tmp_path):
    other = Company(company.url, tmp_path / "globex", "globex").begin()
    before = (other.state, len(other.trail()))

    company.apply(promotion, "dee")

    assert (other.state, len(other.trail())) == before
    assert other.outstanding() == ()
    other.verify()


def test_a_plan_does_not_fit_another_store_of_the_same_name_and_versions(tmp_path, monkeypatch):
    """As a relative path in another folder is, and a backup that went another way since."""

    def begun(name, *edits):
        folder = tmp_path / name
        folder.mkdir()
        monkeypatch.chdir(folder)
        found = Company("sqlite:///rbac.db", folder)
        found.edit(*edits)
        return found.found()

    one = begun("one")
    one.edit(('viewer  = ["bo"]', ""), ('reader  = ["team:ops"]', 'reader  = ["team:ops", "bo"]'))
    saved = one.plan()
    other = begun("other", ('permissions = ["see_flows"]', 'permissions = ["see_secret_blocks"]'))
    other.write(one.file.read_text())

    caught = refused(other, saved, StalePlan, "olivia")

    assert str(caught.value) == "`role.reader` is not as it was when planned"


# P06, P07: another applier, and one who has lost what it held.


def test_a_plan_is_judged_by_who_applies_it_not_by_who_made_it(company):
    company.edit(PROMOTION)
    saved = company.plan("olivia")

    caught = refused(company, saved, PlanRefused, "pia")

    assert {"CAPABILITY", "ESCALATION", "DOMINANCE"} <= rules(caught)


def test_who_may_do_less_may_still_apply_what_lies_within_it(company):
    company.edit(('reader  = ["team:ops"]', 'reader  = ["team:ops", "pia"]'))
    saved = company.plan("olivia")

    company.apply(saved, "lee")

    assert company.trail()[-1].applier == "lee@acme.example"


def test_the_author_of_a_change_bounds_it_again_at_apply(company, promotion):
    caught = refused(company, promotion, PlanRefused, author=who("pia"))

    assert "ESCALATION" in rules(caught)


def test_a_plan_simulated_for_somebody_is_applied_as_the_credential_alone(company):
    company.edit(PROMOTION)
    saved = company.plan("olivia", simulated=who("otto"))

    refused(company, saved, PlanRefused, "pia", simulated=who("olivia"))


def test_who_was_demoted_in_between_cannot_apply(company, promotion):
    company.force(bound("dee", None, "admin", "member"))

    refused(company, promotion, StalePlan)


def test_who_was_demoted_in_between_cannot_apply_a_plan_pinned_anew(company, promotion):
    company.force(bound("dee", None, "admin", "member"))
    with company.backend("dee").open() as session:
        pins = pinned(promotion.pins, company.state, session.versions)
    forged = decoded(replace(promotion, pins=pins).encoded())

    caught = refused(company, forged, PlanRefused)

    assert {"CAPABILITY", "ESCALATION"} <= rules(caught)


def test_a_forged_change_is_judged_like_any_other(company, promotion):
    grant = bind("dee", None, "owner")[0]
    crowning = Change(bind("dee", None, "admin")[0], grant)
    forged = decoded(replace(promotion, changes=(crowning,)).encoded())

    caught = refused(company, forged, PlanRefused)

    assert "ESCALATION" in rules(caught)


def test_who_was_suspended_in_between_holds_nothing(company, promotion):
    company.force(Change(user("dee")[0], user("dee", status="suspended")[0]))
    forged = decoded(replace(promotion, pins={}).encoded())

    caught = refused(company, forged, PlanRefused)

    assert "NO_AUTHORITY" in rules(caught)


def test_without_a_credential_nothing_is_applied(company, promotion):
    caught = refused_without_key(company, promotion)

    assert caught.value.hint == "set `RBAC_SYNC_API_KEY` to the applier's key"


def refused_without_key(company, saved):
    before = company.dump()
    with pytest.raises(CredentialError) as caught:
        company.apply(saved, backend=company.backend(None))
    assert company.dump() == before
    return caught


# P08, P09: the same plan again.


def test_a_plan_applied_twice_is_made_once(company, promotion):
    company.apply(promotion, "dee")
    state, trail = company.state, company.trail()

    again = company.apply(promotion, "dee")

    assert again.counts == (0, 0, 0)
    assert (company.state, company.trail()) == (state, trail)


def test_a_plan_of_every_kind_applied_twice_is_made_once(company):
    company.edit(*EVERY_KIND)
    saved = company.plan()
    company.apply(saved)
    state, trail = company.state, company.trail()

    assert company.apply(saved).counts == (0, 0, 0)
    assert (company.state, company.trail()) == (state, trail)


EVERY_KIND = (
    PROMOTION,
    (
        'member = ["bo", "pia", "lee", "sa:ci"]',
        'member = ["bo", "lee", "sa:ci", "new@acme.example"]',
    ),
    ('pia    = "pia@acme.example"\n', ""),
    ('description = "Builds."', 'description = "Builds and tests."\n[service_accounts.etl]'),
    ('[teams.ops]\nmembers = ["otto"]', '[teams.night]\nmembers = ["otto", "new@acme.example"]'),
    ('reader  = ["team:ops"]', 'reader  = ["team:night"]'),
    ('permissions = ["see_flows"]', 'permissions = ["see_blocks"]'),
    (
        'name         = "Test"\ndefault_role = "viewer"',
        'name         = "Tests"\ndefault_role = "none"',
    ),
)


def test_a_plan_without_changes_does_nothing(company):
    saved = company.plan()
    trail = company.trail()

    assert company.apply(saved).counts == (0, 0, 0)
    assert company.trail() == trail


UNDONE = {
    "an update": (
        [PROMOTION],
        lambda: [bound("bo", "prod", "runner", "viewer")],
    ),
    "a creation": (
        [('viewer  = ["bo"]', 'viewer  = ["bo", "pia"]')],
        lambda: [bound("pia", "prod", "viewer", None)],
    ),
    "a deletion": (
        [('viewer  = ["bo"]\n', "")],
        lambda: [bound("bo", "prod", None, "viewer")],
    ),
    "a new team": (
        [("[teams.ops]", '[teams.night]\nmembers = ["pia"]\n\n[teams.ops]')],
        lambda: [Change(Team("night", frozenset({Membership(who("pia"))})), None)],
    ),
    "a new member": (
        [('member = ["bo"', 'member = ["new@acme.example", "bo"')],
        lambda: [Change(user("new")[0], None)],
    ),
    "a member who left": (
        [('"pia", ', ""), ('pia    = "pia@acme.example"\n', "")],
        lambda: [Change(None, user("pia")[0], brings=tuple(user("pia")[1:]))],
    ),
}


@pytest.mark.parametrize("what", UNDONE)
def test_what_was_applied_and_undone_is_not_applied_again(company, what):
    edits, undoing = UNDONE[what]
    begun = company.state
    company.edit(*edits)
    saved = company.plan()
    company.apply(saved)
    company.force(*undoing())
    assert company.state == begun

    caught = refused(company, saved, StalePlan, "olivia")

    assert "has been applied before" in str(caught.value)


def test_another_plan_of_the_same_changes_may_be_applied_again(company):
    company.edit(PROMOTION)
    company.sync()
    company.force(bound("bo", "prod", "runner", "viewer"))

    assert company.sync().counts == (0, 1, 0)


# P10: too old, by the database's clock.


def test_a_plan_is_good_for_a_day(company, promotion):
    caught = refused(company, aged(promotion, hours=24, seconds=1), PlanTooOld)
    assert str(caught.value) == "the plan is older than 1 day"

    assert company.apply(aged(promotion, hours=23, minutes=59), "dee").counts == (0, 1, 0)


def test_a_plan_is_good_for_as_long_as_the_policy_says(company):
    company.edit(PROMOTION, ("min_owners = 1", 'min_owners = 1\nmax_plan_age = "30m"'))
    saved = company.plan()

    caught = refused(company, aged(saved, minutes=31), PlanTooOld, "olivia")
    assert str(caught.value) == "the plan is older than 30 minutes"

    assert company.apply(aged(saved, minutes=29)).counts == (0, 1, 0)


def test_a_plan_from_the_future_is_refused(company, promotion):
    caught = refused(company, aged(promotion, minutes=-6), PlanFromFuture)

    assert "the plan says that it was made at " in str(caught.value)
    assert ", and here it is " in str(caught.value)
    assert caught.value.hint == (
        "check the clock of the machine that planned; plan again, and apply the new plan"
    )


def test_the_clocks_of_plan_and_apply_may_differ_by_a_little(company, promotion):
    assert company.apply(aged(promotion, minutes=-4), "dee").counts == (0, 1, 0)


def test_the_clock_of_the_machine_that_applies_does_not_matter(
    postgres_url, tmp_path, time_machine
):
    company = Company(postgres_url, tmp_path / "acme").begin()
    company.edit(PROMOTION)
    saved = company.plan()
    time_machine.move_to(saved.created + timedelta(days=300))

    company.apply(saved)

    assert abs(company.trail()[-1].timestamp - saved.created) < timedelta(hours=1)


# P15: what somebody else has made as planned, or a run that stopped half-way.


def test_what_is_made_already_is_not_made_again(company):
    company.edit(PROMOTION, EVERY_KIND[3], EVERY_KIND[7])
    saved = company.plan()
    assert len(saved.changes) > 3
    company.force(saved.changes[0])
    trail = len(company.trail())

    company.apply(saved)

    assert [change_on_record(r) for r in company.trail()[trail:]] == list(saved.changes[1:])
    assert company.outstanding() == ()
    company.verify()


# R09: another configuration.


TEST = """
[[test]]
name = "bo does not manage"
who = "bo"
workspace = "prod"
cannot = ["manage_workspace_users"]
"""


@pytest.mark.parametrize(
    "edit",
    [
        ('runner  = ["bo"]', 'runner  = ["bo", "pia"]'),
        ('description = "Builds."', 'description = "Tests."'),
        ("min_owners = 1", "min_owners = 2"),
        ("min_owners = 1", 'min_owners = 1\nprotect = ["team.data"]'),
        ('keys             = "all"', 'keys             = "declared"'),
        ('world   = "prefect-cloud"', 'world   = "prefect-cloud"\nurl = "sqlite:///other.db"'),
        ("[people]", f"{TEST}[people]"),
        ('bo     = "bo@acme.example"', 'bo     = "bob@acme.example"'),
        ("[guard]", "# a remark\n[guard] "),
    ],
)
def test_a_plan_is_for_the_files_from_which_it_was_made(company, promotion, edit):
    company.edit(edit)

    caught = refused(company, promotion, OtherConfiguration)

    assert str(caught.value) == "the configuration has changed since the plan was made"
    assert caught.value.hint == "plan again from this configuration"


def test_a_plan_fits_the_same_files_with_other_line_ends(company, promotion):
    company.file.write_bytes(company.file.read_bytes().replace(b"\n", b"\r\n"))

    assert company.apply(promotion, "dee").counts == (0, 1, 0)


def test_a_plan_is_for_the_names_of_its_files(company):
    table = '[teams.data]\nmembers = ["bo"]\n'
    company.edit((table, ""), ("[manage]", '[files]\n"*.toml" = ["teams"]\n\n[manage]'), PROMOTION)
    (company.folder / "teams.toml").write_text(table)
    saved = company.plan()

    (company.folder / "teams.toml").rename(company.folder / "data.toml")

    refused(company, saved, OtherConfiguration)


AUTHORS = """min_owners = 1
[guard.authors]
issuer = "https://ci.example"
audience = "x"
jwks = "jwks.json"
claims = { a = "b" }
principals = {}
"""


def test_a_plan_is_bound_to_the_keys_that_prove_its_author(company):
    company.edit(
        (
            "min_owners = 1",
            AUTHORS,
        ),
        PROMOTION,
    )
    keys = company.folder / "jwks.json"
    keys.write_text('{"keys": [], "x": 1}')
    saved = company.plan()

    keys.write_text('{"x": 1,\r\n "keys": []}')
    assert company.plan().configuration == saved.configuration
    keys.write_text('{"keys": [{}], "x": 1}')
    refused(company, saved, OtherConfiguration, "olivia")
    keys.unlink()
    refused(company, saved, OtherConfiguration, "olivia")


def test_a_configuration_that_is_as_it_was_fits_again(company, promotion):
    text = company.file.read_text()
    company.edit(("min_owners = 1", "min_owners = 2"))
    company.write(text)

    assert company.apply(promotion, "dee").counts == (0, 1, 0)


def test_a_file_that_came_since_is_another_configuration(company):
    company.edit(("[guard]", '[files]\n"more/*.toml" = ["teams"]\n\n[guard]'), PROMOTION)
    (company.folder / "more").mkdir()
    (company.folder / "more" / "day.toml").write_text("# No team works by day.\n")
    saved = company.plan()
    (company.folder / "more" / "night.toml").write_text("[teams.night]\nmembers = []\n")

    refused(company, saved, OtherConfiguration, "olivia")
