"""Plans that do not read workspaces which an earlier plan found to be as declared.

Such a plan does not parse unchanged files that declare only workspaces, and does not read the
access there, if the account's trail has no change there since. Everything else is read, compared
and judged as usual. If the result may differ from a full plan, everything is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from .. import config
from ..backends.interface import Backend, RecordedSession
from ..config.known_files import KnownFile, KnownFiles
from ..errors import RbacSyncError
from ..guard import GuardContext
from ..model import ACCOUNT, WHOLE, Address, Catalogue, Declaration, Instant, State
from ..model import address as named
from ..planning import Plan
from ..planning.planfile import SavedPlan
from .cache_content import CacheContent, digests, others, planned_digests, settled_digest
from .configuration import WAIT, Configuration, RunOptions, load, load_root, of_sources
from .plan import Review, applier_for, judge_part, review
from .plan_cache import PlanCache, cache_path, read_cache, write_cache


@dataclass(frozen=True)
class CachedPlanner:
    """A maker of plans for the configuration of one account in ``folder``.

    ``backend`` and ``options`` make the backend and the options of the run from a configuration
    that may lack workspaces and people. ``api_key`` signs the cache. ``keep_open`` is given what
    has to stay open as long as the plan is used.
    """

    folder: Path
    url: str
    api_key: str = field(repr=False)
    backend: Callable[[Configuration], Backend]
    options: Callable[[Configuration], RunOptions]
    keep_open: Callable[[AbstractContextManager[object]], object]

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
            content = CacheContent(configuration, session, result, options)
            write_cache(self._path, content.cache(None), self.api_key)
        return configuration, result

    def _of_a_part(self) -> tuple[Configuration, Review] | None:
        """Return the plan without the cached workspaces; None if it depends on them."""
        cache = read_cache(self._path, self.api_key)
        if cache is None:
            return None
        try:
            root = load_root(self.folder, self.url)
            with ExitStack() as stack:
                session = stack.enter_context(self.backend(root).open()).recorded_session
                if session is None or not _is_of(cache, session):
                    return None
                result = self._without_change(cache, root, session) or self._with(cache, session)
                if result is not None:  # it reads people when they are asked for
                    self.keep_open(stack.pop_all())
                return result
        except (RbacSyncError, OSError):  # the full plan reports the error
            return None

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
        files, applier = config.file_digests(self.folder), applier_for(session, options)
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
        configuration = of_sources(sources, self.folder, self.url, WAIT, None)
        if not known.met or others(configuration) != cache.others:
            return None
        scopes = frozenset(_scopes(cache.files[name] for name in known.met))
        options = self.options(configuration)
        result = judge_part(configuration, session, options, scopes)
        if result is None:
            return None
        content = CacheContent(configuration, session, result, options)
        if not content.is_like(cache):
            return None
        later = content.cache(cache)
        if later != cache:
            write_cache(self._path, later, self.api_key)
        files = planned_digests(configuration)
        whole = _WholeConfiguration(self, files, session.catalogue, session.now())
        return configuration, replace(
            result,
            context=replace(result.context, horizon=WHOLE),
            saved=replace(result.saved, configuration=whole),
            passed_over=len(scopes),
            passed_over_since=cache.since,
        )


def _is_of(cache: PlanCache, session: RecordedSession) -> bool:
    """Say whether *cache* is of the account of *session*, and of a time not long ago."""
    return session.target == cache.target and cache.holds_at(session.now())


def _known(cache: PlanCache, session: RecordedSession) -> KnownFiles | None:
    """Return the files of *cache* whose workspaces have not changed since; None if unknown.

    *Why* the trail answers it: each change of an account is on record in the transaction that
    makes it, under the lock, and `audit verify` compares the record with the rows.
    """
    changed = session.changed_since(cache.moment)
    if changed is None:
        return None
    files = {n: file for n, file in cache.files.items() if changed.isdisjoint(_scopes([file]))}
    return KnownFiles(files, cache.references, session.people if cache.has_people else None)


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
