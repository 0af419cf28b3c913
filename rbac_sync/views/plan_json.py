"""Plans and states as JSON, for machines: sorted, stable, complete.

``format_version`` is 1. It is raised when a key is removed or changes its meaning;
a new key does not raise it.
"""

from __future__ import annotations

import json

from ..errors import Place, RbacSyncError
from ..guard import CODES, Finding, Path
from ..guard.effect import Effect, one_by_one
from ..guard.rising_keys import RisingKey
from ..model import (
    ANYWHERE,
    Address,
    Catalogue,
    Key,
    Role,
    ServiceAccount,
    State,
    Team,
    User,
    Workspace,
    label,
)
from ..model.instant import rfc3339
from ..model.plain import plain
from ..planning import Change, Plan
from ..planning.plain_change import plain_change
from ..planning.plan import Reason
from ..planning.planfile import SavedPlan
from . import diagnostics, resources_json
from .not_changed import absent_json, awaited
from .resources_json import in_order
from .rising_keys import made_by
from .run import Makers, Run

FORMAT_VERSION = 1

JsonObject = resources_json.JsonObject


def dumps(value: object) -> str:
    """Return *value* as JSON text: keys sorted, ASCII only, so that no name can move a cursor."""
    return json.dumps(value, sort_keys=True, allow_nan=False, default=dict)


def plan(run: Run) -> JsonObject:
    """Return the plan of *run* as JSON."""
    planned, saved = run.plan, run.saved
    assert planned is not None, "there is a plan"
    assert saved is not None, "it names its target and its configuration"
    return {
        **header(saved),
        "digest": saved.digest,
        "counts": counts(planned.counts),
        "changes": [change(each, planned) for each in planned.changes],
        "effects": [_effect(effect) for effect in one_by_one(run.effects)],
        "rising_keys": [_rising(each, run.makers) for each in run.rising],
        "findings": [finding(each) for each in run.findings],
        "refused": bool(run.findings),
        **not_changed(planned),
        "deferred": [_deferred(each, planned) for each in planned.deferred],
        "advice": diagnostics.to_json(run.problems),
    }


def _deferred(each: Change, planned: Plan) -> JsonObject:
    reason = planned.reasons.get(each.address, Reason.FOLLOWS)
    return {**change(each, planned), "because": str(reason)}


def counts(of: tuple[int, int, int]) -> JsonObject:
    """Return the numbers of resources that are added, changed and destroyed."""
    added, changed, destroyed = of
    return {"add": added, "change": changed, "destroy": destroyed}


def header(saved: SavedPlan) -> JsonObject:
    """Return the head that all comparisons share: format, target, configuration, time."""
    return {
        "format_version": FORMAT_VERSION,
        "target": plain(saved.target),
        "configuration": saved.configuration,
        "created": rfc3339(saved.created),
    }


def change(each: Change, planned: Plan) -> JsonObject:
    """Return one change of a plan with its place."""
    return {**plain_change(each), "place": place(planned.place(each))}


def not_changed(planned: Plan) -> JsonObject:
    """Return the parts that a plan does not change: waiting, unmanaged, absent, unseen."""
    return {
        "waiting": [
            {**change(each, planned), "waits_for": [label(p) for p in awaited(each, planned)]}
            for each in planned.waiting
        ],
        "unmanaged": [str(address) for address in planned.unmanaged],
        "ignored": [str(address) for address in planned.ignored],
        "replaced": [
            {"address": str(key.address), "made": rfc3339(key.made) if key.made else None}
            for key in planned.replaced
        ],
        **absent_json(planned),
        "unknown": list(planned.unknown),
        "unseen_because": list(planned.unseen_because),
    }


def finding(item: Finding) -> JsonObject:
    """Return one finding of the guard."""
    return {
        "rule": item.rule,
        "code": CODES.get(item.rule),
        "address": str(item.address) if item.address else None,
        "message": item.message,
        "hint": item.hint,
        "scope": scope(item.scope) if item.scope else None,
        "permissions": list(item.permissions),
        "place": place(item.place),
    }


def error(failure: RbacSyncError) -> JsonObject:
    """Return the error that ended a run."""
    return {
        "code": failure.code,
        "message": str(failure),
        "hint": failure.hint,
        "exit_code": failure.exit_code,
    }


def path(access_path: Path) -> JsonObject:
    """Return one access path."""
    return {
        "holder": label(access_path.holder),
        "role": access_path.role.name,
        "scope": scope(access_path.bound),
        "since": plain(access_path.since),
        "until": plain(access_path.until),
        **resources_json.why(access_path.reason),
    }


def scope(address: Address) -> str:
    """Return ``account``, ``workspace.prod``, or ``workspace.*`` for every workspace."""
    return "workspace.*" if address == ANYWHERE else str(address)


def place(position: Place | None) -> JsonObject | None:
    """Return the place of a declaration."""
    if position is None:
        return None
    return {"file": position.file, "line": position.line, "column": position.column}


def state(account: State, catalogue: Catalogue) -> JsonObject:
    """Return all access of one account by human name, with custom roles only."""
    custom = [role for role in in_order(account, Role) if not role.builtin]
    return {
        "format_version": FORMAT_VERSION,
        "world": catalogue.world,
        "members": [resources_json.member(user, account) for user in in_order(account, User)],
        "service_accounts": [
            resources_json.service_account(a, account) for a in in_order(account, ServiceAccount)
        ],
        "teams": [resources_json.team(team) for team in in_order(account, Team)],
        "roles": [resources_json.role(role) for role in custom],
        "workspaces": [resources_json.workspace(w, account) for w in in_order(account, Workspace)],
    }


def keys(account: State) -> list[JsonObject]:
    """Return every API key with its owner and end, sorted."""
    return [
        {"owner": label(key.owner), **resources_json.key(key)} for key in in_order(account, Key)
    ]


def _rising(each: RisingKey, makers: Makers) -> JsonObject:
    return {
        "owner": label(each.owner),
        **resources_json.key(each.key),
        "risk": each.risk,
        "made_by": made_by(each, makers),
    }


def _effect(effect: Effect) -> JsonObject:
    return {
        "principal": label(effect.principal),
        "scope": scope(effect.scope),
        "gained": list(effect.gained),
        "lost": list(effect.lost),
        "kept": list(effect.kept),
        "extended": list(effect.extended),
        "shortened": list(effect.shortened),
        "risk": effect.risk,
        "grave": list(effect.grave),
        "roles_before": [role.name for role in effect.roles_before],
        "roles_after": sorted({path.role.name for path in effect.after}),
        "public": effect.opened,
        "by": [path(p) for p in effect.by],
        "through": [path(p) for p in effect.through],
        "places": [place(p) for p in effect.places],
        "place": place(effect.place),
    }
