"""Invitations, made, withdrawn and answered in a transaction."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from rbac_sync.backends.store.documents import Documents
from rbac_sync.backends.store.invitations import FIRST_KEY
from rbac_sync.model import ACCOUNT, Binding, Holding, Level, Status, User, Workspace, held
from rbac_sync.model.resources import role
from rbac_sync.server.commands.invitations import (
    accept_invitation,
    invite,
    invite_to_workspace,
    reject_invitation,
    revoke_invitation,
)
from rbac_sync.server.commands.resources import create
from rbac_sync.server.directory.invitations import InvitationStatus, invitations
from rbac_sync.server.refusals import Conflict, InvalidRequest, NotAllowed

from .conftest import planted

MEMBER, ADMIN = role(Level.ACCOUNT, "member"), role(Level.ACCOUNT, "admin")
CY, DI = User("cy@example.org").address, User("di@example.org").address
OVER = "this invitation has been answered or revoked"
EXPIRED = "this invitation has expired"


@pytest.fixture
def invited(owner):
    """An invitation to the account."""
    return owner.do(invite, [("cy@example.org", MEMBER)])[0]


def answer(owner, command, *given, who=CY, **named):
    """Answer an invitation as the person who is invited."""
    work = lambda transaction: command(transaction, *given, **named)
    return owner.guarded.write_as("acme", lambda _: who, work)


def statuses(owner):
    with owner.view() as view:
        return [each.status for each in invitations(view)]


def test_people_are_invited_with_a_role_and_a_letter_is_sent(owner, letters):
    wanted = [("cy@example.org", MEMBER), ("di@example.org", ADMIN)]
    made = owner.do(invite, wanted)
    assert [each.email for each in made] == ["cy@example.org", "di@example.org"]
    assert owner.get(CY).status is Status.PENDING
    assert owner.role_of(DI) == ["account/admin"]
    assert [(each.email, each.invitation_id) for each in letters] == [
        (each.email, str(each.id)) for each in made
    ]


def test_an_invitation_made_again_revokes_the_one_before(owner, invited):
    (again,) = owner.do(invite, [("cy@example.org", ADMIN)])
    assert again.id != invited.id
    assert statuses(owner) == [InvitationStatus.REVOKED, InvitationStatus.PENDING]
    assert owner.role_of(CY) == ["account/admin"]


def test_an_invitation_is_in_the_way_of_another_unless_it_is_made_again(owner, invited):
    wanted = [(invited.email, MEMBER)]
    refused = "`member.cy@example.org` exists already"
    assert owner.refused(Conflict, invite, wanted, again=False) == refused
    assert statuses(owner) == [InvitationStatus.PENDING]


def test_nobody_is_invited_twice_at_once(owner):
    wanted = [("cy@example.org", MEMBER), ("CY@example.org", ADMIN)]
    refused = "the same e-mail address is there twice"
    assert owner.refused(InvalidRequest, invite, wanted) == refused
    assert owner.get(CY) is None


def test_people_invited_together_cost_one_reading_of_the_invitations_before(owner, monkeypatch):
    kinds, of = [], Documents.of

    def counted(documents, kind, *rest):
        kinds.append(kind)
        return of(documents, kind, *rest)

    monkeypatch.setattr(Documents, "of", counted)
    readings = []
    for number in (2, 20):
        guests = [(f"g{number}-{n}@example.org", MEMBER) for n in range(number)]
        owner.do(invite, guests)
        readings.append(kinds.count("invitation"))
        kinds.clear()
    assert readings == [1, 1]


def test_a_member_is_not_invited_and_invites_nobody(owner, member):
    wanted = [("bo@example.org", MEMBER)]
    assert owner.refused(Conflict, invite, wanted) == "`member.bo@example.org` exists already"
    refused = member.refused(NotAllowed, invite, [("cy@example.org", MEMBER)])
    assert refused == "`bo@example.org` may not create `member.cy@example.org`"


def test_whoever_accepts_is_in_and_the_code_is_the_first_key(owner, invited, letters):
    code = letters[0].invite_code
    joined = answer(owner, accept_invitation, invited, code)
    assert owner.get(CY) == joined == User("cy@example.org")
    assert [key.name for key in owner.keys(CY)] == [FIRST_KEY]
    assert owner.guarded.identify(code, "prefect-cloud").principal == CY
    assert statuses(owner) == [InvitationStatus.ACCEPTED]


def test_an_invitation_is_accepted_without_a_code_by_who_has_a_key(owner, invited):
    answer(owner, accept_invitation, invited)
    assert owner.get(CY).status is Status.ACTIVE
    assert owner.keys(CY) == []


def test_whoever_declines_is_gone(owner, invited):
    answer(owner, reject_invitation, invited)
    assert owner.get(CY) is None
    assert statuses(owner) == [InvitationStatus.REJECTED]


@pytest.mark.parametrize("command", [accept_invitation, reject_invitation])
def test_nobody_else_answers_an_invitation(owner, invited, command):
    refused = "only the person who is invited answers an invitation"
    assert owner.refused(NotAllowed, command, invited) == refused
    assert owner.get(CY).status is Status.PENDING


@pytest.mark.parametrize("command", [accept_invitation, reject_invitation])
def test_an_invitation_that_is_revoked_is_not_answered(owner, invited, command):
    owner.do(revoke_invitation, invited)
    assert owner.get(CY) is None
    (over,) = list_of(owner)
    with pytest.raises(Conflict) as refusal:
        answer(owner, command, over)
    assert refusal.value.detail == OVER
    assert owner.refused(Conflict, revoke_invitation, over) == OVER


@pytest.mark.parametrize("command", [accept_invitation, reject_invitation])
def test_an_invitation_that_has_expired_is_answered_only_where_declining_is_meant_to_be(
    owner, command
):
    user = User("cy@example.org", Status.PENDING, datetime(2020, 1, 1, tzinfo=UTC))
    planted(owner, user, Binding(user.address, ACCOUNT, held(MEMBER)))
    (expired,) = list_of(owner)
    with pytest.raises(Conflict) as refusal:
        answer(owner, command, expired)
    assert refusal.value.detail == EXPIRED
    answer(owner, reject_invitation, expired, even_expired=True)
    assert owner.get(CY) is None


def list_of(owner):
    with owner.view() as view:
        return list(invitations(view))


def test_a_guest_is_invited_to_a_workspace_with_its_default_role(owner):
    prod = owner.do(create, Workspace("prod"))
    made = owner.do(invite_to_workspace, "cy@example.org", prod.address)
    assert owner.role_of(CY) == ["account/collaborator"]
    assert owner.role_of(CY, prod.address) == ["workspace/viewer"]
    dev = owner.do(create, Workspace("dev"))
    owner.do(invite_to_workspace, "cy@example.org", dev.address)
    owner.do(revoke_invitation, made)
    assert owner.role_of(CY, prod.address) == []
    assert owner.role_of(CY, dev.address) == ["workspace/viewer"]


def test_an_invitation_to_a_workspace_shows_the_role_it_gives_and_not_one_to_begin(owner, invited):
    prod = owner.do(create, Workspace("prod")).address
    later = Holding(role(Level.WORKSPACE, "developer"), since=datetime(2099, 1, 1, tzinfo=UTC))
    planted(owner, Binding(CY, prod, frozenset({later})))
    made = owner.do(invite_to_workspace, invited.email, prod)
    with owner.view() as view:
        assert made.workspace_role_id == view.id(role(Level.WORKSPACE, "viewer"))


def test_a_guest_whose_invitation_has_expired_is_invited_as_if_for_the_first_time(owner):
    user = User("cy@example.org", Status.PENDING, datetime(2020, 1, 1, tzinfo=UTC))
    planted(owner, user, Binding(user.address, ACCOUNT, held(ADMIN)))
    prod = owner.do(create, Workspace("prod"))
    made = owner.do(invite_to_workspace, "cy@example.org", prod.address)
    assert owner.role_of(CY) == ["account/collaborator"]
    assert owner.role_of(CY, prod.address) == ["workspace/viewer"]
    answer(owner, accept_invitation, made)
    assert owner.get(CY).status is Status.ACTIVE


def test_a_member_is_given_access_instead_of_an_invitation(owner, member):
    prod = owner.do(create, Workspace("prod"))
    refused = owner.refused(Conflict, invite_to_workspace, "bo@example.org", prod.address)
    assert refused == "`bo@example.org` is a member already: give it access to the workspace"
    refused = member.refused(NotAllowed, invite_to_workspace, "cy@example.org", prod.address)
    assert refused == "`bo@example.org` may not create `member.cy@example.org`"
