"""The command ``rbac-sync``, also as ``python -m rbac_sync``."""

from __future__ import annotations

import sys

from .cli import VERSION_LINE


def main() -> None:
    """Run the command line. The version is printed before anything else is imported."""
    if sys.argv[1:] in (["--version"], ["-version"], ["version"]):
        sys.stdout.write(f"{VERSION_LINE}\n")
        return
    from .cli.main import main as run

    run()


if __name__ == "__main__":
    main()
