"""Advice on renames: a ``renamed_from`` without a live resource, and undeclared renames."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import assert_never

from ..config.problems import closest, suggestion
from ..errors import ConfigError, Diagnostic
from ..model import (
    Action,
    Address,
    Binding,
    Declaration,
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
)
from ..model.resources import CLASSES
from ..model.skeleton import spelt
from ..planning import Plan

WORDS = {
    Kind.ROLE: "permissions",
    Kind.TEAM: "members",
    Kind.WORKSPACE: "access",
    Kind.SERVICE_ACCOUNT: "grants",
}
"""The kinds that can be renamed, each with the facts that a rename keeps."""


def with_rename_advice(
    declaration: Declaration, plan: Plan, texts: Mapping[str, str]
) -> Declaration:
    """Return *declaration* with advice on the renames in *plan*.

    Raises:
        ConfigError: `renamed_from` names nothing live, and the plan destroys one of its kind.
    """
    created, deleted = _sides(plan, Action.CREATE), _sides(plan, Action.DELETE)
    unmatched = (new for new in created if new in declaration.former)
    checked = (_rename_problem(new, declaration, plan, deleted) for new in unmatched)
    problems = [problem for problem in checked if problem]
    if errors := [problem for problem in problems if problem.code == "RS316"]:
        raise ConfigError(errors, texts)
    advice = (*problems, *_undeclared(declaration, plan.live, created, deleted))
    return replace(declaration, advice=declaration.advice + advice)


def _sides(plan: Plan, action: Action) -> list[Address]:
    """Return the addresses that the plan, or the next run, creates or destroys."""
    changes = (*plan.changes, *plan.deferred)
    kinds = {*WORDS, Kind.USER}
    return sorted(c.address for c in changes if c.action is action and c.address.kind in kinds)


def _rename_problem(
    new: Address, declaration: Declaration, plan: Plan, deleted: Iterable[Address]
) -> Diagnostic | None:
    """Return the problem of `renamed_from` of *new*, none of whose old names is live."""
    live, old_names = plan.live, declaration.former[new]
    if any(live.get(old) is not None for old in old_names):
        return None
    undeclared = (a for a in _live(live, new.kind) if declaration.desired.get(a) is None)
    candidates = [a for a in deleted if _could_become(a, new, old_names)]
    free = candidates or [a for a in undeclared if _could_become(a, new, old_names)]
    suggestion = _suggestion(old_names, free)
    place = declaration.origin(new)
    message = f"`{old_names[0]}` is not live, so it cannot become `{new}`"
    if candidates:
        message += f", and `{candidates[0]}` would be destroyed"
        hint = (
            f"{suggestion} correct `renamed_from`, or take it out if these are two things".strip()
        )
        return Diagnostic("RS316", message, place, hint)
    return Diagnostic("RS508", message, place, suggestion) if suggestion else None


def _could_become(address: Address, new: Address, old_names: Iterable[Address]) -> bool:
    """Say whether the live *address* may be a misspelt old name of *new*.

    *Why* a person only if the parts before the `@` are close: other people may leave in the plan.
    """
    if new.kind is not Kind.USER:
        return address.kind is new.kind and _level(address) == _level(new)
    local, *others = (each.key.partition("@")[0] for each in (address, *old_names))
    return address.kind is new.kind and bool(closest(local, others))


def _suggestion(old_names: Iterable[Address], live: Sequence[Address]) -> str:
    """Return a hint naming the one of *live* whose name is closest to one of *old_names*."""
    hints = (suggestion(old.name, (a.name for a in live)) for old in old_names)
    return next(filter(None, hints), "")


def _live(live: State, kind: Kind) -> Iterator[Address]:
    resources: Mapping[Address, Resource] = live.of(CLASSES[kind])
    for address, resource in resources.items():
        if not (isinstance(resource, Role) and resource.builtin):
            yield address


def _level(address: Address) -> str:
    return address.key.partition("/")[0] if address.kind is Kind.ROLE else ""


def _undeclared(
    declaration: Declaration, live: State, created: Iterable[Address], deleted: Iterable[Address]
) -> Iterator[Diagnostic]:
    """Yield advice on created resources with the same content as a destroyed one."""
    lost: dict[object, Address] = {}
    for address in deleted:
        if content := _content(address, live):
            lost.setdefault((address.kind, _level(address), content), address)
    for new in created if lost else ():
        key = (new.kind, _level(new), _content(new, declaration.desired))
        old = lost.get(key)
        if old is not None and new not in declaration.former:
            message = f"`{new}` has the same {WORDS[new.kind]} as `{old}`, which would be destroyed"
            hint = f'if it is the same thing, write `renamed_from = "{spelt(old.name)}"`'
            yield Diagnostic("RS509", message, declaration.origin(new), hint)


def _content(address: Address, state: State) -> object:
    """Return the content that a rename would keep; None if there is nothing to keep."""
    resource = state.get(address)
    match resource:
        case Team():
            return resource.members
        case Role(permissions=permissions, base=base):
            return (permissions, base) if permissions or base else None
        case Workspace():
            return frozenset(state.row(address).items())
        case ServiceAccount():
            held = ((b.scope, b.roles) for b in state.bindings_of(address))
            grants = frozenset(pair for pair in held if pair[0].kind is Kind.WORKSPACE)
            return grants | frozenset(state.memberships_of(address))
        case User() | Key() | Binding() | ObjectAccess() | None:
            return None
    assert_never(resource)
