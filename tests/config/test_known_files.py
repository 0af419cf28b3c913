"""Files that are known: what stands for them, and when they are as they were."""

from __future__ import annotations

import pytest

from rbac_sync.config import file_digests, load, read
from rbac_sync.config.known_files import (
    KnownFile,
    KnownFiles,
    can_be_known,
    digest,
    is_local,
    only,
)
from rbac_sync.errors import ConfigError
from rbac_sync.model import EVERYONE
from rbac_sync.model import address as named
from rbac_sync.model.live_holdings import MARK, text_of

ROOT = """\
[backend]
type = "store"
account = "acme"
world = "prefect-cloud"
[files]
"spaces/*.toml" = ["workspaces", "people"]
"""
SPACE = '[workspaces.prod]\nname = "P"\ndefault_role = "viewer"\n[workspaces.prod.access]\n'


def written(folder, content=SPACE):
    """Write a configuration with one file of workspaces, and return it as it is read."""
    (folder / "rbac.toml").write_text(ROOT)
    (folder / "spaces").mkdir(exist_ok=True)
    (folder / "spaces" / "prod.toml").write_bytes(content.encode())
    return read(folder).files[1]


@pytest.mark.parametrize(
    ("content", "local", "known"),
    [
        (SPACE, True, True),
        (SPACE + '[workspaces.prod.objects."block:a/b"]\nview = ["*"]\n', True, False),
        (SPACE.replace("[workspaces.prod]", '[workspaces.prod]\nrenamed_from = "p"'), True, False),
        (SPACE + '[people]\nbo = "bo@acme.example"\n', False, False),
    ],
)
def test_only_a_file_that_declares_plain_workspaces_alone_can_be_known(
    tmp_path, content, local, known
):
    file = written(tmp_path, content)
    assert (is_local(file), can_be_known(file)) == (local, known)


def test_what_stands_for_a_known_file_has_its_workspaces_without_their_access(tmp_path):
    file = written(tmp_path)
    known = KnownFile(digest(file), {"prod": {"name": "P"}})
    other = KnownFile(digest(file), {"other": {}})
    files = KnownFiles({file.name: known, "spaces/a.toml": other}, {"bo": file.name, "cy": "a"})
    sources = read(tmp_path, files)
    assert sources.known.met == {file.name}
    assert sources.known.used == {"bo"}
    ((_, handle, table),) = sources.named("workspaces")
    assert (handle, table.name, table.default_role, table.access) == ("prod", "P", None, None)


@pytest.mark.parametrize("spelt", [SPACE.replace("\n", "\r\n"), f"\ufeff{SPACE}"])
def test_a_file_is_as_it_was_whatever_its_line_ends_and_mark(tmp_path, spelt):
    before = written(tmp_path)
    digests = file_digests(tmp_path)
    assert digests == {file.name: digest(file) for file in read(tmp_path).files}
    assert digest(written(tmp_path, spelt)) == digest(before)
    assert file_digests(tmp_path) == digests
    written(tmp_path, SPACE.replace("viewer", "runner"))
    assert file_digests(tmp_path) != digests


def test_of_files_of_which_there_is_something_to_say_there_are_no_digests(tmp_path):
    written(tmp_path)
    (tmp_path / "more.toml").write_text('[people]\nbo = "bo@acme.example"\n')
    assert file_digests(tmp_path) is None
    (tmp_path / "more.toml").unlink()
    assert file_digests(tmp_path)
    (tmp_path / "spaces" / "link.toml").symlink_to("prod.toml")
    assert file_digests(tmp_path) is None


@pytest.mark.parametrize("principal", [named.service_account("ci"), named.team("ci"), EVERYONE])
def test_no_file_can_hold_the_text_of_a_live_principal_who_is_no_user(tmp_path, principal):
    text = text_of(principal).replace(MARK, "\\u001f")
    written(tmp_path, f'{SPACE}viewer = ["a@b.example", "{text}"]\n')
    assert [problem.code for problem in read(tmp_path).problems] == ["RS004"]


SPACES = [f"w{n}" for n in range(4)]


def many(folder, tables):
    """Write a file of workspaces, which may define *tables*, for each of ``SPACES``."""
    (folder / "rbac.toml").write_text(ROOT.replace('"workspaces", "people"', tables))
    (folder / "spaces").mkdir()
    for name in SPACES:
        (folder / "spaces" / f"{name}.toml").write_text(SPACE.replace("prod", name))


@pytest.mark.parametrize("tables", ['"workspaces"', '"workspaces.{stem}"'])
def test_files_of_other_workspaces_are_passed_over(tmp_path, monkeypatch, tables):
    monkeypatch.setattr(load, "FEWEST_FILTERED", 2)
    many(tmp_path, tables)
    whole, part = read(tmp_path), read(tmp_path, only({"w1", "gone"}))
    assert part.known.met == {f"spaces/{name}.toml" for name in SPACES if name != "w1"}
    assert part.digest == whole.digest
    declared = {handle: table.default_role for _, handle, table in part.named("workspaces")}
    assert declared == dict.fromkeys(SPACES) | {"w1": "viewer"}


def test_a_file_that_may_define_one_workspace_alone_is_not_parsed_for_others(tmp_path):
    many(tmp_path, '"workspaces.{stem}"')
    (tmp_path / "spaces" / "w2.toml").write_text("no TOML")
    assert read(tmp_path, only({"w1"})).problems == ()
    with pytest.raises(ConfigError, match="is missing after the key"):
        read(tmp_path, only({"w2"}))


@pytest.mark.parametrize(
    "more",
    ['[workspaces.w2.objects."block:a/b"]\nview = ["*"]\n', '[workspaces.w1]\nname = "x"\n'],
)
def test_a_file_with_more_than_access_in_other_workspaces_is_read(tmp_path, monkeypatch, more):
    monkeypatch.setattr(load, "FEWEST_FILTERED", 2)
    many(tmp_path, '"workspaces"')
    (tmp_path / "spaces" / "w1.toml").unlink()
    with (tmp_path / "spaces" / "w2.toml").open("a") as file:
        file.write(more)
    part = read(tmp_path, only({"w1"}))
    assert part.known.met == {"spaces/w0.toml", "spaces/w3.toml"}
