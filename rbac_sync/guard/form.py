"""The form of a change: it is in the grammar, and its earlier side is live.

A change is not trusted: the resource that it names as its earlier side must be live.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from ..model import ACCOUNT, Action, Binding, Catalogue, Kind, Resource, Role, State
from ..model.reasons import is_same
from ..planning import Change
from ..planning.renames import named_like
from ..planning.target_form import normal_role
from .grammar import Companions, form, sort

BY_HAND = "make the plan with `rbac-sync plan`; plan files are not to be edited"


def ungrammatical(change: Change, *_: object) -> Iterator[tuple[str, str]]:
    """Refuse a change outside the grammar: by kind, level, status or companions."""
    known, before, after = form(change), change.before, change.after
    if known is None:
        sides = (f"{side.kind} {sort(side)}".strip() for side in (before, after) if side)
        yield f"no plan would {change.action} `{change.address}` ({' to '.join(sides)})", BY_HAND
    elif not _fits(change, known.companions):
        yield f"`{change.address}` comes with what does not belong to it", BY_HAND
    elif any(isinstance(s, Binding) and not s.roles for s in (before, after)) and before != after:
        yield f"a side of `{change.address}` holds no role", BY_HAND
    elif _is_builtin(after) and not _is_builtin(before):
        yield f"`{change.address}` would be a built-in role", BY_HAND


def _is_builtin(resource: Resource | None) -> bool:
    return isinstance(resource, Role) and resource.builtin


def _fits(change: Change, companions: Companions) -> bool:
    scopes = [binding.scope for binding in change.brings]
    own = all(b.principal == change.address and b.roles for b in change.brings)
    once = len(set(scopes)) == len(scopes) and len(set(change.joins)) == len(change.joins)
    match companions:
        case Companions.NONE:
            return not change.brings and not change.joins
        case Companions.ACCOUNT_ROLE:
            return own and once and set(scopes) <= {ACCOUNT} and not change.joins
        case Companions.INVITATION:
            return own and once and all(team.kind is Kind.TEAM for team in change.joins)
    assert_never(companions)


def unlike_live(change: Change, state: State, catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    """Refuse a change whose earlier side is not live.

    A live resource may lack reasons, because its system keeps none.
    """
    before = change.before
    live = state.find(before) if before else None
    if before is None or (live is None and isinstance(before, Binding) and not before.roles):
        return
    if isinstance(before, Role) and isinstance(live, Role):
        before, live = (normal_role(role, state, catalogue) for role in (before, live))
    if not is_same(live, before) or _is_builtin(live) is not _is_builtin(before):
        what = f"`{before.address}` is not as the change says that it was"
        yield what, "plan again from what is live now"


def renames_more(change: Change, state: State, catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    """Refuse a rename that changes more than the name: rules find new resources by address."""
    before, after = change.before, change.after
    if change.action is not Action.RENAME or before is None or after is None:
        return
    pure = named_like(before, after)
    if isinstance(pure, Role) and isinstance(after, Role):
        pure, after = (normal_role(role, state, catalogue) for role in (pure, after))
    if pure != after:
        what = f"the rename of `{before.address}` changes more than the name"
        yield what, "rename it in one step, and change it in the next"
