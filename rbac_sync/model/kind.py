"""The kinds of thing, in a table from which all other lists of kinds follow."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Flag, StrEnum, auto

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


class Trait(Flag):
    """A property of a kind.

    A *principal* can hold roles; an *actor* is a principal that acts by itself and can be in
    a team. Roles are held in a *scope*. A *named* kind has a TOML table for each name that people
    choose: no two names may look alike, and its things can be renamed. Of a *counted* kind
    a plan may not remove too many resources.
    """

    NONE = 0
    PRINCIPAL = auto()
    ACTOR = auto()
    SCOPE = auto()
    NAMED = auto()
    COUNTED = auto()


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
    traits: Trait


_ACTOR = Trait.PRINCIPAL | Trait.ACTOR | Trait.COUNTED
_NAMED = Trait.NAMED | Trait.COUNTED

SPECS: Mapping[Kind, KindSpec] = {
    Kind.USER: KindSpec("members", Subject.MEMBERS, "", "user", _ACTOR),
    Kind.SERVICE_ACCOUNT: KindSpec(
        "service_accounts", Subject.SERVICE_ACCOUNTS, "sa", "service_account", _ACTOR | _NAMED
    ),
    Kind.KEY: KindSpec("", Subject.KEYS, "", "api_key", Trait.COUNTED),
    Kind.ROLE: KindSpec("roles", Subject.ROLES, "", "role", _NAMED),
    Kind.TEAM: KindSpec("teams", Subject.TEAMS, "team", "team", _NAMED | Trait.PRINCIPAL),
    Kind.WORKSPACE: KindSpec(
        "workspaces", Subject.WORKSPACES, "", "workspace", _NAMED | Trait.SCOPE
    ),
    Kind.BINDING: KindSpec("", None, "", "membership", Trait.COUNTED),
    Kind.OBJECT: KindSpec("", None, "", "object_access", Trait.COUNTED),
    Kind.ACCOUNT: KindSpec("", None, "", "tenant", Trait.SCOPE),
    Kind.EVERYONE: KindSpec("", None, "", "", Trait.PRINCIPAL),
}
"""The entry of every kind, in the order of lists for people."""


def kinds_with(trait: Trait) -> tuple[Kind, ...]:
    """Return the kinds that have *trait*, in the order of ``SPECS``."""
    return tuple(kind for kind, spec in SPECS.items() if trait in spec.traits)


PRINCIPALS = frozenset(kinds_with(Trait.PRINCIPAL))
ACTORS = frozenset(kinds_with(Trait.ACTOR))
SCOPES = frozenset(kinds_with(Trait.SCOPE))
SUBJECTS = {kind: spec.subject for kind, spec in SPECS.items() if spec.subject}
PREFIXES = {spec.prefix: kind for kind, spec in SPECS.items() if spec.prefix}
