"""The same mutations, to a server that means them: what the store then holds is what was asked."""

from __future__ import annotations

import json
from dataclasses import replace
from uuid import uuid4

import pytest

from rbac_sync.audit.replay import differences
from rbac_sync.backends.prefect_cloud_1.session import PrefectCloud1Backend
from rbac_sync.backends.remote.login import Login
from rbac_sync.backends.store import init
from rbac_sync.backends.store.accounts import Accounts
from rbac_sync.backends.store.features import DEFAULT, LICENSE_ADMIN, RUNNER_TOKENS
from rbac_sync.errors import BackendError, CredentialError
from rbac_sync.model import (
    ACCOUNT,
    Binding,
    Declaration,
    Key,
    Kind,
    Level,
    Manage,
    Role,
    ServiceAccount,
    Subject,
    User,
    address,
    held,
)
from rbac_sync.planning import Change, followed
from rbac_sync.planning.planner import Planner
from rbac_sync.planning.target_form import normal
from rbac_sync.server.guarded_store import GuardedStore
from rbac_sync.server.outbox import nowhere
from rbac_sync.testing.account import live

from ...server.graphql.tenants import Stage
from ...server.serving import OWNER, serving
from ..prefect_cloud.cutting import cutting
from ..remote.runs import made
from .tenant import CLOUD, MUTATIONS
from .verbs import ADMIN, BO, NEXT_YEAR, USER, bound, invited, new, role

ETL = ServiceAccount("etl")
HOST = Key(ETL.address, "host", NEXT_YEAR)
FRESH = Role(Level.ACCOUNT, "fresh", frozenset({"read:run", "read:flow"}))
WIDER = replace(FRESH, permissions=frozenset({"read:run", "update:run"}))
NEW = invited("new@example.org").after

LIFE = [
    Change(None, FRESH),
    new(ETL, held(FRESH.address)),
    Change(None, HOST),
    Change(None, Key(ETL.address, "other")),
    invited("new@example.org"),
    bound(NEW.address, ADMIN, USER),
    bound(BO.address, USER, held(FRESH.address)),
    Change(FRESH, WIDER),
    bound(BO.address, held(FRESH.address), role("read-only-user")),
    bound(ETL.address, held(FRESH.address), USER),
    Change(HOST, None),
    Change(ETL, None),
    Change(NEW, None),
    Change(BO, None),
    Change(WIDER, None),
]
"""From an empty tenant to an empty tenant, by every verb."""

DOCUMENTS = {mutation.document: mutation.root for mutation in MUTATIONS}


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    url = f"sqlite:///{tmp_path_factory.mktemp('served') / 'rbac.db'}"
    features = {*DEFAULT, LICENSE_ADMIN, RUNNER_TOKENS}
    key = init(
        url, "acme", "prefect-cloud-1", OWNER, features=features, settings={"invitations": True}
    )
    guarded = GuardedStore(Accounts(url), post=nowhere)
    with serving(guarded) as root:
        yield Stage(url, root, guarded, key)


@pytest.fixture
def reaching(stage, tmp_path):
    """Return the tenant through a root, with a key, the administrator's if no other is given."""

    def reach(root=None, key=None, account="acme"):
        environment = {"RBAC_SYNC_STATE_DIR": str(tmp_path)}
        login = Login(root or stage.root, key or stage.key)
        return PrefectCloud1Backend(account, login, environment=environment)

    return reach


@pytest.fixture
def backend(reaching):
    return reaching()


@pytest.fixture
def bo(stage, backend):
    """Bo, who may have left in another test."""
    if not live(backend).knows(BO.address):
        stage.person(BO.email, "user")
    return BO


def comparable(state):
    """Return *state* without what only the store tells: keys of people, ends of invitations."""
    draft = normal(state, CLOUD).draft()
    for key in list(draft.of(Key).values()):
        if key.owner.kind is User.kind:
            draft.remove(key)
    for user in list(draft.of(User).values()):
        draft.put(replace(user, expires=None))
    return draft


def assert_same(one, other):
    assert [str(d) for d in differences(comparable(one), comparable(other))] == []


def test_every_verb_leads_to_the_same_state_in_the_store_and_over_graphql(stage, backend, bo):
    told = live(backend)
    for change in LIFE:
        expected = followed(comparable(told), [change])
        made(backend, change)
        told = live(backend)
        assert_same(live(stage.backend()), told)
        assert_same(expected, told)


def write_of(_method, _path, body):
    """Return the mutation that is asked for and what it takes; None for a query."""
    asked = json.loads(body)
    name = DOCUMENTS.get(asked["query"])
    return name and (name, json.dumps(asked["variables"], sort_keys=True))


def test_no_answer_that_is_lost_makes_anything_twice(stage, reaching, backend, bo, at_once):
    with cutting(stage.root, write_of=write_of) as (root, writes):
        cut = reaching(root)
        kept = live(stage.backend())
        for change in LIFE:
            expected = followed(comparable(kept), [change])
            writes.clear()
            made(cut, change)
            kept = live(stage.backend())
            assert_same(expected, kept)
            names = [name for name, _ in writes]
            assert len(names) == len(set(names)) + names.count("create_api_key") // 2
    assert not live(backend).knows(ETL.address)


def test_the_key_of_a_service_account_is_a_credential_of_its_own(stage, reaching, backend):
    deployer = reaching(key=stage.machine("deployer", "administrator").key)
    with deployer.open() as session:
        assert session.applier() == address.service_account("deployer")
        assert_same(session.read(), live(backend))


def test_a_tenant_is_named_by_slug_or_by_id(stage, reaching, backend):
    id_ = stage.admin.tenants()["acme"]
    assert live(reaching(account=id_)) == live(backend)
    with pytest.raises(BackendError, match="does not reach the tenant `nowhere`") as found:
        live(reaching(account="nowhere"))
    assert found.value.hint == "its tenants: `acme`"


@pytest.mark.parametrize("account", ["acme", str(uuid4())], ids=["a slug", "an id"])
def test_a_key_that_is_none_is_a_matter_of_credentials(reaching, account):
    with pytest.raises(CredentialError, match="does not accept this API key"):
        live(reaching(key="pcu_nobody", account=account))


def test_a_key_does_not_reach_a_tenant_of_others(stage, reaching):
    theirs = stage.found("theirs", "stranger@example.org").tenants()["theirs"]
    with pytest.raises(CredentialError, match="does not accept this API key here"):
        live(reaching(account=theirs))


def test_whoever_does_not_see_all_is_told_so(stage, reaching):
    stage.role("half", "read:user", "read:membership", "read:run")
    half = stage.person("half@example.org", "half")
    with reaching(key=half.key).open() as session:
        assert session.horizon().kinds >= {Kind.USER}


def test_what_the_server_refuses_is_an_error_and_nothing_is_done(stage, reaching, backend, bo):
    user = reaching(key=stage.person("cy@example.org", "user").key)
    stage.role("taken", "read:run")
    before = live(backend)
    with pytest.raises(BackendError, match="the request needs `create:role`"):
        made(user, Change(None, FRESH))
    with pytest.raises(BackendError, match="create_custom_role"):
        made(backend, Change(None, replace(FRESH, name="taken")))
    assert_same(before, live(backend))


def test_what_somebody_changed_bears_their_name(stage, reaching, backend, bo):
    cleo = reaching(key=stage.person("cleo@example.org", "administrator").key)
    night = ServiceAccount("night")
    made(cleo, new(night), bound(bo.address, USER, ADMIN))
    changed = [night.address, address.binding(bo.address, ACCOUNT)]
    with backend.open() as session:
        found = session.touched([*changed, address.user("cleo@example.org")])
    assert {a: touch.who for a, touch in found.items()} == dict.fromkeys(
        changed, "cleo@example.org"
    )


def test_a_new_address_is_a_member_before_the_old_one_goes(stage, backend, bo):
    kim = User("kim@example.org")
    manage = {Subject.MEMBERS: Manage.DECLARED}

    def planned():
        with backend.open() as session:
            live = session.read()
            desired = live.draft()
            desired.remove(bo)
            for resource in (kim, Binding(kim.address, ACCOUNT, USER)):
                desired.put(resource)
            planner = Planner(session.catalogue, session.capabilities, session.now())
            declaration = Declaration(desired, manage=manage, former={kim.address: (bo.address,)})
            found = planner.plan(declaration, live)
        return [
            [str(c.action) + " " + c.address.key for c in of]
            for of in (found.changes, found.waiting)
        ]

    assert planned() == [["create kim@example.org"], [f"delete {bo.address.key}"]]
    stage.person(kim.email, "user")
    assert planned() == [[f"delete {bo.address.key}"], []]
