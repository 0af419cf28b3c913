"""The place of an account's journal: a database, or a file of this user."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from ..state_folder import FOLDER_VARIABLE, state_folder

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

URL_VARIABLE = "RBAC_SYNC_JOURNAL_URL"
"""The variable that says in which database journals are."""

CI_VARIABLES = ("CI", "TF_BUILD")
"""Variables that a job of GitHub, GitLab, Jenkins and most others sets, and one of Azure."""


@dataclass(frozen=True, slots=True)
class JournalPlace:
    """The place of the journal of one account of one service.

    ``at`` is the file that it is in where no database is named, else the URL of the database.
    """

    at: Path | URL
    service: str
    account: str

    def __str__(self) -> str:
        if self.file is not None:
            return str(self.file)
        from ..database.engine import display_url

        return display_url(self.url)

    @property
    def url(self) -> URL:
        """The URL of the database; there is none where only a file is named."""
        assert not isinstance(self.at, Path), "a journal on a server has a URL"
        return self.at

    @property
    def name(self) -> str:
        """The name of the journal, which no other account has."""
        digest = sha256(f"{self.service}\n{self.account}".encode()).hexdigest()[:12]
        return f"{''.join(c for c in self.account if c.isalnum() or c == '-')[:40]}-{digest}"

    @property
    def file(self) -> Path | None:
        """The file that it is in; None for a server."""
        if isinstance(self.at, Path):
            return self.at
        from ..database.engine import place

        return place(self.at)

    @property
    def options(self) -> Mapping[str, str]:
        """The options of the file in the URL."""
        if isinstance(self.at, Path):
            return {}
        from ..database import sqlite

        sqlite.check_options(self.at)
        return sqlite.options(self.at)


def is_job(environment: Mapping[str, str]) -> bool:
    """Say whether this is a job of CI."""
    words = {environment.get(variable, "").lower() for variable in CI_VARIABLES}
    return not words <= {"", "0", "false"}


def is_forgotten(environment: Mapping[str, str], of_file: str) -> bool:
    """Say whether this is a job of CI, and nothing says where a journal outlives it."""
    named = of_file or environment.get(URL_VARIABLE) or environment.get(FOLDER_VARIABLE)
    return not named and is_job(environment)


def journal(
    service: str, account: str, environment: Mapping[str, str] = os.environ, of_file: str = ""
) -> JournalPlace:
    """Return the place of the journal of one account of one service.

    RBAC_SYNC_JOURNAL_URL comes first, then the URL *of_file* in the
    configuration, then a file in this user's folder.

    Raises:
        BackendError: the URL names no database that a journal can have.
        CredentialError: a credential would go where nobody but a file says.

    """
    named = environment.get(URL_VARIABLE, "")
    if named or of_file:
        return JournalPlace(_named(named, of_file, environment), service, account)
    usual = state_folder(environment)
    name = JournalPlace(usual, service, account).name
    return JournalPlace(usual / f"{name}.journal", service, account)


def _named(named: str, of_file: str, environment: Mapping[str, str]) -> URL:
    """Return the URL *named* in the environment, else that *of_file*; it may raise as above."""
    from ..database.connection import check_of_file
    from ..database.engine import address

    if named:
        return address(named, f"`{URL_VARIABLE}`")
    url = address(of_file, "`url` in `[journal]`")
    check_of_file(url, environment)
    return url
