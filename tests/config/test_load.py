"""A folder becomes checked tables, or everything that is wrong with it."""

from __future__ import annotations

import pytest

from rbac_sync import config
from rbac_sync.errors import ConfigError

from .folder import BACKEND, OWNER, declares

FILES = '[files]\n"*.toml" = ["people", "teams.{stem}", "test"]\n'


def refused(path):
    with pytest.raises(ConfigError) as caught:
        config.read(path)
    return [(e.code, str(e.place) if e.place else "") for e in caught.value.diagnostics]


def test_a_folder_and_its_root_file_are_the_same_configuration(folder):
    folder.write(BACKEND + OWNER)
    by_file = config.read(folder.path / "rbac.toml")
    assert by_file == config.read(folder.path)
    assert dict(by_file.texts) == {"rbac.toml": BACKEND + OWNER}


def test_byte_order_marks_change_neither_meaning_nor_carets(folder):
    folder.write(BACKEND + OWNER + FILES, more='[people]\nbo = "bo@x.org"\n')
    without = config.read(folder.path)
    for path in folder.path.iterdir():
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())

    assert config.read(folder.path).digest == without.digest
    assert config.read(folder.path).texts["rbac.toml"] == BACKEND + OWNER + FILES

    (folder.path / "more.toml").write_bytes(b"\xef\xbb\xbfx y")
    with pytest.raises(ConfigError) as caught:
        config.read(folder.path)
    assert caught.value.texts["more.toml"] == "x y"


def test_a_root_file_of_another_name_may_be_named(folder):
    folder.write(FILES, oncall="[teams.oncall]\n")
    (folder.path / "rbac.toml").rename(folder.path / "other.toml")
    assert set(config.read(folder.path / "other.toml").texts) == {"other.toml", "oncall.toml"}


def test_without_a_root_file_there_is_no_configuration(tmp_path):
    assert refused(tmp_path) == [("RS101", "")]
    assert refused(tmp_path / "other.toml") == [("RS101", "")]
    assert refused(tmp_path / "no" / "where") == [("RS101", "")]


def test_a_line_about_the_root_file_restricts_nothing_and_is_refused(folder):
    problem, *_ = folder.write(BACKEND + OWNER + '[files]\n"rbac.toml" = ["teams"]\n').errors()
    assert (problem.code, problem.hint) == ("RS115", "delete the line")
    assert problem.message == ("`rbac.toml` may define every table, so this line restricts nothing")


def test_a_root_that_is_a_link_is_refused(tmp_path):
    (tmp_path / "real.toml").write_text(BACKEND)
    (tmp_path / "rbac.toml").symlink_to("real.toml")
    assert refused(tmp_path) == [("RS106", "rbac.toml:1:1")]


def test_every_file_that_cannot_be_read_is_told_at_once(folder):
    folder.write('[files]\n"no.toml" = []\n"*.toml" = ["test"]\n', a="x", b="[teams.b", c="y = 1\n")
    assert refused(folder.path) == [
        ("RS001", "a.toml:1:1"),
        ("RS001", "b.toml:1:9"),
        ("RS112", "c.toml:1:1"),
        ("RS110", "rbac.toml:2:1"),
    ]


@pytest.mark.parametrize(
    "pattern", ["../x.toml", "/etc/passwd", "a/../../x", "C:x", "a\\\\b", "./a", "a//b", "a/"]
)
def test_a_path_that_leaves_the_folder_is_refused(folder, pattern):
    folder.write(f'[files]\n"{pattern}" = ["test"]\n')
    assert refused(folder.path) == [("RS105", "rbac.toml:2:1")]


def test_a_linked_file_is_refused_at_the_pattern_that_names_it(folder):
    folder.write('[files]\n"teams/*.toml" = ["teams"]\n')
    (folder.path / "teams").symlink_to("/etc")
    assert refused(folder.path) == [("RS106", "rbac.toml:2:1")]


def test_more_files_than_the_limit_are_refused(folder):
    folder.write("[limits]\nmax_files = 2\n" + FILES, a="", b="", c="")
    assert refused(folder.path) == [("RS103", "rbac.toml:4:1")]


def test_more_patterns_than_files_may_be_read_are_refused(folder):
    patterns = "".join(f'"{n}*.toml" = []\n' for n in range(3))
    folder.write(f"[limits]\nmax_files = 2\n[files]\n{patterns}")
    assert refused(folder.path) == [("RS103", "rbac.toml:6:1")]


def test_more_bytes_than_the_limit_are_refused(folder):
    folder.write("[limits]\nmax_total = 120\n" + FILES, a="#" * 60, b="")
    assert refused(folder.path) == [("RS104", "rbac.toml:4:1")]


def test_the_limit_for_one_file_is_the_environments_before_the_configurations(folder, monkeypatch):
    folder.write("[limits]\nmax_file = 300\n" + FILES, a="#" * 200)
    assert config.read(folder.path)
    monkeypatch.setenv("RBAC_SYNC_MAX_FILE", "150")
    assert refused(folder.path) == [("RS102", "rbac.toml:4:1")]
    monkeypatch.setenv("RBAC_SYNC_MAX_FILE", "20")
    assert refused(folder.path) == [("RS102", "rbac.toml:1:1")]


def test_a_limit_in_the_environment_that_is_no_number_is_told(folder, monkeypatch):
    folder.write(BACKEND + OWNER)
    monkeypatch.setenv("RBAC_SYNC_MAX_FILE", "1 MiB")
    assert [e.code for e in folder.errors()] == ["RS123"]


@pytest.mark.parametrize("limit", ["max_file = 0", "max_file = 99999999999", "max_files = 1e3"])
def test_a_limit_has_limits(folder, limit):
    folder.write(declares(f"[limits]\n{limit}\n") + OWNER)
    assert folder.full_message()[0].split()[0] in ("RS114", "RS115")


def test_a_file_may_define_only_what_files_says(folder):
    folder.write(
        BACKEND + '[files]\n"*.toml" = ["people", "teams.{stem}"]\n',
        oncall="[teams.oncall]\n[teams.other]\n[people]\n",
        x="[guard]\n[[test]]\nname = 'n'\nwho = 'everyone'\n[roles.r]\n",
    )
    problems = config.read(folder.path).problems
    assert [(p.code, str(p.place)) for p in problems] == [
        ("RS111", "oncall.toml:2:8"),
        ("RS111", "x.toml:1:2"),
        ("RS111", "x.toml:2:3"),
        ("RS111", "x.toml:5:8"),
    ]
    assert problems[0].hint == "`[files]` lets it define `people`, `teams.oncall`"


def test_a_table_that_no_file_may_define_is_told(folder):
    folder.write('[files]\n"*.toml" = ["team.{stem}", "guard", "test.x", "roles."]\n')
    problems = config.read(folder.path).problems
    assert [str(p.place) for p in problems if p.code == "RS115"] == [
        "rbac.toml:2:13",
        "rbac.toml:2:28",
        "rbac.toml:2:37",
        "rbac.toml:2:47",
    ]
    assert problems[0].hint == "did you mean `teams`?"


def test_one_object_is_declared_in_one_file(folder):
    folder.write('[files]\n"*.toml" = ["roles"]\n', a="[roles.guest]\n", b="\n[roles.guest]\n")
    (problem,) = config.read(folder.path).problems
    assert (problem.code, str(problem.place), str(problem.second)) == (
        "RS301",
        "b.toml:2:8",
        "a.toml:1:8",
    )


def test_the_lists_of_two_roles_may_stand_in_two_files(folder):
    files = '[files]\n"*.toml" = ["members"]\n'
    folder.write(BACKEND + files, a="[members]\nowner = ['a@x.org']\n", b="[members]\nadmin = []\n")
    assert folder.errors() == ()


def test_a_name_is_held_once_and_what_no_file_writes_is_one_value(folder):
    members = 'members = ["ana@acme.example", { who = "bo" }]'
    folder.write(FILES, **{name: f"[teams.{name}]\n{members}\n" for name in ("a", "b")})

    one, other, root = (file.document for file in config.read(folder.path).files)

    (first, entry), (second, _) = one.teams["a"].members, other.teams["b"].members
    assert first is second
    assert entry.who == "bo"
    assert root.people == {}
    assert root.people is one.people
