"""Handles: lower-case letters, digits and dashes."""

from __future__ import annotations

import re

HANDLE = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")
FORM = "a handle has lower-case letters, digits and dashes only"
