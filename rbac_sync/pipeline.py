"""The whole path, in one place and one direction; the only module that sees every stage."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from uuid import uuid4

from . import backends, config
from .apply import Applied, Progress, make_all
from .audit.chain import Checkpoint, Flaw, Link, checkpoint, flaws
from .audit.record import Authorship
from .audit.replay import Difference, differences, replay
from .backends.interface import Backend, Session, Target, Writer
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
from .model import Address, Catalogue, Declaration, Instant, Policy, State
from .planning import Change, Plan
from .planning.freshness import outstanding
from .planning.planfile import SavedPlan, owners, read_set
from .planning.planner import Planner, normal
from .planning.selection import Selection

STORE = "sqlite:///rbac.db"
"""The store of a configuration that names none."""

WORLD = "prefect-cloud"
"""The world of a configuration that names none, where no backend can be asked."""

NOBODY = "set `RBAC_SYNC_API_KEY` to the key of whoever applies, or simulate with `--as PRINCIPAL`"


@dataclass(frozen=True)
class Configuration:
    """What was read from one folder, and which account it is about."""

    sources: config.Sources
    settings: config.Settings

    @property
    def people(self) -> Mapping[str, str]:
        """The e-mail addresses by short name."""
        return {name: email for _, name, email in self.sources.named("people")}

    def backend(self, api_key: str | None) -> Backend:
        """Return the backend that the configuration names, with the credential given."""
        return backends.backend(self.settings, api_key)

    def declaration(self, known: Catalogue, now: Instant) -> Declaration:
        """Return what is declared in the world of *known*; what ended before *now* is not.

        Raises:
            ConfigError: it cannot be used as written.
        """
        return config.declaration(self.sources, known, now)


@dataclass(frozen=True, slots=True)
class Wish:
    """What one run asks for beyond the configuration.

    ``simulated`` answers for a principal without being it; applying ignores
    it. ``author`` is a second bound. The ``allow`` ones loosen the guard and
    exist on the command line only.
    """

    simulated: Address | None = None
    author: Address | None = None
    selection: Selection = field(default_factory=Selection)
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


def load(folder: Path, url: str = "") -> Configuration:
    """Read the configuration below *folder*; *url*, if given, takes the place of the one in it.

    Raises:
        ConfigError: it cannot be read, or names no backend.
    """
    sources = config.read(folder)
    settings = config.settings(sources)
    return Configuration(sources, replace(settings, url=url or settings.url or STORE))


def validate(configuration: Configuration, now: Instant) -> Declaration:
    """Return what is declared, without a look at what is live.

    Raises:
        ConfigError: it cannot be used as written.
    """
    return configuration.declaration(catalogue(configuration.settings.world or WORLD), now)


def review(configuration: Configuration, session: Session, wish: Wish) -> Review:
    """Return the plan for *session*'s account and what the guard says of it.

    Raises:
        ConfigError: the configuration cannot be used as written.
        CredentialError: there is nobody to plan for.
    """
    applier = wish.simulated or session.applier()
    if applier is None:
        raise CredentialError("there is nobody to plan for", hint=NOBODY)
    now, live = session.now(), session.read()
    declaration = configuration.declaration(_world(configuration, session), now)
    reduces = reducing(live, session.catalogue, applier, now)
    planner = Planner(session.catalogue, session.capabilities, now, reduces)
    plan = wish.selection.of(planner.plan(declaration, live))
    inquiry = _inquiry(plan, session, applier, declaration, wish)
    return Review(
        plan, examine(inquiry), inquiry, declaration, _saved(inquiry, session, declaration)
    )


def _world(configuration: Configuration, session: Session) -> Catalogue:
    written = configuration.settings.world
    if written not in ("", session.target.world):
        message = (
            f"`{session.target.account}` is of the world `{session.target.world}`, not `{written}`"
        )
        raise RbacSyncError(message, hint="correct `world` in `[backend]`")
    return session.catalogue


def drift(configuration: Configuration, backend: Backend) -> tuple[Plan, SavedPlan]:
    """Return what differs between live and declared; nothing is judged, so nobody is asked for."""
    with backend.open() as session:
        now, live = session.now(), session.read()
        declaration = configuration.declaration(_world(configuration, session), now)
        planner = Planner(session.catalogue, session.capabilities, now)
        plan = planner.plan(declaration, live)
        return plan, SavedPlan(session.target, declaration.digest, now, plan.changes, {})


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
        declaration = configuration.declaration(writer.catalogue, saved.created)
        _fits(saved, writer, declaration.policy.max_plan_age)
        live = normal(writer.read(), writer.catalogue)
        applied = writer.applied(saved.digest)
        changes = outstanding(saved, live, writer.versions(saved.pins), applied=applied)
        plan = Plan(live, changes, origin=declaration.origin)
        if findings := examine(_inquiry(plan, writer, applier, declaration, wish)):
            raise PlanRefused(findings, configuration.sources.texts)
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


@dataclass(frozen=True)
class Look:
    """What is live at one moment. ``applier`` is whose credential this is, if there is one."""

    state: State
    catalogue: Catalogue
    target: Target
    now: Instant
    applier: Address | None

    @cached_property
    def access(self) -> Access:
        """Who may do what."""
        return Access(self.state, self.catalogue)


def look(backend: Backend) -> Look:
    """Return what is live."""
    with backend.open() as session:
        return Look(
            session.read(), session.catalogue, session.target, session.now(), session.applier()
        )


def history(backend: Backend, limit: int | None, since: Instant | None, who: str) -> list[Link]:
    """Return the newest rows of the audit trail first."""
    with backend.open() as session:
        return list(session.trail.latest(limit, since, who))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an audit trail is worth.

    ``flaws`` are rows that are not as they were written; ``differences``, asked
    for only where there are none, what the rows do not tell of what is live.
    ``checkpoint`` is how far the trail goes, None if it is empty.
    """

    flaws: tuple[Flaw, ...]
    differences: tuple[Difference, ...]
    rows: int
    checkpoint: Checkpoint | None

    @property
    def whole(self) -> bool:
        """Whether nothing is wrong."""
        return not self.flaws and not self.differences


def verify(backend: Backend, checkpoints: Sequence[Checkpoint]) -> Verdict:
    """Check the trail: its chain, by earlier *checkpoints*, and that it matches what is live."""
    with backend.open() as session:
        links = list(session.trail.links())
        found = tuple(flaws(links, checkpoints))
        last = checkpoint(links[-1], session.now()) if links else None
        if found:
            return Verdict(found, (), len(links), last)
        told = replay((row.record for row in links), session.catalogue)
        return Verdict((), tuple(differences(told, session.read())), len(links), last)


def change_by_hand(backend: Backend, changes: Sequence[Change], reason: str) -> dict[str, str]:
    """Make *changes* as a plan of their own, judged like any other; return new secrets.

    Raises:
        PlanRefused: the guard objects; nothing was written.
    """
    run = str(uuid4())

    def work(writer: Writer) -> dict[str, str]:
        applier = writer.applier()
        if applier is None:
            raise CredentialError("there is nobody to apply as", hint=NOBODY.partition(",")[0])
        plan = Plan(normal(writer.read(), writer.catalogue), tuple(changes))
        policy = Policy(allow_self_reduction=True)
        inquiry = Inquiry(
            plan, writer.catalogue, applier, writer.now(), policy, writer.capabilities
        )
        if findings := examine(inquiry):
            raise PlanRefused(findings)
        by = Authorship(applier, run, reason=reason)
        return make_all(changes, writer, by, lambda _: None)

    return backend.transact(run, work)
