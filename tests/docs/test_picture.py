"""The picture in the README is what a plan prints."""

from __future__ import annotations

import importlib.util
from xml.etree import ElementTree as ET

from ..test_house import README, ROOT

SVG = ROOT / "docs" / "images" / "plan.svg"


def script():
    """Return ``scripts/picture.py`` as a module: scripts are no package."""
    spec = importlib.util.spec_from_file_location("picture", ROOT / "scripts" / "picture.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_picture_is_up_to_date():
    assert SVG.read_text(encoding="utf-8") == script().drawing(), "run scripts/docs"


def test_the_picture_has_its_lines_and_stands_in_the_readme():
    assert f"]({SVG.relative_to(ROOT)})" in README
    lines = ["".join(text.itertext()) for text in ET.parse(SVG).findall(".//{*}text")]
    assert lines[0] == "$ rbac-sync plan"
    assert lines[-1] == "Plan: 0 to add, 2 to change, 1 to destroy."
    assert any("viewer -> oncall (until 2027-03-01)" in line for line in lines)


def test_the_readme_is_read_in_a_minute():
    assert len(README.splitlines()) <= 90
