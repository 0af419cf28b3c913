"""The contract suite for backends, and a backend in memory.

The author of a backend subclasses ``TransactionalContract`` or ``BackendContract`` in a test
module, overrides the fixture ``new_account``, and runs pytest. Needs the extra
``rbac-sync[testing]``.
"""

from __future__ import annotations

import pytest

SUITE = ("access_list_contract", "contract", "transactional_contract")
"""The modules with tests."""

pytest.register_assert_rewrite(*(f"{__name__}.{module}" for module in SUITE))

from .contract import BackendContract  # noqa: E402 - see the line above
from .memory import MemoryBackend  # noqa: E402
from .states import OWNER  # noqa: E402
from .transactional_contract import TransactionalContract  # noqa: E402

__all__ = ["OWNER", "BackendContract", "MemoryBackend", "TransactionalContract"]
