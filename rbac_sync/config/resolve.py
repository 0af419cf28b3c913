"""The resolution of names in a configuration to addresses, roles and permissions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from ..model import (
    EVERYONE,
    Address,
    Catalogue,
    Instant,
    Kind,
    Level,
    Manage,
    Permission,
    Subject,
)
from ..model import address as named
from ..model.address import folded
from ..model.resources import role
from .load import Sources
from .problems import Problems, TomlLocation
from .text_rules import email_fault

PREFIXES = {
    "sa": (Kind.SERVICE_ACCOUNT, Subject.SERVICE_ACCOUNTS, "RS203", "service account"),
    "team": (Kind.TEAM, Subject.TEAMS, "RS204", "team"),
}

ELSEWHERE = 'declare it, or write `[manage] {subject} = "declared"` if it is kept elsewhere'

LEAVER = "take `{0}` out here, or put `{0}` back into `[members]`"
"""*Why* never "did you mean": whoever follows it would give one person's access to another."""


class NameResolver:
    """Resolves names and notes those that stand for nothing; ``now`` is the instant that counts.

    *Why* an undeclared team, role, workspace or service account needs
    ``[manage]`` to say that its kind is kept elsewhere too: without that, a
    misspelt name could not be told from one that exists live.
    """

    def __init__(
        self, sources: Sources, catalogue: Catalogue, problems: Problems, now: Instant
    ) -> None:
        self.catalogue = catalogue
        self.problems = problems
        self.now = now
        self.known: dict[str, Address] = {}
        self.used: set[str] = set()
        self._sources = sources

    @cached_property
    def reach(self) -> Mapping[Subject, Manage]:
        """The values of ``[manage]``, where there are any."""
        table = self._sources.root.document.manage
        said = {subject: getattr(table, subject) for subject in Subject}
        return {subject: Manage(reach) for subject, reach in said.items() if reach is not None}

    @cached_property
    def people(self) -> Mapping[str, str]:
        """E-mail addresses by short name."""
        return {name: email for _, name, email in self._sources.named("people")}

    @cached_property
    def members(self) -> frozenset[str]:
        """The e-mail addresses, folded, that ``[members]`` lists in any way."""
        return frozenset(folded(self.people.get(who, who)) for who in self._listed())

    def _listed(self) -> Iterator[str]:
        for _, _, entries in self._sources.named("members"):
            for entry in entries:
                yield entry if isinstance(entry, str) else entry.who

    def declared(self, section: str) -> frozenset[str]:
        """Return the names that *section* declares, those with problems too."""
        return self._declared[section]

    @cached_property
    def _declared(self) -> Mapping[str, frozenset[str]]:
        sections = ("people", "service_accounts", "roles", "teams", "workspaces")
        return {s: frozenset(name for _, name in self._sources.written(s)) for s in sections}

    @cached_property
    def levels(self) -> Mapping[str, Level]:
        """The level of each declared role."""
        written = {name: table.level for _, name, table in self._sources.named("roles")}
        custom = self.catalogue.custom_level
        return {name: Level(written.get(name) or custom) for name in self.declared("roles")}

    def principal(self, written: str, location: TomlLocation) -> Address | None:
        """Return who *written* is, or note that nobody is; remembered in ``known``."""
        prefix, colon, name = written.partition(":")
        if colon and prefix in PREFIXES:
            found = self._prefixed(prefix, name, location)
        elif "@" in written or not (written.isascii() or written in self.people):
            found = self._email(written, location)
        elif written == "everyone":
            message, hint = "`everyone` holds only default roles", 'write `default_role = "..."`'
            self.problems.add("RS308", location, message, hint=hint)
            return None
        else:
            found = self._person(written, location)
        if found is not None:
            self.known[written] = found
        return found

    def anybody(self, written: str, location: TomlLocation) -> Address | None:
        """Return who *written* is, who may be everyone."""
        return EVERYONE if written == "everyone" else self.principal(written, location)

    def _person(self, written: str, location: TomlLocation) -> Address | None:
        if written in self.people:
            self.used.add(written)
            return self._member(self.people[written], written, location)
        if written not in self.declared("people"):
            hint = f"add it to `[people]`, or write an e-mail address{self._other(written)}"
            self.problems.add("RS201", location, f"unknown short name `{written}`", hint=hint)
        return None

    def _other(self, written: str) -> str:
        for prefix, section in (("sa", "service_accounts"), ("team", "teams")):
            if written in self.declared(section):
                return f", or `{prefix}:{written}`"
        return ""

    def _email(self, written: str, location: TomlLocation) -> Address | None:
        if fault := email_fault(written):
            hint = "write it as in `ana@acme.example`"
            self.problems.add("RS118", location, f"`{written}` {fault}", hint=hint)
            return None
        return self._member(written, written, location)

    def _member(self, email: str, written: str, location: TomlLocation) -> Address | None:
        """Return whose *email* this is, unless all members are declared and this is none."""
        whole = self.reach.get(Subject.MEMBERS) is Manage.ALL and not self._sources.problems
        if whole and folded(email) not in self.members:
            hint = LEAVER.format(written)
            self.problems.add("RS202", location, f"`{written}` is not in `[members]`", hint=hint)
            return None
        return named.user(email)

    def _prefixed(self, prefix: str, name: str, location: TomlLocation) -> Address | None:
        kind, subject, code, word = PREFIXES[prefix]
        if self._exists(name, subject, code, word, location):
            return Address(kind, name)
        return None

    def _exists(
        self, name: str, subject: Subject, code: str, word: str, location: TomlLocation
    ) -> bool:
        known = self.declared(subject)
        if name in known or self.reach.get(subject) in (Manage.DECLARED, Manage.NONE):
            return True
        hint = self.problems.meant(name, known) or ELSEWHERE.format(subject=subject)
        self.problems.add(code, location, f"unknown {word} `{name}`", hint=hint)
        return False

    def workspace(self, handle: str, location: TomlLocation) -> Address | None:
        """Return the workspace of this handle, or note that there is none."""
        if self.catalogue.custom_level is Level.ACCOUNT:
            message = f"the world `{self.catalogue.world}` has no workspaces"
            self.problems.add("RS124", location, message, hint="leave `workspace` out")
            return None
        if self._exists(handle, Subject.WORKSPACES, "RS208", "workspace", location):
            return named.workspace(handle)
        return None

    def builtin(self, level: Level, written: str) -> Address | None:
        """Return the built-in role of this name; letters that only fold to it are none."""
        return self.catalogue.builtin(level, written) if written.isascii() else None

    def role(self, written: str, level: Level, location: TomlLocation) -> Address | None:
        """Return the role of this name at *level*, or note that there is none."""
        if found := self.builtin(level, written):
            return found
        if written in self.levels:
            if self.levels[written] is level:
                return role(level, written)
            message = f"`{written}` is a role of the {self.levels[written]}"
            self.problems.add("RS307", location, message, hint=f"use a role of the {level} here")
        elif self._is_other_level(written, level):
            message = f"`{written}` is no role of the {level}"
            hint = self.problems.meant(written, self.roles(level)) or self._all_roles(level)
            self.problems.add("RS307", location, message, hint=hint)
        elif self.reach.get(Subject.ROLES) in (Manage.DECLARED, Manage.NONE):
            return role(level, written)
        else:
            hint = self.problems.meant(written, self.roles(level)) or self._all_roles(level)
            self.problems.add("RS205", location, f"unknown role `{written}`", hint=hint)
        return None

    def known_role(self, written: str, level: Level) -> Address | None:
        """Return the role of this name at *level*, if it is built in or declared."""
        is_declared = self.levels.get(written) is level
        return self.builtin(level, written) or (role(level, written) if is_declared else None)

    def _is_other_level(self, written: str, level: Level) -> bool:
        return any(self.builtin(other, written) for other in Level if other is not level)

    def roles(self, level: Level) -> list[str]:
        """Return the names of the roles at *level*, built-in ones first."""
        builtin = [r.name for r in self.catalogue.roles.values() if r.level is level]
        return builtin + sorted(name for name, of in self.levels.items() if of is level)

    def _all_roles(self, level: Level) -> str:
        return "there is " + ", ".join(f"`{name}`" for name in self.roles(level)[:10])

    def permissions(
        self, written: list[str], level: Level, location: TomlLocation
    ) -> list[Permission]:
        """Return the permissions of these names or titles, and note the others."""
        found: dict[Permission, int] = {}
        for index, text in enumerate(written):
            permission = self.permission(text, level, location.at(index))
            if permission is not None and found.setdefault(permission, index) != index:
                self.problems.add(
                    "RS303",
                    location.at(index),
                    f"`{text}` is listed twice",
                    hint="keep one of them",
                    second=location.at(found[permission]),
                    second_label="first listed here",
                )
        return list(found)

    def permission(self, written: str, level: Level, location: TomlLocation) -> Permission | None:
        """Return the permission of this name or title at *level*, or note that there is none."""
        if "*" in written:
            hint = "list the permissions that are meant; `rbac-sync permissions` shows them"
            self.problems.add("RS207", location, f"`{written}` is not a permission", hint=hint)
            return None
        found = self.catalogue.permission(written) if written.isascii() else None
        if found is None:
            hint = self.problems.meant(written, self.titles(level))
            hint = hint or "`rbac-sync permissions` lists all"
            self.problems.add("RS206", location, f"unknown permission `{written}`", hint=hint)
        elif self.catalogue.titles[found].level is not level:
            message = f"`{found}` is a permission of the {self.catalogue.titles[found].level}"
            hint = f"use a permission of the {level} here"
            self.problems.add("RS307", location, message, hint=hint)
            return None
        return found

    def titles(self, level: Level) -> list[str]:
        """Return the names and titles of the permissions at *level*."""
        titles = [t for t in self.catalogue.titles.values() if t.level is level]
        return [str(t.permission) for t in titles] + [t.title for t in titles if t.title]
