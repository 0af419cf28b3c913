"""From what is declared and what is live to a plan, and what the guard says of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..backends.interface import Backend, Session
from ..errors import CredentialError
from ..guard import Finding, Inquiry, examine
from ..guard.steps import reducing
from ..model import Address, Declaration
from ..planning import Plan
from ..planning.pins import owners, pinned, read_set
from ..planning.planfile import SavedPlan
from ..planning.planner import Planner
from .author import actor, author
from .configuration import Configuration, Wish

NOBODY = "set `RBAC_SYNC_API_KEY` to the key of whoever applies, or simulate with `--as PRINCIPAL`"


@dataclass(frozen=True)
class Review:
    """A plan for one account, what the guard says of it, and what it was made from."""

    plan: Plan
    findings: list[Finding]
    inquiry: Inquiry
    declaration: Declaration
    saved: SavedPlan


def review(configuration: Configuration, session: Session, wish: Wish) -> Review:
    """Return the plan for *session*'s account and what the guard says of it.

    Raises:
        ConfigError: the configuration cannot be used as written.
        CredentialError: there is nobody to plan for.
    """
    return judged(configuration, session, wish, configuration.declared_for(session))


def judged(
    configuration: Configuration, session: Session, wish: Wish, declaration: Declaration
) -> Review:
    """Return the plan for *declaration*, and what the guard says of it; see ``review``."""
    applier = wish.simulated or session.applier()
    if applier is None:
        raise CredentialError("there is nobody to plan for", hint=NOBODY)
    now, live = session.now(), session.read()
    reduces = reducing(live, session.catalogue, applier, now)
    planner = Planner(session.catalogue, session.capabilities, now, reduces)
    plan = wish.selection.of(planner.plan(declaration, live))
    behalf = author(declaration.policy, wish, actor(configuration, wish))
    inquiry = inquiry_of(plan, session, applier, declaration, replace(wish, author=behalf))
    return Review(
        plan, examine(inquiry), inquiry, declaration, _saved(inquiry, session, declaration)
    )


def plan(configuration: Configuration, backend: Backend, wish: Wish) -> Review:
    """Return the plan for what is live now."""
    with backend.open() as session:
        return review(configuration, session, wish)


def drift(configuration: Configuration, backend: Backend) -> tuple[Plan, SavedPlan]:
    """Return what differs between live and declared; nothing is judged, so nobody is asked for."""
    with backend.open() as session:
        now, live = session.now(), session.read()
        declaration = configuration.declared_for(session)
        planner = Planner(session.catalogue, session.capabilities, now)
        plan = planner.plan(declaration, live)
        return plan, SavedPlan(session.target, declaration.digest, now, plan.changes, {})


def inquiry_of(
    plan: Plan, session: Session, applier: Address | None, declaration: Declaration, wish: Wish
) -> Inquiry:
    """Return the question that *plan* puts to the guard."""
    return Inquiry(
        plan,
        session.catalogue,
        applier,
        session.now(),
        wish.loosened(declaration.policy),
        session.capabilities,
        declaration.expectations,
        wish.author,
    )


def _saved(inquiry: Inquiry, session: Session, declaration: Declaration) -> SavedPlan:
    plan = inquiry.plan
    principals = [*filter(None, inquiry.principals), *owners(plan.live, session.catalogue.owner)]
    rows = read_set(plan, principals) if plan.changes else set()
    pins = pinned(rows, plan.live, session.versions(rows))
    return SavedPlan(session.target, declaration.digest, inquiry.now, plan.changes, pins)
