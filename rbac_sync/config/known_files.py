"""Files whose meaning an earlier run has found: they are not parsed again while they are the same.

Only files that declare workspaces and nothing else can be known. Such a file stands there with
its workspaces and their attributes, and without their access: whoever plans with it does not look
at that access, on either side.
"""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from .problems import File, Problems

SECTION = "workspaces"
ATTRIBUTES = ("name", "description", "public")

Attributes = Mapping[str, "str | bool"]
"""The attributes of a workspace that are written, by itself or by a default."""


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A file by the ``digest`` of its text, and the attributes of its ``workspaces`` by handle."""

    digest: str
    workspaces: Mapping[str, Attributes]


@dataclass(frozen=True, slots=True)
class KnownFiles:
    """The known files by name, and what else of the configuration they refer to.

    ``used`` are the short names of people, and groups as they are written, to which one of them
    refers. ``met`` are the files that were there as they are known, once a folder was read.
    """

    files: Mapping[str, KnownFile] = field(default_factory=dict)
    references: Mapping[str, str] = field(default_factory=dict)
    met: set[str] = field(default_factory=set)

    @property
    def used(self) -> set[str]:
        """The names to which a file refers that was there."""
        return {name for name, file in self.references.items() if file in self.met}

    def stand_in(self, name: str, raw: bytes) -> File | None:
        """Return what stands for the file *name* with the bytes *raw*; None if it is not known."""
        from .schema_errors import check_tables

        known = self.files.get(name)
        if known is None or known.digest != digest_of_bytes(raw):
            return None
        self.met.add(name)
        tables = {handle: dict(written) for handle, written in known.workspaces.items()}
        file = File(name, "", {SECTION: tables})
        return File(name, "", file.tree, check_tables(file, Problems()))


def digest_of_bytes(raw: bytes) -> str:
    """Return the digest of the text that the bytes *raw* of a file are."""
    text = raw.removeprefix(BOM_UTF8).replace(b"\r\n", b"\n")
    return sha256(text).hexdigest()


def digest(file: File) -> str:
    """Return the digest of the text of *file*."""
    return sha256(file.text.encode()).hexdigest()


def is_local(file: File) -> bool:
    """Say whether *file* declares workspaces alone, so that it means nothing to other files."""
    return file.tree.keys() == {SECTION}


def can_be_known(file: File) -> bool:
    """Say whether *file* declares workspaces alone, without old names and without objects."""
    tables = file.document.workspaces.values()
    return is_local(file) and not any(table.renamed_from or table.objects for table in tables)
