"""Plans that hold nothing of what is as declared: files of workspaces, their access, people.

An earlier plan has found it, the files are unchanged, and the account's trail has no change
there since: then it is neither parsed nor read. Otherwise each file is compared with what is live
while the files are read, and dropped if it is equal. Everything else is compared and judged as
usual. If the result may differ from a full plan, everything is read, and held, again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from .. import config
from ..backends.interface import Backend, RecordedSession, Session
from ..config import Sources
from ..config.known_files import KnownFile, KnownFiles
from ..dataclasses import dataclass, field, replace
from ..errors import RbacSyncError
from ..guard import GuardContext
from ..model import ACCOUNT, WHOLE, Address, Catalogue, Declaration, Instant, Manage, State
from ..model import address as named
from ..model.kind import SUBJECTS
from ..planning import Plan
from ..planning.extent import Extent, extent_of_declaration, extent_on_record
from ..planning.planfile import SavedPlan
from .cache_content import CacheContent, digests, members, others, planned_digests, settled_digest
from .configuration import Configuration, RunOptions, load, load_root, of_sources
from .plan import Planning, Review
from .plan_cache import PlanCache, cache_path, read_cache, write_cache

if TYPE_CHECKING:
    from ..config.file_comparison import FileComparison


@dataclass(frozen=True)
class CachedPlanner:
    """A maker of plans for the configuration of one account in ``folder``.

    ``backend`` and ``options`` make the backend and the options of the run from a configuration
    that may lack workspaces and people. ``api_key`` signs the cache. ``keep_open`` is given what
    has to stay open as long as the plan is used. Without ``uses_cache`` there is no cache.
    """

    folder: Path
    url: str
    api_key: str = field(repr=False)
    backend: Callable[[Configuration], Backend]
    options: Callable[[Configuration], RunOptions]
    keep_open: Callable[[AbstractContextManager[object]], object]
    uses_cache: bool = True

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
        options = self.options(configuration)  # a faulty one needs no account to be told
        with self.backend(configuration).open() as session:
            return configuration, self._reviewed(configuration, session, options)

    def _reviewed(
        self, configuration: Configuration, session: Session, options: RunOptions
    ) -> Review:
        """Return the plan of the whole *configuration*, and write the cache."""
        result = Planning(configuration, session, options).review()
        self._keep(CacheContent(configuration, session, result, options).cache(None))
        return result

    def _keep(self, cache: PlanCache | None) -> None:
        if self.uses_cache:
            write_cache(self._path, cache, self.api_key)

    def _of_a_part(self) -> tuple[Configuration, Review] | None:
        """Return the plan without what is known to be as declared; None if it depends on that."""
        try:
            root = load_root(self.folder, self.url)
            if root.settings.type != "store":  # to open it may take requests, for nothing
                return None
            with ExitStack() as stack:
                session = stack.enter_context(self.backend(root).open()).recorded_session
                if session is None:
                    return None
                cache = read_cache(self._path, self.api_key) if self.uses_cache else None
                if cache is None or not cache.is_of(session.target, session.now()):
                    result = self._compared(session)
                else:
                    result = self._without_change(cache, root, session) or self._with(
                        cache, session
                    )
                if result is not None:
                    self.keep_open(stack.pop_all())  # the plan reads people when it needs them
                return result
        except (RbacSyncError, OSError):  # the full plan reports the error
            return None

    def _compared(self, session: RecordedSession) -> tuple[Configuration, Review] | None:
        """Return the plan without the files that are found to be as declared while they are read.

        None if it depends on them.
        """
        known = KnownFiles(comparison=partial(_comparison, session))
        sources = config.read(self.folder, known)
        configuration = of_sources(sources, self.folder, self.url)
        if not known.met:
            options = self.options(configuration)
            return configuration, self._reviewed(configuration, session, options)
        content = self._content(configuration, session)
        if content is None or not content.can_be_kept:
            return None
        self._keep(content.cache(None))
        return content.configuration, self._as_whole(content)

    def _without_change(
        self, cache: PlanCache, root: Configuration, session: RecordedSession
    ) -> tuple[Configuration, Review] | None:
        """Return the cached plan if nothing has changed since it and it had nothing to report.

        None if something may have changed.
        """
        if not cache.settled or session.moment() != cache.moment:
            return None
        try:
            options = self.options(root)
        except RbacSyncError:  # an option may name a person whom another file declares
            return None
        applier = Planning(root, session, options).applier()
        files = config.file_digests(self.folder)
        if files is None or settled_digest(files, applier, options) != cache.settled:
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

    def _with(
        self, cache: PlanCache, session: RecordedSession
    ) -> tuple[Configuration, Review] | None:
        known = _known(cache, session)
        if known is None:
            return None
        sources = config.read(self.folder, known)
        if members(sources) != cache.members:
            sources = _with_changed_members(sources, session)
        configuration = of_sources(sources, self.folder, self.url)
        if not sources.known.met or others(configuration) != cache.others:
            return None
        content = self._content(configuration, session)
        if content is None or not content.is_like(cache):
            return None
        later = content.cache(cache)
        if later != cache:
            self._keep(later)
        return content.configuration, replace(
            self._as_whole(content),
            passed_over=len(_known_scopes(content.configuration)),
            passed_over_since=cache.since,
        )

    def _content(
        self, configuration: Configuration, session: RecordedSession
    ) -> CacheContent | None:
        """Return the plan without what is known, for a cache; None if it depends on that.

        Known files of workspaces on which it depends are parsed, and the plan is made again.
        """
        while True:
            options, known = self.options(configuration), configuration.sources.known
            planning = Planning(configuration, session, options)
            result = _judged_part(planning, session, _known_scopes(configuration))
            if result is None:
                return None
            if isinstance(result, Review):
                return CacheContent(configuration, session, result, options)
            needed = {n for n in known.met if not result.isdisjoint(_scopes([known.files[n]]))}
            sources = configuration.sources.parsed_again(needed, known.people)
            configuration = replace(configuration, sources=sources)

    def _as_whole(self, content: CacheContent) -> Review:
        """Return the plan of a part as that of everything, which it equals."""
        session, result = content.session, content.review
        files = planned_digests(content.configuration)
        whole = _WholeConfiguration(self, files, session.catalogue, session.now())
        return replace(
            result,
            context=replace(result.context, horizon=WHOLE),
            saved=replace(result.saved, configuration=whole),
        )


def _judged_part(
    planning: Planning, session: RecordedSession, known: frozenset[Address]
) -> Review | Extent:
    """Return the plan and the judgement without the access in *known* workspaces.

    If the plan depends on some of *known*, return these alone; None if it may depend on all.
    *session* is that of *planning*.
    """
    declaration = planning.configuration.declaration_for(session)
    extent = extent_of_declaration(declaration, planning.options.selection)
    if extent is None:
        return None
    session.pass_over(known)
    session.restrict(extent - known)
    declaration, plan = planning.planned(declaration)
    steps, scopes_of = (*plan.changes, *plan.deferred), session.live_holdings.scopes
    places = extent_on_record(steps, plan.live, scopes_of)
    if places is None or plan.unknown:
        return None
    if needed := known & places.union(scopes_of(_left_out(declaration, plan))):
        return needed
    result = planning.judged(declaration, plan)
    return None if result.findings else result


def _left_out(declaration: Declaration, plan: Plan) -> list[Address]:
    """Return the undeclared principals that stay though their kind is managed whole.

    *Why*: a file that names one of them has a fault.
    """
    subjects = ((who, SUBJECTS.get(who.kind)) for who in plan.unmanaged)
    return [who for who, of in subjects if of and declaration.reach(of) is Manage.ALL]


def _comparison(session: RecordedSession) -> FileComparison:
    from ..config.file_comparison import FileComparison

    live, people = session.live_holdings, session.people
    return FileComparison(live, people, session.catalogue, session.now())


def _with_changed_members(sources: Sources, session: RecordedSession) -> Sources:
    """Return *sources* with their members compared anew, or parsed if that is not possible."""
    known = sources.known
    names = {name for name in known.met if known.files[name].members}
    parsed = sources.parsed_again(names, people=None)
    return _comparison(session).begin(parsed) or parsed


def _known(cache: PlanCache, session: RecordedSession) -> KnownFiles | None:
    """Return the files of *cache* whose workspaces have not changed since; None if unknown.

    *Why* the trail answers it: each change of an account is on record in the transaction that
    makes it, under the lock, and `audit verify` compares the record with the rows.
    """
    changed = session.changed_since(cache.moment)
    if changed is None:
        return None
    files = {n: file for n, file in cache.files.items() if changed.isdisjoint(_scopes([file]))}
    return KnownFiles(files, dict(cache.references), session.people if cache.members else None)


def _known_scopes(configuration: Configuration) -> frozenset[Address]:
    """Return the workspaces of the files of *configuration* that were not parsed."""
    known = configuration.sources.known
    return frozenset(_scopes(known.files[name] for name in known.met))


def _scopes(files: Iterable[KnownFile]) -> Iterator[Address]:
    for file in files:
        yield from map(named.workspace, file.workspaces)


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
