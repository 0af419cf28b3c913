"""Plans that do not read workspaces which an earlier plan found to be as declared.

Such a plan does not parse unchanged files that declare only workspaces, and does not read the
access there, if the account's trail has no change there since. Everything else is read, compared
and judged as usual. If the result may differ from a full plan, everything is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cached_property
from hashlib import sha256
from itertools import chain
from pathlib import Path

from .. import config
from ..backends.interface import Backend, RecordedSession, Session
from ..config.expiry import SOON
from ..config.holders import GROUP, name_of
from ..config.known_files import ATTRIBUTES, KnownFile, KnownFiles, can_be_known, digest, is_local
from ..config.problems import File, Problems
from ..config.text_rules import is_of_texts
from ..config.workspace_tables import read_workspaces
from ..errors import RbacSyncError
from ..guard import GuardContext
from ..model import (
    ACCOUNT,
    WHOLE,
    Address,
    Catalogue,
    Declaration,
    Holding,
    Holdings,
    Instant,
    Key,
    Membership,
    State,
    Team,
    User,
    Workspace,
)
from ..model import address as named
from ..model.address import bound
from ..model.instant import earlier
from ..model.plain import canonical
from ..planning import Plan
from ..planning.extent import extent_of_tests
from ..planning.planfile import SavedPlan
from .configuration import WAIT, Configuration, RunOptions, load, load_root, of_sources
from .plan import Review, applier_for, judge_part, review
from .plan_cache import MOST_AGE, PlanCache, advice_digest, cache_path, read_cache, write_cache

FEWEST = 50
"""With fewer files than these that could be passed over, no cache is written: it saves no time."""

OF_ALL_FILES = frozenset({"RS518", "RS519", "RS520"})
"""Codes of advice that follows from many files together."""


@dataclass(frozen=True)
class CachedPlanner:
    """A maker of plans for the configuration of one account in ``folder``.

    ``backend`` and ``options`` make the backend and the options of the run from a configuration
    that may lack workspaces. ``api_key`` signs the cache.
    """

    folder: Path
    url: str
    api_key: str = field(repr=False)
    backend: Callable[[Configuration], Backend]
    options: Callable[[Configuration], RunOptions]

    def plan(self) -> tuple[Configuration, Review]:
        """Return the configuration and the plan, and write the cache for the next one.

        Raises:
            RbacSyncError: the plan cannot be made.
        """
        return self._of_a_part() or self._of_everything()

    @cached_property
    def _path(self) -> Path:
        return cache_path(self.folder, self.url)

    def _of_everything(self) -> tuple[Configuration, Review]:
        configuration = load(self.folder, self.url)
        options, backend = self.options(configuration), self.backend(configuration)
        with backend.open() as session:
            result = review(configuration, session, options)
            finding = _Finding(configuration, session, result, options)
            write_cache(self._path, finding.cache(None), self.api_key)
        return configuration, result

    def _of_a_part(self) -> tuple[Configuration, Review] | None:
        """Return the plan without the cached workspaces; None if it depends on them."""
        cache = read_cache(self._path, self.api_key)
        if cache is None:
            return None
        try:
            root = load_root(self.folder, self.url)
            with self.backend(root).open() as session:
                if not isinstance(session, RecordedSession) or not _is_of(cache, session):
                    return None
                return self._without_change(cache, root, session) or self._with(cache, session)
        except (RbacSyncError, OSError):  # the full plan reports the error
            return None

    def _without_change(
        self, cache: PlanCache, root: Configuration, session: Session
    ) -> tuple[Configuration, Review] | None:
        """Return the cached plan if nothing has changed since it and it had nothing to report.

        None if something may have changed.
        """
        assert isinstance(session, RecordedSession), "as has been asked"
        if not cache.settled or session.moment() != cache.moment:
            return None
        try:
            options = self.options(root)
        except RbacSyncError:  # an option may name a person whom another file declares
            return None
        files, applier = config.file_digests(self.folder), applier_for(session, options)
        if files is None or _settled_digest(files, applier, options) != cache.settled:
            return None
        live = State.of_rows((), {ACCOUNT: {applier: session.state().holdings(applier, ACCOUNT)}})
        now, plan = session.now(), Plan(live, ())
        whole = _WholeConfiguration(self, files, session.catalogue, now)
        return root, Review(
            plan,
            [],
            GuardContext(plan, session.catalogue, applier, now, horizon=WHOLE),
            Declaration(plan.live),
            SavedPlan(session.target, whole, now, (), {}),
            passed_over=None,
            passed_over_since=cache.since,
        )

    def _with(self, cache: PlanCache, session: Session) -> tuple[Configuration, Review] | None:
        known = _known(cache, session)
        if known is None:
            return None
        sources = config.read(self.folder, known)
        configuration = of_sources(sources, self.folder, self.url, WAIT, None)
        if not known.met or digests(_others(configuration)) != cache.others:
            return None
        scopes = frozenset(_scopes(cache.files[name] for name in known.met))
        options = self.options(configuration)
        result = judge_part(configuration, session, options, scopes)
        if result is None:
            return None
        finding = _Finding(configuration, session, result, options)
        if not finding.is_like(cache):
            return None
        later = finding.cache(cache)
        if later != cache:
            write_cache(self._path, later, self.api_key)
        files = _planned_digests(configuration)
        whole = _WholeConfiguration(self, files, session.catalogue, session.now())
        return configuration, replace(
            result,
            context=replace(result.context, horizon=WHOLE),
            saved=replace(result.saved, configuration=whole),
            passed_over=len(scopes),
            passed_over_since=cache.since,
        )


def _is_of(cache: PlanCache, session: Session) -> bool:
    """Say whether *cache* is of the account of *session*, and of a time not long ago."""
    return session.target == cache.target and cache.holds_at(session.now())


def _known(cache: PlanCache, session: Session) -> KnownFiles | None:
    """Return the files of *cache* whose workspaces have not changed since; None if unknown.

    *Why* the trail answers it: each change of an account is on record in the transaction that
    makes it, under the lock, and `audit verify` compares the record with the rows.
    """
    assert isinstance(session, RecordedSession), "as has been asked"
    changed = session.changed_since(cache.moment)
    if changed is None:
        return None
    files = {n: file for n, file in cache.files.items() if changed.isdisjoint(_scopes([file]))}
    return KnownFiles(files, cache.references)


def _scopes(files: Iterable[KnownFile]) -> Iterator[Address]:
    for file in files:
        yield from map(named.workspace, file.workspaces)


def _others(configuration: Configuration) -> list[File]:
    """Return the files that declare anything but workspaces."""
    return [file for file in configuration.sources.files if not is_local(file)]


def digests(files: Iterable[File]) -> dict[str, str]:
    """Return the digest of each of *files* by name."""
    return {file.name: digest(file) for file in files}


def _planned_digests(configuration: Configuration) -> dict[str, str]:
    """Return the digest of each file as it was read, by name."""
    known = configuration.sources.known
    parsed = (file for file in configuration.sources.files if file.name not in known.met)
    return {**digests(parsed), **{name: known.files[name].digest for name in known.met}}


def _settled_digest(files: Mapping[str, str], applier: Address | None, options: RunOptions) -> str:
    """Return the digest of *files* and of the applier; empty if there is an author, too."""
    if options.author is not None or options.token:
        return ""
    text = canonical([files, str(applier), options.simulated is not None])
    return sha256(text.encode()).hexdigest()


def live_instants(state: State) -> Iterator[Instant]:
    """Yield each instant at which something in *state* begins or ends."""
    held: set[Holdings] = set().union(*(state.row(scope).values() for scope in state.scopes()))
    members = chain.from_iterable(team.members for team in state.of(Team).values())
    timed: Iterator[Holding | Membership] = chain(chain.from_iterable(held), members)
    for each in timed:
        yield from filter(None, (each.since, each.until))
    yield from filter(None, (key.until for key in state.of(Key).values()))
    yield from filter(None, (user.expires for user in state.of(User).values()))


def _dates(value: object) -> Iterator[Instant]:
    """Yield each date that is written in a table."""
    if isinstance(value, datetime):
        yield value if value.tzinfo else value.replace(tzinfo=UTC)
    elif isinstance(value, date):
        yield datetime(value.year, value.month, value.day, tzinfo=UTC)
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _dates(inner)
    elif isinstance(value, list) and not is_of_texts(value):
        for inner in value:
            yield from _dates(inner)


@dataclass(frozen=True)
class _Finding:
    """A plan, and the facts about the files of its configuration that a cache holds."""

    configuration: Configuration
    session: Session
    review: Review
    options: RunOptions

    @property
    def _declaration(self) -> Declaration:
        return self.review.declaration

    def is_like(self, cache: PlanCache) -> bool:
        """Say whether the plan of a part equals the full plan, by the facts in *cache*."""
        return self._can_be_kept and self._advice == cache.advice

    def cache(self, before: PlanCache | None) -> PlanCache | None:
        """Return the cache for the next plan, with the parts of *before* that this plan used.

        None if a cache is not worth it, or not possible.
        """
        if not self._can_be_kept:
            return None
        session, sources = self.session, self.configuration.sources
        assert isinstance(session, RecordedSession), "as has been asked"
        files = {file.name: self._known(file) for file in sources.files if self._holds(file)}
        references = self._references(files)
        if before:
            met = sources.known.met
            files |= {name: before.files[name] for name in met}
            references |= {name: f for name, f in before.references.items() if f in met}
        moment, since = session.moment(), before.since if before else session.now()
        if len(files) < FEWEST:
            return None
        return PlanCache(
            session.target,
            moment,
            since,
            self._next_instant,
            digests(_others(self.configuration)),
            files,
            references,
            self._advice,
            self._settled,
        )

    @property
    def _settled(self) -> str:
        """The digest of all files and of the applier; empty if the plan has anything to report."""
        result, options = self.review, self.options
        nothing = Plan(result.plan.live, ())
        is_silent = result.plan == nothing and not (result.findings or result.advice)
        is_tested = bool(self._declaration.expectations)  # which some reports list
        if not is_silent or is_tested or self._is_near_an_instant:
            return ""
        files = _planned_digests(self.configuration)
        return _settled_digest(files, result.context.applier, options)

    @property
    def _is_near_an_instant(self) -> bool:
        """True if a plan may soon differ only because a term begins or ends."""
        now, margin = self.session.now(), 2 * MOST_AGE
        instants = chain(live_instants(self.review.plan.live), *map(_dates, self._trees))
        return any(now - margin < each < now + SOON + margin for each in instants)

    @property
    def _trees(self) -> Iterator[Mapping[str, object]]:
        return (file.tree for file in self.configuration.sources.files)

    @cached_property
    def _can_be_kept(self) -> bool:
        """True if nothing in the plan depends on workspaces beyond those that it names."""
        declaration, sources, plan = self._declaration, self.configuration.sources, self.review.plan
        is_of_one_account = not any(file.document.accounts for file in sources.files)
        return (
            isinstance(self.session, RecordedSession)
            and is_of_one_account
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
            (each.place.file if each.place else "", each) for each in self._declaration.advice
        )
        return advice_digest(each for file, each in advice if file not in local)

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
        if not is_parsed or file.name in self._advised or not can_be_known(file):
            return False
        return all(self._is_live(named.workspace(handle)) for handle in file.document.workspaces)

    def _is_live(self, scope: Address) -> bool:
        desired, live = self._declaration.desired.row(scope), self.review.plan.live.row(scope)
        is_same = desired is live or desired == live
        return is_same and scope not in self._changing and _next_instant(desired.values()) is None

    def _known(self, file: File) -> KnownFile:
        scopes = map(named.workspace, file.document.workspaces)
        return KnownFile(digest(file), {scope.key: self._attributes(scope) for scope in scopes})

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
        for settings in read_workspaces(sources, Problems()):
            file = settings.location.file.name
            for holders in settings.access or () if file in files else ():
                for text in map(name_of, holders.entries):
                    if text in people or text.startswith(GROUP):
                        references.setdefault(text, file)
        return references

    @property
    def _next_instant(self) -> Instant | None:
        """The next instant at which an account role begins or ends."""
        return _next_instant(self._declaration.desired.row(ACCOUNT).values(), self.session.now())


def _next_instant(held: Iterable[Holdings], now: Instant | None = None) -> Instant | None:
    """Return the first instant, after *now* if given, at which one of *held* begins or ends."""
    first: Instant | None = None
    for holding in (holding for holdings in set(held) for holding in holdings):
        for instant in (holding.since, holding.until):
            if instant and (now is None or instant > now):
                first = earlier(first, instant)
    return first


@dataclass(frozen=True)
class _WholeConfiguration:
    """The whole configuration of ``files`` (by digest), of which a plan has read a part.

    Its own digest is computed on first use.

    *Why*: that needs all declarations, and most plans are only printed.
    """

    planner: CachedPlanner
    files: Mapping[str, str]
    catalogue: Catalogue
    now: Instant

    @cached_property
    def digest(self) -> str:
        """The digest of the meaning of the whole configuration.

        Raises:
            RbacSyncError: its files have changed since the plan.
        """
        whole = load(self.planner.folder, self.planner.url)
        if digests(whole.sources.files) != self.files:
            raise RbacSyncError("a file changed while it was planned", hint="plan again")
        return whole.declaration(self.catalogue, self.now).digest
