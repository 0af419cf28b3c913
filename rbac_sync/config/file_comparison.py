"""The comparison of files with what is live, while they are read: equal ones are passed over.

A file whose holdings are live as declared, and plain, need not stay in memory, and nobody looks
at these holdings again. *Why*: nearly all files of a large account are like this.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from itertools import repeat
from typing import TYPE_CHECKING

from ..dataclasses import dataclass, field, replace
from ..model import Address, Catalogue, Instant, Level, Manage, State, held
from ..model import address as named
from ..model.address import folded
from ..model.live_holdings import MARK, LiveHoldings, RolesByText, text_of
from .grants import BindingTable
from .holders import GROUP, Entries, name_of
from .known_files import ATTRIBUTES, MEMBERS, KnownFile, can_be_known, digest, lists_members
from .problems import File, Problems, TomlLocation
from .resolve import NameResolver
from .text_rules import email_fault, is_of_texts
from .workspace_tables import WorkspaceSettings, read_workspaces

if TYPE_CHECKING:
    from .sources import Sources

NO_WORKSPACE_LIKE = "RS321"
"""The code of a default that matches no workspace: of a few workspaces, many do not."""

OF_ALL = ("workspace_owners", "require_reason_for", "require_end_for", "max_term")
"""Keys of ``[guard]`` that are about all holdings."""

MOST_CHANGED = 100
"""The most people who may differ: a plan that changes more is not made from a part."""

NOWHERE = TomlLocation(File("", "", {}))
"""The place of faults that nobody sees: a file with one is read as usual."""


class _PlainTexts(dict[str, str]):
    """The text of each principal, as ``text_of``, by its name in a file; KeyError for a fault.

    An e-mail address in lower case is not kept, since it is the text itself.
    """

    def __init__(self, names: NameResolver) -> None:
        self.names = names

    def __missing__(self, name: str) -> str:
        address = None if name.startswith(GROUP) else self.names.principal(name, NOWHERE)
        if address is None:
            raise KeyError(name)
        self[name] = text_of(address)
        return self[name]

    def of(self, entries: list[str]) -> list[str]:
        """Return the text of each of *entries*; an unknown address may be that of nobody."""
        return [
            each if "@" in each and ":" not in each and each == folded(each) else self[each]
            for each in entries
        ]


class _Anybody(Container[str]):
    """The members where every live one is declared: nobody else holds anything."""

    def __contains__(self, email: object) -> bool:
        return True


@dataclass
class FileComparison:
    """The comparison of files with the account of *live*; ``people`` are its users."""

    live: LiveHoldings
    people: State
    catalogue: Catalogue
    now: Instant
    _named: set[str] | None = None
    _roles: dict[tuple[Level, str], int | None] = field(default_factory=dict)

    def begin(self, sources: Sources) -> Sources | None:
        """Return *sources*, which are all but those to compare, without the files of members.

        These are parsed if somebody is listed otherwise than by name alone, or many are new. None
        if files cannot be compared by themselves.
        """
        self._sources, self._names = sources, self._resolver(sources)
        self._texts = _PlainTexts(self._names)
        if not self._is_possible():
            return None
        changed = self._changed_members()
        if changed is None:
            return sources if self._are_members() else None
        sources.known.people, sources.known.changed = self.people, changed
        files = (self._without_members(f) if lists_members(f) else f for f in sources.files)
        self._sources = replace(sources, files=tuple(files))
        self._names = self._texts.names = self._resolver(self._sources)
        self._names.members = _Anybody()
        return self._sources

    def passed_over(self, files: Sequence[File]) -> Mapping[str, KnownFile]:
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

    def _changed_members(self) -> Mapping[Address, Address | None] | None:
        """Return the people who differ from the live ones, with their declared account roles.

        None if they are more than ``MOST_CHANGED``, if somebody is listed otherwise than by name
        alone, if the e-mail address of somebody new has a fault, if a live holding is not plain, or
        a service account differs.
        """
        lists = ((role, entries) for _, role, entries in self._sources.named(MEMBERS))
        declared = self._declared(Level.ACCOUNT, lists, self._texts.of)
        if declared is None:
            return None
        bots = set[str]()
        if self.catalogue.new_bot_role is not None:  # the role of those that no list names
            written = self._sources.named("service_accounts")
            bots = {text_of(named.service_account(name)) for _, name, _ in written}
            bots -= declared.keys()
        changed = dict[str, int | None]()
        for who, role in self.live.account_roles():
            there = declared.pop(who, role if who in bots else None)
            if role is None or len(changed) > MOST_CHANGED:
                return None
            if there != role:
                changed[who] = there
            bots.discard(who)
        changed |= declared
        is_known = not bots and not any(who.startswith(MARK) for who in changed)
        if not is_known or len(changed) > MOST_CHANGED or any(map(email_fault, declared)):
            return None
        roles = {n: self._names.role(text, at, NOWHERE) for (at, text), n in self._roles.items()}
        return {named.user(who): roles.get(role) for who, role in changed.items()}

    def _are_members(self) -> bool:
        """Say whether each live user is declared, and all account roles are plain."""
        listed, live = self._names.members, self.live.account_roles()
        return all(role and (who in listed or who.startswith(MARK)) for who, role in live)

    def _without_members(self, file: File) -> File:
        """Return the known form of *file*, which lists members."""
        for entries in file.document.members.values():
            self._refer(entries, file.name)
        form = KnownFile(digest(file), {}, tuple(file.document.members))
        return self._sources.known.pass_over(file.name, form)

    def _is_live(self, workspace: WorkspaceSettings, rows: Mapping[Address, RolesByText]) -> bool:
        """Say whether *workspace* is live as declared, with its plain holdings in *rows*."""
        lists = [(listed.role, listed.entries) for listed in workspace.access or ()]
        row, live = rows.get(_scope(workspace)), self.live.workspaces.get(_scope(workspace))
        if row is None or live is None:
            return False
        values = ((getattr(workspace, key), getattr(live, key)) for key in ATTRIBUTES)
        if not all(value is None or value == there for value, there in values):
            return False
        if self._declared(Level.WORKSPACE, lists, self._seen) == row:
            return True
        declared = self._declared(Level.WORKSPACE, lists, self._texts.of)
        return (self._expanded(workspace) if declared is None else declared) == row

    def _seen(self, entries: list[str]) -> Iterable[str]:
        """Return the text of each of *entries*; a name that was not seen before is itself.

        *Why*: it is no text then, unless it is an e-mail address.
        """
        return map(self._texts.get, entries, entries)

    def _expanded(self, workspace: WorkspaceSettings) -> dict[str, int] | None:
        """Return the holdings in *workspace*, those of groups too; None as for ``_declared``."""
        problems, scope = self._names.problems, _scope(workspace)
        faults, table = len(problems.diagnostics), BindingTable(self._names)
        table.fill(scope, Level.WORKSPACE, workspace.access or ())
        if table.ended or problems.full or len(problems.diagnostics) != faults:
            return None
        declared: dict[str, int] = {}
        for principal, holdings in table.rows[scope].items():
            address = next(iter(holdings)).role
            role = self.live.role(address)
            if role is None or holdings != held(address):
                return None
            declared[text_of(principal)] = role
        return declared

    def _declared(
        self,
        level: Level,
        lists: Iterable[tuple[str, Entries]],
        texts: Callable[[list[str]], Iterable[str]],
    ) -> dict[str, int] | None:
        """Return the holdings in *lists* by *texts*; None if one is not plain, or has a fault."""
        declared: dict[str, int] = {}
        names: dict[int, str] = {}
        count = 0
        for name, entries in lists:
            role = self._role(level, name)
            if role is None or names.setdefault(role, name) != name or not is_of_texts(entries):
                return None
            try:
                declared.update(zip(texts(entries), repeat(role)))
            except KeyError:
                return None
            count += len(entries)
        return declared if len(declared) == count else None

    def _role(self, level: Level, text: str) -> int | None:
        if (level, text) not in self._roles:
            role = self._names.role(text, level, NOWHERE)
            self._roles[level, text] = role and self.live.role(role)
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
