"""The conversion of JSON values to shapes."""

from __future__ import annotations

import pytest

from rbac_sync.wire.exchange import MOST_TOLD, read


def test_the_first_fault_is_told_with_its_path():
    with pytest.raises(ValueError, match=r"^1: input should be a valid integer") as found:
        read(list[int], [1, "x", "y"])
    assert '"x"' not in str(found.value)


def test_of_very_many_faults_the_number_is_told():
    with pytest.raises(ValueError, match=r"^10,001 values are not as expected$"):
        read(list[int], ["x"] * (MOST_TOLD + 1))
