"""What `[files]` misses: a folder that has gone, a file that no line reads."""

from __future__ import annotations

import os
import subprocess

import pytest

from rbac_sync import config
from rbac_sync.errors import ConfigError

from .folder import BACKEND, OWNER

ALL = '[manage]\nworkspaces = "all"\nteams = "all"\n'
LINES = '[files]\n"workspaces/*.toml" = ["workspaces.{stem}"]\n"teams/*.toml" = ["teams"]\n'


def made(folder, manage=ALL, lines=LINES, **texts):
    folder.write(BACKEND + lines + manage + OWNER)
    for name, text in {
        "workspaces/w.toml": "[workspaces.w]\n",
        "teams/t.toml": "[teams.t]\n",
    }.items():
        write(folder, name, text)
    return folder


def write(folder, name, text):
    (folder.path / name).parent.mkdir(parents=True, exist_ok=True)
    (folder.path / name).write_text(text)


def said(folder):
    """Return (code, message, hint) of everything that is wrong or could be better."""
    try:
        found = folder.declare().advice
    except ConfigError as error:
        found = error.diagnostics
    return [(d.code, d.message, d.hint) for d in found]


def test_a_folder_with_all_its_files_is_in_order(folder):
    assert said(made(folder)) == []


def test_a_folder_that_has_gone_is_an_error_where_its_kind_is_managed_whole(folder):
    made(folder)
    (folder.path / "workspaces/w.toml").unlink()
    (folder.path / "workspaces").rmdir()

    assert said(folder) == [
        (
            "RS126",
            "`workspaces/*.toml` matches no file, and all workspaces are managed",
            "there is no folder `workspaces`: bring it back, or take the line out of `[files]`",
        )
    ]


def test_a_folder_that_is_empty_is_an_error_too(folder):
    made(folder)
    (folder.path / "teams/t.toml").unlink()

    assert said(folder) == [
        (
            "RS126",
            "`teams/*.toml` matches no file, and all teams are managed",
            "bring the files back, or take the line out of `[files]`",
        )
    ]


@pytest.mark.parametrize("text", ["", "\n", " \r\n", "\ufeff"])
@pytest.mark.parametrize("lines", [LINES, LINES + '"teams/more.toml" = ["people", "test"]\n'])
def test_an_empty_file_is_an_error_where_its_kind_is_managed_whole(folder, lines, text):
    write(made(folder, lines=lines), "teams/more.toml", text)

    assert said(folder) == [
        (
            "RS126",
            "`teams/more.toml` is empty, and all teams are managed",
            "bring its content back; if nothing is to be declared, say so in a comment",
        )
    ]


@pytest.mark.parametrize(
    ("manage", "text"),
    [
        (ALL, "# None yet.\n"),
        (ALL, "[teams]\n"),
        (ALL, "teams = {}\n"),
        ('[manage]\nteams = "declared"\n', ""),
    ],
)
def test_a_comment_or_an_empty_table_says_that_nothing_is_meant(folder, manage, text):
    write(made(folder, manage), "teams/more.toml", text)

    assert said(folder) == []


MODULES = '[submodule "b"]\n\tpath = team-b\n\turl = ../b\n'


@pytest.fixture
def module(folder):
    """A repository with the files of two teams; those of one are an empty submodule."""
    made(folder, lines='[files]\n"*/*.toml" = ["workspaces", "teams"]\n')
    (folder.path / "team-b").mkdir()
    (folder.path / ".git").mkdir()
    (folder.path / ".gitmodules").write_text(MODULES)
    return folder


def test_a_submodule_that_is_not_checked_out_is_an_error_where_its_kind_is_managed_whole(module):
    assert said(module) == [
        (
            "RS126",
            "`team-b` is a submodule that is not checked out, and all workspaces are managed",
            "run `git submodule update --init --recursive`",
        )
    ]
    (module.path / "team-b").rmdir()
    assert [found[0] for found in said(module)] == ["RS126"]
    (module.path / "team-b").mkdir()
    write(module, "team-b/.git", "gitdir: ../.git/modules/b\n")
    assert [found[0] for found in said(module)] == ["RS126"]


@pytest.mark.parametrize("line", ['Path="team-b"', "\tpath=team-b"])
def test_a_submodule_is_found_however_its_line_is_written(module, line):
    write(module, ".gitmodules", f'[submodule "b"]\n{line}\n')
    assert [found[0] for found in said(module)] == ["RS126"]


@pytest.mark.parametrize("path", ["..", ".", "/", "../x", "team-b/../..", ".link"])
def test_a_path_that_is_no_submodules_is_passed_over(module, path):
    (module.path / ".link").symlink_to(module.path)
    write(module, ".gitmodules", f'[submodule "b"]\npath = {path}\n')
    assert said(module) == []


@pytest.mark.parametrize("path", ["\0", "x" * 5000, "rbac.toml"])
def test_a_path_that_can_be_no_folder_is_not_checked_out(module, path):
    write(module, ".gitmodules", f'[submodule "b"]\npath = {path}\n')
    assert [found[0] for found in said(module)] == ["RS126"]


def test_a_list_of_submodules_that_cannot_be_read_may_not_be_whole(module):
    (module.path / ".gitmodules").rename(module.path / "other")
    (module.path / ".gitmodules").symlink_to("other")
    message = "`.gitmodules` is a symbolic link, so that submodules may be missing"
    hint = "links are not followed; put the file itself there"
    assert said(module) == [("RS126", f"{message}, and all workspaces are managed", hint)]
    (module.path / ".gitmodules").unlink()
    write(module, ".gitmodules", "#" * 2**20 + "#")
    assert [found[0] for found in said(module)] == ["RS126"]


def test_a_submodule_in_a_submodule_that_is_not_checked_out_is_not_gone(module):
    made(module, lines='[files]\n"**/*.toml" = ["workspaces", "teams"]\n')
    write(module, "team-b/w.toml", "[workspaces.b]\n")
    assert said(module) == []
    (module.path / "team-b/.git").mkdir()
    write(module, "team-b/.gitmodules", '[submodule "c"]\n\tpath = c\n')
    assert [found[1] for found in said(module)] == [
        "`team-b/c` is a submodule that is not checked out, and all workspaces are managed"
    ]


def test_a_submodule_matters_only_if_it_is_empty_and_may_have_files(module):
    write(module, "team-b/w.toml", "[workspaces.b]\n")
    assert said(module) == []
    (module.path / "team-b/w.toml").unlink()
    made(module)
    assert said(module) == []
    made(module, "", '[files]\n"*/*.toml" = ["workspaces", "teams"]\n')
    assert said(module) == []


@pytest.fixture
def sparse(folder):
    """Return what checks out parts of a repository whose folder `access` is a configuration."""
    made(folder)
    write(folder, "teams/u.toml", "[teams.u]\n")
    write(folder, "other/long/name", "")

    def git(*words):
        who = ("-c", "user.name=ana", "-c", "user.email=ana@acme.example")
        subprocess.run(["git", *who, *words], check=True, capture_output=True, cwd=folder.path)

    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "all")
    return git


ONE_LEFT_OUT = (
    "sparse-checkout",
    "set",
    "--no-cone",
    "/rbac.toml",
    "/teams/t.toml",
    "/workspaces/",
)
LEFT_OUT = (
    "is left out of this sparse checkout, and all teams are managed",
    "check out the whole folder, or run `git sparse-checkout disable`",
)


@pytest.mark.parametrize("version", ["2", "4"])
def test_a_file_that_a_sparse_checkout_leaves_out_is_not_gone(folder, sparse, version):
    sparse("config", "index.version", version)
    assert said(folder) == []
    sparse(*ONE_LEFT_OUT)
    assert said(folder) == [("RS126", f"`teams/u.toml` {LEFT_OUT[0]}", LEFT_OUT[1])]
    write(folder, "teams/u.toml", "[teams.u]\n")
    assert said(folder) == []


@pytest.fixture
def sha_256(monkeypatch):
    """Let new repositories have ids of SHA-256."""
    monkeypatch.setenv("GIT_DEFAULT_HASH", "sha256")


def test_a_file_that_is_left_out_of_a_repository_with_longer_ids_is_not_gone(
    folder, sha_256, sparse
):
    sparse(*ONE_LEFT_OUT)
    assert said(folder) == [("RS126", f"`teams/u.toml` {LEFT_OUT[0]}", LEFT_OUT[1])]


NO_SPLIT = "run `git update-index --no-split-index`, and check out the whole folder"


def test_a_file_that_a_shared_index_leaves_out_is_not_gone(folder, sparse):
    sparse(*ONE_LEFT_OUT)
    sparse("update-index", "--split-index")
    assert ("RS126", f"`teams/u.toml` {LEFT_OUT[0]}", NO_SPLIT) in said(folder)
    sparse("rm", "-q", "--cached", "--sparse", "teams/u.toml")
    sparse("update-index", "--no-split-index")
    assert said(folder) == []


def test_a_folder_that_a_sparse_checkout_leaves_out_is_not_gone(folder, sparse):
    sparse("sparse-checkout", "set", "--cone", "--sparse-index", "workspaces")
    message = "`teams/*.toml` matches no file, and all teams are managed"
    assert [(code, said) for code, said, _ in said(folder)] == [
        ("RS126", message),
        ("RS126", f"`teams` {LEFT_OUT[0]}"),
    ]
    sparse("sparse-checkout", "set", "--cone", "--sparse-index", "teams", "workspaces")
    assert said(folder) == []


def test_what_a_sparse_checkout_leaves_out_in_a_linked_work_tree_is_not_gone(
    folder, sparse, tmp_path
):
    sparse("worktree", "add", "--no-checkout", str(tmp_path / "linked"))
    folder.path = tmp_path / "linked"
    sparse("sparse-checkout", "set", "--no-cone", "/rbac.toml", "/teams/t.toml", "/workspaces/")
    sparse("checkout", "-q")
    assert [found[0] for found in said(folder)] == ["RS126"]


NOT_READ = (
    "git's index cannot be read, so that files may be left out, and all teams are managed",
    "`git status` says what is wrong; a copy without its repository should have no `.git`",
)


@pytest.mark.parametrize(
    "index",
    [
        b"",
        b"DIRC",
        b"\0" * 99,
        b"DIRC\0\0\0\3\0\0\0\1",
        b"DIRC\0\0\0\4\0\0\0\1" + b"x" * 99,
        b"DIRC\0\0\0\5\0\0\0\0" + b"x" * 20,
    ],
)
def test_a_folder_whose_index_of_git_cannot_be_read_may_not_be_whole(folder, index):
    write(made(folder), ".git/index", "")
    (folder.path / ".git/index").write_bytes(index)
    assert ("RS126", *NOT_READ) in said(folder)
    made(folder, "")
    assert said(folder) == []


@pytest.mark.parametrize("text", ["gitdir: /nowhere\n", f"gitdir: {'x' * 5000}\n", "\0"])
def test_a_work_tree_whose_repository_is_not_there_may_not_be_whole(folder, text):
    write(made(folder), ".git", text)
    assert ("RS126", *NOT_READ) in said(folder)


def test_a_repository_without_an_index_has_no_files_that_could_be_left_out(folder):
    (made(folder).path / ".git").mkdir()
    assert said(folder) == []


def test_an_index_whose_shared_index_is_gone_may_leave_files_out(folder, sparse):
    sparse("update-index", "--split-index")
    assert said(folder) == []
    for shared in (folder.path / ".git").glob("sharedindex.*"):
        shared.unlink()
    assert ("RS126", *NOT_READ) in said(folder)


def test_a_file_that_is_left_out_after_the_index_was_split_is_not_gone(folder, sparse):
    for number in range(20):
        write(folder, f"other/{number}", "")
    sparse("add", ".")
    sparse("update-index", "--split-index")
    sparse("update-index", "--skip-worktree", "teams/u.toml")
    (folder.path / "teams/u.toml").unlink()
    unnamed = "the split index of git leaves out files without a name, and all {} are managed"
    kinds = ("workspaces", "teams")
    assert {*said(folder)} == {("RS126", unnamed.format(kind), NO_SPLIT) for kind in kinds}
    sparse("update-index", "--no-split-index")
    assert said(folder) == [("RS126", f"`teams/u.toml` {LEFT_OUT[0]}", LEFT_OUT[1])]


def test_a_submodule_that_a_sparse_checkout_leaves_out_is_not_gone(folder, sparse):
    head = "1" * 40
    sparse("update-index", "--add", "--cacheinfo", f"160000,{head},more")
    sparse("update-index", "--skip-worktree", "more")
    made(folder, lines='[files]\n"*/*.toml" = ["workspaces", "teams"]\n')
    message = "`more` is left out of this sparse checkout, and all workspaces are managed"
    assert [found[1] for found in said(folder)] == [message]


def test_a_folder_in_the_place_of_a_file_is_refused(folder):
    (made(folder).path / "workspaces/u.toml").mkdir()

    assert said(folder) == [
        ("RS107", "`workspaces/u.toml` is not a regular file", "only regular files are read")
    ]


@pytest.mark.parametrize(
    "manage", ["", '[manage]\nteams = "declared"\n', '[manage]\nteams = "none"\n']
)
def test_a_pattern_that_matches_nothing_is_advice_where_not_all_is_managed(folder, manage):
    made(folder, manage)
    (folder.path / "teams/t.toml").unlink()

    (found,) = said(folder)

    assert found[:2] == ("RS510", "`teams/*.toml` matches no file")


def test_of_two_patterns_the_one_that_matches_nothing_is_refused(folder):
    made(folder, lines=LINES + '"more/*.toml" = ["people", "teams.{stem}"]\n')

    (found,) = said(folder)

    assert found[:2] == ("RS126", "`more/*.toml` matches no file, and all teams are managed")


def test_a_renamed_folder_is_found(folder):
    made(folder)
    (folder.path / "workspaces").rename(folder.path / "ws")

    assert said(folder) == [
        (
            "RS126",
            "`workspaces/*.toml` matches no file, and all workspaces are managed",
            "`ws/w.toml` is not read: did you mean `workspaces/w.toml`, or another pattern here?",
        )
    ]


def test_a_pattern_in_another_case_than_the_folder_is_shown_the_folder(folder):
    made(folder, "", LINES.replace("teams/*", "Teams/*"))

    codes = {code: hint for code, _, hint in said(folder)}

    assert codes["RS510"] == (
        "`teams/t.toml` is not read: did you mean `Teams/t.toml`, or another pattern here?"
    )
    assert codes["RS511"] == 'did you mean `Teams/t.toml`? the line `"Teams/*.toml"` reads that'


@pytest.mark.parametrize(
    "name", ["teams/u.TOML", "teams/u.toml.bak", "teams/u.toml~", "teams/u.tml", "teams/u.Toml"]
)
def test_a_file_whose_name_ends_in_another_way_is_advice(folder, name):
    write(made(folder), name, "[teams.u]\n")

    assert said(folder) == [
        (
            "RS511",
            f"`{name}` declares `teams`, and no line of `[files]` reads it",
            'did you mean `teams/u.toml`? the line `"teams/*.toml"` reads that',
        )
    ]


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("team/u.toml", 'did you mean `teams/u.toml`? the line `"teams/*.toml"` reads that'),
        ("TEAMS/u.toml", 'did you mean `teams/u.toml`? the line `"teams/*.toml"` reads that'),
        ("u.toml", 'did you mean `teams/u.toml`? the line `"teams/*.toml"` reads that'),
    ],
)
def test_a_file_in_another_folder_is_advice(folder, name, hint):
    write(made(folder), name, "[teams.u]\n")

    (found,) = said(folder)

    assert found == (
        "RS511",
        f"`{name}` declares `teams`, and no line of `[files]` reads it",
        hint,
    )


def test_a_file_with_a_byte_order_mark_is_advice_too(folder):
    write(made(folder), "more.toml", "\ufeff[roles.r]\npermissions = []\n")
    assert [code for code, *_ in said(folder)] == ["RS511"]


def test_a_file_deeper_than_the_patterns_reach_is_not_looked_for(folder):
    write(made(folder), "a/b/u.toml", "[teams.u]\n")
    assert said(folder) == []


def test_a_file_in_a_folder_is_advice_where_no_line_reads_any_file(folder):
    made(folder, lines="", manage="")
    (_, message, hint), *_ = found = said(folder)
    assert [code for code, *_ in found] == ["RS511", "RS511"]
    assert message == "`teams/t.toml` declares `teams`, and no line of `[files]` reads it"
    assert hint == 'add `"teams/t.toml" = ["teams"]` to `[files]`, or move it'


def test_another_configuration_in_a_folder_is_not_spoken_of(folder):
    made(folder)
    write(folder, "staging/rbac.toml", BACKEND)
    write(folder, "staging/more.toml", "[teams.u]\n")
    assert said(folder) == []


def test_a_workspace_of_the_name_of_a_root_file_makes_no_other_configuration(folder):
    made(folder)
    write(folder, "workspaces/rbac.toml", "[workspaces.rbac]\n")
    write(folder, "workspaces/prod.tml", "[workspaces.prod]\n")
    message = "`workspaces/prod.tml` declares `workspaces`, and no line of `[files]` reads it"
    assert [(code, text) for code, text, _ in said(folder)] == [("RS511", message)]


def test_a_pattern_of_any_depth_reaches_everything(folder):
    made(folder, lines=LINES + '"deep/**/*.toml" = ["people"]\n')
    write(folder, "deep/x/p.toml", '[people]\nana = "ana@x.org"\n')
    write(folder, "a/b/c/u.toml", "[teams.u]\n")

    assert [(code, message) for code, message, _ in said(folder) if code != "RS502"] == [
        ("RS511", "`a/b/c/u.toml` declares `teams`, and no line of `[files]` reads it")
    ]


def test_a_pattern_with_many_stars_is_compared_in_one_pass(folder):
    made(folder, lines=LINES + f'"{"**/" * 30}no.toml" = ["people"]\n')
    write(folder, "a/" * 12 + "u.tml", "[teams.u]\n")

    assert [code for code, *_ in said(folder)] == ["RS511", "RS510"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pyproject.toml", "[project]\nname = 'x'\n"),
        ("prod.toml", BACKEND + "[teams.u]\n"),
        ("broken.toml", "[teams.u\n"),
        ("notes.txt", "[teams.u]\n"),
        (".hidden.toml", "[teams.u]\n"),
        (".git/u.toml", "[teams.u]\n"),
    ],
)
def test_what_is_no_part_of_this_configuration_is_not_spoken_of(folder, name, text):
    write(made(folder), name, text)
    assert said(folder) == []


def test_links_and_pipes_that_nothing_reads_are_left_alone(folder):
    made(folder)
    write(folder, "other/a/u.toml", "[teams.u]\n")
    (folder.path / "u.toml").symlink_to("other/a/u.toml")
    (folder.path / "linked").symlink_to("other/a")
    os.mkfifo(folder.path / "pipe.toml")

    assert said(folder) == []


def test_a_folder_that_became_a_link_is_refused_as_a_link(folder):
    made(folder)
    (folder.path / "teams").rename(folder.path / "real")
    (folder.path / "teams").symlink_to("real")

    with pytest.raises(ConfigError) as caught:
        config.read(folder.path)

    assert "RS106" in {d.code for d in caught.value.diagnostics}


def test_a_pattern_that_matches_the_root_alone_matches_nothing(folder):
    folder.write(f'{BACKEND}[files]\n"*.toml" = ["teams"]\n[manage]\nteams = "all"\n{OWNER}')

    (found,) = said(folder)

    assert found[:2] == ("RS126", "`*.toml` matches no file, and all teams are managed")


@pytest.mark.parametrize("name", ["people.TOML", "People.toml", "people.toml.bak"])
def test_a_file_that_is_missing_may_be_there_under_a_like_name(folder, name):
    made(folder, lines=LINES + '"people.toml" = ["people"]\n')
    write(folder, name, '[people]\nana = "ana@x.org"\n')

    assert said(folder) == [
        (
            "RS110",
            "there is no file `people.toml`",
            f"`{name}` is not read: rename it to `people.toml`, or correct the line",
        )
    ]


def test_a_file_that_is_missing_and_like_nothing_is_to_be_created(folder):
    made(folder, lines=LINES + '"people.toml" = ["people"]\n')

    ((code, _, hint),) = said(folder)

    assert (code, hint) == ("RS110", "create it, or correct its name")


def test_only_a_line_for_the_tables_of_a_file_is_named(folder):
    made(folder)
    write(folder, "people.toml", "[members]\nviewer = ['bo@acme.example']\n")
    assert said(folder) == [
        (
            "RS511",
            "`people.toml` declares `members`, and no line of `[files]` reads it",
            'add `"people.toml" = ["members"]` to `[files]`, or move it',
        )
    ]
