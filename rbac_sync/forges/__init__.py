"""Forges, where changes are reviewed: comments on pull requests of GitHub and GitLab."""

from __future__ import annotations

from .comment import CommentResult, origin_line, put
from .github import GitHub
from .gitlab import GitLab

__all__ = ["CommentResult", "GitHub", "GitLab", "origin_line", "put"]
