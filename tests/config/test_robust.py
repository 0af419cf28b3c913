"""Whatever is in the files, the answer is a declaration or problems that can be shown."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbac_sync import config
from rbac_sync.catalogues import catalogue, worlds
from rbac_sync.config import all_codes
from rbac_sync.errors import ConfigError

from .folder import BACKEND, NOW
from .test_desired import COMPANY

WHOLE = (
    BACKEND
    + COMPANY
    + '[[test]]\nname = "n"\nwho = "team:oncall"\nworkspace = "prod"\ncan = ["see_flows"]\n'
    + '[guard]\nmax_removed = "25%"\nprotect = ["team.oncall"]\n[manage]\nmembers = "all"\n'
    + '[files]\n"*.toml" = ["roles"]\n'
)
PIECES = st.sampled_from(
    [
        '"',
        "'",
        "[",
        "]",
        "{",
        "}",
        "=",
        ",",
        ".",
        "\n",
        "#",
        "\\",
        "é",
        "\u202e",
        "\x00",
        "true",
        "1",
        "nan",
        "2026-01-01",
        "10:00:00",
        "[[roles]]",
        "[roles.guest]",
        "members",
        "*",
        "pnu_1",
        '""',
        "owner = []\n",
        "{ who = 1 }",
        "'everyone'",
        "'team:oncall'",
        "'sa:ci'",
        "-1",
        "a.b.c",
    ]
)
EDITS = st.lists(
    st.tuples(st.integers(0, len(WHOLE)), st.integers(0, 12), PIECES), min_size=1, max_size=4
)


def edited(edits):
    text = WHOLE
    for start, length, piece in edits:
        text = text[:start] + piece + text[start + length :]
    return text.encode()


@given(st.binary(max_size=100) | EDITS.map(edited), st.sampled_from(worlds()))
def test_any_bytes_are_declared_or_refused_with_places_in_the_text(raw, world):
    with TemporaryDirectory() as folder:
        (Path(folder) / "rbac.toml").write_bytes(raw)
        try:
            config.declaration(config.read(Path(folder)), catalogue(world), NOW)
        except ConfigError as error:
            problems, texts = error.diagnostics, error.texts
        else:
            problems, texts = (), {}
    for problem in problems:
        assert problem.code in all_codes()
        assert problem.hint
        lines = texts[problem.place.file].split("\n")
        assert problem.place.column <= len(lines[problem.place.line - 1]) + 1


def test_the_text_that_is_edited_is_sound(folder):
    folder.write(WHOLE)
    assert folder.errors() == ()


@pytest.mark.parametrize("name", ["\udcff.toml", "a\nb.toml", "a b.toml", "-x.toml"])
def test_files_of_any_name_are_read(folder, name):
    folder.write(BACKEND + '[files]\n"*.toml" = ["roles"]\n')
    (folder.path / name).write_text("[roles.r]\nx = 1\n")
    (problem,) = folder.errors()
    assert problem.place.file == name
