"""``[owners]``: who reviews which files, and what is said of files without owners."""

from __future__ import annotations

import pytest

from rbac_sync import config
from rbac_sync.catalogues import catalogue

from .folder import BACKEND, NOW, OWNER

FILES = '[files]\n"teams.toml" = ["teams"]\n"work.toml" = ["workspaces"]\n'
TEAMS = '[teams.data]\nmembers = ["ana@x.org", "sa:bot"]\n[teams.ops]\nmembers = ["sa:bot"]\n'
WORK = "[workspaces.prod]\n[workspaces.dev]\n"
BOT = '[service_accounts.bot]\n[people]\nana = "ana@x.org"\n[groups.all]\nmembers = ["ana"]\n'


def write(folder, owners):
    root = f"{BACKEND}{FILES}{OWNER}{BOT}[owners]\n{owners}\n"
    return folder.write(root, teams=TEAMS, work=WORK)


def read(folder, owners):
    write(folder, owners)
    return config.read_owners(config.read(folder.path), catalogue("prefect-cloud"), NOW)


def advice(folder, owners):
    write(folder, owners)
    given = folder.declare().advice
    return [a for a in given if a.code in ("RS516", "RS517")]


def test_a_pattern_gives_its_owners_to_the_files_it_matches_and_the_longest_decides(folder):
    owners = read(folder, '"work.toml" = ["@acme/sre"]\n"*" = ["@acme/platform", "@ana"]')

    assert list(owners.patterns.items()) == [
        ("*", ("@acme/platform", "@ana")),
        ("work.toml", ("@acme/sre",)),
    ]
    assert owners.files == {}


@pytest.mark.parametrize(
    ("who", "owners"),
    [
        ("ana", ("ana@x.org",)),
        ("Ana@x.org", ("ana@x.org",)),
        ("team:data", ("ana@x.org",)),
        ("group:all", ("ana@x.org",)),
        ("@@developer", ("@@developer",)),
        ("@acme/data/leads", ("@acme/data/leads",)),
    ],
)
def test_an_owner_is_a_name_of_the_forge_or_stands_for_people(folder, who, owners):
    assert read(folder, f'"*" = ["{who}"]').patterns == {"*": owners}


def test_somebody_whose_place_in_the_team_is_over_reviews_nothing(folder):
    late = '[teams.data]\nmembers = ["ana@x.org", { who = "bo@x.org", until = 2026-01-01 }]\n'
    write(folder, '"*" = ["team:data"]').path.joinpath("teams.toml").write_text(late)

    read_now = config.read_owners(config.read(folder.path), catalogue("prefect-cloud"), NOW)
    assert read_now.patterns == {"*": ("ana@x.org",)}


def test_the_owners_of_things_are_those_of_their_file_with_the_owners_of_the_rest(folder):
    alone = read(folder, '"*" = ["@p"]\n"workspace.*" = ["@sre"]\n"workspace.dev" = ["@dev"]')
    assert alone.files == {"work.toml": ("@sre", "@dev")}
    shared = read(folder, '"*" = ["@p"]\n"workspace.dev" = ["@dev"]')
    assert shared.files == {"work.toml": ("@dev", "@p")}
    assert read(folder, '"*" = ["@p"]\n"workspace.dev" = ["@p"]').files == {}


def test_a_star_alone_is_every_file_as_in_a_file_of_code_owners(folder):
    (folder.path / "t").mkdir()
    for number in range(7):
        team = f'[teams.t{number}]\nmembers = ["ana@x.org"]\n'
        (folder.path / "t" / f"{number}.toml").write_text(team)
    root = f'{BACKEND}[files]\n"t/*.toml" = ["teams"]\n{OWNER}{BOT}[owners]\n'

    def given(owners):
        declared = folder.write(root + owners).declare()
        return [a for a in declared.advice if a.code == "RS516"]

    assert given('"*" = ["@acme/platform"]\n') == []
    (advice,) = given('"rbac.toml" = ["@acme/platform"]\n')
    files = ", ".join(f"`t/{number}.toml`" for number in range(5))
    assert advice.message == f"nobody owns all of {files} and 2 more"
    assert advice.hint == ('give every file owners in `[owners]`, as in `"*" = ["@acme/platform"]`')


def test_a_folder_and_stars_match_as_in_a_file_of_code_owners(folder):
    (folder.path / "a" / "b").mkdir(parents=True)
    (folder.path / "a" / "b" / "t.toml").write_text(TEAMS)
    root = f'{BACKEND}[files]\n"a/**/*.toml" = ["teams"]\n{OWNER}{BOT}[owners]\n'
    for pattern in ("a/", "*/b/", "**/t.toml", "a/b/**/t.toml", "a/*/?.toml", "a/**"):
        assert folder.write(f'{root}"{pattern}" = ["ana"]\n').errors() == ()
    for pattern in ("*", "a/*", "b/", "?.toml", "a/**.toml"):
        errors = folder.write(f'{root}"rbac.toml" = ["ana"]\n"{pattern}" = ["ana"]\n').errors()
        assert [e.code for e in errors] == ([] if pattern == "*" else ["RS326"])


@pytest.mark.parametrize(
    ("owners", "code", "message", "hint"),
    [
        (
            '"team.toml" = ["ana"]',
            "RS326",
            "`team.toml` matches no file of this configuration",
            "did you mean `teams.toml`?",
        ),
        (
            '"team.dta" = ["ana"]',
            "RS326",
            "`team.dta` matches nothing that is declared here",
            "did you mean `team.data`?",
        ),
        (
            '"role.*" = ["ana"]',
            "RS326",
            "`role.*` matches nothing that is declared here",
            "check how it is spelt",
        ),
        (
            '"member.ana@x.org" = ["ana"]',
            "RS115",
            "`member.ana@x.org` names nothing that has owners of its own",
            (
                "write the file that lists it, or `team.NAME`, `role.NAME`,"
                " `workspace.HANDLE` or `service-account.NAME`"
            ),
        ),
        (
            '"../x.toml" = ["ana"]',
            "RS115",
            "`../x.toml` leaves the configuration folder",
            "write a path below the folder of `rbac.toml`, with `*`, `?` and `**`",
        ),
        (
            '"[tw]*.toml" = ["ana"]',
            "RS115",
            "`[tw]*.toml` has a bracket, which code owners files do not know",
            "write a path below the folder of `rbac.toml`, with `*`, `?` and `**`",
        ),
        (
            '"*" = ["@acme platform"]',
            "RS115",
            "`@acme platform` is no name of a forge",
            "write it as in `@ana` or `@acme/platform`",
        ),
        (
            '"*" = ["team:ops"]',
            "RS327",
            "`team:ops` stands for nobody who could review a change",
            "name people, a team or group of people, or a name of the forge with `@`",
        ),
        (
            '"*" = ["aan"]',
            "RS201",
            "unknown short name `aan`",
            "add it to `[people]`, or write an e-mail address",
        ),
    ],
)
def test_what_owns_nothing_or_is_nobody_is_refused(folder, owners, code, message, hint):
    (error,) = write(folder, owners).errors()

    assert (error.code, error.message, error.hint) == (code, message, hint)
    assert error.place.line == 15


def test_a_key_without_owners_is_refused(folder):
    (error,) = write(folder, '"team.data" = []').errors()

    assert (error.code, error.message) == ("RS115", "`team.data` names nobody")
    assert error.hint == "name somebody, or take the line out"


def test_owners_are_written_in_the_root_file_alone(folder):
    text = f'{BACKEND}[files]\n"more.toml" = ["teams"]\n{OWNER}'
    (error,) = folder.write(text, more='[owners]\n"*" = ["@a"]\n').errors()

    assert (error.code, error.message) == ("RS111", "`[owners]` belongs in `rbac.toml`")


def test_what_nobody_owns_is_advice(folder):
    root, things = advice(folder, '"work.toml" = ["ana"]\n"team.data" = ["ana"]')

    assert (root.code, root.message, root.hint) == (
        "RS516",
        "nobody owns `rbac.toml`, which declares `service-account.bot`",
        "give `rbac.toml` owners in `[owners]`",
    )
    assert things.message == "nobody owns all of `teams.toml`, which declares `team.ops`"
    assert (things.place.file, things.place.line) == ("teams.toml", 3)


def test_without_the_table_there_is_no_advice_on_owners(folder):
    declared = folder.write(BACKEND + OWNER).declare()

    assert [a for a in declared.advice if a.code == "RS516"] == []


def test_a_file_of_several_owners_is_advice(folder):
    (found,) = advice(folder, '"*" = ["ana"]\n"workspace.dev" = ["@dev"]')

    assert (found.code, found.place.file, found.message, found.hint) == (
        "RS517",
        "work.toml",
        (
            "`work.toml` holds things of different owners, and any of them may approve a change"
            " to all of it"
        ),
        "give the things of each owner a file of their own",
    )


def test_owners_do_not_change_what_is_desired(folder):
    plain = folder.write(BACKEND + OWNER).declare()
    owned = folder.write(f'{BACKEND}{OWNER}[owners]\n"*" = ["@a"]\n').declare()

    assert plain.desired == owned.desired


@pytest.mark.parametrize("pattern", ["**/" * 40 + "x", "*o" * 30 + "x", "**k" * 40, "?*" * 60])
def test_a_pattern_with_many_stars_is_matched_in_one_pass(folder, pattern):
    file = folder.path / ("o/" * 12 + "o" * 30 + ".toml")
    file.parent.mkdir(parents=True)
    file.write_text("[teams.data]\n")
    files, owners = '"o/**/*.toml" = ["teams"]', f'"*" = ["@ana"]\n"{pattern}" = ["@bo"]'
    (fault,) = folder.write(f"{BACKEND}[files]\n{files}\n{OWNER}[owners]\n{owners}\n").errors()
    assert (fault.code, fault.message) == (
        "RS326",
        f"`{pattern}` matches no file of this configuration",
    )
