"""What a configuration declares, and what it is refused for."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from rbac_sync.config import span_scanner
from rbac_sync.model import (
    ACCOUNT,
    EVERYONE,
    Binding,
    Holding,
    Key,
    Level,
    Manage,
    Membership,
    Role,
    ServiceAccount,
    State,
    Subject,
    Team,
    User,
    Workspace,
    held,
)
from rbac_sync.model import address as named
from rbac_sync.model.compact_row import CompactRow
from rbac_sync.model.resources import role

from .folder import BACKEND, NOW, OWNER, declares

ANA, BO = named.user("ana@x.org"), named.user("bo@x.org")
PROD = named.workspace("prod")
CI = named.service_account("ci")
ON_CALL = named.team("oncall")
SCAN = span_scanner.scan_spans

COMPANY = """
[people]
ana = "Ana@x.org"

[members]
owner = ["ana"]
member = [{ who = "bo@x.org", until = 2026-12-31, reason = "audit" }]

[service_accounts.ci]
description = "deploys"
keys.main = { until = 2027-01-01T10:00:00+02:00 }
keys.open = {}

[roles.guest]
base = "viewer"
permissions = ["Run deployments"]

[teams.oncall]
members = ["ana", { who = "sa:ci", from = 2026-07-01 }]

[workspaces.prod]
name = "Production"
default_role = "viewer"

[workspaces.prod.access]
developer = ["team:oncall"]
guest = ["bo@x.org"]
"""


def account(name):
    return role(Level.ACCOUNT, name)


def workspace(name):
    return role(Level.WORKSPACE, name)


def day(*date):
    return datetime(*date, tzinfo=UTC)


def test_tables_become_the_desired_state(folder):
    desired = folder.write(BACKEND + COMPANY).declare().desired
    assert desired == State(
        [
            User("ana@x.org"),
            User("bo@x.org"),
            ServiceAccount("ci", "deploys"),
            Key(CI, "main", datetime(2027, 1, 1, 8, tzinfo=UTC)),
            Key(CI, "open"),
            Role(
                Level.WORKSPACE,
                "guest",
                frozenset({"run_deployments", "see_deployments"}),
                frozenset({workspace("viewer")}),
            ),
            Team("oncall", frozenset({Membership(ANA), Membership(CI, since=day(2026, 7, 1))})),
            Workspace("prod", "Production"),
            Binding(ANA, ACCOUNT, held(account("owner"))),
            Binding(
                BO,
                ACCOUNT,
                frozenset({Holding(account("member"), None, day(2026, 12, 31), "audit")}),
            ),
            Binding(CI, ACCOUNT, held(account("member"))),
            Binding(EVERYONE, PROD, held(workspace("viewer"))),
            Binding(ON_CALL, PROD, held(workspace("developer"))),
            Binding(BO, PROD, held(workspace("guest"))),
        ]
    )


def test_attributes_that_are_not_written_are_unstated(folder):
    unstated = folder.write(BACKEND + COMPANY).declare().unstated
    assert unstated == {
        ANA: {"email", "status", "expires"},
        BO: {"email", "status", "expires"},
        Key(CI, "open").address: {"until"},
        workspace("guest"): {"description", "implies"},
        ON_CALL: {"description", "managed_by"},
        PROD: {"description", "public"},
        named.binding(CI, ACCOUNT): {"roles"},
    }


def test_every_address_has_the_place_where_it_is_written(folder):
    origin = folder.write(COMPANY + BACKEND).declare().origin
    places = {
        ANA: "6:10",
        named.binding(ANA, ACCOUNT): "6:10",
        BO: "7:11",
        CI: "9:19",
        named.binding(CI, ACCOUNT): "9:19",
        Key(CI, "main").address: "11:6",
        workspace("guest"): "14:8",
        ON_CALL: "18:8",
        PROD: "21:13",
        named.binding(EVERYONE, PROD): "23:16",
        named.binding(ON_CALL, PROD): "26:14",
        named.binding(BO, PROD): "27:10",
    }
    assert {address: str(origin(address)) for address in places} == {
        address: f"rbac.toml:{place}" for address, place in places.items()
    }
    assert origin(named.team("other")) is None


def test_the_place_of_access_is_found_without_a_look_at_other_files(folder, monkeypatch):
    files = '[files]\n"w*.toml" = ["workspaces.{stem}"]\n'
    here = {f"w{n}": f'[workspaces.w{n}.access]\nviewer = ["ana@x.org"]\n' for n in range(3)}
    origin = folder.write(declares(files + OWNER), **here).declare().origin
    scanned = []
    monkeypatch.setattr(span_scanner, "scan_spans", lambda text: scanned.append(text) or SCAN(text))

    place = origin(named.binding(named.user("ana@x.org"), named.workspace("w1")))

    assert (str(place), scanned) == ("w1.toml:2:11", [here["w1"]])


def test_what_manage_does_not_say_is_managed_as_declared(folder):
    declaration = folder.write(
        declares(OWNER + '[manage]\nteams = "all"\nroles = "none"\n')
    ).declare()
    assert declaration.manage == {Subject.TEAMS: Manage.ALL, Subject.ROLES: Manage.NONE}
    assert declaration.reach(Subject.MEMBERS) is Manage.DECLARED


def test_a_workspace_is_silent_about_what_it_does_not_write(folder):
    text = '[workspaces.a]\n[workspaces.b]\ndefault_role = "none"\naccess = {}\n'
    declaration = folder.write(declares(OWNER + text)).declare()
    a = {named.workspace("a")}
    assert (declaration.silent_defaults, declaration.silent_access) == (a, a)
    assert not declaration.desired.row(named.workspace("b"))


def test_built_in_roles_go_by_any_of_their_names(folder):
    text = '[members]\nOwner = ["a@x.org"]\nMEMBER = ["b@x.org"]\n'
    desired = folder.write(declares(text)).declare().desired
    assert [b.roles for b in desired.bindings()] == [
        held(account("owner")),
        held(account("member")),
    ]
    text = '[members]\nTENANT_ADMIN = ["a@x.org"]\n"Read Only User" = ["b@x.org"]\n'
    desired = folder.write(declares(text)).declare("prefect-cloud-1").desired
    assert [b.roles for b in desired.bindings()] == [
        held(account("administrator")),
        held(account("read-only-user")),
    ]


def test_people_go_by_any_short_name(folder):
    text = '[people]\n"josé" = "j@x.org"\n[members]\nowner = ["josé"]\n'
    assert list(folder.write(declares(text)).declare().desired.of(User)) == [named.user("j@x.org")]


def test_a_custom_role_has_the_level_of_its_world_unless_it_says_another(folder):
    text = '[roles.a]\npermissions = []\n[roles.b]\nlevel = "account"\npermissions = ["read:bot"]\n'
    roles = folder.write(declares(OWNER + text)).declare().desired.of(Role)
    assert list(roles) == [workspace("a"), account("b")]
    text = '[roles.a]\npermissions = ["read:flow"]\n'
    roles = folder.write(declares(OWNER.replace("owner", "user") + text)).declare("prefect-cloud-1")
    assert list(roles.desired.of(Role)) == [account("a")]


def test_base_none_takes_the_base_away(folder):
    declaration = folder.write(declares('[roles.a]\nbase = "none"\n')).declare()
    assert declaration.desired.of(Role)[workspace("a")].base == frozenset()
    assert declaration.unstated[workspace("a")] == {"permissions", "description", "implies"}


ENDED = """
[members]
owner = ["ana@x.org"]
member = [{ who = "bo@x.org", until = 2026-06-01 }]
[teams.oncall]
members = ["bo@x.org", { who = "ana@x.org", until = 2026-05-31 }]
[workspaces.prod.access]
viewer = ["bo@x.org", { who = "ana@x.org", until = 2026-05-31 }]
"""


def test_what_has_ended_is_not_desired_but_named(folder):
    declaration = folder.write(BACKEND + ENDED).declare()
    assert list(declaration.desired.of(User)) == [ANA]
    assert declaration.desired.of(Team)[ON_CALL].members == frozenset()
    assert [b.address for b in declaration.desired.bindings()] == [named.binding(ANA, ACCOUNT)]
    assert declaration.ended == {BO, named.binding(ANA, PROD)}
    assert [(a.code, a.place.line) for a in declaration.advice] == [
        ("RS501", 7),
        ("RS501", 9),
        ("RS501", 11),
    ]


GONE = """
[members]
owner = ["ana@x.org"]
member = [{ who = "sa:ci", until = 2026-06-01 }, { who = "sa:far", until = 2026-06-01 }]
[service_accounts.ci]
keys.main = { until = 2027-01-01 }
[teams.oncall]
members = ["sa:ci"]
[workspaces.prod.access]
viewer = ["sa:ci"]
[manage]
service_accounts = "declared"
"""


def test_a_service_account_goes_with_its_account_role_if_it_is_declared_here(folder):
    declaration = folder.write(BACKEND + GONE).declare()
    desired = declaration.desired
    assert declaration.ended == {CI, named.binding(named.service_account("far"), ACCOUNT)}
    assert not desired.of(ServiceAccount)
    assert not desired.of(Key)
    assert desired.of(Team)[ON_CALL].members == frozenset()
    assert [b.address for b in desired.bindings()] == [named.binding(ANA, ACCOUNT)]
    (advice,) = (a for a in declaration.advice if a.place.line == 8)
    assert advice.message == "`ci` goes with its account role, which has ended"


def test_what_ends_later_is_desired_with_its_term(folder):
    declaration = folder.write(BACKEND + ENDED).declare(now=datetime(2026, 5, 30, tzinfo=UTC))
    assert declaration.desired.holdings(BO, ACCOUNT) == frozenset(
        {Holding(account("member"), until=NOW)}
    )
    assert declaration.ended == frozenset()
    assert [(a.code, a.place.line, a.message) for a in declaration.advice] == [
        ("RS506", 7, "the time of `bo@x.org` ends in 2 days, 2026-06-01T00:00:00Z"),
        ("RS506", 9, "the time of `ana@x.org` ends in 1 day, 2026-05-31T00:00:00Z"),
        ("RS506", 11, "the time of `ana@x.org` ends in 1 day, 2026-05-31T00:00:00Z"),
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        # names nobody bears
        ('[members]\nowner = ["anna"]\n[people]\nana = "a@x.org"\n', ["RS201 5:10"]),
        (OWNER + '[teams.t]\nmembers = ["sa:ci"]\n', ["RS203 7:12"]),
        (OWNER + '[workspaces.w.access]\nviewer = ["team:t"]\n', ["RS204 7:11"]),
        (OWNER + "[workspaces.w.access]\nviever = []\n", ["RS205 7:1"]),
        (OWNER + '[workspaces.w]\ndefault_role = "guest"\n', ["RS205 7:16"]),
        (OWNER + '[roles.r]\nbase = "guest"\n', ["RS205 7:8"]),
        (OWNER + '[roles.r]\npermissions = ["see_flow"]\n', ["RS206 7:16"]),
        (OWNER + '[roles.r]\npermissions = ["\u017fee_flows"]\n', ["RS206 7:16"]),
        (OWNER + '[roles.r]\npermissions = ["see_*"]\n', ["RS207 7:16"]),
        (OWNER + "['workspaces'.w.access]\n'o\u212aner' = []\n", ["RS205 7:1"]),
        ('[members]\nowner = ["\u043e"]\n[people]\no = "a@x.org"\n', ["RS118 5:10"]),
        # members, all of them
        (
            OWNER + '[manage]\nmembers = "all"\n[teams.t]\nmembers = ["bo@x.org"]\n',
            ["RS202 9:12"],
        ),
        # two in one place
        ('[members]\nowner = ["a@x.org"]\nadmin = ["A@x.org"]\n', ["RS302 6:10"]),
        ('[members]\nowner = ["a@x.org", "a@X.org"]\n', ["RS303 5:21"]),
        ('[members]\nowner = ["a@x.org"]\nOwner = ["b@x.org"]\n', ["RS303 6:1"]),
        (OWNER + '[teams.t]\nmembers = ["a@x.org", "a@x.org"]\n', ["RS303 7:23"]),
        (
            '[members]\nowner = [{ who = "a@x.org", until = 2020-01-01 }]\nadmin = ["a@x.org"]\n',
            ["RS302 6:10"],
        ),
        (OWNER + '[roles.r]\npermissions = ["see_flows", "see_flows"]\n', ["RS303 7:29"]),
        # times
        (
            '[members]\nowner = [{ who = "a@x.org", from = 2027-01-01, until = 2027-01-01 }]\n',
            ["RS305 5:56"],
        ),
        # levels
        (OWNER + "[workspaces.w.access]\nadmin = []\n", ["RS307 7:1"]),
        ('[members]\nviewer = ["a@x.org"]\n', ["RS307 5:1"]),
        (OWNER + "[workspaces.w.access]\nr = []\n[roles.r]\nlevel = 'account'\n", ["RS307 7:1"]),
        (OWNER + '[roles.r]\npermissions = ["read:bot"]\n', ["RS307 7:16"]),
        # principals that cannot
        ('[members]\nowner = ["team:t"]\n[teams.t]\n', ["RS308 5:10"]),
        (OWNER + '[teams.t]\nmembers = ["team:t"]\n', ["RS317 7:12"]),
        (OWNER + '[workspaces.w.access]\nviewer = ["everyone"]\n', ["RS308 7:11"]),
        # names
        (OWNER + "[roles.Viewer]\n", ["RS306 6:8"]),
        (OWNER + "[roles.adrnin]\n", ["RS306 6:8"]),
        (OWNER + "[roles.'\u0410dmin']\n", ["RS306 6:8"]),
        (OWNER + "[teams.ops]\n[teams.'\u043eps']\n", ["RS310 7:8"]),
        (
            '[members]\nowner = ["o"]\n[people]\no = "a@x.org"\n\'\u043e\' = "b@x.org"\n',
            ["RS310 8:1"],
        ),
        (OWNER + "[workspaces.'*']\n", ["RS117 6:13"]),
        (OWNER + "[workspaces.'a/b']\n", ["RS117 6:13"]),
        ('[members]\nowner = ["a@b@x.org"]\n', ["RS118 5:10"]),
        ('[members]\nowner = [{ who = "\u043etto@x.org" }]\n', ["RS118 5:18"]),
        # nothing
        ("", ["RS121 1:1"]),
        ('[people]\na = "a@x.org"\n', ["RS121 1:1"]),
        ("[members]\n", ["RS121 1:1"]),
        ('[manage]\nmembers = "all"\n[teams.t]\n', ["RS311 5:11"]),
    ],
)
def test_a_configuration_is_refused_at_the_place_that_is_wrong(folder, text, told):
    assert folder.write(declares(text)).full_message() == told


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        (
            "[workspaces.'team-*']\n",
            "`team-*` is no handle",
            'for all workspaces like it, write `[workspace_defaults."team-*"]`',
        ),
        (
            "[workspaces.'a/b']\n",
            "`a/b` is no handle",
            "use lower-case letters, digits and `-`",
        ),
        (
            '[teams.t]\nmembers = ["*"]\n',
            "`*` is nobody here",
            'name a group of all members: `all = "members"`',
        ),
        (
            '[teams.t]\nmembers = [""]\n',
            "unknown short name ``",
            "add it to `[people]`, or write an e-mail address",
        ),
        (
            '[teams.new]\nrenamed_from = "old"\n[workspaces.w]\naccess.viewer = ["team:old"]\n',
            "unknown team `old`",
            "write `new`, its name now",
        ),
        (
            "[roles.new]\nrenamed_from = ['old']\n[workspaces.w]\ndefault_role = 'old'\n",
            "unknown role `old`",
            "write `new`, its name now",
        ),
        (
            '[teams.t]\nmembers = ["Group:leads"]\n',
            "unknown short name `Group:leads`",
            "add it to `[people]`, or write an e-mail address, or `group:leads`",
        ),
        (
            '[teams.t]\nmembers = ["teams:leads"]\n',
            "unknown short name `teams:leads`",
            "add it to `[people]`, or write an e-mail address, or `team:leads`",
        ),
        (
            '[teams.t]\nmembers = ["SA:ci"]\n',
            "unknown short name `SA:ci`",
            "add it to `[people]`, or write an e-mail address, or `sa:ci`",
        ),
    ],
)
def test_what_is_written_in_another_form_is_refused_with_the_right_one(folder, text, message, hint):
    (error,) = folder.write(declares(OWNER + text)).errors()
    assert (error.message, error.hint) == (message, hint)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[members]\nuser = ["a@x.org"]\n[teams.t]\n', ["RS124 6:2"]),
        ('[members]\nuser = ["a@x.org"]\n[workspaces.w]\n', ["RS124 6:2"]),
        ('[members]\nuser = ["a@x.org"]\n[workspace_defaults."*"]\n', ["RS124 6:2"]),
        ('[members]\nuser = ["a@x.org"]\n[service_accounts.ci]\n', ["RS309 6:19"]),
        (
            "[[test]]\nname = 'n'\nwho = 'everyone'\nworkspace = 'w'\ncan = ['read:flow']\n",
            ["RS124 7:13", "RS307 8:8"],
        ),
    ],
)
def test_what_the_older_world_does_not_have_is_refused(folder, text, told):
    assert folder.write(declares(text)).full_message("prefect-cloud-1") == told


@pytest.mark.parametrize("reach", ["declared", "none"])
def test_names_that_are_kept_elsewhere_are_taken_as_they_are(folder, reach):
    kinds = ("service_accounts", "teams", "roles", "workspaces")
    manage = "[manage]\n" + "".join(f'{kind} = "{reach}"\n' for kind in kinds)
    text = (
        '[workspaces.w.access]\nguest = ["sa:ci", "team:t", "bo@x.org"]\n'
        "[[test]]\nname = 'n'\nwho = 'team:t'\nworkspace = 'v'\ncan = ['see_flows']\n"
    )
    desired = folder.write(declares(OWNER + manage + text)).declare().desired
    assert desired.row(named.workspace("w")) == {
        CI: held(workspace("guest")),
        named.team("t"): held(workspace("guest")),
        BO: held(workspace("guest")),
    }


def test_a_second_role_names_the_first_place_too(folder):
    text = '[workspaces.w.access]\nviewer = ["x@x.org", "a@x.org"]\nowner = ["a@x.org"]\n'
    (problem,) = folder.write(declares(text)).errors()
    assert problem.message == "`a@x.org` already holds `viewer` here"
    assert (str(problem.place), str(problem.second)) == ("rbac.toml:6:10", "rbac.toml:5:22")


def test_names_and_contradictions_of_all_files_are_told_with_faults_of_tables(folder):
    folder.write(
        declares('[files]\n"*.toml" = ["roles", "teams"]\n[members]\nowner = ["nobody"]\n'),
        a="[roles.a]\nbase = 1\n",
        b='[roles.b]\npermissions = ["x"]\n[teams.t]\nmembers = ["sa:x"]\n',
    )
    assert [(e.code, str(e.place)) for e in folder.errors()] == [
        ("RS114", "a.toml:2:8"),
        ("RS206", "b.toml:2:16"),
        ("RS203", "b.toml:4:12"),
        ("RS201", "rbac.toml:7:10"),
    ]


def test_the_access_of_a_workspace_in_two_files_is_read_together(folder):
    folder.write(
        declares(OWNER + '[files]\n"*.toml" = ["workspaces"]\n'),
        a='[workspaces.w.access]\nviewer = ["x@x.org"]\n',
        b='[workspaces.w.access]\nviewer = ["y@x.org"]\nrunner = ["x@x.org"]\n',
    )
    assert [(e.code, str(e.place)) for e in folder.errors()] == [
        ("RS301", "b.toml:1:13"),
        ("RS303", "b.toml:3:11"),
    ]


def test_an_object_with_a_fault_is_not_called_unknown_as_well(folder):
    text = "[roles.r]\nx = 1\n[teams.t]\nx = 1\n[members]\nowner = 1\n"
    text += "[workspaces.w.access]\nr = ['team:t']\n"
    manage = '[manage]\nmembers = "all"\n'
    codes = [e.code for e in folder.write(declares(text + manage)).errors()]
    assert codes == ["RS112", "RS112", "RS114"]


def test_advice_does_not_refuse(folder):
    text = '[people]\nana = "a@x.org"\n[manage]\nteams = "none"\n[teams.t]\n'
    text += '[guard]\nprotect = ["team.u", "team.t"]\n'
    advice = folder.write(declares(OWNER + text)).declare().advice
    assert [(a.code, a.place.line) for a in advice] == [("RS502", 7), ("RS503", 10), ("RS504", 12)]


@pytest.mark.parametrize("kind", ["known", "unknown"])
def test_a_list_of_any_length_is_read(folder, kind):
    people = "".join(f'"{kind}{n}@x.org",\n' for n in range(3_000))
    wrong = "".join(f'"nobody{n}",\n' for n in range(3_000 if kind == "unknown" else 0))
    folder.write(declares(f"[members]\nowner = [\n{people}{wrong}]\n"))
    assert len(folder.errors()) == (1000 if wrong else 0)


def test_what_is_held_in_a_workspace_is_kept_in_little_memory(folder):
    folder.write(BACKEND + COMPANY)
    assert type(folder.declare().desired.row(PROD)) is CompactRow
