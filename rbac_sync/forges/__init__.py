"""Where changes are reviewed: a comment below a pull request, and found again by its marker."""

from __future__ import annotations

from .comment import Done, put
from .forge import Forge
from .github import GitHub
from .gitlab import GitLab

__all__ = ["Done", "Forge", "GitHub", "GitLab", "put"]
