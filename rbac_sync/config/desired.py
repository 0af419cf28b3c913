"""The desired state, made from checked tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import TYPE_CHECKING

from ..model import (
    ACCOUNT,
    Address,
    Catalogue,
    Declaration,
    Instant,
    Kind,
    Level,
    Manage,
    Policy,
    State,
    Subject,
    User,
    held,
    label,
)
from ..model import address as named
from ..model.overlay import Overlay
from .alumni import read_alumni
from .expiry import refuse_too_few_owners
from .grants import BindingTable
from .holders import GROUP, TEAM, name_of
from .ignore import ignore_rules, refuse_declared
from .layout import ACCOUNTS, OBJECTS
from .objects import Objects
from .origin import Origin
from .policy import advise_on_default_roles, advise_on_grants, advise_on_names, policy
from .problems import Problems, TomlLocation
from .renames import read_renames
from .resolve import NameResolver
from .settings import backend
from .sources import Sources
from .workspace_tables import RoleHolders

if TYPE_CHECKING:
    from ..model.expectation import Expectation

ABSENT = {"workspaces": "workspaces", "workspace_defaults": "workspaces", "teams": "teams"}
"""The things that a world without workspaces does not have, by the table that declares them."""

NAMES = (ACCOUNTS, "people", "alumni", "groups", "workspace_defaults")
"""Tables that declare no resources."""

UNSTATED_OF_USERS = frozenset({"email", "status", "expires"})


def declaration(sources: Sources, catalogue: Catalogue, now: Instant) -> Declaration:
    """Return the declaration that *sources* make, at the instant *now*.

    Raises:
        ConfigError: with every problem of every file.
    """
    problems = Problems()
    backend(sources, problems)
    names = NameResolver(sources, catalogue, problems, now)
    _refuse_other_world(sources, catalogue, problems)
    objects, rows = Objects(sources, names), BindingTable(names)
    _accounts(sources, objects, rows)
    ended = rows.ended.get(ACCOUNT, set())
    objects.build(ended)
    silent_defaults, silent_access = _workspaces(rows)
    alumni, renames = read_alumni(sources, names), read_renames(sources, names)
    tests = _expectations(sources, names)
    guard = policy(sources, names)
    users = _users(sources, objects, rows, guard)
    desired = State.of_rows(objects.resources, rows.without(ended), users)
    names.groups.advise()
    left = chain(alumni, *(renames.get(who, ()) for who in alumni))
    ignored, gone = ignore_rules(sources), frozenset((*_ended_addresses(rows), *left))
    others = (*chain(*renames.values()), *gone, *chain(*rows.ended.values()))
    refuse_declared(ignored, desired, others, sources, problems)
    origin, known = Origin(sources, names), sources.known
    _check_all(sources, names, guard, desired, origin)
    return Declaration(
        desired,
        unstated=objects.unstated,
        silent_defaults=silent_defaults,
        silent_access=silent_access,
        ended=gone,
        former=renames,
        manage=names.reach,
        policy=guard,
        expectations=tests,
        ignored=ignored,
        alumni=alumni,
        changed_people=None if known.people is None else frozenset(known.changed),
        origin=origin,
        entry=origin.entry,
        attribute=origin.attribute,
        advice=(*sources.advice, *problems.advice()),
    )


def _check_all(
    sources: Sources, names: NameResolver, guard: Policy, desired: State, origin: Origin
) -> None:
    """Check the configuration as a whole.

    Raises:
        ConfigError: with every problem of every file.
    """
    _refuse_owners(sources, names)
    _refuse_empty(sources, names)
    _advise(sources, names)
    advise_on_names(guard, desired, sources, names.problems)
    advise_on_grants(guard, desired, names, origin)
    advise_on_default_roles(guard, desired, names)
    sources.refuse(names.problems)


def _refuse_other_world(sources: Sources, catalogue: Catalogue, problems: Problems) -> None:
    if catalogue.custom_level is Level.WORKSPACE:
        return
    for file in sources.files:
        for section, absent in ABSENT.items():
            if section in file.tree:
                message = f"the world `{catalogue.world}` has no {absent}"
                hint = f"take `[{section}]` out"
                problems.add("RS124", TomlLocation(file, (section,)).key, message, hint=hint)


def _refuse_owners(sources: Sources, names: NameResolver) -> None:
    """Add the problems of ``[owners]``: names differ by account, code owners are the same."""
    if sources.account is None and sources.root.document.owners:
        from .owners import code_owners

        code_owners(sources, names)


def _expectations(sources: Sources, names: NameResolver) -> tuple[Expectation, ...]:
    if not any(file.document.test for file in sources.files):
        return ()
    from .policy_tests import expectations

    return tuple(expectations(sources, names))


def _accounts(sources: Sources, objects: Objects, rows: BindingTable) -> None:
    """Add the account roles of people and service accounts."""
    lists = [RoleHolders(role, each, at) for at, role, each in sources.parsed("members")]
    for listed in lists:
        _refuse_teams(listed, rows.names)
    rows.fill(ACCOUNT, Level.ACCOUNT, lists)
    row = rows.rows[ACCOUNT]
    for address in [who for who in row if who.kind is Kind.TEAM]:
        del row[address]
    if sources.known.people is None:
        _unlisted_service_accounts(sources, objects, rows)


def _refuse_teams(listed: RoleHolders, names: NameResolver) -> None:
    for index, entry in enumerate(listed.entries):
        if name_of(entry).startswith((GROUP, TEAM)):
            location = listed.location.at(index)
            for holder in names.groups.expand(entry, location):
                if holder.principal.kind is Kind.TEAM:
                    people = f'`all = "{label(holder.principal)}"`'
                    message = "a team holds no account role"
                    hint = f"list a group of its people, with {people}"
                    names.problems.add("RS308", location, message, hint=hint)


def _unlisted_service_accounts(sources: Sources, objects: Objects, rows: BindingTable) -> None:
    """Give the service accounts that no list names the role of new ones in this world."""
    role = rows.names.catalogue.new_bot_role
    for location, name, _ in sources.named("service_accounts"):
        address = named.service_account(name)
        if address in rows.rows[ACCOUNT] or address in rows.ended.get(ACCOUNT, ()):
            continue
        if role is not None:
            rows.rows[ACCOUNT][address] = held(role)
            objects.unstated[named.binding(address, ACCOUNT)] = frozenset({"roles"})
        elif not sources.problems:
            message = f"the service account `{name}` has no account role"
            hint = f'list `"sa:{name}"` under a role in `[members]`'
            rows.names.problems.add("RS309", location.key, message, hint=hint)


def _workspaces(rows: BindingTable) -> tuple[frozenset[Address], frozenset[Address]]:
    """Add the bindings in workspaces.

    Return the workspaces that write no default role, and those that write no access.
    """
    defaults, access = set(), set()
    for workspace in rows.names.workspaces:
        scope = named.workspace(workspace.handle)
        if workspace.access is None:
            access.add(scope)
        rows.fill(scope, Level.WORKSPACE, workspace.access or ())
        if workspace.default_role is None:
            defaults.add(scope)
        else:
            rows.default(scope, *workspace.default_role)
        rows.close(scope)
    return frozenset(defaults), frozenset(access)


def _users(
    sources: Sources, objects: Objects, rows: BindingTable, guard: Policy
) -> Mapping[Address, User]:
    """Return the users who hold an account role; no other attribute of a user can be declared.

    The account roles are the live ones, if those are known to be declared, with a few changes.
    """
    if (live := sources.known.people) is not None:
        row, users = Overlay(live.row(ACCOUNT)), Overlay(live.of(User))
        for who, role in sources.known.changed.items():
            if role is None:
                del row[who], users[who]
            else:
                row[who], users[who] = held(role), users.get(who) or User(who.key)
        rows.rows[ACCOUNT] = row
        return users
    refuse_too_few_owners(sources, rows.names, rows.rows[ACCOUNT], guard.min_owners)
    people = [who for who in rows.rows[ACCOUNT] if who.kind is Kind.USER]
    objects.unstated.update(dict.fromkeys(people, UNSTATED_OF_USERS))
    return {who: User(who.key) for who in people}


def _ended_addresses(rows: BindingTable) -> Iterator[Address]:
    """Yield the bindings that have ended, or the holder of an ended account role."""
    service_accounts = rows.names.declared("service_accounts")
    for scope, principals in rows.ended.items():
        for principal in principals:
            is_declared = principal.kind is Kind.USER or principal.key in service_accounts
            is_deleted = scope == ACCOUNT and is_declared
            yield principal if is_deleted else named.binding(principal, scope)


def _refuse_empty(sources: Sources, names: NameResolver) -> None:
    """Refuse a configuration that declares nothing: it would remove everybody."""
    if sources.problems:
        return
    objects = [s for s in OBJECTS if s not in NAMES and any(True for _ in sources.written(s))]
    if not objects and not any(file.document.test for file in sources.files):
        message = f"`{sources.root.name}` and its files declare nothing"
        hint = 'an empty configuration never means "remove everybody"'
        names.problems.add("RS121", TomlLocation(sources.root), message, hint=hint)
    for subject, reach in names.reach.items():
        if reach is Manage.ALL and subject is Subject.MEMBERS and subject not in objects:
            message = f"`{subject}` are all managed, and none is declared"
            hint = f'declare them, or write `{subject} = "declared"`'
            names.problems.add(
                "RS311", TomlLocation(sources.root, ("manage", subject)), message, hint=hint
            )


def _advise(sources: Sources, names: NameResolver) -> None:
    for location, name, _ in sources.named("people"):
        # Where there are several accounts, another one may refer to the shared things.
        is_of_this_alone = sources.account is None or location.file.is_own(location.path)
        if name not in names.used and is_of_this_alone:
            message = f"nothing refers to `{name}`"
            names.problems.add("RS502", location.key, message, hint="delete it")
    sections = [(subject, str(subject)) for subject in names.reach if subject in OBJECTS]
    for subject, section in (*sections, (Subject.MEMBERS, "alumni")):
        if names.reach.get(subject) is Manage.NONE:
            for location, name in sources.written(section):
                message = f"`{section}.{name}` is declared, but `{subject}` are not managed"
                hint = f'write `{subject} = "declared"` in `[manage]`'
                names.problems.add("RS503", location, message, hint=hint)
