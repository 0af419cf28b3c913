"""The command ``rbac-sync``, also as ``python -m rbac_sync``."""

from __future__ import annotations

import atexit
import gc
import os
import sys

from .cli import VERSION_LINE

COLUMNS = 80
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit. Version and help are printed without other imports."""
    words = sys.argv[1:] if arguments is None else [*arguments]
    if words in (["--version"], ["-version"], ["version"]):
        sys.stdout.write(f"{VERSION_LINE}\n")
        sys.exit(0)
    if words[:1] in (["--version"], ["-version"]):
        words[0] = "version"  # the options that follow are those of this command
    if words in (["--help"], ["-help"], ["-h"]) and _is_wide():
        from .cli.help_text import HELP

        sys.stdout.write(HELP)
        sys.exit(0)
    gc.disable()  # saves 3% of the time of a short command, which turns it on again
    atexit.register(gc.freeze)  # the end looks for no cycles among objects that end with it
    from .cli.main import main as run

    run(words)


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
