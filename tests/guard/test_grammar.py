"""Forged changes: what no part of rbac-sync makes is INVALID, whatever the plan says of itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from rbac_sync.config.text_rules import email_fault
from rbac_sync.guard import RuleId, examine
from rbac_sync.guard.grammar import FORMS, form
from rbac_sync.model import (
    ACCOUNT,
    ANYWHERE,
    EVERYONE,
    Action,
    Address,
    Binding,
    Holding,
    Key,
    Kind,
    Level,
    Membership,
    Policy,
    Status,
    Team,
    User,
    Workspace,
    held,
)
from rbac_sync.model.instant import parsed
from rbac_sync.model.resources import role as role_address
from rbac_sync.planning import Change, Plan

from ..build import (
    bind,
    context,
    key,
    role,
    service_account,
    state,
    team,
    user,
    who,
    workspace,
)

LIVE = state(
    user("ana", "owner"),
    user("mia"),
    user("tess", "admin"),
    user("bo"),
    user("sue", "owner", status="suspended"),
    user("inv", status="pending", expires="2026-12-01T00:00:00Z"),
    service_account("ci"),
    team("platform", "bo"),
    team("synced", "bo", managed_by="directory"),
    workspace("prod"),
    workspace("dev"),
    role("reader", "see_flows"),
    role("crew", "see_account", "manage_teams", "manage_members", level=Level.ACCOUNT),
    user("crewed", "crew"),
    bind("team:platform", "prod", "owner"),
    key("mia", "own", "2026-12-01T00:00:00Z"),
)
SOON = parsed("2026-12-01T00:00:00Z")
OWNER, VIEWER = (role_address(Level.WORKSPACE, name) for name in ("owner", "viewer"))
MEMBER = role_address(Level.ACCOUNT, "member")
PROD = workspace("prod")[0].address
MIA, CREWED = who("mia"), who("crewed")


def live(address: Address):
    found = LIVE.get(address)
    assert found is not None
    return found


def new_key(name="new"):
    return Key(MIA, name, SOON)


def owns(principal, scope=PROD):
    return Binding(principal, scope, held(OWNER))


PLATFORM, SYNCED, PRODUCTION = live(who("team:platform")), live(who("team:synced")), live(PROD)
JOINED = replace(PLATFORM, members=PLATFORM.members | {Membership(CREWED)})
READER = role("reader", "see_flows")[0]
SUE, BO, INVITED = live(who("sue")), live(who("bo")), live(who("inv"))
CI = live(who("sa:ci"))
BOS_ROLE = LIVE.binding(who("bo"), ACCOUNT)
GRANT = LIVE.binding(who("team:platform"), PROD)

FORGED = {
    # G1: companions on what is no new principal
    "a key brings a grant": Change(None, new_key(), (owns(MIA),)),
    "a key joins a team": Change(None, new_key(), joins=(PLATFORM.address,)),
    "a key brings an account role": Change(
        None, new_key(), (Binding(MIA, ACCOUNT, held(role_address(Level.ACCOUNT, "owner"))),)
    ),
    "a team brings a grant": Change(None, Team("x"), (owns(MIA),)),
    "a workspace brings a grant": Change(None, Workspace("x"), (owns(MIA, who("x")),)),
    "a role brings a grant": Change(None, role("x", "see_flows")[0], (owns(MIA),)),
    "a binding brings another": Change(None, owns(MIA), (owns(CREWED),)),
    "a deletion brings a grant": Change(GRANT, None, (owns(MIA),)),
    "a deletion joins a team": Change(GRANT, None, joins=(PLATFORM.address,)),
    "an update joins a team": Change(BO, BO, joins=(PLATFORM.address,)),
    "an update brings a grant": Change(BO, BO, (owns(who("bo")),)),
    "a rename brings a grant": Change(PLATFORM, replace(PLATFORM, name="x"), (owns(MIA),)),
    "a new member brings a grant": Change(
        None, User("new@acme.example"), (*user("new")[1:], owns(who("new")))
    ),
    "a new member joins a team": Change(
        None, User("new@acme.example"), tuple(user("new")[1:]), (PLATFORM.address,)
    ),
    "a new member brings somebody else's role": Change(
        None, User("new@acme.example"), (*user("new")[1:], Binding(MIA, ACCOUNT, held(MEMBER)))
    ),
    "a new service account joins a team": Change(
        None, service_account("x")[0], tuple(service_account("x")[1:]), (PLATFORM.address,)
    ),
    "an invitation brings somebody else's grant": Change(
        None,
        User("new@acme.example", Status.PENDING, SOON),
        (*user("new")[1:], owns(MIA)),
    ),
    "an invitation joins what is no team": Change(
        None, User("new@acme.example", Status.PENDING, SOON), tuple(user("new")[1:]), (PROD,)
    ),
    "an invitation brings a scope twice": Change(
        None,
        User("new@acme.example", Status.PENDING, SOON),
        (*user("new")[1:], *user("new", "admin")[1:]),
    ),
    "a new member like a service account": Change(
        None, User("sa:ci@x.org"), tuple(user("sa:ci@x.org")[1:])
    ),
    "a replacement of a member": Change(BO, replace(BO, status=Status.ACTIVE), (BOS_ROLE,)),
    # G2: a side before that is not live
    "a team that lists the applier already": Change(JOINED, JOINED),
    "a grant that holds nothing already": Change(
        replace(GRANT, roles=frozenset()), replace(GRANT, roles=frozenset())
    ),
    "a team that has lost a member already": Change(replace(PLATFORM, members=frozenset()), JOINED),
    "a directory's team that lists a user already": Change(
        replace(SYNCED, members=SYNCED.members | {Membership(MIA)}),
        replace(SYNCED, members=SYNCED.members | {Membership(MIA)}, description="x"),
    ),
    "a directory's team that has none": Change(
        replace(SYNCED, managed_by=""), replace(SYNCED, managed_by="", members=frozenset())
    ),
    "a suspended owner who is active already": Change(
        replace(SUE, status=Status.ACTIVE), replace(SUE, status=Status.ACTIVE)
    ),
    "a member who is invited": Change(replace(BO, status=Status.PENDING), None),
    "an invited person who is a member": Change(
        replace(INVITED, status=Status.ACTIVE, expires=None), None
    ),
    "a grant that was smaller": Change(Binding(GRANT.principal, PROD, held(VIEWER)), GRANT),
    "a role that was wider": Change(
        replace(READER, permissions=READER.permissions | {"run_flows"}), READER
    ),
    "a workspace that was public": Change(replace(PRODUCTION, public=True), PRODUCTION),
    "a key of a person that ends earlier": Change(
        live(key("mia", "own")[0].address), Key(MIA, "own", SOON - timedelta(1))
    ),
    "a key that ended later": Change(Key(MIA, "own", None), None),
    "a service account of another description": Change(replace(CI, description="x"), None),
    # renames with more in them
    "a rename that joins": Change(PLATFORM, replace(JOINED, name="x")),
    "a rename that widens": Change(
        READER, replace(READER, name="x", permissions=READER.permissions | {"run_flows"})
    ),
    "a rename that opens": Change(PRODUCTION, replace(PRODUCTION, handle="x", public=True)),
    "a rename that reactivates": Change(SUE, User("x@acme.example")),
    "a rename to another level": Change(READER, replace(READER, name="x", level=Level.ACCOUNT)),
    "a rename of a key": Change(Key(MIA, "own", SOON), Key(MIA, "other", SOON)),
    "a key that changes hands": Change(Key(MIA, "own", SOON), Key(who("ana"), "own", SOON)),
    "a grant that changes hands": Change(GRANT, replace(GRANT, principal=MIA)),
    "a grant that moves": Change(GRANT, replace(GRANT, scope=who("x"))),
    # two kinds, levels, statuses
    "a user that becomes a team": Change(BO, Team("bo@acme.example")),
    "a team that becomes a user": Change(PLATFORM, User("platform@acme.example")),
    "a team that becomes a workspace": Change(PLATFORM, Workspace("platform")),
    "a service account that becomes a team": Change(CI, Team("ci")),
    "a workspace that becomes a service account": Change(PRODUCTION, service_account("prod")[0]),
    "a member who becomes invited": Change(BO, replace(BO, status=Status.PENDING)),
    "an invited person who is suspended": Change(
        INVITED, replace(INVITED, status=Status.SUSPENDED)
    ),
    "a suspended person who is invited": Change(SUE, replace(SUE, status=Status.PENDING)),
    # what only a constraint of a database would stop
    "a role held twice": Change(
        None, Binding(MIA, PROD, frozenset({Holding(VIEWER), Holding(VIEWER, until=SOON)}))
    ),
    "a member named twice": Change(
        None, Team("x", frozenset({Membership(MIA), Membership(MIA, until=SOON)}))
    ),
    "a member that is there": Change(None, BO, (BOS_ROLE,)),
    "a grant that is there": Change(None, GRANT),
    # names that are nobody's
    "a workspace called *": Change(None, Workspace("*")),
    "a grant everywhere": Change(None, owns(MIA, ANYWHERE)),
    "a grant to the account": Change(None, owns(ACCOUNT)),
    "a grant to a workspace": Change(None, owns(PROD)),
    "a grant in a team": Change(None, owns(MIA, PLATFORM.address)),
    "a key of everyone": Change(None, Key(EVERYONE, "k", SOON)),
    "a key of a team": Change(None, Key(PLATFORM.address, "k", SOON)),
    "everyone in a team": Change(None, Team("x", frozenset({Membership(EVERYONE)}))),
    "a team in a team": Change(None, Team("x", frozenset({Membership(PLATFORM.address)}))),
    "an account role of a team": Change(None, Binding(PLATFORM.address, ACCOUNT, held(MEMBER))),
    "an account role of everyone": Change(None, Binding(EVERYONE, ACCOUNT, held(MEMBER))),
    # empty and built-in things
    "a grant that is emptied": Change(GRANT, Binding(GRANT.principal, PROD, frozenset())),
    "a grant of nothing": Change(None, Binding(MIA, PROD, frozenset())),
    "a grant that was nothing": Change(Binding(MIA, PROD, frozenset()), owns(MIA)),
    "a new built-in role": Change(None, replace(role("x", "see_flows")[0], builtin=True)),
    "a role that becomes built-in": Change(READER, replace(READER, builtin=True)),
    "a workspace role that implies": Change(
        None, replace(role("x", "see_flows")[0], implies=frozenset({OWNER}))
    ),
    "an account role that implies itself": Change(
        None,
        replace(role("x", "see_account", level=Level.ACCOUNT)[0], implies=frozenset({MEMBER})),
    ),
    "a custom role that claims to be built-in": Change(
        replace(READER, builtin=True), replace(READER, builtin=True, description="D")
    ),
    "a role that is no role": Change(None, Binding(MIA, PROD, held(PLATFORM.address))),
}


def findings(*changes, applier="ana"):
    return examine(context(Plan(LIVE, changes), applier, policy=Policy(allow_removals=99)))


@pytest.mark.parametrize("name", FORGED)
@pytest.mark.parametrize("applier", ["ana", "crewed", "mia"])
def test_a_forged_change_is_invalid_whoever_applies_it(name, applier):
    found = findings(FORGED[name], applier=applier)

    (invalid,) = [f for f in found if f.rule in (RuleId.INVALID, RuleId.BUILTIN, RuleId.EXTERNAL)]
    assert invalid.message
    assert invalid.hint
    assert RuleId.OUTCOME not in {f.rule for f in found}


def test_what_is_outside_the_grammar_says_so_and_what_to_do():
    (finding,) = findings(FORGED["a member who becomes invited"])

    assert finding.message == (
        "no plan would update `member.bo@acme.example` (member active to member pending)"
    )
    assert finding.hint == "make the plan with `rbac-sync plan`; plan files are not to be edited"


def test_a_side_before_that_is_not_live_says_so_and_what_to_do():
    (finding,) = findings(FORGED["a key that ended later"])

    assert finding.message == (
        "`member.mia@acme.example/key/own` is not as the change says that it was"
    )
    assert finding.hint == "plan again from what is live now"


def test_a_rename_with_more_in_it_says_so_and_what_to_do():
    (finding,) = findings(FORGED["a rename that joins"])

    assert finding.message == "the rename of `team.platform` changes more than the name"
    assert finding.hint == "rename it in one step, and change it in the next"


def test_companions_that_do_not_belong_say_so():
    (finding,) = findings(FORGED["a key joins a team"], applier="mia")

    assert finding.message == (
        "`member.mia@acme.example/key/new` comes with what does not belong to it"
    )


@pytest.mark.parametrize(
    "changes",
    [
        lambda a, b, c: (Change(a, b), Change(b, c)),
        lambda a, b, c: (Change(a, b), Change(b, None)),
        lambda a, b, c: (Change(a, c), Change(c, b)),
        lambda a, _, c: (Change(a, Team(a.name)), Change(Team(a.name), c)),
    ],
    ids=["widened twice", "widened and deleted", "widened and narrowed", "taken and given back"],
)
def test_one_address_changes_once(changes):
    teams = (
        team("platform", *members)[0] for members in (("bo",), ("bo", "mia"), ("bo", "mia", "ana"))
    )

    found = findings(*changes(*teams))

    assert [f.message for f in found if f.rule is RuleId.INVALID] == [
        "`team.platform` is changed by an earlier step already"
    ]
    assert (
        next(f.hint for f in found)
        == "change each thing once in a plan; make the second change in another plan"
    )


def test_the_two_halves_of_an_update_are_no_repetition():
    narrow, wide = team("platform")[0], team("platform", "mia")[0]

    assert findings(Change(PLATFORM, narrow), Change(narrow, wide)) == []


def test_the_same_thing_is_renamed_once():
    x, y = (replace(PLATFORM, name=name) for name in "xy")

    (finding,) = findings(Change(PLATFORM, x), Change(x, y))

    assert finding.rule is RuleId.INVALID


def test_what_is_deleted_may_be_made_again():
    made = Change(None, Team("platform"))

    assert RuleId.INVALID not in {f.rule for f in findings(Change(PLATFORM, None), made)}


@pytest.mark.parametrize(
    "earlier",
    [Change(PLATFORM, None), Change(None, Team("new")), Change(PLATFORM, Team("platform"))],
    ids=["a deletion", "a creation", "an update"],
)
def test_what_is_renamed_is_renamed_before_all_other_changes(earlier):
    renamed = Change(SYNCED, replace(SYNCED, name="other"))

    assert findings(renamed, earlier) == []
    (finding,) = findings(earlier, renamed)
    assert finding.rule is RuleId.INVALID
    assert finding.message == "`team.other` gets its name after other changes, or a second one"
    assert finding.hint == "rename each thing once, before all other changes"


def test_a_change_of_status_takes_the_rights_of_both_sides():
    asked = FORMS[Kind.USER, Action.UPDATE, "pending", "active"].rights

    assert set(asked) == {(Action.UPDATE, Kind.USER, "pending"), (Action.UPDATE, Kind.USER, "")}


def test_every_form_is_found_by_its_shape():
    assert form(Change(None, BO)) is FORMS[Kind.USER, Action.CREATE, None, "active"]
    assert form(Change(BO, PLATFORM)) is None


@pytest.mark.parametrize("name", ["sue", "tim"])
def test_g9_to_wake_somebody_takes_what_they_hold_directly_or_by_a_team(name):
    live = state(
        user("ana", "owner"),
        role("hr", "see_account", "manage_members", level=Level.ACCOUNT),
        user("hugo", "hr"),
        user("sue", status="suspended"),
        user("tim", status="suspended"),
        team("platform", "tim"),
        workspace("prod"),
        bind("team:platform", "prod", "owner"),
        bind("sue", "prod", "owner"),
    )
    before = live.get(who(name))
    change = Change(before, replace(before, status=Status.ACTIVE))

    rules = {f.rule for f in examine(context(Plan(live, (change,)), "hugo"))}

    assert rules == {RuleId.ESCALATION, RuleId.DOMINANCE}


@pytest.mark.parametrize("name", ["member.tim@acme.example", "service-account.etl"])
def test_to_remove_somebody_takes_what_they_hold_by_a_team(name):
    live = state(
        user("ana", "owner"),
        role("hr", "see_account", "manage_members", "manage_bots", level=Level.ACCOUNT),
        user("hugo", "hr"),
        user("tim"),
        service_account("etl"),
        team("platform", "tim", "sa:etl"),
        workspace("prod"),
        bind("team:platform", "prod", "viewer"),
    )
    (leaver,) = (each for each in live.resources() if str(each.address) == name)

    (found,) = examine(context(Plan(live, (Change(leaver, None),)), "hugo"))

    lacking = "what `hugo@acme.example` does not hold: `see_blocks`, `see_flows`"
    assert (found.rule, found.message, found.hint) == (
        RuleId.DOMINANCE,
        f"`{name}` would take or replace in workspace prod {lacking}",
        "ask somebody who holds all of this to apply the plan, or leave the change out",
    )


@pytest.mark.parametrize(
    "term", ["developer from 2027-06-01T00:00:00Z", "developer until 2026-01-01T00:00:00Z"]
)
@pytest.mark.parametrize("is_made", [True, False], ids=["made", "revoked"])
def test_g4_ones_own_key_has_no_value_whatever_has_ended_or_not_begun(term, is_made):
    live = state(
        user("ana", "owner"),
        user("mia"),
        workspace("prod"),
        bind("mia", "prod", term),
        key("mia", "laptop", "2026-12-01T00:00:00Z"),
    )
    made, revoked = Change(None, new_key()), Change(Key(MIA, "laptop", SOON), None)

    asked = context(Plan(live, (made if is_made else revoked,)), "mia")

    assert examine(asked) == []


def test_a_key_of_the_applier_made_for_an_author_is_a_gain_to_the_author():
    change = Change(None, Key(who("ana"), "new", SOON))

    asked = context(Plan(LIVE, (change,)), "ana", author=MIA)

    assert RuleId.ESCALATION in {f.rule for f in examine(asked)}


def test_an_invitation_that_has_ended_is_dated_anew_by_whoever_holds_what_it_gives():
    live = state(
        user("ana", "owner"),
        role("hr", "see_account", "manage_members", level=Level.ACCOUNT),
        user("hugo", "hr"),
        user("inv", "owner", status="pending", expires="2026-11-01T00:00:00Z"),
    )
    before = live.get(who("inv"))
    change = Change(before, replace(before, expires=SOON))

    assert {f.rule for f in examine(context(Plan(live, (change,)), "hugo"))} == {RuleId.ESCALATION}
    assert examine(context(Plan(live, (change,)), "ana")) == []


def test_an_invitation_is_shortened_by_whoever_holds_what_it_gives():
    live = state(
        user("ana", "owner"),
        user("adam", "admin"),
        user("inv", "owner", status="pending", expires="2026-12-21T00:00:00Z"),
    )
    before = live.get(who("inv"))
    change = Change(before, replace(before, expires=SOON))

    (found,) = examine(context(Plan(live, (change,)), "adam"))
    assert found.message == (
        "`member.inv@acme.example` would take or replace in the account what"
        " `adam@acme.example` does not hold: `manage_billing`"
    )
    assert (
        found.hint
        == "ask somebody who holds all of this to apply the plan, or leave the change out"
    )
    assert examine(context(Plan(live, (change,)), "ana")) == []


def test_whoever_may_do_nothing_else_may_leave():
    policy = Policy(allow_self_reduction=True)
    mia = LIVE.get(MIA)

    assert examine(context(Plan(LIVE, (Change(mia, None),)), "mia", policy=policy)) == []
    assert examine(context(Plan(LIVE, (Change(BO, None),)), "mia", policy=policy)) != []


@pytest.mark.parametrize("name", ["*", "Everyone", "account"])
@pytest.mark.parametrize("made", [Team, Workspace])
def test_reserved_names_are_nobodys(name, made):
    (finding,) = findings(Change(None, made(name)))

    assert finding.rule is RuleId.INVALID
    assert finding.message == f"`{name}` is nobody's name: it means all of something"
    assert finding.hint == "choose another name"


@pytest.mark.parametrize("character", ' "(),:;<>[\\]\x7f\u043e')
def test_a_new_member_has_an_address_that_a_configuration_can_declare(character):
    mail = f"a{character}b@acme.example"
    binding = Binding(User(mail).address, ACCOUNT, held(role_address(Level.ACCOUNT, "member")))

    found = findings(Change(None, User(mail), brings=(binding,)))

    assert (found[0].rule, found[0].message) == (
        RuleId.INVALID,
        f"`{mail}` is no e-mail address in ASCII",
    )
    assert found[0].hint == (
        "write it in ASCII, without spaces, quotes, brackets and backslashes, and none of `,:;`"
    )
    assert email_fault(mail)


def test_what_is_not_there_says_so_and_what_to_do():
    (finding,) = findings(Change(Team("ghosts"), None))

    assert finding.message == "`team.ghosts` does not exist"
    assert finding.hint == "check the name; it may have been removed meanwhile"


@pytest.mark.parametrize(
    ("change", "whose"),
    [
        (Change(None, User("new@acme.example")), "new"),
        (Change(INVITED, INVITED, (Binding(INVITED.address, PROD, held(VIEWER)),)), "inv"),
    ],
    ids=["a new member", "a repeated invitation"],
)
def test_a_principal_without_an_account_role_says_so_and_what_to_do(change, whose):
    (finding,) = findings(change)

    assert finding.message == f"`member.{whose}@acme.example` has no account role"
    assert (
        finding.hint == "give it a role in `[members]`; to take access away, remove the principal"
    )


def test_a_term_that_ends_before_it_begins_says_so_and_what_to_do():
    term = Holding(VIEWER, parsed("2027-02-01T00:00:00Z"), parsed("2027-01-01T00:00:00Z"))

    (finding,) = findings(Change(None, Binding(MIA, PROD, frozenset({term}))))

    assert finding.message.endswith("ends before it begins")
    assert finding.hint == "put `from` before `until`"
