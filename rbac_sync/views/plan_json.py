"""Plans and states as JSON's own types, for machines: sorted, stable, nothing left out.

``format_version`` is 1. It goes up when a key goes or changes its meaning;
new keys come without.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from ..errors import Diagnostic, Place, RbacSyncError
from ..guard import CODES, Finding, Path
from ..guard.effects import Effect
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
from ..planning.order import Reason
from ..planning.plain_change import plain_change
from ..planning.planfile import SavedPlan
from . import diagnostics, resources_json
from .not_changed import awaited
from .rising_keys import made_by
from .run import Makers
from .words import role_name

FORMAT_VERSION = 1

Shown = resources_json.Shown


def dumps(value: object) -> str:
    """Return *value* as JSON text: keys sorted, and ASCII, so that no name can move a cursor."""
    return json.dumps(value, sort_keys=True, allow_nan=False)


def plan(
    found: Plan,
    effects: Iterable[Effect],
    findings: Sequence[Finding],
    saved: SavedPlan,
    advice: Iterable[Diagnostic] = (),
    keys: tuple[Sequence[RisingKey], Makers] = ((), None),
) -> Shown:
    """Return all there is to know of a plan; *saved* names its target and what it was made from."""
    return {
        **header(saved),
        "digest": saved.digest,
        "counts": counts(found.counts),
        "changes": [change(each, found) for each in found.changes],
        "effects": [_effect(effect) for effect in effects],
        "rising_keys": [_rising(each, keys[1]) for each in keys[0]],
        "findings": [finding(each) for each in findings],
        "refused": bool(findings),
        **untouched(found),
        "deferred": [_deferred(each, found) for each in found.deferred],
        "advice": diagnostics.machine(advice),
    }


def _deferred(each: Change, found: Plan) -> Shown:
    reason = found.reasons.get(each.address, Reason.FOLLOWS)
    return {**change(each, found), "because": str(reason)}


def counts(of: tuple[int, int, int]) -> Shown:
    """Return how many things are added, changed and destroyed."""
    added, changed, destroyed = of
    return {"add": added, "change": changed, "destroy": destroyed}


def header(saved: SavedPlan) -> Shown:
    """Return what is said of every comparison: format, target, configuration, time."""
    return {
        "format_version": FORMAT_VERSION,
        "target": plain(saved.target),
        "configuration": saved.configuration,
        "created": rfc3339(saved.created),
    }


def change(each: Change, found: Plan) -> Shown:
    """Return one change of a plan and where it is declared."""
    return {**plain_change(each), "place": place(found.place(each))}


def untouched(found: Plan) -> Shown:
    """Return what a plan leaves alone: what waits for whom, and what nobody declares."""
    return {
        "waiting": [
            {**change(each, found), "waits_for": [label(p) for p in awaited(each, found.live)]}
            for each in found.waiting
        ],
        "unmanaged": [str(address) for address in found.unmanaged],
        "replaced": [
            {"address": str(key.address), "made": rfc3339(key.made) if key.made else None}
            for key in found.replaced
        ],
        "unknown": list(found.unknown),
        "unseen_because": list(found.unseen_because),
    }


def finding(found: Finding) -> Shown:
    """Return one finding of the guard."""
    return {
        "rule": found.rule,
        "code": CODES.get(found.rule),
        "address": str(found.address) if found.address else None,
        "message": found.message,
        "hint": found.hint,
        "scope": scope(found.scope) if found.scope else None,
        "permissions": list(found.permissions),
        "place": place(found.place),
    }


def error(found: RbacSyncError) -> Shown:
    """Return what a run ended with."""
    return {
        "code": found.code,
        "message": str(found),
        "hint": found.hint,
        "exit_code": found.exit_code,
    }


def path(found: Path) -> Shown:
    """Return one way of holding something."""
    return {
        "holder": label(found.holder),
        "role": role_name(found.role),
        "scope": scope(found.bound),
        "since": plain(found.since),
        "until": plain(found.until),
        **resources_json.why(found.reason),
    }


def scope(found: Address) -> str:
    """Return ``account``, ``workspace.prod``, or ``workspace.*`` for every workspace."""
    return "workspace.*" if found == ANYWHERE else str(found)


def place(found: Place | None) -> Shown | None:
    """Return where something is declared."""
    return {"file": found.file, "line": found.line, "column": found.column} if found else None


def state(found: State, catalogue: Catalogue) -> Shown:
    """Return all the access of one account by human name; of the roles only the custom ones."""
    custom = [role for role in _sorted(found, Role) if not role.builtin]
    return {
        "format_version": FORMAT_VERSION,
        "world": catalogue.world,
        "members": [resources_json.member(user, found) for user in _sorted(found, User)],
        "service_accounts": [
            resources_json.service_account(a, found) for a in _sorted(found, ServiceAccount)
        ],
        "teams": [resources_json.team(team) for team in _sorted(found, Team)],
        "roles": [resources_json.role(role) for role in custom],
        "workspaces": [resources_json.workspace(w, found) for w in _sorted(found, Workspace)],
    }


def keys(found: State) -> list[Shown]:
    """Return every API key with its owner and end, sorted."""
    return [{"owner": label(key.owner), **resources_json.key(key)} for key in _sorted(found, Key)]


def _sorted(found: State, kind: type[Any]) -> list[Any]:
    of = found.of(kind)
    return [of[address] for address in sorted(of)]


def _rising(each: RisingKey, makers: Makers) -> Shown:
    return {
        "owner": label(each.owner),
        **resources_json.key(each.key),
        "risk": each.risk,
        "made_by": made_by(each, makers),
    }


def _effect(effect: Effect) -> Shown:
    return {
        "principal": label(effect.principal),
        "scope": scope(effect.scope),
        "gained": list(effect.gained),
        "lost": list(effect.lost),
        "kept": list(effect.kept),
        "extended": list(effect.extended),
        "risk": effect.risk,
        "grave": list(effect.grave),
        "roles_before": [role_name(role) for role in effect.roles_before],
        "public": effect.opened,
        "by": [path(p) for p in effect.by],
        "through": [path(p) for p in effect.through],
        "places": [place(p) for p in effect.places],
    }
