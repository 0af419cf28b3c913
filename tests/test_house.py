"""The house: floors, rules in the README, and what start-up costs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from rbac_sync.guard import RULES

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def test_no_floor_imports_what_is_above_it():
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]

    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert ran.returncode == 0, ran.stdout


def test_the_readme_says_of_each_rule_what_the_rule_says():
    rows = dict(re.findall(r"^\| `([A-Z_]+)` \| (.+) \|$", README, re.MULTILINE))

    said = {rule.id: rule.sentence.replace("``", "`") for rule in RULES.values()}

    assert rows == said
