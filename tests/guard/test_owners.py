"""Who is counted as an owner, and as one who can come in, after each change."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rbac_sync.guard import examine
from rbac_sync.guard.owners import OwnerCount, Owners
from rbac_sync.model import Status
from rbac_sync.planning import Change, Plan, make

from ..build import CATALOGUE, NOW, bind, context, key, service_account, state, user

ENDED, OPEN = "2026-11-21T12:00:00Z", "2026-11-21T12:00:01Z"


def account(*more):
    """Return an account of two owners, of whom ana alone has a key."""
    return state(user("ana", "owner"), user("bo", "owner"), user("cy"), key("ana", "first"), *more)


def counted(live, *changes):
    draft = live.draft()
    owners = Owners(draft, CATALOGUE.owner, NOW)
    for change in changes:
        make(draft, change)
        owners.follow(change)
    return owners.count()


ANA = user("ana")[0]


@pytest.mark.parametrize(
    ("count", "changes"),
    [
        (OwnerCount(2, 1), []),
        (OwnerCount(2, 0), [Change(*key("ana", "first"), None)]),
        (OwnerCount(2, 2), [Change(None, *key("bo", "other", OPEN))]),
        (OwnerCount(2, 1), [Change(None, *key("bo", "other", ENDED))]),
        (OwnerCount(2, 1), [Change(None, *key("cy", "other"))]),
        (OwnerCount(2, 0), [Change(*key("ana", "first"), *key("ana", "first", ENDED))]),
        (OwnerCount(1, 0), [Change(*bind("ana", None, "owner"), *bind("ana", None, "member"))]),
        (OwnerCount(3, 1), [Change(*bind("cy", None, "member"), *bind("cy", None, "owner"))]),
        (OwnerCount(1, 0), [Change(ANA, replace(ANA, status=Status.SUSPENDED))]),
        (OwnerCount(1, 0), [Change(ANA, None)]),
        (OwnerCount(2, 1), [Change(ANA, user("anna")[0])]),
        (OwnerCount(1, 0), [Change(ANA, user("anna")[0]), Change(user("anna")[0], None)]),
    ],
)
def test_owners_are_counted_with_those_who_can_come_in(count, changes):
    assert counted(account(), *changes) == count


def test_a_service_account_is_no_owner():
    robot = service_account("ci", "owner"), key("sa:ci", "build")
    assert counted(account(*robot)) == OwnerCount(2, 1)


def rules(live, change):
    return {f.rule for f in examine(context(Plan(live, (change,))))}


OWNERS = user("ana", "owner"), user("bo", "owner")
DEMOTED = Change(*bind("bo", None, "owner"), *bind("bo", None, "member"))


@pytest.mark.parametrize("keys", [[], key("cy", "first"), key("ana", "old", ENDED)], ids=len)
def test_where_no_owner_can_come_in_none_is_kept_for_it(keys):
    live = state(*OWNERS, user("cy"), keys)
    assert "LAST_OWNER" not in rules(live, DEMOTED)


def test_the_owner_with_the_only_key_stays_one():
    live = state(*OWNERS, key("bo", "first"))
    assert "LAST_OWNER" in rules(live, DEMOTED)
