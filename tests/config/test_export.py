"""What is live, written as configuration, declares the same again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import tomli
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rbac_sync import config
from rbac_sync.catalogues import catalogue
from rbac_sync.config.export import export
from rbac_sync.config.toml_format import format_file
from rbac_sync.model import (
    ACCOUNT,
    EVERYONE,
    Binding,
    Holding,
    Key,
    Level,
    Membership,
    ObjectAccess,
    Role,
    ServiceAccount,
    State,
    Team,
    User,
    Workspace,
    held,
)
from rbac_sync.model import address as named
from rbac_sync.model.resources import role
from rbac_sync.model.settings import Settings
from rbac_sync.planning.planner import Planner
from tests.build import ANYTHING

from .folder import NOW

WORLD = catalogue("prefect-cloud")
STORE = Settings("store", "acme", world="prefect-cloud")


def declared(files, world=WORLD, now=NOW):
    with TemporaryDirectory() as folder:
        for name, text in files.items():
            (Path(folder) / name).parent.mkdir(exist_ok=True)
            (Path(folder) / name).write_text(text)
        return config.declaration(config.read(Path(folder)), world, now)


def exported(*resources, target=STORE):
    return export(State(resources), WORLD, target, NOW)


def plan(declaration, live):
    capabilities = replace(ANYTHING, actions={})
    return Planner(WORLD, capabilities, NOW).plan(declaration, live).changes


def account(name):
    return role(Level.ACCOUNT, name)


def workspace(name):
    return role(Level.WORKSPACE, name)


OWNER = (User("ana@x.org"), Binding(named.user("ana@x.org"), ACCOUNT, held(account("owner"))))

# Names of every kind: plain, odd, not to be written, and some that look alike.
NAMES = st.sampled_from(
    [
        "prod",
        "dev",
        "Ops",
        "ops",
        "\u043eps",
        "data-eng",
        "x.y",
        "a/b",
        "*",
        "w*",
        "w?",
        "everyone",
        "none",
        "team:x",
        "viewer",
        "Admin",
        "ünï",
        "two words",
        " edge",
        "line\nbreak",
        "hid\u200bden",
        'quo"te',
        "back\\slash",
        "a" * 300,
    ]
)
EMAILS = st.sampled_from(
    ["ana@x.org", "bo+x@y.example", "o'neil@x.org", "éva@x.org", "no mail", "a@b@c"]
)
MOMENTS = st.none() | st.sampled_from(
    [NOW + timedelta(days=n) for n in (-1, 0, 1, 30)]
    + [NOW + timedelta(hours=7, microseconds=n) for n in (0, 5)]
)
TEXTS = st.sampled_from(["", "some words", "two\nlines", "hid\u202eden", "a\x1b[2K", "tab\there"])
PERMISSIONS = st.frozensets(st.sampled_from(["see_flows", "manage_flows", "see_new_things"]))


@st.composite
def terms(draw):
    since, until = draw(MOMENTS), draw(MOMENTS)
    return (since, until) if not (since and until) or since < until else (since, None)


@st.composite
def states(draw):
    users = [User(named.folded(e)) for e in draw(st.sets(EMAILS))]
    accounts = [ServiceAccount(n, draw(TEXTS)) for n in draw(st.sets(NAMES, max_size=3))]
    roles = draw(st.lists(roles_(), max_size=3, unique_by=lambda r: r.address))
    builtin = [*WORLD.roles.values()]
    spaces = [
        Workspace(n, draw(TEXTS), draw(TEXTS), draw(st.booleans()))
        for n in draw(st.sets(NAMES, max_size=3))
    ]
    people = [*users, *accounts]
    teams = [
        Team(
            n,
            frozenset(Membership(p.address, *draw(terms())) for p in people if draw(st.booleans())),
            draw(st.sampled_from(["", "okta"])),
            draw(TEXTS),
        )
        for n in draw(st.sets(NAMES, max_size=2))
    ]
    keys = [
        Key(a.address, n, draw(MOMENTS)) for a in accounts for n in draw(st.sets(NAMES, max_size=2))
    ]
    bindings = [
        Binding(p.address, ACCOUNT, draw(holdings([r for r in builtin if r.level == "account"])))
        for p in people
    ]
    usable = [r for r in (*builtin, *roles) if r.level == "workspace"]
    bindings += [
        Binding(p, space.address, draw(holdings(usable)))
        for space in spaces
        for p in (EVERYONE, *(x.address for x in (*people, *teams)))
        if draw(st.booleans())
    ]
    # Last, so that no role that is drawn takes the place of a built-in one: no account has that.
    return State([*users, *accounts, *roles, *spaces, *teams, *keys, *builtin, *bindings])


@st.composite
def holdings(draw, roles):
    found = draw(
        st.lists(st.sampled_from(roles), min_size=1, max_size=draw(st.sampled_from([1, 1, 1, 2])))
    )
    return frozenset(Holding(r.address, *draw(terms())) for r in found[:1]) | frozenset(
        Holding(r.address) for r in found[1:]
    )


@st.composite
def roles_(draw):
    base = draw(st.sampled_from([None, "viewer", "runner"]))
    return Role(
        Level.WORKSPACE,
        draw(NAMES),
        WORLD.closed(draw(PERMISSIONS)),
        frozenset({workspace(base)} if base else ()),
        description=draw(TEXTS),
    )


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(states())
def test_a_plan_after_an_export_is_empty_and_its_files_are_in_canonical_form(state):
    live = State([*state.resources(), *state.bindings(), *OWNER])
    files = export(live, WORLD, STORE, NOW)
    assert plan(declared(files), live) == ()
    for name, text in files.items():
        assert format_file(name, text.encode()).decode() == text


DAY = datetime(2026, 12, 31, tzinfo=UTC)
COMPANY = [
    *OWNER,
    ServiceAccount("ci", "deploys"),
    Binding(named.service_account("ci"), ACCOUNT, held(account("member"))),
    Key(named.service_account("ci"), "main", DAY),
    Key(named.service_account("ci"), "open"),
    Role(
        Level.WORKSPACE,
        "guest",
        WORLD.closed({"manage_flows"}),
        frozenset({workspace("viewer")}),
        description="Two\nlines",
    ),
    Role(Level.ACCOUNT, "auditor", frozenset({"read:bot"})),
    Team("oncall", frozenset({Membership(named.user("ana@x.org"), NOW, DAY)}), description="d"),
    Workspace("prod", "Production", "d", public=True),
    Workspace("Dev Space"),
    Binding(EVERYONE, named.workspace("prod"), held(workspace("viewer"))),
    Binding(
        named.team("oncall"),
        named.workspace("prod"),
        frozenset({Holding(workspace("guest"), until=DAY.replace(hour=18))}),
    ),
]


def test_an_export_read_back_is_the_same_state():
    state = State(COMPANY)
    assert declared(export(state, WORLD, STORE, NOW)).desired == State(
        replace(r, name=r.handle) if isinstance(r, Workspace) and not r.name else r for r in COMPANY
    )


def test_an_export_is_the_same_text_in_any_order_of_what_is_live(snapshot):
    files = exported(*COMPANY)
    assert exported(*reversed(COMPANY)) == files
    assert "\n".join(f"## {name}\n{text}" for name, text in files.items()) == snapshot


def test_roles_of_both_levels_are_in_order_of_their_names():
    zed, abe = Role(Level.ACCOUNT, "zed"), Role(Level.WORKSPACE, "abe")
    text = exported(*OWNER, zed, abe)["roles.toml"]
    assert list(tomli.loads(text)["roles"]) == ["abe", "zed"]
    assert format_file("roles.toml", text.encode()).decode() == text


def test_access_lists_are_in_order_of_their_names():
    prod = named.workspace("prod")
    lists = [ObjectAccess(prod, f"work_pool:{name}") for name in ("c", "{a}")]
    text = exported(*OWNER, Workspace("prod"), *lists)["workspaces/prod.toml"]
    assert list(tomli.loads(text)["workspaces"]["prod"]["objects"]) == [each.name for each in lists]
    assert format_file("prod.toml", text.encode()).decode() == text


def test_permissions_that_others_include_are_not_written():
    guest = tomli.loads(exported(*COMPANY)["roles.toml"])["roles"]["guest"]
    assert guest["permissions"] == ["manage_flows"]


@pytest.mark.parametrize(
    ("resources", "left_out"),
    [
        (
            [User("éva@x.org"), Binding(named.user("éva@x.org"), ACCOUNT, held(account("member")))],
            '"member.%C3%A9va@x.org/account_role": its name cannot be written',
        ),
        ([User("bo@x.org")], '"member.bo@x.org": holds no account role'),
        ([Team("a\u202eb")], '"team.a%E2%80%AEb": its name cannot be written'),
        ([Role(Level.WORKSPACE, "Viewer")], '"role.Viewer": its name cannot be written'),
        ([Workspace("w*")], '"workspace.w%2A": its name cannot be written'),
        ([Workspace("w?"), Workspace("wx")], '"workspace.w%3F": its name cannot be written'),
        ([Workspace("a/b")], '"workspace.a%2Fb": its name cannot be written'),
        ([Team("ops"), Team("\u043eps")], '"team.%D0%BEps": its name cannot be written'),
        ([Team("t", managed_by="okta")], '"team.t": its members come from okta'),
        (
            [Role(Level.WORKSPACE, "r", frozenset({"see_new_things"}))],
            '"role.r": it holds permissions that are not in the catalogue',
        ),
        (
            [
                Workspace("w"),
                Binding(
                    named.user("ana@x.org"),
                    named.workspace("w"),
                    held(workspace("viewer")) | held(workspace("runner")),
                ),
            ],
            '"workspace.w/access/ana@x.org": holds several roles here',
        ),
        (
            [
                Workspace("w"),
                Binding(
                    named.user("ana@x.org"),
                    named.workspace("w"),
                    frozenset({Holding(workspace("viewer"), until=NOW)}),
                ),
            ],
            '"workspace.w/access/ana@x.org": has ended',
        ),
    ],
)
def test_what_cannot_be_written_is_left_out_and_listed(resources, left_out):
    files = exported(*OWNER, *resources)
    assert files["rbac.toml"].endswith(f"\n# Left out: {left_out}\n")
    assert plan(declared(files), State([*OWNER, *resources])) == ()


def test_built_in_roles_and_peoples_own_keys_are_not_written():
    key = Key(named.user("ana@x.org"), "mine")
    files = exported(*OWNER, *WORLD.roles.values(), key)
    assert set(tomli.loads("".join(files.values()))) == {"backend", "files", "manage", "members"}
    assert "mine" not in "".join(files.values())


def test_every_kind_has_its_file_and_line_before_there_is_anything_of_it(tmp_path):
    files = exported(*OWNER)
    for name, text in files.items():
        (tmp_path / name).write_text(text)

    assert tomli.loads(files["rbac.toml"])["files"] == {
        "people.toml": ["members", "service_accounts"],
        "roles.toml": ["roles"],
        "teams.toml": ["teams"],
        "workspaces.toml": ["workspaces"],
    }
    assert files["teams.toml"] == "# Nothing yet: tables of `[teams]` go here.\n"
    assert config.declaration(config.read(tmp_path), WORLD, NOW).advice == ()

    whole = files["rbac.toml"].replace('"declared"', '"all"')
    (tmp_path / "rbac.toml").write_text(whole)
    assert config.declaration(config.read(tmp_path), WORLD, NOW).advice == ()


def test_a_world_without_teams_and_workspaces_has_no_files_for_them():
    world = catalogue("prefect-cloud-1")
    target = Settings("store", "acme", world="prefect-cloud-1")

    assert set(export(State(), world, target, NOW)) == {
        "rbac.toml",
        "people.toml",
        "roles.toml",
    }


def test_a_handle_that_is_no_file_name_is_in_a_file_with_the_others():
    handles = ("prod", "console", "Prod", "...etc", "con", "lpt1")
    files = exported(*map(Workspace, handles))
    found = sorted(name for name in files if name.startswith("workspaces"))
    assert found == ["workspaces.toml", "workspaces/console.toml", "workspaces/prod.toml"]
    others = tomli.loads(files["workspaces.toml"])["workspaces"]
    assert list(others) == ["...etc", "Prod", "con", "lpt1"]


@pytest.mark.parametrize(
    ("target", "table"),
    [
        (
            Settings("store", "a", "sqlite:///x.db", "prefect-cloud"),
            {"type": "store", "account": "a", "url": "sqlite:///x.db", "world": "prefect-cloud"},
        ),
        (
            Settings("prefect-cloud", "a", world="prefect-cloud"),
            {"type": "prefect-cloud", "account": "a"},
        ),
        (
            Settings("store", "a", "postgresql://u:secret@h/d", options={"n": 1}),
            {"type": "store", "account": "a", "options": {"n": 1}},
        ),
    ],
)
def test_the_backend_is_written_without_secrets(target, table):
    root = exported(*OWNER, target=target)["rbac.toml"]
    assert tomli.loads(root)["backend"] == table
    assert "secret" not in root


def test_limits_are_raised_for_an_account_that_needs_it():
    people = [User(f"somebody.with.a.long.name.{n:05}@x.org") for n in range(25_000)]
    roles = [Binding(p.address, ACCOUNT, held(account("member"))) for p in people]
    files = exported(*people, *roles)
    assert len(files["people.toml"]) > 2**20
    assert len(declared(files).desired.of(User)) == 25_000


def test_the_older_world_has_neither_workspaces_nor_teams():
    world = catalogue("prefect-cloud-1")
    live = State(
        [
            User("ana@x.org"),
            Role(Level.ACCOUNT, "reader", frozenset({"read:flow"})),
            Binding(named.user("ana@x.org"), ACCOUNT, held(account("reader"))),
        ]
    )
    files = export(live, world, Settings("prefect-cloud-1", "acme"), NOW)
    assert declared(files, world).desired == live


@pytest.mark.parametrize("gone", range(len(COMPANY)))
def test_whatever_is_missing_after_an_export_is_planned(gone):
    declaration = declared(exported(*COMPANY))
    live = State([*COMPANY[:gone], *COMPANY[gone + 1 :]])
    assert plan(declaration, live)


@pytest.mark.parametrize(
    ("name", "comment"),
    [
        (f"pnu_{'a' * 32}", '"team.pnu_...": its name cannot be written'),
        ("\ud800", '"team.%ED%A0%80": its name cannot be written'),
    ],
)
def test_what_is_left_out_does_not_make_the_files_unreadable(name, comment):
    files = exported(*OWNER, Team(name), Team("ops"))
    assert f"# Left out: {comment}\n" in files["rbac.toml"]
    assert set(declared(files).desired.of(Team)) == {named.team("ops")}
