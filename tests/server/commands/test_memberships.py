"""Members suspended, removed and leaving, in a transaction."""

from __future__ import annotations

from rbac_sync.model import Key, Level, Status
from rbac_sync.model.resources import role
from rbac_sync.server.commands.keys import create_key
from rbac_sync.server.commands.memberships import leave_account, remove_from_account, set_status
from rbac_sync.server.commands.service_accounts import create_service_account
from rbac_sync.server.refusals import NotAllowed

from .conftest import Actor

LAST = "`member.olivia@example.org` would leave 0 active owners who are people; the minimum is 1"


def test_a_user_is_suspended_and_let_in_again(owner, member):
    for status in (Status.SUSPENDED, Status.ACTIVE):
        owner.do(set_status, [owner.get(member.address)], status)
        assert owner.get(member.address).status is status


def test_of_several_users_all_are_suspended_or_none(owner, member):
    users = [owner.get(who.address) for who in (member, owner)]
    assert owner.refused(NotAllowed, set_status, users, Status.SUSPENDED) == LAST
    assert owner.get(member.address).status is Status.ACTIVE


def test_a_user_is_removed(owner, member):
    owner.do(remove_from_account, member.address)
    assert owner.get(member.address) is None


def test_a_member_removes_and_suspends_nobody(owner, member):
    refused = "`bo@example.org` may not delete `member.olivia@example.org`"
    assert member.refused(NotAllowed, remove_from_account, owner.address) == refused
    assert (
        member.refused(NotAllowed, set_status, [owner.get(owner.address)], Status.SUSPENDED)
        == "`bo@example.org` may not update `member.olivia@example.org`"
    )


def test_a_member_leaves_without_a_permission_and_the_last_owner_stays(owner, member):
    member.do(leave_account)
    assert owner.get(member.address) is None
    assert owner.refused(NotAllowed, leave_account) == LAST


def test_a_service_account_does_not_leave(owner):
    bot = owner.do(create_service_account, "ci", role(Level.ACCOUNT, "member"))
    secret = owner.do(create_key, Key(bot.address, "ci-1")).secret
    assert (
        Actor(owner.guarded, bot.address, secret).refused(NotAllowed, leave_account)
        == "a service account is deleted, it does not leave"
    )
