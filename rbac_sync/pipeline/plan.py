"""Plan: the declared state beside the live state, and the findings of the guard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from ..audit.record import Touch
from ..backends.interface import Backend, Session
from ..errors import CredentialError
from ..guard import Finding, GuardContext, examine
from ..guard.effects import Effect, effects
from ..guard.passing_access import lookout
from ..guard.rising_keys import rising
from ..model import Address, Declaration, Instant, Key, Manage, Subject
from ..model.instant import rfc3339
from ..planning import Plan
from ..planning.pins import owners, pinned, read_set
from ..planning.planfile import SavedPlan
from ..planning.planner import Planner
from ..planning.renames import new_names, renames
from .advice import advised, advised_on_tests
from .author import actor, author
from .configuration import Configuration, RunOptions
from .renames import advised_on_renames

NOBODY = "set `RBAC_SYNC_API_KEY` to the key of whoever applies, or simulate with `--as PRINCIPAL`"


@dataclass(frozen=True)
class Review:
    """A plan for one account, what the guard says of it, and what it was made from.

    ``effects`` are what it means for people; ``makers`` tells who made the live keys that
    rise by it, where the target knows. ``unsettled`` counts changes of earlier runs whose
    outcome is not known yet.
    """

    plan: Plan
    findings: list[Finding]
    context: GuardContext
    declaration: Declaration
    saved: SavedPlan
    effects: Sequence[Effect] = ()
    makers: Mapping[Address, str] = field(default_factory=dict)
    unsettled: int = 0


def review(configuration: Configuration, session: Session, options: RunOptions) -> Review:
    """Return the plan for *session*'s account and what the guard says of it.

    Raises:
        ConfigError: the configuration cannot be used as written.
        CredentialError: there is nobody to plan for.
    """
    return judged(configuration, session, options, configuration.declared_for(session))


def judged(
    configuration: Configuration,
    session: Session,
    options: RunOptions,
    declaration: Declaration,
    signed: str | None = None,
) -> Review:
    """Return the plan for *declaration*, and what the guard says of it; see ``review``.

    *signed* is for whom the token of *options* speaks, where that is known already.
    """
    applier = applier_for(session, options)
    now, live = session.now(), session.read()
    declaration = advised(declaration, live, now, configuration.sources.texts)
    declaration = advised_on_tests(declaration, live, session.horizon())
    called = new_names(renames(declaration, live)).get(applier, applier)
    watcher = lookout(session.catalogue, called, now)
    planner = Planner(session.catalogue, session.capabilities, now, watcher, session.horizon())
    plan = options.selection.of(_beside_keys(planner.plan(declaration, live), declaration, session))
    declaration = advised_on_renames(declaration, plan, configuration.sources.texts)
    who = actor(configuration, options) if signed is None else signed
    behalf = author(declaration.policy, options, who)
    context = context_of(plan, session, applier, declaration, replace(options, author=behalf))
    saved = _saved(context, session, declaration)
    found = effects(context)
    made = makers(context, found, session)
    findings, unsettled = examine(context), session.unsettled()
    return Review(plan, findings, context, declaration, saved, found, made, unsettled)


def makers(
    context: GuardContext, found: Sequence[Effect], session: Session
) -> Mapping[Address, str]:
    """Return who made the live keys that rise by a plan whose effects are *found*."""
    keys = [each.key.address for each in rising(context, found)]
    return session.makers(keys) if keys else {}


def outdated(review: Review, now: Instant) -> str:
    """Return why no plan from the snapshot of *review* can be applied at *now*; else nothing."""
    longest = review.declaration.policy.max_plan_age
    if now - review.context.now <= longest:
        return ""
    return f"the snapshot of {rfc3339(review.context.now)} is older than {longest}"


def applier_for(session: Session, options: RunOptions) -> Address:
    """Return for whom a plan is judged where it is only looked at.

    Raises:
        CredentialError: there is nobody.
    """
    found = options.simulated or session.applier()
    if found is None:
        raise CredentialError("there is nobody to plan for", hint=NOBODY)
    return found


def plan(configuration: Configuration, backend: Backend, options: RunOptions) -> Review:
    """Return the plan for what is live now."""
    with backend.open() as session:
        return review(configuration, session, options)


@dataclass(frozen=True)
class Drift:
    """What would end it, and who last touched what differs, as far as the target knows.

    ``unsettled`` counts changes of earlier runs whose outcome is not known yet.
    """

    plan: Plan
    saved: SavedPlan
    touched: Mapping[Address, Touch]
    unsettled: int = 0


def drift(configuration: Configuration, backend: Backend) -> Drift:
    """Return what differs between live and declared; nothing is judged, so nobody is asked for."""
    with backend.open() as session:
        now, live = session.now(), session.read()
        declaration = configuration.declared_for(session)
        declaration = advised(declaration, live, now, configuration.sources.texts)
        planner = Planner(session.catalogue, session.capabilities, now, horizon=session.horizon())
        plan = _beside_keys(planner.plan(declaration, live), declaration, session)
        saved = SavedPlan(session.target, declaration.digest, now, plan.changes, {})
        changes = (*plan.changes, *plan.deferred)
        keys = (key.address for key in plan.replaced)
        sides = {*keys} | {side.address for c in changes for side in (c.before, c.after) if side}
        touched = session.touched(sides) if sides else {}
        return Drift(plan, saved, touched, session.unsettled())


def _beside_keys(plan: Plan, declaration: Declaration, session: Session) -> Plan:
    """Return *plan* with the declared keys that somebody replaced past us, to the same end."""
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
    """Return the question that *plan* puts to the guard."""
    return GuardContext(
        plan,
        session.catalogue,
        applier,
        session.now(),
        options.loosened(declaration.policy),
        session.capabilities,
        declaration.expectations,
        options.author,
        session.horizon(),
    )


def _saved(context: GuardContext, session: Session, declaration: Declaration) -> SavedPlan:
    plan = context.plan
    principals = [*filter(None, context.principals), *owners(plan.live, session.catalogue.owner)]
    rows = read_set(plan, principals) if plan.changes else set()
    pins = pinned(rows, plan.live, session.versions(rows))
    return SavedPlan(session.target, declaration.digest, context.now, plan.changes, pins)
