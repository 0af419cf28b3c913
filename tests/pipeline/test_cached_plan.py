"""A plan that takes from an earlier one is the plan of everything."""

from __future__ import annotations

import hmac
import json
import os
import re
import shutil
import sqlite3
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from rbac_sync.backends.store.loaded_mapping import LoadedMapping
from rbac_sync.backends.store.session import StoreSession
from rbac_sync.cli.run import KEY
from rbac_sync.config import load as config_load
from rbac_sync.config import members as config_members
from rbac_sync.config.file_comparison import FileComparison
from rbac_sync.errors import RbacSyncError
from rbac_sync.model import (
    ACCOUNT,
    Binding,
    Kind,
    Level,
    Membership,
    Role,
    Team,
    User,
    Workspace,
    held,
)
from rbac_sync.model import address as named
from rbac_sync.model.instant import rfc3339
from rbac_sync.model.resources import role
from rbac_sync.pipeline import RunOptions, cache_content, cached_plan, load
from rbac_sync.pipeline.by_hand import change_by_hand
from rbac_sync.pipeline.plan_cache import MOST_AGE, cache_path, read_cache, write_cache
from rbac_sync.planning import Change
from rbac_sync.planning.planfile import decoded

from ..cli.running import bare, run

ROOT = """\
[backend]
type = "store"
account = "acme"
world = "prefect-cloud"
[files]
"members.toml" = ["members"]
"teams.toml" = ["teams"]
"roles.toml" = ["roles"]
"bots.toml" = ["service_accounts"]
"shared.toml" = ["people", "groups", "workspace_defaults", "test"]
"spaces/*.toml" = ["workspaces"]
[manage]
members = "all"
roles = "all"
service_accounts = "all"
teams = "all"
workspaces = "all"
access = "all"
"""
SHARED = """\
[members]
owner = ["ana@acme.example"]
member = ["bo", "cy", "dee@acme.example", "sa:ci"]
[people]
bo = "bo@acme.example"
cy = "cy@acme.example"
[groups.ops]
members = ["bo"]
[teams.data]
members = ["cy"]
[roles.auditor]
permissions = ["see_flows"]
[service_accounts.ci]
[service_accounts.spare]
"""
NONE = "# None.\n"
FILES = {
    "members": "members",
    "teams": "teams",
    "roles": "roles",
    "service_accounts": "bots",
}
"""The file of each table that does not stand in the shared file."""
ROLES = ("viewer", "runner", "developer")
ENTRIES = ("bo", "cy", "dee@acme.example", "sa:ci", "team:data", "group:ops")
HANDLES = tuple(f"w{n}" for n in range(6))
NOTE = "note: "


class World:
    """A configuration that can be edited, and its store, in the current folder."""

    def __init__(self, folder):
        self.folder = folder
        self.root, self.shared = ROOT, SHARED
        self.files = {
            handle: {handle: {"access": {"viewer": [ENTRIES[n % 5]], "runner": ["group:ops"]}}}
            for n, handle in enumerate(HANDLES)
        }
        self.files["w0"]["w0"]["access"] = {"viewer": ["cy", "team:data"]}
        self.files["w5"]["w5"]["access"]["auditor"] = ["cy"]

    def write(self):
        """Write the files as they are to be."""
        shutil.rmtree(self.folder / "spaces", ignore_errors=True)
        (self.folder / "spaces").mkdir()
        (self.folder / "rbac.toml").write_text(self.root)
        tables = dict.fromkeys(("shared", *FILES.values()), "")
        for table in re.split(r"\n(?=\[)", self.shared.strip()):
            tables[FILES.get(re.match(r"\[+(\w+)", table)[1], "shared")] += f"{table}\n"
        for name, text in tables.items():
            (self.folder / f"{name}.toml").write_text(text or NONE)
        for name, spaces in self.files.items():
            text = "".join(_table(handle, table) for handle, table in spaces.items())
            (self.folder / "spaces" / f"{name}.toml").write_text(text or NONE)

    def by_hand(self, *changes):
        """Change what is live, past the configuration; what the guard refuses is not made."""
        with suppress(RbacSyncError):  # of a configuration that is at fault, too
            configuration = load(self.folder)
            backend = configuration.backend(os.environ[KEY])
            change_by_hand(configuration, backend, [Change(*each) for each in changes], "by hand")

    @property
    def cache(self):
        """What the last plan has kept."""
        return read_cache(cache_path(self.folder, ""), os.environ[KEY])


def _table(handle, table):
    lines = [
        f"[workspaces.{handle}]",
        *(f"{k} = {json.dumps(v)}" for k, v in table.items() if k != "access"),
    ]
    lines.append(f"[workspaces.{handle}.access]")
    for name, entries in table["access"].items():
        lines.append(f"{name} = [{', '.join(map(_entry, entries))}]")
    return "\n".join(lines) + "\n"


def _entry(entry):
    who, _, until = entry.partition(" until ")
    return f'{{ who = "{who}", until = {until} }}' if until else json.dumps(who)


@pytest.fixture(scope="module")
def founded(tmp_path_factory):
    """The folder of an account that is as declared, and its owner's key. Not to be changed."""
    folder = tmp_path_factory.mktemp("world")
    with pytest.MonkeyPatch.context() as here:
        bare(here)
        here.chdir(folder)
        begun = run("store init --owner ana@acme.example --world prefect-cloud --account acme")
        here.setenv(KEY, begun.out.strip())
        World(folder).write()
        applied = run("apply --auto-approve")
    assert (begun.code, applied.code) == (0, 0), begun.err + applied.err
    return folder, begun.out.strip()


def opened(founded, folder, monkeypatch):
    """Return a copy of the founded world in *folder*, the current one, with a state of its own."""
    shutil.copytree(founded[0], folder)
    bare(monkeypatch)
    monkeypatch.chdir(folder)
    monkeypatch.setenv(KEY, founded[1])
    monkeypatch.setenv("RBAC_SYNC_STATE_DIR", str(folder / "state"))
    monkeypatch.setattr(cache_content, "FEWEST", 1)
    return World(folder)


@pytest.fixture
def world(founded, tmp_path, monkeypatch):
    """A world of one's own."""
    return opened(founded, tmp_path / "world", monkeypatch)


def bound(who, workspace, name="viewer"):
    """Return the binding of somebody to a role in a workspace."""
    roles = held(role(Level.WORKSPACE, name))
    return Binding(named.user(f"{who}@acme.example"), named.workspace(workspace), roles)


def planned(*words):
    """Return the exit code, the output, the errors without the note, and the plan file."""
    file = Path("new.plan")
    file.unlink(missing_ok=True)
    ran = run("plan --detailed-exitcode --out new.plan", *words)
    errors = [line for line in ran.err.splitlines() if not line.startswith(NOTE)]
    plan = decoded(file.read_bytes()) if file.exists() else None
    saved = plan and (plan.changes, plan.configuration)
    return ran.code, ran.out, errors, saved


class Compared(NamedTuple):
    """A plan whose files are compared while they are read, and the files passed over."""

    plan: tuple
    passed_over: set


@contextmanager
def comparing(monkeypatch):
    """Compare files two by two, as those of many workspaces are; yield those passed over."""
    passed_over = set()
    with monkeypatch.context() as here:
        here.setattr(config_load, "FEWEST_FILTERED", 2)
        equal, begin = FileComparison.passed_over, FileComparison.begin

        def noted(of_some, names):
            def spy(comparison, files):
                result = of_some(comparison, files)
                passed_over.update(names(result) if result is not None else ())
                return result

            return spy

        here.setattr(FileComparison, "passed_over", noted(equal, set))
        here.setattr(FileComparison, "begin", noted(begin, lambda sources: sources.known.met))
        yield passed_over


def compared_plan(monkeypatch, *words):
    """Return the plan whose files are compared two by two."""
    with comparing(monkeypatch) as passed_over:
        return Compared(planned("--no-cache", *words), passed_over)


def is_cached():
    """Say whether a plan takes something from an earlier one."""
    return NOTE in run("plan").err


FILE_EDITS = {
    "grant": lambda world, draw: (
        world_space(world, draw)["access"].setdefault(draw(ROLES), []).append(draw(ENTRIES))
    ),
    "revoke": lambda world, draw: [
        entries.clear() for entries in world_space(world, draw)["access"].values()
    ],
    "unknown": lambda world, draw: world_space(world, draw)["access"].update(developer=["nobody"]),
    "term": lambda world, draw: world_space(world, draw)["access"].update(
        developer=[f"ana@acme.example until {draw(('2099-01-01', '2020-01-01'))}"]
    ),
    "name": lambda world, draw: world_space(world, draw).update(name=draw(("A", "B"))),
    "public": lambda world, draw: world_space(world, draw).update(public=True),
    "default": lambda world, draw: world_space(world, draw).update(
        default_role=draw(("viewer", "none"))
    ),
    "renamed": lambda world, draw: world_space(world, draw).update(renamed_from="w9"),
    "delete": lambda world, draw: world.files.pop(draw(sorted(world.files))),
    "move": lambda world, draw: world.files.update(
        {"moved": world.files.pop(draw(sorted(world.files)))}
    ),
    "new": lambda world, draw: world.files.update({"new": {"new": {"access": {"viewer": ["cy"]}}}}),
    "twice": lambda world, draw: world.files[draw(sorted(world.files))].update(w1={"access": {}}),
    "unused": lambda world, draw: add(world, "[people]\n", '[people]\nlea = "lea@acme.example"\n'),
    "leaver": lambda world, draw: add(world, '"cy", "dee@', '"dee@'),
    "joiner": lambda world, draw: add(world, '"cy", "dee@', '"cy", "fay@acme.example", "dee@'),
    "newcomer": lambda world, draw: (
        add(world, '"cy", "dee@', '"cy", "fay@acme.example", "dee@'),
        add(world, TEAM, f'{TEAM}, "fay@acme.example"'),
    ),
    "promoted": lambda world, draw: (
        add(world, '"cy", "dee@', '"dee@'),
        add(world, "owner = [", 'admin = ["cy"]\nowner = ['),
    ),
    "new team": lambda world, draw: add(
        world, "[teams.data]", '[teams.more]\nmembers = ["bo"]\n[teams.data]'
    ),
    "team of team": lambda world, draw: add(
        world, '[groups.ops]\nmembers = ["bo"]', '[groups.ops]\nall = "team:data"'
    ),
    "wider role": lambda world, draw: add(world, '["see_flows"', '["see_flows", "see_blocks"'),
    "other role": lambda world, draw: add(world, '["see_flows"', '["see_blocks"'),
    "no role": lambda world, draw: add(world, AUDITOR, ""),
    "new role": lambda world, draw: add(world, AUDITOR, AUDITOR + AUDITOR.replace("tor", "t")),
    "new bot": lambda world, draw: add(world, SPARE, f"{SPARE}[service_accounts.more]\n"),
    "bot gone": lambda world, draw: add(world, draw((SPARE, "[service_accounts.ci]\n")), ""),
    "group": lambda world, draw: add(
        world, '[groups.ops]\nmembers = ["bo"', '[groups.ops]\nmembers = ["cy"'
    ),
    "team": lambda world, draw: add(
        world, '[teams.data]\nmembers = ["cy"', '[teams.data]\nmembers = ["bo"'
    ),
    "everybody": lambda world, draw: add(
        world, '[groups.ops]\nmembers = ["bo"]', '[groups.ops]\nall = "members"'
    ),
    "end": lambda world, draw: add(world, '"bo", "cy"', '{ who = "bo", until = 2099-01-01 }, "cy"'),
    "defaults": lambda world, draw: add(
        world, "[people]", '[workspace_defaults."w*"]\ndescription = "D"\n[people]'
    ),
    "test": lambda world, draw: add(
        world,
        "[people]",
        '[[test]]\nname = "t"\nworkspace = "w2"\nwho = "cy"\ncannot = ["manage_flows"]\n[people]',
    ),
    "wide test": lambda world, draw: add(
        world,
        "[people]",
        '[[test]]\nname = "t"\nwho = "cy"\ncannot = ["create:team"]\n[people]',
    ),
    "ignore": lambda world, draw: setattr(
        world, "root", world.root + '[[ignore]]\naddress = "workspace.other"\nwhy = "theirs"\n'
    ),
    "limit": lambda world, draw: setattr(world, "root", world.root + "[guard]\nmax_losers = 0\n"),
}


TEAM = '[teams.data]\nmembers = ["cy"'
AUDITOR = '[roles.auditor]\npermissions = ["see_flows"]\n'
SPARE = "[service_accounts.spare]\n"


def add(world, old, new):
    """Replace *old* in the shared file."""
    world.shared = world.shared.replace(old, new, 1)


def world_space(world, draw):
    """Return a workspace that is declared."""
    spaces = [table for spaces in world.files.values() for table in spaces.values()]
    return draw(spaces) if spaces else {"access": {}}


def _unbind(world, handle):
    world.by_hand((bound("cy", "w0"), None))
    world.by_hand((bound("bo", handle, "runner"), None))


CY = named.user("cy@acme.example")
AUDIT = Role(Level.WORKSPACE, "auditor", frozenset({"see_flows"}))


def data(*names):
    """Return these people as the members of a team."""
    return frozenset(Membership(named.user(f"{name}@acme.example")) for name in names)


ADMIN, MEMBER = (role(Level.ACCOUNT, name) for name in ("admin", "member"))
LIVE_EDITS = {
    "apply": lambda world, handle: run("apply --auto-approve"),
    "bind": lambda world, handle: world.by_hand((None, bound("dee", handle, "developer"))),
    "unbind": _unbind,
    "destroy": lambda world, handle: world.by_hand((Workspace(handle, name=handle), None)),
    "promote": lambda world, handle: world.by_hand(
        (Binding(CY, ACCOUNT, held(MEMBER)), Binding(CY, ACCOUNT, held(ADMIN)))
    ),
    "dismiss": lambda world, handle: world.by_hand((User("cy@acme.example"), None)),
    "hire": lambda world, handle: world.by_hand(
        (Team("data", data("cy")), Team("data", data("bo")))
    ),
    "widen": lambda world, handle: world.by_hand(
        (AUDIT, replace(AUDIT, permissions=frozenset({"see_flows", "see_blocks"})))
    ),
    "make": lambda world, handle: world.by_hand((None, Workspace("other", name="other"))),
    "rename": lambda world, handle: world.by_hand(
        (Workspace(handle, name=handle), Workspace("w9", name=handle))
    ),
    "back up": lambda world, handle: shutil.copy("rbac.db", "backup.db"),
    "restore": lambda world, handle: (
        Path("backup.db").exists() and shutil.copy("backup.db", "rbac.db")
    ),
}
STEPS = st.lists(
    st.sampled_from([*FILE_EDITS, *LIVE_EDITS, "bind", "grant", "apply"]), min_size=1, max_size=5
)


@settings(
    max_examples=8,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(STEPS, st.data())
def test_a_plan_that_takes_from_an_earlier_one_is_the_plan_of_everything(
    founded, tmp_path_factory, steps, data
):
    with pytest.MonkeyPatch.context() as here:
        world = opened(founded, tmp_path_factory.mktemp("example") / "world", here)
        run("plan")
        who = data.draw(st.sampled_from([(), (), ("--as", "cy")]))
        for step in steps:
            if step in FILE_EDITS:
                FILE_EDITS[step](world, lambda values: data.draw(st.sampled_from(list(values))))
                world.write()
            else:
                LIVE_EDITS[step](world, data.draw(st.sampled_from(HANDLES)))
            whole = planned("--no-cache", *who)
            event(f"cached: {is_cached()}")
            assert planned(*who) == whole, step
            compared = compared_plan(here, *who)
            event(f"files passed over: {bool(compared.passed_over)}")
            assert compared.plan == whole, step


def poisoned(world, handle="w1"):
    """Change what is live in a workspace, and let the cache say that nothing was; return it."""
    run("plan")
    world.by_hand((None, bound("dee", handle, "developer")))
    with load(world.folder).backend(os.environ[KEY]).open() as session:
        forged = replace(world.cache, moment=session.moment())
    write_cache(cache_path(world.folder, ""), forged, os.environ[KEY])
    return forged


def test_a_plan_parses_and_reads_only_what_is_not_as_it_was(world, monkeypatch):
    parsed, read = [], []
    run("plan")
    world.files["w1"]["w1"]["access"]["developer"] = ["dee@acme.example"]
    world.write()
    world.by_hand((None, bound("cy", "w2")))
    monkeypatch.setattr(config_load, "parse_file", spied(config_load.parse_file, parsed))
    monkeypatch.setattr(StoreSession, "read", spied(StoreSession.read, read, result=True))
    ran = run("plan")
    assert set(parsed) == {
        "rbac.toml",
        "shared.toml",
        "teams.toml",
        "roles.toml",
        "bots.toml",
        "spaces/w1.toml",
        "spaces/w2.toml",
    }
    (state,) = read
    assert type(state.of(User)) is LoadedMapping, "people are read when they are asked for"
    assert spaces_of(state) == {"w1", "w2"}
    since = rfc3339(world.cache.since.replace(microsecond=0))
    assert ran.err == (
        f"note: 4 workspaces are not read again: they were as declared at {since}, and the trail"
        " has no change there; `--no-cache` reads everything\n"
    )
    for handle in HANDLES:
        world.files[handle][handle]["name"] = f"New {handle}"
    world.write()
    parsed.clear()
    assert run("plan").err == ""
    assert "members.toml" not in parsed


def test_files_that_are_live_as_declared_are_dropped_while_they_are_read(world, monkeypatch):
    read = []
    world.files["w4"]["w4"]["access"]["developer"] = ["dee@acme.example until 2099-01-01"]
    world.write()
    assert run("apply --auto-approve").code == 0
    world.files["w2"]["w2"]["access"]["developer"] = ["cy"]
    world.files["w3"]["w3"]["name"] = "Third"
    world.write()
    whole = planned("--no-cache")
    monkeypatch.setattr(StoreSession, "read", spied(StoreSession.read, read, result=True))
    compared = compared_plan(monkeypatch)
    assert compared.plan == whole
    equal = {f"spaces/w{n}.toml" for n in (0, 1, 5)}
    assert compared.passed_over == {"members.toml", *equal}, "no change, no term"
    (state,) = read
    assert "w2" in {scope.key for scope in state.rows}
    assert "w1" not in {scope.key for scope in state.rows}


def test_an_apply_drops_files_that_are_live_as_declared_and_takes_nothing_from_a_plan(
    world, monkeypatch
):
    run("plan")
    world.files["w2"]["w2"]["access"]["developer"] = ["cy"]
    world.files["w3"]["w3"]["name"] = "Third"
    world.write()
    shown = run("plan --no-cache").out
    monkeypatch.setattr(cached_plan.CachedPlanner, "_cache", None)
    with comparing(monkeypatch) as passed_over:
        ran = run("apply --auto-approve")
    assert (ran.code, shown.splitlines()) == (0, ran.out.splitlines()[: shown.count("\n")])
    assert passed_over == {"members.toml", *(f"spaces/w{n}.toml" for n in (0, 1, 4, 5))}
    assert run("plan --no-cache --detailed-exitcode").code == 0


def test_the_lines_of_a_declared_person_who_has_left_are_named_alike(world, monkeypatch):
    run("plan")
    world.by_hand((User("dee@acme.example"), None))
    whole = planned("--no-cache")
    assert "dee@acme.example" in whole[1]
    assert compared_plan(monkeypatch).plan == planned() == whole


@pytest.mark.parametrize("address", ["f@y@acme.example", "fay@-acme", "f y@acme.example"])
def test_a_new_member_whose_address_has_a_fault_is_refused_alike(world, monkeypatch, address):
    run("plan")
    add(world, '"cy", "dee@', f'"cy", "{address}", "dee@')
    world.write()
    whole = planned("--no-cache")
    assert f"error[RS118]: `{address}`" in whole[2][0]
    assert compared_plan(monkeypatch).plan == planned() == whole


@pytest.mark.parametrize("most", [0, 1, 5000])
def test_live_members_are_found_in_parts_or_all_at_once(world, monkeypatch, most):
    monkeypatch.setattr(config_members, "MOST_IN_PARTS", most)
    run("plan")
    world.files["w1"]["w1"]["access"]["developer"] = ["Dee@acme.example", "ana@acme.example"]
    world.write()
    assert is_cached()
    assert planned() == planned("--no-cache")
    world.files["w1"]["w1"]["access"]["developer"] = ["fay@acme.example"]
    world.write()
    assert "`fay@acme.example` is not in `[members]`" in run("plan").err


def test_nothing_is_passed_over_while_a_user_holds_no_account_role(world, monkeypatch):
    assert compared_plan(monkeypatch).passed_over
    with closing(sqlite3.connect("rbac.db")) as connection, connection:
        connection.execute(
            "DELETE FROM binding WHERE (scope, principal) ="
            " (SELECT s.number, p.number FROM address s, address p"
            " WHERE s.kind = 'account' AND p.key = 'bo@acme.example')"
        )
    compared = compared_plan(monkeypatch)
    assert "+ account role = member" in compared.plan[1]
    assert compared.passed_over == set()


def test_where_nothing_has_changed_nothing_is_parsed_and_read(world, monkeypatch):
    parsed, read = [], []
    run("plan")
    monkeypatch.setattr(config_load, "parse_file", spied(config_load.parse_file, parsed))
    monkeypatch.setattr(StoreSession, "read", spied(StoreSession.read, read))
    ran = run("plan")
    assert (set(parsed), read) == ({"rbac.toml"}, [])
    since = rfc3339(world.cache.since.replace(microsecond=0))
    assert ran.err == (
        f"note: nothing is read again: the account was as declared at {since}, and nothing has"
        " changed; `--no-cache` reads everything\n"
    )


@pytest.mark.parametrize(
    "entry", ["bo", "dee@acme.example until 2099-01-01", "dee@acme.example until 2020-01-01"]
)
def test_what_a_plan_says_without_changes_is_said_again(world, entry):
    world.files["w1"]["w1"]["access"]["developer"] = [entry]
    world.write()
    run("apply --auto-approve")
    for words in ("", "--as bo", "--as ana@acme.example", "--as nobody@acme.example"):
        whole = planned("--no-cache", *words.split())
        assert planned(*words.split()) == whole
        assert planned(*words.split()) == whole
        assert run(f"plan --json {words}").code == whole[0]


@pytest.mark.parametrize("day", [-3, -1, 1, 13, 15, 17, 40])
def test_an_end_that_is_near_is_looked_at_each_time(world, day):
    end = (datetime.now(UTC) + timedelta(days=day)).date()
    world.shared = world.shared.replace(
        'members = ["bo"]', f'members = ["bo", {{ who = "cy", until = {end} }}]'
    )
    world.write()
    run("apply --auto-approve")
    run("plan")
    assert bool(world.cache.settled) == (day in (-3, 17, 40) and not run("plan").err.count("RS5"))
    assert planned() == planned("--no-cache")


def lack_submodule(folder):
    """Let git have a folder of files that it has not checked out."""
    (folder / ".git").mkdir()
    (folder / ".gitmodules").write_text('[submodule "b"]\n\tpath = spaces-b\n')
    (folder / "spaces-b").mkdir()


def lengthen_line_ends(folder):
    for file in folder.glob("spaces/*.toml"):
        file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))


@pytest.mark.parametrize("edit", [lack_submodule, lengthen_line_ends])
def test_files_that_are_as_they_were_are_refused_for_what_is_beside_them(world, edit):
    world.root = ROOT.replace('"spaces/*', '"spaces*/*')
    world.write()
    size = sum(file.stat().st_size for file in world.folder.glob("**/*.toml"))
    world.root += f"[limits]\nmax_total = {size + 40}\n"
    world.write()
    assert (run("plan").code, is_cached()) == (0, True)
    edit(world.folder)
    whole = planned("--no-cache")
    assert whole[0] == 1
    assert planned() == whole


REACHING = {
    "joins a team": (TEAM, f'{TEAM}, "bo"'),
    "leaves a team": (TEAM, TEAM.removesuffix('"cy"')),
    "joins the account": ('"cy", "dee@', '"cy", "fay@acme.example", "dee@'),
}


def spaces_of(state):
    """Return the handles of the workspaces whose access *state* has."""
    return {scope.key for scope in state.rows if scope.kind is Kind.WORKSPACE}


READ = {
    "team": {"w0", "w4"},
    "joiner": set(),
    "newcomer": {"w0", "w4"},
    "promoted": {"w0", "w1", "w4", "w5"},
    "new team": set(),
    "wider role": {"w5"},
    "new role": set(),
    "new bot": set(),
}
"""The workspaces on which a plan depends besides those that differ, by the edit of other files."""


OFTEN = ("newcomer", "promoted", "wider role")


@pytest.mark.parametrize(
    "edit", [*OFTEN, *(pytest.param(e, marks=pytest.mark.long) for e in READ if e not in OFTEN)]
)
def test_a_change_of_people_teams_and_roles_reads_the_workspaces_that_it_reaches(
    world, edit, monkeypatch
):
    judged = []
    run("plan")
    FILE_EDITS[edit](world, None)
    world.files["w2"]["w2"]["name"] = "Second"
    world.write()
    whole = planned("--no-cache")
    assert (whole[0], "Second" in whole[1]) == (2, True)
    monkeypatch.setattr(StoreSession, "read", spied(StoreSession.read, judged, result=True))
    assert planned() == whole
    assert spaces_of(judged[-1]) == {"w2", *READ[edit]}
    assert compared_plan(monkeypatch).plan == whole
    assert spaces_of(judged[-1]) == {"w2", *READ[edit]}
    assert (type(judged[-1].of(User)) is LoadedMapping) == (edit != "new bot")


@pytest.mark.parametrize("edit", REACHING)
def test_a_change_of_more_than_workspaces_is_one_of_those_that_are_as_they_were(world, edit):
    world.files["w1"]["w1"]["default_role"] = "viewer"
    world.write()
    run("apply --auto-approve --allow-public --reason opened")
    add(world, *REACHING[edit])
    world.write()
    whole = planned("--no-cache")
    run("plan")
    assert world.cache is not None
    assert planned() == whole
    assert re.search(r"^  [+-] w\d", whole[1], re.MULTILINE), "somebody gains or loses there"


def test_a_team_of_a_directory_that_is_not_declared_any_more_is_missed_where_it_is_named(world):
    with closing(sqlite3.connect("rbac.db")) as connection, connection:
        connection.execute("UPDATE team SET managed_by = 'scim'")
    run("plan")
    add(world, f"{TEAM}]\n", "")
    world.write()
    whole = run("plan --no-cache")
    assert "unknown team `data`" in whole.err
    assert (run("plan").code, run("plan").err) == (whole.code, whole.err)


REPORTS = ("md", "json", "tfplan", "sarif", "github", "codequality", "junit")
AT_A_TIME = re.compile(r"[0-9TZ.:-]{20,}|\b[0-9a-f]{12,64}\b")
"""An instant, or a digest of a plan made at one."""

TEST = '[[test]]\nname = "t"\nworkspace = "w2"\nwho = "cy"\ncannot = ["manage_flows"]\n'


@pytest.mark.parametrize("tests", ["", TEST])
def test_a_plan_with_nothing_to_say_is_shown_and_reported_as_ever(world, tests):
    world.shared += tests
    world.write()
    run("plan")
    for words in ("--full", "--short", "--json", *(f"--report {kind}=-" for kind in REPORTS)):
        cached, whole = run(f"plan {words}"), run(f"plan --no-cache {words}")
        assert NOTE in cached.err
        assert AT_A_TIME.sub("", cached.out) == AT_A_TIME.sub("", whole.out), words


def spied(function, calls, *, result=False):
    """Return *function*, which notes its first argument, or its result, in *calls*."""

    def spy(*arguments):
        value = function(*arguments)
        calls.append(value if result else arguments[0])
        return value

    return spy


def test_what_was_planned_is_applied_though_the_plan_read_a_part(world):
    run("plan")
    world.files["w1"]["w1"]["access"]["developer"] = ["dee@acme.example"]
    world.write()
    made = run("plan --out new.plan")
    assert NOTE in made.err
    assert run("apply new.plan").code == 0
    assert run("plan --no-cache --detailed-exitcode").code == 0


def test_neither_drift_nor_apply_nor_no_cache_believe_a_forged_cache(world):
    poisoned(world)
    world.files["w2"]["w2"]["name"] = "Second"
    world.write()
    hidden = run("plan --out new.plan")
    assert (NOTE in hidden.err, "w1/access" in hidden.out) == (True, False)
    assert "w1/access/dee@acme.example" in run("plan --no-cache").out
    assert "w1/access/dee@acme.example" in run("drift").out
    assert run("apply new.plan").code == 0
    assert "w1/access/dee@acme.example" in run("drift").out
    assert run("apply --auto-approve").code == 0
    assert run("drift").code == 0


@pytest.mark.parametrize(
    "edit",
    [
        lambda cache: replace(cache, since=cache.since - MOST_AGE),
        lambda cache: replace(cache, since=cache.since + timedelta(hours=1)),
        lambda cache: replace(cache, until=cache.since),
        lambda cache: replace(cache, target=replace(cache.target, account="other")),
        lambda cache: replace(cache, target=replace(cache.target, url="sqlite:///other.db")),
        lambda cache: replace(cache, moment=cache.moment._replace(account="other")),
        lambda cache: replace(cache, moment=cache.moment._replace(hash="0" * 64)),
        lambda cache: replace(cache, moment=cache.moment._replace(seq=9999)),
        lambda cache: replace(cache, moment=cache.moment._replace(seq=0)),
        lambda cache: replace(cache, moment=cache.moment._replace(serial=9999)),
        lambda cache: replace(cache, moment=cache.moment._replace(serial=0)),
        lambda cache: replace(cache, settled="", others={**cache.others, "rbac.toml": ""}),
        lambda cache: replace(cache, settled="", others={**cache.others, "more.toml": ""}),
        lambda cache: replace(cache, settled="", advice=""),
        lambda cache: replace(cache, settled="", files={}),
    ],
)
def test_a_cache_of_another_time_account_or_configuration_counts_as_none(world, edit):
    run("plan")
    write_cache(cache_path(world.folder, ""), edit(world.cache), os.environ[KEY])
    assert not is_cached()
    assert is_cached()


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: content[:-1],
        lambda content: content.replace(b"cache 1", b"cache 2"),
        lambda content: content.replace(b"Unicode ", b"Unicode 9"),
        lambda content: content.replace(b"acme", b"acne"),
        lambda content: signed(content, lambda body: []),
        lambda content: signed(content, lambda body: {**body, "moment": 1}),
        lambda content: signed(
            content, lambda body: {**body, "files": {"a": ["", {"w": {"name": 1}}]}}
        ),
        lambda content: signed(content, lambda body: {**body, "since": "yesterday"}),
        lambda content: signed(content, lambda body: {**body, "others": {"a": 1}}),
        lambda content: signed_bytes(content.split(b"\n")[0], b"[" * 10**5),
    ],
)
def test_a_damaged_cache_counts_as_none(world, damage):
    run("plan")
    path = cache_path(world.folder, "")
    content = path.read_bytes()
    path.write_bytes(damage(content))
    assert path.read_bytes() != content
    assert read_cache(path, os.environ[KEY]) is None
    assert planned() == planned("--no-cache")


def signed(content, edit, api_key=None):
    """Return *content* with another body, signed with *api_key*, or with that of the run."""
    form, _, text = content.split(b"\n")
    body = json.dumps(edit(json.loads(text))).encode()
    return signed_bytes(form, body, api_key)


def signed_bytes(form, body, api_key=None):
    """Return the file of *form* with *body*, signed."""
    key = (api_key or os.environ[KEY]).encode()
    return b"\n".join((form, hmac.new(key, form + body, sha256).hexdigest().encode(), body))


def test_a_cache_that_is_not_signed_with_the_key_counts_as_none(world, monkeypatch):
    run("plan")
    path = cache_path(world.folder, "")
    content = path.read_bytes()
    for key, is_taken in (("mallory", False), (os.environ[KEY], True)):
        path.write_bytes(signed(content, lambda body: body, key))
        assert (world.cache is not None) == is_taken
    monkeypatch.delenv(KEY)
    assert NOTE not in run("plan --as ana@acme.example").err


def test_a_cache_is_private_and_one_that_others_may_write_counts_as_none(world):
    run("plan")
    path = cache_path(world.folder, "")
    folders = [path.parent.stat().st_mode & 0o777, path.parent.parent.stat().st_mode & 0o777]
    assert (path.stat().st_mode & 0o777, folders) == (0o600, [0o700, 0o700])
    path.chmod(0o622)
    assert read_cache(path, os.environ[KEY]) is None
    run("plan")
    path.rename(path.with_name("other"))
    path.symlink_to("other")
    assert read_cache(path, os.environ[KEY]) is None


def test_where_nothing_can_be_kept_a_plan_is_made_all_the_same(world):
    (world.folder / "state").write_text("")
    assert (run("plan").code, run("plan").err) == (0, "")


def test_of_few_files_only_that_nothing_is_to_report_is_kept(world, monkeypatch):
    monkeypatch.setattr(cache_content, "FEWEST", 50)
    run("plan")
    assert (world.cache.files, world.cache.references) == ({}, {})
    assert "nothing is read again" in run("plan").err
    world.files["w5"]["w5"]["access"].pop("auditor")
    world.write()
    assert NOTE not in run("plan").err
    assert world.cache is None
    assert planned() == planned("--no-cache")


def test_an_object_that_is_open_to_everyone_may_be_deleted_without_a_record(world):
    def pool(writer):
        return writer.documents.add("work-pool", named.workspace("w1"), "main", {"name": "main"})

    backend = load(world.folder).backend(os.environ[KEY])
    made = backend.transact(str(uuid4()), pool)
    levels = {f'objects."work_pool:main".{level}': ["*"] for level in ("view", "run", "manage")}
    world.files["w1"]["w1"].update(levels)
    world.write()
    assert run("plan --detailed-exitcode").code == 0
    backend.transact(str(uuid4()), lambda writer: writer.documents.delete(made))
    assert planned() == planned("--no-cache")
    assert planned()[0] == 3


@pytest.mark.parametrize(
    "words", ["--strict", "--target workspace.w1", "--exclude workspace.w1", "--report html=p.html"]
)
def test_what_asks_for_more_reads_everything(world, words):
    run("plan")
    assert NOTE not in run(f"plan {words}").err


def test_a_store_put_back_from_a_backup_is_read_again(world):
    shutil.copy("rbac.db", "backup.db")
    world.by_hand((None, bound("dee", "w1")))
    run("plan")
    shutil.copy("backup.db", "rbac.db")
    assert not is_cached()
    world.by_hand((None, bound("dee", "w2")))
    assert planned() == planned("--no-cache")


def test_a_plan_is_for_the_files_as_it_read_them(world):
    run("plan")
    world.files["w2"]["w2"]["name"] = "Second"
    world.write()
    key, options = os.environ[KEY], RunOptions()
    with ExitStack() as stack:
        planner = cached_plan.CachedPlanner(
            Path(), "", key, lambda c: c.backend(key), lambda _: options, stack.enter_context
        )
        _, review = planner.plan()
        assert review.passed_over
        world.files["w1"]["w1"]["access"] = {}
        world.write()
        Path("early.plan").write_bytes(review.saved.encoded())
    refused = run("apply early.plan")
    assert refused.code == 5
    assert "the configuration has changed since the plan was made" in refused.err


def test_what_was_changed_past_the_trail_is_found_by_audit_verify_by_drift_and_within_a_day(world):
    run("plan")
    assert run("audit verify").code == 0
    with closing(sqlite3.connect("rbac.db")) as connection, connection:
        deleted = connection.execute(
            "DELETE FROM binding WHERE scope ="
            " (SELECT number FROM address WHERE kind = 'workspace' AND key = 'w1')"
        )
        assert deleted.rowcount
    assert "w1/access" not in run("plan").out
    assert "w1/access" in run("audit verify").err + run("audit verify").out
    assert (run("drift").code, "w1/access" in run("drift").out) == (2, True)
    later = replace(world.cache, since=world.cache.since - MOST_AGE)
    write_cache(cache_path(world.folder, ""), later, os.environ[KEY])
    assert "w1/access" in run("plan").out


def test_a_cache_that_cannot_be_written_leaves_no_part_of_it(world, monkeypatch):
    run("plan")
    path = cache_path(world.folder, "")
    content = path.read_bytes()

    def full(part, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    write_cache(path, replace(world.cache, advice="other"), os.environ[KEY])
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    assert path.read_bytes() == content
