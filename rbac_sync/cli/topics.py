"""Topics of ``rbac-sync help`` that concern several commands."""

from __future__ import annotations

from collections.abc import Mapping

from .events import EVENTS

EXIT_CODES: Mapping[str, str] = {
    "0": "success",
    "1": "an error, usage errors included; for `can`: no; for `test`: a test fails",
    "2": "changes (`plan --detailed-exitcode`) or drift",
    "3": "refused by the guard",
    "4": "no credential, one that is not accepted, or one that would go to a host that only a"
    " file names",
    "5": "stale plan, or the account is held by another run",
    "6": "stopped half-way, by SIGTERM or SIGHUP too, or not known whether it was made",
    "7": "`drift`: a managed part could not be seen; `can`, `who-can`: no, but not everything that"
    " could give it is visible; `export`: rows are missing",
    "129": "ended by SIGHUP, as when a terminal is closed, and nothing was made; else 6",
    "130": "interrupted (SIGINT)",
    "143": "ended by SIGTERM, and nothing was made; 6 if something was, over an API",
}
"""The meaning of each exit code."""

ENVIRONMENT: Mapping[str, str] = {
    "RBAC_SYNC_API_KEY": "the credential",
    "RBAC_SYNC_URL": "the database of a store, or the address of the service; a relative SQLite"
    " path starts where the command runs",
    "RBAC_SYNC_HOSTS": "further hosts that a credential may go to",
    "RBAC_SYNC_JOURNAL_URL": "the database that keeps the journal",
    "RBAC_SYNC_STATE_DIR": "the folder of journals, where no database keeps them",
    "RBAC_SYNC_OIDC_TOKEN": "the signed token that names the author of a change",
    "RBAC_SYNC_LOCK_TIMEOUT": "how long to wait for another run that holds the account",
    "RBAC_SYNC_LOG": "`info` or `debug`: log on standard error, as `-v` and `-vv` do; no secret is"
    " logged",
    "RBAC_SYNC_DEBUG": "`1`: print the traceback of an internal error",
    "RBAC_SYNC_PAGER": "the pager for a long text on a terminal, before `PAGER`; `cat` for none",
    "NO_COLOR": "no colour",
    "FORCE_COLOR": "colour off a terminal too, such as in the log of a CI job",
}
"""The meaning of each variable of the environment."""

TOPICS: Mapping[str, Mapping[str, str]] = {
    "exit-codes": EXIT_CODES,
    "environment": ENVIRONMENT,
    "json-events": EVENTS,
}
