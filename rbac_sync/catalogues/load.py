"""The catalogue of a world, read from the file with its name beside this module."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from .. import toml_parser
from ..errors import UnknownWorld
from ..model import (
    Action,
    Address,
    Catalogue,
    Evidence,
    Kind,
    Level,
    ObjectLevel,
    ObjectType,
    Permission,
    Permissions,
    Right,
    Role,
    Statement,
    Title,
)
from ..model.catalogue import RightKey
from ..model.resources import role

Table = Mapping[str, Any]

WORLDS = ("prefect-cloud", "prefect-cloud-1")
EVIDENCES = ("evidence", "includes_evidence", "roles_evidence")


def worlds() -> tuple[str, ...]:
    """Return the names of the worlds, the present one first."""
    return WORLDS


@cache
def catalogue(world: str) -> Catalogue:
    """Return the catalogue of *world*; its file is read once.

    Raises:
        UnknownWorld: there is no such world.
    """
    if world not in WORLDS:
        known = " or ".join(f"`{name}`" for name in WORLDS)
        raise UnknownWorld(f"there is no world `{world}`", hint=f"use {known}")
    file = Path(__file__).with_name(f"{world.replace('-', '_')}.toml")
    return _catalogue(world, toml_parser.loads(file.read_text(encoding="utf-8")))


def _catalogue(world: str, tree: Table) -> Catalogue:
    statements = tuple(_statements(tree))
    titles = dict(_titles(tree["permissions"], _sentences(statements)))
    return Catalogue(
        world=world,
        titles=titles,
        includes=_includes(tree["permissions"]),
        roles=dict(_roles(tree["roles"])),
        owner=role(Level.ACCOUNT, tree["owner"]),
        manages=dict(_manages(tree["manages"], titles)),
        custom_level=Level(tree["custom_level"]),
        display={address: row["display"] for address, row in _rows(tree["roles"])},
        wire={address: row.get("wire", row["display"]) for address, row in _rows(tree["roles"])},
        default_role_forbids=frozenset(tree.get("default_role_forbids", ())),
        bots_account_role=_account_role(tree, "bots_account_role"),
        new_bot_role=_account_role(tree, "new_bot_role"),
        leaves_with_access=_account_role(tree, "leaves_with_access"),
        deletes_with=_deletes_with(tree.get("deletes_with", {})),
        also_manages=_listed(tree, "also_manages", titles),
        reads_secrets=_listed(tree, "reads_secrets", titles),
        lists=dict(_lists(tree.get("lists", {}), titles)),
        passes_lists=_listed(tree, "passes_lists", titles),
        statements=statements,
    )


def _listed(tree: Table, key: str, titles: Mapping[Permission, Title]) -> Permissions:
    """Return the permissions of the list *key* of every catalogue; each is one of *titles*."""
    return frozenset(titles[Permission(name)].permission for name in tree[key])


def _lists(
    types: Table, titles: Mapping[Permission, Title]
) -> Iterator[tuple[ObjectType, Mapping[ObjectLevel, Permission]]]:
    for type_, rights in types.items():
        levels = {ObjectLevel(k): titles[Permission(v)].permission for k, v in rights.items()}
        yield ObjectType(type_), levels


def _account_role(tree: Table, key: str) -> Address | None:
    return role(Level.ACCOUNT, tree[key]) if key in tree else None


def _deletes_with(kinds: Table) -> dict[Kind, frozenset[Kind]]:
    return {Kind(kind): frozenset(map(Kind, others)) for kind, others in kinds.items()}


def _rows(roles: Table) -> Iterator[tuple[Address, Table]]:
    for level, named in roles.items():
        for name, row in named.items():
            yield role(Level(level), name), row


def _roles(roles: Table) -> Iterator[tuple[Address, Role]]:
    for level, named in roles.items():
        for name, row in named.items():
            implied = frozenset(role(Level.WORKSPACE, n) for n in row.get("implies", ()))
            held = _held(named, name)
            builtin = Role(Level(level), name, permissions=held, implies=implied, builtin=True)
            yield builtin.address, builtin


def _held(named: Table, name: str) -> Permissions:
    own: Permissions = frozenset(named[name]["permissions"])
    return own | _held(named, named[name]["extends"]) if "extends" in named[name] else own


def _titles(
    permissions: Table, sentences: Mapping[Permission, str]
) -> Iterator[tuple[Permission, Title]]:
    for level, named in permissions.items():
        for name, row in named.items():
            permission = Permission(name)
            title = Title(
                permission,
                Level(level),
                title=row.get("title", ""),
                words=row.get("words") or sentences.get(permission, ""),
                group=row["group"],
                reserved=row.get("reserved", False),
                **{key: Evidence(row[key]) for key in EVIDENCES if key in row},
            )
            yield permission, title


def _includes(permissions: Table) -> dict[Permission, Permissions]:
    return {
        Permission(name): frozenset(row["includes"])
        for named in permissions.values()
        for name, row in named.items()
        if "includes" in row
    }


def _statements(tree: Table) -> Iterator[Statement]:
    for address, row in _rows(tree["roles"]):
        yield from (_statement(sentence_row, address) for sentence_row in row.get("abilities", ()))
    yield from (_statement(sentence_row) for sentence_row in tree.get("statements", ()))


def _statement(row: Table, of: Address | None = None) -> Statement:
    return Statement(
        row["words"],
        of,
        permissions=frozenset(row.get("permissions", ())),
        lacks=frozenset(row.get("lacks", ())),
        evidence=Evidence(row.get("evidence", "inferred")),
    )


def _sentences(statements: tuple[Statement, ...]) -> dict[Permission, str]:
    """Return, by permission, the sentences that name it, each once."""
    sentences: dict[Permission, dict[str, None]] = {}
    for statement in statements:
        for permission in statement.permissions:
            sentences.setdefault(permission, {})[statement.words] = None
    return {permission: " ".join(words) for permission, words in sentences.items()}


def _manages(
    manages: Table, titles: Mapping[Permission, Title]
) -> Iterator[tuple[RightKey, Right]]:
    for kind, rights in manages.items():
        for key, name in rights.items():
            action, _, of = key.partition(" ")
            permission = Permission(name)
            right = Right(permission, titles[permission].level)
            yield (Action(action), Kind(kind), of), right
