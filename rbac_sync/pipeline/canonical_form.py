"""The canonical form of files, and the check that a configuration means the same in it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from operator import attrgetter
from pathlib import Path

from .. import config
from ..catalogues import catalogue
from ..config.files import UnreadableFile, read
from ..config.toml_events import Unreadable
from ..config.toml_format import format_file
from ..dataclasses import dataclass, field, replace
from ..errors import ConfigError, Place, RbacSyncError
from ..model import Declaration, Instant
from ..model.declaration import nowhere
from ..model.expectation import Expectation, Separation
from .configuration import WORLD

LARGEST = 64 * 2**20
"""Bytes of one file; no configuration may have more."""


@dataclass(frozen=True, slots=True)
class FormattedFile:
    """The content of a file as it is, and in canonical form."""

    path: Path
    before: bytes
    after: bytes

    @property
    def is_canonical(self) -> bool:
        return self.before == self.after


@dataclass
class Formatting:
    """Files in canonical form, each once; ``errors`` say why others are left as they are."""

    files: dict[Path, FormattedFile] = field(default_factory=dict)
    errors: list[RbacSyncError] = field(default_factory=list)

    def add(self, path: Path, now: Instant) -> None:
        """Add the file *path*, or the files of each configuration in the folder *path*.

        A configuration is compared with its canonical form as both resolve at *now*.

        Raises:
            AssertionError: the meaning would change.
        """
        if not path.is_dir():
            self._add_file(path, path.resolve())
            return
        folders = list(_configurations(path))
        if not folders:
            message = f"there is no `{config.ROOT}` in `{path}` or below"
            self.errors.append(RbacSyncError(message, hint="name a folder that has one, or a file"))
        for folder in folders:
            self.add_configuration(folder, now)

    def add_configuration(self, root: Path, now: Instant) -> None:
        """Add the files of the configuration in the folder *root*, or with this root file.

        Raises:
            AssertionError: the meaning would change.
        """
        folder = root if root.is_dir() else root.parent
        try:
            names = config.file_names(root)
        except ConfigError as error:
            self.errors.append(error)
            return
        for name in names:
            self._add_file(folder / name, folder / name)
        if all(folder / name in self.files for name in names):
            contents = {name: self.files[folder / name].after for name in names}
            _check_meaning(root, contents, now)

    def _add_file(self, path: Path, real: Path) -> None:
        """Add the file that users call *path* and that is at *real*, no link."""
        try:
            before = read(real.parent, real.name, LARGEST)
            self.files[path] = format_content(path, before)
        except UnreadableFile as error:
            self.errors.append(ConfigError([error.at(Place(str(path)))]))
        except RbacSyncError as error:
            self.errors.append(error)


def format_content(path: Path, content: bytes) -> FormattedFile:
    """Return the file *path* with *content* in canonical form.

    Raises:
        RbacSyncError: it cannot be formatted.
        AssertionError: its meaning would change.
    """
    try:
        return FormattedFile(path, content, format_file(str(path), content))
    except Unreadable as error:
        message = f"`{path}` cannot be formatted: {error}"
        raise RbacSyncError(message, hint="write it in plainer TOML; it stays as it is") from None


def _configurations(folder: Path) -> Iterator[Path]:
    """Yield *folder* if it has a root file, else each folder below that does; not hidden ones."""
    if os.path.lexists(folder / config.ROOT):
        yield folder
        return
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        if config.ROOT in files:
            yield Path(here)


def _check_meaning(root: Path, contents: Mapping[str, bytes], now: Instant) -> None:
    """Check that the configuration at *root* resolves to the same with *contents*.

    Raises:
        AssertionError: it does not.
    """
    try:
        sources = config.read(root)
        before = list(_meanings(sources, now))
    except RbacSyncError:
        return  # it does not resolve; each file was checked to have the same tables
    if before != list(_meanings(config.with_contents(sources, contents), now)):
        raise AssertionError(f"the canonical form of `{root}` means something else")


def _meanings(shared: config.Sources, now: Instant) -> Iterator[Declaration]:
    """Yield the declaration for each account of *shared*, without places and advice."""
    names: Sequence[str | None] = sorted(account.name for account in config.accounts(shared))
    for name in names or [None]:
        sources = config.select_account(shared, name)
        world = catalogue(config.settings(sources).world or WORLD)
        declaration = config.declaration(sources, world, now)
        yield replace(
            declaration,
            expectations=tuple(map(_without_place, declaration.expectations)),
            ignored=tuple(replace(rule, place=None) for rule in declaration.ignored),
            origin=nowhere,
            entry=nowhere,
            attribute=nowhere,
            advice=(),
        )


def _without_place(expectation: Expectation) -> Expectation:
    """Return *expectation* without its place; the order of the assets of a separation is none."""
    if isinstance(expectation, Separation):
        assets = tuple(sorted(expectation.assets, key=attrgetter("name")))
        return replace(expectation, place=None, assets=assets)
    return replace(expectation, place=None)
