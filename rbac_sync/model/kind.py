"""The kinds of thing, in a table from which all other lists of kinds follow."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal

from ..named_tuples import NamedTuple


class Kind(StrEnum):
    """A kind of thing that an address can name. The value is the first word of the address."""

    USER = "member"
    SERVICE_ACCOUNT = "service-account"
    KEY = "key"
    TEAM = "team"
    WORKSPACE = "workspace"
    ROLE = "role"
    BINDING = "binding"
    OBJECT = "object"
    ACCOUNT = "account"
    EVERYONE = "everyone"

    @property
    def noun(self) -> str:
        """The kind as people write it in a sentence."""
        return self.value.replace("-", " ")


class Subject(StrEnum):
    """A subject of ``[manage]``. ``ACCESS`` is the access in declared workspaces."""

    MEMBERS = "members"
    SERVICE_ACCOUNTS = "service_accounts"
    TEAMS = "teams"
    ROLES = "roles"
    WORKSPACES = "workspaces"
    ACCESS = "access"
    KEYS = "keys"


Trait = Literal["principal", "actor", "scope", "named", "counted"]
"""A property of a kind.

A *principal* can hold roles; an *actor* is a principal that acts by itself and can be in
a team. Roles are held in a *scope*. A *named* kind has a TOML table for each name that people
choose: no two names may look alike, and its things can be renamed. Of a *counted* kind
a plan may not remove too many resources.
"""


class KindSpec(NamedTuple):
    """The entry of one kind.

    ``section`` is the TOML table that declares it by name, ``subject`` its key in ``[manage]``,
    ``prefix`` the text before its name in lists of principals, ``table`` its name in the
    audit trail. Each is empty, or None, for a kind that has none.
    """

    section: str
    subject: Subject | None
    prefix: str
    table: str
    traits: tuple[Trait, ...]


SPECS: Mapping[Kind, KindSpec] = {
    Kind.USER: KindSpec("members", Subject.MEMBERS, "", "user", ("principal", "actor", "counted")),
    Kind.SERVICE_ACCOUNT: KindSpec(
        "service_accounts",
        Subject.SERVICE_ACCOUNTS,
        "sa",
        "service_account",
        ("principal", "actor", "named", "counted"),
    ),
    Kind.KEY: KindSpec("", Subject.KEYS, "", "api_key", ("counted",)),
    Kind.ROLE: KindSpec("roles", Subject.ROLES, "", "role", ("named", "counted")),
    Kind.TEAM: KindSpec("teams", Subject.TEAMS, "team", "team", ("principal", "named", "counted")),
    Kind.WORKSPACE: KindSpec(
        "workspaces", Subject.WORKSPACES, "", "workspace", ("scope", "named", "counted")
    ),
    Kind.BINDING: KindSpec("", None, "", "membership", ("counted",)),
    Kind.OBJECT: KindSpec("", None, "", "object_access", ("counted",)),
    Kind.ACCOUNT: KindSpec("", None, "", "tenant", ("scope",)),
    Kind.EVERYONE: KindSpec("", None, "", "", ("principal",)),
}
"""The entry of every kind, in the order of lists for people."""


def kinds_with(trait: Trait) -> tuple[Kind, ...]:
    """Return the kinds that have *trait*, in the order of ``SPECS``."""
    return tuple(kind for kind, spec in SPECS.items() if trait in spec.traits)


PRINCIPALS = frozenset(kinds_with("principal"))
ACTORS = frozenset(kinds_with("actor"))
SCOPES = frozenset(kinds_with("scope"))
SUBJECTS = {kind: spec.subject for kind, spec in SPECS.items() if spec.subject}
PREFIXES = {spec.prefix: kind for kind, spec in SPECS.items() if spec.prefix}
