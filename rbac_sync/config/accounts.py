"""The tables ``[accounts.NAME]``: the shared tables as each account has them.

An account writes keys over those of the shared tables, and adds to them under ``add``. The result
is a flat configuration: whoever reads it meets no account, and each place in it names both lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain
from typing import Any

from ..errors import Place, RbacSyncError
from ..model.kind import SPECS
from .layout import ACCOUNTS, OBJECTS, ROOT_ONLY
from .load import AccountSettings, Sources
from .problems import File, Problems, TomlLocation
from .spans import Path, Spans

OVER_ROOT = ("backend", "journal", "manage", "guard", "notify")
"""The tables of the root file that an account writes over."""

SHARED_OBJECTS = tuple(section for section in OBJECTS if section != ACCOUNTS)

UNNAMED = ("people", "members", "alumni")
"""Tables of single values: an account may write a key that no shared file has."""

NAMED = {"workspaces": "", "service_accounts": "sa:", "teams": "team:"}
"""The tables whose things may have another name in an account, with what stands before it."""

PROSE = frozenset({"description", "name", "reason", "why"})
"""Keys whose texts name nothing."""

ADD = "add"


class _MergedSpans(Spans):
    """The places of a file some of whose values stand elsewhere, by their path."""

    def __init__(self, file: _MergedFile) -> None:
        super().__init__(file.name, file.text)
        self._origins, self._names = file.origins, file.names

    def _place(self, path: Path, *, is_key: bool) -> Place:
        for length in range(len(path), 0, -1):
            if origin := self._origins.get(path[:length]):
                place = _place_of(origin.at(*path[length:]), is_key=is_key)
                return replace(place, also=self._over(path[:length]) or self._named(path))
        within = (
            origin for inner, origin in self._origins.items() if inner[: len(path)] == path != ()
        )
        place = super()._place(path, is_key=is_key)
        first = next(within, None) if len(path) > 1 else None
        return replace(place, also=f"with {first.key.place().file_line}") if first else place

    def _named(self, path: Path) -> str:
        """Return a phrase on the line that gives the thing at *path* its name, if there is one."""
        name = self._names.get(path)
        return f"named in {name.key.place().file_line}" if name else ""

    def _over(self, path: Path) -> str:
        """Return a phrase on the shared line that the value at *path* replaces or adds to."""
        for length in range(len(path), 1, -1):
            if path[:length] in self.paths:
                word = "over" if length == len(path) else "beside"
                return f"{word} {super()._place(path[:length], is_key=True).file_line}"
        return ""


def _place_of(location: TomlLocation, *, is_key: bool) -> Place:
    return location.key.place() if is_key else location.place()


@dataclass(frozen=True)
class _MergedFile(File):
    """A shared file with the values of an account in it.

    ``origins`` says where those stand, ``names`` where a thing gets its name, each by path.
    """

    origins: Mapping[Path, TomlLocation] = field(default_factory=dict)
    names: Mapping[Path, TomlLocation] = field(default_factory=dict)

    @cached_property
    def spans(self) -> Spans:
        """The places of everything in the merged tables."""
        return _MergedSpans(self)


@dataclass
class _FileMerge:
    """The tables of one file so far, and the origins of what an account wrote into them."""

    file: File
    problems: Problems
    tree: dict[str, Any] = field(init=False)
    origins: dict[Path, TomlLocation] = field(default_factory=dict)
    names: Mapping[Path, TomlLocation] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.tree = _tables(self.file.tree)

    def write(self, path: Path, location: TomlLocation, *, adds: bool) -> None:
        """Write the value at *location* to *path*, over what is there or, if it *adds*, beside."""
        *outer, key = path
        table = self.tree
        for step in outer:
            table = table.setdefault(str(step), {})
        if not isinstance(table, dict):
            return  # a fault of the file
        value, earlier = location.file.value(location.path), table.get(str(key))
        if isinstance(value, dict) and isinstance(earlier, dict):
            for name in value:
                self.write((*path, name), location.at(name), adds=adds)
        elif adds and isinstance(value, list) and isinstance(earlier, list):
            table[str(key)] = [*earlier, *value]
            for index in range(len(value)):
                self.origins[*path, len(earlier) + index] = location.at(index)
        elif adds and earlier is not None:
            self._refuse_second(path, location)
        else:
            table[str(key)] = _tables(value) if isinstance(value, dict) else value
            self.origins[path] = location

    def rename(self, places: Mapping[Path, TomlLocation]) -> None:
        """Give things their names in an account, where they are declared and referred to.

        *places* are the entries that say so, by table and new name.
        """
        self.names = places
        names: dict[str, dict[str, str]] = {section: {} for section in NAMED}
        for (section, new), location in places.items():
            names[str(section)][str(location.path[-1])] = str(new)
        for section, renamed in names.items():
            self._rename_keys((section,), renamed)
        workspaces = names["workspaces"]
        self._rename_keys(("guard", "workspace_owners"), workspaces)
        self.tree = _with_names(self.tree, _references(names))
        for test in self.tree.get("test", ()):
            if isinstance(test, dict) and test.get("workspace") in workspaces:
                test["workspace"] = workspaces[test["workspace"]]

    def _rename_keys(self, outer: Path, renamed: Mapping[str, str]) -> None:
        """Rename the keys of the table at *outer*; the place of each stays what it is."""
        *above, last = outer
        holder: Any = self.tree
        for step in above:
            holder = holder.get(step, {}) if isinstance(holder, dict) else {}
        table = holder.get(last) if isinstance(holder, dict) else None
        if not isinstance(table, dict):
            return
        holder[last] = {renamed.get(name, name): value for name, value in table.items()}
        depth = len(outer)
        moved = {
            (*path[:depth], renamed.get(str(path[depth]), path[depth]), *path[depth + 1 :])
            if path[:depth] == outer and len(path) > depth
            else path: origin
            for path, origin in self.origins.items()
        }
        shared = {
            (*outer, new): TomlLocation(self.file, (*outer, old))
            for old, new in renamed.items()
            if old in table
        }
        self.origins = {**shared, **moved}

    def _refuse_second(self, path: Path, location: TomlLocation) -> None:
        name = ".".join(map(str, path))
        self.problems.add(
            "RS301",
            location.key,
            f"`{name}` is already declared in `{self.file.name}`",
            hint=f"write it without `.{ADD}` to say something else in this account",
            second=TomlLocation(self.file, path).key,
            second_label="first declared here",
        )

    def merged(self) -> File:
        """Return the file with these tables, checked; their faults are known of both files."""
        from .schema_errors import check_tables

        file = _MergedFile(
            self.file.name, self.file.text, self.tree, origins=self.origins, names=self.names
        )
        return replace(file, checked=check_tables(file, Problems()))


def _tables(table: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy of *table* and of the tables in it."""
    return {k: _tables(v) if isinstance(v, dict) else v for k, v in table.items()}


def _references(names: Mapping[str, Mapping[str, str]]) -> Mapping[str, str]:
    """Return the texts that stand for other things in an account, and those that take their place.

    A thing is named as a principal, or under ``[guard]`` and ``[[ignore]]`` by its address.
    """
    texts = dict[str, str]()
    kinds = {spec.section: kind for kind, spec in SPECS.items()}
    for section, renamed in names.items():
        for old, new in renamed.items():
            texts[f"{kinds[section]}.{old}"] = f"{kinds[section]}.{new}"
            if prefix := NAMED[section]:
                texts[f"{prefix}{old}"] = f"{prefix}{new}"
    return texts


def _with_names(value: Any, texts: Mapping[str, str]) -> Any:
    """Return *value* with other texts for those of *texts*, but in prose."""
    if isinstance(value, dict):
        return {k: v if k in PROSE else _with_names(v, texts) for k, v in value.items()}
    if isinstance(value, list):
        return [_with_names(element, texts) for element in value]
    return texts.get(value, value) if isinstance(value, str) else value


def accounts(sources: Sources) -> tuple[AccountSettings, ...]:
    """Return the accounts of a configuration, wave by wave; none if it is of one alone."""
    listed = [_settings(location) for location, _ in sources.written(ACCOUNTS)]
    return tuple(sorted(listed, key=lambda account: account.wave))


def _settings(location: TomlLocation) -> AccountSettings:
    """Return the settings of an account; what is faulty is a problem of its file already."""
    table = location.file.value(location.path)
    values = table if isinstance(table, dict) else {}
    wave = values.get("wave")
    keys = (values.get(key) for key in ("key_variable", "url_variable"))
    key, url = (text if isinstance(text, str) else "" for text in keys)
    return AccountSettings(str(location.path[1]), wave if isinstance(wave, int) else 1, key, url)


def select_account(sources: Sources, name: str | None) -> Sources:
    """Return the configuration of the account *name*; None is the only one.

    Raises:
        RbacSyncError: there is no such account, or several and *name* is None.
    """
    known = {account.name: account for account in accounts(sources)}
    if name is None and len(known) > 1:
        message = f"this configuration is of {len(known)} accounts: {_listed(known)}"
        raise RbacSyncError(message, hint="name one with `--account NAME`, or pass `--all`")
    if name is None and not known:
        return sources
    selected = next(iter(known)) if name is None else name
    if selected not in known:
        raise _unknown(selected, known)
    return _AccountTables(sources, known[selected]).sources()


def _unknown(name: str, known: Mapping[str, AccountSettings]) -> RbacSyncError:
    if not known:
        message = f"there is no account `{name}`: this configuration has no `[accounts]`"
        return RbacSyncError(message, hint="leave `--account` out, or declare `[accounts.NAME]`")
    hint = Problems().suggest(name, known) or f"the accounts are {_listed(known)}"
    return RbacSyncError(f"there is no account `{name}`", hint=hint)


def _listed(names: Mapping[str, AccountSettings]) -> str:
    *others, last = (f"`{name}`" for name in names)
    return f"{', '.join(others)} and {last}" if others else last


class _AccountTables:
    """The tables of one account over the shared ones."""

    def __init__(self, shared: Sources, account: AccountSettings) -> None:
        self._shared, self._account = shared, account
        self._problems = Problems()
        self._merges: dict[str, _FileMerge] = {}

    def sources(self) -> Sources:
        """Return the configuration of the account."""
        _refuse_same(self._shared, self._problems)
        own = next(
            location
            for location, name in self._shared.written(ACCOUNTS)
            if name == self._account.name
        )
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
        places: dict[Path, TomlLocation] = {}
        for section, name in _keys(own.at("names"), tuple(NAMED)):
            location = own.at("names", section, name)
            new = _value(location)
            if isinstance(new, str) and self._is_declared((section, name), location):
                self._refuse_taken((section, new), location, places.get((section, new)))
                places[section, new] = location
        for file in self._shared.files if places else ():
            self._merge(file).rename(places)

    def _refuse_taken(
        self, path: Path, location: TomlLocation, earlier: TomlLocation | None
    ) -> None:
        """Add a problem if another thing has the name at *path*, its own or by *earlier*."""
        file = self._declaring.get(path)
        if file is not None and path[1] != location.path[-1]:
            earlier = TomlLocation(file, path)
        if earlier is not None:
            self._problems.add(
                "RS301",
                location,
                f"`{path[0]}.{path[1]}` is the name of something else",
                hint="give one of them another name",
                second=earlier.key,
                second_label="first named here",
            )

    def _values(self, own: TomlLocation) -> Iterator[tuple[TomlLocation, Path, bool]]:
        """Yield each value of the account with its path in the shared tables."""
        for section, name in _keys(own, (*OVER_ROOT, *SHARED_OBJECTS)):
            yield own.at(section, name), (section, name), False
        for section, name in _keys(own.at(ADD), SHARED_OBJECTS):
            yield own.at(ADD, section, name), (section, name), True
        for section in ("test", "ignore"):
            if isinstance(_value(own.at(ADD, section)), list):
                yield own.at(ADD, section), (section,), True

    def _target(self, path: Path, own: File) -> File | None:
        """Return the file into whose tables the value at *path* goes."""
        section, *name = path
        if section in ROOT_ONLY:
            return self._shared.root
        if not name:
            return own
        return self._declaring.get((section, *name), own)

    @cached_property
    def _declaring(self) -> Mapping[Path, File]:
        """The file that declares each shared object."""
        written = chain.from_iterable(map(self._shared.written, SHARED_OBJECTS))
        return {location.path: location.file for location, _ in written}

    def _is_declared(self, path: Path, location: TomlLocation) -> bool:
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

    def _merge(self, file: File) -> _FileMerge:
        return self._merges.setdefault(file.name, _FileMerge(file, self._problems))


def _value(location: TomlLocation) -> object:
    """Return the value at *location*, None if there is none."""
    try:
        return location.file.value(location.path)
    except (LookupError, TypeError):
        return None


def _keys(location: TomlLocation, sections: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield the names in each of *sections* of the table at *location*."""
    for section in sections:
        table = _value(location.at(section))
        yield from ((section, name) for name in (table if isinstance(table, dict) else ()))


def _refuse_same(shared: Sources, problems: Problems) -> None:
    """Add a problem for each account that is the same account of the same system as another."""
    root = _value(TomlLocation(shared.root, ("backend",)))
    first: dict[object, TomlLocation] = {}
    for location, name in shared.written(ACCOUNTS):
        own = _value(location.at("backend"))
        values = {**_dict(root), **_dict(own)}
        handle = values.get("account") or values.get("tenant")
        variable = _dict(_value(location)).get("url_variable")
        key = repr((values.get("type"), handle, variable or values.get("url")))
        earlier = first.setdefault(key, location)
        if earlier is not location:
            problems.add(
                "RS331",
                location.key,
                f"`{name}` and `{earlier.path[1]}` are one account: `{handle}`",
                hint=f"write another `account` in `[{ACCOUNTS}.{name}.backend]`",
                second=earlier.key,
                second_label="the same account",
            )


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
