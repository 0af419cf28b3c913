"""The reader of a configuration: it makes a declaration from TOML files.

The module ``export`` writes a configuration.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..deferred import deferred
from .accounts import accounts, select_account
from .codes import all_codes, is_advice
from .file_urls import STORE_URL, relative_url, resolve_url, same_url
from .layout import ROOT
from .load import file_digests, file_names, read, read_root
from .settings import settings
from .sources import AccountSettings, Sources, with_contents

if TYPE_CHECKING:
    from .account_tables import refuse_same_targets
    from .desired import declaration
    from .owners import CodeOwners, read_owners
    from .policy import read_policy
else:
    __getattr__ = deferred(
        __name__,
        {
            ".account_tables": "refuse_same_targets",
            ".desired": "declaration",
            ".owners": "CodeOwners read_owners",
            ".policy": "read_policy",
        },
    )

__all__ = [
    "ROOT",
    "STORE_URL",
    "AccountSettings",
    "CodeOwners",
    "Sources",
    "accounts",
    "all_codes",
    "declaration",
    "file_digests",
    "file_names",
    "is_advice",
    "read",
    "read_owners",
    "read_policy",
    "read_root",
    "refuse_same_targets",
    "relative_url",
    "resolve_url",
    "same_url",
    "select_account",
    "settings",
    "with_contents",
]
