"""How far a key reaches, and which accounts know a person."""

from __future__ import annotations

import pytest

from rbac_sync.backends.store import init
from rbac_sync.backends.store.accounts import Accounts, Home
from rbac_sync.backends.store.key_scope import HERE, KeyScope, keep
from rbac_sync.model import Key, Status, User
from rbac_sync.planning import Change

OLIVIA = User("Olivia@Example.org")
WORLD = "prefect-cloud-1"


@pytest.fixture
def service(store_url):
    """A store with two accounts that Olivia founded, and one of the other world."""
    service = Accounts(store_url)
    for account, world in (("acme", WORLD), ("beta", WORLD), ("today", "prefect-cloud")):
        init(store_url, account, world, OLIVIA.email)
    return service


def made(service, account, *changes):
    """Make changes; return what the last of them brought to light."""

    def work(writer):
        return [writer.make(change) for change in changes][-1]

    return service.backend(account, None).transact(str(changes), work)


def test_the_key_of_a_founder_reaches_everywhere(tmp_path):
    url = f"sqlite:///{tmp_path}/rbac.db"
    key = init(url, "acme", WORLD, OLIVIA.email)
    assert Accounts(url).whose(key).reach == KeyScope(everywhere=True)


def test_other_keys_stay_until_something_is_kept_beside_them(service):
    key = Key(OLIVIA.address, "second")
    (secret,) = made(service, "acme", Change(None, key)).values()
    caller = service.whose(secret)
    assert (caller.account, caller.world, caller.reach) == ("acme", WORLD, HERE)

    reach = KeyScope(everywhere=True, default=caller.account_id, maker=caller.key)

    def work(writer):
        return keep(writer.documents, writer.register(), key, reach)

    id_ = service.backend("acme", None).transact("keep", work)
    assert (service.whose(secret).reach, id_) == (reach, caller.key)


def test_what_was_kept_beside_a_key_is_not_that_of_a_later_one_of_its_name(service):
    init_key = Key(OLIVIA.address, "init")
    changes = Change(init_key, None), Change(None, init_key)
    (secret,) = made(service, "acme", *changes).values()
    assert service.whose(secret).reach == HERE


def test_the_accounts_of_a_world_that_know_a_person_are_found_whatever_the_case(service):
    ids = {name: _id(service, name) for name in ("acme", "beta")}
    suspended = User(OLIVIA.email, Status.SUSPENDED)
    made(service, "beta", Change(OLIVIA, suspended))
    with service.moment() as moment:
        assert moment.homes(WORLD, User("olivia@example.org").address) == [
            Home("acme", ids["acme"], Status.ACTIVE),
            Home("beta", ids["beta"], Status.SUSPENDED),
        ]
        assert moment.homes(WORLD, User("nobody@example.org").address) == []


def test_accounts_are_seen_at_one_moment(service):
    with service.moment() as moment:
        moment.homes(WORLD, OLIVIA.address)
        made(service, "acme", Change(None, User("late@example.org")))
        assert moment.session("acme").read().find(User("late@example.org")) is None
    with service.moment() as moment:
        assert moment.session("acme").read().find(User("late@example.org"))


def _id(service, account):
    with service.backend(account, None).open() as session:
        return session.register().account_id
