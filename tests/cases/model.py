"""The one translation of a case file's operations and permissions into changes and a catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from rbac_sync.guard import GuardContext
from rbac_sync.guard.validity import fault
from rbac_sync.model import (
    ACCOUNT,
    EVERYONE,
    Action,
    Address,
    Binding,
    Catalogue,
    Holding,
    Key,
    Kind,
    Level,
    Limit,
    Membership,
    Permission,
    Policy,
    Resource,
    Right,
    Role,
    ServiceAccount,
    State,
    Status,
    Team,
    Title,
    User,
    Workspace,
    held,
)
from rbac_sync.model import address as named
from rbac_sync.model.instant import Instant, parsed
from rbac_sync.model.meet import is_within
from rbac_sync.model.resources import role as role_address
from rbac_sync.planning import Change, Plan, make

Json = dict[str, Any]

IMPLICIT_OWNER = "workspaces.implicit_owner"
MANAGED_ON_ACCOUNT = {
    "member.manage": [Kind.USER],
    "bot.manage": [Kind.SERVICE_ACCOUNT],
    "team.manage": [Kind.TEAM],
    "role.manage": [Kind.ROLE],
}
MANAGED_IN_WORKSPACE = {
    "access.users": Kind.USER,
    "access.bots": Kind.SERVICE_ACCOUNT,
    "access.teams": Kind.TEAM,
    "default_role.set": Kind.EVERYONE,
}


def catalogue(model: Json) -> Catalogue:
    """Return the catalogue that one of the file's ``permission_models`` describes."""
    includes = {
        Permission(name): frozenset(map(Permission, included))
        for table in ("account_implies", "workspace_implies")
        for name, included in model[table].items()
    }
    titles = {
        Permission(name): Title(Permission(name), level)
        for level in Level
        for name in model[f"{level}_permissions"]
    }
    roles = [
        _account_role(name, permissions, builtin=True)
        for name, permissions in model["builtin_account_roles"].items()
    ] + [
        Role(Level.WORKSPACE, name, frozenset(permissions), builtin=True)
        for name, permissions in model["builtin_workspace_roles"].items()
    ]
    return Catalogue(
        world=model["name"],
        titles=titles,
        includes=includes,
        roles={role.address: role for role in roles},
        owner=role_address(Level.ACCOUNT, model["owner_account_role"]),
        manages=_manages(),
    )


def _manages() -> dict[Any, Right]:
    found = {}
    for action in Action:
        for permission, kinds in MANAGED_ON_ACCOUNT.items():
            for kind in kinds:
                for of in ("", "pending", "account", "workspace"):
                    found[action, kind, of] = Right(Permission(permission), Level.ACCOUNT)
        of_bot = (action, Kind.KEY, str(Kind.SERVICE_ACCOUNT))
        found[of_bot] = Right(Permission("bot.manage"), Level.ACCOUNT)
        for permission, kind in MANAGED_IN_WORKSPACE.items():
            found[action, Kind.BINDING, str(kind)] = Right(Permission(permission), Level.WORKSPACE)
        found[action, Kind.WORKSPACE, ""] = Right(Permission("settings.edit"), Level.WORKSPACE)
    found[Action.CREATE, Kind.WORKSPACE, ""] = Right(Permission("workspace.create"), Level.ACCOUNT)
    deleting = Right(Permission("workspace.delete"), Level.WORKSPACE)
    found[Action.DELETE, Kind.WORKSPACE, ""] = deleting
    return found


def _account_role(name: str, permissions: list[str], *, builtin: bool = False) -> Role:
    implies = {role_address(Level.WORKSPACE, "owner")} if IMPLICIT_OWNER in permissions else set()
    return Role(
        Level.ACCOUNT,
        name,
        frozenset(map(Permission, permissions)),
        implies=frozenset(implies),
        builtin=builtin,
    )


def context(case: Json, models: dict[str, Json], defaults: Json) -> GuardContext:
    """Return the question that *case* puts to the guard."""
    world = catalogue(models[case["model"]])
    cast = Cast(case["live"], world)
    live = cast.state()
    changes = tuple(_completed(cast.changes(case["change"], live), live, world))
    return GuardContext(
        Plan(live, changes),
        world,
        cast.principal(case["applier"]),
        parsed(case["now"]),
        policy({**defaults, **(case.get("policy") or {})}, world),
    )


def policy(keys: Json, world: Catalogue) -> Policy:
    """Return the policy of a case; a role that the world lacks bounds nobody."""
    keys = dict(keys)
    bots = keys.pop("bots_account_role")
    role = role_address(Level.ACCOUNT, bots) if bots else None
    forbids = frozenset(map(Permission, keys.pop("default_role_forbids")))
    for people in ("max_losers", "max_gainers"):  # in cases off, unless a case names them
        keys[people] = _limit(keys.get(people))
    return Policy(
        bots_account_role=role if role in world.roles else None,
        default_role_forbids=forbids,
        **keys,
    )


def _limit(written: float | None) -> Limit | None:
    """Return a limit of a case: a whole number, or a share from 0 to 1."""
    if written is None:
        return None
    return Limit(number=written) if isinstance(written, int) else Limit(share=written)


class Cast:
    """The people and things of one case by the ids that its operations use."""

    def __init__(self, live: Json, world: Catalogue) -> None:
        self._live, self._world = live, world
        self._emails = {id_: user["email"] for id_, user in live["users"].items()}

    def principal(self, id_: str) -> Address:
        """Return the address of ``user:x``, ``bot:x`` or ``team:x``."""
        kind, _, name = id_.partition(":")
        match kind:
            case "user":
                return named.user(self._emails.get(name, f"{name}@nowhere.example"))
            case "bot":
                return named.service_account(name)
            case "team":
                return named.team(name)
        raise ValueError(id_)

    def state(self) -> State:
        """Return the live state of the case."""
        live = self._live
        found: list[Any] = list(self._world.roles.values())
        found += [_account_role(n, r["permissions"]) for n, r in live["account_roles"].items()]
        found += [_workspace_role({"name": n, **r}) for n, r in live["workspace_roles"].items()]
        for user in live["users"].values():
            address, status = named.user(user["email"]), Status(user.get("status", "active"))
            found += [User(named.folded(user["email"]), status)]
            found += [_bound(address, ACCOUNT, user["account_role"]), *_keys(address, user)]
        for name, bot in live["bots"].items():
            address = named.service_account(name)
            found += [ServiceAccount(name)]
            found += [_bound(address, ACCOUNT, bot["account_role"]), *_keys(address, bot)]
        for name, workspace in live["workspaces"].items():
            found += [Workspace(name, public=bool(workspace.get("public")))]
            if workspace.get("default_role"):
                found += [_bound(EVERYONE, named.workspace(name), workspace["default_role"])]
        found += self._access()
        found += self._teams()
        for invitation in _pending(live):
            change = self._invited(invitation)
            found += [change.after, *change.brings]
        return State(found)

    def _teams(self) -> list[Team]:
        invited = list(_pending(self._live))
        return [
            Team(
                name,
                frozenset(
                    [Membership(self.principal(m)) for m in team["members"]]
                    + [
                        Membership(named.user(i["email"]))
                        for i in invited
                        if name in (i.get("teams") or ())
                    ]
                ),
                managed_by=team.get("managed_by") or "",
            )
            for name, team in self._live["teams"].items()
        ]

    def _access(self) -> list[Binding]:
        """Return the bindings of all rows; those of one subject in one workspace are one."""
        found: dict[Address, Binding] = {}
        for row in self._live["access"]:
            who, scope = self.principal(row["subject"]), named.workspace(row["workspace"])
            made = _bound(who, scope, row["role"], _until(row))
            earlier = found.get(made.address, made)
            found[made.address] = replace(made, roles=made.roles | earlier.roles)
        return list(found.values())

    def changes(self, operations: list[Json], live: State) -> list[Change]:
        """Return a change for each operation, as it stands after the ones before it."""
        draft, found = live.draft(), []
        for operation in operations:
            change = getattr(self, f"_{operation['op']}")(operation, draft)
            found.append(change)
            if fault(change, draft, self._world) is None:
                make(draft, change)
        return found

    def _set_account_role(self, op: Json, state: State) -> Change:
        principal = self.principal(op["principal"])
        return _rebound(principal, ACCOUNT, op["role"], None, state)

    def _set_access(self, op: Json, state: State) -> Change:
        scope = named.workspace(op["workspace"])
        return _rebound(self.principal(op["subject"]), scope, op["role"], _until(op), state)

    def _set_default_role(self, op: Json, state: State) -> Change:
        return _rebound(EVERYONE, named.workspace(op["workspace"]), op["role"], None, state)

    def _remove_member(self, op: Json, state: State) -> Change:
        address = self.principal(op["principal"])
        return Change(state.get(address) or User(address.key), None)

    def _invite(self, op: Json, state: State) -> Change:
        change = self._invited(op)
        before = state.find(change.after)
        pending = isinstance(before, User) and before.status is Status.PENDING
        return replace(change, before=before) if pending else change

    def _invited(self, row: Json) -> Change:
        user = User(named.folded(row["email"]), Status.PENDING, _until(row))
        roles = (row.get("workspace_roles") or {}).items()
        role = row.get("account_role")
        account = [_bound(user.address, ACCOUNT, role)] if role else []
        return Change(
            None,
            user,
            (*account, *(_bound(user.address, named.workspace(w), r) for w, r in roles)),
            tuple(map(named.team, row.get("teams") or ())),
        )

    def _revoke_invite(self, op: Json, state: State) -> Change:
        user = User(named.folded(op["email"]), Status.PENDING)
        found = state.get(user.address)
        pending = isinstance(found, User) and found.status is Status.PENDING
        return Change(found if pending else user, None)

    def _put_role(self, op: Json, state: State) -> Change:
        return _put(_workspace_role(op), state)

    def _put_account_role(self, op: Json, state: State) -> Change:
        return _put(_account_role(op["name"], op["permissions"]), state)

    def _delete_role(self, op: Json, state: State, level: Level = Level.WORKSPACE) -> Change:
        address = role_address(level, op["name"])
        return Change(state.get(address) or Role(level, op["name"]), None)

    def _delete_account_role(self, op: Json, state: State) -> Change:
        return self._delete_role(op, state, Level.ACCOUNT)

    def _rename_role(self, op: Json, state: State) -> Change:
        for level in (Level.WORKSPACE, Level.ACCOUNT):
            before = state.get(role_address(level, op["name"]))
            if isinstance(before, Role):
                return Change(before, replace(before, name=op["to"]))
        before = Role(Level.WORKSPACE, op["name"])
        return Change(before, replace(before, name=op["to"]))

    def _put_team(self, op: Json, state: State) -> Change:
        before = state.get(named.team(op["name"]))
        return Change(before, before or Team(op["name"]))

    def _delete_team(self, op: Json, state: State) -> Change:
        return Change(state.get(named.team(op["name"])) or Team(op["name"]), None)

    def _set_team_member(self, op: Json, state: State) -> Change:
        before = state.get(named.team(op["team"]))
        team = before if isinstance(before, Team) else Team(op["team"])
        who = self.principal(op["principal"])
        others = frozenset(m for m in team.members if m.principal != who)
        after = replace(team, members=others | {Membership(who)} if op["present"] else others)
        return Change(team, after)

    def _put_bot(self, op: Json, state: State) -> Change:
        bot, role = ServiceAccount(op["name"]), op["account_role"]
        if state.get(bot.address):
            return _rebound(bot.address, ACCOUNT, role, None, state)
        brings = (_bound(bot.address, ACCOUNT, role),) if role else ()
        return Change(None, bot, brings)

    def _delete_bot(self, op: Json, state: State) -> Change:
        bot = ServiceAccount(op["name"])
        return Change(state.get(bot.address) or bot, None)

    def _mint_key(self, op: Json, state: State) -> Change:
        owner = named.service_account(op["bot"])
        name = f"minted-{sum(1 for _ in state.keys_of(owner))}"
        return Change(None, Key(owner, name, _until(op)))

    def _revoke_key(self, op: Json, state: State) -> Change:
        key = Key(self.principal(op["principal"]), op["key"])
        return Change(state.get(key.address) or key, None)

    def _create_workspace(self, op: Json, state: State) -> Change:
        return Change(None, Workspace(op["name"]))

    def _delete_workspace(self, op: Json, state: State) -> Change:
        address = named.workspace(op["name"])
        return Change(state.get(address) or Workspace(op["name"]), None)

    def _set_workspace_public(self, op: Json, state: State) -> Change:
        before = state.get(named.workspace(op["workspace"]))
        workspace = before if isinstance(before, Workspace) else Workspace(op["workspace"])
        return Change(workspace, replace(workspace, public=op["public"]))


def _completed(changes: Iterable[Change], live: State, world: Catalogue) -> list[Change]:
    """Return *changes* as in a plan, which changes a thing once.

    What is added to a thing that they make is made with it, and of changes next to each other that
    all add to one thing, or all take from it, no state between them gives or takes more.
    """
    found: list[Change] = []
    for change in changes:
        made = (c for c in found if c.before is None and not isinstance(c.after, Binding))
        nearest = [each for each in found[-1:] if change.before != change.after]
        same = (each for each in (*made, *nearest) if each.address == change.address)
        first = next((each for each in same if _goes_on(each, change, live, world)), None)
        if first is None:
            found.append(change)
        else:
            found[found.index(first)] = replace(first, after=change.after)
    return found


def _goes_on(first: Change, then: Change, live: State, world: Catalogue) -> bool:
    """Say whether both changes add to one thing, or both take from it."""
    if then.before is None or then.brings or Action.RENAME in (first.action, then.action):
        return False
    steps = [
        [_flat(side, live, world) for side in (change.before, change.after)]
        for change in (first, then)
    ]
    adds = all(one is None or is_within(one, other) for one, other in steps)
    takes = all(other is None or is_within(other, one) for one, other in steps)
    return adds or takes


def _flat(resource: Resource | None, live: State, world: Catalogue) -> Resource | None:
    """Return *resource*, a binding with a role of its own for each permission of its roles."""
    if not isinstance(resource, Binding):
        return resource
    roles = [(holding, live.get(holding.role)) for holding in resource.roles]
    return replace(
        resource,
        roles=frozenset(
            replace(holding, role=role_address(role.level, permission))
            for holding, role in roles
            if isinstance(role, Role)
            for permission in world.expanded(role, live.get)
        ),
    )


def _pending(live: Json) -> Iterator[Json]:
    return (i for i in live["invitations"] if (i.get("status") or "pending") == "pending")


def _put(role: Role, state: State) -> Change:
    return Change(state.get(role.address), role)


def _rebound(
    principal: Address, scope: Address, role: str | None, until: Instant | None, state: State
) -> Change:
    before = state.binding(principal, scope)
    after = _bound(principal, scope, role, until) if role else None
    if before is None and after is None:
        # Nothing was held and nothing is to be: a binding without roles says whose and where.
        before = after = Binding(principal, scope, frozenset())
    return Change(before, after)


def _bound(principal: Address, scope: Address, role: str, until: Instant | None = None) -> Binding:
    level = Level.ACCOUNT if scope == ACCOUNT else Level.WORKSPACE
    address = role_address(level, role)
    roles = frozenset({Holding(address, until=until)}) if until else held(address)
    return Binding(principal, scope, roles)


def _workspace_role(row: Json) -> Role:
    base = {role_address(Level.WORKSPACE, row["base"])} if row.get("base") else set()
    return Role(Level.WORKSPACE, row["name"], frozenset(row["permissions"]), frozenset(base))


def _keys(owner: Address, row: Json) -> Iterator[Key]:
    for number, key in enumerate(row.get("keys") or ()):
        told = key if isinstance(key, dict) else {}
        yield Key(owner, str(told.get("id", number)), _until(told))


def _until(row: Json) -> Instant | None:
    return parsed(row["expires"]) if row.get("expires") else None
