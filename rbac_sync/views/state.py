"""The live state of one account as text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from typing import Any

from ..model import (
    ACCOUNT,
    EVERYONE,
    Address,
    Catalogue,
    Holding,
    Key,
    Role,
    ServiceAccount,
    State,
    Status,
    Team,
    User,
    Workspace,
    label,
    reasons,
)
from ..model.instant import rfc3339
from .resources_json import in_order
from .terminal import BLANK, PLAIN, Layout, Line, Tone, render_lines
from .words import element, term

NO_KEYS = "No API keys."


def render_state(state: State, catalogue: Catalogue, layout: Layout = PLAIN) -> str:
    """Return *state* as text, with the vendor's names of built-in roles."""
    return render_lines(_StateText(state, catalogue).lines(), layout)


def render_keys(state: State) -> str:
    """Return every API key with its owner and end as text."""
    lines = [Line(f"{label(k.owner)}  {_key(k)}") for k in in_order(state, Key)]
    return render_lines(lines or [Line(NO_KEYS)])


class _StateText:
    """The text of one state, line by line."""

    def __init__(self, state: State, catalogue: Catalogue) -> None:
        self._state, self._display = state, catalogue.display

    def lines(self) -> Iterator[Line]:
        custom = [role for role in in_order(self._state, Role) if not role.builtin]
        sections: tuple[tuple[str, list[Any], Callable[[Any], Iterator[str]]], ...] = (
            ("Members", in_order(self._state, User), self._member),
            ("Service accounts", in_order(self._state, ServiceAccount), self._service_account),
            ("Teams", in_order(self._state, Team), self._team),
            ("Custom roles", custom, self._role),
            ("Workspaces", in_order(self._state, Workspace), self._workspace),
        )
        for i, (heading, resources, lines_of) in enumerate(sections):
            yield from [BLANK] if i else []
            yield Line(f"{heading} ({len(resources):,})", Tone.HEADING)
            for resource in resources:
                yield from map(Line, lines_of(resource))

    def _member(self, user: User) -> Iterator[str]:
        status = f"; {user.status}" if user.status is not Status.ACTIVE else ""
        end = f", invitation until {rfc3339(user.expires)}" if user.expires else ""
        yield f"  {user.email}: {self._account_roles(user.address)}{status}{end}"

    def _service_account(self, account: ServiceAccount) -> Iterator[str]:
        roles = self._account_roles(account.address)
        yield f"  {label(account.address)}: {roles}{_described(account.description)}"
        for key in sorted(self._state.keys_of(account.address), key=lambda key: key.name):
            yield f"    key {_key(key)}"

    def _team(self, team: Team) -> Iterator[str]:
        directory = f"; managed by {team.managed_by}" if team.managed_by else ""
        yield f"  {label(team.address)}{directory}{_described(team.description)}"
        for membership in sorted(team.members, key=lambda m: m.principal):
            yield f"    {element(membership)}"

    def _role(self, role: Role) -> Iterator[str]:
        base = [f"all of {self._named(address)}" for address in sorted(role.base)]
        below = [f"{self._named(a)} in every workspace" for a in sorted(role.implies)]
        granted = ", ".join([*base, *below, *sorted(role.permissions)])
        yield f"  {role.name} ({role.level} role){_described(role.description)}"
        yield f"    {granted or 'no permissions'}"

    def _workspace(self, workspace: Workspace) -> Iterator[str]:
        name = f' "{workspace.name}"' if workspace.name else ""
        public = "; public" if workspace.public else ""
        yield f"  {workspace.handle}{name}{public}{_described(workspace.description)}"
        row = self._state.row(workspace.address)
        yield f"    default role: {self._roles(row.get(EVERYONE, ())) or 'none'}"
        holders: defaultdict[Address, list[str]] = defaultdict(list)
        for principal in sorted(row.keys() - {EVERYONE}):
            for held in reasons.in_order(row[principal]):
                ends = term(held.since, held.until, held.reason)
                holders[held.role].append(label(principal) + ends)
        for role in sorted(holders):
            yield f"    {self._named(role)}: {', '.join(holders[role])}"

    def _account_roles(self, principal: Address) -> str:
        return self._roles(self._state.holdings(principal, ACCOUNT)) or "no account role"

    def _roles(self, holdings: Collection[Holding]) -> str:
        held = sorted(reasons.in_order(holdings), key=lambda holding: holding.role)
        return ", ".join(self._named(h.role) + term(h.since, h.until, h.reason) for h in held)

    def _named(self, role: Address) -> str:
        return self._display.get(role, role.name)


def _described(description: str) -> str:
    return f"; {description}" if description else ""


def _key(key: Key) -> str:
    return f"{key.name}{term(None, key.until) or ' (no end)'}"
