"""The checks that a saved plan is for the account and the configuration of a run, and not stale."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from ..backends.interface import Session
from ..errors import OtherAccount, OtherConfiguration, PlanFromFuture, PlanTooOld
from ..model import State
from ..model.instant import is_to_come, length, rfc3339
from ..planning import Change
from ..planning.freshness import outstanding, resumed
from ..planning.pins import created, pinned
from ..planning.planfile import SavedPlan


def check_configuration(saved: SavedPlan, digest: str) -> None:
    """Check that *saved* was made from the configuration with this *digest*, and under its policy.

    Raises:
        OtherConfiguration: it was not.
    """
    if saved.configuration != digest:
        message = "the configuration has changed since the plan was made"
        hint = "plan again from this configuration"
        raise OtherConfiguration(message, hint=hint)


def check_fit(saved: SavedPlan, session: Session, longest: timedelta) -> None:
    """Check that *saved* is for the account of *session*, and not older than *longest*.

    Raises:
        OtherAccount: it was made for another.
        PlanFromFuture: it was made at a time that has not come yet.
        PlanTooOld: it is older.
    """
    if saved.target != session.target:
        message = f"the plan is for `{saved.target.account}` of {saved.target.url}"
        raise OtherAccount(message, hint="apply it with the configuration it was made from")
    now = session.now()
    if is_to_come(saved.created, now):
        created, local = rfc3339(saved.created), rfc3339(now)
        message = f"the plan says that it was made at {created}, and here it is {local}"
        hint = "check the clock of the machine that planned; plan again, and apply the new plan"
        raise PlanFromFuture(message, hint=hint)
    if now - saved.created > longest:
        message = f"the plan is older than {length(longest)}"
        raise PlanTooOld(message, hint="plan again, read the new plan, and apply it")


def still_due(
    saved: SavedPlan, session: Session, live: State, made: Sequence[Change] = ()
) -> tuple[Change, ...]:
    """Return the changes of *saved* that remain; interrupted runs of it made *made*.

    Raises:
        StalePlan: the state that the plan was made from has changed.
    """
    rows = created(saved.changes).union(saved.pins)
    pins = pinned(rows, live, session.versions, saved.changes)
    applied = session.applied(saved.digest)
    return outstanding(resumed(saved, made), live, pins, session.horizon(), applied=applied)
