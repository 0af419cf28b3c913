"""The account of the contract suite: a small company, and the edits that change it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..model import (
    ACCOUNT,
    ANYWHERE,
    EVERYONE,
    Address,
    Binding,
    Holding,
    Holdings,
    Key,
    Level,
    Membership,
    Permission,
    Resource,
    Role,
    ServiceAccount,
    State,
    Status,
    Team,
    User,
    Workspace,
    held,
)
from ..model.instant import parsed
from ..planning import Change
from .states import CLOUD, OWNER, account_role, workspace_role

SOON, LATER = parsed("2027-01-01T00:00:00Z"), parsed("2027-06-01T12:30:15.25Z")


def closed(*names: str) -> frozenset[Permission]:
    """Return the permissions with these names and all that they include."""
    return CLOUD.closed(map(Permission, names))


FOUNDED = (OWNER, Key(OWNER.address, "init"), Binding(OWNER.address, ACCOUNT, held(CLOUD.owner)))
"""Resources that every account has at its creation: the owner, with a key."""

ANA, BO, PIA = User("Ana.Ruiz@Example.org"), User("bo@example.org"), User("pia@example.org")
GUEST = User("guest@audit.example", Status.PENDING, SOON)
CI, ETL = ServiceAccount("ci", "Builds."), ServiceAccount("etl")
CI_KEY, ETL_KEY = Key(CI.address, "main", LATER), Key(ETL.address, "nightly run")
PROD = Workspace("prod", "Production", "Where it counts.")
TEST = Workspace("test", "Test", public=True)
ONCALL = Role(
    Level.WORKSPACE,
    "on call",
    closed("manage_concurrency_limits"),
    base=frozenset({workspace_role("runner")}),
    description="Runner, plus limits.",
)
READER = Role(Level.WORKSPACE, "reader", closed("see_flows", "see_blocks"))
NIGHT = replace(READER, name="night", base=frozenset({ONCALL.address}))
AUDITOR = Role(
    Level.ACCOUNT,
    "auditor",
    closed("read:account", "read:bot"),
    implies=frozenset({workspace_role("viewer"), READER.address}),
)
DATA = Team(
    "data",
    frozenset(
        {Membership(ANA.address), Membership(CI.address), Membership(BO.address, SOON, LATER)}
    ),
    description="Engineers.",
)
OPS = Team("ops", frozenset({Membership(BO.address)}))
SYNCED = Team("synced", frozenset({Membership(ANA.address)}), managed_by="okta")

MEMBER, VIEWER = held(account_role("member")), held(workspace_role("viewer"))
DEVELOPER, BOTH = held(workspace_role("developer")), held(READER.address) | held(ONCALL.address)
BOUNDED = frozenset({Holding(workspace_role("viewer"), until=LATER)})
MIXED = VIEWER | {Holding(workspace_role("owner"), SOON, LATER)}
PEOPLE = (ANA, BO, CI, ETL)
BINDINGS = (
    *(Binding(principal.address, ACCOUNT, MEMBER) for principal in PEOPLE),
    Binding(GUEST.address, ACCOUNT, held(AUDITOR.address)),
    Binding(ANA.address, PROD.address, VIEWER),
    Binding(BO.address, PROD.address, BOTH),
    Binding(CI.address, PROD.address, MIXED),
    Binding(BO.address, TEST.address, BOUNDED),
    Binding(DATA.address, PROD.address, held(READER.address)),
    Binding(OPS.address, ANYWHERE, VIEWER),
    Binding(EVERYONE, TEST.address, VIEWER),
)
COMPANY = State(
    [
        *CLOUD.roles.values(),
        *FOUNDED,
        *(GUEST, *PEOPLE),
        *(CI_KEY, ETL_KEY),
        *(PROD, TEST),
        *(READER, ONCALL, NIGHT, AUDITOR),
        *(DATA, OPS, SYNCED),
        *BINDINGS,
    ]
)


def _edit(before: Resource, **attributes: Any) -> Change:
    """Return the change of *before* that gives it *attributes*."""
    return Change(before, replace(before, **attributes))


def _bound(
    principal: User | ServiceAccount | Team, scope: Address, before: Holdings, after: Holdings
) -> Change:
    """Return the change of the binding of *principal* in *scope*; empty holdings are no binding."""
    sides = [
        Binding(principal.address, scope, roles) if roles else None for roles in (before, after)
    ]
    return Change(sides[0], sides[1])


NONE: Holdings = frozenset()
P, T = PROD.address, TEST.address
LIVE, BUILDER = replace(PROD, handle="live"), replace(CI, name="builder")
ETL_MEMBER, ROLE_X = Membership(ETL.address), Role(Level.WORKSPACE, "x", closed("see_flows"))
EDITS: dict[str, list[Change]] = {
    "a member comes": [Change(None, PIA)],
    "a member comes with roles and into teams": [
        Change(
            None,
            PIA,
            brings=(Binding(PIA.address, ACCOUNT, MEMBER), Binding(PIA.address, P, VIEWER)),
            joins=(OPS.address, DATA.address),
        )
    ],
    "a member is suspended": [_edit(BO, status=Status.SUSPENDED)],
    "an invitation is accepted": [Change(GUEST, User(GUEST.email))],
    "an invitation replaces an earlier one": [
        Change(
            GUEST,
            replace(GUEST, expires=LATER),
            brings=(Binding(GUEST.address, ACCOUNT, MEMBER),),
            joins=(OPS.address,),
        )
    ],
    "a member is written in other letters": [_edit(ANA, email="ana.ruiz@example.org")],
    "a member is renamed": [_edit(BO, email="bo.ek@example.org")],
    "a member leaves": [Change(BO, None)],
    "a service account comes": [
        Change(
            None,
            ServiceAccount("new one", "Ünïcode."),
            brings=(Binding(ServiceAccount("new one").address, ACCOUNT, MEMBER),),
        )
    ],
    "a service account is described": [_edit(CI, description="")],
    "a service account is renamed": [_edit(CI, name="builder")],
    "a service account goes": [Change(CI, None)],
    "a key comes": [Change(None, Key(CI.address, "second", SOON))],
    "a key lasts longer": [_edit(CI_KEY, until=None)],
    "a key goes": [Change(ETL_KEY, None)],
    "a team comes": [Change(None, Team("new", frozenset({Membership(BO.address, SOON)})))],
    "a team is described": [_edit(OPS, description="Nights.")],
    "a team's members change": [
        _edit(DATA, members=frozenset({Membership(BO.address, until=SOON), ETL_MEMBER}))
    ],
    "a team is renamed": [_edit(DATA, name="data-eng")],
    "a team is renamed and changed": [_edit(DATA, name="d", members=frozenset({ETL_MEMBER}))],
    "a team goes": [Change(DATA, None)],
    "a workspace comes": [Change(None, Workspace("dev"))],
    "a workspace changes": [_edit(TEST, name="T", description="D", public=False)],
    "a workspace is renamed": [_edit(PROD, handle="production")],
    "a workspace goes": [Change(PROD, None)],
    "a role comes": [Change(None, Role(Level.WORKSPACE, "fresh", closed("run_flows")))],
    "an account role comes": [
        Change(
            None,
            Role(
                Level.ACCOUNT,
                "fresh",
                closed("read:bot"),
                implies=frozenset({workspace_role("viewer")}),
            ),
        )
    ],
    "a role's permissions change": [
        _edit(READER, permissions=closed("see_flows", "run_deployments"))
    ],
    "a role's base changes": [_edit(ONCALL, base=frozenset())],
    "an account role implies less": [_edit(AUDITOR, implies=frozenset())],
    "a role is renamed": [_edit(READER, name="looker")],
    "a role that is a base is renamed": [_edit(ONCALL, name="pager")],
    "a role goes": [Change(NIGHT, None)],
    "a binding comes": [_bound(ETL, P, NONE, VIEWER)],
    "a default role comes": [Change(None, Binding(EVERYONE, P, VIEWER))],
    "a default role goes": [Change(Binding(EVERYONE, T, VIEWER), None)],
    "a binding of several roles comes": [_bound(ETL, P, NONE, MIXED | BOTH)],
    "a binding changes role": [_bound(ANA, P, VIEWER, DEVELOPER)],
    "a binding gets a term": [_bound(ANA, P, VIEWER, BOUNDED)],
    "a binding loses its term": [_bound(BO, T, BOUNDED, VIEWER)],
    "a binding grows": [_bound(ANA, P, VIEWER, BOTH | DEVELOPER)],
    "a binding shrinks": [_bound(BO, P, BOTH, held(ONCALL.address))],
    "a binding of several roles changes": [_bound(BO, P, BOTH, MIXED)],
    "an account role changes": [_bound(BO, ACCOUNT, MEMBER, held(account_role("admin")))],
    "a binding goes": [_bound(CI, P, MIXED, NONE)],
    "a binding goes and comes back": [_bound(ANA, P, VIEWER, NONE), _bound(ANA, P, NONE, VIEWER)],
    "a member goes and comes back": [Change(ANA, None), Change(None, ANA)],
    "a name is swapped": [
        _edit(PROD, handle="old"),
        _edit(TEST, handle="prod"),
        _edit(replace(PROD, handle="old"), handle="test"),
    ],
    "a workspace is renamed, and then who holds what in it changes": [
        Change(PROD, LIVE),
        _bound(ANA, LIVE.address, VIEWER, DEVELOPER),
        _bound(DATA, LIVE.address, held(READER.address), NONE),
    ],
    "a service account is renamed, and then holds another role": [
        Change(CI, BUILDER),
        _bound(BUILDER, ACCOUNT, MEMBER, held(account_role("admin"))),
        _bound(BUILDER, P, MIXED, VIEWER),
    ],
    "a team is renamed, and then holds another role": [
        _edit(DATA, name="data-eng"),
        _bound(replace(DATA, name="data-eng"), P, held(READER.address), VIEWER),
    ],
    "a role is renamed, and then changes and is taken away": [
        _edit(READER, name="looker"),
        _edit(replace(READER, name="looker"), permissions=closed("see_blocks")),
        _bound(DATA, P, held(workspace_role("looker")), NONE),
    ],
    "a role comes, is held, changes and is renamed": [
        Change(None, ROLE_X),
        _bound(ETL, P, NONE, held(ROLE_X.address)),
        _edit(ROLE_X, permissions=closed("see_blocks")),
        _edit(replace(ROLE_X, permissions=closed("see_blocks")), name="y"),
    ],
    "several leave": [Change(ANA, None), Change(CI, None), Change(BO, None), Change(OPS, None)],
}
"""Changes to the company, by a sentence that describes them."""
