"""The command line: arguments in, one call of the pipeline, exit code out."""

from __future__ import annotations

from .. import __version__

VERSION_LINE = f"rbac-sync, version {__version__}"
"""The answer to ``rbac-sync --version``."""
