"""Files that are known: what stands for them, and when they are as they were."""

from __future__ import annotations

import pytest

from rbac_sync.config import file_digests, read
from rbac_sync.config.known_files import KnownFile, KnownFiles, can_be_known, digest, is_local
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
