"""Apply: a plan is judged again on fresh state under the lock, carried out, and recorded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import chain
from uuid import uuid4

from ..audit.record import Authorship
from ..backends.interface import Backend, Settled, Writer
from ..config.known_files import MembersUnparsed
from ..dataclasses import dataclass, field, replace
from ..errors import ConfigError, CredentialError, PlanRefused, StalePlan
from ..execution import Applied, Keep, Progress, ended_badly, make_all
from ..guard import Finding, GuardContext, could_apply, examine
from ..model import Address, Declaration, Key, State
from ..named_tuples import NamedTuple
from ..planning import Change, Expresses, Plan, Writes, objects_of
from ..planning.extent import Extent, extent_of_plan, workspaces_of
from ..planning.planfile import SavedPlan
from ..planning.target_form import normal
from ..stop import StopRequest
from .access_lists import protected_objects
from .author import actor, proved_author
from .commit_check import are_single_rows, check_made
from .configuration import Configuration
from .fresh_plan import Planning, context_of
from .plan_checks import check_configuration, check_fit, still_due
from .read_extent import scopes_of, wider
from .review import Review
from .run_options import RunOptions

OnJudgement = Callable[[Configuration, GuardContext, Sequence[Finding]], object]
"""Receives the configuration, or a part of it, the context that was judged, and its findings."""

OnReplan = Callable[[Review], object]
"""Receives the plan that replaces a stale one that nobody reviewed."""

NOBODY = "set `RBAC_SYNC_API_KEY` to the applier's key"


@dataclass
class ApplyRun:
    """One run of ``apply``: the plan ``saved`` is judged again for the credential, and made.

    ``keep`` receives the secrets of new keys, if there are any, before the commit;
    ``on_judgement`` receives the guard's context and findings before the first write.
    ``on_replan`` says that nobody reviewed ``saved``: if it is stale, a new plan is made once,
    under the lock, passed to ``on_replan`` and applied in its place. ``stop`` ends the run between
    two changes. ``standing`` is the number of its changes once all are committed.
    """

    configuration: Configuration
    saved: SavedPlan
    options: RunOptions
    progress: Progress
    keep: Keep
    on_judgement: OnJudgement = lambda *_: None
    on_replan: OnReplan | None = None
    stop: StopRequest = field(default_factory=StopRequest)
    id: str = field(default_factory=lambda: str(uuid4()))
    standing: int | None = None

    def __post_init__(self) -> None:
        self._signed = actor(self.configuration, self.options)

    def apply(self, backend: Backend) -> Applied:
        """Make the plan in the account of *backend*.

        Raises:
            ApplyStopped: the run ended half-way, for any reason; see ``make_all``.
            Interrupted: ``stop`` ended it.
            StalePlan: the state that the plan was made from has changed.
            PlanRefused: the guard objects; nothing was written.
        """
        try:
            return backend.transact(self.id, self._carry_out)
        except Exception as error:
            if self.standing is None:
                raise
            raise ended_badly(self.standing, error) from error

    def _carry_out(self, writer: Writer) -> Applied:
        """Judge the plan again on the state that *writer* reads, and make it.

        Most files declare other workspaces than those of the plan, and are passed over. A refusal
        is made with all of them: it names places, and one of these may be in any file.
        """
        judgement = self._judged_by_part(writer) or self._judge(writer, self.configuration)
        configuration, context, findings = judgement[:3]
        self.on_judgement(configuration, context, findings)
        if findings:
            able = could_apply(context, findings)
            raise PlanRefused(findings, configuration.sources.texts, able)
        return self._make(context, writer, judgement.authorship)

    def _judged_by_part(self, writer: Writer) -> _Judgement | None:
        """Return the judgement by the needed files; None if it takes all."""
        try:
            needed = self._needed(writer)
            judgement = None if needed is self.configuration else self._judge(writer, needed)
        except (ConfigError, MembersUnparsed):  # the judgement with all files reports it whole
            return None
        if judgement is None or (judgement.findings and judgement.configuration is needed):
            return None
        return judgement

    def _needed(self, writer: Writer) -> Configuration:
        """Return the part of the configuration that the judgement of the plan needs.

        It needs all where access is compared with what is declared: by a strict run, in reports,
        and where the target does not keep the ends that are declared. For a plan of single rows,
        files of members are compared with what is live while they are read, and then dropped.
        """
        has_ends = Expresses.ENDS in writer.capabilities.expresses
        if self.options.strict or self.options.whole or not has_ends:
            return self.configuration
        scopes = (workspaces_of(change) or () for change in self.saved.changes)
        handles = {scope.key for scope in chain.from_iterable(scopes)}
        session = writer.recorded_session
        if session is None or not are_single_rows(self.saved.changes):
            return self.configuration.part(handles)
        from .partial_plan import comparison

        return self.configuration.part(handles, comparison(session).begin)

    def _judge(self, writer: Writer, configuration: Configuration) -> _Judgement:
        """Return the judgement of the plan, or of one that replaces it, by *configuration*."""
        declaration = configuration.declaration(writer.catalogue, self.saved.created)
        find = scopes_of(writer)
        extent = None if self.options.whole else extent_of_plan(self.saved, declaration, find)
        writer.restrict(extent)
        applier = applier_of(writer)
        check_configuration(self.saved, configuration.digest)
        author = proved_author(declaration.policy, self.options, self._signed)
        check_fit(self.saved, writer, declaration.policy.max_plan_age)
        options = replace(self.options, author=author, simulated=None)
        writer.show_lists(objects_of(self.saved.changes) | protected_objects(declaration.policy))
        try:
            current = self.saved
            context, findings = self._examined(writer, applier, declaration, options, extent)
        except StalePlan as error:
            if self.on_replan is None:
                raise
            review = self._replan(writer, options, error)
            self.on_replan(review)
            current = review.saved
            configuration = self.configuration
            declaration, live = review.declaration, review.plan.live
            changes = review.saved.changes
            context, findings = _judged(live, changes, writer, applier, declaration, options)
        authorship = Authorship(
            applier, self.id, current.digest, author, options.reason, options.allowed
        )
        return _Judgement(configuration, context, findings, authorship)

    def _examined(
        self,
        writer: Writer,
        applier: Address,
        declaration: Declaration,
        options: RunOptions,
        extent: Extent,
    ) -> tuple[GuardContext, Sequence[Finding]]:
        """Return the part of the plan that is still to be made, and the guard's findings about it.

        *Why* all is judged again if *extent* is not enough: a later read sees a later moment.

        Raises:
            StalePlan: the state that the plan was made from has changed.
        """
        while True:
            live = normal(writer.read(declaration.desired), writer.catalogue)
            made = writer.made(self.saved.digest) if options.resume else ()
            due = still_due(self.saved, writer, live, made)
            context, findings = _judged(live, due, writer, applier, declaration, options)
            more = wider(extent, context.plan, context.horizon, findings, scopes_of(writer))
            if extent == more:
                return context, findings
            extent = more
            writer.restrict(extent)

    def _replan(self, writer: Writer, options: RunOptions, stale: StalePlan) -> Review:
        """Return a new plan for the present live state, under the lock.

        Raises:
            StalePlan: it makes a key that the replaced plan does not make.
        """
        declaration = self.configuration.declaration_for(writer)
        review = Planning(self.configuration, writer, options, self._signed).judge(declaration)
        check_keys(review.saved, self.saved, stale)
        return review

    def _make(self, context: GuardContext, writer: Writer, authorship: Authorship) -> Applied:
        changes, check = context.plan.changes, partial(check_made, context, writer)
        secrets = make_all(changes, writer, authorship, self.progress, self.keep, check, self.stop)
        if Writes.WHOLE_RUNS not in writer.capabilities.writes:
            self.standing = len(changes)
        return Applied(self.id, context.plan.counts, secrets)


class _Judgement(NamedTuple):
    """The judgement of a plan by a configuration, and the head of the records of the run."""

    configuration: Configuration
    context: GuardContext
    findings: Sequence[Finding]
    authorship: Authorship


def _judged(
    live: State,
    changes: tuple[Change, ...],
    writer: Writer,
    applier: Address,
    declaration: Declaration,
    options: RunOptions,
) -> tuple[GuardContext, Sequence[Finding]]:
    """Return the plan that makes *changes*, and the guard's findings about it."""
    plan = Plan(live, changes, origin=declaration.origin, entry=declaration.entry)
    context = context_of(plan, writer, applier, declaration, options)
    return context, examine(context)


def check_lost(saved: SavedPlan, settled: Settled) -> None:
    """Check that *saved* makes every key again whose secret *settled* reports as lost.

    Raises:
        StalePlan: it does not.
    """
    made = {str(change.address) for change in saved.changes if isinstance(change.after, Key)}
    if lost := sorted(settled.lost - made):
        message = f"the secret of `{lost[0]}` was lost, and this plan does not make it again"
        raise StalePlan(message, hint="plan again, read the new plan, and apply it")


def applier_of(writer: Writer) -> Address:
    """Return the principal of the credential.

    Raises:
        CredentialError: there is no credential.
    """
    applier = writer.applier()
    if applier is None:
        raise CredentialError("no API key says who applies this", hint=NOBODY)
    return applier


def check_keys(new: SavedPlan, old: SavedPlan, stale: StalePlan) -> None:
    """Check that *new* makes no API key that *old* does not: no place is reserved for its secret.

    Raises:
        StalePlan: it does.
    """
    if any(isinstance(change.after, Key) and change not in old.changes for change in new.changes):
        raise stale
