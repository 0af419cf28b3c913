"""The tables of the root file: backend, limits, reach, guard, notices; see ``schema``."""

from __future__ import annotations

from typing import ClassVar

from .forms import BOOLEAN, dict_of, list_of, number
from .table_forms import Table, empty, optional, required, table
from .values import (
    AGE,
    COUNT,
    DAYS,
    JWKS,
    LIMIT,
    NAME,
    OPTION,
    POSITIVE,
    PRINCIPAL,
    REACH,
    RESOURCE_ADDRESS,
    SHARE,
    TERM,
    TEXT,
    TEXTS,
    URL,
    VARIABLE,
    WHY,
)


class AccountBackend(Table):
    """The keys of ``[backend]`` that differ in one account."""

    type = optional(NAME)
    account = optional(NAME)
    tenant = optional(NAME)
    url = optional(URL)
    world = optional(NAME)
    options = empty(dict_of(TEXT, OPTION))


class BackendTable(AccountBackend):
    """The account and the system."""

    type = required(NAME)


class JournalTable(Table):
    """The database that keeps the journal of an account over an API."""

    url = optional(NAME)


class LimitsTable(Table):
    """The limits of reading: bytes of one file, number of files, bytes in all."""

    max_file = optional(number(int, 1, 64 * 2**20), 2**20)
    max_files = optional(number(int, 1, 100_000), 1000)
    max_total = optional(number(int, 1, 512 * 2**20), 64 * 2**20)


class ManageTable(Table):
    """The reach of each table."""

    members = optional(REACH)
    service_accounts = optional(REACH)
    teams = optional(REACH)
    roles = optional(REACH)
    workspaces = optional(REACH)
    access = optional(REACH)
    keys = optional(REACH)


class Authors(Table):
    """The proof of the author of a change."""

    issuer = required(NAME)
    audience = required(NAME)
    jwks = required(JWKS)
    claims = required(dict_of(NAME, NAME, 1))
    actor = optional(NAME, "actor")
    principals = required(dict_of(NAME, PRINCIPAL))


class GuardTable(Table):
    """The limits of the guard."""

    run_only: ClassVar = {
        "allow_self_reduction": "--allow-self-reduction",
        "allow_removals": "--allow-deletes N --reason TEXT",
        "allow_deletes": "--allow-deletes N --reason TEXT",
        "allow_losers": "--allow-losers N --reason TEXT",
        "allow_gainers": "--allow-gainers N --reason TEXT",
    }

    min_owners = optional(POSITIVE)
    workspace_owners = empty(dict_of(NAME, POSITIVE))
    bots_account_role = optional(NAME)
    default_role_forbids = optional(TEXTS)
    max_key_days = optional(DAYS)
    max_invite_days = optional(DAYS)
    max_invites = optional(COUNT)
    max_removal_fraction = optional(number(float, 0, 1))
    removal_min_existing = optional(COUNT)
    max_deletes = optional(COUNT)
    max_removed = optional(SHARE)
    max_losers = optional(LIMIT)
    max_gainers = optional(LIMIT)
    allow_public = optional(BOOLEAN)
    protect = empty(list_of(RESOURCE_ADDRESS))
    require_author = optional(BOOLEAN)
    require_reason_for = empty(list_of(NAME))
    max_term = empty(dict_of(NAME, TERM))
    require_end_for = empty(list_of(NAME))
    authors = optional(table(Authors))
    max_plan_age = optional(AGE)


class IgnoreTable(Table):
    """Live things that no plan touches, by a pattern of their addresses, and the reason."""

    address = required(NAME)
    why = required(WHY)


IGNORED = list_of(table(IgnoreTable), of_tables=True)


class Notify(Table):
    """The receivers of drift: environment variables that hold the URLs of webhooks."""

    slack = optional(VARIABLE)
    teams = optional(VARIABLE)
    webhook = optional(VARIABLE)
