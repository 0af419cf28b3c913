"""Groups of people, and teams within teams."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbac_sync.model import ACCOUNT, Holding, Level, Membership, Permission, Team, held, label
from rbac_sync.model import address as named
from rbac_sync.model.resources import role

from .folder import BACKEND, NOW, Folder

PEOPLE = """
[people]
ana = "ana@x.org"
bo = "bo@x.org"
cy = "cy@x.org"
[members]
owner = ["ana"]
member = ["bo", "cy"]
[service_accounts.ci]
"""
ANA, BO, CY = (named.user(f"{name}@x.org") for name in ("ana", "bo", "cy"))
CI = named.service_account("ci")
PROD = named.workspace("prod")
VIEWER, DEVELOPER = (role(Level.WORKSPACE, name) for name in ("viewer", "developer"))
JULY, AUGUST = (datetime(2026, month, 1, tzinfo=UTC) for month in (7, 8))


def access(folder, text):
    """Return who holds what in ``prod``."""
    return folder.write(BACKEND + PEOPLE + text).declare().desired.row(PROD)


def members(folder, team, text):
    declared = folder.write(BACKEND + PEOPLE + text).declare()
    return declared.desired.of(Team)[named.team(team)].members


def test_a_group_stands_for_its_members(folder):
    text = """
    [groups.leads]
    members = ["bo", "sa:ci"]
    [groups.all]
    members = ["group:leads", "team:ops", "cy"]
    [teams.ops]
    members = ["ana"]
    [workspaces.prod.access]
    viewer = ["group:all"]
    """
    ops = named.team("ops")
    assert access(folder, text) == dict.fromkeys((BO, CI, CY, ops), held(VIEWER))


def test_an_entry_of_its_own_decides_before_a_group(folder):
    text = """
    [groups.all]
    members = ["ana", "bo"]
    [workspaces.prod.access]
    developer = ["bo"]
    viewer = ["group:all"]
    """
    assert access(folder, text) == {BO: held(DEVELOPER), ANA: held(VIEWER)}


def test_an_entry_of_its_own_that_has_ended_decides_too(folder):
    text = """
    [groups.all]
    members = ["ana", "bo"]
    [workspaces.prod.access]
    developer = [{ who = "bo", until = 2026-01-01 }]
    viewer = ["group:all"]
    """
    assert access(folder, text) == {ANA: held(VIEWER)}


def test_the_times_on_the_way_to_a_member_are_cut_to_what_they_share(folder):
    text = """
    [groups.on-call]
    members = [{ who = "bo", from = 2026-07-01, reason = "INC-1" }, "cy"]
    [workspaces.prod.access]
    viewer = [{ who = "group:on-call", until = 2026-08-01, reason = "summer" }]
    """
    assert access(folder, text) == {
        BO: frozenset({Holding(VIEWER, JULY, AUGUST, "INC-1")}),
        CY: frozenset({Holding(VIEWER, None, AUGUST, "summer")}),
    }


@pytest.mark.parametrize(
    ("all_of", "expected"),
    [
        ("members", {ANA, BO, CY}),
        ("service_accounts", {CI}),
        ("team:o*", {ANA, BO}),
        ("team:ops", {ANA}),
        ("team:[x]", {BO}),
    ],
)
def test_all_of_a_kind_are_members(folder, all_of, expected):
    text = f"""
    [groups.g]
    all = "{all_of}"
    [teams.ops]
    members = ["ana"]
    [teams.other]
    members = ["bo", "team:ops"]
    [teams.third]
    members = ["cy"]
    [teams."[x]"]
    members = ["bo"]
    [workspaces.prod.access]
    viewer = ["group:g"]
    """
    assert access(folder, text) == dict.fromkeys(expected, held(VIEWER))


def test_principals_are_left_out_of_a_group(folder):
    text = """
    [groups.some]
    all = "members"
    except = ["group:leads", "cy"]
    [groups.leads]
    members = ["ana"]
    [workspaces.prod.access]
    viewer = ["group:some"]
    """
    assert access(folder, text) == {BO: held(VIEWER)}


@pytest.mark.parametrize("all_of", ["members", "team:*"])
def test_a_team_is_left_out_of_a_group_of_people_with_its_people(folder, all_of):
    text = f"""
    [groups.others]
    all = "{all_of}"
    members = ["team:night"]
    except = ["team:ops", "team:night"]
    [teams.ops]
    members = ["ana", "cy"]
    [teams.day]
    members = ["bo", "cy"]
    [teams.night]
    members = ["team:ops"]
    [workspaces.prod.access]
    viewer = ["group:others"]
    """
    assert access(folder, text) == {BO: held(VIEWER)}


def test_a_team_contains_the_people_of_other_teams_and_of_groups(folder):
    text = """
    [teams.ops]
    members = ["ana", { who = "team:night", until = 2026-08-01 }]
    [teams.night]
    members = ["bo"]
    [teams.all]
    members = ["group:g"]
    [groups.g]
    members = ["team:ops", "sa:ci"]
    """
    assert members(folder, "ops", text) == {Membership(ANA), Membership(BO, None, AUGUST)}
    expected = {Membership(ANA), Membership(BO, None, AUGUST), Membership(CI)}
    assert members(folder, "all", text) == expected


def test_a_group_holds_account_roles(folder):
    text = BACKEND + '[members]\nowner = ["group:o"]\n[groups.o]\nmembers = ["Ana@x.org"]\n'
    declared = folder.write(text).declare()
    assert set(declared.desired.row(ACCOUNT)) == {ANA}


def test_the_place_of_a_member_and_of_a_permission_is_its_entry_in_the_list(folder):
    text = """
    [groups.leads]
    members = ["bo"]
    [teams.data]
    members = [
      "ana",
      "group:leads",
      "team:night",
    ]
    [teams.night]
    members = ["cy"]
    [roles.watcher]
    permissions = ["see_blocks", "see_flows"]
    """
    declared = folder.write(BACKEND + PEOPLE + text).declare()
    lines = (BACKEND + PEOPLE + text).split("\n")

    def line(address, element):
        place = declared.entry(address, element)
        return place and (lines[place.line - 1][place.column - 1 :])

    data, watcher = named.team("data"), role(Level.WORKSPACE, "watcher")
    assert line(data, ANA).startswith('"ana"')
    assert line(data, BO).startswith('"group:leads"')
    assert line(data, CY).startswith('"team:night"')
    assert line(data, named.user("zoe@acme.example")) is None
    assert line(watcher, Permission("see_flows")).startswith('"see_flows"')
    assert line(watcher, Permission("run_flows")) is None


def test_the_place_of_a_grant_is_its_entry_in_the_list(folder):
    text = """
    [groups.leads]
    members = ["bo"]
    [workspaces.prod.access]
    viewer = ["ana", "group:leads"]
    """
    declared = folder.write(BACKEND + PEOPLE + text).declare()
    place = declared.origin(named.binding(BO, PROD))
    assert (place.line, place.column) == (17, 22)
    assert place.file_line == "rbac.toml:17, through group:leads, rbac.toml:15"


def test_tests_ask_about_every_member_of_a_group(folder):
    text = """
    [groups.g]
    members = ["bo", "team:ops"]
    [teams.ops]
    members = ["cy"]
    [[test]]
    name = "they do not own"
    who = "group:g"
    cannot = ["bypass:sso"]
    [[test]]
    name = "few"
    role = "owner"
    only = ["group:g", "ana"]
    """
    *abilities, circle = folder.write(BACKEND + PEOPLE + text).declare().expectations
    assert [ability.who for ability in abilities] == [BO, named.team("ops")]
    assert circle.only == {BO, ANA, named.team("ops")}


LEADS = '[groups.leads]\nmembers = ["bo"]\n'
USE = '[workspaces.prod.access]\nviewer = ["group:g"]\n'


@pytest.mark.parametrize(
    ("text", "code", "message", "hint"),
    [
        (
            '[workspaces.prod.access]\nviewer = ["group:lead"]\n' + LEADS,
            "RS210",
            "unknown group `lead`",
            "did you mean `leads`?",
        ),
        (
            '[groups.g]\nmembers = ["group:h"]\n[groups.h]\nmembers = ["group:g"]\n' + USE,
            "RS317",
            "`group:g` contains itself: group:g -> group:h -> group:g",
            "take it out in one place",
        ),
        (
            '[teams.a]\nmembers = ["team:b"]\n[teams.b]\nmembers = ["team:a"]\n',
            "RS317",
            "`team:a` contains itself: team:a -> team:b -> team:a",
            "take it out in one place",
        ),
        (
            '[teams.a]\nmembers = ["group:g"]\n[groups.g]\nall = "team:*"\n',
            "RS317",
            "`team:a` contains itself: team:a -> group:g -> team:a",
            "let `all` be like other teams alone, or declare `team:a` as a group",
        ),
        (
            '[groups.g]\nmembers = ["ana"]\nexcept = ["bo"]\n' + USE,
            "RS318",
            "`bo` is not in the group",
            "take it out of `except`",
        ),
        (
            '[groups.g]\nmembers = ["team:t", "bo"]\nexcept = ["bo"]\n'
            '[teams.t]\nmembers = ["bo"]\n' + USE,
            "RS318",
            "`bo` stays in the group through `team:t`",
            'list the people of the team instead: `all = "team:t"`',
        ),
        (
            '[groups.g]\nmembers = ["bo"]\nexcept = ["bo"]\n' + USE,
            "RS319",
            "`group:g` has no members",
            "list its members, or write `allow_empty = true`",
        ),
        (
            (
                f'{LEADS}[groups.g]\nmembers = ["bo"]\n[workspaces.prod.access]\n'
                'viewer = ["group:g"]\ndeveloper = ["group:leads"]\n'
            ),
            "RS302",
            "`bo@x.org` already holds `viewer` here, through `group:g`",
            "list `bo@x.org` itself under the role that it is to hold",
        ),
        (
            (
                f'{LEADS}[groups.g]\nmembers = ["bo"]\n[workspaces.prod.access]\n'
                'viewer = ["group:g", { who = "group:leads", until = 2026-12-01 }]\n'
            ),
            "RS320",
            "`bo@x.org` is in `group:g` and `group:leads` for different times",
            "list `bo@x.org` itself, with the time that holds",
        ),
        (
            (
                '[groups.g]\nmembers = [{ who = "bo", until = 2026-07-01 }]\n'
                '[workspaces.prod.access]\nviewer = [{ who = "group:g", from = 2026-08-01 }]\n'
            ),
            "RS305",
            "`bo@x.org` is in `group:g` at no time of this entry",
            "take the time out of one of the two",
        ),
        (
            '[groups.g]\nall = "team:x*"\n' + USE,
            "RS204",
            "no team matches `team:x*`",
            "`*` stands for any letters",
        ),
        (
            '[groups.g]\nall = "everybody"\n' + USE,
            "RS115",
            "`all` names nobody",
            "write `members`, `service_accounts` or `team:PATTERN`",
        ),
        (
            '[teams.a]\nmembers = ["team:b"]\n[teams.b]\n',
            "RS204",
            "the members of `team:b` are not declared",
            "write `members` under `[teams.b]`",
        ),
        (
            (
                '[groups.g]\nmembers = ["team:t"]\n[teams.t]\nmembers = ["bo"]\n'
                '[members]\nadmin = ["group:g"]\n'
            ),
            "RS308",
            "a team holds no account role",
            'list a group of its people, with `all = "team:t"`',
        ),
        (
            '[groups.g]\nmembers = ["bo", "bo@x.org"]\n' + USE,
            "RS303",
            "`bo@x.org` is listed twice",
            "keep one of them",
        ),
        (
            LEADS + '[workspaces.prod.access]\nviewer = ["leads"]\n',
            "RS201",
            "unknown short name `leads`",
            "add it to `[people]`, or write an e-mail address, or `group:leads`",
        ),
    ],
)
def test_a_group_is_refused(folder, text, code, message, hint):
    people = PEOPLE.replace('[members]\nowner = ["ana"]\nmember = ["bo", "cy"]\n', "")
    members = '[members]\nowner = ["ana"]\nmember = ["bo", "cy"]\n'
    text = text.replace("[members]\n", members) if "[members]" in text else people_of(text)
    folder.write(BACKEND + people + text)
    (error,) = folder.errors()
    assert (error.code, error.message, error.hint) == (code, message, hint)


def people_of(text):
    return f'[members]\nowner = ["ana"]\nmember = ["bo", "cy"]\n{text}'


def test_a_group_may_be_empty_on_purpose(folder):
    text = "[groups.g]\nallow_empty = true\n[workspaces.prod.access]\nviewer = ['group:g']\n"
    assert access(folder, text) == {}


def test_members_whose_time_has_ended_do_not_make_a_group_empty(folder):
    text = "[groups.g]\nmembers = [{ who = 'bo', until = 2026-01-01 }]\n" + USE
    assert access(folder, text) == {}


def test_a_group_that_nothing_refers_to_is_advice(folder):
    advice = folder.write(BACKEND + PEOPLE + LEADS).declare().advice
    assert ("RS502", "nothing refers to `group:leads`") in [(a.code, a.message) for a in advice]


NAMES = [f"p{number}@x.org" for number in range(4)]


@st.composite
def lists(draw):
    """Return the members and exceptions of groups and teams: each refers to earlier ones alone."""
    tables = {}
    for number in range(draw(st.integers(1, 5))):
        kind = draw(st.sampled_from(["group", "team"]))
        earlier = [*NAMES, *tables]
        some = st.lists(st.sampled_from(earlier), max_size=4, unique=True)
        text = f"{kind}:n{number}"
        teams = [name for name in tables if name.startswith("team:")]
        everybody = draw(st.sampled_from(["", "members", *teams]))
        more = (draw(some), everybody) if kind == "group" else ([], "")
        tables[text] = (draw(some), *more)
    return tables


def slow_members(text, tables, *, flat):
    """Return the principals of *text*, by the plain reading of the words."""
    if text not in tables or (text.startswith("team:") and not flat):
        return {text}
    _, excepted, _ = tables[text]
    out = {who for entry in excepted for who in left_out(entry, text, tables, flat=flat)}
    return with_excepted(text, tables, flat=flat) - out


def with_excepted(text, tables, *, flat):
    listed, _, everybody = tables[text]
    inside = {who for entry in listed for who in slow_members(entry, tables, flat=flat)}
    if everybody == "members":
        inside |= set(NAMES)
    return inside | (slow_members(everybody, tables, flat=True) if everybody in tables else set())


def left_out(entry, text, tables, *, flat):
    out = slow_members(entry, tables, flat=flat)
    return out | (slow_members(entry, tables, flat=True) if tables[text][2] else set())


def leaves_out_in_vain(text, tables):
    _, excepted, _ = tables[text]
    inside = with_excepted(text, tables, flat=False)
    remaining = set(inside)
    for entry in excepted:
        out = left_out(entry, text, tables, flat=False)
        if out and out.isdisjoint(inside):
            return True
        remaining -= out
    for entry in excepted:
        out = left_out(entry, text, tables, flat=False)
        teams = [who for who in remaining if who.startswith("team:")]
        if any(out & slow_members(team, tables, flat=True) for team in teams):
            return True
    return False


def written(tables):
    lines = []
    for text, (listed, excepted, everybody) in tables.items():
        kind, name = text.split(":")
        lines += [f"[{kind}s.{name}]", f"members = {json.dumps(listed)}"]
        if kind == "group":
            lines += [f"except = {json.dumps(excepted)}", "allow_empty = true"]
            lines += [f'all = "{everybody}"'] if everybody else []
    return "\n".join(lines)


@given(lists())
def test_groups_hold_what_a_slow_reading_says(tables):
    everyone = json.dumps(NAMES)
    holders = json.dumps(list(tables)[-1:])
    text = f"[members]\nowner = {everyone}\n{written(tables)}\n"
    access = f"[workspaces.prod.access]\nviewer = {holders}\n"
    with TemporaryDirectory() as path:
        folder = Folder(Path(path)).write(BACKEND + text + access)
        in_vain = [t for t in tables if t[0] == "g" and leaves_out_in_vain(t, tables)]
        if in_vain:
            assert "RS318" in {error.code for error in folder.errors()}
            return
        desired = folder.declare(now=NOW).desired
    expected = slow_members(json.loads(holders)[0], tables, flat=False)
    assert {label(who) for who in desired.row(PROD)} == expected
    for address, team in desired.of(Team).items():
        inside = {label(member.principal) for member in team.members}
        assert inside == slow_members(label(address), tables, flat=True)


def test_a_long_chain_of_groups_ends_in_an_error(folder):
    chain = "".join(f'[groups.g{n}]\nmembers = ["group:g{n + 1}"]\n' for n in range(1200))
    text = f'{chain}[groups.g1200]\nmembers = ["bo"]\n[members]\nowner = ["group:g0"]\n'
    errors = folder.write(BACKEND + PEOPLE.split("[members]", maxsplit=1)[0] + text).errors()
    assert {error.code for error in errors} == {"RS324"}


def test_a_chain_is_too_long_in_whatever_order_its_groups_are_written(folder):
    chain = "".join(f'[groups.g{n}]\nmembers = ["group:g{n - 1}"]\n' for n in range(1, 40))
    first = '[groups.g0]\nmembers = ["bo"]\n'
    errors = folder.write(BACKEND + PEOPLE + first + chain).errors()
    assert [error.code for error in errors] == ["RS324"]
    assert errors[0].message == "groups and teams nest more than 32 levels here"


def test_the_cost_of_members_follows_the_number_of_groups_not_of_the_ways_through_them(folder):
    levels = 30
    ladder = "".join(
        f'[groups.{side}{n}]\nmembers = ["group:a{n + 1}", "group:b{n + 1}"]\n'
        for n in range(levels)
        for side in "ab"
    )
    ends = "".join(f'[groups.{side}{levels}]\nmembers = ["bo@x.org"]\n' for side in "ab")
    text = f"""
    [manage]
    members = "all"
    [members]
    owner = ["ana@x.org", "group:a0", "group:b0"]
    [workspaces.prod.access]
    viewer = ["bo@x.org"]
    {ladder}{ends}"""
    declared = folder.write(BACKEND + text).declare().desired
    assert declared.row(PROD) == {BO: held(VIEWER)}


@pytest.mark.parametrize(
    "text",
    [
        '[groups.g]\nall = "team:o*"\nexcept = ["bo"]\n[teams.ops]\nmembers = ["bo"]\nx = 1',
        '[groups.g]\nmembers = ["team:b"]\nexcept = ["team:b"]\n[teams.b]\nx = 1\n[roles.r]\nx = 1',
        '[groups.g]\nall = "service_accounts"\n[service_accounts.cd]\nx = 1',
        '[groups.g]\nmembers = ["group:h"]\n[groups.h]\nx = 1',
        """[groups.g]\nall = "team:o*"\nexcept = ["bo"]
        [teams.o1]\nmembers = ["ana"]\n[teams.o2]\nmembers = ["bo"]\nx = 1""",
    ],
)
def test_a_table_with_errors_is_no_reason_for_others_about_groups(folder, text):
    people = PEOPLE.replace("[service_accounts.ci]", "")
    errors = folder.write(BACKEND + people + text).errors()
    assert {error.code for error in errors} == {"RS112"}


def test_a_team_called_as_a_word_of_all_is_not_meant_by_it(folder):
    text = """
    [manage]
    members = "all"
    [members]
    owner = ["ana@x.org"]
    member = ["group:bots"]
    [service_accounts.ci]
    [groups.bots]
    all = "service_accounts"
    [teams.service_accounts]
    members = ["bo@x.org"]
    """
    errors = folder.write(BACKEND + text).errors()
    assert [(error.code, error.message) for error in errors] == [
        ("RS202", "`bo@x.org` is not in `[members]`")
    ]
