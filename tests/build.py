"""Short words for small accounts, in a small world: start equal, edit one thing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from itertools import chain

from rbac_sync.guard import GuardContext
from rbac_sync.guard.passing_access import ApplierWatch
from rbac_sync.model import (
    ACCOUNT,
    EVERYONE,
    Action,
    Address,
    Binding,
    Catalogue,
    Declaration,
    Holding,
    Key,
    Kind,
    Level,
    Manage,
    Membership,
    ObjectAccess,
    ObjectLevel,
    ObjectType,
    Permission,
    Resource,
    Right,
    Role,
    ServiceAccount,
    State,
    Status,
    Subject,
    Team,
    Title,
    User,
    Workspace,
)
from rbac_sync.model import address as named
from rbac_sync.model.instant import parsed
from rbac_sync.model.resources import role as role_address
from rbac_sync.planning import Capabilities, Expresses, Invitations, Plan, Writes
from rbac_sync.planning.planner import Planner

NOW = parsed("2026-11-21T12:00:00Z")

VIEWER = {"see_flows", "see_blocks"}
RUNNER = {*VIEWER, "run_flows"}
DEVELOPER = {*RUNNER, "write_flows", "write_blocks", "see_secret_blocks"}
SPACE_OWNER = {*DEVELOPER, "manage_access", "manage_workspace"}
MEMBER = {"see_account"}
ADMIN = {*MEMBER, "manage_members", "manage_teams", "manage_roles", "create_workspaces"}
OWNER = {*ADMIN, "manage_billing"}
INCLUDES = {
    "write_flows": {"see_flows"},
    "write_blocks": {"see_blocks"},
    "run_flows": {"see_flows"},
}


def _permissions(names: Iterable[str]) -> frozenset[Permission]:
    return frozenset(map(Permission, names))


def _builtin(level: Level, name: str, permissions: Iterable[str], *implies: str) -> Role:
    below = frozenset(role_address(Level.WORKSPACE, n) for n in implies)
    return Role(level, name, _permissions(permissions), implies=below, builtin=True)


BUILTIN = [
    _builtin(Level.ACCOUNT, "owner", OWNER, "owner"),
    _builtin(Level.ACCOUNT, "admin", ADMIN, "owner"),
    _builtin(Level.ACCOUNT, "member", MEMBER),
    _builtin(Level.WORKSPACE, "viewer", VIEWER),
    _builtin(Level.WORKSPACE, "runner", RUNNER),
    _builtin(Level.WORKSPACE, "developer", DEVELOPER),
    _builtin(Level.WORKSPACE, "owner", SPACE_OWNER),
]

MANAGES = {
    Kind.USER: "manage_members",
    Kind.SERVICE_ACCOUNT: "manage_members",
    Kind.KEY: "manage_members",
    Kind.TEAM: "manage_teams",
    Kind.ROLE: "manage_roles",
    Kind.WORKSPACE: "create_workspaces",
    Kind.BINDING: "manage_access",
    Kind.OBJECT: "manage_access",
}


def _right(kind: Kind, name: str) -> Right:
    level = Level.WORKSPACE if kind in (Kind.BINDING, Kind.OBJECT) else Level.ACCOUNT
    return Right(Permission(name), level)


def _title(name: str) -> Title:
    level = Level.ACCOUNT if name in OWNER else Level.WORKSPACE
    return Title(Permission(name), level, title=name.replace("_", " ").capitalize())


LISTS = {
    ObjectLevel.VIEW: Permission("see_flows"),
    ObjectLevel.RUN: Permission("run_flows"),
    ObjectLevel.MANAGE: Permission("manage_access"),
}

CATALOGUE = Catalogue(
    world="small",
    titles={Permission(n): _title(n) for n in sorted(OWNER | SPACE_OWNER)},
    includes={Permission(n): _permissions(of) for n, of in INCLUDES.items()},
    roles={role.address: role for role in BUILTIN},
    owner=role_address(Level.ACCOUNT, "owner"),
    manages={
        (action, kind, of): _right(kind, name)
        for action in Action
        for kind, name in MANAGES.items()
        for of in ("", "pending", *Level, *Kind, *ObjectType)
    },
    display={role.address: role.name.capitalize() for role in BUILTIN},
    reads_secrets=_permissions({"see_secret_blocks"}),
    lists={type_: LISTS for type_ in ObjectType if type_ is not ObjectType.BLOCK},
    passes_lists=_permissions({"manage_workspace"}),
)

ANYTHING = Capabilities(
    actions={kind: frozenset(Action) for kind in Kind},
    limits=(),
    expresses=Expresses.BASES | Expresses.ENDS | Expresses.REASONS,
    invitations=Invitations.DATED | Invitations.HOLD_ROLES,
    writes=Writes.WHOLE_RUNS,
    features=frozenset(),
)
ALL = dict.fromkeys(Subject, Manage.ALL)


def user(name: str, account: str | None = "member", *, status: str = "active", expires: str = ""):
    """Return the person ``name@acme.example`` (an e-mail stays as it is) with an account role."""
    found = User(email(name), Status(status), parsed(expires) if expires else None)
    return [found, *(bind(found.address, None, account) if account else [])]


def service_account(name: str, account: str | None = "member", description: str = ""):
    """Return a service account with an account role."""
    found = ServiceAccount(name, description)
    return [found, *(bind(found.address, None, account) if account else [])]


def key(owner: str, name: str, until: str = ""):
    """Return an API key of *owner*, who is written as in ``who``."""
    return [Key(who(owner), name, parsed(until) if until else None)]


def team(name: str, *members: str, managed_by: str = "", description: str = ""):
    """Return a team; members are as in ``who``, or ``bo until 2026-12-01T00:00:00Z``."""
    return [Team(name, frozenset(map(_membership, members)), managed_by, description)]


def workspace(
    handle: str, name: str = "", default: str = "", *, public: bool = False, description: str = ""
):
    """Return a workspace, with a default role if one is named."""
    found = Workspace(handle, name, description, public)
    return [found, *(bind(EVERYONE, handle, default) if default else [])]


def role(
    name: str,
    *permissions: str,
    base: str = "",
    level: Level = Level.WORKSPACE,
    description: str = "",
):
    """Return a custom role."""
    bases = frozenset({role_address(level, base)} if base else ())
    return [Role(level, name, _permissions(permissions), bases, description=description)]


def access_list(name: str, workspace: str, view: str = "*", run: str = "*", manage: str = "*"):
    """Return the access list of an object; a level is written as ``bo team:data *``."""
    levels = (
        frozenset(EVERYONE if one == "*" else who(one) for one in level.split())
        for level in (view, run, manage)
    )
    return [ObjectAccess(named.workspace(workspace), name, *levels)]


def bind(principal: str | Address, scope: str | None, *roles: str):
    """Return what *principal* holds in a workspace, or None the account; roles may have an end."""
    holder = who(principal) if isinstance(principal, str) else principal
    level = Level.WORKSPACE if scope else Level.ACCOUNT
    where = named.workspace(scope) if scope else ACCOUNT
    return [Binding(holder, where, frozenset(_holding(level, text) for text in roles))]


def state(*resources: Iterable[Resource]) -> State:
    """Return the account of the given resources and the built-in roles."""
    return State([*BUILTIN, *chain.from_iterable(resources)])


def who(written: str) -> Address:
    """Return a principal written as ``bo``, ``sa:ci``, ``team:data`` or ``everyone``."""
    if written == "everyone":
        return EVERYONE
    if written.startswith("team:"):
        return named.team(written.removeprefix("team:"))
    if written.startswith("sa:"):
        return named.service_account(written.removeprefix("sa:"))
    return named.user(email(written))


def email(name: str) -> str:
    """Return the e-mail of a short name."""
    return name if "@" in name else f"{name}@acme.example"


def plan(live: State, desired: State, capabilities: Capabilities = ANYTHING, **declared) -> Plan:
    """Return the plan from *live* to *desired*; all is managed unless *declared* says otherwise."""
    declaration = Declaration(desired, **{"manage": ALL, **declared})
    watcher = partial(ApplierWatch, CATALOGUE, None, NOW)
    return Planner(CATALOGUE, capabilities, NOW, watcher).plan(declaration, live)


def context(of: Plan, applier: str = "ana", **asked) -> GuardContext:
    """Return the question whether *applier* may apply a plan."""
    return GuardContext(of, CATALOGUE, who(applier), NOW, **asked)


def _membership(written: str) -> Membership:
    name, since, until = _term(written)
    return Membership(who(name), since, until)


def _holding(level: Level, written: str) -> Holding:
    name, since, until = _term(written)
    return Holding(role_address(level, name), since, until)


def _term(written: str):
    name, _, until = written.partition(" until ")
    name, _, since = name.partition(" from ")
    return name, parsed(since) if since else None, parsed(until) if until else None


def because(reason: str, *resources: Resource) -> list[Resource]:
    """Return *resources*, each holding and membership in them given for *reason*."""
    return [_because(reason, resource) for resource in resources]


def _because(reason: str, resource: Resource) -> Resource:
    if isinstance(resource, Team):
        members = frozenset(replace(m, reason=reason) for m in resource.members)
        return replace(resource, members=members)
    if isinstance(resource, Binding):
        return replace(resource, roles=frozenset(replace(h, reason=reason) for h in resource.roles))
    return resource
