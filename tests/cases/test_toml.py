"""Every case of configuration input gets the verdict, and where it says so the code and place."""

from __future__ import annotations

from .form import told, toml_faults
from .toml_cases import run


def test_the_configuration_is_judged_as_the_case_says(toml_case, content, tmp_path):
    told(toml_case, toml_faults(toml_case))
    assert run(toml_case, tmp_path) == []
