"""Every code has its explanation, and every code that is reported is one of them."""

from __future__ import annotations

import re
from pathlib import Path

from rbac_sync import config, pipeline
from rbac_sync.config import all_codes, is_advice


def test_codes_are_unique_and_in_order():
    assert list(all_codes()) == sorted(all_codes())
    assert all(re.fullmatch(r"RS[01235]\d\d", code) for code in all_codes())


def test_a_code_explains_itself_in_sentences():
    for code in all_codes().values():
        assert code.title == code.title[0].lower() + code.title[1:] or code.title.startswith(
            ("TOML", "UTF")
        )
        assert code.explanation.endswith(".")


def test_only_rs5_is_advice():
    assert {code for code in all_codes() if is_advice(code)} == {
        c for c in all_codes() if c.startswith("RS5")
    }


def test_the_codes_in_the_source_are_those_that_are_explained():
    folders = (Path(package.__file__).parent for package in (config, pipeline))
    paths = (path for folder in folders for path in folder.glob("*.py"))
    texts = [path.read_text() for path in paths if path.name != "codes.py"]
    used = {code for text in texts for code in re.findall(r"\"(RS\d{3})\"", text)}
    assert used | {"RS119"} == set(all_codes())
