"""May this plan be applied? Pure: a plan and an applier in, findings out."""

from __future__ import annotations

from .access import Access, Path
from .findings import Finding
from .inquiry import Inquiry
from .rules import CODES, RULES, examine

__all__ = ["CODES", "RULES", "Access", "Finding", "Inquiry", "Path", "examine"]
