"""The place of an account's journal: a database, or a file of this user."""

from __future__ import annotations

import os
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from ...dataclasses import dataclass
from ..database.connection import check_of_file
from ..database.engine import address, display_url, place
from ..database.url import DatabaseUrl
from ..state_folder import FOLDER_VARIABLE, state_folder

URL_VARIABLE = "RBAC_SYNC_JOURNAL_URL"
"""The variable that names the database of the journals."""

CI_VARIABLES = ("CI", "TF_BUILD")
"""Variables that CI systems set: the first is common to most, the second is of Azure."""


@dataclass(frozen=True, slots=True)
class JournalPlace:
    """The place of the journal of one account of one service: the database at ``url``."""

    url: DatabaseUrl
    service: str
    account: str

    def __str__(self) -> str:
        return str(self.file) if self.file else display_url(self.url)

    @property
    def name(self) -> str:
        """The name of the journal, unique for each account."""
        return _name(self.service, self.account)

    @property
    def file(self) -> Path | None:
        """The SQLite file; None for PostgreSQL."""
        return place(self.url)


def is_job(environment: Mapping[str, str]) -> bool:
    """Say whether this is a job of CI."""
    words = {environment.get(variable, "").lower() for variable in CI_VARIABLES}
    return not words <= {"", "0", "false"}


def is_forgotten(environment: Mapping[str, str], of_file: str) -> bool:
    """Say whether this is a job of CI without settings for a journal that outlives the job."""
    named = of_file or environment.get(URL_VARIABLE) or environment.get(FOLDER_VARIABLE)
    return not named and is_job(environment)


def journal(
    service: str, account: str, environment: Mapping[str, str] = os.environ, of_file: str = ""
) -> JournalPlace:
    """Return the place of the journal of one account of one service.

    RBAC_SYNC_JOURNAL_URL comes first, then *of_file*, the URL in the
    configuration, then a file in the state folder of this user.

    Raises:
        BackendError: the URL names no database that a journal can have.
        CredentialError: a credential would go to a host that only a file names.
    """
    named = environment.get(URL_VARIABLE, "")
    if named or of_file:
        return JournalPlace(_named(named, of_file, environment), service, account)
    file = state_folder(environment) / f"{_name(service, account)}.journal"
    url = DatabaseUrl("sqlite", None, None, None, None, str(file), {})
    return JournalPlace(url, service, account)


def _name(service: str, account: str) -> str:
    digest = sha256(f"{service}\n{account}".encode()).hexdigest()[:12]
    return f"{''.join(c for c in account if c.isalnum() or c == '-')[:40]}-{digest}"


def _named(named: str, of_file: str, environment: Mapping[str, str]) -> DatabaseUrl:
    """Return the URL *named* in the environment, else *of_file*; errors as in ``journal``."""
    if named:
        return address(named, f"`{URL_VARIABLE}`")
    url = address(of_file, "`url` in `[journal]`")
    check_of_file(url, environment)
    return url
