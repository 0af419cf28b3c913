"""Teams and their members, changed in a transaction."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from rbac_sync.model import Membership, Team
from rbac_sync.server.commands.resources import delete, update
from rbac_sync.server.commands.teams import (
    add_members,
    create_team,
    remove_member,
)
from rbac_sync.server.refusals import Missing, NotAllowed

from .conftest import joined, planted

OPS = Team("ops")
LONG_AGO, END = datetime(2020, 1, 1, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC)


def test_a_team_is_created_changed_and_deleted(owner):
    assert owner.do(create_team, "ops") == OPS
    after = Team("platform", description="on call", managed_by="dir-1")
    assert owner.do(update, OPS, after) == after
    assert owner.get(after.address) == after
    assert owner.get(OPS.address) is None
    owner.do(delete, after)
    assert owner.get(after.address) is None


def test_a_team_that_is_there_keeps_its_members_and_gets_the_description(owner, member):
    team = owner.do(add_members, owner.do(create_team, "ops"), [member.address])
    again = owner.do(create_team, "ops", "on call")
    assert again.members == team.members
    assert owner.get(OPS.address).description == "on call"


def test_members_are_added_and_those_who_are_there_keep_their_term(owner, member):
    cy, place = joined(owner, "cy@example.org"), Membership(member.address, until=END)
    planted(owner, Team("ops", frozenset({place})))
    team = owner.do(add_members, owner.get(OPS.address), [member.address, cy.address])
    assert owner.get(OPS.address) == team
    assert team.members == {place, Membership(cy.address)}


@pytest.mark.parametrize("term", [{"until": LONG_AGO}, {"since": END}])
def test_whoever_was_or_will_be_a_member_is_added_from_now_on(owner, member, term):
    planted(owner, Team("ops", frozenset({Membership(member.address, **term)})))
    owner.do(add_members, owner.get(OPS.address), [member.address])
    assert owner.get(OPS.address).members == {Membership(member.address)}


@pytest.mark.parametrize("nobody", [None, "stranger"])
def test_a_member_is_removed_once(owner, member, nobody):
    team = owner.do(add_members, owner.do(create_team, "ops"), [member.address])
    left = owner.do(remove_member, team, member.address)
    assert owner.get(OPS.address) == left == OPS
    assert (
        owner.refused(Missing, remove_member, left, member.address if nobody else None)
        == "Not Found"
    )


@pytest.mark.parametrize(
    ("command", "given", "refused"),
    [
        (create_team, ("dev",), "create `team.dev`"),
        (update, (OPS, OPS), "update `team.ops`"),
        (delete, (OPS,), "delete `team.ops`"),
        (add_members, (OPS, []), "update `team.ops`"),
    ],
)
def test_a_member_does_nothing_with_teams(owner, member, command, given, refused):
    owner.do(create_team, "ops")
    assert member.refused(NotAllowed, command, *given) == f"`bo@example.org` may not {refused}"
    assert owner.get(OPS.address) == OPS
