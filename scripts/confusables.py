"""Write ``rbac_sync/model/confusables.tsv`` from Unicode's ``confusables.txt``.

``python scripts/confusables.py CONFUSABLES.txt`` takes the file of the version that the table is
to have, from https://www.unicode.org/Public/security/. The first line names that version. Left out
are characters that decompose: names are normalised to NFD before they are looked up.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

TABLE = Path(__file__).parents[1] / "rbac_sync" / "model" / "confusables.tsv"
VERSION = re.compile(r"^# Version: (\d+\.\d+\.\d+)$", re.MULTILINE)
ROW = re.compile(r"([0-9A-F]+)\s*;\s*([0-9A-F ]+?)\s*;\s*MA\b")
HEADER = """\
# Confusable characters and their prototypes (UTS #39), Unicode {version}: code point, tab, prototype code points.
# Derived from Unicode's confusables.txt; Copyright Unicode, Inc., used under the Unicode License v3 (https://www.unicode.org/license.txt).
"""  # noqa: E501 - the lines of the file


def table(text: str) -> str:
    """Return the table of *text*, Unicode's file: sorted by code point, in hex without zeros.

    Raises:
        SystemExit: *text* names no version, or has a line that is no row.
    """
    version = VERSION.search(text)
    if version is None:
        raise SystemExit("error: the file has no line `# Version: N.N.N`: is it confusables.txt?")
    rows = sorted(_rows(text))
    return HEADER.format(version=version[1]) + "".join(
        f"{point:x}\t{' '.join(f'{p:x}' for p in prototype)}\n" for point, prototype in rows
    )


def _rows(text: str) -> Iterator[tuple[int, list[int]]]:
    """Yield with its prototype each confusable code point that does not decompose."""
    for number, line in enumerate(text.splitlines(), 1):
        content = line.lstrip("\N{BYTE ORDER MARK}").partition("#")[0].strip()
        if not content:
            continue
        if (row := ROW.fullmatch(content)) is None:
            raise SystemExit(f"error: line {number} is no row of confusables.txt: `{content}`")
        if unicodedata.is_normalized("NFD", chr(int(row[1], 16))):
            yield int(row[1], 16), [int(point, 16) for point in row[2].split()]


def main(path: str) -> None:
    """Write the table from the file at *path*."""
    TABLE.write_text(table(Path(path).read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
