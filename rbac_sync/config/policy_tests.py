"""The tables ``[[test]]`` as the guard's expectations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..model import (
    ACCOUNT,
    ANYWHERE,
    EVERYONE,
    Address,
    Level,
    Manage,
    Permissions,
    Subject,
)
from ..model.expectation import Ability, Asset, Circle, Expectation, Separation
from ..model.resources import role
from .alumni import alumnus
from .problems import TomlLocation
from .resolve import NameResolver
from .schema import PermissionTest, RoleTest, TogetherTest, WhoTest
from .sources import Sources

EVERY = "*"
"""The value of ``workspace`` in a test that stands for every workspace."""

NOBODY = "name somebody, or take the test out: it holds whatever the configuration says"


def expectations(sources: Sources, names: NameResolver) -> Iterator[Expectation]:
    """Yield the ``[[test]]`` tables, in the order they are written."""
    for file in sources.files:
        for index, table in enumerate(file.document.test):
            yield from _expectations(table, TomlLocation(file, ("test", index)), names)


def _expectations(
    table: WhoTest | PermissionTest | RoleTest | TogetherTest,
    location: TomlLocation,
    names: NameResolver,
) -> Iterator[Expectation]:
    if isinstance(table, WhoTest):
        yield from _abilities(table, location, names)
    elif isinstance(table, TogetherTest):
        yield from filter(None, [_separation(table, location, names)])
    else:
        yield from filter(None, [_circle(table, location, names)])


def _abilities(table: WhoTest, location: TomlLocation, names: NameResolver) -> Iterator[Ability]:
    """Yield the expectation for each principal for which ``who`` stands."""
    principals = _principals(table.who, location.at("who"), names)
    if not principals:
        message = f"the test `{table.name}` is about nobody: `{table.who}` has no members"
        names.problems.add("RS521", location.at("who"), message, hint=NOBODY)
    scope, level = _scope(table.workspace, location, names)
    can, cannot, only = (
        frozenset(names.permissions(texts or [], level, location.at(key)))
        for key, texts in (("can", table.can), ("cannot", table.cannot), ("only", table.only))
    )
    at_most, at_least = (
        None if text is None else names.role(text, level, location.at(key))
        for key, text in (("at_most", table.at_most), ("at_least", table.at_least))
    )
    limit = None if table.only is None else only
    _refuse_both(table, can & cannot, limit, location, names)
    statements = (table.can, table.cannot, limit is not None, table.at_most, table.at_least)
    if not any(statements):
        keys = "`can`, `cannot`, `only`, `at_most` or `at_least`"
        _refuse_silent(table.name, keys, location, names)
    if scope is not None:
        place, warns = location.place(), table.level == "warn"
        for who in principals:
            allowed = (can, cannot, limit, at_most)
            yield Ability(table.name, who, scope, *allowed, place, warns, at_least)


def _refuse_silent(name: str, missing: str, location: TomlLocation, names: NameResolver) -> None:
    names.problems.add("RS113", location, f"the test `{name}` asks nothing", hint=f"add {missing}")


def _refuse_both(
    table: WhoTest,
    both: Permissions,
    limit: Permissions | None,
    location: TomlLocation,
    names: NameResolver,
) -> None:
    """Refuse permissions that are in `can` and excluded by another list of the test."""
    for index, text in enumerate(table.cannot):
        if names.catalogue.permission(text) in both:
            message = f"`{text}` is both in `can` and in `cannot`"
            hint = "take it out of one"
            names.problems.add("RS312", location.at("cannot", index), message, hint=hint)
    allowed = None if limit is None else names.catalogue.closed(limit)
    for index, text in enumerate(table.can if allowed is not None else ()):
        permission = names.catalogue.permission(text)
        if permission is not None and allowed is not None and permission not in allowed:
            message = f"`{text}` is in `can` and not in `only`"
            hint = "add it to `only`, or take it out of `can`"
            names.problems.add("RS312", location.at("can", index), message, hint=hint)


def _circle(
    table: PermissionTest | RoleTest, location: TomlLocation, names: NameResolver
) -> Circle | None:
    scope, level = _scope(table.workspace, location, names)
    only = None if table.only is None else _people(table.only, location.at("only"), names)
    if only is None and table.at_most is None and table.at_least is None:
        _refuse_silent(table.name, "`only`, `at_most` or `at_least`", location, names)
    if table.at_least and table.at_most is not None and table.at_least > table.at_most:
        message = f"`at_least` is {table.at_least}, and `at_most` {table.at_most}"
        hint = "lower `at_least`, or raise `at_most`"
        names.problems.add("RS312", location.at("at_least"), message, hint=hint)
    asset = _asset(table, level, location, names)
    if asset is None or scope is None:
        return None
    place, warns = location.place(), table.level == "warn"
    return Circle(table.name, asset, scope, only, table.at_most, place, warns, table.at_least)


def _asset(
    table: PermissionTest | RoleTest, level: Level, location: TomlLocation, names: NameResolver
) -> Asset | None:
    if isinstance(table, RoleTest):
        address = names.role(table.role, level, location.at("role"))
        return None if address is None else _held(frozenset({address}))
    permission = names.permission(table.permission, level, location.at("permission"))
    return None if permission is None else Asset(permission, permission=permission)


def _separation(
    table: TogetherTest, location: TomlLocation, names: NameResolver
) -> Separation | None:
    levels: tuple[Level, ...] = tuple(Level)
    scope = None
    if table.workspace is not None:
        scope, level = _scope(table.workspace, location, names)
        levels = (level,)
    listed = location.at("never_together")
    assets: dict[Asset, int] = {}
    for index, text in enumerate(table.never_together):
        asset = _either(text, levels, listed.at(index), names)
        if asset is not None and assets.setdefault(asset, index) != index:
            names.problems.add_twice(text, listed.at(index), listed.at(assets[asset]))
    exempt = _people(table.except_, location.at("except"), names)
    if table.workspace is not None and scope is None:
        return None
    place, warns = location.place(), table.level == "warn"
    return Separation(table.name, tuple(assets), scope, exempt, place, warns)


def _either(
    text: str, levels: tuple[Level, ...], location: TomlLocation, names: NameResolver
) -> Asset | None:
    """Return the role or the permission of this name at one of *levels*, or add a problem."""
    permission = names.catalogue.permission(text) if text.isascii() else None
    roles = frozenset(filter(None, (names.known_role(text, level) for level in levels)))
    if permission and roles:
        message = f"`{text}` is a role and a permission"
        names.problems.add("RS313", location, message, hint="give the role another name")
        return None
    if roles:
        return _held(roles)
    if permission is None:
        return _undeclared_role(text, levels, location, names)
    level = names.catalogue.titles[permission].level
    name = names.permission(text, level if level in levels else levels[0], location)
    return None if name is None else Asset(name, permission=name)


def _undeclared_role(
    text: str, levels: tuple[Level, ...], location: TomlLocation, names: NameResolver
) -> Asset | None:
    """Return the undeclared role of this name, if ``[manage]`` allows undeclared roles."""
    if names.reach.get(Subject.ROLES) in (Manage.DECLARED, Manage.NONE):
        return _held(frozenset(role(level, text) for level in levels))
    known = [name for level in levels for name in (*names.roles(level), *names.titles(level))]
    hint = names.problems.suggest(text, known) or "name a role or a permission"
    names.problems.add("RS206", location, f"no role or permission is called `{text}`", hint=hint)
    return None


def _held(roles: frozenset[Address]) -> Asset:
    """Return an asset of *roles*, which all have one name."""
    return Asset(next(iter(roles)).name, roles)


def _people(
    texts: Iterable[str], location: TomlLocation, names: NameResolver
) -> frozenset[Address]:
    listed = (_principals(who, location.at(index), names) for index, who in enumerate(texts))
    return frozenset().union(*listed)


def _principals(text: str, location: TomlLocation, names: NameResolver) -> list[Address]:
    """Return the principals for which *text* stands, everyone among them."""
    if text == "everyone":
        return [EVERYONE]
    if left := alumnus(text, names):
        return [left]
    return [holder.principal for holder in names.groups.expand(text, location)]


def _scope(
    workspace: str | None, location: TomlLocation, names: NameResolver
) -> tuple[Address | None, Level]:
    """Return the scope of a test, None with a problem if it is unknown, and its level."""
    if workspace is None:
        return ACCOUNT, Level.ACCOUNT
    if workspace == EVERY and names.catalogue.custom_level is Level.WORKSPACE:
        return ANYWHERE, Level.WORKSPACE
    return names.workspace(workspace, location.at("workspace")), Level.WORKSPACE
