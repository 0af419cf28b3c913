"""What a plan and an apply ask of the service: what they manage, and what the guard needs."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from rbac_sync import pipeline
from rbac_sync.errors import PlanRefused, StalePlan
from rbac_sync.model import Binding, address
from rbac_sync.pipeline.apply import ApplyRun
from rbac_sync.planning.selection import Selection

from .cloud import ID

PEOPLE = 12
ROOT = """
[backend]
type = "prefect-cloud"
account = "acme"
url = "https://cloud.example/api"
[manage]
access = "all"
members = "all"
[members]
owner = ["olivia@example.org"]
member = [{members}]
"""
SPACE = """
[workspaces.{name}]
access.viewer = [{viewers}]
access.runner = [{runners}]
"""


class Company:
    """An account of *count* workspaces in which everybody may look, and what declares some."""

    def __init__(self, cloud, backend, folder, count):
        self.cloud, self.backend, self.folder = cloud, backend, folder
        self.people = [cloud.member(f"p{n}@example.org") for n in range(PEOPLE)]
        self.spaces = [cloud.workspace(f"w{n}", name=f"w{n}") for n in range(count)]
        self.declared, self.runners = range(count), {}
        for space in self.spaces:
            for person in self.people:
                cloud.grant(space, person, "Viewer")

    def load(self, more=""):
        emails = [person["email"] for person in self.people]
        text = ROOT.format(members=quoted(emails))
        for n in self.declared:
            runners = self.runners.get(n, ())
            viewers = [each for each in emails if each not in runners]
            text += SPACE.format(name=f"w{n}", viewers=quoted(viewers), runners=quoted(runners))
        (self.folder / "rbac.toml").write_text(text + more)
        return pipeline.load(self.folder)

    def plan(self, *targets, more="", **options):
        self.cloud.requests.clear()
        asked = pipeline.RunOptions(selection=Selection(targets), **options)
        return pipeline.plan(self.load(more), self.backend, asked)

    def apply(self, review, *, on_replan=None, **options):
        self.cloud.requests.clear()
        run = ApplyRun(
            self.load(),
            review.saved,
            pipeline.RunOptions(**options),
            lambda _: None,
            lambda _: None,
            on_replan=on_replan,
        )
        return run.apply(self.backend)

    def calls(self):
        """Return how often each list was asked for, and everything else was."""
        kinds = (re.sub(ID, "ID", f"{method} {path}") for method, path, _ in self.cloud.requests)
        return Counter(kinds)

    def read(self):
        """Return the handles of the workspaces whose access was asked for, in order."""
        handles = {space["id"]: space["handle"] for space in self.spaces}
        paths = (path for _, path, _ in self.cloud.requests if path.endswith("user_access/filter"))
        return [handles[path.split("/")[1]] for path in paths]


def quoted(names):
    return ", ".join(f'"{name}"' for name in names)


@pytest.fixture
def company(cloud, backend, tmp_path):
    return lambda count: Company(cloud, backend, tmp_path, count)


ACCESS = "POST workspaces/ID/user_access/filter"
ONCE = {  # a list that has rows ends with an empty page
    "GET me/": 1,
    "GET me/accounts": 1,
    "GET me/accounts/ID/permissions": 1,
    "GET workspace_scopes": 1,
    "POST account_memberships/filter": 2,
    "POST account_roles/filter": 2,
    "POST bots/filter": 1,
    "POST invitations/filter": 1,
    "POST teams/filter": 1,
    "POST workspace_roles/filter": 2,
    "POST workspaces/filter": 2,
}


@pytest.mark.parametrize("count", [3, 9])
def test_a_plan_asks_once_for_each_list_and_for_the_access_of_each_workspace(company, count):
    there = company(count)
    assert there.plan().plan.changes == ()
    assert there.calls() == ONCE | {ACCESS: count}


def test_an_address_with_capitals_in_the_service_is_no_change(company):
    there = company(3)
    for person in there.people:
        person["email"] = person["email"].title()
    assert there.plan().plan.changes == ()


@pytest.mark.parametrize("count", [3, 9])
def test_applying_asks_again_for_each_list_and_where_it_writes(company, count):
    there = company(count)
    there.runners = {1: ["p3@example.org"]}
    review = there.plan()
    assert there.apply(review).counts == (0, 1, 0)
    assert there.calls() == ONCE | {ACCESS: 1, "POST workspaces/ID/user_access/": 1}
    assert there.read() == ["w1"]


def test_what_nothing_declares_is_not_read_and_that_is_told(company):
    there = company(9)
    there.declared = range(2)
    there.runners = {1: ["p3@example.org"]}
    review = there.plan()
    assert there.calls() == ONCE | {ACCESS: 2}
    assert [str(change.address) for change in review.plan.changes] == [
        "workspace.w1/access/p3@example.org"
    ]
    assert review.context.horizon.unread == {address.workspace(f"w{n}") for n in range(2, 9)}
    assert review.context.horizon.reasons == (
        "who has access to 7 workspaces was not read: nothing that is planned depends on it",
    )
    assert (review.findings, review.plan.unknown) == ([], ())


def test_what_is_not_selected_is_not_read(company):
    there = company(9)
    there.runners = {1: ["p3@example.org"], 2: ["p4@example.org"]}
    review = there.plan("workspace.w2")
    assert there.read() == ["w2"]
    assert len(review.plan.changes) == 1
    assert review.plan.unknown == ()
    assert there.apply(review).counts == (0, 1, 0)
    assert there.read() == ["w2"]


def test_drift_is_looked_for_where_something_is_declared(company):
    there = company(9)
    there.declared = range(2)
    there.cloud.grant(there.spaces[1], there.people[3], "Runner")
    there.cloud.requests.clear()
    found = pipeline.drift(there.load(), there.backend)
    assert (len(found.plan.changes), found.plan.unknown) == (1, ())
    assert there.read() == ["w0", "w1"]


def test_a_person_who_goes_is_looked_for_everywhere(company):
    there = company(4)
    there.declared = range(2)
    leaver = there.people.pop()
    review = there.plan(allow_losers=1)
    assert sorted(set(there.read())) == ["w0", "w1", "w2", "w3"]
    assert {effect.principal for effect in review.effects} == {address.user(leaver["email"])}
    scopes = {scope.key for effect in review.effects for scope in effect.scopes}
    assert scopes >= {"w0", "w1", "w2", "w3"}
    assert review.context.horizon.is_whole
    there.apply(review, allow_losers=1)
    assert sorted(there.read()) == ["w0", "w1", "w2", "w3"]


def test_a_finding_is_believed_once_everything_is_read(company):
    there = company(4)
    there.runners = {1: [person["email"] for person in there.people[:4]]}
    for person in there.people:  # what would be lowered is a third there, and a twelfth of all
        there.cloud.grant(there.spaces[1], person, "Developer")
    there.runners[1] = [person["email"] for person in there.people]
    review = there.plan("workspace.w1", allow_losers=PEOPLE)
    assert review.context.horizon.is_whole
    assert there.calls() == ONCE | {ACCESS: 4}
    assert there.read()[0] == "w1"


def test_other_workspaces_are_read_until_a_change_is_within_the_share(company):
    there = company(30)
    for person in there.people:  # what would be lowered is all of it there
        there.cloud.grant(there.spaces[1], person, "Developer")
    there.runners[1] = [person["email"] for person in there.people]
    review = there.plan("workspace.w1", allow_losers=PEOPLE)
    assert (review.findings, len(there.read())) == ([], 25)
    assert there.apply(review, allow_losers=PEOPLE).counts == (0, PEOPLE, 0)
    assert len(there.read()) == 25


def test_a_share_that_is_too_large_is_refused_of_the_whole_account(company):
    there = company(30)
    for space in there.spaces[:20]:
        for person in there.people:
            there.cloud.grant(space, person, "Developer")
    there.declared = range(20)
    review = there.plan(allow_losers=PEOPLE)
    assert [each.message for each in review.findings] == [
        "240 of 360 would be removed (roles lowered)"
    ]
    assert there.calls() == ONCE | {ACCESS: 30}


def test_a_page_shows_the_access_of_the_whole_account(company):
    there = company(4)
    there.declared = range(2)
    assert there.plan(whole=True).context.horizon.is_whole
    assert sorted(there.read()) == ["w0", "w1", "w2", "w3"]


TEST = """
[[test]]
name = "nobody deploys"
who = "p3@example.org"
workspace = "{}"
cannot = ["run_deployments"]
"""


def test_a_test_is_asked_in_its_workspace(company):
    there = company(4)
    there.declared = range(2)
    there.cloud.grant(there.spaces[3], there.people[3], "Runner")
    review = there.plan(more=TEST.format("w1"))
    assert (sorted(there.read()), review.findings) == (["w0", "w1"], [])
    review = there.plan(more=TEST.format("*"))
    assert sorted(there.read()) == ["w0", "w1", "w2", "w3"]
    assert [finding.rule for finding in review.findings] == ["TEST"]


def test_a_saved_plan_is_checked_from_all_that_the_guard_needs(company):
    """A share is of all that is there now, so everything is read before it is believed."""
    there = company(4)
    there.runners = {1: [person["email"] for person in there.people[:4]]}
    for person in there.people[:4]:
        there.cloud.grant(there.spaces[1], person, "Developer")
    review = there.plan(allow_losers=4)
    assert [change.action for change in review.plan.changes] == ["update"] * 4
    assert there.apply(review, allow_losers=4).counts == (0, 4, 0)
    assert sorted(there.read()) == ["w0", "w1", "w2", "w3"]


def test_a_share_is_of_what_is_there_when_it_is_applied(company):
    """The plan lowers four of 48; meanwhile the rest goes, and they are four of twelve."""
    there = company(4)
    there.runners = {1: [person["email"] for person in there.people[:4]]}
    for person in there.people[:4]:
        there.cloud.grant(there.spaces[1], person, "Developer")
    review = there.plan(allow_losers=4)
    assert review.findings == []
    for n in (0, 2, 3):
        there.cloud.rows[f"workspaces/{there.spaces[n]['id']}/user_access"].clear()
    with pytest.raises(PlanRefused) as refused:
        there.apply(review, allow_losers=4)
    assert [each.message for each in refused.value.findings] == [
        "4 of 12 would be removed (roles lowered)"
    ]
    assert there.cloud.writes() == []


def test_a_write_of_somebody_else_in_between_makes_a_plan_stale(company):
    there = company(4)
    there.runners = {1: ["p3@example.org"]}
    review = there.plan()
    there.cloud.grant(there.spaces[1], there.people[3], "Developer")
    with pytest.raises(StalePlan, match="was `viewer` when planned and is `developer` now"):
        there.apply(review)
    assert there.cloud.writes() == []


def test_a_plan_that_nobody_reviewed_is_made_again_from_all_that_it_needs(company):
    there = company(4)
    there.runners = {1: ["p3@example.org"]}
    review, shown = there.plan(), []
    there.cloud.grant(there.spaces[1], there.people[3], "Worker")
    there.cloud.grant(there.spaces[2], there.people[5], "Worker")
    assert there.apply(review, on_replan=shown.append).counts == (0, 2, 0)
    assert len(shown) == 1
    assert sorted(there.read()) == ["w0", "w1", "w2", "w3"]


def test_whoever_comes_to_hold_less_in_between_applies_nothing(company):
    there = company(4)
    there.runners = {1: ["p3@example.org"]}
    review = there.plan()
    there.cloud.member("second@example.org", "Owner")
    role = there.cloud.account_role("Member")
    there.cloud.olivia.update(account_role_id=role, account_role_name="Member")
    with pytest.raises(StalePlan, match=r"olivia@example\.org"):
        there.apply(review)
    assert there.cloud.writes() == []


def test_a_write_elsewhere_in_between_is_nobody_s_concern(company):
    there = company(4)
    there.runners = {1: ["p3@example.org"]}
    review = there.plan()
    there.cloud.grant(there.spaces[2], there.people[5], "Developer")
    assert there.apply(review).counts == (0, 1, 0)
    with there.backend.open() as session:
        made = session.read().row(address.workspace("w2"))
    (held,) = made[address.user("p5@example.org")]
    assert held.role.name == "developer"


def test_a_workspace_that_was_passed_over_can_be_read_later(company):
    there = company(3)
    with there.backend.open() as session:
        session.restrict(frozenset({address.workspace("w1")}))
        assert [b.scope.key for b in session.read().bindings() if b.scope.key] == ["w1"] * PEOPLE
        session.restrict(frozenset())  # what is read stays read
        assert there.read() == ["w1"]
        session.restrict(None)
        assert session.horizon().is_whole
        granted = Binding(
            address.user("p1@example.org"), address.workspace("w2"), frozenset()
        ).address
        assert session.versions([granted])
