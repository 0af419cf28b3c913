"""The block types that every workspace has; one is stored only after a change.

*Why* not stored from the beginning: workspaces of older versions have them, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256
from types import MappingProxyType
from typing import Any
from uuid import UUID, uuid5

from ...model import Address, Instant
from ...model.plain import canonical
from ...named_tuples import NamedTuple
from .documents import Document, Documents

TYPE, SCHEMA = "block-type", "block-schema"
VERSION = "non-versioned"

SYSTEM: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "secret": {
            "name": "Secret",
            "fields": {
                "title": "Secret",
                "type": "object",
                "properties": {
                    "value": {
                        "title": "Value",
                        "type": "string",
                        "format": "password",
                        "writeOnly": True,
                    }
                },
                "required": ["value"],
                "secret_fields": ["value"],
                "block_type_slug": "secret",
                "block_schema_references": {},
            },
            "capabilities": [],
        }
    }
)
"""By slug: the name of the type, the fields of its one schema, and its capabilities.

Sources: the slug and the field from the tests of the vendor's provider; the rest is a guess.
"""


class WorkspaceEntry(NamedTuple):
    """A workspace with its id and its time of creation."""

    address: Address
    id: UUID
    created: Instant


def system_documents(documents: Documents, workspace: WorkspaceEntry, kind: str) -> list[Document]:
    """Return the system's objects of *kind* that *workspace* has not replaced."""
    if kind not in (TYPE, SCHEMA):
        return []
    return [preset for slug in SYSTEM for preset in _presets(documents, workspace, slug, kind)]


def _presets(
    documents: Documents, workspace: WorkspaceEntry, slug: str, kind: str
) -> Iterator[Document]:
    type_ = system_type(workspace, slug)
    kept = documents.named(TYPE, workspace.address, slug)
    if kept is not None and kept.id != type_.id:
        return  # a user created a type of this name before the system had one
    preset = type_ if kind == TYPE else _schema(workspace, type_)
    if documents.named(kind, workspace.address, preset.name or "") is None:
        yield preset


def system_type(workspace: WorkspaceEntry, slug: str) -> Document:
    """Return the system's type with this *slug* in *workspace*."""
    content = {"name": SYSTEM[slug]["name"], "slug": slug, "is_protected": True}
    return _made(workspace, TYPE, slug, content)


def _schema(workspace: WorkspaceEntry, type_: Document) -> Document:
    block = SYSTEM[type_.content["slug"]]
    content = {
        "block_type_id": str(type_.id),
        "checksum": checksum(block["fields"]),
        "fields": block["fields"],
        "capabilities": block["capabilities"],
        "version": VERSION,
    }
    return _made(workspace, SCHEMA, f"{type_.id}/{content['checksum']}/{VERSION}", content)


def _made(workspace: WorkspaceEntry, kind: str, name: str, content: Mapping[str, Any]) -> Document:
    id_ = uuid5(workspace.id, f"{kind}/{name}")
    created = workspace.created
    return Document(id_, kind, workspace.address, name, content, created, created)


def checksum(fields: Mapping[str, Any]) -> str:
    """Return the checksum of the fields of a schema."""
    return f"sha256:{sha256(canonical(fields).encode()).hexdigest()}"
