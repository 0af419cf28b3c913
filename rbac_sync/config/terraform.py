"""The access that a Terraform state of Prefect's provider describes, as tables of a configuration.

The state is a state file, or the output of ``terraform show -json``.

The types and attributes are those of the provider PrefectHQ/prefect, read on 2026-08-06 (commit
d7f1aa4, ``docs/resources`` and ``docs/data-sources``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cached_property

from ..dataclasses import dataclass, field
from ..model import Catalogue, Level
from ..model.instant import parsed
from .order import role_rank
from .tables import PlainTable, PlainTables, described, is_written_name, moment
from .terraform_state import DATA, TerraformResource
from .text_rules import email_fault, is_handle

PRINCIPALS = {"service_account": "sa", "team": "team"}
"""The prefix of each type of principal with a name."""

NAMED = {"service_account": "name", "team": "name", "workspace": "handle", "workspace_role": "name"}
"""The attribute by which a configuration names each type."""

ACCESS = frozenset({*NAMED, "account_member", "team_access", "workspace_access"})
"""The types of resource that a configuration can hold."""


@dataclass
class TerraformTables:
    """The tables that *resources* describe, and the resources that they cannot hold.

    ``left_out`` has a line for each, with its address and the reason.
    """

    resources: list[TerraformResource]
    catalogue: Catalogue
    left_out: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.resources = list(self._unmistakable(self.resources))

    def _unmistakable(self, resources: list[TerraformResource]) -> Iterator[TerraformResource]:
        """Yield the resources with a unique name; leave out the others.

        *Why* first: access that one of two things of a name has must not go to the other.
        """
        ids: dict[tuple[str, str], str] = {}
        for resource in resources:
            key = NAMED.get(resource.type)
            name, id_ = resource.text(key) if key else "", resource.text("id")
            is_role = resource.type == "workspace_role" and resource.mode != DATA
            if is_role and self.catalogue.builtin(Level.WORKSPACE, name):
                self._leave_out(resource, "has the name of a built-in role")
            elif name and ids.setdefault((resource.type, name), id_) != id_:
                self._leave_out(resource, "has the name of another one")
            else:
                yield resource

    def tables(self) -> PlainTables:
        """Return the tables by name, without empty ones."""
        tables: PlainTables = {
            "service_accounts": {
                name: {"keys": {"active": self._end(resource)}}
                for name, resource in self._named("service_account")
            },
            "roles": dict(self._roles()),
            "teams": dict(self._teams()),
            "workspaces": self._workspaces(),
        }
        tables = {"members": self._members(tables["service_accounts"]), **tables}
        for resource in self.resources:
            if resource.mode != DATA and resource.type not in ACCESS:
                self._leave_out(resource, "is not about access")
        return {name: table for name, table in tables.items() if table}

    @property
    def account(self) -> str:
        """The handle of the account, empty if the state does not name it."""
        handles = {r.text("handle") for r in self.resources if r.type == "account"}
        return handles.pop() if len(handles) == 1 and all(map(is_written_name, handles)) else ""

    def _of(self, kind: str) -> Iterator[TerraformResource]:
        return (r for r in self.resources if r.type == kind and r.mode != DATA)

    def _leave_out(self, resource: TerraformResource, why: str) -> None:
        self.left_out.append(f"{resource.address} {why}")

    def _named(self, kind: str) -> Iterator[tuple[str, TerraformResource]]:
        """Yield the resources of *kind* with their names; leave out names that no file can hold."""
        for resource in self._of(kind):
            if is_written_name(name := resource.text("name")):
                yield name, resource
            else:
                self._leave_out(resource, "has a name that cannot be written")

    @cached_property
    def _principals(self) -> Mapping[str, str]:
        """The text of each principal in a list, by each of its ids in the state."""
        principals: dict[str, str] = {}
        for resource in self.resources:
            who = ""
            if resource.type == "account_member":
                who = _email(resource)
            elif resource.type in PRINCIPALS and is_written_name(resource.text("name")):
                who = f"{PRINCIPALS[resource.type]}:{resource.text('name')}"
            for key in ("id", "user_id", "actor_id") if who else ():
                principals[resource.text(key)] = who
        return {id_: who for id_, who in principals.items() if id_}

    @cached_property
    def _role_names(self) -> Mapping[str, str]:
        """The names of roles as a configuration writes them, by id."""
        levels = {"workspace_role": Level.WORKSPACE, "account_role": Level.ACCOUNT}
        names = {}
        for resource in self.resources:
            if level := levels.get(resource.type):
                name = resource.text("name")
                builtin = self.catalogue.builtin(level, name)
                names[resource.text("id")] = builtin.name if builtin else name
        return {id_: name for id_, name in names.items() if id_ and is_written_name(name)}

    def _members(self, service_accounts: PlainTable) -> PlainTable:
        lists: dict[str, list[str]] = {}
        for resource in self._of("account_member"):
            if email := _email(resource):
                self._add_member(lists, resource, email)
            else:
                self._leave_out(resource, "has no e-mail address in the state")
        for resource in self._of("service_account"):
            if resource.text("name") in service_accounts:
                self._add_member(lists, resource, f"sa:{resource.text('name')}")
        return {role: sorted(set(lists[role])) for role in sorted(lists, key=role_rank)}

    def _add_member(
        self, lists: dict[str, list[str]], resource: TerraformResource, who: str
    ) -> None:
        role = self.catalogue.builtin(Level.ACCOUNT, resource.text("account_role_name"))
        if role is None:
            self._leave_out(resource, "has an account role that the state does not name")
        else:
            lists.setdefault(role.name, []).append(who)

    def _end(self, resource: TerraformResource) -> PlainTable:
        """Return the end of the key of a service account, empty without one."""
        text = resource.text("api_key_expiration")
        try:
            return {"until": moment(parsed(text))}
        except (ValueError, OverflowError):
            if text:
                self._leave_out(resource, "has a key with an end that is no time with a UTC offset")
            return {}

    def _roles(self) -> Iterator[tuple[str, PlainTable]]:
        for name, resource in self._named("workspace_role"):
            base = resource.text("inherited_role_id")
            listed = resource.values.get("scopes")
            scopes = map(str, listed if isinstance(listed, list) else ())
            known = [self.catalogue.permission(scope) for scope in scopes]
            if None in known or (base and base not in self._role_names):
                self._leave_out(resource, "has a permission or a base that is not known here")
                continue
            table = described(resource.text("description"))
            table["base"] = self._role_names[base] if base else "none"
            table["permissions"] = sorted(self.catalogue.minimal(filter(None, known)))
            yield name, table

    def _teams(self) -> Iterator[tuple[str, PlainTable]]:
        """Yield the teams; a team without members in the state does not declare `members`."""
        ids = filter(None, (team.text("id") for team in self._of("team")))
        members: dict[str, set[str]] = {id_: set() for id_ in ids}
        for resource in self._of("team_access"):
            keys = (resource.text("member_id"), resource.text("member_actor_id"))
            who = next((self._principals[key] for key in keys if key in self._principals), "")
            if resource.text("team_id") not in members:
                self._leave_out(resource, "is in a team that the state does not hold")
            elif not who:
                self._leave_out(resource, "is for somebody whom the state does not name")
            else:
                members[resource.text("team_id")].add(who)
        for name, resource in self._named("team"):
            listed = sorted(members.get(resource.text("id"), ()))
            yield name, described(resource.text("description")) | _if_any("members", listed)

    def _workspaces(self) -> PlainTable:
        """Return the workspaces; one without access in the state does not declare `access`."""
        tables: PlainTable = {}
        known: set[str] = set()
        for resource in self.resources:
            handle, id_ = resource.text("handle"), resource.text("id")
            if resource.type != "workspace":
                continue
            if not (is_handle(handle) and is_written_name(handle)):
                self._leave_out(resource, "has a handle that cannot be written")
                continue
            known.add(id_)
            access = _if_any("access", self._access(id_) if id_ else {})
            if resource.mode != DATA:
                name = resource.text("name")
                named = {"name": name} if is_written_name(name) else {}
                tables[handle] = named | described(resource.text("description")) | access
            elif access:
                tables.setdefault(handle, access)
        for workspace in self._access_by_workspace.keys() - (known - {""}):
            for resource in self._access_by_workspace[workspace]:
                self._leave_out(resource, "is in a workspace that the state does not name")
        return dict(sorted(tables.items()))

    @cached_property
    def _access_by_workspace(self) -> Mapping[str, list[TerraformResource]]:
        by_workspace: defaultdict[str, list[TerraformResource]] = defaultdict(list)
        for resource in self._of("workspace_access"):
            by_workspace[resource.text("workspace_id")].append(resource)
        return by_workspace

    def _access(self, workspace: str) -> PlainTable:
        lists: dict[str, set[str]] = {}
        for resource in self._access_by_workspace.get(workspace, ()):
            who = self._principals.get(resource.text("accessor_id"))
            role = self._role_names.get(resource.text("workspace_role_id"))
            if who and role:
                lists.setdefault(role, set()).add(who)
            else:
                missing = "a role" if who else "somebody"
                self._leave_out(resource, f"is for {missing} that the state does not name")
        return {role: sorted(lists[role]) for role in sorted(lists, key=role_rank)}


def _email(resource: TerraformResource) -> str:
    """Return the e-mail address of a member, empty if none can be written."""
    email = resource.text("email")
    return email if is_written_name(email) and not email_fault(email) else ""


def _if_any(key: str, value: PlainTable | list[str]) -> PlainTable:
    return {key: value} if value else {}
