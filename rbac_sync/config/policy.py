"""The table ``[guard]`` as the guard's own values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from ..model import (
    Address,
    Catalogue,
    Instant,
    Level,
    Limit,
    Manage,
    Policy,
    State,
    Subject,
)
from ..model import address as named
from ..model.resources import role
from .load import Sources
from .managed_whole import refuse_short_names
from .problems import Problems, TomlLocation
from .resolve import NameResolver

if TYPE_CHECKING:
    from .schema import GuardTable

PLAIN = (
    "min_owners",
    "max_key_days",
    "max_invite_days",
    "max_removal_fraction",
    "removal_min_existing",
    "max_deletes",
    "allow_public",
    "require_author",
)
"""Keys of ``[guard]`` that are taken as they are."""

UNITS = {"m": "minutes", "h": "hours", "d": "days"}

PROTECTABLE = re.compile(
    r"(member|service-account|team|role|workspace)\.[^/\s]+(/[^\s]+)?",
)


def alone(sources: Sources, catalogue: Catalogue, now: Instant) -> Policy:
    """Return what ``[guard]`` says in a file that need declare nothing else.

    Raises:
        ConfigError: it cannot be used as written.

    """
    problems = Problems()
    found = policy(sources, NameResolver(sources, catalogue, problems, now))
    sources.refuse(problems)
    return found


def policy(sources: Sources, names: NameResolver) -> Policy:
    """Return what ``[guard]`` says, with the world's and the guard's own defaults."""
    table, location = sources.root.document.guard, TomlLocation(sources.root, ("guard",))
    catalogue = names.catalogue
    base = Policy(
        bots_account_role=catalogue.bots_account_role,
        default_role_forbids=catalogue.default_role_forbids,
    )
    written = {key: getattr(table, key) for key in PLAIN if getattr(table, key) is not None}
    if table.max_removed is not None:
        written["max_removal_fraction"] = _share(table.max_removed)
        _refuse_same(table, location, names.problems)
    for people in ("max_losers", "max_gainers"):
        if (limit := getattr(table, people)) is not None:
            written[people] = _limit(limit)
    if table.max_plan_age is not None:
        written["max_plan_age"] = _age(table.max_plan_age)
    if table.bots_account_role is not None:
        written["bots_account_role"] = _bots(
            table.bots_account_role, names, location.at("bots_account_role")
        )
    if table.default_role_forbids is not None:
        written["default_role_forbids"] = frozenset(
            names.permissions(
                table.default_role_forbids, Level.WORKSPACE, location.at("default_role_forbids")
            )
        )
    place = location.at("require_reason_for")
    written["require_reason_for"] = frozenset(_roles(table.require_reason_for, names, place))
    short = refuse_short_names(table, location, names)
    if table.authors is not None:
        whole = {a: who for a, who in table.authors.principals.items() if who not in short}
        written["authors"] = _authors(whole, names, location.at("authors", "principals"))
    protect = frozenset(_protected(table.protect, short, location.at("protect"), names.problems))
    floors = dict(table.workspace_owners)
    return replace(base, **written, protect=protect, workspace_owners=floors)


def _authors(
    table: Mapping[str, str], names: NameResolver, location: TomlLocation
) -> Mapping[str, Address]:
    found = {actor: names.principal(who, location.at(actor)) for actor, who in table.items()}
    return {actor: who for actor, who in found.items() if who is not None}


def _share(percentage: str) -> float:
    return float(percentage.removesuffix("%")) / 100


def _limit(written: int | str) -> Limit:
    return Limit(number=written) if isinstance(written, int) else Limit(share=_share(written))


def _refuse_same(table: GuardTable, location: TomlLocation, problems: Problems) -> None:
    if table.max_removal_fraction is not None:
        problems.add(
            "RS304",
            location.at("max_removed").key,
            "`max_removed` and `max_removal_fraction` are the same setting",
            hint="write one of them",
            second=location.at("max_removal_fraction").key,
            second_label="also written here",
        )


def _age(written: str) -> timedelta:
    return timedelta(**{UNITS[written[-1]]: int(written[:-1])})


def _bots(written: str, names: NameResolver, location: TomlLocation) -> Address | None:
    return None if written == "any" else names.role(written, Level.ACCOUNT, location)


def _roles(written: list[str], names: NameResolver, location: TomlLocation) -> Iterator[Address]:
    """Yield the roles of these names, at each level that has one."""
    kept_elsewhere = names.reach.get(Subject.ROLES) in (Manage.DECLARED, Manage.NONE)
    for index, name in enumerate(written):
        found = [known for level in Level if (known := names.known_role(name, level))]
        if not found and kept_elsewhere:
            found = [role(level, name) for level in Level]
        if not found:
            all_ = [each for level in Level for each in names.roles(level)]
            hint = names.problems.meant(name, all_) or "name a role"
            names.problems.add("RS205", location.at(index), f"unknown role `{name}`", hint=hint)
        yield from found


def _protected(
    written: list[str], short: frozenset[str], location: TomlLocation, problems: Problems
) -> Iterator[str]:
    for index, text in enumerate(written):
        if PROTECTABLE.fullmatch(text):
            yield _folded(text)
        elif text not in short:
            hint = "write `member.EMAIL`, `team.NAME`, `role.NAME` or `workspace.HANDLE`"
            problems.add("RS115", location.at(index), f"`{text}` is no address", hint=hint)


def _folded(text: str) -> str:
    """Return an address with a member's e-mail in lower case."""
    kind, _, rest = text.partition(".")
    if kind != "member":
        return text
    who, slash, inner = rest.partition("/")
    return f"{named.user(who)}{slash}{inner}"


def advise_on_names(policy: Policy, desired: State, sources: Sources, problems: Problems) -> None:
    """Point out protected addresses, and workspaces with a floor, that nothing declared bears."""
    floors = TomlLocation(sources.root, ("guard", "workspace_owners"))
    for handle in sorted(policy.workspace_owners):
        if desired.get(named.workspace(handle)) is None:
            message = f"`{handle}` is no workspace that is declared here"
            problems.add("RS504", floors.at(handle), message, hint="check how it is spelt")
    protect = policy.protect
    if not protect:
        return
    known = {str(resource.address) for resource in desired.resources()}
    location = TomlLocation(sources.root, ("guard", "protect"))
    for address in sorted(protect):
        if address.partition("/")[0] not in known:
            message = f"`{address}` protects nothing that is declared here"
            problems.add("RS504", location, message, hint="check how it is spelt")
