"""Drift: the plan that would end the differences between live and declared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ..dataclasses import dataclass, replace
from ..errors import BackendError, Diagnostic
from ..model import Address, Declaration, ObjectAccess
from ..planning import Plan, Writes
from ..planning.extent import extent_of_declaration
from ..planning.planfile import SavedPlan
from ..planning.selection import Selection
from .absentees import with_absentees
from .advice import advice_on_tests, with_live_advice
from .configuration import Configuration
from .fresh_plan import context_of, effects_of, planner_for, with_replaced_keys
from .read_extent import scopes_of, wider
from .run_options import RunOptions

if TYPE_CHECKING:
    from ..audit.record import Touch
    from ..backends.interface import Backend, Session
    from ..guard.effect import Effect


@dataclass(frozen=True)
class Drift:
    """The plan that would end a drift, and the last known changes of its resources.

    ``traced`` says that something differs, and that the target records every change, with the run
    that made it.
    ``unsettled`` counts changes of earlier runs whose outcome is not known yet. ``effects`` are
    the effects on people of the live state in place of the declared one; ``advice`` is about
    tests that only warn and fail in the live state.
    """

    plan: Plan
    saved: SavedPlan
    touched: Mapping[Address, Touch]
    traced: bool = False
    unsettled: int = 0
    effects: Sequence[Effect] = ()
    advice: tuple[Diagnostic, ...] = ()


def drift(configuration: Configuration, backend: Backend) -> Drift:
    """Return the differences between live and declared.

    The guard does not judge it; tests that only warn are run on the live state.

    Raises:
        CredentialError: there is a credential, and it is not accepted.
    """
    with backend.open() as session:
        if session.recorded_session is not None:  # a service checks the key by itself
            session.applier()
        declaration = configuration.declaration_for(session)
        session.show_lists(declaration.desired.of(ObjectAccess).keys())
        plan, now = _difference(configuration, session, declaration), session.now()
        saved = SavedPlan(session.target, configuration.digest, now, plan.changes, {})
        changes = (*plan.changes, *plan.deferred)
        keys = (key.address for key in plan.replaced)
        sides = {*keys} | {side.address for c in changes for side in (c.before, c.after) if side}
        touched, traced = (session.touched(sides), _is_traced(session)) if sides else ({}, False)
        context = context_of(plan, session, None, declaration, RunOptions())
        live_effects = effects_of(context, backwards=True)
        unchanged = replace(context, plan=replace(plan, changes=()))
        advice = advice_on_tests(unchanged)
        return Drift(plan, saved, touched, traced, session.unsettled(), live_effects, advice)


def _difference(configuration: Configuration, session: Session, declaration: Declaration) -> Plan:
    """Return the plan that turns the live state into the declared one."""
    extent = extent_of_declaration(declaration, Selection())
    while True:
        session.restrict(extent)
        now, live, horizon = session.now(), session.read(declaration.desired), session.horizon()
        advised = with_live_advice(declaration, live, now, configuration.sources.texts)
        planner = planner_for(session, advised, live)
        plan = with_absentees(planner.plan(advised, live), configuration.sources)
        plan = with_replaced_keys(plan, advised, session)
        if extent == (more := wider(extent, plan, horizon, find=scopes_of(session))):
            return plan
        extent = more


def _is_traced(session: Session) -> bool:
    """Say whether every change of the account has a row in a trail that we may read."""
    if Writes.WHOLE_RUNS not in session.capabilities.writes:
        return False
    try:
        return session.trail is not None
    except BackendError:
        return False
