"""``pytest tests/cases --cases FILE``: run any case file of the format; may repeat."""

from __future__ import annotations

from pathlib import Path

import pytest

from ..originals import CASES
from .form import KINDS, NoCaseFile, load

HERE = Path(__file__).parent
CONTENTS = pytest.StashKey()


def pytest_addoption(parser):
    parser.addoption(
        "--cases", action="append", type=Path, metavar="FILE", help="a case file to run instead"
    )


def pytest_configure(config):
    """Read the case files that are given, so that a broken one ends the run with its faults."""
    given = config.getoption("--cases", default=None)
    paths = given or [path for path in [*sorted(HERE.glob("*.json")), CASES] if path.exists()]
    try:
        config.stash[CONTENTS] = [load(path) for path in paths if path.name != "models.json"]
    except NoCaseFile as error:
        raise pytest.UsageError(str(error)) from error


def _cases(config, kind: str):
    for content in config.stash[CONTENTS]:
        for number, case in enumerate(content.get(kind, ())):
            name = case.get("id") if isinstance(case, dict) else None
            yield pytest.param(case, content, id=str(name or number))


def pytest_generate_tests(metafunc):
    for kind in ("guard_cases", "toml_cases"):
        name = kind.removesuffix("s")
        if name in metafunc.fixturenames:
            metafunc.parametrize((name, "content"), list(_cases(metafunc.config, kind)))


def pytest_terminal_summary(terminalreporter, config):
    """Say which cases of the files that are given nothing here can run."""
    if not config.getoption("--cases", default=None):
        return
    for content in config.stash[CONTENTS]:
        for kind in content:
            if kind.endswith("_cases") and kind not in KINDS:
                terminalreporter.write_line(f"not run, since only people can: {kind}")
