"""A plan in the JSON form of Terraform, for tools that read that form.

One entry of ``resource_changes`` is one resource in ``Plan: N to add``, so that
a tool that counts actions gets the same numbers. An invitation that replaces
another one is an update. Resources that come or go with a principal or a
workspace are in its value: ``access``, ``teams``, ``keys``.

Source: https://developer.hashicorp.com/terraform/internals/json-format
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import assert_never

from ...model import (
    Action,
    Address,
    Binding,
    Key,
    Kind,
    ObjectAccess,
    Resource,
    Role,
    ServiceAccount,
    State,
    Team,
    User,
    Workspace,
    label,
)
from ...model.instant import rfc3339
from ...planning import Change, gone_with, left_with
from .. import plan_json, resources_json
from ..difference import ResourceChanges, entries
from ..resources_json import JsonObject
from ..run import Run

FORMAT_VERSION = "1.2"
PROVIDER = "rbac-sync"
ACTIONS: Mapping[Action, list[str]] = {Action.CREATE: ["create"], Action.DELETE: ["delete"]}
"""The actions by kind of change; any other is an update."""


def render_report(run: Run) -> str:
    """Return the plan of *run* as JSON; see ``document``."""
    return plan_json.dumps(document(run)) + "\n"


def document(run: Run) -> JsonObject:
    """Return the plan of *run*, ``errored`` if it is refused or incomplete.

    Raises:
        ValueError: nothing was planned.
    """
    plan, saved = run.plan, run.saved
    if plan is None or saved is None:
        raise ValueError("there is no plan")
    errored = bool(run.findings or run.error)
    changes = [_resource_change(entry, plan.live, plan.outcome) for entry in entries(plan)]
    return {
        "format_version": FORMAT_VERSION,
        "timestamp": rfc3339(saved.created),
        "applyable": bool(plan.changes) and not errored,
        "complete": not plan.deferred and not plan.waiting and not plan.unknown,
        "errored": errored,
        "resource_changes": changes,
        "output_changes": {},
        **counts(changes),
    }


def counts(changes: Sequence[JsonObject]) -> dict[str, int]:
    """Return the numbers of changes that create, update and delete.

    GitLab's widget reads these three keys beside the plan and shows an error without them.
    Source: gitlab-org/gitlab, lib/gitlab/ci/parsers/terraform/tfplan.rb.
    """
    actions = Counter(action for each in changes for action in each["change"]["actions"])
    return {action: actions[action] for action in ("create", "update", "delete")}


def _resource_change(entry: ResourceChanges, live: State, outcome: State) -> JsonObject:
    address = str(entry.address)
    was, will = _sides(entry, live, outcome)
    before = None if entry.action is Action.CREATE else _value(was, live)
    after = None if entry.action is Action.DELETE else _value(will, outcome)
    for change in entry.changes:
        _add_related(change, live, before, after)
    return {
        "address": address,
        "mode": "managed",
        "type": f"rbac_{entry.address.kind.replace('-', '_')}",
        "name": address.partition(".")[2],
        "provider_name": PROVIDER,
        "change": {
            "actions": ACTIONS.get(entry.action, ["update"]),
            "before": before,
            "after": after,
            "after_unknown": {},
            "before_sensitive": False,
            "after_sensitive": False,
        },
    }


def _sides(
    entry: ResourceChanges, live: State, outcome: State
) -> tuple[Resource | None, Resource | None]:
    """Return the resource of *entry* before and after; a member without changes stays the same."""
    if entry.address.kind is Kind.BINDING:
        (change,) = entry.changes
        return change.before, change.after
    return live.get(entry.before), outcome.get(entry.address)


def _value(resource: Resource | None, state: State) -> JsonObject:
    """Return *resource* of *state* as JSON, by human name."""
    match resource:
        case User() as user:
            return resources_json.member(user, state)
        case ServiceAccount() as account:
            return _without(resources_json.service_account(account, state), "keys")
        case Team() as team:
            return resources_json.team(team)
        case Role() as role:
            return resources_json.role(role)
        case Workspace() as workspace:
            return _without(resources_json.workspace(workspace, state), "default_roles", "access")
        case Key() as key:
            return {"owner": label(key.owner), **resources_json.key(key)}
        case Binding() as binding:
            return _access(binding)
        case ObjectAccess() as listed:
            return {"workspace": listed.workspace.key, **resources_json.access_list(listed)}
        case None:
            return {}
    assert_never(resource)


def _without(fields: JsonObject, *names: str) -> JsonObject:
    return {name: value for name, value in fields.items() if name not in names}


def _access(binding: Binding) -> JsonObject:
    return {
        "principal": label(binding.principal),
        "scope": plan_json.scope(binding.scope),
        "roles": resources_json.roles(binding.roles),
    }


def _add_related(
    change: Change, live: State, before: JsonObject | None, after: JsonObject | None
) -> None:
    """Add the resources that *change* creates or deletes with it to the values."""
    if before is not None:
        leaving = list(gone_with(change, live))
        before |= _related(leaving, [team.address for team in left_with(change, live)])
    if after is not None:
        after |= _related(change.brings, change.joins)


def _related(resources: Iterable[Resource], teams: Sequence[Address]) -> JsonObject:
    access, keys = [], []
    for resource in resources:
        match resource:
            case Binding() if resource.scope.kind is Kind.WORKSPACE:
                access.append(_access(resource))
            case Key():
                keys.append(resources_json.key(resource))
    fields = {"access": access, "keys": keys, "teams": sorted(team.key for team in teams)}
    return {name: value for name, value in fields.items() if value}
