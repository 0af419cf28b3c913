"""The tables of the TOML language: their keys and types, and nothing about names.

Keys that are not listed are refused everywhere. Nothing is converted.
"""

from __future__ import annotations

from collections.abc import Mapping

from .forms import BOOLEAN, Form, dict_of, list_of, number, text, word
from .root_tables import (
    IGNORED,
    AccountBackend,
    BackendTable,
    GuardTable,
    JournalTable,
    LimitsTable,
    ManageTable,
    Notify,
)
from .spans import KeyPath
from .table_forms import Table, empty, name_or, optional, required, table
from .values import (
    ACCOUNT_NAME,
    COUNT,
    EMAIL,
    EVERYBODY,
    MOMENT,
    NAME,
    OLD_ADDRESSES,
    OLD_NAMES,
    POSITIVE,
    PROSE,
    REASON,
    SHORT_NAME,
    TEXT,
    TEXTS,
    URL_VARIABLE,
    VARIABLE,
)


class PrincipalEntry(Table):
    """A principal of a list, with a reason, and the times from which and until which it holds."""

    who = required(TEXT)
    since = optional(MOMENT, name="from")
    until = optional(MOMENT)
    reason = optional(REASON, "")


class MemberEntry(PrincipalEntry):
    """A member of the account, with the earlier e-mail addresses of a person."""

    renamed_from = empty(OLD_ADDRESSES)


class PersonTable(Table):
    """The e-mail address of a short name, with the person's earlier ones."""

    email = required(EMAIL)
    renamed_from = empty(OLD_ADDRESSES)


SOMEBODY: Form[str] = text(
    expected="a name or a table `{ who = ... }`", hint='write `"name"` or `{ who = "name" }`'
)
HOLDERS = list_of(name_or(SOMEBODY, PrincipalEntry), any_text=True)
MEMBERS = list_of(name_or(SOMEBODY, MemberEntry), any_text=True)


class KeyTable(Table):
    """An API key of a service account, by name."""

    until = optional(MOMENT)


class ServiceAccountTable(Table):
    """A principal that is no person."""

    description = optional(PROSE)
    keys = empty(dict_of(NAME, table(KeyTable)))
    renamed_from = empty(OLD_NAMES)


class RoleTable(Table):
    """A custom role."""

    description = optional(PROSE)
    level = optional(word("account", "workspace"))
    base = optional(TEXT)
    permissions = optional(TEXTS)
    renamed_from = empty(OLD_NAMES)


class GroupTable(Table):
    """A name for a list of principals; lists of principals may contain it."""

    members = empty(MEMBERS)
    except_ = empty(TEXTS, name="except")
    all_ = optional(EVERYBODY, name="all")
    allow_empty = optional(BOOLEAN, False)


class TeamTable(Table):
    """A named set of people and service accounts."""

    description = optional(PROSE)
    members = optional(HOLDERS)
    renamed_from = empty(OLD_NAMES)


LISTED_NAME: Form[str] = text(
    expected="a name",
    hint_on_table="a list keeps no time: name a group, and write the time in the group",
)
LISTED = list_of(LISTED_NAME, any_text=True)


class AccessListTable(Table):
    """The whole access list of one object in a workspace; a level that is not written is empty.

    `*` is everyone whose role in the workspace permits it.
    """

    view = empty(LISTED)
    run = empty(LISTED)
    manage = empty(LISTED)


class WorkspaceTable(Table):
    """A workspace, by handle, and the holders of each role in it."""

    name = optional(NAME)
    description = optional(PROSE)
    public = optional(BOOLEAN)
    default_role = optional(TEXT)
    access = optional(dict_of(TEXT, HOLDERS))
    objects = empty(dict_of(NAME, table(AccessListTable)))
    renamed_from = empty(OLD_NAMES)


class WorkspaceDefaults(Table):
    """The default keys of every declared workspace whose handle matches the pattern."""

    description = optional(PROSE)
    public = optional(BOOLEAN)
    default_role = optional(TEXT)
    access = optional(dict_of(TEXT, HOLDERS))


class AnyTest(Table):
    """The keys of every test."""

    name = required(NAME)
    workspace = optional(TEXT)
    level = optional(word("error", "warn"), "error")


class WhoTest(AnyTest):
    """The abilities of principals in the account, in one workspace, or in each (`*`)."""

    who = required(TEXT, instead=("permission", "role", "never_together"))
    can = empty(TEXTS)
    cannot = empty(TEXTS)
    only = optional(TEXTS)
    at_most = optional(TEXT)
    at_least = optional(TEXT)


class PermissionTest(AnyTest):
    """The permitted holders of a permission: a list of them, or a highest or lowest number."""

    permission = required(TEXT)
    only = optional(TEXTS)
    at_most = optional(COUNT)
    at_least = optional(POSITIVE)


class RoleTest(AnyTest):
    """The permitted holders of a role: a list of them, or a highest or lowest number."""

    role = required(TEXT)
    only = optional(TEXTS)
    at_most = optional(COUNT)
    at_least = optional(POSITIVE)


class TogetherTest(AnyTest):
    """Roles and permissions of which nobody may hold two, in one scope or anywhere."""

    never_together = required(
        list_of(TEXT, 2, ("must name at least two", "name the roles or permissions to keep apart"))
    )
    except_ = empty(TEXTS, name="except")


AnyKindOfTest = WhoTest | PermissionTest | RoleTest | TogetherTest

TESTS: Mapping[str, type[AnyKindOfTest]] = {
    "never_together": TogetherTest,
    "permission": PermissionTest,
    "role": RoleTest,
}
"""The kinds of test by the key that makes it one; the others are tests of somebody."""


def _test(value: object, at: KeyPath) -> AnyKindOfTest:
    keys = value if isinstance(value, dict) else ()
    kind = next((kind for key, kind in TESTS.items() if key in keys), WhoTest)
    return kind.read(value, at)


TEST = Form(_test, {"oneOf": [{"$ref": kind} for kind in (*TESTS.values(), WhoTest)]})


TESTED = list_of(TEST, of_tables=True)


class AlumnusTable(Table):
    """A person who has left: the day, the author of the record, the reason, and a note."""

    left = optional(MOMENT)
    by = optional(NAME)
    reason = optional(REASON, "")
    note = optional(PROSE, "")


class ObjectTables(Table):
    """The tables of objects by name, of one file or of one account."""

    people = empty(dict_of(SHORT_NAME, name_or(EMAIL, PersonTable)))
    members = empty(dict_of(TEXT, MEMBERS))
    alumni = empty(dict_of(NAME, table(AlumnusTable)))
    service_accounts = empty(dict_of(NAME, table(ServiceAccountTable)))
    roles = empty(dict_of(NAME, table(RoleTable)))
    groups = empty(dict_of(NAME, table(GroupTable)))
    teams = empty(dict_of(NAME, table(TeamTable)))
    workspaces = empty(dict_of(NAME, table(WorkspaceTable)))
    workspace_defaults = empty(dict_of(NAME, table(WorkspaceDefaults)))


class AddedTables(ObjectTables):
    """The tables of one account that are added to the shared ones, as are the entries of lists."""

    ignore = empty(IGNORED)
    test = empty(TESTED)


class AccountNames(Table):
    """The names of shared things in one account, by the names in the shared files."""

    workspaces = empty(dict_of(NAME, NAME))
    service_accounts = empty(dict_of(NAME, NAME))
    teams = empty(dict_of(NAME, NAME))
    roles = empty(dict_of(NAME, NAME))


class AccountTable(ObjectTables):
    """One account of several: the keys that replace shared ones, and its wave."""

    wave = required(number(int, 1, 1000))
    key_variable = optional(VARIABLE)
    url_variable = optional(URL_VARIABLE)
    backend = empty(table(AccountBackend))
    journal = empty(table(JournalTable))
    manage = empty(table(ManageTable))
    guard = empty(table(GuardTable))
    notify = empty(table(Notify))
    names = empty(table(AccountNames))
    add = empty(table(AddedTables))


class ConfigDocument(ObjectTables):
    """One file."""

    backend = optional(table(BackendTable))
    journal = empty(table(JournalTable))
    files = empty(dict_of(TEXT, TEXTS))
    limits = empty(table(LimitsTable))
    manage = empty(table(ManageTable))
    guard = empty(table(GuardTable))
    ignore = empty(IGNORED)
    owners = empty(dict_of(NAME, list_of(NAME, 1)))
    notify = empty(table(Notify))
    accounts = empty(dict_of(ACCOUNT_NAME, table(AccountTable)))
    test = empty(TESTED)
