"""Files that an earlier run has read: they are not parsed again while their text is the same.

Only files that declare workspaces or members and nothing else can be known. A known file is
represented by its workspaces and their attributes, without their access: a plan with known files
compares no access in these workspaces, neither declared nor live. Known members are the live ones.
"""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import TYPE_CHECKING

from ..dataclasses import dataclass, field
from ..errors import RbacSyncError
from ..model import Address, State
from ..named_tuples import NamedTuple
from .problems import File, Problems
from .schema_errors import check_tables
from .text_rules import is_of_texts

if TYPE_CHECKING:
    from .file_comparison import FileComparison

SECTION, MEMBERS = "workspaces", "members"
ATTRIBUTES = ("name", "description", "public")

Attributes = Mapping[str, "str | bool"]
"""The attributes of a workspace that are written, by itself or by a default."""


class KnownFile(NamedTuple):
    """A file by the ``digest`` of its text, and the attributes of its ``workspaces`` by handle.

    ``members`` are the roles of which it lists the members.
    """

    digest: str
    workspaces: Mapping[str, Attributes]
    members: tuple[str, ...] = ()

    def form(self, name: str) -> File:
        """Return the file *name* with the tables that are known."""
        lists = dict[str, list[str]]((role, []) for role in self.members)
        file = File(name, "", {MEMBERS: lists} if lists else {SECTION: self.workspaces})
        return check_tables(file, Problems())


@dataclass(slots=True)
class KnownFiles:
    """The known files by name, and the people and groups to which they refer.

    ``references`` has, by the short name of a person or the text of a group, a file that refers to
    it. ``people`` has the live users and their account roles, if they are those that are declared
    except for ``changed``: it has the declared role of each person who differs, None for nobody.
    ``met`` are the known files that the last read of the folder found unchanged. What
    ``comparison`` makes finds further ones while a large folder is read.
    """

    files: dict[str, KnownFile] = field(default_factory=dict)
    references: dict[str, str] = field(default_factory=dict)
    people: State | None = None
    changed: Mapping[Address, Address | None] = field(default_factory=dict)
    met: set[str] = field(default_factory=set)
    comparison: Callable[[], FileComparison] | None = None

    @property
    def used(self) -> set[str]:
        """The names to which the files in ``met`` refer."""
        return {name for name, file in self.references.items() if file in self.met}

    def stand_in(self, name: str, raw: bytes) -> File | None:
        """Return the known form of the file *name* with the bytes *raw*; None if there is none."""
        known = self.files.get(name)
        if known is None or known.digest != digest_of_bytes(raw):
            return None
        return self.pass_over(name, known)

    def pass_over(self, name: str, known: KnownFile) -> File:
        """Return the form of the file *name*, which is *known* and unchanged."""
        self.files[name] = known
        self.met.add(name)
        return known.form(name)

    def digest(self, file: File) -> str:
        """Return the digest of the text of *file*, which may stand for a known one."""
        return self.files[file.name].digest if file.name in self.met else digest(file)


def digest_of_bytes(raw: bytes) -> str:
    """Return the digest of the text of a file with the bytes *raw*."""
    text = raw.removeprefix(BOM_UTF8).replace(b"\r\n", b"\n")
    return sha256(text).hexdigest()


def digest(file: File) -> str:
    """Return the digest of the text of *file*."""
    return sha256(file.text.encode()).hexdigest()


def is_local(file: File) -> bool:
    """Say whether *file* declares workspaces alone, so that no other file depends on it."""
    return file.tree.keys() == {SECTION}


def can_be_known(file: File) -> bool:
    """Say whether *file* declares workspaces alone, without old names and without objects."""
    tables = file.document.workspaces.values()
    return is_local(file) and not any(table.renamed_from or table.objects for table in tables)


def lists_members(file: File) -> bool:
    """Say whether *file* declares members alone, without terms and old addresses."""
    return file.tree.keys() == {MEMBERS} and all(map(is_of_texts, file.document.members.values()))


class MembersUnparsed(RbacSyncError):
    """The members are needed, and their files were not parsed: everything has to be read."""
