"""Plans from the plan cache: nothing is read again if nothing has changed since.

Otherwise ``partial_plan`` makes the plan. It is imported then: most of the time of a command on a
small account is imports.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from .. import config
from ..dataclasses import dataclass, field, replace
from ..errors import RbacSyncError
from ..guard.context import GuardContext
from ..model import ACCOUNT, WHOLE, Declaration, State
from ..planning import Plan
from ..planning.planfile import SavedPlan
from .configuration import Configuration, load, load_root
from .review import Review, applier
from .run_options import RunOptions

if TYPE_CHECKING:
    from ..backends.interface import Backend, RecordedSession
    from .cache_content import CacheContent
    from .plan_cache import PlanCache


KeepOpen = Callable[[AbstractContextManager[object]], object]
"""Receives a session that has to stay open as long as a plan is used."""


@dataclass(frozen=True)
class CachedPlanner:
    """A maker of plans for the configuration of one account in ``folder``.

    ``backend`` and ``options`` make the backend and the options of the run from a configuration
    that may lack workspaces and people. ``api_key`` signs the cache. Without ``uses_cache``
    there is no cache.
    """

    folder: Path
    url: str
    api_key: str = field(repr=False)
    backend: Callable[[Configuration], Backend]
    options: Callable[[Configuration], RunOptions]
    keep_open: KeepOpen
    uses_cache: bool = True

    def plan(self) -> tuple[Configuration, Review]:
        """Return the configuration and the plan, and write the cache for the next one.

        Raises:
            RbacSyncError: the plan cannot be made.
        """
        return self._of_a_part() or self._of_everything()

    @cached_property
    def _path(self) -> Path:
        from .plan_cache import cache_path

        return cache_path(self.folder, self.url)

    def _of_everything(self) -> tuple[Configuration, Review]:
        from .partial_plan import reviewed

        configuration = load(self.folder, self.url)
        options = self.options(configuration)  # a faulty one needs no account to be told
        with self.backend(configuration).open() as session:
            return configuration, reviewed(self, configuration, session, options)

    def keep(self, content: CacheContent, before: PlanCache | None = None) -> None:
        """Write the cache of a plan with *content*, unless it equals the one *before*."""
        if not self.uses_cache:
            return
        from .plan_cache import write_cache

        cache = content.cache(before)
        if before is None or cache != before:
            write_cache(self._path, cache, self.api_key)

    def _of_a_part(self) -> tuple[Configuration, Review] | None:
        """Return the plan without the parts known to be as declared; None if it needs these."""
        try:
            root = load_root(self.folder, self.url)
            if root.settings.type != "store":  # to open it may take requests, for nothing
                return None
            with ExitStack() as stack:
                session = stack.enter_context(self.backend(root).open()).recorded_session
                if session is None:
                    return None
                cache = self._cache(session) if self.uses_cache else None
                result = self._without_change(cache, root, session) if cache else None
                if result is None:
                    from .partial_plan import PartialPlanner

                    result = PartialPlanner(self, session).plan(cache)
                if result is not None:
                    self.keep_open(stack.pop_all())  # the plan reads people when it needs them
                return result
        except (RbacSyncError, OSError):  # the full plan reports the error
            return None

    def _cache(self, session: RecordedSession) -> PlanCache | None:
        """Return the cache of an earlier plan of the account, if there is a valid one."""
        from .plan_cache import read_cache

        cache = read_cache(self._path, self.api_key)
        return cache if cache and cache.is_of(session.target, session.now()) else None

    def _without_change(
        self, cache: PlanCache, root: Configuration, session: RecordedSession
    ) -> tuple[Configuration, Review] | None:
        """Return the cached plan if nothing has changed since it and it had nothing to report.

        None if something may have changed.
        """
        from .plan_cache import settled_digest

        if not cache.settled or session.moment() != cache.moment:
            return None
        try:
            options = self.options(root)
        except RbacSyncError:  # an option may name a person whom another file declares
            return None
        who = applier(session, options)
        files = config.file_digests(self.folder)
        if files is None or settled_digest(files, who, options) != cache.settled:
            return None
        live = State.of_rows((), {ACCOUNT: {who: session.state().holdings(who, ACCOUNT)}})
        now, plan = session.now(), Plan(live, ())
        digest = root.known.digest_with(files)
        root = replace(root, is_root_alone=False)  # nothing is told that another file has
        return root, Review(
            plan,
            [],
            GuardContext(plan, session.catalogue, who, now, horizon=WHOLE),
            Declaration(plan.live),
            SavedPlan(session.target, digest, now, (), {}),
            passed_over=None,
            passed_over_since=cache.since,
        )
