"""Tables as resources: roles, teams, workspaces, service accounts and their keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..model import (
    Address,
    Instant,
    Key,
    Level,
    Membership,
    Permission,
    Resource,
    Role,
    ServiceAccount,
    Team,
    Workspace,
)
from ..model.skeleton import Likeness, apart
from .expiry import advise_on_end
from .load import Sources
from .problems import TomlLocation
from .resolve import NameResolver

if TYPE_CHECKING:
    from . import schema


@dataclass
class Objects:
    """The declared resources so far, with their unstated attributes."""

    sources: Sources
    names: NameResolver
    resources: list[Resource] = field(default_factory=list)
    unstated: dict[Address, frozenset[str]] = field(default_factory=dict)
    ended: set[Address] = field(default_factory=set)

    def add(self, resource: Resource, written: Mapping[str, object], *never: str) -> None:
        """Add *resource*; None values in *written*, and *never*, keep their live value."""
        self.resources.append(resource)
        silent = {name for name, value in written.items() if value is None}
        if silent or never:
            self.unstated[resource.address] = frozenset({*silent, *never})

    def build(self, ended: set[Address]) -> None:
        """Add every object but the people; teams leave out principals in *ended*."""
        self.ended = ended
        self._refuse_lookalikes("people")
        self._refuse_lookalikes("groups")
        for section, build_resource in (
            ("roles", self._role),
            ("teams", self._team),
            ("workspaces", self._workspace),
            ("service_accounts", self._service_account),
        ):
            self._refuse_lookalikes(section)
            for file, name, table in self.sources.named(section):
                build_resource(name, table, TomlLocation(file, (section, name)))

    def _role(self, name: str, table: schema.RoleTable, location: TomlLocation) -> None:
        level = self.names.levels[name]
        if self._is_builtin(name, location):
            return
        permissions = self.names.permissions(
            table.permissions or [], level, location.at("permissions")
        )
        self._refuse_reserved(permissions, location.at("permissions"))
        written = {
            "permissions": table.permissions,
            "base": table.base,
            "description": table.description,
        }
        role = Role(
            level,
            name,
            permissions=self.names.catalogue.closed(permissions),
            base=self._base(table.base, level, location.at("base")),
            description=table.description or "",
        )
        self.add(role, written, "implies")

    def _is_builtin(self, name: str, location: TomlLocation) -> bool:
        known = next((n for n, _ in self.names.catalogue.builtin_names.like(name)), "")
        if known:
            message = f"`{name}` is, or looks like, the built-in role `{known}`"
            hint = "choose another name; a custom role can have a built-in one as its `base`"
            self.names.problems.add("RS306", location.key, message, hint=hint)
        return bool(known)

    def _refuse_reserved(self, permissions: list[Permission], location: TomlLocation) -> None:
        for index, permission in enumerate(permissions):
            if self.names.catalogue.titles[permission].reserved:
                message = f"no custom role may hold `{permission}`"
                self.names.problems.add("RS306", location.at(index), message, hint="take it out")

    def _base(self, text: str | None, level: Level, location: TomlLocation) -> frozenset[Address]:
        if text in (None, "none"):
            return frozenset()
        builtin_role = self.names.builtin(level, text)
        if builtin_role is None:
            builtin = [r.name for r in self.names.catalogue.roles.values() if r.level is level]
            hint = self.names.problems.suggest(text, builtin) or f"use one of {', '.join(builtin)}"
            message = f"`{text}` is no built-in role of the {level}"
            self.names.problems.add("RS205", location, message, hint=hint)
        return frozenset({builtin_role} if builtin_role else ())

    def _team(self, name: str, table: schema.TeamTable, location: TomlLocation) -> None:
        now = self.names.now
        holders = self.names.groups.members(name, location) if table.members else []
        members = frozenset(
            Membership(holder.principal, *holder.term)
            for holder in holders
            if holder.principal not in self.ended and not holder.term.is_over(now)
        )
        team = Team(name, members, description=table.description or "")
        written = {"members": table.members, "description": table.description}
        self.add(team, written, "managed_by")

    def _workspace(self, handle: str, table: schema.WorkspaceTable, location: TomlLocation) -> None:
        if handle == "*" or "/" in handle:
            message, hint = f"`{handle}` is no handle", "use lower-case letters, digits and `-`"
            self.names.problems.add("RS117", location.key, message, hint=hint)
        workspace = Workspace(
            handle,
            name=table.name or handle,
            description=table.description or "",
            public=bool(table.public),
        )
        attributes = ("name", "description", "public")
        self.add(workspace, {name: getattr(table, name) for name in attributes})

    def _service_account(
        self, name: str, table: schema.ServiceAccountTable, location: TomlLocation
    ) -> None:
        account = ServiceAccount(name, description=table.description or "")
        if account.address in self.ended:
            message = f"`{name}` goes with its account role, which has ended"
            hint = "delete this together with the entry in `[members]`; alone it asks for a new one"
            self.names.problems.add("RS501", location.key, message, hint=hint)
            return
        self.add(account, {"description": table.description})
        for key, until in table.keys.items():
            self.add(Key(account.address, key, until.until), {"until": until.until})
            if until.until:
                self._advise_on_key(key, until.until, location.at("keys", key, "until"))

    def _advise_on_key(self, name: str, until: Instant, location: TomlLocation) -> None:
        if until > self.names.now:
            advise_on_end(f"the key `{name}`", until, location, self.names)
        else:
            message, hint = f"the key `{name}` has ended", "delete it, or choose a later end"
            self.names.problems.add("RS501", location, message, hint=hint)

    def _refuse_lookalikes(self, section: str) -> None:
        """Refuse names that look like another, unless both are plain ASCII: those may be live."""
        written = list(self.sources.written(section))
        if all(name.isascii() for _, name in written):
            return
        first: Likeness[int] = Likeness()
        for number, (location, name) in enumerate(written):
            for earlier, other in first.like(name):
                if other != name and not (name.isascii() and other.isascii()):
                    self.names.problems.add(
                        "RS310",
                        location,
                        f"`{name}` looks like `{other}` and is not the same",
                        hint=f"{apart(name, other)}; rename one of them",
                        second=written[earlier][0],
                        second_label="the other one",
                    )
                    break
            first.add(number, name)
