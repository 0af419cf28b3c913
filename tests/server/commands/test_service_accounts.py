"""Service accounts and keys, changed in a transaction."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from rbac_sync.backends.store.key_scope import KeyScope
from rbac_sync.backends.store.row_facts import KEY
from rbac_sync.model import Key, Level, ServiceAccount
from rbac_sync.model.resources import role
from rbac_sync.server.commands.keys import (
    create_key,
    create_service_account_key,
    revoke_key,
    rotate_key,
)
from rbac_sync.server.commands.resources import delete
from rbac_sync.server.commands.service_accounts import (
    create_service_account,
    update_service_account,
)
from rbac_sync.server.refusals import Conflict, NotAllowed

MEMBER, ADMIN = role(Level.ACCOUNT, "member"), role(Level.ACCOUNT, "admin")
CI = ServiceAccount("ci")
END = datetime(2099, 1, 1, tzinfo=UTC)


@pytest.fixture
def bot(owner):
    return owner.do(create_service_account, "ci", MEMBER)


def keys(owner, who=CI):
    return owner.keys(who.address)


def test_a_service_account_is_created_changed_and_deleted(owner, bot):
    assert owner.get(CI.address) == bot == CI
    assert owner.role_of(CI.address) == ["account/member"]
    renamed = owner.do(update_service_account, bot, "deployer", ADMIN)
    assert owner.get(CI.address) is None
    assert owner.role_of(renamed.address) == ["account/admin"]
    owner.do(delete, renamed)
    assert owner.get(renamed.address) is None


def test_a_name_that_is_there_is_a_conflict(owner, bot):
    assert (
        owner.refused(Conflict, create_service_account, bot.name, MEMBER)
        == "`service-account.ci` exists already"
    )


@pytest.mark.parametrize(
    ("command", "given", "refused"),
    [
        (create_service_account, ("dev", MEMBER), "create `service-account.dev`"),
        (update_service_account, (CI, "dev"), "rename `service-account.dev`"),
        (update_service_account, (CI, None, ADMIN), "update `service-account.ci/account_role`"),
        (delete, (CI,), "delete `service-account.ci`"),
    ],
)
def test_a_member_does_nothing_with_service_accounts(owner, member, bot, command, given, refused):
    assert member.refused(NotAllowed, command, *given) == f"`bo@example.org` may not {refused}"
    assert owner.get(bot.address) == bot
    assert keys(owner) == []


def test_a_key_of_a_service_account_is_named_after_it_and_works(owner, bot):
    created = owner.do(create_service_account_key, bot, END)
    assert created.entry.name.startswith("ci-")
    assert created.entry.until == END
    assert owner.guarded.identify(created.secret, "prefect-cloud").principal == bot.address
    assert created.secret not in repr(created)


def test_a_rotated_key_ends_at_once_or_after_a_grace_and_never_later_than_before(owner, bot):
    first = owner.do(create_service_account_key, bot, None)
    second = owner.do(rotate_key, bot, None)
    assert keys(owner) == [second.entry]
    assert first.entry.name != second.entry.name
    third = owner.do(rotate_key, bot, END, timedelta(hours=1))
    old, new = keys(owner)
    assert (old.id, new) == (second.entry.id, third.entry)
    assert old.until is not None
    assert old.until < END
    owner.do(rotate_key, bot, None, timedelta(days=365 * 200))
    assert {key.id: key.until for key in keys(owner)}[third.entry.id] == END


def test_a_first_key_is_rotated_in(owner, bot):
    created = owner.do(rotate_key, bot, None)
    assert keys(owner) == [created.entry]


def test_a_key_is_revoked_with_what_is_kept_beside_it(owner, member):
    scope = KeyScope(everywhere=True)
    created = member.do(create_key, Key(member.address, "laptop"), scope)
    with owner.view() as view:
        (kept,) = view.documents.of(KEY, member.address)
        assert KeyScope.of(kept.content) == scope
    member.do(revoke_key, created.entry)
    with owner.view() as view:
        assert view.documents.of(KEY, member.address) == []
    assert [key.name for key in owner.keys(member.address)] == ["test"]


def test_a_key_of_a_name_that_is_there_is_a_conflict(member):
    refused = "`member.bo@example.org/key/test` exists already"
    assert member.refused(Conflict, create_key, Key(member.address, "test")) == refused


@pytest.mark.parametrize("command", [create_service_account_key, rotate_key])
def test_a_member_makes_no_key_of_a_service_account(owner, member, bot, command):
    refused = member.refused(NotAllowed, command, bot, None)
    assert refused.startswith("`bo@example.org` may not create `service-account.ci/key/ci-")
    assert keys(owner) == []


def test_nobody_revokes_the_keys_of_others(owner, member, bot):
    key = owner.do(create_service_account_key, bot, None).entry
    refused = f"`bo@example.org` may not delete `service-account.ci/key/{key.name}`"
    assert member.refused(NotAllowed, revoke_key, key) == refused
    assert keys(owner) == [key]
