"""The table of confusable characters: its version, its form, and the script that writes it."""

from __future__ import annotations

import re
import subprocess
import sys
import unicodedata

import pytest

from ..test_house import ROOT

SCRIPT = ROOT / "scripts" / "confusables.py"
TABLE = (ROOT / "rbac_sync" / "model" / "confusables.tsv").read_text(encoding="utf-8")
UNICODE = """\
\N{BYTE ORDER MARK}# confusables.txt
# Unicode Security Mechanisms for UTS #39
# Version: 17.0.0
#
{}
# total: 4
"""
ROWS = """\
1D7B6 ;\t0073 ;\tMA\t# ( x → s ) MATHEMATICAL BOLD SMALL SIGMA → LATIN SMALL LETTER S

0022 ;\t0027 0027 ;\tMA\t# ( " → '' ) QUOTATION MARK → APOSTROPHE, APOSTROPHE\t#
011A ;\t0114 ;\tMA\t# LATIN CAPITAL LETTER E WITH CARON decomposes\t#
"""


@pytest.fixture
def clone(tmp_path):
    """A folder with the script and an empty package, where it writes."""
    script = tmp_path / "scripts" / "confusables.py"
    script.parent.mkdir()
    script.write_text(SCRIPT.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "rbac_sync" / "model").mkdir(parents=True)
    return tmp_path


def run(clone, text):
    (clone / "confusables.txt").write_text(text, encoding="utf-8")
    command = [sys.executable, clone / "scripts" / "confusables.py", clone / "confusables.txt"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_script_writes_sorted_rows_below_the_version(clone):
    ran = run(clone, UNICODE.format(ROWS))

    assert (ran.returncode, ran.stderr) == (0, "")
    written = (clone / "rbac_sync" / "model" / "confusables.tsv").read_text(encoding="utf-8")
    first, second, *rows = written.splitlines()
    assert first == TABLE.splitlines()[0].replace("18.0.0", "17.0.0")
    assert second == TABLE.splitlines()[1]
    assert rows == ["22\t27 27", "1d7b6\t73"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "0022 ; 0027 ; MA",
            "error: the file has no line `# Version: N.N.N`: is it confusables.txt?",
        ),
        (
            UNICODE.format("0022 ; zwei ; MA"),
            "error: line 5 is no row of confusables.txt: `0022 ; zwei ; MA`",
        ),
    ],
    ids=["no version", "no row"],
)
def test_the_script_refuses_another_file_and_writes_nothing(clone, text, message):
    ran = run(clone, text)

    assert (ran.returncode, ran.stderr.strip()) == (1, message)
    assert not list((clone / "rbac_sync" / "model").iterdir())


def test_the_shipped_table_names_its_version_and_has_the_form_that_the_script_writes():
    first, _, *rows = TABLE.splitlines()
    points = [int(row.partition("\t")[0], 16) for row in rows]

    assert re.search(r", Unicode \d+\.\d+\.\d+: ", first)
    assert points == sorted(set(points))
    assert all(re.fullmatch(r"[0-9a-f]+\t[0-9a-f]+( [0-9a-f]+)*", row) for row in rows)
    assert all(unicodedata.is_normalized("NFD", chr(point)) for point in points)
