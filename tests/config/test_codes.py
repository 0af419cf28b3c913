"""Every code has its explanation, and every code that is reported is one of them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from rbac_sync import config, pipeline
from rbac_sync.config import CODES, is_advice


def test_codes_are_unique_and_in_order():
    assert list(CODES) == sorted(CODES)
    assert all(re.fullmatch(r"RS[01235]\d\d", code) for code in CODES)


def test_a_code_explains_itself_in_sentences():
    for code in CODES.values():
        assert code.title == code.title[0].lower() + code.title[1:] or code.title.startswith(
            ("TOML", "UTF")
        )
        assert code.explanation.endswith(".")


def test_only_rs5_is_advice():
    assert {code for code in CODES if is_advice(code)} == {c for c in CODES if c.startswith("RS5")}


def test_the_codes_in_the_source_are_those_that_are_explained():
    folders = (Path(package.__file__).parent for package in (config, pipeline))
    paths = (path for folder in folders for path in folder.glob("*.py"))
    texts = [path.read_text() for path in paths if path.name != "codes.py"]
    used = {code for text in texts for code in re.findall(r"\"(RS\d{3})\"", text)}
    assert used | {"RS119"} == set(CODES)


def test_the_codes_load_without_the_checks_of_tables():
    check = "import sys, rbac_sync.config.codes; sys.exit('pydantic' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0
