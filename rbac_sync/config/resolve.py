"""The resolution of names in a configuration to addresses, roles and permissions."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from functools import cached_property

from ..model import (
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
from ..model.kind import PREFIXES, SPECS, SUBJECTS, kinds_with
from ..model.resources import role
from .alumni import locations, refuse_alumnus
from .groups import Groups
from .holders import GROUP, Entries, name_of
from .members import LiveMembers, listed_members
from .problems import Problems, TomlLocation
from .sources import Sources
from .text_rules import EMAIL_HINT, email_fault, in_backticks
from .workspace_tables import WorkspaceSettings, read_workspaces

UNKNOWN = {Kind.SERVICE_ACCOUNT: "RS203", Kind.TEAM: "RS204", Kind.WORKSPACE: "RS208"}
"""The code of a name for which nothing is declared."""

ELSEWHERE = 'declare it, or write `[manage] {subject} = "declared"` if it is kept elsewhere'

LEAVER = "take `{0}` out here, or put `{0}` back into `[members]`"
"""*Why* never "did you mean": to follow it could give one person's access to another."""

EVERYBODY = {
    "everyone": (
        "`everyone` holds only default roles",
        'write `default_role = "..."`, or `"*"` on the access list of an object',
    ),
    "*": ("`*` is nobody here", 'name a group of all members: `all = "members"`'),
}
"""The message and hint for each word for everybody that names no single principal."""


class NameResolver:
    """The resolver of names, which adds a problem for each unknown one; ``now`` decides on ends.

    *Why* an undeclared team, role, workspace or service account is allowed only where
    ``[manage]`` says that its kind is not managed whole: otherwise a misspelt name would pass as
    the name of a live thing.
    """

    def __init__(
        self, sources: Sources, catalogue: Catalogue, problems: Problems, now: Instant
    ) -> None:
        self.catalogue = catalogue
        self.problems = problems
        self.now = now
        self.known: dict[str, Address] = {}
        self.used: set[str] = set(sources.known.used)
        self._sources = sources

    @cached_property
    def reach(self) -> Mapping[Subject, Manage]:
        """The values of ``[manage]``, where there are any."""
        table = self._sources.root.document.manage
        values = {subject: getattr(table, subject) for subject in Subject}
        return {subject: Manage(reach) for subject, reach in values.items() if reach is not None}

    @cached_property
    def people(self) -> Mapping[str, str]:
        """E-mail addresses by short name."""
        return self._sources.people

    @cached_property
    def _is_whole(self) -> bool:
        """Say whether all members are declared, so that nobody else is a member."""
        return self.reach.get(Subject.MEMBERS) is Manage.ALL and not self._sources.problems

    @cached_property
    def members(self) -> Container[str]:
        """The e-mail addresses, folded, that ``[members]`` lists in any way."""
        if (people := self._sources.known.people) is not None:
            return LiveMembers(people, self._sources.known.changed)
        return listed_members(self._sources)

    @cached_property
    def alumni(self) -> Mapping[str, TomlLocation]:
        """The locations of the alumni, by folded e-mail address."""
        return locations(self._sources)

    @cached_property
    def _new_addresses(self) -> Mapping[str, str]:
        """The new e-mail address of each person, by old ones, folded."""
        persons = [person for _, _, person in self._sources.named("people")]
        pairs = [(each.email, each.renamed_from) for each in persons if not isinstance(each, str)]
        for _, _, entries in self._sources.parsed("members"):
            tables = (entry for entry in entries if not isinstance(entry, str))
            pairs += [(self.people.get(each.who, each.who), each.renamed_from) for each in tables]
        return {folded(old): new for new, old_names in pairs for old in old_names}

    @cached_property
    def workspaces(self) -> tuple[WorkspaceSettings, ...]:
        """The declared workspaces, with matching defaults; empty in a world without workspaces."""
        if self.catalogue.custom_level is Level.ACCOUNT:
            return ()
        return read_workspaces(self._sources, self.problems)

    @cached_property
    def groups(self) -> Groups:
        """The groups, and teams within teams."""
        return Groups(self._sources, self)

    def declared(self, section: str) -> frozenset[str]:
        """Return the names that *section* declares, those with problems too."""
        return self._declared[section]

    @cached_property
    def _declared(self) -> Mapping[str, frozenset[str]]:
        sections = ("people", "groups", *(SPECS[kind].section for kind in kinds_with("named")))
        return {s: frozenset(name for _, name in self._sources.written(s)) for s in sections}

    @cached_property
    def levels(self) -> Mapping[str, Level]:
        """The level of each declared role."""
        levels = {name: table.level for _, name, table in self._sources.named("roles")}
        custom = self.catalogue.custom_level
        return {name: Level(levels.get(name) or custom) for name in self.declared("roles")}

    def address(self, kind: Kind, name: str) -> Address:
        """Return the address of the declared thing *name*; that of a role has its level."""
        return role(self.levels[name], name) if kind is Kind.ROLE else Address(kind, name)

    def things(self, kind: Kind) -> Mapping[Address, TomlLocation]:
        """Return the location of each declared thing of *kind*, by its address."""
        written = self._sources.written(SPECS[kind].section)
        return {self.address(kind, name): location for location, name in written}

    def principal(self, text: str, location: TomlLocation) -> Address | None:
        """Return the one principal named *text*, or add a problem; kept in ``known``."""
        if text.startswith(GROUP):
            message, hint = f"`{text}` is a group, and one principal stands here", "name it"
            self.problems.add("RS308", location, message, hint=hint)
            return None
        prefix, colon, name = text.partition(":")
        if colon and prefix in PREFIXES:
            kind = PREFIXES[prefix]
            address = Address(kind, name) if self._exists(kind, name, location) else None
        elif "@" in text or not (text.isascii() or text in self.people):
            if fault := email_fault(text):
                self.problems.add("RS118", location, f"`{text}` {fault}", hint=EMAIL_HINT)
                return None
            address = self._member(text, text, location)
        elif text in EVERYBODY:
            message, hint = EVERYBODY[text]
            self.problems.add("RS308", location, message, hint=hint)
            return None
        else:
            address = self._person(text, location)
        if address is not None:
            self.known[text] = address
        return address

    def learn(self, entries: Entries) -> None:
        """Add to ``known`` each principal that the faultless *entries* name, but for groups."""
        for text in map(name_of, entries):
            prefix, colon, name = text.partition(":")
            if text not in self.known and not text.startswith(GROUP):
                is_kind = colon and prefix in PREFIXES
                email = self.people.get(text, text)
                self.known[text] = Address(PREFIXES[prefix], name) if is_kind else named.user(email)

    def principals(self, texts: list[str]) -> list[Address]:
        """Return the one principal that each of *texts* names.

        Raises:
            KeyError: one has a fault, or only ``principal`` can resolve it.
        """
        try:
            return [*map(self.known.__getitem__, texts)]
        except KeyError:
            self._learn_members(texts)
            return [*map(self.known.__getitem__, texts)]

    def expect(self, entries: Entries) -> None:
        """Look up together whether the people whom *entries* name are members."""
        if self._is_whole and isinstance(self.members, LiveMembers):
            self.members.expect([self.people.get(each, each) for each in map(name_of, entries)])

    def _learn_members(self, texts: list[str]) -> None:
        """Add to ``known`` the user of each faultless e-mail address among *texts*."""
        self.expect(texts)
        members = self.members if self._is_whole else None
        for text in texts:
            email = folded(text)
            is_here = (members is None or email in members) and email not in self.alumni
            if is_here and "@" in text and not email_fault(text):
                self.known[text] = named.user(text)

    def _person(self, text: str, location: TomlLocation) -> Address | None:
        if text in self.people:
            self.used.add(text)
            return self._member(self.people[text], text, location)
        if text not in self.declared("people"):
            hint = f"add it to `[people]`, or write an e-mail address{self._other(text)}"
            self.problems.add("RS201", location, f"unknown short name `{text}`", hint=hint)
        return None

    def _other(self, text: str) -> str:
        if text in self.declared("groups"):
            return f", or `{GROUP}{text}`"
        for prefix, kind in PREFIXES.items():
            if text in self.declared(SPECS[kind].section):
                return f", or `{prefix}:{text}`"
        words, colon, name = text.partition(":")
        prefix = words.lower().removesuffix("s")
        is_known = f"{prefix}:" == GROUP or prefix in PREFIXES
        return f", or `{prefix}:{name}`" if colon and is_known else ""

    def _member(self, email: str, text: str, location: TomlLocation) -> Address | None:
        """Return the user of *email*; None, and a problem, if no such person can be a member."""
        if self.alumni and refuse_alumnus(text, email, location, self):
            return None
        if self._is_whole and folded(email) not in self.members:
            new = self._new_addresses.get(folded(email))
            hint = LEAVER.format(text) if new is None else f"write `{new}`, its address now"
            self.problems.add("RS202", location, f"`{text}` is not in `[members]`", hint=hint)
            return None
        return named.user(email)

    def _exists(self, kind: Kind, name: str, location: TomlLocation) -> bool:
        subject = SUBJECTS[kind]
        known = self.declared(subject)
        if name in known or self.reach.get(subject) in (Manage.DECLARED, Manage.NONE):
            return True
        hint = self._suggest(name, subject, known) or ELSEWHERE.format(subject=subject)
        self.problems.add(UNKNOWN[kind], location, f"unknown {kind.noun} `{name}`", hint=hint)
        return False

    def workspace(self, handle: str, location: TomlLocation) -> Address | None:
        """Return the workspace of this handle, or add a problem."""
        if self.catalogue.custom_level is Level.ACCOUNT:
            message = f"the world `{self.catalogue.world}` has no workspaces"
            self.problems.add("RS124", location, message, hint="leave `workspace` out")
            return None
        is_known = self._exists(Kind.WORKSPACE, handle, location)
        return named.workspace(handle) if is_known else None

    def builtin(self, level: Level, text: str) -> Address | None:
        """Return the built-in role of this name; a *text* that is not ASCII never matches."""
        return self.catalogue.builtin(level, text) if text.isascii() else None

    @cached_property
    def _new_names(self) -> Mapping[tuple[str, str], str]:
        """The new name of each thing, by its table and an old name."""
        sections = [SPECS[kind].section for kind in kinds_with("named")]
        return {
            (section, old): new
            for section in sections
            for _, new, table in self._sources.named(section)
            for old in table.renamed_from
        }

    def _suggest(self, text: str, section: str, known: Iterable[str]) -> str:
        """Return a hint with the new name of the thing *text*, or with the closest of *known*."""
        new = self._new_names.get((section, text))
        return f"write `{new}`, its name now" if new else self.problems.suggest(text, known)

    def role(self, text: str, level: Level, location: TomlLocation) -> Address | None:
        """Return the role of this name at *level*, or add a problem."""
        if builtin := self.builtin(level, text):
            return builtin
        if text in self.levels:
            if self.levels[text] is level:
                return role(level, text)
            message = f"`{text}` is a role of the {self.levels[text]}"
            self.problems.add("RS307", location, message, hint=f"use a role of the {level} here")
        elif any(self.builtin(other, text) for other in Level):
            message = f"`{text}` is no role of the {level}"
            hint = self.suggest_role(text, level)
            self.problems.add("RS307", location, message, hint=hint)
        elif self.reach.get(Subject.ROLES) in (Manage.DECLARED, Manage.NONE):
            return role(level, text)
        else:
            hint = self.suggest_role(text, level)
            self.problems.add("RS205", location, f"unknown role `{text}`", hint=hint)
        return None

    def known_role(self, text: str, level: Level) -> Address | None:
        """Return the role of this name at *level*, if it is built in or declared."""
        is_declared = self.levels.get(text) is level
        return self.builtin(level, text) or (role(level, text) if is_declared else None)

    def roles(self, level: Level) -> list[str]:
        """Return the names of the roles at *level*, built-in ones first."""
        builtin = [r.name for r in self.catalogue.roles.values() if r.level is level]
        custom = sorted(name for name, of in self.levels.items() if of is level)
        return list(dict.fromkeys(builtin + custom))

    def suggest_role(self, text: str, level: Level) -> str:
        """Return a hint with the role that *text* may mean, or with the roles at *level*."""
        roles = self.roles(level)
        return self._suggest(text, "roles", roles) or f"there is {in_backticks(roles[:10])}"

    def permissions(
        self, texts: list[str], level: Level, location: TomlLocation
    ) -> list[Permission]:
        """Return the permissions of these names or titles, and add problems for the others."""
        positions: dict[Permission, int] = {}
        for index, text in enumerate(texts):
            permission = self.permission(text, level, location.at(index))
            if permission is not None and positions.setdefault(permission, index) != index:
                first = location.at(positions[permission])
                self.problems.add_twice(text, location.at(index), first)
        return list(positions)

    def permission(self, text: str, level: Level, location: TomlLocation) -> Permission | None:
        """Return the permission of this name or title at *level*, or add a problem."""
        if "*" in text:
            hint = "list the permissions that are meant; `rbac-sync permissions` shows them"
            self.problems.add("RS207", location, f"`{text}` is not a permission", hint=hint)
            return None
        permission = self.catalogue.permission(text) if text.isascii() else None
        if permission is None:
            close = self.problems.suggest(text, self.titles(level))
            hint = close or "`rbac-sync permissions` lists all"
            self.problems.add("RS206", location, f"unknown permission `{text}`", hint=hint)
        elif (other := self.catalogue.titles[permission].level) is not level:
            message = f"`{permission}` is a permission of the {other}"
            hint = f"use a permission of the {level} here"
            self.problems.add("RS307", location, message, hint=hint)
            return None
        return permission

    def titles(self, level: Level) -> list[str]:
        """Return the names and titles of the permissions at *level*."""
        titles = [t for t in self.catalogue.titles.values() if t.level is level]
        return [str(t.permission) for t in titles] + [t.title for t in titles if t.title]
