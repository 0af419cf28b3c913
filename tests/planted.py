"""`--planted`: after a run of tests, look for secrets in all that it wrote and left.

Every test plants secrets of the same shapes, so the shapes are what is looked
for: in what the tests captured of output and log, and in each file below the
run's temporary folder, databases and journals included. Where one is meant to
stand is written down here with its reason; anything else fails the run.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

SHAPES = {
    "API key": rb"\b(?:pn[ub]|rbs)_[A-Za-z0-9]{36}\b|\bpcu_[A-Za-z0-9]{22}\b",
    "database password": rb"\bs3cret\b|\bcorrect-horse\b|\bplanted-database-password\b",
    "forge token": rb"\bghs_[a-z]{16,}\b",
    "webhook URL": rb"/services/T1/|planted-webhook-path",
    "OIDC token": rb"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}",
}
"""Each kind of secret, as the tests plant it."""

KEPT = (
    ("*/k*.json", "API key", "the file of `--keys-out`, which is asked to keep new keys"),
    ("*.key", "API key", "a test's own copy of a key, for processes that it starts"),
    ("*/secretive/rbac.toml", "API key", "a configuration that is refused for it"),
)
"""Where a secret is meant to stand: pattern of the file's path, kind, reason."""

NAMES = re.compile(b"|".join(b"(%s)" % shape for shape in SHAPES.values()))


def kinds(content: bytes) -> set[str]:
    """Return the kinds of secret that stand in *content*."""
    found = {match.lastindex for match in NAMES.finditer(content)}
    return {kind for number, kind in enumerate(SHAPES, 1) if number in found}


def is_kept(place: str, kind: str) -> bool:
    """Say whether a secret of this *kind* is meant to stand in this file."""
    return any(of == kind and fnmatch(place, pattern) for pattern, of, _ in KEPT)


def in_files(folder: Path) -> Iterator[str]:
    """Yield of each file below *folder* that holds what it is not meant to: where, and what."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            place = str(path.relative_to(folder))
            for kind in kinds(path.read_bytes()):
                if not is_kept(place, kind):
                    yield f"{place}: {kind}"


class Watch:
    """Looks at each test's captured output, and in the end at the files."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Look at what a test wrote; what a failed test says of itself is not looked at."""
        self.found += in_sections(report.nodeid, report.sections)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Look at all files, and fail the run if there is a secret."""
        folder = session.config._tmp_path_factory.getbasetemp()
        self.found += in_files(folder)
        if self.found:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what was found, and where."""
        terminalreporter.section("planted secrets")
        for line in sorted(self.found):
            terminalreporter.write_line(line)
        terminalreporter.write_line(
            f"{len(self.found)} places hold a secret that is not to be there"
        )


def in_sections(test: str, sections: Iterable[tuple[str, str]]) -> list[str]:
    """Return of each captured section of a *test* that holds a secret: where, and what."""
    return sorted(
        {
            f"{test}, {name}: {kind}"
            for name, text in sections
            if name.startswith("Captured")
            for kind in kinds(text.encode(errors="replace"))
        }
    )


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--planted`."""
    parser.addoption("--planted", action="store_true", help="look for secrets in all that is left")


def pytest_configure(config: pytest.Config) -> None:
    """Watch, if asked to; with xdist only where the reports come together."""
    if config.getoption("planted") and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Watch(), "planted secrets")
