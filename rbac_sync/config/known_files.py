"""Files that are passed over: an earlier run has read them, or they are not needed.

Only files that declare workspaces or members and nothing else can be passed over. Such a file is
represented by its workspaces and their attributes, without their access: a plan with known files
compares no access in these workspaces, neither declared nor live. Known members are the live ones.
"""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, Protocol

from ..dataclasses import dataclass, field
from ..errors import RbacSyncError
from ..model import Address, State
from ..named_tuples import NamedTuple
from .problems import File, Problems
from .schema_errors import check_tables
from .text_rules import is_of_texts

if TYPE_CHECKING:
    from .sources import Sources

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


class FileFilter(Protocol):
    """A search for files of workspaces that can be passed over once they are parsed."""

    def begin(self, sources: Sources) -> Sources | None:
        """Return *sources*, which are all other files; None if no file can be passed over."""

    def passed_over(self, files: Sequence[File]) -> Mapping[str, KnownFile]:
        """Return those of *files* that can be passed over, in their known form."""


@dataclass(slots=True)
class KnownFiles:
    """The known files by name, and the people and groups to which they refer.

    ``references`` has, by the short name of a person or the text of a group, a file that refers to
    it. ``people`` has the live users and their account roles, if they are those that are declared
    except for ``changed``: it has the declared role of each person who differs, None for nobody.
    ``met`` are the known files that the last read of the folder found unchanged. What
    ``filter`` makes finds further ones while a large folder is read. ``needed`` are the handles of
    the workspaces whose files are needed, None for all.
    """

    files: dict[str, KnownFile] = field(default_factory=dict)
    references: dict[str, str] = field(default_factory=dict)
    people: State | None = None
    changed: Mapping[Address, Address | None] = field(default_factory=dict)
    met: set[str] = field(default_factory=set)
    filter: Callable[[], FileFilter] | None = None
    needed: Collection[str] | None = None

    @property
    def used(self) -> set[str]:
        """The names to which the files in ``met`` refer."""
        return {name for name, file in self.references.items() if file in self.met}

    def stand_in(self, name: str, raw: bytes, handles: frozenset[str]) -> File | None:
        """Return the known form of the file *name* with the bytes *raw*; None if there is none.

        *handles* are those of all that the file may declare, if that is workspaces by name alone.
        """
        known = self.files.get(name)
        if known is None and handles and self.needed is not None:
            is_needed = not handles.isdisjoint(self.needed)
            known = None if is_needed else _of_workspaces(digest_of_bytes(raw), handles)
        elif known is not None and known.digest != digest_of_bytes(raw):
            known = None
        return known and self.pass_over(name, known)

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


Begin = Callable[["Sources"], "Sources | None"]
"""Returns files without those of members, if these can be passed over; see ``FileFilter.begin``."""


@dataclass(frozen=True)
class NeededFiles:
    """A filter that passes over files of other workspaces than those with these *handles*.

    ``pass_over_members`` does so for files of members, if there is one.
    """

    handles: Collection[str]
    pass_over_members: Begin | None

    def begin(self, sources: Sources) -> Sources:
        without_members = self.pass_over_members(sources) if self.pass_over_members else None
        return without_members or sources

    def passed_over(self, files: Sequence[File]) -> Mapping[str, KnownFile]:
        """Return those of *files* that declare none of the workspaces. See ``FileFilter``."""
        return {
            file.name: _of_workspaces(digest(file), file.document.workspaces)
            for file in files
            if can_be_known(file) and file.document.workspaces.keys().isdisjoint(self.handles)
        }


def _of_workspaces(digest: str, handles: Iterable[str]) -> KnownFile:
    return KnownFile(digest, {handle: {} for handle in handles})


def only(handles: Collection[str], pass_over_members: Begin | None = None) -> KnownFiles:
    """Return the start of a read that passes over files of other workspaces than *handles*.

    The access in these is not declared then. *pass_over_members* does so for files of members.
    """
    return KnownFiles(filter=lambda: NeededFiles(handles, pass_over_members), needed=handles)


class MembersUnparsed(RbacSyncError):
    """The members are needed, and their files were not parsed: everything has to be read."""
