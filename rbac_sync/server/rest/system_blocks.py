"""The kinds of blocks that every workspace has: they are answered, and kept once changed.

*Why* not kept from the beginning: a workspace that is older than this has them, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256
from types import MappingProxyType
from typing import Any
from uuid import uuid5

from ...backends.store.documents import Document
from ...backends.store.id_index import IdEntry
from ...model import Address
from ...model.plain import canonical
from ..read_view import ReadView

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
"""By slug: a name, the fields of its one schema and what it can do.

Sources: the slug and the field from the tests of the vendor's provider; the rest is a guess.
"""


def system_documents(view: ReadView, workspace: Address, kind: str) -> list[Document]:
    """Return the system's objects of *kind* that *workspace* has nothing in place of."""
    if kind not in (TYPE, SCHEMA):
        return []
    entry = view.entry(workspace)
    return [preset for slug in SYSTEM for preset in _presets(view, entry, slug, kind)]


def _presets(view: ReadView, workspace: IdEntry, slug: str, kind: str) -> Iterator[Document]:
    type_ = _type(workspace, slug)
    kept = view.documents.named(TYPE, workspace.address, slug)
    if kept is not None and kept.id != type_.id:
        return  # somebody made a type of this name before the system had one
    preset = type_ if kind == TYPE else _schema(workspace, type_)
    if view.documents.named(kind, workspace.address, preset.name or "") is None:
        yield preset


def _type(workspace: IdEntry, slug: str) -> Document:
    content = {"name": SYSTEM[slug]["name"], "slug": slug, "is_protected": True}
    return _made(workspace, TYPE, slug, content)


def _schema(workspace: IdEntry, type_: Document) -> Document:
    block = SYSTEM[type_.content["slug"]]
    content = {
        "block_type_id": str(type_.id),
        "checksum": checksum(block["fields"]),
        "fields": block["fields"],
        "capabilities": block["capabilities"],
        "version": VERSION,
    }
    return _made(workspace, SCHEMA, f"{type_.id}/{content['checksum']}/{VERSION}", content)


def _made(workspace: IdEntry, kind: str, name: str, content: Mapping[str, Any]) -> Document:
    id_ = uuid5(workspace.id, f"{kind}/{name}")
    created = workspace.created
    return Document(id_, kind, workspace.address, name, content, created, created)


def checksum(fields: Mapping[str, Any]) -> str:
    """Return what tells these fields of a schema from any others."""
    return f"sha256:{sha256(canonical(fields).encode()).hexdigest()}"
