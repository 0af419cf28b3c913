"""An account on a real store, and people who act in it through commands, without HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import uuid4

import pytest

from rbac_sync.backends.store.accounts import Accounts
from rbac_sync.model import ACCOUNT, Address, Binding, Key, Level, User, held
from rbac_sync.model.resources import role
from rbac_sync.planning import Change
from rbac_sync.server.guarded_store import GuardedStore
from tests.new_store import begin

OWNER = "olivia@example.org"


@dataclass(frozen=True)
class Actor:
    """Somebody with a key of the account."""

    guarded: GuardedStore
    address: Address
    key: str

    def do(self, command, *given, **named):
        """Run *command* in one write transaction; return what it returns."""
        return self.guarded.write("acme", self.key, lambda t: command(t, *given, **named))

    def refused(self, kind, command, *given, **named):
        """Return why *command* is refused, with a refusal of this kind."""
        with pytest.raises(kind) as refusal:
            self.do(command, *given, **named)
        return refusal.value.detail

    def view(self):
        """Open a view of the account."""
        return self.guarded.view("acme", self.key)

    def keys(self, who):
        """Return what is known of the keys of a principal, oldest first."""
        with self.view() as view:
            return list(view.register.keys.get(who, ()))

    def get(self, address):
        """Return the resource of an address, None if there is none."""
        with self.view() as view:
            return view.state.get(address)

    def role_of(self, principal, scope=ACCOUNT):
        """Return the keys of the roles that a principal itself holds in a scope."""
        with self.view() as view:
            return sorted(h.role.key for h in view.state.holdings(principal, scope))


@pytest.fixture
def letters():
    """What has been sent to invited people."""
    return []


@pytest.fixture
def owner(tmp_path, letters):
    """The first owner of a new account over SQLite."""
    url = f"sqlite:///{tmp_path / 'rbac.db'}"
    key = begin(url, "acme", "prefect-cloud", OWNER)
    return Actor(GuardedStore(Accounts(url), post=letters.append), User(OWNER).address, key)


@pytest.fixture
def member(owner):
    """A user with the account role of a member."""
    return joined(owner, "bo@example.org")


def joined(owner, email, name="member"):
    """Let somebody come in with an account role, past the guard."""
    user = User(email)
    key = Key(user.address, "test")
    binding = Binding(user.address, ACCOUNT, held(role(Level.ACCOUNT, name)))
    planted(owner, user, binding)
    secrets = _made(owner, Change(None, key))
    return Actor(owner.guarded, user.address, secrets[str(key.address)])


def planted(owner, resource, *brought):
    """Make a resource past the guard, with bindings that it brings."""
    _made(owner, Change(None, resource, brings=brought))


def _made(owner, change):
    backend = owner.guarded.service.backend("acme", None)
    return backend.transact(str(uuid4()), lambda writer: writer.make(change))
