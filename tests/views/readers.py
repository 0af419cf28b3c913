"""What the tools around Terraform look for in the text of a plan.

Source: tfcmt 4, ``pkg/terraform/parser.go``; Atlantis, ``server/events/models/models.go``
"""

from __future__ import annotations

import re

TFCMT_PASS = re.compile(r"(?m)^(Plan: \d|No changes.)")
TFCMT_FAIL = re.compile(r"(?m)^([\u2502|] )?(Error: )")
TFCMT_DESTROYS = re.compile(r"(?m)([1-9][0-9]* to destroy.)")
TFCMT_CREATED = re.compile(r"(?m)^ *# (.*) will be created$")
TFCMT_UPDATED = re.compile(r"(?m)^ *# (.*) will be updated in-place$")
TFCMT_DELETED = re.compile(r"(?m)^ *# (.*) will be destroyed$")
TFCMT_APPLIED = re.compile(r"(?m)^(Apply complete!)")
ATLANTIS = re.compile(
    r"Plan: (?:(\d+) to import, )?(\d+) to add, (\d+) to change, (\d+) to destroy."
)
ATLANTIS_NONE = re.compile(
    r"No changes. (Infrastructure is up-to-date|Your infrastructure matches the configuration)."
)
