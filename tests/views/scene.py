"""One account before and after a busy week: what the goldens of several views show."""

from __future__ import annotations

from dataclasses import replace

from rbac_sync.audit.record import FAILED, Authorship, Record
from rbac_sync.errors import Place
from rbac_sync.model import Address
from rbac_sync.planning import Capabilities, Invitations
from rbac_sync.planning.planfile import SavedPlan, Target
from tests.build import (
    ANYTHING,
    NOW,
    bind,
    key,
    plan,
    role,
    service_account,
    state,
    team,
    user,
    who,
    workspace,
)

INVITING = replace(ANYTHING, invitations=Invitations.REQUIRED | Invitations.DATED)

LIVE = state(
    user("ana", "owner"),
    user("bo"),
    user("cy"),
    user("dan"),
    user("max"),
    service_account("ci"),
    key("sa:ci", "build"),
    team("data", "bo", "cy", "max"),
    role("oncall", "run_flows", "manage_access", "see_flows", description="On call."),
    workspace("prod", "Production", "viewer"),
    workspace("test"),
    bind("team:data", "prod", "runner"),
    bind("sa:ci", "prod", "developer"),
    bind("max", "test", "developer"),
)

DESIRED = state(
    user("ana", "owner"),
    user("bo", "admin"),
    user("cy"),
    user("dan"),
    user("eve", "member until 2027-01-01T00:00:00Z"),
    service_account("ci", description="Builds."),
    key("sa:ci", "build", "2027-06-30T00:00:00Z"),
    team("data", "bo", "cy", "dan until 2026-12-01T00:00:00Z"),
    team("audit", "eve", description="Reads, no more."),
    role("oncall", "write_blocks", base="runner", description="On call."),
    workspace("prod", "Production!", "runner"),
    workspace("test"),
    bind("team:data", "prod", "developer"),
    bind("team:data", "test", "oncall until 2026-12-24T00:00:00Z"),
    bind("eve", "prod", "viewer"),
)

SOURCES = {
    "people.toml": '[members]\nowner = ["ana"]\nadmin = ["bo"]\nmember = ["cy", "dan", "eve"]\n',
    "workspaces/prod.toml": '[workspaces.prod.access]\ndeveloper = ["team:data"]\n',
}

PLACES = {
    "member.bo@acme.example/account_role": Place("people.toml", 3, 10, 4),
    "member.eve@acme.example": Place("people.toml", 4, 25, 5),
    "workspace.prod/access/team:data": Place("workspaces/prod.toml", 2, 14, 11),
}

TARGET = Target("store", "sqlite:///rbac.db", "acme", "small")


def origin(address: Address) -> Place | None:
    """Say where the scene declares *address*."""
    return PLACES.get(str(address))


def week(capabilities: Capabilities = INVITING, **declared):
    """Return the plan of the week."""
    return plan(LIVE, DESIRED, capabilities, origin=origin, **declared)


def saved(found) -> SavedPlan:
    """Return a plan as it would be saved."""
    return SavedPlan(TARGET, "0" * 64, NOW, found.changes, {})


def trail() -> list[tuple[int, Record]]:
    """Return the records of the week, the last of which failed, and a log-in."""
    authorship = Authorship(who("ana"), "run-1", on_behalf_of=who("bo"), reason="INC-4821")
    *changes, last = week().changes
    records = [authorship.record(change, NOW) for change in changes]
    records.append(authorship.record(last, NOW, FAILED))
    records.append(Record(NOW, "logged in", "member.ana@acme.example", "user", result="event"))
    return list(enumerate(records, 1))
