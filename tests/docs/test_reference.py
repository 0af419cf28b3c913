"""The generated pages of the documentation say what the program says."""

from __future__ import annotations

import importlib.util
import re

import pytest

from ..test_house import ROOT

DOCS = ROOT / "docs"


def generator():
    """Return ``scripts/reference.py`` as a module: scripts are no package."""
    spec = importlib.util.spec_from_file_location("reference", ROOT / "scripts" / "reference.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


PAGES = generator().PAGES


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_generated_file_is_up_to_date(path):
    assert path.read_text(encoding="utf-8") == PAGES[path](), "run scripts/docs"


def test_every_page_is_in_the_navigation():
    navigation = set(re.findall(r'"([^"]+\.md)"', (ROOT / "zensical.toml").read_text()))
    decisions = {path for path in DOCS.rglob("*.md") if path.match("decisions/0*.md")}

    pages = {path.relative_to(DOCS).as_posix() for path in {*DOCS.rglob("*.md")} - decisions}

    assert pages == navigation


def test_every_link_between_pages_leads_to_a_file():
    for page in DOCS.rglob("*.md"):
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / link).exists(), f"{page}: {link}"
