"""Plan files that somebody wrote by hand and digested anew, through the real command.

Each is applied with the key of a plain member, of somebody who may edit teams or people, and of an
owner. Whoever applies it, the command refuses it with exit 3 and the store is as it was.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from rbac_sync.model import (
    ACCOUNT,
    ANYWHERE,
    EVERYONE,
    Binding,
    Holding,
    Key,
    Level,
    Membership,
    Role,
    ServiceAccount,
    Status,
    Team,
    User,
    Workspace,
    held,
)
from rbac_sync.model import address as named
from rbac_sync.model.instant import parsed
from rbac_sync.model.resources import role
from rbac_sync.planning import Change

from ..cli.running import bare, run
from ..postgres import DATABASES, empty_schema
from .company import HANDLE, Company

SOON = parsed("2027-01-01T00:00:00Z")


def who(name: str):
    return named.user(f"{name}@acme.example")


def workspace_roles(name: str):
    return held(role(Level.WORKSPACE, name))


def account_roles(name: str):
    return held(role(Level.ACCOUNT, name))


CONFIGURATION = f"""
[backend]
type = "store"
account = "{HANDLE}"
world = "prefect-cloud"

[members]
owner = ["olivia@acme.example", "otto@acme.example"]
"""
"""Whoever forges a plan has a configuration of their own; it may say nothing of the plan."""

BO, PIA = who("bo"), who("pia")
PROD, TEST = named.workspace("prod"), named.workspace("test")
OPS, CI = named.team("ops"), named.service_account("ci")
APPLIERS = ("pia", "teda", "hugo", "olivia")
"""A plain member; somebody who may edit teams; somebody who may edit members; an owner."""


def owns(principal, scope=PROD):
    return Binding(principal, scope, workspace_roles("owner"))


def key(owner=PIA, name="forged"):
    return Key(owner, name, SOON)


def prepared(company: Company) -> Company:
    """Add what the forged plans are about: small account roles, a powerful team, special people."""
    small = [
        Role(Level.ACCOUNT, name, frozenset(permissions))
        for name, permissions in (
            ("team-editor", {"read:account", "update:team", "read:team"}),
            ("people-editor", {"read:account", "update:account_membership", "create:invitation"}),
        )
    ]
    invited = User("ivy@acme.example", Status.PENDING, SOON)
    asleep = User("sue@acme.example")
    company.force(
        *(Change(None, each) for each in small),
        *(
            Change(
                None,
                User(f"{name}@acme.example"),
                (Binding(who(name), ACCOUNT, account_roles(of)),),
            )
            for name, of in (("teda", "team-editor"), ("hugo", "people-editor"))
        ),
        Change(None, invited, (Binding(who("ivy"), ACCOUNT, account_roles("owner")),)),
        Change(None, asleep, (Binding(who("sue"), ACCOUNT, account_roles("member")),)),
        Change(None, owns(who("sue"))),
        Change(asleep, replace(asleep, status=Status.SUSPENDED)),
        Change(None, Team("synced", frozenset({Membership(BO)}), "directory")),
        Change(None, owns(named.team("synced"))),
        Change(None, owns(OPS, TEST)),
    )
    for name in APPLIERS:
        company.key(name)
    return company


@pytest.fixture(scope="module", params=DATABASES)
def forgery(request, tmp_path_factory):
    """A company whose configuration declares nothing, its live state, a plan of each applier."""
    folder = tmp_path_factory.mktemp("forgery")
    if request.param == "sqlite":
        yield _begun(f"sqlite:///{folder / 'rbac.db'}", folder)
    else:
        with empty_schema(request.getfixturevalue("postgres")) as url:
            yield _begun(url, folder)


def _begun(url, folder):
    company = prepared(Company(url, folder / "acme").begin())
    company.write(CONFIGURATION)
    return company, company.state, {name: company.plan(name) for name in APPLIERS}


@pytest.fixture
def applied(forgery, tmp_path, monkeypatch):
    """A function that applies a plan of one change, digested anew, as somebody."""
    company, _, plans = forgery
    bare(monkeypatch)

    def apply(change, applier):
        saved = replace(plans[applier], changes=(change,), pins={})
        file = tmp_path / "forged.plan"
        file.write_bytes(saved.encoded())
        monkeypatch.setenv("RBAC_SYNC_API_KEY", company.key(applier))
        words = (file, "--keys-out", tmp_path / "keys", "--config", company.folder)
        return run("apply", *words, "--url", company.url)

    return apply


FORGED = {
    # companions that no rule looked at (G1)
    "an own key brings ownership": lambda s, me: Change(None, key(me), (owns(me),)),
    "an own key joins the owners": lambda s, me: Change(None, key(me), joins=(OPS,)),
    "an own key brings an account role": lambda s, me: Change(
        None, key(me), (Binding(me, ACCOUNT, account_roles("owner")),)
    ),
    "a new team brings ownership": lambda s, me: Change(None, Team("x"), (owns(me),)),
    "a new workspace brings ownership": lambda s, me: Change(
        None, Workspace("x"), (owns(me, named.workspace("x")),)
    ),
    "a new role brings ownership": lambda s, me: Change(
        None, Role(Level.WORKSPACE, "x", frozenset({"see_flows"})), (owns(me),)
    ),
    "a grant brings another": lambda s, me: Change(
        None, Binding(me, TEST, workspace_roles("viewer")), (owns(me),)
    ),
    "a team update joins another team": lambda s, me: Change(
        s.get(named.team("data")), s.get(named.team("data")), joins=(OPS,)
    ),
    "a member update brings ownership": lambda s, me: Change(s.get(BO), s.get(BO), (owns(BO),)),
    "a deleted grant brings ownership": lambda s, me: Change(
        s.binding(BO, PROD), None, (owns(me),)
    ),
    "a new service account joins a team": lambda s, me: Change(
        None,
        ServiceAccount("x"),
        (Binding(named.service_account("x"), ACCOUNT, account_roles("member")),),
        (OPS,),
    ),
    "a new member brings ownership to the applier": lambda s, me: Change(
        None,
        User("new@acme.example"),
        (Binding(who("new"), ACCOUNT, account_roles("member")), owns(me)),
    ),
    "an invitation joins a workspace": lambda s, me: Change(
        None,
        User("new@acme.example", Status.PENDING, SOON),
        (Binding(who("new"), ACCOUNT, account_roles("member")),),
        (PROD,),
    ),
    # sides before that are not live (G2)
    "a team that lists the applier already": lambda s, me: Change(
        *[replace(s.get(OPS), members=s.get(OPS).members | {Membership(me)})] * 2
    ),
    "a team that is renamed and joined": lambda s, me: Change(
        s.get(OPS), replace(s.get(OPS), name="x", members=s.get(OPS).members | {Membership(me)})
    ),
    "a directory's team that lists a user already": lambda s, me: Change(
        *[replace(t := s.get(named.team("synced")), members=t.members | {Membership(me)})] * 2
    ),
    "a directory's team without its directory": lambda s, me: Change(
        replace(t := s.get(named.team("synced")), managed_by=""),
        replace(t, managed_by="", members=t.members | {Membership(me)}),
    ),
    "a suspended owner who is active already": lambda s, me: Change(
        *[replace(s.get(who("sue")), status=Status.ACTIVE)] * 2
    ),
    "a member who is only invited": lambda s, me: Change(
        replace(s.get(BO), status=Status.PENDING), None
    ),
    "an invited owner who is a member": lambda s, me: Change(
        replace(s.get(who("ivy")), status=Status.ACTIVE, expires=None), None
    ),
    "a grant that was owner already": lambda s, me: Change(owns(BO), owns(BO)),
    "a grant that was smaller": lambda s, me: Change(
        Binding(OPS, PROD, workspace_roles("viewer")), owns(OPS)
    ),
    "a role that was wider": lambda s, me: Change(
        Role(Level.WORKSPACE, "reader", frozenset({"see_flows", "see_secret_blocks"})),
        Role(Level.WORKSPACE, "reader", frozenset({"see_flows", "see_secret_blocks"})),
    ),
    "a workspace that was public": lambda s, me: Change(*[replace(s.get(PROD), public=True)] * 2),
    "a service account of another description": lambda s, me: Change(
        replace(s.get(CI), description="other"), replace(s.get(CI), description="new")
    ),
    # renames with more in them
    "a rename that widens": lambda s, me: Change(
        r := s.get(role(Level.WORKSPACE, "reader")),
        replace(r, name="x", permissions=r.permissions | {"see_secret_blocks"}),
    ),
    "a rename that opens": lambda s, me: Change(
        s.get(PROD), replace(s.get(PROD), handle="x", public=True)
    ),
    "a rename that wakes": lambda s, me: Change(s.get(who("sue")), User("x@acme.example")),
    "a rename to another level": lambda s, me: Change(
        r := s.get(role(Level.WORKSPACE, "reader")), replace(r, name="x", level=Level.ACCOUNT)
    ),
    "a grant that changes hands": lambda s, me: Change(
        s.binding(who("lee"), PROD), replace(s.binding(who("lee"), PROD), principal=me)
    ),
    "a key that changes hands": lambda s, me: Change(
        Key(who("olivia"), "init", None), Key(BO, "init", None)
    ),
    # other kinds, levels, statuses
    "a user that becomes a team": lambda s, me: Change(s.get(BO), Team("bo@acme.example")),
    "a member who is invited again": lambda s, me: Change(
        s.get(BO), replace(s.get(BO), status=Status.PENDING)
    ),
    "an invited owner who is suspended": lambda s, me: Change(
        s.get(who("ivy")), replace(s.get(who("ivy")), status=Status.SUSPENDED)
    ),
    # what only the database stopped
    "a role held twice": lambda s, me: Change(
        None,
        Binding(
            PIA,
            PROD,
            frozenset({Holding(h := role(Level.WORKSPACE, "viewer")), Holding(h, until=SOON)}),
        ),
    ),
    "a member named twice": lambda s, me: Change(
        None, Team("x", frozenset({Membership(me), Membership(me, until=SOON)}))
    ),
    "somebody who is there": lambda s, me: Change(
        None, User("bo@acme.example"), (Binding(BO, ACCOUNT, account_roles("owner")),)
    ),
    # reserved names, and principals that are none
    "a workspace called *": lambda s, me: Change(None, Workspace("*")),
    "ownership everywhere": lambda s, me: Change(None, owns(me, ANYWHERE)),
    "ownership of the account by everyone": lambda s, me: Change(
        None, Binding(EVERYONE, ACCOUNT, account_roles("owner"))
    ),
    "a grant to a workspace": lambda s, me: Change(None, owns(PROD)),
    "a grant in a team": lambda s, me: Change(None, owns(me, OPS)),
    "a key of everyone": lambda s, me: Change(None, Key(EVERYONE, "k", SOON)),
    "a key of a team": lambda s, me: Change(None, Key(OPS, "k", SOON)),
    "everyone in a team": lambda s, me: Change(None, Team("x", frozenset({Membership(EVERYONE)}))),
    # built-in and empty things
    "a new built-in role": lambda s, me: Change(
        None, Role(Level.WORKSPACE, "x", frozenset({"see_flows"}), builtin=True)
    ),
    "a built-in role that is widened": lambda s, me: Change(
        r := s.get(role(Level.WORKSPACE, "viewer")),
        replace(r, permissions=r.permissions | {"see_secret_blocks"}),
    ),
    "a grant that is emptied": lambda s, me: Change(
        s.binding(BO, PROD), Binding(BO, PROD, frozenset())
    ),
    "a workspace role that implies": lambda s, me: Change(
        None,
        Role(
            Level.WORKSPACE,
            "x",
            frozenset({"see_flows"}),
            implies=frozenset({role(Level.WORKSPACE, "owner")}),
        ),
    ),
}


THERE = {"somebody who is there", "an own key brings an account role"}
"""Those that create what is there: `apply` says that they are stale before the guard judges."""


@pytest.mark.parametrize("name", FORGED)
def test_g1_g2_a_forged_plan_is_refused_whoever_applies_it(forgery, applied, name, tmp_path):
    company, state, _ = forgery
    before = company.dump()
    for applier in APPLIERS:
        ran = applied(FORGED[name](state, who(applier)), applier)

        assert ran.code == (5 if name in THERE else 3), (applier, ran.err)
        assert "error[" in ran.err
        assert "= help: " in ran.err
        assert ("was absent when planned" if name in THERE else "Nothing was changed") in ran.err
        assert not (tmp_path / "keys").exists()
    assert company.dump() == before


@pytest.mark.parametrize("applier", ["pia", "teda", "hugo"])
def test_a_plan_that_says_what_it_does_is_refused_by_what_it_gives(applied, applier):
    ran = applied(Change(None, owns(who(applier))), applier)

    assert ran.code == 3
    assert "error[ESCALATION]" in ran.err
