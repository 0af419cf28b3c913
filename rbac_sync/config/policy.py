"""The table ``[guard]`` as the guard's policy."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from ..errors import Diagnostic, Place
from ..model import Address, Catalogue, Instant, Level, Limit, Manage, Policy, Role, State, Subject
from ..model import address as named
from ..model.address_pattern import is_pattern, normal
from ..model.grants import RoleGrant, disallowed, hint_of_copy, with_copies
from ..model.resources import role
from .alumni import refuse_alumnus
from .ignore import ADDRESSES
from .problems import Problems, TomlLocation
from .resolve import NameResolver
from .root_tables import GuardTable
from .sources import Sources
from .whole_addresses import refuse_short_names

UNITS = {"m": "minutes", "h": "hours", "d": "days"}

EACH_ALONE = "name each thing; write `*` and `?` of a name as `%2A` and `%3F`"

PROTECTABLE = r"(member|service-account|team|role|workspace)\.[^/\s]+(/[^\s]+)?"


def read_policy(sources: Sources, catalogue: Catalogue, now: Instant) -> Policy:
    """Return the policy of a file, which need not have other tables.

    Raises:
        ConfigError: the file or the policy has errors.
    """
    problems = Problems()
    result = policy(sources, NameResolver(sources, catalogue, problems, now))
    sources.refuse(problems)
    return result


def policy(sources: Sources, names: NameResolver) -> Policy:
    """Return the policy of ``[guard]``, with the defaults of the world and of the guard."""
    table, location = sources.root.document.guard, TomlLocation(sources.root, ("guard",))
    bots, forbids = names.catalogue.bots_account_role, names.catalogue.default_role_forbids
    written = ((key, getattr(table, key)) for key in CONVERSIONS)
    values = {key: CONVERSIONS[key](value) for key, value in written if value is not None}
    if table.max_removed is not None:
        values["max_removal_fraction"] = _share(table.max_removed)
        _refuse_same(table, location, names.problems)
    if (text := table.bots_account_role) is not None:
        at = location.at("bots_account_role")
        bots = None if text == "any" else names.role(text, Level.ACCOUNT, at)
    if table.default_role_forbids is not None:
        at = location.at("default_role_forbids")
        forbids = frozenset(names.permissions(table.default_role_forbids, Level.WORKSPACE, at))
    for key in ("require_reason_for", "require_end_for"):
        listed = enumerate(getattr(table, key))
        texts = [(text, location.at(key, index)) for index, text in listed]
        values[key] = frozenset(_roles(texts, names))
    values["max_term"] = {
        role: _age(text)
        for name, text in table.max_term.items()
        for role in _roles([(name, location.at("max_term", name).key)], names)
    }
    short = refuse_short_names(table, location, names)
    if table.authors is not None:
        at = location.at("authors", "principals")
        actors = {a: text for a, text in table.authors.principals.items() if text not in short}
        authors = {actor: names.principal(who, at.at(actor)) for actor, who in actors.items()}
        values["authors"] = {actor: who for actor, who in authors.items() if who is not None}
    protect = frozenset(_protected(table.protect, short, location.at("protect"), names))
    return Policy(**values, bots_account_role=bots, default_role_forbids=forbids, protect=protect)


def _share(percentage: str) -> float:
    return float(percentage.removesuffix("%")) / 100


def _limit(text: int | str) -> Limit:
    return Limit(number=text) if isinstance(text, int) else Limit(share=_share(text))


def _age(text: str) -> timedelta:
    return timedelta(**{UNITS[text[-1]]: int(text[:-1])})


CONVERSIONS: Mapping[str, Callable[[Any], Any]] = {
    "min_owners": int,
    "max_key_days": int,
    "max_invite_days": int,
    "max_invites": int,
    "max_removal_fraction": float,
    "removal_min_existing": int,
    "max_deletes": int,
    "allow_public": bool,
    "require_author": bool,
    "max_losers": _limit,
    "max_gainers": _limit,
    "max_plan_age": _age,
    "workspace_owners": dict,
}
"""The keys of ``[guard]`` that name nobody, with the function that makes a value of the policy."""


def _refuse_same(table: GuardTable, location: TomlLocation, problems: Problems) -> None:
    if table.max_removal_fraction is not None:
        message = "`max_removed` and `max_removal_fraction` are the same setting"
        second = (location.at("max_removal_fraction").key, "also written here")
        at = location.at("max_removed").key
        problems.add("RS304", at, message, hint="write one of them", second=second)


def _roles(texts: Iterable[tuple[str, TomlLocation]], names: NameResolver) -> Iterator[Address]:
    """Yield the roles with these names at each level; `LEVEL/NAME` names one level."""
    kept_elsewhere = names.reach.get(Subject.ROLES) in (Manage.DECLARED, Manage.NONE)
    for text, location in texts:
        first, slash, rest = text.partition("/")
        levels, name = ((Level(first),), rest) if slash and first in set(Level) else (Level, text)
        addresses = [known for level in levels if (known := names.known_role(name, level))]
        if not addresses and kept_elsewhere:
            addresses = [role(level, name) for level in levels]
        if not addresses:
            all_ = [each for level in levels for each in names.roles(level)]
            hint = names.problems.suggest(name, all_) or "name a role"
            names.problems.add("RS205", location, f"unknown role `{text}`", hint=hint)
        yield from addresses


def _protected(
    texts: Iterable[str], short: frozenset[str], location: TomlLocation, names: NameResolver
) -> Iterator[str]:
    for index, text in enumerate(texts):
        at = location.at(index)
        if is_pattern(text):
            message = f"`{text}` is a pattern, and `protect` takes whole addresses"
            names.problems.add("RS115", at, message, hint=EACH_ALONE)
        elif re.fullmatch(PROTECTABLE, text):
            email = text.removeprefix("member.").partition("/")[0]
            if not refuse_alumnus(email, email, at, names):
                yield normal(text)
        elif text not in short:
            names.problems.add("RS115", at, f"`{text}` is no address", hint=ADDRESSES)


NAMED_PEOPLE = "give it to named people or teams, or take it out of `default_role_forbids`"

MOST_NAMED = 5
"""The most grants that one piece of advice names; more are only counted."""

DISALLOWED = {
    True: ("RS518", "write an `until` beside each, no later than `[guard]` allows"),
    False: ("RS519", 'write `{ who = "...", reason = "..." }`'),
}
"""The code and the hint of the advice on grants: True for terms, False for reasons."""


def advise_on_grants(
    policy: Policy, desired: State, names: NameResolver, origin: Callable[[Address], Place | None]
) -> None:
    """Add advice on declared grants that the policy would refuse if they were new, role by role."""
    limits = with_copies(policy, desired, names.catalogue)
    for terms, (code, hint) in DISALLOWED.items():
        by_role: dict[Address, list[tuple[RoleGrant, str]]] = {}
        for grant, fault in disallowed(limits, desired, names.now, terms=terms):
            by_role.setdefault(grant.path.role, []).append((grant, fault))
        for role_address, faulty in by_role.items():
            listed = "; ".join(f"{grant.path} {fault}" for grant, fault in faulty[:MOST_NAMED])
            more = len(faulty) - MOST_NAMED
            message = f"`{role_address.name}` is held by {listed}"
            message += f"; and {more} more" if more > 0 else ""
            path = faulty[0][0].path
            place = origin(named.binding(path.team or path.who, path.scope))
            remedy = hint + hint_of_copy(role_address, policy)
            names.problems.put(Diagnostic(code, message, place, remedy))


def advise_on_default_roles(policy: Policy, desired: State, names: NameResolver) -> None:
    """Add advice on declared default roles that the policy would refuse if they were new."""
    written = [each.default_role for each in names.workspaces if each.default_role]
    forbidden = {text: _forbidden(text, policy, desired, names) for text in {t for t, _ in written}}
    places = {(place.file.name, place.path): (text, place) for text, place in written}
    for text, place in places.values():
        if permissions := forbidden[text]:
            message = f"as default role `{text}` gives everybody {', '.join(permissions)}"
            names.problems.add("RS520", place, message, hint=NAMED_PEOPLE)


def _forbidden(text: str, policy: Policy, desired: State, names: NameResolver) -> list[str]:
    """Return the permissions of the role *text* that no default role may hold, for a message."""
    address, builtin = names.known_role(text, Level.WORKSPACE), names.catalogue.roles
    if address is None:
        return []
    held = builtin.get(address) or desired.get(address)
    if not isinstance(held, Role):
        return []  # a fault of its table
    permissions = names.catalogue.expanded(
        held, lambda base: builtin.get(base) or desired.get(base)
    )
    return [f"`{each}`" for each in sorted(permissions & policy.default_role_forbids)]


def advise_on_names(policy: Policy, desired: State, sources: Sources, problems: Problems) -> None:
    """Add advice on names in `protect` and `workspace_owners` that are not declared."""
    floors = TomlLocation(sources.root, ("guard", "workspace_owners"))
    for handle in sorted(policy.workspace_owners):
        if desired.get(named.workspace(handle)) is None:
            message = f"`{handle}` is no workspace that is declared here"
            problems.add("RS504", floors.at(handle), message, hint="check how it is spelt")
    if not policy.protect:
        return
    known = {str(resource.address) for resource in desired.resources()}
    location = TomlLocation(sources.root, ("guard", "protect"))
    for index, address in enumerate(map(normal, sources.root.document.guard.protect)):
        if address in policy.protect and address.partition("/")[0] not in known:
            message = f"`{address}` protects nothing that is declared here"
            problems.add("RS504", location.at(index), message, hint="check how it is spelt")
