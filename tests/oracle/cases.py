"""One question to guard and oracle: an account, a plan, who applies it; and its form as JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cache

from rbac_sync.catalogues import catalogue as published
from rbac_sync.guard import GuardContext, examine
from rbac_sync.model import Address, Kind, Level, Permission, Policy, Role
from rbac_sync.model.instant import Instant, parsed, rfc3339
from rbac_sync.model.plain import plain, resource
from rbac_sync.model.resources import role as role_address
from rbac_sync.model.state import State
from rbac_sync.planning import Plan
from rbac_sync.planning.plain_change import change_of, plain_change

NOW = parsed("2026-11-21T12:00:00Z")

SEES = {"see_flows", "see_blocks"}
SEES |= {"see_deployments"}
DEVELOPS = {
    *SEES,
    "run_flows",
    "manage_blocks",
    "see_secret_blocks",
    "run_deployments",
    "manage_deployments",
}
OWNS = {
    *DEVELOPS,
    "manage_workspace_users",
    "manage_workspace_service_accounts",
    "manage_workspace_teams",
    "write_workspace_settings",
    "manage_workspace_settings",
    "manage_acls",
}
MEMBER = {"read:account", "read:workspace"}
ADMIN = {
    *MEMBER,
    "update:account_membership",
    "delete:account_membership",
    "create:invitation",
    "update:invitation",
    "create:bot",
    "update:bot",
    "delete:bot",
    "create:team",
    "update:team",
    "delete:team",
    "create:workspace",
    *(f"{verb}:{level}_role" for verb in ("create", "update", "delete")
      for level in ("workspace", "account")),
}  # fmt: skip
OWNER = {*ADMIN, "delete:account"}


def _builtin(level, name, permissions, *implies):
    below = frozenset(role_address(Level.WORKSPACE, n) for n in implies)
    return Role(level, name, frozenset(map(Permission, permissions)), implies=below, builtin=True)


BUILTIN = (
    _builtin(Level.ACCOUNT, "owner", OWNER, "owner"),
    _builtin(Level.ACCOUNT, "admin", ADMIN, "owner"),
    _builtin(Level.ACCOUNT, "member", MEMBER),
    _builtin(Level.WORKSPACE, "viewer", SEES),
    _builtin(Level.WORKSPACE, "developer", DEVELOPS),
    _builtin(Level.WORKSPACE, "owner", OWNS),
)


@cache
def small():
    """Return Prefect Cloud's catalogue with fewer permissions in it, so that plans go fast."""
    kept = {*OWNER, *OWNS}
    whole = published("prefect-cloud")
    return replace(
        whole,
        titles={p: t for p, t in whole.titles.items() if p in kept},
        includes={p: of & kept for p, of in whole.includes.items() if p in kept},
        roles={r.address: r for r in BUILTIN},
        leaves_with_access=None,
    )


LENIENT = Policy(
    allow_self_reduction=True,
    allow_public=True,
    allow_removals=99,
    max_removal_fraction=1.0,
    max_losers=None,
    max_key_days=10**5,
    max_invite_days=10**5,
)
"""No limit of ``[guard]`` objects: what is asked here is who may do what."""


@dataclass(frozen=True)
class Case:
    """What is put to guard and oracle. ``honest``: every step is made from the state it finds."""

    live: tuple
    changes: tuple
    applier: Address
    author: Address | None = None
    now: Instant = NOW
    honest: bool = True
    notes: tuple = ()

    def findings(self):
        """Return what the guard says."""
        plan = Plan(State(self.live), self.changes)
        asked = GuardContext(plan, small(), self.applier, self.now, LENIENT, author=self.author)
        return examine(asked)

    def shown(self):
        """Return this case as JSON that ``Case.read`` reads."""
        builtin = {r.address for r in BUILTIN}
        body = {
            "live": [plain(r) for r in self.live if r.address not in builtin],
            "changes": [_shown(change) for change in self.changes],
            "applier": list(self.applier),
            **({"author": list(self.author)} if self.author else {}),
            "now": rfc3339(self.now),
            "honest": self.honest,
        }
        return json.dumps(body, sort_keys=True)

    @classmethod
    def read(cls, body):
        """Return the case that ``shown`` showed."""
        return cls(
            (*BUILTIN, *map(resource, body["live"])),
            tuple(map(change_of, body["changes"])),
            _address(body["applier"]),
            _address(body["author"]) if "author" in body else None,
            parsed(body["now"]),
            body["honest"],
        )


def _shown(change):
    shown = plain_change(change)
    return {key: shown[key] for key in shown if key not in ("address", "action")}


def _address(pair):
    return Address(Kind(pair[0]), pair[1])
