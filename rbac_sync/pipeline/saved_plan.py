"""The review of a saved plan against the present live state."""

from __future__ import annotations

from ..backends.interface import Backend, Session
from ..errors import OtherAccount, StalePlan
from ..model import Declaration, State
from ..planning import Change, Plan, objects_of
from ..planning.planfile import SavedPlan
from ..planning.target_form import normal
from .access_lists import protected_objects
from .configuration import Configuration
from .fresh_plan import Planning
from .plan_checks import check_configuration, check_fit, still_due
from .review import Review, applier
from .run_options import RunOptions


def review_saved(
    configuration: Configuration, backend: Backend, saved: SavedPlan, options: RunOptions
) -> tuple[Review, StalePlan | None]:
    """Return *saved* judged on the present state, and the error of `apply` besides the guard's.

    Changes that are made already are left out; a stale plan is shown whole.

    Raises:
        OtherAccount: it was made for another account.
        CredentialError: there is no principal to judge it for.
    """
    with backend.open() as session:
        applier(session, options)  # without one nothing is read
        planning = Planning(configuration, session, options)
        declaration = configuration.declaration(session.catalogue, saved.created)
        session.show_lists(objects_of(saved.changes) | protected_objects(declaration.policy))
        live = normal(session.read(), session.catalogue)
        changes, stale = remaining_changes(session, saved, configuration, declaration, live)
        plan = Plan(live, changes, origin=declaration.origin, entry=declaration.entry)
        return planning.judged(declaration, plan, saved), stale


def remaining_changes(
    session: Session,
    saved: SavedPlan,
    configuration: Configuration,
    declaration: Declaration,
    live: State,
) -> tuple[tuple[Change, ...], StalePlan | None]:
    """Return the changes of *saved* that are not made yet; all, with an error, if it is stale.

    Raises:
        OtherAccount: it was made for another.
    """
    try:
        check_fit(saved, session, declaration.policy.max_plan_age)
        check_configuration(saved, configuration.digest)
        return still_due(saved, session, live), None
    except OtherAccount:
        raise
    except StalePlan as error:
        return saved.changes, error
