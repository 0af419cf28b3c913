"""The comparison of files with what is live, while they are read: equal ones are passed over.

A file whose holdings are live as declared, and plain, need not stay in memory, and nobody looks
at these holdings again. *Why*: nearly all files of a large account are like this.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import repeat
from typing import TYPE_CHECKING

from ..model import ACCOUNT, Address, Catalogue, Instant, Level, Manage, State, held
from ..model import address as named
from ..model.live_numbers import LiveNumbers, Numbers
from .grants import BindingTable
from .holders import GROUP, Entries, name_of
from .known_files import ATTRIBUTES, MEMBERS, KnownFile, can_be_known, digest, lists_members
from .problems import File, Problems, TomlLocation
from .resolve import NameResolver
from .text_rules import is_of_texts
from .workspace_tables import WorkspaceSettings, read_workspaces

if TYPE_CHECKING:
    from .sources import Sources

NO_WORKSPACE_LIKE = "RS321"
"""The code of a default that matches no workspace: of a few workspaces, many do not."""

OF_ALL = ("workspace_owners", "require_reason_for", "require_end_for", "max_term")
"""Keys of ``[guard]`` that are about all holdings."""

NOWHERE = TomlLocation(File("", "", {}))
"""The place of faults that nobody sees: a file with one is read as usual."""


class _Numbered(dict[str, int]):
    """The number of each principal by its name in a file; KeyError for a faulty name."""

    def __init__(self, users: Mapping[str, int], names: NameResolver, live: LiveNumbers) -> None:
        super().__init__(users)
        self.names, self._live = names, live

    def __missing__(self, text: str) -> int:
        address = None if text.startswith(GROUP) else self.names.principal(text, NOWHERE)
        number = None if address is None else self._live.number(address)
        if number is None:
            raise KeyError(text)
        self[text] = number
        return number


@dataclass
class FileComparison:
    """The comparison of files with the account of *live*; ``people`` are its users."""

    live: LiveNumbers
    people: State
    catalogue: Catalogue
    now: Instant
    _named: set[str] | None = None
    _roles: dict[tuple[Level, str], int | None] = field(default_factory=dict)

    def begin(self, sources: Sources) -> Mapping[str, KnownFile] | None:
        """Return the files of members among *sources*, which are all but those to compare.

        No file if somebody is new. None if files cannot be compared by themselves, or if a live
        member is not as declared: then the plan may have to be made a second time, with all
        members in memory, which takes as long as reading everything.
        """
        self._sources, self._names = sources, self._resolver(sources)
        if not self._is_possible():
            return None
        users, row = self.live.users(), self.live.rows([ACCOUNT]).get(ACCOUNT)
        if users is None or row is None:
            return None
        self._numbered = _Numbered(users, self._names, self.live)
        members = self._members(row)
        if members is None:
            declared = {email: n for email, n in users.items() if email in self._names.members}
            self._numbered = _Numbered(declared, self._names, self.live)
            return {} if len(declared) == len(users) else None
        if members != row or not all(map(members.__contains__, self._numbered.values())):
            return None
        del users, row, members
        files = {file.name: file for file in sources.files if lists_members(file)}
        for file in files.values():
            for entries in file.document.members.values():
                self._refer(entries, file.name)
        sources.known.people = self.people
        known = {
            name: KnownFile(digest(file), {}, tuple(file.document.members))
            for name, file in files.items()
        }
        forms = {file.name: file for file in sources.files}
        forms |= {name: each.form(name) for name, each in known.items()}
        self._sources = replace(sources, files=tuple(forms.values()))
        self._names = self._numbered.names = self._resolver(self._sources)
        self._names.members = self._numbered
        return known

    def equal(self, files: Sequence[File]) -> Mapping[str, KnownFile]:
        """Return those of *files* whose workspaces are live with the declared holdings."""
        problems = Problems()
        together = replace(self._sources, files=(*self._sources.files, *files))
        by_file: dict[str, list[WorkspaceSettings]] = defaultdict(list)
        for settings in read_workspaces(together, problems):
            by_file[settings.location.file.name].append(settings)
        if any(each.code != NO_WORKSPACE_LIKE for each in problems.diagnostics):
            return {}
        some = [
            (file, by_file[file.name])
            for file in files
            if can_be_known(file) and not any(each.default_role for each in by_file[file.name])
        ]
        rows = self.live.rows([_scope(each) for _, spaces in some for each in spaces])
        return {
            file.name: self._known(file, spaces)
            for file, spaces in some
            if all(self._is_live(each, rows) for each in spaces)
        }

    def _resolver(self, sources: Sources) -> NameResolver:
        return NameResolver(sources, self.catalogue, Problems(), self.now)

    def _is_possible(self) -> bool:
        """Say whether nothing else in the files is about the holdings of all workspaces."""
        documents = [file.document for file in self._sources.files]
        guard = self._sources.root.document.guard
        return (
            self.catalogue.custom_level is Level.WORKSPACE
            and Manage.NONE not in self._names.reach.values()
            and not any(d.accounts or d.test or d.ignore or d.alumni for d in documents)
            and not any(group.all_ == MEMBERS for d in documents for group in d.groups.values())
            and not any(getattr(guard, key) for key in OF_ALL)
        )

    def _members(self, row: Numbers) -> dict[int, int] | None:
        """Return the account roles as declared, by number, where *row* has the live ones.

        None if somebody is new, or listed otherwise than by name alone.
        """
        lists = ((role, entries) for _, role, entries in self._sources.named(MEMBERS))
        declared = self._declared(Level.ACCOUNT, lists)
        bots = (name for _, name, _ in self._sources.named("service_accounts"))
        numbers = [*map(self.live.number, map(named.service_account, bots))]
        if declared is None or None in numbers:
            return None
        if self.catalogue.new_bot_role is not None:  # the role of those that no list names
            declared = {n: row[n] for n in filter(None, numbers) if n in row} | declared
        return declared

    def _is_live(self, workspace: WorkspaceSettings, rows: Mapping[Address, Numbers]) -> bool:
        """Say whether *workspace* is live as declared, with its plain holdings in *rows*."""
        lists = ((listed.role, listed.entries) for listed in workspace.access or ())
        row, live = rows.get(_scope(workspace)), self.live.workspaces.get(_scope(workspace))
        if row is None or live is None:
            return False
        values = ((getattr(workspace, key), getattr(live, key)) for key in ATTRIBUTES)
        if not all(value is None or value == there for value, there in values):
            return False
        declared = self._declared(Level.WORKSPACE, lists)
        return (self._expanded(workspace) if declared is None else declared) == row

    def _expanded(self, workspace: WorkspaceSettings) -> dict[int, int] | None:
        """Return the holdings in *workspace*, those of groups too; None as for ``_declared``."""
        problems, scope = self._names.problems, _scope(workspace)
        faults, table = len(problems.diagnostics), BindingTable(self._names)
        table.fill(scope, Level.WORKSPACE, workspace.access or ())
        if table.ended or problems.full or len(problems.diagnostics) != faults:
            return None
        declared: dict[int, int] = {}
        for principal, holdings in table.rows[scope].items():
            address = next(iter(holdings)).role
            who, role = self.live.number(principal), self.live.number(address)
            if who is None or role is None or holdings != held(address):
                return None
            declared[who] = role
        return declared

    def _declared(
        self, level: Level, lists: Iterable[tuple[str, Entries]]
    ) -> dict[int, int] | None:
        """Return the holdings in *lists*; None if one of them is not plain, or has a fault."""
        declared: dict[int, int] = {}
        texts: dict[int, str] = {}
        count = 0
        for text, entries in lists:
            role = self._role(level, text)
            if role is None or texts.setdefault(role, text) != text or not is_of_texts(entries):
                return None
            try:
                declared.update(zip(map(self._numbered.__getitem__, entries), repeat(role)))
            except KeyError:
                return None
            count += len(entries)
        return declared if len(declared) == count else None

    def _role(self, level: Level, text: str) -> int | None:
        if (level, text) not in self._roles:
            role = self._names.role(text, level, NOWHERE)
            self._roles[level, text] = role and self.live.number(role)
        return self._roles[level, text]

    def _known(self, file: File, workspaces: Iterable[WorkspaceSettings]) -> KnownFile:
        tables = {}
        for workspace in workspaces:
            values = ((key, getattr(workspace, key)) for key in ATTRIBUTES)
            tables[workspace.handle] = {key: value for key, value in values if value is not None}
            for listed in workspace.access or ():
                self._refer(listed.entries, file.name)
        return KnownFile(digest(file), tables)

    def _refer(self, entries: Entries, file: str) -> None:
        """Note that *file* refers to the short names and groups among *entries*."""
        if self._named is None:
            groups = (f"{GROUP}{name}" for _, name, _ in self._sources.named("groups"))
            self._named = {*self._sources.people, *groups}
        for text in self._named.intersection(map(name_of, entries)) if self._named else ():
            self._sources.known.references.setdefault(text, file)


def _scope(workspace: WorkspaceSettings) -> Address:
    return named.workspace(workspace.handle)
