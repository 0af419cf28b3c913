"""Plans without the parts that are as declared: files of workspaces, their access, people.

An earlier plan has found it, the files are unchanged, and the account's trail has no change
there since: then it is neither parsed nor read. Otherwise each file is compared with what is live
while the files are read, and dropped if it is equal. Everything else is compared and judged as
usual. If the result may differ from a full plan, everything is read, and held, again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from .. import config
from ..config import Sources
from ..config.known_files import KnownFile, KnownFiles
from ..dataclasses import dataclass, replace
from ..model import WHOLE, Address, Declaration, Manage
from ..model import address as named
from ..model.kind import SUBJECTS
from ..planning import Plan
from ..planning.extent import Extent, extent_of_declaration, extent_on_record
from .cached_plan import CachedPlanner
from .configuration import Configuration, of_sources
from .fresh_plan import Planning
from .review import Review
from .run_options import RunOptions

if TYPE_CHECKING:
    from ..backends.interface import RecordedSession, Session
    from ..config.file_comparison import FileComparison
    from .cache_content import CacheContent
    from .plan_cache import PlanCache


def reviewed(
    planner: CachedPlanner, configuration: Configuration, session: Session, options: RunOptions
) -> Review:
    """Return the plan of the whole *configuration*, and write the cache of *planner*."""
    result = Planning(configuration, session, options).review()
    if planner.uses_cache:
        from .cache_content import CacheContent

        planner.keep(CacheContent(configuration, session, result, options))
    return result


@dataclass(frozen=True)
class PartialPlanner:
    """A maker of plans for ``planner`` without the parts that are known to be as declared."""

    planner: CachedPlanner
    session: RecordedSession

    def plan(self, cache: PlanCache | None) -> tuple[Configuration, Review] | None:
        """Return the plan without the parts that *cache* knows; None if it depends on these."""
        return self._with(cache) if cache and cache.files else self._compared()

    def _compared(self) -> tuple[Configuration, Review] | None:
        """Return the plan without the files that are found to be as declared while they are read.

        None if it depends on them.
        """
        known = KnownFiles(filter=partial(comparison, self.session))
        sources = config.read(self.planner.folder, known)
        configuration = of_sources(sources, self.planner.folder, self.planner.url)
        if not known.met:
            options = self.planner.options(configuration)
            return configuration, reviewed(self.planner, configuration, self.session, options)
        content = self._content(configuration)
        if content is None or not content.can_be_kept:
            return None
        self.planner.keep(content)
        return content.configuration, _as_whole(content.review)

    def _with(self, cache: PlanCache) -> tuple[Configuration, Review] | None:
        from .cache_content import members, others

        session = self.session
        known = _known(cache, session)
        if known is None:
            return None
        sources = config.read(self.planner.folder, known)
        if members(sources) != cache.members:
            sources = _with_changed_members(sources, session)
        configuration = of_sources(sources, self.planner.folder, self.planner.url)
        if not sources.known.met or others(configuration) != cache.others:
            return None
        content = self._content(configuration)
        if content is None or not content.is_like(cache):
            return None
        self.planner.keep(content, cache)
        return content.configuration, replace(
            _as_whole(content.review),
            passed_over=len(_known_scopes(content.configuration)),
            passed_over_since=cache.since,
        )

    def _content(self, configuration: Configuration) -> CacheContent | None:
        """Return the plan without the known parts, for a cache; None if it depends on these.

        Known files of workspaces on which it depends are parsed, and the plan is made again.
        """
        from .cache_content import CacheContent

        while True:
            session = self.session
            options, known = self.planner.options(configuration), configuration.sources.known
            planning = Planning(configuration, session, options)
            result = _judged_part(planning, session, _known_scopes(configuration))
            if result is None:
                return None
            if isinstance(result, Review):
                return CacheContent(configuration, session, result, options)
            needed = {n for n in known.met if not result.isdisjoint(_scopes([known.files[n]]))}
            sources = configuration.sources.parsed_again(needed, known.people)
            configuration = replace(configuration, known=sources)


def _as_whole(review: Review) -> Review:
    """Return the plan of a part as that of everything, which it equals."""
    return replace(review, context=replace(review.context, horizon=WHOLE))


def _judged_part(
    planning: Planning, session: RecordedSession, known: frozenset[Address]
) -> Review | Extent:
    """Return the plan and the judgement without the access in *known* workspaces.

    If the plan depends on some of *known*, return these alone; None if it may depend on all.
    *session* is that of *planning*.
    """
    declaration = planning.configuration.declaration_for(session)
    if extent_of_declaration(declaration, planning.options.selection) is None:
        return None
    session.pass_over(known)
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


def comparison(session: RecordedSession) -> FileComparison:
    """Return a comparison of files with the account of *session*."""
    from ..config.file_comparison import FileComparison

    live, people = session.live_holdings, session.people
    return FileComparison(live, people, session.catalogue, session.now())


def _with_changed_members(sources: Sources, session: RecordedSession) -> Sources:
    """Return *sources* with their members compared anew, or parsed if that is not possible."""
    known = sources.known
    names = {name for name in known.met if known.files[name].members}
    parsed = sources.parsed_again(names, people=None)
    return comparison(session).begin(parsed) or parsed


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
