"""Access lists in a run: those that it has to read, and the check of their principals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..errors import ConfigError, Diagnostic
from ..model import (
    ACCOUNT,
    EVERYONE,
    Address,
    Declaration,
    Horizon,
    Kind,
    Manage,
    ObjectAccess,
    Policy,
    Role,
    State,
    Subject,
    label,
)
from ..model.address import object_name, place
from ..model.resources import is_object_name


def protected_objects(policy: Policy) -> frozenset[Address]:
    """Return the objects whose access lists ``protect`` names.

    *Why* a run reads these lists: nobody declares a list that goes with its workspace.
    """
    named = (Address(Kind.OBJECT, text) for text in policy.protect if "/object/" in text)
    return frozenset(each for each in named if is_object_name(object_name(each)))


def check_access_lists(
    declaration: Declaration, live: State, horizon: Horizon, texts: Mapping[str, str]
) -> None:
    """Check that all principals on declared lists have access once the declaration is live.

    *Why* here and not by a rule of the guard: such a list is no risk, since it gives no access,
    and a service may accept it.

    Raises:
        ConfigError: a principal has none.
    """
    if problems := tuple(_outsiders(declaration, live, horizon)):
        raise ConfigError(problems, texts)


def _outsiders(declaration: Declaration, live: State, horizon: Horizon) -> Iterator[Diagnostic]:
    for address, listed in sorted(declaration.desired.of(ObjectAccess).items()):
        scope = listed.workspace
        states = [declaration.desired]
        if not _is_whole(declaration, scope):
            states.append(live)
        for who in sorted(listed.principals - {EVERYONE}):
            is_known = not horizon.hides_access_in(scope) or len(states) == 1
            if is_known and not any(_enters(who, scope, state) for state in states):
                message = f"`{label(who)}` has no access to {place(scope)}"
                hint = f"give it a role there, or take it off the list of `{listed.name}`"
                where = declaration.entry(address, who) or declaration.origin(address)
                yield Diagnostic("RS341", message, where, hint)


def _is_whole(declaration: Declaration, scope: Address) -> bool:
    """Say whether the declaration names all access to *scope*."""
    is_silent = scope in declaration.silent_access or scope in declaration.silent_defaults
    subjects = (Subject.ACCESS, Subject.MEMBERS, Subject.SERVICE_ACCOUNTS, Subject.TEAMS)
    return not is_silent and all(declaration.reach(each) is Manage.ALL for each in subjects)


def _enters(who: Address, scope: Address, state: State) -> bool:
    """Say whether *who* holds a role in *scope*: own, by a team, by default or by the account."""
    holders = [who, *state.memberships_of(who)]
    holders += [EVERYONE] if who.kind is Kind.USER else []
    if any(state.holdings(holder, scope) for holder in holders):
        return True
    roles = (state.get(holding.role) for holding in state.holdings(who, ACCOUNT))
    return any(isinstance(role, Role) and role.implies for role in roles)
