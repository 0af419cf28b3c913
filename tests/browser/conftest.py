"""Debian's Chromium, driven by playwright; skipped where one of them is missing."""

from __future__ import annotations

import shutil

import pytest

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
        browser = driver.chromium.launch(executable_path=found, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def heard():
    """All that a page says, asks for or opens, beyond the file that it is."""
    return []


@pytest.fixture
def visit(browser, heard, tmp_path):
    """Open a page in a browser of its own, and wait until it is there."""
    contexts = []

    def visited(text, **surroundings):
        file = tmp_path / f"page{len(contexts)}.html"
        file.write_text(text, encoding="utf-8")
        contexts.append(browser.new_context(**surroundings))
        page = contexts[-1].new_page()
        page.on("console", lambda said: heard.append(said.text))
        page.on("pageerror", lambda error: heard.append(str(error)))
        page.on("dialog", lambda dialog: heard.append(dialog.message))
        page.on("request", lambda asked: asked.url == file.as_uri() or heard.append(asked.url))
        page.goto(file.as_uri())
        page.wait_for_selector("[data-ready]", state="attached")
        return page

    yield visited
    for context in contexts:
        context.close()
