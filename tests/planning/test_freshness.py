from __future__ import annotations

from dataclasses import replace

import pytest

from rbac_sync.errors import StalePlan
from rbac_sync.model import (
    ACCOUNT,
    EVERYONE,
    PRINCIPALS,
    WHOLE,
    Action,
    Binding,
    Horizon,
    Key,
    Kind,
    ServiceAccount,
    Workspace,
    label,
)
from rbac_sync.model import address as named
from rbac_sync.model.address import encoded
from rbac_sync.planning import Change, followed
from rbac_sync.planning.freshness import DependentRows, confirmed, outstanding, resumed
from rbac_sync.planning.pins import read_set
from rbac_sync.planning.planfile import SavedPlan, Target

from ..build import (
    NOW,
    access_list,
    because,
    bind,
    plan,
    role,
    service_account,
    state,
    team,
    user,
    who,
    workspace,
)


def company(*more):
    return state(
        user("ana", "owner"),
        user("bo"),
        user("cy"),
        workspace("prod"),
        role("r", "see_flows"),
        *more,
    )


class Store:
    """A live state with a version per row, as a store would have them."""

    def __init__(self, live):
        self.live = live
        self.versions = {r.address: "1" for r in (*live.resources(), *live.bindings())}

    def plan(self, desired):
        found = plan(self.live, desired)
        rows = read_set(found, [who("ana")])
        pins = {address: self.versions.get(address, "") for address in rows}
        target = Target("store", "sqlite:///x", "acme", "small")
        return SavedPlan(target, "", NOW, found.changes, pins)

    def make(self, *changes):
        for change in changes:
            self.live = followed(self.live, [change])
            there = {r.address for r in (*self.live.resources(), *self.live.bindings())}
            for address in {r.address for r in (change.before, change.after, *change.brings) if r}:
                self.versions[address] = self.versions.get(address, "1") + "+"
            self.versions = {a: v for a, v in self.versions.items() if a in there}

    def outstanding(self, saved, *, applied=False, horizon=WHOLE):
        return outstanding(saved, self.live, self.versions, horizon, applied=applied)


def bound(before, after):
    """Return the change of what bo holds in prod."""
    sides = (bind("bo", "prod", role)[0] if role else None for role in (before, after))
    return Change(*sides)


def stale(store, saved, **asked):
    with pytest.raises(StalePlan) as caught:
        store.outstanding(saved, **asked)
    assert caught.value.exit_code == 5
    assert caught.value.hint == "plan again, read the new plan, and apply it"
    return str(caught.value)


def test_right_after_planning_every_change_is_to_be_made():
    store = Store(company())
    saved = store.plan(company(bind("bo", "prod", "r"), team("data", "bo")))

    assert store.outstanding(saved) == saved.changes


def test_a_plan_without_changes_asks_for_nothing():
    store = Store(company())

    assert store.outstanding(store.plan(company())) == ()


def test_a_change_of_nothing_is_not_made():
    store, nothing = Store(company()), Binding(who("bo"), named.workspace("prod"), frozenset())
    saved = store.plan(company(bind("bo", "prod", "r")))
    forged = replace(saved, changes=(Change(nothing, nothing), *saved.changes))

    assert store.outstanding(forged) == saved.changes


def test_once_all_is_made_there_is_nothing_to_do():
    store = Store(company(user("eli"), bind("bo", "prod", "viewer")))
    saved = store.plan(company(bind("bo", "prod", "r"), team("data", "bo")))
    store.make(*saved.changes)

    assert {change.action for change in saved.changes} == {
        Action.CREATE,
        Action.UPDATE,
        Action.DELETE,
    }
    assert store.outstanding(saved) == store.outstanding(saved, applied=True) == ()


NARROW = Horizon(
    frozenset(),
    frozenset(),
    frozenset(),
    frozenset(),
    more_workspaces=True,
    reasons=("a part is shown",),
)


def removal(store):
    """Plan the removal of prod, and take prod out of what is shown."""
    saved = store.plan(state(user("ana"), user("bo")))
    assert saved.changes
    store.make(*saved.changes)
    return saved


def test_f1_what_is_not_shown_is_not_taken_for_deleted():
    store = Store(company())
    saved = removal(store)

    assert store.outstanding(saved) == ()
    message = stale(store, saved, horizon=NARROW)
    assert "when planned and is not shown to this key now" in message


def test_a_deletion_of_this_plan_is_made_although_the_key_is_shown_a_part():
    store = Store(company())

    assert store.outstanding(removal(store), applied=True, horizon=NARROW) == ()


@pytest.mark.parametrize("how", ["made again", "deleted again", "renamed and deleted"])
def test_a_plan_that_deletes_and_makes_one_thing_is_made_once_it_was_applied(how):
    (ops,), (other,) = team("ops"), team("other")
    is_new = how == "deleted again"
    store = Store(company() if is_new else company([ops], bind("team:ops", "prod", "viewer")))
    again = {
        "made again": (Change(ops, None), Change(None, ops)),
        "deleted again": (Change(None, ops), Change(ops, None)),
        "renamed and deleted": (Change(ops, other), Change(other, None)),
    }[how]
    saved = replace(store.plan(company()), changes=again)

    assert store.outstanding(saved) == saved.changes
    store.make(*again)
    assert store.outstanding(saved, applied=True) == ()


def test_once_all_is_made_a_strangers_later_change_does_not_matter():
    store = Store(company())
    saved = store.plan(company(bind("bo", "prod", "r")))
    store.make(*saved.changes)
    store.make(Change(role("r", "see_flows")[0], role("r", "see_blocks")[0]))

    assert store.outstanding(saved, applied=True) == ()


def test_what_somebody_else_has_made_as_planned_is_not_made_again():
    store = Store(company())
    saved = store.plan(company(bind("bo", "prod", "r"), bind("cy", "prod", "r")))
    store.make(saved.changes[0])

    assert store.outstanding(saved) == saved.changes[1:]


def test_what_is_not_as_it_was_makes_a_plan_stale_and_says_so():
    store = Store(company(bind("bo", "prod", "viewer")))
    saved = store.plan(company(bind("bo", "prod", "r")))
    store.make(bound("viewer", "runner"))

    assert stale(store, saved) == (
        "`workspace.prod/access/bo@acme.example` was `viewer` when planned and is `runner` now"
        "; the plan makes it `r`"
    )


def test_what_was_changed_and_changed_back_makes_a_plan_stale():
    store = Store(company(bind("bo", "prod", "viewer")))
    saved = store.plan(company(bind("bo", "prod", "r")))
    store.make(bound("viewer", "runner"), bound("runner", "viewer"))

    stale(store, saved)


def test_what_has_gone_makes_a_plan_stale():
    store = Store(company(bind("bo", "prod", "viewer")))
    saved = store.plan(company(bind("bo", "prod", "r")))
    store.make(bound("viewer", None))

    assert stale(store, saved) == (
        "`workspace.prod/access/bo@acme.example` was `viewer` when planned and is absent now"
        "; the plan makes it `r`"
    )


def test_what_has_come_otherwise_than_planned_makes_a_plan_stale():
    store = Store(company())
    saved = store.plan(company(bind("bo", "prod", "r")))
    store.make(bound(None, "viewer"))

    assert stale(store, saved) == (
        "`workspace.prod/access/bo@acme.example` was absent when planned and is `viewer` now"
        "; the plan makes it `r`"
    )


MANY = [f"p{number}" for number in range(7)]


@pytest.mark.parametrize(
    ("first", "now", "planned", "sentence"),
    [
        (
            team("ops", "bo"),
            team("ops", "bo until 2026-12-01T00:00:00Z", "cy", description="On call."),
            team("ops", "ana"),
            (
                "members +`bo@acme.example until 2026-12-01T00:00:00Z` +`cy@acme.example`"
                " -`bo@acme.example`, description nothing -> `On call.`"
                "; the plan changes members +`ana@acme.example` -`bo@acme.example`"
            ),
        ),
        (
            workspace("test", "Test"),
            workspace("test", "Test", public=True),
            workspace("test", "Trial"),
            "public `false` -> `true`; the plan changes name `Test` -> `Trial`",
        ),
        (
            team("ops"),
            team("ops", *MANY),
            (),
            (
                "members +`p0@acme.example` +`p1@acme.example` +`p2@acme.example`"
                " +`p3@acme.example` +`p4@acme.example` and 2 more; the plan deletes it"
            ),
        ),
    ],
)
def test_a_stale_plan_names_what_was_what_is_and_what_is_planned(first, now, planned, sentence):
    others = [user(name) for name in MANY]
    store = Store(company(first, *others))
    saved = store.plan(company(planned, *others))
    store.make(Change(first[0], now[0]))

    address = first[0].address
    assert stale(store, saved) == f"`{address}` is not as it was when planned: {sentence}"


@pytest.mark.parametrize(
    "change",
    [
        Change(role("r", "see_flows")[0], role("r", "see_flows", "see_blocks")[0]),
        Change(workspace("prod")[0], workspace("prod", "Other")[0]),
        Change(user("bo")[0], user("bo", status="suspended")[0]),
        Change(user("ana", "owner")[1], user("ana", "admin")[1]),
        Change(user("ana")[0], user("ana", status="suspended")[0]),
    ],
    ids=lambda change: str(change.address),
)
def test_what_a_plan_refers_to_or_its_applier_stands_on_makes_it_stale(change):
    store = Store(company())
    saved = store.plan(company(bind("bo", "prod", "r")))
    store.make(change)

    assert f"`{change.address}` is not as it was when planned" in stale(store, saved)


@pytest.mark.parametrize(
    "change",
    [
        Change(user("cy")[0], user("cy", status="suspended")[0]),
        Change(None, bind("cy", "prod", "viewer")[0]),
        Change(None, workspace("test")[0]),
        Change(None, team("ops", "bo")[0]),
    ],
    ids=lambda change: str(change.address),
)
def test_a_strangers_unrelated_change_makes_no_plan_stale(change):
    store = Store(company())
    saved = store.plan(company(bind("bo", "prod", "r")))
    store.make(change)

    assert store.outstanding(saved) == saved.changes


@pytest.mark.parametrize(
    ("live", "desired"),
    [
        (bind("bo", "prod", "viewer"), bind("bo", "prod", "r")),
        ((), bind("bo", "prod", "r")),
        (bind("bo", "prod", "r"), ()),
        ((), team("ops", "bo")),
        (team("ops", "bo"), ()),
        ((), user("eli")),
        (user("eli"), ()),
    ],
)
def test_what_was_applied_and_undone_is_not_applied_again(live, desired):
    store = Store(company(live))
    saved = store.plan(company(desired))
    store.make(*saved.changes)
    back = plan(store.live, company(live)).changes
    store.make(*back)

    message = stale(store, saved, applied=True)

    assert message == "this plan has been applied before, and what it made has changed since"


def test_of_what_was_applied_and_partly_undone_nothing_is_applied_again():
    store = Store(company())
    saved = store.plan(company(bind("bo", "prod", "r"), bind("cy", "prod", "r")))
    store.make(*saved.changes)
    store.make(bound("r", None))

    stale(store, saved, applied=True)


def test_a_change_cut_into_two_steps_is_made_once_its_last_step_is():
    live, desired = (company(bind("bo", "prod", "viewer", other)) for other in ("r", "developer"))
    store = Store(live)
    saved = store.plan(desired)
    first, second = saved.changes
    store.make(first)

    stale(store, saved)
    store.make(second)
    assert store.outstanding(saved) == ()


def test_a_new_member_is_made_once_its_account_role_is_too():
    store = Store(company())
    saved = store.plan(company(user("eli")))
    (change,) = saved.changes
    store.make(Change(None, change.after))

    assert "`member.eli@acme.example` was absent" in stale(store, saved)
    store.make(Change(None, change.brings[0]))
    assert store.outstanding(saved) == ()


def test_an_invitation_into_a_team_is_made_once_the_person_is_in_it():
    store = Store(company(team("ops")))
    change = Change(None, user("eli")[0], brings=(user("eli")[1],), joins=(named.team("ops"),))
    pins = dict.fromkeys([change.address, change.brings[0].address], "")
    saved = SavedPlan(Target("store", "", "acme", "small"), "", NOW, (change,), pins)
    store.make(Change(None, change.after, change.brings))

    stale(store, saved)
    store.make(Change(team("ops")[0], team("ops", "eli")[0]))
    assert store.outstanding(saved) == ()


def test_a_rename_is_made_once_only_the_new_name_is_there():
    store = Store(company(workspace("old", "W")))
    renaming = Change(Workspace("old", "W"), Workspace("new", "W"))
    pins = {named.workspace("old"): "1", named.workspace("new"): ""}
    saved = SavedPlan(Target("store", "", "acme", "small"), "", NOW, (renaming,), pins)

    assert store.outstanding(saved) == (renaming,)
    store.make(renaming)
    assert store.outstanding(saved) == ()


@pytest.mark.parametrize("kind", ["person", "workspace", "service account"])
def test_what_a_plan_renames_and_then_takes_away_is_not_made_before_the_rename(kind):
    bot, (prod,), (bo, _) = ServiceAccount("ci"), workspace("prod"), user("bo")
    old, new, row = {
        "person": (bo, user("bob")[0], bind("bob", "prod", "r")[0]),
        "workspace": (prod, replace(prod, handle="main"), bind("bo", "main", "r")[0]),
        "service account": (bot, replace(bot, name="cd"), Key(who("sa:cd"), "k")),
    }[kind]
    bound = bind("bo", "prod", "r")
    store = Store(company(service_account("ci", None), [Key(bot.address, "k")], bound))
    saved = replace(store.plan(store.live), changes=(Change(old, new), Change(row, None)))

    assert store.outstanding(saved) == saved.changes
    store.make(*saved.changes)
    assert store.outstanding(saved) == ()


def test_the_access_list_in_a_workspace_to_rename_goes_with_it():
    (prod,), (listed,) = workspace("prod"), access_list("deployment:etl/daily", "prod", view="bo")
    store, main = Store(company([listed])), replace(prod, handle="main")
    moved = replace(listed, workspace=main.address)
    renaming, opening = Change(prod, main), Change(moved, replace(moved, view=frozenset()))
    found = replace(plan(store.live, store.live), changes=(renaming, opening))
    pins = {row: store.versions.get(row, "") for row in read_set(found, [])}
    saved = replace(store.plan(store.live), changes=found.changes, pins=pins)
    forged = replace(saved, changes=(renaming, Change(moved, None)))

    assert store.outstanding(forged) == forged.changes
    store.make(renaming)
    assert store.outstanding(resumed(saved, [renaming])) == (opening,)


def test_a_team_of_a_person_to_rename_is_gone_without_the_plan():
    store = Store(company(team("data", "bo")))
    renaming = Change(*user("bo", None), *user("bob", None))
    going = Change(*team("data", "bob"), None)
    saved = replace(store.plan(company()), changes=(renaming, going))
    store.make(Change(*team("data", "bo"), None))

    assert store.outstanding(saved) == (renaming,)


def test_a_rename_whose_old_name_is_there_again_is_stale():
    store = Store(company(workspace("old", "W")))
    renaming = Change(Workspace("old", "W"), Workspace("new", "W"))
    pins = {named.workspace("old"): "1", named.workspace("new"): ""}
    saved = SavedPlan(Target("store", "", "acme", "small"), "", NOW, (renaming,), pins)
    store.make(renaming, Change(None, Workspace("old", "W")))

    stale(store, saved)


def interrupted(live, desired, after):
    """Return a store in which so many changes of a plan are made, the plan, and what is left."""
    store = Store(live)
    saved = store.plan(desired)
    store.make(*saved.changes[:after])
    return store, saved, resumed(saved, saved.changes[:after])


def test_a_change_cut_into_two_steps_is_resumed_between_them():
    live, desired = (company(bind("bo", "prod", "viewer", other)) for other in ("r", "developer"))
    store, saved, rest = interrupted(live, desired, 1)

    stale(store, saved)
    assert store.outstanding(rest) == saved.changes[1:]


@pytest.mark.parametrize(
    "gone", [named.user("cy@acme.example"), named.workspace("test"), named.team("ops")], ids=str
)
def test_what_went_with_a_deletion_is_not_asked_for_when_a_run_is_resumed(gone):
    places = workspace("test"), team("ops", "bo", "cy"), bind("team:ops", "test", "r")
    live = company(*places, bind("cy", "prod", "r"), bind("cy", "test", "r"))
    deletion, new = Change(live.get(gone), None), bound(None, "r")
    store = Store(live)
    saved = replace(store.plan(followed(live, [deletion, new])), changes=(deletion, new))
    store.make(deletion)

    assert store.outstanding(resumed(saved, [deletion])) == (new,)


class CountedWalks(dict):
    """Pins that count how often all of them are gone through by name."""

    walks = 0

    def __iter__(self):
        self.walks += 1
        return super().__iter__()


@pytest.mark.parametrize("people", [2, 20])
def test_the_pins_are_gone_through_as_often_however_much_a_resumed_run_took_away(people):
    emails = [f"p{n}" for n in range(people)]
    live = company(*(user(e) for e in emails), *(bind(e, "prod", "viewer") for e in emails))
    gone = [Change(r, None) for r in (*live.bindings(), *live.resources())]
    pins = CountedWalks({change.address: "1" for change in gone})
    saved = replace(Store(live).plan(live), changes=tuple(gone), pins=pins)

    assert resumed(saved, gone).changes == ()
    assert pins.walks == len(("by name", "teams"))


NAMES = ("a", "a/access/b", "b", "a.b")
PEOPLE = tuple(make(n) for make in (who, named.service_account, named.team) for n in NAMES)
SCOPES = (ACCOUNT, *map(named.workspace, NAMES))
ROWS = (
    *PEOPLE,
    *(named.binding(principal, scope) for principal in (*PEOPLE, EVERYONE) for scope in SCOPES),
    *(Key(owner, name).address for owner in PEOPLE[:8] for name in NAMES),
)


def _goes_with(row, gone):
    if row.kind in (Kind.BINDING, Kind.KEY):
        is_theirs = row.key.endswith(f"/access/{encoded(label(gone))}") and gone.kind in PRINCIPALS
        return is_theirs or row.key.startswith(f"{gone}/")
    return row.kind is Kind.TEAM and gone.kind in PRINCIPALS


@pytest.mark.parametrize("gone", [*PEOPLE, *SCOPES, *ROWS[-9:]], ids=str)
def test_what_goes_with_a_thing_is_named_after_it_or_a_team_it_may_be_in(gone):
    assert {*DependentRows(ROWS).of(gone)} == {row for row in ROWS if _goes_with(row, gone)}


def test_what_an_interrupted_run_did_not_touch_is_asked_for_when_it_is_resumed():
    store, saved, rest = interrupted(
        company(bind("bo", "prod", "viewer")),
        company(bind("bo", "prod", "r"), bind("cy", "prod", "r")),
        1,
    )
    store.make(Change(user("cy")[0], user("cy", status="suspended")[0]))

    assert "`member.cy@acme.example` is not as it was when planned" in stale(store, rest)
    assert saved.pins.items() > rest.pins.items()


def test_a_plan_of_which_nothing_was_made_is_resumed_as_it_is():
    saved = Store(company()).plan(company(bind("bo", "prod", "r")))

    assert resumed(saved, []) == saved


def test_what_was_made_again_after_somebody_undid_it_is_left_out_once():
    saved = Store(company()).plan(company(bind("bo", "prod", "r")))

    assert resumed(saved, saved.changes * 2).changes == ()


def test_another_reason_is_made_only_once_it_is_live():
    (old,), (new,) = (because(text, *bind("bo", "prod", "viewer")) for text in ("a", "b"))
    store = Store(company([old]))
    saved = store.plan(company([new]))

    assert store.outstanding(saved) == saved.changes
    store.make(*saved.changes)
    assert store.outstanding(saved) == ()


def test_what_is_live_without_the_reason_that_its_system_does_not_keep_is_made():
    (grant,) = because("INC-1", *bind("bo", "prod", "viewer"))
    store = Store(company())
    saved = store.plan(company([grant]))

    store.make(bound(None, "viewer"))

    assert store.outstanding(saved) == ()


def test_what_a_made_change_brought_along_does_not_make_a_plan_stale():
    store = Store(company())
    ci = service_account("ci", "member")
    saved = store.plan(company(ci, workspace("dev")))
    (made,) = (change for change in saved.changes if change.brings)
    pins = {ci[1].address: "", **saved.pins}
    store.make(made)

    left = store.outstanding(replace(saved, pins=pins))

    assert left == tuple(change for change in saved.changes if change != made)


OPS, DATA = Workspace("ops"), Workspace("data")
NAMED = replace(OPS, description="Operations.")


@pytest.mark.parametrize(
    ("made", "live", "believed"),
    [
        ([Change(None, OPS)], company([OPS]), [0]),
        ([Change(None, OPS)], company(), []),
        ([Change(None, OPS), Change(None, DATA)], company([DATA]), [1]),
        ([Change(None, OPS), Change(OPS, NAMED)], company([NAMED]), [0, 1]),
        ([Change(None, OPS), Change(OPS, NAMED)], company([OPS]), [0]),
        ([Change(None, OPS), Change(OPS, None)], company(), [0, 1]),
        ([Change(OPS, NAMED), Change(NAMED, None)], company([NAMED]), [0]),
        ([Change(None, OPS), Change(OPS, DATA)], company([DATA]), [0, 1]),
        ([Change(None, OPS), Change(OPS, DATA)], company([OPS]), [0]),
    ],
)
def test_of_what_was_made_only_what_is_live_is_believed(made, live, believed):
    assert confirmed(made, live, WHOLE) == tuple(made[number] for number in believed)
