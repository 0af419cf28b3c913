"""Access in the forms of other tools gives the answers of `can`, whoever asks, and when."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from rbac_sync.catalogues import catalogue, worlds
from rbac_sync.guard import Access
from rbac_sync.model import (
    ACCOUNT,
    EVERYONE,
    Binding,
    Holding,
    Level,
    Membership,
    ServiceAccount,
    State,
    Status,
    Team,
    User,
    Workspace,
    held,
)
from rbac_sync.model import address as named
from rbac_sync.model.resources import role
from rbac_sync.testing.states import CLOUD, states
from rbac_sync.views.exports.cedar import cedar_files
from rbac_sync.views.exports.csv_table import csv_table
from rbac_sync.views.exports.grants import grants
from rbac_sync.views.exports.openfga import EVERYWHERE, openfga_store, relation

NOW = datetime(2026, 6, 1, tzinfo=UTC)
DAY = timedelta(days=1)
TERMS = st.sampled_from(
    [(None, None)] * 3
    + [(NOW, None), (None, NOW), (NOW + DAY, None), (NOW - DAY, NOW + DAY), (None, NOW + DAY)]
)


@st.composite
def timed(draw):
    """Draw an account in which some grants and memberships have terms, and some people wait."""
    state = draw(states())
    resources = []
    for each in state.resources():
        if isinstance(each, Team):
            members = sorted(member.principal for member in each.members)
            each = Team(each.name, frozenset(Membership(m, *draw(TERMS)) for m in members))  # noqa: PLW2901
        elif isinstance(each, User):
            each = User(each.email, draw(st.sampled_from([Status.ACTIVE] * 3 + list(Status))))  # noqa: PLW2901
        resources.append(each)
    bindings = [
        Binding(b.principal, b.scope, frozenset(Holding(h.role, *draw(TERMS)) for h in b.roles))
        for b in state.bindings()
    ]
    return State([*resources, *bindings])


def questions(access):
    """Yield every principal, scope and what it may do there now, and what could be done there."""
    state = access.state
    for principal in (*state.of(User), *state.of(ServiceAccount)):
        for scope in (ACCOUNT, *state.of(Workspace)):
            level = Level.ACCOUNT if scope == ACCOUNT else Level.WORKSPACE
            asked = [p for p, title in CLOUD.titles.items() if title.level is level]
            yield principal, scope, access.may(principal, scope, NOW) & {*asked}, asked


class Fga:
    """A slow OpenFGA: the tuples of a store file, and checks by its model."""

    def __init__(self, text):
        store = YAML(typ="safe").load(text)
        self.model = store["model"]
        self.tuples = store["tuples"]
        keys = [(t["user"], t["relation"], t["object"]) for t in self.tuples]
        assert len(set(keys)) == len(keys)
        pattern = r"(?m)^    define (\w+): (.+)$"
        self.defined = {
            block.split("\n")[0]: dict(re.findall(pattern, block))
            for block in self.model.split("\ntype ")[1:]
        }
        self.check = cache(self._check)

    def _check(self, user, name, thing):
        rule = self.defined[thing.partition(":")[0]][name]
        for each in self.tuples:
            if (each["relation"], each["object"]) != (name, thing) or not _in_force(each):
                continue
            kind = self._kind(each)
            assert kind in rule, (kind, rule)
            holder, _, userset = each["user"].partition("#")
            if holder == user if not userset else self.check(user, userset, holder):
                return True
        if other := re.search(r" or (\w+) from account$", rule):
            parents = [
                t["user"]
                for t in self.tuples
                if t["object"] == thing and t["relation"] == "account"
            ]
            return any(self.check(user, other[1], parent) for parent in parents)
        return False

    def _kind(self, each):
        kind, _, rest = each["user"].partition(":")
        userset = rest.partition("#")[2]
        kind = f"{kind}#{userset}" if userset else kind
        return f"{kind} with in_force" if "condition" in each else kind


def _in_force(each):
    if "condition" not in each:
        return True
    context = each["condition"]["context"]
    begins, ends = (datetime.fromisoformat(context[key]) for key in ("begins", "ends"))
    return begins <= NOW < ends


def fga_object(address):
    if address == ACCOUNT:
        return "account:acme"
    kind = {"member": "user", "service-account": "service_account"}.get(address.kind, address.kind)
    return f"{kind}:{address.key}"


@settings(max_examples=15, suppress_health_check=list(HealthCheck), deadline=None)
@example(State())
@given(timed())
def test_openfga_answers_as_can_does(state):
    access = Access(state, CLOUD)
    fga = Fga(openfga_store("acme", access))
    for principal, scope, allowed, asked in questions(access):
        may = {p for p in asked if fga.check(fga_object(principal), relation(p), fga_object(scope))}
        assert may == allowed


@settings(max_examples=15, suppress_health_check=list(HealthCheck), deadline=None)
@given(timed())
def test_cedar_answers_as_can_does(state):
    cedarpy = pytest.importorskip("cedarpy")
    access = Access(state, CLOUD)
    files = cedar_files("acme", access)
    types = {"member": "User", "service-account": "ServiceAccount"}
    now = {"__extn": {"fn": "datetime", "arg": NOW.strftime("%Y-%m-%dT%H:%M:%SZ")}}
    requests, expected = [], []
    for principal, scope, allowed, asked in questions(access):
        resource = f"Workspace::{json.dumps(scope.key)}" if scope != ACCOUNT else 'Account::"acme"'
        for permission in asked:
            requests.append(
                {
                    "principal": f"{types[principal.kind]}::{json.dumps(principal.key)}",
                    "action": f"Action::{json.dumps(permission)}",
                    "resource": resource,
                    "context": {"now": now},
                }
            )
            expected.append(permission in allowed)
    results = cedarpy.is_authorized_batch(requests, files["policies.cedar"], files["entities.json"])
    assert [result.allowed for result in results] == expected
    assert not [error for result in results for error in result.diagnostics.errors]


HOSTILE = (
    'a"b',
    "a\\b",
    "a\u202eb",
    "a\\u{202e}b",
    "x y",
    "é漢",
    "a#b:c",
    "'",
    '"];//',
    "%41",
    "A",
)


def hostile():
    viewer = role(Level.WORKSPACE, "viewer")
    ann = named.user("ann@x.org")
    return State(
        [
            *CLOUD.roles.values(),
            User("ann@x.org"),
            User("bo@x.org"),
            *(Workspace(name) for name in HOSTILE),
            *(Team(name, frozenset({Membership(ann)})) for name in HOSTILE),
            *(Binding(named.team(n), named.workspace(n), held(viewer)) for n in HOSTILE),
        ]
    )


def test_hostile_names_stay_apart_in_openfga():
    fga = Fga(openfga_store('ac"me\n', Access(hostile(), CLOUD)))
    objects = {t["object"] for t in fga.tuples if t["object"].startswith("workspace:")}
    assert len(objects) == len(HOSTILE)
    for each in fga.tuples:
        assert re.fullmatch(r"[a-z_]+:[^\s:#]+(#[a-z_]+)?", each["user"])
        assert re.fullmatch(r"[a-z_]+:[^\s:#]+", each["object"])
    for name in objects:
        assert fga.check("user:ann@x.org", relation("see_flows"), name)
        assert not fga.check("user:bo@x.org", relation("see_flows"), name)


def test_hostile_names_stay_apart_in_cedar():
    cedarpy = pytest.importorskip("cedarpy")
    files = cedar_files("acme", Access(hostile(), CLOUD))
    policies = json.loads(cedarpy.policies_to_json_str(files["policies.cedar"]))["staticPolicies"]
    resources = {policy["resource"]["entity"]["id"] for policy in policies.values()}
    assert resources == set(HOSTILE)
    teams = {policy["principal"]["entity"]["id"] for policy in policies.values()}
    assert teams == set(HOSTILE)
    ids = {e["uid"]["id"] for e in json.loads(files["entities.json"]) if e["uid"]["type"] == "Team"}
    assert ids == set(HOSTILE)


@pytest.mark.parametrize("world", worlds())
def test_each_permission_has_a_relation_of_its_own_that_openfga_takes(world):
    permissions = list(catalogue(world).titles)
    names = {f"{EVERYWHERE}{relation(permission)}" for permission in permissions}
    assert len(names) == len(permissions)
    assert all(re.fullmatch(r"[a-z_]\w{1,49}", name, re.ASCII) for name in names)


def rows(state):
    return list(csv.DictReader(io.StringIO(csv_table(Access(state, CLOUD)))))


def test_spells_of_one_role_are_exported_in_one_order():
    """Holdings and memberships are in sets, whose order differs from run to run."""
    spells = [(NOW + n * DAY, NOW + (n + 1) * DAY) for n in range(8)]
    team, prod, viewer = named.team("data"), Workspace("prod"), role(Level.WORKSPACE, "viewer")
    people = [ServiceAccount(f"s{n}") for n in range(8)]
    members = frozenset(Membership(who.address, until=NOW + DAY) for who in people)
    roles = frozenset(Holding(viewer, *spell) for spell in spells)
    things = (*people, Team("data", members), prod, Binding(team, prod.address, roles))

    found = list(grants(Access(State([*CLOUD.roles.values(), *things]), CLOUD)))

    assert [(each.since, each.until) for each in found if each.team is None] == spells
    assert [each.holder for each in found if each.team] == [who.address for who in people] * 8


def test_the_table_has_a_row_for_each_way_to_a_role():
    viewer, runner = (role(Level.WORKSPACE, name) for name in ("viewer", "runner"))
    owner = role(Level.ACCOUNT, "owner")
    ann, prod, data = named.user("ann@x.org"), named.workspace("prod"), named.team("data")
    state = State(
        [
            *CLOUD.roles.values(),
            User("ann@x.org"),
            User("cy@x.org", Status.SUSPENDED),
            ServiceAccount("ci"),
            Workspace("prod"),
            Team("data", frozenset({Membership(ann, until=NOW)})),
            Binding(ann, ACCOUNT, held(owner)),
            Binding(data, prod, frozenset({Holding(viewer, since=NOW - DAY, reason="=1+1")})),
            Binding(EVERYONE, prod, held(runner)),
        ]
    )
    table = [tuple(row.values()) for row in rows(state)]
    assert table == [
        ("ann@x.org", "member", "active", "every workspace", "owner", "", "", "", ""),
        ("ann@x.org", "member", "active", "the account", "owner", "", "", "", ""),
        ("ann@x.org", "member", "active", "workspace prod", "runner", "default role", "", "", ""),
        (
            "ann@x.org",
            "member",
            "active",
            "workspace prod",
            "viewer",
            "team:data",
            "2026-05-31T00:00:00Z",
            "2026-06-01T00:00:00Z",
            "'=1+1",
        ),
        ("cy@x.org", "member", "suspended", "workspace prod", "runner", "default role", "", "", ""),
        ("sa:ci", "service account", "", "", "", "", "", "", ""),
    ]


@pytest.mark.parametrize("name", ["=cmd", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\uff1d1"])
def test_no_cell_is_a_formula(name):
    ann = named.user("ann@x.org")
    binding = Binding(ann, named.workspace("w"), frozenset({Holding(role("workspace", name))}))
    table = rows(State([User("ann@x.org"), Workspace("w"), binding]))
    assert [row["role"][0] for row in table] == ["'"]
