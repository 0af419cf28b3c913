"""Planning: an ordered list of changes between two states, without input or output."""

from __future__ import annotations

from .capabilities import Capabilities, Expresses, Invitations, Limit, Writes
from .change import Change, followed, gone_with, joined, leaver, left_with, make, objects_of
from .plan import Plan

__all__ = [
    "Capabilities",
    "Change",
    "Expresses",
    "Invitations",
    "Limit",
    "Plan",
    "Writes",
    "followed",
    "gone_with",
    "joined",
    "leaver",
    "left_with",
    "make",
    "objects_of",
]
