"""The whole path, in one place and one direction; the only module that sees every stage."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from uuid import uuid4

from . import backends, config
from .apply import Applied, Progress, make_all
from .audit.record import Authorship
from .backends.interface import Backend, Session, Writer
from .catalogues import catalogue
from .errors import (
    CredentialError,
    OtherAccount,
    OtherConfiguration,
    PlanRefused,
    PlanTooOld,
    RbacSyncError,
)
from .guard import Access, Finding, Inquiry, examine
from .guard.steps import reducing
from .model import Address, Catalogue, Declaration, Instant, Key, Policy, State
from .planning import Plan
from .planning.freshness import outstanding
from .planning.planfile import SavedPlan, owners, read_set
from .planning.planner import Planner, normal
from .planning.selection import Selection

NOBODY = "set `RBAC_SYNC_API_KEY` to the key of whoever applies, or simulate with `--as PRINCIPAL`"


@dataclass(frozen=True)
class Configuration:
    """What was read from one folder, and what it is about."""

    sources: config.Sources
    settings: config.Settings
    catalogue: Catalogue

    def declaration(self, now: Instant) -> Declaration:
        """Return what is declared; terms that ended before *now* are not desired."""
        return config.declaration(self.sources, self.catalogue, now)

    def backend(self, api_key: str | None) -> Backend:
        """Return the backend that the configuration names, with the credential given."""
        return backends.backend(self.settings, api_key)


@dataclass(frozen=True, slots=True)
class Wish:
    """What one run asks for beyond the configuration.

    ``simulated`` answers for a principal without being it; applying ignores
    it. ``author`` is a second bound. The ``allow`` ones loosen the guard and
    exist on the command line only.
    """

    simulated: Address | None = None
    author: Address | None = None
    selection: Selection = Selection()
    allow_self_reduction: bool = False
    allow_public: bool = False
    allow_deletes: int = 0
    reason: str = ""

    def loosened(self, policy: Policy) -> Policy:
        """Return *policy* with what this run allows."""
        return replace(
            policy,
            allow_self_reduction=self.allow_self_reduction,
            allow_public=policy.allow_public or self.allow_public,
            allow_removals=max(policy.allow_removals, self.allow_deletes),
        )


@dataclass(frozen=True)
class Review:
    """A plan for one account, what the guard says of it, and what it was made from."""

    plan: Plan
    findings: list[Finding]
    inquiry: Inquiry
    declaration: Declaration
    saved: SavedPlan


def load(folder: Path) -> Configuration:
    """Read the configuration below *folder*.

    Raises:
        ConfigError: it cannot be read, or names no backend.
    """
    sources = config.read(folder)
    settings = config.settings(sources)
    return Configuration(sources, settings, catalogue(settings.world))


def review(configuration: Configuration, session: Session, wish: Wish) -> Review:
    """Return the plan for *session*'s account and what the guard says of it.

    Raises:
        ConfigError: the configuration cannot be used as written.
        CredentialError: there is nobody to plan for.
    """
    applier = wish.simulated or session.applier()
    if applier is None:
        raise CredentialError("there is nobody to plan for", hint=NOBODY)
    now = session.now()
    declaration = configuration.declaration(now)
    live = session.read()
    reduces = reducing(live, session.catalogue, applier, now)
    planner = Planner(session.catalogue, session.capabilities, now, reduces)
    plan = wish.selection.of(planner.plan(declaration, live))
    inquiry = _inquiry(plan, session, applier, declaration, wish)
    return Review(
        plan, examine(inquiry), inquiry, declaration, _saved(inquiry, session, declaration)
    )


def _inquiry(
    plan: Plan, session: Session, applier: Address | None, declaration: Declaration, wish: Wish
) -> Inquiry:
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
    found = session.versions(rows)
    pins = {address: found.get(address, "") for address in rows}
    return SavedPlan(session.target, declaration.digest, inquiry.now, plan.changes, pins)


def plan(configuration: Configuration, backend: Backend, wish: Wish) -> Review:
    """Return the plan for what is live now."""
    with backend.open() as session:
        return review(configuration, session, wish)


def apply(
    configuration: Configuration,
    backend: Backend,
    saved: SavedPlan,
    wish: Wish,
    progress: Progress,
    keep: Callable[[Mapping[str, str]], None],
) -> Applied:
    """Apply *saved*, judged again from what is live now and by the credential's own identity.

    *keep* is given the secrets of new keys before anything is committed.

    Raises:
        StalePlan: what the plan was made from is no longer so.
        PlanRefused: the guard objects; nothing was written.
    """
    run = str(uuid4())
    if saved.configuration != configuration.sources.digest:
        message = "the configuration has changed since the plan was made"
        raise OtherConfiguration(message, hint="plan again from this configuration")

    def work(writer: Writer) -> Applied:
        applier = writer.applier()
        if applier is None:
            raise CredentialError("there is nobody to apply as", hint=NOBODY.partition(",")[0])
        declaration = configuration.declaration(saved.created)
        _fits(saved, writer, declaration.policy.max_plan_age)
        live = normal(writer.read(), writer.catalogue)
        applied = writer.applied(saved.digest)
        changes = outstanding(saved, live, writer.versions(saved.pins), applied=applied)
        plan = Plan(live, changes, origin=declaration.origin)
        if findings := examine(_inquiry(plan, writer, applier, declaration, wish)):
            raise PlanRefused(findings)
        authorship = Authorship(applier, run, saved.digest, wish.author, wish.reason)
        secrets = make_all(changes, writer, authorship, progress)
        keep(secrets)
        return Applied(run, plan.counts, secrets)

    return backend.transact(run, work)


def _fits(saved: SavedPlan, session: Session, longest: timedelta) -> None:
    if saved.target != session.target:
        message = f"the plan is for `{saved.target.account}` of {saved.target.url}"
        raise OtherAccount(message, hint="apply it with the configuration it was made from")
    if session.now() - saved.created > longest:
        message = f"the plan is older than {longest}"
        raise PlanTooOld(message, hint="plan again, look at it, and apply the new plan")


def makes_keys(plan: Plan) -> bool:
    """Say whether *plan* brings API keys into being, whose secrets are shown only once."""
    return any(isinstance(change.after, Key) for change in plan.changes)


@dataclass(frozen=True)
class Look:
    """What is live at one moment, to be asked about."""

    state: State
    catalogue: Catalogue
    now: Instant
    applier: Address | None

    @cached_property
    def access(self) -> Access:
        """Who may do what."""
        return Access(self.state, self.catalogue)


def look(backend: Backend, *, credential: bool = False) -> Look:
    """Return what is live; with *credential*, also whose credential this is."""
    with backend.open() as session:
        applier = session.applier() if credential else None
        return Look(session.read(), session.catalogue, session.now(), applier)


def not_possible(message: str, hint: str) -> RbacSyncError:
    """Return the error for a command that this backend or plan does not allow."""
    return RbacSyncError(message, hint=hint)
