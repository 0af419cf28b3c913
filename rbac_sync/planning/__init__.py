"""Planning: an ordered list of changes between two states, without input or output."""

from __future__ import annotations

from .capabilities import Capabilities, Limit
from .change import Change, followed, gone_with, joined, leaver, left_with, make
from .plan import Plan

__all__ = [
    "Capabilities",
    "Change",
    "Limit",
    "Plan",
    "followed",
    "gone_with",
    "joined",
    "leaver",
    "left_with",
    "make",
]
