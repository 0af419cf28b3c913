"""The place of an account's journal: a database, or a file of this user."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from sqlalchemy.engine import URL

from ..database.connection import check_of_file
from ..database.engine import address, display_url, place
from ..state_folder import FOLDER_VARIABLE, state_folder

URL_VARIABLE = "RBAC_SYNC_JOURNAL_URL"
"""The variable that says in which database journals are."""

CI_VARIABLES = ("CI", "TF_BUILD")
"""Variables that a job of GitHub, GitLab, Jenkins and most others sets, and one of Azure."""


@dataclass(frozen=True, slots=True)
class JournalPlace:
    """The place of the journal of one account of one service.

    ``name`` is what the journal is called in its database.
    """

    url: URL
    service: str
    account: str

    def __str__(self) -> str:
        return str(self.file or display_url(self.url))

    @property
    def name(self) -> str:
        """The name of the journal, which no other account has."""
        digest = sha256(f"{self.service}\n{self.account}".encode()).hexdigest()[:12]
        return f"{''.join(c for c in self.account if c.isalnum() or c == '-')[:40]}-{digest}"

    @property
    def file(self) -> Path | None:
        """The file that it is in; None for a server."""
        return place(self.url)


def is_forgotten(environment: Mapping[str, str], of_file: str) -> bool:
    """Say whether this is a job of CI, and nothing says where a journal outlives it."""
    named = of_file or environment.get(URL_VARIABLE) or environment.get(FOLDER_VARIABLE)
    words = {environment.get(variable, "").lower() for variable in CI_VARIABLES}
    return not named and not words <= {"", "0", "false"}


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
    if named := environment.get(URL_VARIABLE):
        return JournalPlace(address(named, f"`{URL_VARIABLE}`"), service, account)
    if of_file:
        url = address(of_file, "`url` in `[journal]`")
        check_of_file(url, environment)
        return JournalPlace(url, service, account)
    usual = URL.create("sqlite+pysqlite")
    name = JournalPlace(usual, service, account).name
    path = state_folder(environment) / f"{name}.journal"
    return JournalPlace(usual.set(database=str(path)), service, account)
