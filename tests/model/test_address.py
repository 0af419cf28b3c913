"""Names for things, as text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbac_sync.config.values import WholePrincipal
from rbac_sync.model import ACCOUNT, EVERYONE, Address, Key, Kind, Level
from rbac_sync.model import address as named
from rbac_sync.model.resources import held, role
from rbac_sync.server.graphql.ids import user_id

PROD, BO = named.workspace("prod"), named.user("bo@acme.example")


@pytest.mark.parametrize(
    "kept",
    [
        named.user,
        named.service_account,
        named.team,
        named.workspace,
        named._access_of,
        named.escaped,
        role,
        held,
        user_id,
    ],
)
def test_a_server_that_is_asked_for_ever_new_names_keeps_no_more_than_so_many(kept):
    assert kept.cache_parameters()["maxsize"] == named.MOST_KEPT


@pytest.mark.parametrize(
    ("address", "text"),
    [
        (BO, "member.bo@acme.example"),
        (named.service_account("dbt nightly"), "service-account.dbt%20nightly"),
        (Key(named.service_account("ci"), "build/1").address, "service-account.ci/key/build%2F1"),
        (named.team("on/call"), "team.on%2Fcall"),
        (role(Level.WORKSPACE, "prod-oncall"), "role.prod-oncall"),
        (PROD, "workspace.prod"),
        (named.binding(named.team("data-eng"), PROD), "workspace.prod/access/team:data-eng"),
        (named.binding(EVERYONE, PROD), "workspace.prod/default_role"),
        (named.binding(BO, ACCOUNT), "member.bo@acme.example/account_role"),
    ],
    ids=str,
)
def test_an_address_needs_no_quotes_in_a_shell(address, text):
    assert str(address) == text


def test_an_address_folds_ascii_letters_and_no_others():
    assert named.user("BO@Acme.Example") == BO
    assert named.user("\N{KELVIN SIGN}im@x.org") != named.user("kim@x.org")


def test_an_address_has_a_plain_text_though_the_configuration_has_another_class():
    written = named.user(WholePrincipal("named-in-guard@acme.example"))

    assert type(written.key) is str
    assert type(named.user("named-in-guard@acme.example").key) is str


NAMES = st.text(min_size=1)
HOLDERS = st.one_of(
    st.just(EVERYONE),
    st.builds(Address, st.sampled_from([Kind.USER, Kind.SERVICE_ACCOUNT, Kind.TEAM]), NAMES),
)
SCOPES = st.one_of(st.just(ACCOUNT), st.builds(named.workspace, NAMES))


@given(HOLDERS, SCOPES)
def test_the_address_of_a_binding_names_who_holds_what_in_which_scope(principal, scope):
    assert (principal, scope) in list(named.bound(named.binding(principal, scope)))


@given(HOLDERS, SCOPES)
def test_every_pair_that_an_address_may_name_has_this_address(principal, scope):
    address = named.binding(principal, scope)

    assert {named.binding(*pair) for pair in named.bound(address)} == {address}


def test_an_address_names_two_pairs_where_an_email_is_written_as_a_service_account_is():
    found = list(named.bound(named.binding(named.service_account("ci"), PROD)))

    assert found == [(named.user("sa:ci"), PROD), (named.service_account("ci"), PROD)]


@pytest.mark.parametrize(
    "key", ["", "x", "workspace.prod", "nothing.x/access/y", "workspace.prod/access", "a/b/c/d"]
)
def test_other_text_is_the_address_of_no_binding(key):
    assert list(named.bound(Address(Kind.BINDING, key))) == []


@given(HOLDERS, NAMES)
def test_the_address_of_a_key_names_its_owner(owner, name):
    assert named.key_owner(Key(owner, name).address) == owner


@pytest.mark.parametrize(
    "address",
    [*(Address(Kind.KEY, key) for key in ("", "x", "/key/x", "nobody.x/key/y", "member.x")), BO],
    ids=repr,
)
def test_other_text_is_the_address_of_no_key(address):
    assert named.key_owner(address) is None
