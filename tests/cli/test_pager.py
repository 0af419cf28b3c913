"""The pager: on a terminal alone, for what is longer than the screen, and as the user has it."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import termios

import pytest

from rbac_sync.cli.pager import echo_long

PRINT = (
    "import sys; from rbac_sync.cli.pager import echo_long; echo_long('x\\n' * int(sys.argv[1]))"
)
LINES = 24
MARK = "sed s/x/paged/"


def on_terminal(count, **variables):
    """Return what a terminal of 24 lines shows of a text of *count* lines."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (LINES, 80))
    command = [sys.executable, "-c", PRINT, str(count)]
    kept = {k: v for k, v in os.environ.items() if k not in ("PAGER", "LESS", "LINES", "COLUMNS")}
    environment = kept | {"TERM": "xterm"} | variables
    streams = {"stdin": theirs, "stdout": theirs}
    with subprocess.Popen(command, **streams, env=environment, start_new_session=True) as process:
        os.close(theirs)
        text = b""
        while chunk := _read(ours):
            text += chunk
    os.close(ours)
    assert process.returncode == 0
    return text.decode()


def _read(terminal):
    try:
        return os.read(terminal, 65_536)
    except OSError:  # Linux says so when the other end is closed
        return b""


@pytest.mark.parametrize(
    ("count", "variables", "pages"),
    [
        (100, {"PAGER": MARK}, True),
        (100, {"RBAC_SYNC_PAGER": MARK, "PAGER": "cat"}, True),
        (100, {"RBAC_SYNC_PAGER": "", "PAGER": MARK}, False),
        (100, {"PAGER": "cat"}, False),
        (100, {"PAGER": MARK, "TERM": "dumb"}, False),
        (10, {"PAGER": MARK}, False),
    ],
    ids=["PAGER", "RBAC_SYNC_PAGER", "none", "cat", "a dumb terminal", "a short text"],
)
def test_on_a_terminal_a_long_text_goes_through_the_pager(count, variables, pages):
    shown = on_terminal(count, **variables)
    assert ("paged" in shown) is pages
    assert shown.count("paged" if pages else "x") == count


def test_off_a_terminal_nothing_is_paged(capsys, monkeypatch):
    monkeypatch.setenv("PAGER", MARK)
    echo_long("x\n" * 100)
    assert "paged" not in capsys.readouterr().out


def test_the_environment_is_as_it_was(monkeypatch):
    monkeypatch.delenv("LESS", raising=False)
    before = dict(os.environ)
    monkeypatch.setattr("rbac_sync.cli.pager._is_longer_than_screen", lambda _: True)
    monkeypatch.setattr(
        "click.echo_via_pager", lambda *_, **__: before.update(seen=os.environ["LESS"])
    )
    echo_long("x")
    assert before.pop("seen") == "-FRX"
    assert dict(os.environ) == before
