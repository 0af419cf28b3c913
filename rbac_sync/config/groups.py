"""Groups of people, and teams within teams: lists of principals, resolved before planning."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ..model import Address, Kind
from ..model import address as named
from ..model.address import label
from ..model.address_pattern import TextIndex
from ..named_tuples import NamedTuple
from .codes import is_advice
from .expiry import advise_on_end
from .holders import GROUP, TEAM, Entries, Holder, Term, name_of, teams_like, term_of
from .problems import TomlLocation
from .schema import GroupTable, PrincipalEntry, TeamTable
from .sources import Sources

if TYPE_CHECKING:
    from .resolve import NameResolver

MOST_LEVELS = 32
"""The deepest nesting of groups and teams: the resolution is recursive."""


class Context(NamedTuple):
    """A group or team, and with ``flat`` the teams in it stand for their members."""

    text: str
    flat: bool


class Groups:
    """The principals of groups and of teams within teams, each resolved once."""

    def __init__(self, sources: Sources, names: NameResolver) -> None:
        self.used: set[str] = set(sources.known.used)
        self._names = names
        self._sources = sources
        self._groups: dict[str, tuple[GroupTable, TomlLocation]] = sources.by_name("groups")
        self._teams: dict[str, tuple[TeamTable, TomlLocation]] = sources.by_name("teams")
        self._names_of_teams = TextIndex(self._teams.keys())
        self._resolved: dict[Context, list[Holder]] = {}
        self._open: list[Context] = []
        self._levels: dict[Context, int] = {}
        self._cycles: set[frozenset[str]] = set()

    def advise(self) -> None:
        """Add the problems of every group, and advice on those to which nothing refers."""
        used = frozenset(self.used)
        for name, (_, location) in self._groups.items():
            self._contents(f"{GROUP}{name}", location, flat=False)
            if f"{GROUP}{name}" not in used:
                message = f"nothing refers to `{GROUP}{name}`"
                self._names.problems.add("RS502", location.key, message, hint="delete it")

    def listed(
        self,
        entries: Entries,
        location: TomlLocation,
        *,
        flat: bool = False,
        but: str | None = None,
    ) -> list[Holder]:
        """Return each principal of the list at *location* once, ended terms too.

        The entry that names a principal itself overrides the entries of its groups.
        With *flat*, a team stands for its members. The entry *but* is left out.
        """
        own: dict[Address, Holder] = {}
        others: dict[Address, Holder] = {}
        self._names.expect(entries)
        for index, entry in enumerate(entries):
            here = location.at(index)
            for holder in self.expand(entry, here, flat=flat) if entry != but else ():
                if holder.through:
                    first = others.setdefault(holder.principal, holder)
                    self.refuse_other_term(holder, first, here)
                elif own.setdefault(holder.principal, holder) is not holder:
                    first = own[holder.principal]
                    self._names.problems.add_twice(name_of(entry), here, first.location)
        return [*own.values(), *(h for who, h in others.items() if who not in own)]

    def expand(
        self, entry: str | PrincipalEntry, location: TomlLocation, *, flat: bool = False
    ) -> Iterator[Holder]:
        """Yield the principals for which *entry* stands, ended terms too."""
        text, term = name_of(entry), term_of(entry)
        at_name = location if isinstance(entry, str) else location.at("who")
        if not self._is_possible(text, term, location):
            return
        if text.startswith(GROUP) or (flat and text.startswith(TEAM)):
            for inner in self._contents(text, at_name, flat=flat):
                through = (text, *inner.through)
                holder = inner._replace(term=inner.term.within(term), through=through)
                if self._has_time(holder, location):
                    yield holder
        elif principal := self._names.principal(text, at_name):
            yield Holder(principal, term, location)

    def holders(self, text: str, *, flat: bool) -> Iterator[Holder]:
        """Yield the principals of the resolved list *text*, with *text* first in ``through``."""
        for holder in self._resolved.get(Context(text, flat), ()):
            yield holder._replace(through=(text, *holder.through))

    def members(self, team: str, location: TomlLocation) -> list[Holder]:
        """Return the people and service accounts of the declared *team* at *location*."""
        return self._contents(f"{TEAM}{team}", location, flat=True)

    def refuse_other_term(self, holder: Holder, first: Holder, location: TomlLocation) -> None:
        """Add a problem if two groups hold one principal for different times."""
        if holder.term[:2] != first.term[:2]:
            who = label(holder.principal)
            groups = f"`{first.through[0]}` and `{holder.through[0]}`"
            message = f"`{who}` is in {groups} for different times"
            hint = f"list `{who}` itself, with the time that holds"
            second = (first.location, "listed here too")
            self._names.problems.add("RS320", location, message, hint=hint, second=second)

    def _contents(self, text: str, location: TomlLocation, *, flat: bool) -> list[Holder]:
        """Return the principals of the group or team *text*, which *location* names."""
        self.used.add(text)
        context = Context(text, flat)
        if context in self._open:
            self._refuse_cycle(context, location)
        elif len(self._open) + self._levels.get(context, 1) > MOST_LEVELS:
            message = f"groups and teams nest more than {MOST_LEVELS} levels here"
            hint = "list the people of the inner ones"
            self._names.problems.add("RS324", location, message, hint=hint)
        else:
            if context not in self._resolved:
                self._open.append(context)
                self._levels[context] = 1
                self._resolved[context] = self._resolve(context, location)
                self._open.pop()
            if self._open:
                outer = self._open[-1]
                self._levels[outer] = max(self._levels[outer], self._levels[context] + 1)
        return self._resolved.get(context, [])

    def _resolve(self, context: Context, location: TomlLocation) -> list[Holder]:
        name = context.text.partition(":")[2]
        if context.text.startswith(TEAM):
            return self._team(name, location)
        if name in self._groups:
            return self._group(name, flat=context.flat)
        self._refuse_unknown(name, location)
        return []

    def _team(self, name: str, location: TomlLocation) -> list[Holder]:
        """Return the declared members of a team; add a problem if they are not declared."""
        if name in self._teams:
            table, at = self._teams[name]
            if table.members is not None:
                return self.listed(table.members, at.at("members"), flat=True)
        if not self._sources.problems and self._names.principal(f"{TEAM}{name}", location):
            message = f"the members of `{TEAM}{name}` are not declared"
            hint = f"write `members` under `[teams.{name}]`"
            self._names.problems.add("RS204", location, message, hint=hint)
        return []

    def _group(self, name: str, *, flat: bool) -> list[Holder]:
        table, location = self._groups[name]
        text = table.all_ or ""
        everybody = self._everybody(text, location.at("all")) if text else ()
        holders = {h.principal: h._replace(through=(text, *h.through)) for h in everybody}
        listed = self.listed(table.members, location.at("members"), flat=flat)
        holders |= {holder.principal: holder for holder in listed}
        self._leave_out(table, holders, location.at("except"), flat=flat)
        if not (holders or table.allow_empty or self._is_faulty()):
            hint = "list its members, or write `allow_empty = true`"
            message = f"`{GROUP}{name}` has no members"
            self._names.problems.add("RS319", location.key, message, hint=hint)
        return list(holders.values())

    def _leave_out(
        self,
        table: GroupTable,
        holders: dict[Address, Holder],
        location: TomlLocation,
        *,
        flat: bool,
    ) -> None:
        """Remove the principals of ``except`` from *holders*; add a problem where none is removed.

        ``all`` names people, so that a team beside it is left out with its people.

        *Why* a problem: a principal that is not removed keeps the access of the group.
        """
        everybody = frozenset(holders)
        forms = {flat, flat or table.all_ is not None}
        left_out: list[set[Address]] = []
        for index, text in enumerate(table.except_):
            here = location.at(index)
            expanded = (holder for form in forms for holder in self.expand(text, here, flat=form))
            excepted = {holder.principal for holder in expanded}
            for principal in excepted & holders.keys():
                del holders[principal]
            is_in_vain = excepted and excepted.isdisjoint(everybody)
            if is_in_vain and not self._sources.problems:
                message, hint = f"`{text}` is not in the group", "take it out of `except`"
                self._names.problems.add("RS318", here, message, hint=hint)
            left_out.append(excepted)
        for index, text in enumerate(table.except_):
            self._refuse_within_teams(text, left_out[index], holders, location.at(index))

    def _refuse_within_teams(
        self, text: str, excepted: set[Address], holders: Iterable[Address], location: TomlLocation
    ) -> None:
        """Add a problem if one of *excepted* is a member of a team among *holders*."""
        teams = (h for h in holders if h.kind is Kind.TEAM and h.key in self._teams)
        for team in teams:
            members = self._contents(label(team), location, flat=True)
            if not excepted.isdisjoint(holder.principal for holder in members):
                message = f"`{text}` stays in the group through `{label(team)}`"
                hint = f'list the people of the team instead: `all = "{label(team)}"`'
                self._names.problems.add("RS318", location, message, hint=hint)

    def _is_faulty(self) -> bool:
        """Say whether there are errors that may have made a group empty."""
        problems = (*self._sources.problems, *self._names.problems.diagnostics)
        return not all(is_advice(problem.code) for problem in problems)

    def _everybody(self, text: str, location: TomlLocation) -> Iterator[Holder]:
        """Yield the principals of ``all``: members, service accounts, or the people of teams."""
        if text == "service_accounts":
            for of_bot, name, _ in self._sources.named("service_accounts"):
                yield Holder(named.service_account(name), Term(), of_bot.key)
        elif text == "members":
            for of_role, _, entries in self._sources.named("members"):
                for holder in self.listed(entries, of_role):
                    is_over = holder.term.is_over(self._names.now)
                    if holder.principal.kind is Kind.USER and not is_over:
                        yield holder._replace(term=Term())
        elif teams := teams_like(text, self._names_of_teams):
            yield from self.listed(teams, location, flat=True)
        elif not self._sources.problems:
            message, hint = f"no team matches `{text}`", "`*` stands for any letters"
            self._names.problems.add("RS204", location, message, hint=hint)

    def _is_possible(self, text: str, term: Term, location: TomlLocation) -> bool:
        """Say whether *term* begins before it ends; add a problem if not, and advice on its end."""
        now, problems = self._names.now, self._names.problems
        if not term.is_possible:
            message, hint = "`until` is not later than `from`", "swap them, or delete the entry"
            second = (location.at("from"), "begins here")
            problems.add("RS305", location.at("until"), message, hint=hint, second=second)
        elif term.is_over(now):
            message = f"`{text}` has no access by this entry any more: it has ended"
            problems.add("RS501", location.at("until"), message, hint="delete the entry")
        elif term.until:
            advise_on_end(f"the time of `{text}`", term.until, location.at("until"), self._names)
        return term.is_possible

    def _has_time(self, holder: Holder, location: TomlLocation) -> bool:
        """Say whether the terms that lead to *holder* overlap; add a problem if not."""
        if not holder.term.is_possible:
            who, group = label(holder.principal), holder.through[0]
            message = f"`{who}` is in `{group}` at no time of this entry"
            hint = "take the time out of one of the two"
            second = (holder.location, "in the group for this time")
            self._names.problems.add("RS305", location, message, hint=hint, second=second)
        return holder.term.is_possible

    def _refuse_cycle(self, context: Context, location: TomlLocation) -> None:
        texts = [outer.text for outer in self._open[self._open.index(context) :]]
        if frozenset(texts) in self._cycles:
            return
        self._cycles.add(frozenset(texts))
        way = " -> ".join((*texts, context.text))
        message, hint = f"`{context.text}` contains itself: {way}", "take it out in one place"
        if "all" in location.path[-2:]:
            hint = f"let `all` be like other teams alone, or declare `{context.text}` as a group"
        self._names.problems.add("RS317", location, message, hint=hint)

    def _refuse_unknown(self, name: str, location: TomlLocation) -> None:
        declared = self._names.declared("groups")
        if name not in declared:
            hint = self._names.problems.suggest(name, declared) or f"declare `[groups.{name}]`"
            self._names.problems.add("RS210", location, f"unknown group `{name}`", hint=hint)
