"""Only regular files inside the folder are read, each in one go."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rbac_sync.config.files import FolderIndex, UnreadableFile, read


def code(folder, name, limit=100):
    with pytest.raises(UnreadableFile) as caught:
        read(folder, name, limit)
    assert caught.value.hint
    return caught.value.code


def open_descriptors():
    return len(list(Path("/proc/self/fd").iterdir()))


def made(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return folder


def test_a_file_is_read_whole(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b.toml").write_bytes(b"x" * 100)
    assert read(tmp_path, "a/b.toml", 100) == b"x" * 100


def test_a_file_over_the_limit_is_refused(tmp_path):
    (tmp_path / "b.toml").write_bytes(b"x" * 101)
    assert code(tmp_path, "b.toml") == "RS102"


@pytest.mark.parametrize("name", ["link.toml", "linked/real.toml", "dangling.toml", "loop.toml"])
def test_links_are_not_followed(tmp_path, name):
    made(tmp_path, "folder/real.toml")
    (tmp_path / "link.toml").symlink_to("folder/real.toml")
    (tmp_path / "linked").symlink_to("folder")
    (tmp_path / "dangling.toml").symlink_to("nothing")
    (tmp_path / "loop.toml").symlink_to("loop.toml")
    assert code(tmp_path, name) == "RS106"


def test_folders_pipes_and_devices_are_not_read(tmp_path):
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    assert code(tmp_path, "folder") == "RS107"
    assert code(tmp_path, "pipe") == "RS107"


def test_a_missing_file_is_refused(tmp_path):
    assert code(tmp_path, "no.toml") == "RS110"
    assert code(tmp_path, "no/no.toml") == "RS110"


def test_a_name_too_long_for_the_system_is_refused(tmp_path):
    assert code(tmp_path, "x" * 5000) == "RS109"


@pytest.mark.parametrize("after", [b"longer than before", b"short", b"others"])
def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path, monkeypatch, after):
    path = tmp_path / "a.toml"
    path.write_bytes(b"before")
    real = os.read

    def reading(descriptor, length):
        found = real(descriptor, length)
        if path.read_bytes() != after:
            path.write_bytes(after)
            os.utime(path, ns=(1, 1))
        return found

    monkeypatch.setattr(os, "read", reading)
    assert code(tmp_path, "a.toml") == "RS108"


def test_no_descriptor_is_left_open(tmp_path):
    made(tmp_path, "a.toml")
    (tmp_path / "link").symlink_to("a.toml")
    before = open_descriptors()
    read(tmp_path, "a.toml", 1)
    code(tmp_path, "link")
    assert open_descriptors() == before


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("*.toml", ["a.toml", "b.toml"]),
        ("?.toml", ["a.toml", "b.toml"]),
        ("[ab].toml", ["a.toml", "b.toml"]),
        ("teams/*.toml", ["teams/x.toml"]),
        ("*/*.toml", ["teams/x.toml"]),
        ("**/x.toml", ["teams/deep/x.toml", "teams/x.toml"]),
        ("**", ["a.toml", "b.toml", "c.txt", "teams/deep/x.toml", "teams/x.toml"]),
        ("teams/**/*.toml", ["teams/deep/x.toml", "teams/x.toml"]),
        ("missing.toml", ["missing.toml"]),
        ("missing/*.toml", []),
        ("[", ["["][:0]),
    ],
)
def test_a_pattern_stays_within_its_parts_and_passes_by_hidden_files(tmp_path, pattern, names):
    made(tmp_path, "a.toml", "b.toml", "c.txt", ".hidden.toml", "teams/x.toml")
    made(tmp_path, "teams/deep/x.toml", ".git/x.toml")
    assert sorted(FolderIndex(tmp_path).matching(pattern)) == names


def test_links_are_matched_so_that_they_are_refused_but_never_walked_into(tmp_path):
    made(tmp_path, "real/x.toml")
    (tmp_path / "link").symlink_to("real")
    (tmp_path / "l.toml").symlink_to("real/x.toml")
    assert sorted(FolderIndex(tmp_path).matching("*.toml")) == ["l.toml"]
    assert sorted(FolderIndex(tmp_path).matching("**/*.toml")) == ["l.toml", "link", "real/x.toml"]
    assert sorted(FolderIndex(tmp_path).matching("*/*.toml")) == ["link", "real/x.toml"]


@pytest.mark.parametrize("parts", ["**/", "**/a/", "a/**/"])
def test_a_pattern_with_many_stars_walks_each_folder_once(tmp_path, parts):
    deep = "a/" * 12 + "x.toml"
    made(tmp_path, deep)
    assert list(FolderIndex(tmp_path).matching(parts * 6 + "*.toml")) == [deep]
    assert list(FolderIndex(tmp_path).matching(parts * 30 + "*.json")) == []
