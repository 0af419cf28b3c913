"""Plan: the declared state beside the live state, and the findings of the guard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from ..dataclasses import dataclass, replace
from ..guard import GuardContext, examine
from ..model import (
    Address,
    Declaration,
    Instant,
    Key,
    Manage,
    ObjectAccess,
    State,
    Subject,
)
from ..model.instant import length, rfc3339
from ..planning import Plan
from ..planning.extent import extent_of_declaration
from ..planning.pins import owners, pinned, read_set
from ..planning.planfile import SavedPlan
from ..planning.planner import Planner
from ..planning.renames import new_names, renames
from .absentees import known_absences, with_absentees
from .access_lists import check_access_lists, protected_objects
from .advice import with_live_advice, with_test_advice
from .author import actor, author
from .configuration import Configuration
from .read_extent import scopes_of, wider
from .review import Review, applier
from .run_options import RunOptions

if TYPE_CHECKING:
    from ..backends.interface import Backend, Session
    from ..guard.effect import Effect
    from ..planning.watch import Watch, Watcher


@dataclass(frozen=True)
class Planning:
    """The making of plans for the account of ``session``.

    ``signed`` is the actor of the token of ``options``, if it is known already.
    """

    configuration: Configuration
    session: Session
    options: RunOptions
    signed: str | None = None

    def review(self) -> Review:
        """Return the plan for the account, and the judgement of the guard.

        Raises:
            ConfigError: the configuration cannot be used as written.
            CredentialError: no API key, and no `--as`, so it is not known whom to plan for.
        """
        return self.judge(self.configuration.declaration_for(self.session))

    def judge(self, declaration: Declaration) -> Review:
        """Return the plan for *declaration*, and the judgement of the guard; see ``review``.

        If the plan or the judgement depends on unread parts of the account, more is read and both
        are made again; nothing is refused or left unknown only because it was not read.
        """
        options = self.options
        extent = None if options.whole else extent_of_declaration(declaration, options.selection)
        find = scopes_of(self.session)
        while True:
            self.session.restrict(extent)
            result = self.judged(*self.planned(declaration))
            more = wider(extent, result.plan, result.context.horizon, result.findings, find)
            if extent == more:
                return result
            extent = more

    def planned(self, declaration: Declaration) -> tuple[Declaration, Plan]:
        """Return *declaration* with advice, and the plan for it from a read of the session."""
        session, sources = self.session, self.configuration.sources
        who = applier(session, self.options)
        declared = declaration.desired.of(ObjectAccess)
        session.show_lists({*declared, *protected_objects(declaration.policy)})
        now, live = session.now(), session.read(declaration.desired)
        declaration = with_live_advice(declaration, live, now, sources.texts)
        check_access_lists(declaration, live, session.horizon(), sources.texts)
        name = new_names(renames(declaration, live, session.capabilities)).get(who, who)
        planner = planner_for(session, declaration, live, partial(_watch, name, session))
        plan = with_absentees(planner.plan(declaration, live), sources)
        plan = with_replaced_keys(plan, declaration, session)
        plan = planner.part(plan, self.options.selection)
        declaration = with_test_advice(declaration, plan, session.horizon())
        if plan.changes or plan.deferred:
            from .renames import with_rename_advice

            declaration = with_rename_advice(declaration, plan, sources.texts)
        return declaration, plan

    def judged(
        self, declaration: Declaration, plan: Plan, saved: SavedPlan | None = None
    ) -> Review:
        """Return *plan* with the judgement of the guard; *saved* is the file that it is from."""
        session, options, signed = self.session, self.options, self.signed
        signed = actor(self.configuration, options) if signed is None else signed
        by_author = replace(options, author=author(declaration.policy, options, signed))
        context = context_of(plan, session, applier(session, options), declaration, by_author)
        saved = saved or _saved(context, session, self.configuration.digest)
        plan_effects, findings = effects_of(context), examine(context)
        makers, unsettled = _makers(context, plan_effects, session), session.unsettled()
        return Review(plan, findings, context, declaration, saved, plan_effects, makers, unsettled)


def effects_of(context: GuardContext, *, backwards: bool = False) -> Sequence[Effect]:
    """Return the effects of the plan on people; with *backwards* those of reverting it."""
    if not context.plan.changes:
        return ()
    from ..guard.effects import effects

    return effects(context, backwards=backwards)


def _makers(
    context: GuardContext, effects: Sequence[Effect], session: Session
) -> Mapping[Address, str]:
    """Return the makers of the live keys that gain access by *effects*."""
    if not effects:
        return {}
    from ..guard.rising_keys import rising

    keys = [each.key.address for each in rising(context, effects)]
    return session.makers(keys) if keys else {}


def _watch(applier: Address | None, session: Session, *plan: Any) -> Watch:
    """Return the watch for *applier* over the steps of a plan."""
    from ..guard.passing_access import ApplierWatch

    return ApplierWatch(session.catalogue, applier, session.now(), *plan)


def planner_for(
    session: Session, declaration: Declaration, live: State, watcher: Watcher | None = None
) -> Planner:
    """Return the planner for the account of *session*, as it is now."""
    return Planner(
        session.catalogue,
        session.capabilities,
        session.now(),
        watcher,
        session.horizon(),
        known_absences(session, declaration, live),
    )


def outdated(review: Review, now: Instant) -> str:
    """Return why a plan from the snapshot of *review* cannot be applied; empty if it can."""
    longest = review.declaration.policy.max_plan_age
    if now - review.context.now <= longest:
        return ""
    return f"the snapshot of {rfc3339(review.context.now)} is older than {length(longest)}"


def plan(configuration: Configuration, backend: Backend, options: RunOptions) -> Review:
    """Return the plan for the present live state."""
    with backend.open() as session:
        return Planning(configuration, session, options).review()


def with_replaced_keys(plan: Plan, declaration: Declaration, session: Session) -> Plan:
    """Return *plan* with the declared keys that were replaced outside of rbac-sync."""
    if declaration.reach(Subject.KEYS) is Manage.NONE:
        return plan
    changed = {change.address for change in plan.changes}
    declared = declaration.desired.of(Key).keys() - changed
    replaced = tuple(key for key in session.replaced() if key.address in declared)
    return replace(plan, replaced=replaced)


def context_of(
    plan: Plan,
    session: Session,
    applier: Address | None,
    declaration: Declaration,
    options: RunOptions,
) -> GuardContext:
    """Return the context in which the guard judges *plan*."""
    return GuardContext(
        plan,
        session.catalogue,
        applier,
        session.now(),
        policy=options.loosened(declaration.policy),
        capabilities=session.capabilities,
        expectations=options.judged(declaration.expectations),
        author=options.author,
        horizon=session.horizon(),
        declared=declaration.desired,
    )


def _saved(context: GuardContext, session: Session, digest: str) -> SavedPlan:
    plan = context.plan
    principals = [*filter(None, context.principals), *owners(plan.live, session.catalogue.owner)]
    rows = read_set(plan, principals) if plan.changes else set()
    pins = pinned(rows, plan.live, session.versions, plan.changes)
    return SavedPlan(session.target, digest, context.now, plan.changes, pins)
