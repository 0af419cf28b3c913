"""Debian's Chromium, driven by playwright; skipped where one of them is missing."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from ..patience import LONGEST

QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--no-sandbox",
)


@pytest.fixture(scope="session")
def browser():
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("there is no chromium: `apt-get install chromium`")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=QUIET, timeout=LONGEST * 1000)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def axe():
    """Return the script of axe-core."""
    return npm_script("axe-core-4.14.1", "axe.min.js")


@pytest.fixture(scope="session")
def mermaid():
    """Return the script of Mermaid, as forges have it."""
    return npm_script("mermaid-11.12.2", "dist/mermaid.min.js")


def npm_script(package, file):
    """Return a file of a package of npm, by way of a cache; skip where it cannot be had."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "rbac-sync-tests"
    archive = cache / f"{package}.tgz"
    if not archive.exists():
        npm = shutil.which("npm")
        if npm is None:
            pytest.skip(f"there is no npm to fetch {package} with")
        cache.mkdir(parents=True, exist_ok=True)
        name = "@".join(package.rsplit("-", 1))
        pack = [npm, "pack", "--silent", f"--pack-destination={cache}", name]
        if subprocess.run(pack, capture_output=True, check=False, timeout=LONGEST).returncode:
            pytest.skip(f"npm could not fetch {package}")
    with tarfile.open(archive) as found:
        script = found.extractfile(f"package/{file}")
        assert script is not None, "the archive has the script"
        return script.read().decode()


@pytest.fixture
def heard():
    """All that a page says, asks for or opens, beyond the file that it is."""
    return []


@pytest.fixture
def visit(browser, heard, tmp_path):
    """Open a page in a browser of its own, at a part of it, and wait until it is there."""
    contexts = []

    def visited(text, at="", **surroundings):
        file = tmp_path / f"page{len(contexts)}.html"
        file.write_text(text, encoding="utf-8")
        contexts.append(browser.new_context(**surroundings))
        contexts[-1].set_default_timeout(LONGEST * 1000)
        page = contexts[-1].new_page()
        page.on("console", lambda said: heard.append(said.text))
        page.on("pageerror", lambda error: heard.append(str(error)))
        page.on("dialog", lambda dialog: heard.append(dialog.message))
        own = (file.as_uri(), "about:blank")
        page.on("request", lambda asked: asked.url in own or heard.append(asked.url))
        page.goto(f"{file.as_uri()}#{at}")
        page.wait_for_selector("[data-ready]", state="attached")
        return page

    yield visited
    for context in contexts:
        context.close()
