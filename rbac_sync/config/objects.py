"""Tables as resources: roles, teams, workspaces, service accounts and their keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from ..dataclasses import dataclass, field
from ..model import (
    Address,
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
from ..model.address_pattern import is_pattern
from ..model.skeleton import Likeness, apart
from . import schema
from .access_lists import access_lists
from .expiry import advise_on_end
from .groups import MOST_LEVELS
from .problems import TomlLocation
from .resolve import NameResolver
from .sources import Sources
from .text_rules import is_handle
from .workspace_tables import WorkspaceSettings


@dataclass
class Objects:
    """The declared resources so far, with their unstated attributes."""

    sources: Sources
    names: NameResolver
    resources: list[Resource] = field(default_factory=list)
    unstated: dict[Address, frozenset[str]] = field(default_factory=dict)
    ended: set[Address] = field(default_factory=set)

    @cached_property
    def _role_tables(self) -> Mapping[str, tuple[schema.RoleTable, TomlLocation]]:
        return self.sources.by_name("roles")

    def add(self, resource: Resource, written: object, keys: Iterable[str], *never: str) -> None:
        """Add *resource*; *never*, and *keys* that are None in *written*, keep their live value."""
        self.resources.append(resource)
        silent = {key for key in keys if getattr(written, key) is None}
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
            ("service_accounts", self._service_account),
        ):
            self._refuse_lookalikes(section)
            for location, name, table in self.sources.named(section):
                build_resource(name, table, location)
        self._refuse_lookalikes("workspaces")
        for settings in self.names.workspaces:
            self._workspace(settings)
        self.resources.extend(access_lists(self.sources, self.names, ended))

    def _role(self, name: str, table: schema.RoleTable, location: TomlLocation) -> None:
        level = self.names.levels[name]
        if self._is_builtin(name, location):
            return
        permissions = self._permissions(table, level, location)
        inherited, builtin = self._inherited(name, table, level, location)
        role = Role(
            level,
            name,
            permissions=self.names.catalogue.closed([*permissions, *inherited]),
            base=builtin,
            description=table.description or "",
        )
        self.add(role, table, ("permissions", "base", "description"), "implies")

    def _is_builtin(self, name: str, location: TomlLocation) -> bool:
        known = next((n for n, _ in self.names.catalogue.builtin_names.like(name)), "")
        if known:
            message = f"`{name}` is, or looks like, the built-in role `{known}`"
            hint = "choose another name; a custom role can have a built-in one as its `base`"
            self.names.problems.add("RS306", location.key, message, hint=hint)
        return bool(known)

    def _permissions(
        self, table: schema.RoleTable, level: Level, location: TomlLocation
    ) -> list[Permission]:
        """Return the permissions that the role lists itself."""
        listed = location.at("permissions")
        permissions = self.names.permissions(table.permissions or [], level, listed)
        for index, permission in enumerate(permissions):
            if self.names.catalogue.titles[permission].reserved:
                message = f"no custom role may hold `{permission}`"
                self.names.problems.add("RS306", listed.at(index), message, hint="take it out")
        return permissions

    def _inherited(
        self, name: str, table: schema.RoleTable, level: Level, location: TomlLocation
    ) -> tuple[list[Permission], frozenset[Address]]:
        """Return the permissions of the custom roles below *name*, and the built-in role below all.

        *Why* here: no backend has custom roles with a custom base role.
        """
        permissions: list[Permission] = []
        names = [name]
        while table.base not in (None, "none"):
            at = location.at("base")
            builtin = self.names.builtin(level, table.base)
            if builtin is not None:
                return permissions, frozenset({builtin})
            if table.base in names:
                self._refuse_cycle(names[names.index(table.base) :], at)
                break
            if len(names) > MOST_LEVELS:
                message = f"roles stand on more than {MOST_LEVELS} others"
                self.names.problems.add("RS324", at, message, hint="join some of them")
                break
            if not self._is_base(table.base, level, at):
                break
            names.append(table.base)
            table, location = self._role_tables[table.base]
            permissions += self._permissions(table, level, location)
        return permissions, frozenset()

    def _is_base(self, text: str, level: Level, location: TomlLocation) -> bool:
        """Say whether the custom role *text* is declared with both `base` and `permissions`."""
        if self.names.levels.get(text) is not level:
            message = f"`{text}` is no role of the {level}"
            hint = self.names.suggest_role(text, level)
            self.names.problems.add("RS205", location, message, hint=hint)
            return False
        if text not in self._role_tables:
            return False  # its table has problems of its own
        table, at = self._role_tables[text]
        silent = [key for key in ("base", "permissions") if getattr(table, key) is None]
        for key in silent:
            value = '"none"' if key == "base" else "[]"
            message = f"`{text}` is a base and does not write its `{key}`"
            hint = f"write it in `[roles.{text}]`; `{key} = {value}` if it has none"
            second = (at.key, "declared here")
            self.names.problems.add("RS323", location, message, hint=hint, second=second)
        return not silent

    def _refuse_cycle(self, names: list[str], location: TomlLocation) -> None:
        way = " -> ".join((*names, names[0]))
        message = f"the role `{names[0]}` stands on itself: {way}"
        self.names.problems.add("RS317", location, message, hint="give one of them another base")

    def _team(self, name: str, table: schema.TeamTable, location: TomlLocation) -> None:
        now = self.names.now
        holders = self.names.groups.members(name, location) if table.members else []
        members = frozenset(
            Membership(holder.principal, *holder.term)
            for holder in holders
            if holder.principal not in self.ended and not holder.term.is_over(now)
        )
        team = Team(name, members, description=table.description or "")
        self.add(team, table, ("members", "description"), "managed_by")

    def _workspace(self, settings: WorkspaceSettings) -> None:
        handle = settings.handle
        if not is_handle(handle):
            message, hint = f"`{handle}` is no handle", "use lower-case letters, digits and `-`"
            if is_pattern(handle):
                hint = f'for all workspaces like it, write `[workspace_defaults."{handle}"]`'
            self.names.problems.add("RS117", settings.location.key, message, hint=hint)
        workspace = Workspace(
            handle,
            name=settings.name or handle,
            description=settings.description or "",
            public=bool(settings.public),
        )
        self.add(workspace, settings, ("name", "description", "public"))

    def _service_account(
        self, name: str, table: schema.ServiceAccountTable, location: TomlLocation
    ) -> None:
        account = ServiceAccount(name, description=table.description or "")
        if account.address in self.ended:
            message = f"`{name}` goes with its account role, which has ended"
            hint = "delete this together with the entry in `[members]`; alone it asks for a new one"
            self.names.problems.add("RS501", location.key, message, hint=hint)
            return
        self.add(account, table, ("description",))
        for key, written in table.keys.items():
            self.add(Key(account.address, key, written.until), written, ("until",))
            at = location.at("keys", key, "until")
            if written.until and written.until <= self.names.now:
                message, hint = f"the key `{key}` has ended", "delete it, or choose a later end"
                self.names.problems.add("RS501", at, message, hint=hint)
            elif written.until:
                advise_on_end(f"the key `{key}`", written.until, at, self.names)

    def _refuse_lookalikes(self, section: str) -> None:
        """Refuse names that look like another, unless both are ASCII: live names may be so."""
        written = list(self.sources.written(section))
        if all(name.isascii() for _, name in written):
            return
        first: Likeness[int] = Likeness()
        for number, (location, name) in enumerate(written):
            for earlier, other in first.like(name):
                if other != name and not (name.isascii() and other.isascii()):
                    message = f"`{name}` looks like `{other}` and is not the same"
                    hint = f"{apart(name, other)}; rename one of them"
                    second = (written[earlier][0], "the other one")
                    self.names.problems.add("RS310", location, message, hint=hint, second=second)
                    break
            first.add(number, name)
