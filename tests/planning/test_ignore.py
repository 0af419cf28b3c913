"""Live things that a configuration says to leave alone."""

from __future__ import annotations

import pytest

from rbac_sync.model.address_pattern import IgnoreRule

from ..build import access_list, bind, plan, service_account, state, team, user, who, workspace

LIVE = (
    user("ana", "owner"),
    user("bo"),
    service_account("ci"),
    team("data", "bo", "sa:ci"),
    team("old", "bo"),
    workspace("prod", "Production"),
    bind("bo", "prod", "viewer"),
    bind("sa:ci", "prod", "developer"),
)
DESIRED = (
    user("ana", "owner"),
    service_account("ci"),
    team("data", "sa:ci"),
    workspace("prod", "Production"),
    bind("sa:ci", "prod", "developer"),
)


def planned(*patterns):
    ignored = tuple(IgnoreRule(pattern, "why") for pattern in patterns)
    return plan(state(*LIVE), state(*DESIRED), ignored=ignored)


def changed(found):
    return [f"{change.action} {change.address}" for change in found.changes]


def test_without_rules_what_nobody_declares_goes():
    gone = {f"delete {address}" for address in ("member.bo@acme.example", "team.old")}
    assert gone <= set(changed(planned()))


def test_an_ignored_person_keeps_its_grants_and_its_places_in_teams():
    found = planned("member.bo@acme.example")
    assert changed(found) == ["delete team.old"]
    assert [str(a) for a in found.ignored] == [
        "member.bo@acme.example",
        "workspace.prod/access/bo@acme.example",
    ]
    assert found.unmanaged == ()


def test_an_ignored_team_stays():
    found = planned("team.o*")
    assert "team.old" in [str(address) for address in found.ignored]
    assert "team.old" not in {str(change.address) for change in found.changes}


def test_a_person_who_leaves_takes_an_ignored_grant_along():
    found = planned("workspace.prod/access/bo@acme.example")
    assert "delete member.bo@acme.example" in changed(found)


def test_an_ignored_grant_stays_as_it_is():
    desired = state(*DESIRED, user("bo"))
    rule = IgnoreRule("workspace.prod/access/bo@acme.example", "why")
    found = plan(state(*LIVE), desired, ignored=(rule,))
    assert [str(address) for address in found.ignored] == ["workspace.prod/access/bo@acme.example"]
    assert "workspace.prod/access/bo@acme.example" not in {str(c.address) for c in found.changes}


@pytest.mark.parametrize(
    ("rules", "remaining"),
    [
        (("member.cy*", "team.crew"), {"cy", "team:crew"}),
        (("team.crew",), {"team:crew"}),
        ((), set()),
    ],
)
def test_an_ignored_person_or_team_keeps_its_place_on_a_declared_list(rules, remaining):
    name = "deployment:etl/daily"
    base = (user("ana", "owner"), workspace("prod"))
    live = state(*base, user("cy"), team("crew"), access_list(name, "prod", run="cy team:crew"))
    desired = state(*base, access_list(name, "prod", run="ana"))
    ignored = tuple(IgnoreRule(rule, "theirs") for rule in rules)
    (after,) = (
        c.after for c in plan(live, desired, ignored=ignored).changes if c.before and c.after
    )

    assert after.run == set(map(who, {"ana", *remaining}))
