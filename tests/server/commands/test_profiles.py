"""Profiles, settings, accounts and log-ins, changed in a transaction."""

from __future__ import annotations

import pytest

from rbac_sync.backends.store.row_facts import LOG_IN
from rbac_sync.model import ACCOUNT, Key, Level, User, Workspace
from rbac_sync.model.resources import role
from rbac_sync.server.commands.accounts import create_account
from rbac_sync.server.commands.keys import create_key
from rbac_sync.server.commands.log_ins import begin_log_in, end_log_in, renew_log_in
from rbac_sync.server.commands.profiles import (
    set_domains,
    set_ip_allowlist,
    update_account_profile,
    update_account_settings,
    update_profile,
    update_workspace_settings,
)
from rbac_sync.server.commands.resources import create
from rbac_sync.server.commands.service_accounts import create_service_account
from rbac_sync.server.directory.profiles import (
    ACCOUNT_PROFILE,
    ACCOUNT_SETTINGS,
    ADDRESSES,
    DOMAIN,
    PLACE,
    WORKSPACE_SETTINGS,
    profile,
)
from rbac_sync.server.refusals import Conflict, NotAllowed

from .conftest import Actor


def kept(owner, kind, of=ACCOUNT):
    with owner.view() as view:
        return view.documents.named(kind, of).content


@pytest.fixture
def bot(owner):
    """A service account with a key."""
    made = owner.do(create_service_account, "ci", role(Level.ACCOUNT, "member"))
    secret = owner.do(create_key, Key(made.address, "ci-1")).secret
    return Actor(owner.guarded, made.address, secret)


def test_a_profile_is_replaced_field_by_field(owner):
    owner.do(update_profile, {"first_name": "Olivia", "last_name": "Ng"})
    owner.do(update_profile, {"last_name": "Oh"}, remark="changed its name")
    with owner.view() as view:
        assert profile(view, owner.address).name == "Olivia Oh"


def test_of_an_email_only_the_case_of_the_letters_changes(owner):
    owner.do(update_profile, {}, "Olivia@example.org")
    assert owner.get(owner.address).email == "Olivia@example.org"
    refused = "the e-mail address is changed by inviting the new one"
    assert owner.refused(NotAllowed, update_profile, {}, "liv@example.org") == refused


def test_a_handle_is_taken_once(owner, member):
    owner.do(update_profile, {"handle": "liv"})
    assert (
        member.refused(Conflict, update_profile, {"handle": "liv"}) == "the handle `liv` is taken"
    )
    owner.do(update_profile, {"handle": "liv"})


def test_a_service_account_has_no_profile_and_owns_no_account(bot):
    refused = "a service account has no names and settings"
    assert bot.refused(NotAllowed, update_profile, {"first_name": "Ci"}) == refused
    refused = "a service account owns no account"
    assert bot.refused(NotAllowed, create_account, "other", "Other") == refused


def test_the_account_is_called_something_else_and_keeps_its_handle(owner):
    owner.do(update_account_profile, {"name": "Acme"}, "acme")
    owner.do(update_account_profile, {"link": "https://example.org"})
    assert kept(owner, ACCOUNT_PROFILE) == {"name": "Acme", "link": "https://example.org"}
    refused = "an account's handle is part of its audit trail and does not change"
    assert owner.refused(Conflict, update_account_profile, {}, "other") == refused


def test_settings_are_replaced_field_by_field(owner):
    prod = owner.do(create, Workspace("prod"))
    for fields in ({"a": 1, "b": 2}, {"b": 3}):
        owner.do(update_account_settings, fields)
        owner.do(update_workspace_settings, prod.address, fields)
    assert kept(owner, ACCOUNT_SETTINGS) == {"a": 1, "b": 3}
    assert kept(owner, WORKSPACE_SETTINGS, prod.address) == {"a": 1, "b": 3}


def test_a_list_of_addresses_is_kept_and_not_enforced(owner):
    owner.do(set_ip_allowlist, {"entries": []})
    assert kept(owner, ADDRESSES) == {"entries": []}
    refused = "this server does not enforce a list of addresses: set one up in front of it"
    wanted = {"enforce_ip_allowlist": True}
    assert owner.refused(NotAllowed, update_account_settings, wanted) == refused


def test_domains_stand_in_the_order_given_and_keep_their_ids(owner):
    owner.do(set_domains, ["a.org", "b.org"])
    before = domains(owner)
    owner.do(set_domains, ["c.org", "b.org", "c.org"])
    after = domains(owner)
    assert {name: place for name, (place, _) in after.items()} == {"c.org": 0, "b.org": 1}
    assert after["b.org"] == before["b.org"]


def domains(owner):
    with owner.view() as view:
        return {d.name: (d.content[PLACE], d.id) for d in view.documents.of(DOMAIN)}


def test_an_account_is_created_for_its_owner_and_once(owner):
    made = owner.do(create_account, "other", "Other")
    with owner.guarded.service.backend("other", None).open() as session:
        assert session.register().account_id == made
        assert owner.address in session.read().of(User)
    assert (
        owner.refused(Conflict, create_account, "other", "Other") == "there is an account `other`"
    )


def test_a_log_in_is_begun_renewed_and_ended(owner):
    tokens = owner.do(begin_log_in)
    (log_in,) = log_ins(owner)
    renewed = owner.do(renew_log_in, log_in)
    assert renewed.access != tokens.access
    owner.do(end_log_in, log_in)
    assert log_ins(owner) == []


def log_ins(owner):
    with owner.view() as view:
        return view.documents.of(LOG_IN, owner.address)
