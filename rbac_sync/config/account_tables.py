"""The tables ``[accounts.NAME]``: the differences of each account from the shared tables.

The keys of an account replace shared ones; those under ``add`` extend shared tables. The result
is a flat configuration without ``[accounts]``, in which each place names both lines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from itertools import chain

from .account_files import ADD, NAMED, FileMerge
from .accounts import as_table, value_of
from .file_urls import STORE_URL, resolve_url, same_url
from .layout import ACCOUNTS, OBJECTS, ROOT_ONLY
from .problems import File, Problems, TomlLocation
from .sources import AccountSettings, Sources
from .spans import KeyPath

OVER_ROOT = ("backend", "journal", "manage", "guard", "notify")
"""The tables of the root file whose values an account replaces."""

SHARED_OBJECTS = tuple(section for section in OBJECTS if section != ACCOUNTS)

UNNAMED = ("people", "members", "alumni")
"""Tables of single values: an account may write a key that no shared file has."""

RENAME = "give one of them another name"
ONE_FILE = "on a disk that ignores case their plans and reports are one file"


class AccountTables:
    """The shared tables with those of one account merged into them."""

    def __init__(self, shared: Sources, account: AccountSettings) -> None:
        self._shared, self._account = shared, account
        self._problems = Problems()
        self._merges: dict[str, FileMerge] = {}

    def sources(self) -> Sources:
        """Return the configuration of the account."""
        _refuse_same(self._shared, self._problems)
        _refuse_same_files(self._shared, self._problems)
        written = self._shared.written(ACCOUNTS)
        own = next(location for location, name in written if name == self._account.name)
        for location, path, adds in self._values(own):
            target = self._target(path, own.file)
            if target is not None and (adds or self._is_declared(path, location)):
                self._merge(target).write(path, location, adds=adds)
        self._rename(own)
        merged = {name: merge.merged() for name, merge in self._merges.items()}
        files = tuple(merged.get(file.name, file) for file in self._shared.files)
        return replace(
            self._shared,
            root=merged.get(self._shared.root.name, self._shared.root),
            files=files,
            problems=(*self._shared.problems, *self._problems.errors()),
            account=self._account,
        )

    def _rename(self, own: TomlLocation) -> None:
        places: dict[KeyPath, TomlLocation] = {}
        for section, name in _keys(own.at("names"), tuple(NAMED)):
            location = own.at("names", section, name)
            new = value_of(location)
            if isinstance(new, str) and self._is_declared((section, name), location):
                self._refuse_taken((section, new), location, places.get((section, new)))
                places[section, new] = location
        for file in self._shared.files if places else ():
            self._merge(file).rename(places)

    def _refuse_taken(
        self, path: KeyPath, location: TomlLocation, earlier: TomlLocation | None
    ) -> None:
        """Add a problem if another thing has the name at *path*, as its own or from *earlier*."""
        file = self._declaring.get(path)
        if file is not None and path[1] != location.path[-1]:
            earlier = TomlLocation(file, path)
        if earlier is not None:
            message = f"`{path[0]}.{path[1]}` is the name of something else"
            second = (earlier.key, "first named here")
            self._problems.add("RS301", location, message, hint=RENAME, second=second)

    def _values(self, own: TomlLocation) -> Iterator[tuple[TomlLocation, KeyPath, bool]]:
        """Yield each value of the account with its path in the shared tables."""
        for section, name in _keys(own, (*OVER_ROOT, *SHARED_OBJECTS)):
            yield own.at(section, name), (section, name), False
        for section, name in _keys(own.at(ADD), SHARED_OBJECTS):
            yield own.at(ADD, section, name), (section, name), True
        for section in ("test", "ignore"):
            if isinstance(value_of(own.at(ADD, section)), list):
                yield own.at(ADD, section), (section,), True

    def _target(self, path: KeyPath, own: File) -> File | None:
        """Return the file that gets the value at *path*."""
        section, *name = path
        if section in ROOT_ONLY:
            return self._shared.root
        if not name:
            return own
        return self._declaring.get((section, *name), own)

    @cached_property
    def _declaring(self) -> Mapping[KeyPath, File]:
        """The file that declares each shared object."""
        written = chain.from_iterable(map(self._shared.written, SHARED_OBJECTS))
        return {location.path: location.file for location, _ in written}

    def _is_declared(self, path: KeyPath, location: TomlLocation) -> bool:
        """Say whether a shared file declares the object at *path*; else add a problem."""
        section, name = map(str, path)
        if section in ROOT_ONLY or section in UNNAMED or path in self._declaring:
            return True
        known = (str(other[1]) for other in self._declaring if other[0] == section)
        table = f"accounts.{self._account.name}.{ADD}.{section}.{name}"
        hint = self._problems.suggest(name, known) or f"to declare it here alone, write `[{table}]`"
        message = f"no shared file declares `{section}.{name}`, so there is nothing to change"
        self._problems.add("RS330", location.key, message, hint=hint)
        return False

    def _merge(self, file: File) -> FileMerge:
        return self._merges.setdefault(file.name, FileMerge(file, self._problems))


def _keys(location: TomlLocation, sections: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield the names in each of *sections* of the table at *location*."""
    for section in sections:
        yield from ((section, name) for name in as_table(value_of(location.at(section))))


def refuse_same_targets(shared: Sources, targets: Mapping[str, str]) -> None:
    """Refuse accounts of one target; *targets* are by the names of the accounts.

    Raises:
        ConfigError: two have one target, as where two variables hold one URL.
    """
    problems = Problems()
    hint = "name another database or another `account` for one"
    for location, earlier in _alike(shared, lambda _, name: targets.get(name, name)):
        _add_same(shared, location, earlier, hint, problems)
    shared.refuse(problems)


def _refuse_same(shared: Sources, problems: Problems) -> None:
    """Add a problem for each account whose system and handle are those of another one."""

    def system(location: TomlLocation, _: str) -> str:
        values = _backend(shared, location)
        variable = as_table(value_of(location)).get("url_variable")
        url = str(values.get("url") or (STORE_URL if values.get("type") == "store" else ""))
        place = variable or same_url(resolve_url(url, shared.folder))
        return repr((values.get("type"), _handle(values), place))

    for location, earlier in _alike(shared, system):
        hint = f"write another `account` in `[{ACCOUNTS}.{location.path[1]}.backend]`"
        _add_same(shared, location, earlier, hint, problems)


def _backend(shared: Sources, account: TomlLocation) -> dict[str, object]:
    """Return the keys of ``[backend]`` with those of *account* over them."""
    root = value_of(TomlLocation(shared.root, ("backend",)))
    return {**as_table(root), **as_table(value_of(account.at("backend")))}


def _handle(backend: Mapping[str, object]) -> object:
    return backend.get("account") or backend.get("tenant")


def _add_same(
    shared: Sources, location: TomlLocation, earlier: TomlLocation, hint: str, problems: Problems
) -> None:
    handle = _handle(_backend(shared, location))
    message = f"`{location.path[1]}` and `{earlier.path[1]}` are one account: `{handle}`"
    second = (earlier.key, "the same account")
    problems.add("RS331", location.key, message, hint=hint, second=second)


def _refuse_same_files(shared: Sources, problems: Problems) -> None:
    """Add a problem for each account whose name differs from another in case alone."""
    for location, earlier in _alike(shared, lambda _, name: name.casefold()):
        if earlier.path != location.path:
            other = earlier.path[1]
            message = f"`{location.path[1]}` and `{other}` differ in case alone: {ONE_FILE}"
            second = (earlier.key, "the other account")
            problems.add("RS331", location.key, message, hint=RENAME, second=second)


def _alike(
    shared: Sources, key: Callable[[TomlLocation, str], str]
) -> Iterator[tuple[TomlLocation, TomlLocation]]:
    """Yield each account whose *key* another one has, with the first of these."""
    first: dict[str, TomlLocation] = {}
    for location, name in shared.written(ACCOUNTS):
        earlier = first.setdefault(key(location, name), location)
        if earlier is not location:
            yield location, earlier
