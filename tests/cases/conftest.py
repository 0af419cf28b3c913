"""``pytest tests/cases --cases FILE``: run any case file of the format; may repeat."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ..originals import CASES

HERE = Path(__file__).parent


def pytest_addoption(parser):
    parser.addoption(
        "--cases", action="append", type=Path, metavar="FILE", help="a case file to run instead"
    )


def _files(config) -> list[Path]:
    given = config.getoption("--cases", default=None)
    return given or [*sorted(HERE.glob("*.json")), *(path for path in [CASES] if path.exists())]


def _cases(config, kind: str):
    models = json.loads((HERE / "models.json").read_text())
    for path in _files(config):
        content = json.loads(path.read_text())
        content.setdefault("permission_models", models["permission_models"])
        content.setdefault("policy_defaults", models["policy_defaults"])
        for case in content.get(kind, ()):
            yield pytest.param(case, content, id=case["id"])


def pytest_generate_tests(metafunc):
    for kind in ("guard_cases", "toml_cases"):
        name = kind.removesuffix("s")
        if name in metafunc.fixturenames:
            metafunc.parametrize((name, "content"), list(_cases(metafunc.config, kind)))
