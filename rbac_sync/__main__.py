"""The command ``rbac-sync``, also as ``python -m rbac_sync``."""

from __future__ import annotations

import sys

from .cli import VERSION_LINE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit. The version is printed before anything else is imported."""
    words = sys.argv[1:] if arguments is None else [*arguments]
    if words in (["--version"], ["-version"], ["version"]):
        sys.stdout.write(f"{VERSION_LINE}\n")
        sys.exit(0)
    from .cli.main import main as run

    run(words)


if __name__ == "__main__":
    main()
