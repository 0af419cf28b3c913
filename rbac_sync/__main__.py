"""The command ``rbac-sync``, also as ``python -m rbac_sync``."""

from __future__ import annotations

import atexit
import gc
import os
import sys

from .cli import VERSION_LINE, drop_output

COLUMNS = 80
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit. Version and help are printed without other imports."""
    if None in (sys.stdin, sys.stdout, sys.stderr):
        _open_streams()
    words = sys.argv[1:] if arguments is None else [*arguments]
    if words in (["--version"], ["-version"], ["version"]):
        _print(f"{VERSION_LINE}\n")
    if words[:1] in (["--version"], ["-version"]):
        words[0] = "version"  # the options that follow are those of this command
    if words in (["--help"], ["-help"], ["-h"]) and _is_wide():
        from .cli.help_text import HELP

        _print(HELP)
    # Otherwise pydantic looks for plugins of its own in every installed package.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    # Otherwise httpx imports its own command line, with rich and pygments where they are installed.
    sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
    gc.disable()  # saves 3% of the time of a short command, which turns it on again
    atexit.register(gc.freeze)  # collects no objects that end with the process
    from .cli.main import main as run

    run(words)


def _print(text: str) -> NoReturn:
    """Print *text* and exit."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader closed the pipe
        drop_output()
        sys.exit(1)
    except OSError as error:
        drop_output()
        sys.exit(f"error: {os.strerror(error.errno or 0).lower()}")
    sys.exit(0)


def _open_streams() -> None:
    """Open the standard streams that the caller closed on the null device.

    *Why*: otherwise the next file that is opened, such as the store, becomes a standard stream.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number
    sys.stdin = sys.stdin or os.fdopen(0)
    sys.stdout = sys.stdout or os.fdopen(1, "w")
    sys.stderr = sys.stderr or os.fdopen(2, "w")


def _is_wide() -> bool:
    """Say whether the terminal has 80 columns or more, for which the help is laid out."""
    if "COLUMNS" in os.environ or sys.__stdout__ is None:
        return False
    try:
        return os.get_terminal_size(sys.__stdout__.fileno()).columns >= COLUMNS
    except OSError:
        return True  # not a terminal


if __name__ == "__main__":
    main()
