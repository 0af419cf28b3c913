"""The content of the plan cache: what a plan found to be as declared, for the next plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from hashlib import sha256
from itertools import chain
from typing import TYPE_CHECKING

from ..config import Sources
from ..config.expiry import SOON
from ..config.holders import GROUP, Entries, name_of
from ..config.known_files import (
    ATTRIBUTES,
    MEMBERS,
    SECTION,
    KnownFile,
    can_be_known,
    digest,
    is_local,
    lists_members,
)
from ..config.problems import File, Problems
from ..config.workspace_tables import read_workspaces
from ..dataclasses import dataclass
from ..model import (
    ACCOUNT,
    Address,
    Declaration,
    Instant,
    ObjectAccess,
    User,
    Workspace,
)
from ..model import address as named
from ..model.address import bound
from ..model.plain import canonical
from ..planning import Plan
from ..planning.extent import extent_of_tests
from .configuration import Configuration
from .instants import dates, live_instants, next_instant
from .plan_cache import MOST_AGE, PlanCache, settled_digest
from .review import Review
from .run_options import RunOptions

if TYPE_CHECKING:
    from ..backends.interface import Session

FEWEST = 50
"""With fewer files than these to pass over, only a plan that had nothing to report is kept."""

PLANNED = frozenset({MEMBERS, "roles", "service_accounts", "teams"})
"""Tables of which a file of workspaces uses the names alone."""

OF_ALL_FILES = frozenset({"RS518", "RS519", "RS520"})
"""Codes of advice that follows from many files together."""


def others(configuration: Configuration) -> dict[str, str]:
    """Return the digest of each file on which the meaning of files of workspaces depends, by name.

    A plan shows each change of a table in ``PLANNED``, so that these can be left out, unless a
    group has all members of such a table.
    """
    sources = configuration.sources
    groups = (table for _, _, table in sources.named("groups"))
    left_out = {SECTION} if any(table.all_ for table in groups) else {SECTION, *PLANNED}
    return {
        file.name: sources.known.digest(file)
        for file in sources.files
        if not file.tree.keys() <= left_out
    }


def members(sources: Sources) -> str:
    """Return the digest of the files that list members, and of the service accounts' names.

    A service account that is on no list holds the account role of new ones.
    """
    files = {f.name: sources.known.digest(f) for f in sources.files if MEMBERS in f.tree}
    bots = sorted(name for _, name in sources.written("service_accounts"))
    return sha256(canonical([files, bots]).encode()).hexdigest()


@dataclass(frozen=True)
class CacheContent:
    """The content of the cache of a plan: the facts about the files that were as declared."""

    configuration: Configuration
    session: Session
    review: Review
    options: RunOptions

    @property
    def _declaration(self) -> Declaration:
        return self.review.declaration

    def is_like(self, cache: PlanCache) -> bool:
        """Say whether the plan of a part equals the full plan, by the facts in *cache*."""
        return self.can_be_kept and self._advice == cache.advice

    def cache(self, before: PlanCache | None) -> PlanCache | None:
        """Return the cache for the next plan, with the parts of *before* that this plan used.

        None if a cache is not worth it, or not possible.
        """
        session, sources = self.session.recorded_session, self.configuration.sources
        if session is None or not self.can_be_kept:
            return None
        files = {file.name: self._known(file) for file in sources.files if self._holds(file)}
        references = self._references(files)
        known = sources.known
        met = {name: known.files[name] for name in known.met}
        files |= {n: file for n, file in met.items() if self._has_people or not file.members}
        references |= {name: file for name, file in known.references.items() if file in known.met}
        moment, since = session.moment(), before.since if before else session.now()
        settled = self._settled
        if len(files) < FEWEST:
            files, references = {}, {}
            if not settled:
                return None
        return PlanCache(
            target=session.target,
            moment=moment,
            since=since,
            until=self._next_instant,
            others=others(self.configuration),
            members=members(sources) if self._has_people else "",
            files=files,
            references=references,
            advice=self._advice,
            settled=settled,
        )

    @property
    def _settled(self) -> str:
        """The digest of all files and of the applier; empty if the plan has anything to report.

        Also empty if an access list is open to everyone: no row says so, and none is on record
        when the object is deleted.
        """
        result, options, declaration = self.review, self.options, self._declaration
        nothing = Plan(result.plan.live, ())
        is_silent = result.plan == nothing and not (result.findings or result.advice)
        is_tested = bool(declaration.expectations)  # which some reports list
        has_open = any(listed.is_open for listed in declaration.desired.of(ObjectAccess).values())
        if not is_silent or is_tested or has_open or self._is_near_an_instant:
            return ""
        files = self.configuration.sources.digests
        return settled_digest(files, result.context.applier, options)

    @property
    def _is_near_an_instant(self) -> bool:
        """True if a plan may soon differ only because a term begins or ends."""
        now, margin, live = self.session.now(), 2 * MOST_AGE, self.review.plan.live
        people = () if self._has_people else live.of(User).values()
        scopes = {*live.scopes()} - ({ACCOUNT} if self._has_people else set())
        trees = (file.tree for file in self.configuration.sources.files)
        instants = chain(live_instants(live, scopes, people), *map(dates, trees))
        return any(now - margin < each < now + SOON + margin for each in instants)

    @cached_property
    def can_be_kept(self) -> bool:
        """True if nothing in the plan depends on workspaces beyond those that it names."""
        declaration, sources, plan = self._declaration, self.configuration.sources, self.review.plan
        is_of_one_account = not any(file.document.accounts for file in sources.files)
        return (
            is_of_one_account
            and not (declaration.ignored or declaration.former)
            and extent_of_tests(declaration) is not None
            and not (plan.unknown or plan.absent or self.review.unsettled)
            and not any(each.code in OF_ALL_FILES for each in declaration.advice)
        )

    @cached_property
    def _advice(self) -> str:
        """The digest of the advice that is not on a file which declares workspaces alone."""
        local = {file.name for file in self.configuration.sources.files if is_local(file)}
        advice = (
            repr(each)
            for each in self._declaration.advice
            if (each.place.file if each.place else "") not in local
        )
        return sha256("\n".join(advice).encode()).hexdigest()

    @cached_property
    def _advised(self) -> frozenset[str]:
        advice = self._declaration.advice
        places = (place for each in advice for place in (each.place, each.second) if place)
        return frozenset(place.file for place in places)

    @cached_property
    def _changing(self) -> frozenset[Address]:
        """The workspaces that tests name, or in which something has ended."""
        ended = (pair for address in self._declaration.ended for pair in bound(address))
        tested = extent_of_tests(self._declaration) or frozenset()
        return tested | {scope for _, scope in ended}

    def _holds(self, file: File) -> bool:
        """Say whether everything that *file* declares is live and has no end."""
        is_parsed = file.name not in self.configuration.sources.known.met
        if not is_parsed or file.name in self._advised:
            return False
        if lists_members(file):
            return self._has_people and not self._lists_everybody
        scopes = map(named.workspace, file.document.workspaces)
        return can_be_known(file) and all(map(self._is_live, scopes))

    @cached_property
    def _has_people(self) -> bool:
        """True if the live users and account roles are the declared ones, and none has an end."""
        if self._declaration.changed_people is not None:
            return not self._declaration.changed_people
        desired, live = self._declaration.desired.of(User), self.review.plan.live.of(User)
        return desired == live and self._is_live(ACCOUNT)

    @property
    def _lists_everybody(self) -> bool:
        """True if a group has all members of the account."""
        groups = (table for _, _, table in self.configuration.sources.named("groups"))
        return any(table.all_ == MEMBERS for table in groups)

    def _is_live(self, scope: Address) -> bool:
        desired, live = self._declaration.desired.row(scope), self.review.plan.live.row(scope)
        is_same = desired is live or desired == live
        return is_same and scope not in self._changing and next_instant(desired.values()) is None

    def _known(self, file: File) -> KnownFile:
        scopes = map(named.workspace, file.document.workspaces)
        tables = {scope.key: self._attributes(scope) for scope in scopes}
        return KnownFile(digest(file), tables, tuple(file.document.members))

    def _attributes(self, scope: Address) -> Mapping[str, str | bool]:
        workspace, silent = self._declaration.desired.get(scope), self._declaration.unstated
        assert isinstance(workspace, Workspace), "what a file declares is desired"
        written = (name for name in ATTRIBUTES if name not in silent.get(scope, ()))
        return {name: getattr(workspace, name) for name in written}

    def _references(self, files: Mapping[str, KnownFile]) -> dict[str, str]:
        """Return, for each short name and group that *files* refer to, one of the files."""
        sources, references = self.configuration.sources, dict[str, str]()
        people = sources.people
        if not people and not any(True for _ in sources.named("groups")):
            return references
        for file, entries in self._lists():
            for text in map(name_of, entries) if file in files else ():
                if text in people or text.startswith(GROUP):
                    references.setdefault(text, file)
        return references

    def _lists(self) -> Iterator[tuple[str, Entries]]:
        """Yield the entries of each list of members, and of each role in a workspace, by file."""
        sources = self.configuration.sources
        for location, _, entries in sources.parsed(MEMBERS):
            yield location.file.name, entries
        for settings in read_workspaces(sources, Problems()):
            for holders in settings.access or ():
                yield settings.location.file.name, holders.entries

    @property
    def _next_instant(self) -> Instant | None:
        """The next instant at which an account role begins or ends."""
        if self._declaration.changed_people is not None or self._has_people:
            return None
        return next_instant(self._declaration.desired.row(ACCOUNT).values(), self.session.now())
