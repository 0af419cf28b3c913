"""The tables of the TOML language: their keys and types, and nothing about names.

Keys that are not listed are refused everywhere. Nothing is converted.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from .text_rules import is_of_texts
from .values import (
    AccountName,
    Email,
    Everybody,
    Jwks,
    Moment,
    Name,
    OldAddresses,
    OldNames,
    Option,
    Principal,
    Prose,
    Reach,
    Reason,
    ResourceAddress,
    ShortName,
    Url,
    UrlVariable,
    Variable,
)


class Table(BaseModel):
    """A table with a fixed set of keys. Its validator is built with that of the whole file."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)


class PrincipalEntry(Table):
    """A principal of a list, with a reason, and the times from which and until which it holds."""

    who: str
    since: Moment | None = Field(None, alias="from")
    until: Moment | None = None
    reason: Reason = ""


class MemberEntry(PrincipalEntry):
    """A member of the account, with the earlier e-mail addresses of a person."""

    renamed_from: OldAddresses = []


class PersonTable(Table):
    """The e-mail address of a short name, with the person's earlier ones."""

    email: Email
    renamed_from: OldAddresses = []


NAME, TABLE = "\0name", "\0table"
"""Tags that pydantic puts into the location of a fault; no key can equal them."""


def _form(value: object) -> str:
    return TABLE if isinstance(value, dict) else NAME


Who = Annotated[
    Annotated[str, Tag(NAME)] | Annotated[PrincipalEntry, Tag(TABLE)], Discriminator(_form)
]

Member = Annotated[
    Annotated[str, Tag(NAME)] | Annotated[MemberEntry, Tag(TABLE)], Discriminator(_form)
]
Person = Annotated[
    Annotated[Email, Tag(NAME)] | Annotated[PersonTable, Tag(TABLE)], Discriminator(_form)
]


def _listed(value: object, check: ValidatorFunctionWrapHandler) -> Any:
    """Return a list of texts unchanged; check each entry of any other list."""
    return value if is_of_texts(value) else check(value)


Holders = Annotated[list[Who], WrapValidator(_listed)]
Members = Annotated[list[Member], WrapValidator(_listed)]


class AccountBackend(Table):
    """The keys of ``[backend]`` that differ in one account."""

    type: Name | None = None
    account: Name | None = None
    tenant: Name | None = None
    url: Url | None = None
    world: Name | None = None
    options: dict[str, Option] = {}


class BackendTable(AccountBackend):
    """The account and the system."""

    type: Name


class JournalTable(Table):
    """The database that keeps the journal of an account over an API."""

    url: Name | None = None


class LimitsTable(Table):
    """The limits of reading: bytes of one file, number of files, bytes in all."""

    max_file: Annotated[int, Field(ge=1, le=64 * 2**20)] = 2**20
    max_files: Annotated[int, Field(ge=1, le=100_000)] = 1000
    max_total: Annotated[int, Field(ge=1, le=512 * 2**20)] = 64 * 2**20


class ManageTable(Table):
    """The reach of each table."""

    members: Reach | None = None
    service_accounts: Reach | None = None
    teams: Reach | None = None
    roles: Reach | None = None
    workspaces: Reach | None = None
    access: Reach | None = None
    keys: Reach | None = None


class Authors(Table):
    """The proof of the author of a change."""

    issuer: Name
    audience: Name
    jwks: Jwks
    claims: Annotated[dict[Name, Name], Field(min_length=1)]
    actor: Name = "actor"
    principals: dict[Name, Principal]


Share = Annotated[str, Field(pattern=r"^(100|[0-9]{1,2}(\.[0-9]+)?)%$")]
"""A share of the live number, as in ``25%``."""


Duration = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,4}(m|h|d)$")]
"""A time, as in ``24h``."""


class GuardTable(Table):
    """The limits of the guard."""

    min_owners: Annotated[int, Field(ge=1)] | None = None
    workspace_owners: dict[Name, Annotated[int, Field(ge=1)]] = {}
    bots_account_role: Name | None = None
    default_role_forbids: list[str] | None = None
    max_key_days: Annotated[int, Field(ge=1, le=36_500)] | None = None
    max_invite_days: Annotated[int, Field(ge=1, le=36_500)] | None = None
    max_invites: Annotated[int, Field(ge=0)] | None = None
    max_removal_fraction: Annotated[float, Field(ge=0, le=1)] | None = None
    removal_min_existing: Annotated[int, Field(ge=0)] | None = None
    max_deletes: Annotated[int, Field(ge=0)] | None = None
    max_removed: Share | None = None
    max_losers: Annotated[int, Field(ge=0)] | Share | None = None
    max_gainers: Annotated[int, Field(ge=0)] | Share | None = None
    allow_public: bool | None = None
    protect: list[ResourceAddress] = []
    require_author: bool | None = None
    require_reason_for: list[Name] = []
    max_term: dict[Name, Duration] = {}
    require_end_for: list[Name] = []
    authors: Authors | None = None
    max_plan_age: Duration | None = None


class KeyTable(Table):
    """An API key of a service account, by name."""

    until: Moment | None = None


class ServiceAccountTable(Table):
    """A principal that is no person."""

    description: Prose | None = None
    keys: dict[Name, KeyTable] = {}
    renamed_from: OldNames = []


class RoleTable(Table):
    """A custom role."""

    description: Prose | None = None
    level: Literal["account", "workspace"] | None = None
    base: str | None = None
    permissions: list[str] | None = None
    renamed_from: OldNames = []


class GroupTable(Table):
    """A name for a list of principals; lists of principals may contain it."""

    members: Members = []
    except_: list[str] = Field([], alias="except")
    all_: Everybody | None = Field(None, alias="all")
    allow_empty: bool = False


class TeamTable(Table):
    """A named set of people and service accounts."""

    description: Prose | None = None
    members: Holders | None = None
    renamed_from: OldNames = []


class AccessListTable(Table):
    """The whole access list of one object in a workspace; a level that is not written is empty.

    `*` is everyone whose role in the workspace permits it.
    """

    view: list[str] = []
    run: list[str] = []
    manage: list[str] = []


class WorkspaceTable(Table):
    """A workspace, by handle, and the holders of each role in it."""

    name: Name | None = None
    description: Prose | None = None
    public: bool | None = None
    default_role: str | None = None
    access: dict[str, Holders] | None = None
    objects: dict[Name, AccessListTable] = {}
    renamed_from: OldNames = []


class WorkspaceDefaults(Table):
    """The default keys of every declared workspace whose handle matches the pattern."""

    description: Prose | None = None
    public: bool | None = None
    default_role: str | None = None
    access: dict[str, Holders] | None = None


class AnyTest(Table):
    """The keys of every test."""

    name: Name
    workspace: str | None = None
    level: Literal["error", "warn"] = "error"


class WhoTest(AnyTest):
    """The abilities of principals in the account, in one workspace, or in each (`*`)."""

    who: str
    can: list[str] = []
    cannot: list[str] = []
    only: list[str] | None = None
    at_most: str | None = None
    at_least: str | None = None


class PermissionTest(AnyTest):
    """The permitted holders of a permission: a list of them, or a highest or lowest number."""

    permission: str
    only: list[str] | None = None
    at_most: Annotated[int, Field(ge=0)] | None = None
    at_least: Annotated[int, Field(ge=1)] | None = None


class RoleTest(AnyTest):
    """The permitted holders of a role: a list of them, or a highest or lowest number."""

    role: str
    only: list[str] | None = None
    at_most: Annotated[int, Field(ge=0)] | None = None
    at_least: Annotated[int, Field(ge=1)] | None = None


class TogetherTest(AnyTest):
    """Roles and permissions of which nobody may hold two, in one scope or anywhere."""

    never_together: Annotated[list[str], Field(min_length=2)]
    except_: list[str] = Field([], alias="except")


TESTS: dict[str, type[Table]] = {
    "\0together": TogetherTest,
    "\0permission": PermissionTest,
    "\0role": RoleTest,
    "\0who": WhoTest,
}
"""The kinds of test by tag."""


def form_of_test(value: object) -> str:
    """Return the tag of the kind of the test *value*, which follows from the keys of the test."""
    keys = value if isinstance(value, dict) else ()
    if "never_together" in keys:
        return "\0together"
    return next((f"\0{key}" for key in ("permission", "role") if key in keys), "\0who")


Test = Annotated[
    Annotated[TogetherTest, Tag("\0together")]
    | Annotated[PermissionTest, Tag("\0permission")]
    | Annotated[RoleTest, Tag("\0role")]
    | Annotated[WhoTest, Tag("\0who")],
    Discriminator(form_of_test),
]


class IgnoreTable(Table):
    """Live things that no plan touches, by a pattern of their addresses, and the reason."""

    address: Name
    why: Annotated[Reason, Field(min_length=1)]


class AlumnusTable(Table):
    """A person who has left: the day, the author of the record, the reason, and a note."""

    left: Moment | None = None
    by: Name | None = None
    reason: Reason = ""
    note: Prose = ""


class Notify(Table):
    """The receivers of drift: environment variables that hold the URLs of webhooks."""

    slack: Variable | None = None
    teams: Variable | None = None
    webhook: Variable | None = None


def _shared(default: Any) -> Any:
    """Return a field whose default is *default* itself, not a copy.

    *Why*: most tables are absent from a file, and nobody changes a default value.
    """

    def show(schema: dict[str, Any]) -> None:
        schema["default"] = default.model_dump() if isinstance(default, BaseModel) else default

    return Field(default_factory=lambda: default, json_schema_extra=show)


def _absent(table: type[Table]) -> Any:
    """Return a field whose default is an empty *table*, which needs no validator of its own."""
    return _shared(table.model_construct())


class ObjectTables(Table):
    """The tables of objects by name, of one file or of one account."""

    people: dict[ShortName, Person] = _shared({})
    members: dict[str, Members] = _shared({})
    alumni: dict[Name, AlumnusTable] = _shared({})
    service_accounts: dict[Name, ServiceAccountTable] = _shared({})
    roles: dict[Name, RoleTable] = _shared({})
    groups: dict[Name, GroupTable] = _shared({})
    teams: dict[Name, TeamTable] = _shared({})
    workspaces: dict[Name, WorkspaceTable] = _shared({})
    workspace_defaults: dict[Name, WorkspaceDefaults] = _shared({})


class AddedTables(ObjectTables):
    """The tables of one account that are added to the shared ones, as are the entries of lists."""

    ignore: list[IgnoreTable] = []
    test: list[Test] = _shared([])


class AccountNames(Table):
    """The names of shared things in one account, by the names in the shared files."""

    workspaces: dict[Name, Name] = {}
    service_accounts: dict[Name, Name] = {}
    teams: dict[Name, Name] = {}
    roles: dict[Name, Name] = {}


class AccountTable(ObjectTables):
    """One account of several: the keys that replace shared ones, and its wave."""

    wave: Annotated[int, Field(ge=1, le=1000)]
    key_variable: Variable | None = None
    url_variable: UrlVariable | None = None
    backend: AccountBackend = _absent(AccountBackend)
    journal: JournalTable = _absent(JournalTable)
    manage: ManageTable = _absent(ManageTable)
    guard: GuardTable = _absent(GuardTable)
    notify: Notify = _absent(Notify)
    names: AccountNames = _absent(AccountNames)
    add: AddedTables = _absent(AddedTables)


class ConfigDocument(ObjectTables):
    """One file."""

    backend: BackendTable | None = None
    journal: JournalTable = _absent(JournalTable)
    files: dict[str, list[str]] = _shared({})
    limits: LimitsTable = _absent(LimitsTable)
    manage: ManageTable = _absent(ManageTable)
    guard: GuardTable = _absent(GuardTable)
    ignore: list[IgnoreTable] = []
    owners: dict[Name, Annotated[list[Name], Field(min_length=1)]] = _shared({})
    notify: Notify = _absent(Notify)
    accounts: dict[AccountName, AccountTable] = _shared({})
    test: list[Test] = _shared([])


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of the language."""
    return {
        **ConfigDocument.model_json_schema(by_alias=True),
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "rbac-sync configuration",
    }
