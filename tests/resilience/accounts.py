"""Configurations with any number of changes and of new keys.

Each is a pair: the state before, and the desired state. Resources are created, changed and
deleted, so that an interrupted run leaves some of each behind.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

OWNER = "olivia@example.org"
UNTIL = (datetime.now(UTC) + timedelta(days=200)).date().isoformat()
LOOSENED = ("--allow-deletes=999", "--allow-losers=999", "--allow-gainers=999", "--reason=test")
"""What lets the guard accept so large a change."""

PEOPLE = ("bo", "cy", "dee")
HEAD = """\
[backend]
type    = "{type}"
account = "{account}"
world   = "{world}"

[manage]
{managed}

[guard]
min_owners   = 1
max_key_days = 36500

[people]
olivia = "{owner}"
"""
"""What every configuration begins with."""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one world for the content of the configurations."""

    world: str
    managed: tuple[str, ...]
    owner: str
    member: str
    key: str
    permissions: tuple[str, str]


CLOUD = Words(
    "prefect-cloud",
    ("members", "service_accounts", "teams", "roles", "workspaces", "access"),
    "owner",
    "member",
    "active",
    ("see_flows", "see_blocks"),
)
TENANT = Words(
    "prefect-cloud-1",
    ("members", "service_accounts", "roles"),
    "administrator",
    "read-only-user",
    "host",
    ("read:flow", "read:project"),
)


@dataclass(frozen=True, slots=True)
class Move:
    """From one configuration to another in *changes* changes, *keys* of which make API keys."""

    words: Words
    changes: int
    keys: int

    @property
    def before(self) -> str:
        """The tables of the configuration that is true at the beginning."""
        return self._members(0) + "".join(
            _role(f"{kind}-{n}", self.words.permissions[0])
            for kind, number in (("old", self._gone), ("role", self._changed))
            for n in range(number)
        )

    @property
    def after(self) -> str:
        """The tables of the configuration that is to become true."""
        changed = (_role(f"role-{n}", *self.words.permissions) for n in range(self._changed))
        return "".join((self._members(self.keys), *changed, *self._new()))

    @property
    def secrets(self) -> list[str]:
        """The addresses of the keys that come, as the keys file names them."""
        return [f"service-account.s{n}/key/{self.words.key}" for n in range(self.keys)]

    def head(self, type_: str, account: str) -> str:
        """Return the beginning of the configuration of *account*, on a backend of a type."""
        managed = "\n".join(f'{kind} = "all"' for kind in self.words.managed)
        told = {"type": type_, "account": account, "world": self.words.world}
        people = "".join(f'{name} = "{name}@example.org"\n' for name in PEOPLE)
        return HEAD.format(managed=managed, owner=OWNER, **told) + people

    @property
    def _gone(self) -> int:
        return self.changes // 10

    @property
    def _changed(self) -> int:
        return self.changes // 10

    def _members(self, keys: int) -> str:
        accounts = [f"s{n}" for n in range(keys)]
        members = ", ".join(f'"{name}"' for name in (*PEOPLE, *(f"sa:{a}" for a in accounts)))
        named = (
            f"[service_accounts.{a}]\nkeys.{self.words.key} = {{ until = {UNTIL} }}\n"
            for a in accounts
        )
        words = self.words
        return f'[members]\n{words.owner} = ["olivia"]\n{words.member} = [{members}]\n' + "".join(
            named
        )

    def _new(self) -> list[str]:
        """Return the tables of new things, a change for each that is left."""
        due = self.changes - self._gone - self._changed - 2 * self.keys
        if self.words is TENANT:
            return [_role(f"new-{n}", self.words.permissions[0]) for n in range(due)]
        whole, rest = divmod(due, 4)
        workspaces = [_workspace(f"w{n}") for n in range(whole)]
        return workspaces + [_role(f"new-{n}", self.words.permissions[0]) for n in range(rest)]


def _role(name: str, *permissions: str) -> str:
    listed = ", ".join(f'"{each}"' for each in permissions)
    return f"[roles.{name}]\npermissions = [{listed}]\n"


def _workspace(handle: str) -> str:
    """Return a workspace that takes four changes."""
    return (
        f'[workspaces.{handle}]\nname = "{handle}"\ndefault_role = "viewer"\n'
        f'[workspaces.{handle}.access]\nviewer = ["bo"]\ndeveloper = ["cy"]\n'
    )
