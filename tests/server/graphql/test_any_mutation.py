"""Whatever is asked: it is done or it is not, and nobody hands out more than they hold."""

from __future__ import annotations

from random import Random
from uuid import UUID

import pytest

from rbac_sync.backends.store.tables import TABLES
from rbac_sync.model import ACCOUNT, Kind, Role
from rbac_sync.model.address import user
from rbac_sync.server.graphql import ids
from tests.backends.store.stores import connected

from .tenants import OWNER, staged

NOTHING = UUID(int=7)
STEPS = 60
UMA, MAX = "uma@example.org", "max@example.org"
ROLES = ("TENANT_ADMIN", "USER", "READ_ONLY_USER", None)
EMAILS = (OWNER, UMA, MAX, "new@example.org", "two@example.org", "no address", "é@x.org")
NAMES = (*"abcdefghij", "dev", "ops", "ci", "USER", "", "a\u202eb", "\ud800", "x" * 300)
PERMISSIONS = ("read:flow", "delete:flow", "update:role", "update:membership", "read:role", "?")
MANAGING = (
    "create:role",
    "update:role",
    "delete:role",
    "update:membership",
    "delete:membership",
    "create:membership-invitation",
    "delete:membership-invitation",
    "create:service-account",
    "update:service-account",
    "delete:service-account",
    "create:service-api-key",
    "delete:service-api-key",
    "create:api-key",
    "delete:api-key",
    "read:flow",
)


class Whim:
    """Makes up mutations about what is in the tenant at the moment, or about nothing."""

    def __init__(self, session, random: Random) -> None:
        self.random, register = random, session.register()
        state, wire = session.read(), session.catalogue.wire
        roles, named = state.of(Role).values(), register.named
        self.tenants = [register.account_id]
        self.roles = [ids.builtin_id(wire[r.address]) for r in roles if r.builtin]
        self.roles += [named[r.address].id for r in roles if not r.builtin]
        self.memberships = [row.id for row in register.held_in(ACCOUNT)]
        self.users = [ids.user_id(a.key) for a in named if a.kind is Kind.USER]
        self.users += [e.id for a, e in named.items() if a.kind is Kind.SERVICE_ACCOUNT]
        self.keys = [key.id for keys in register.keys.values() for key in keys[1:]]
        self.invitations = [d.id for d in session.documents.of("invitation")]

    def one(self, kind: str) -> str:
        return str(self.random.choice([*getattr(self, kind), NOTHING]))

    def maybe(self, kind: str) -> str | None:
        return self.one(kind) if self.random.random() < 0.7 else None

    def some(self) -> list[str]:
        return self.random.sample(PERMISSIONS, self.random.randrange(3))

    def mutation(self) -> tuple[str, dict]:
        pick = self.random.choice
        told = {
            "create_custom_role": {"name": pick(NAMES), "permissions": self.some()},
            "update_custom_role_permissions": {
                "role_id": self.one("roles"),
                "permissions": self.some(),
            },
            "delete_custom_role": {"role_id": self.one("roles")},
            "set_membership_role": {
                "membership_id": self.one("memberships"),
                "role": pick(ROLES),
                "role_id": self.maybe("roles"),
            },
            "create_membership_invitation": {"email": pick(EMAILS), "role_id": self.one("roles")},
            "delete_membership_invitation": {"invitation_id": self.one("invitations")},
            "accept_membership_invitation": {"invitation_id": self.one("invitations")},
            "delete_membership": {"membership_id": self.one("memberships")},
            "create_service_account": {
                "tenant_id": self.one("tenants"),
                "name": pick(NAMES),
                "role_id": self.maybe("roles"),
            },
            "delete_service_account": {"user_id": self.one("users")},
            "create_api_key": {"user_id": self.one("users"), "name": pick(NAMES)},
            "delete_api_key": {"key_id": self.one("keys")},
            "update_tenant_name": {"name": pick(NAMES)},
            "update_user_details": {"first_name": pick(NAMES)},
        }
        return pick(list(told.items()))


def held(session):
    """Return what each principal could come to hold, whether it may act or not."""
    state = session.read()

    def of(binding):
        roles = (state.get(holding.role) for holding in binding.roles)
        return frozenset().union(*(session.catalogue.expanded(r, state.get) for r in roles))

    return {binding.principal: of(binding) for binding in state.bindings()}


def rows_of(url):
    """Return every row of every table as the database has it."""
    with connected(url) as connection:
        return {
            table.name: sorted(
                map(repr, connection.exec_driver_sql(f'SELECT * FROM "{table.name}"'))
            )
            for table in TABLES
        }


def moment(stage, of):
    with stage.backend().open() as session:
        return of(session)


@pytest.mark.parametrize(
    "seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(2, 20))]
)
def test_what_is_refused_changes_nothing_and_what_is_done_gives_no_more_than_the_asker_has(
    tmp_path, seed
):
    random, done = Random(seed), set()
    with staged(f"sqlite:///{tmp_path}/rbac.db") as stage:
        stage.role("manager", *MANAGING)
        askers = {OWNER: stage.admin, UMA: stage.person(UMA), MAX: stage.person(MAX, "manager")}
        for _ in range(STEPS):
            who = random.choice(list(askers))
            mutation, told = moment(stage, lambda session: Whim(session, random).mutation())
            rows, before = rows_of(stage.url), moment(stage, held)
            body = askers[who].sent(mutation, told)
            if "errors" in body:
                assert rows_of(stage.url) == rows
                assert body["errors"][0]["extensions"]["code"] != "API_ERROR", (mutation, told)
                continue
            done.add(mutation)
            for principal, now in moment(stage, held).items():
                gained = now - before.get(principal, frozenset())
                assert gained <= before[user(who)], (mutation, told)
    assert done
