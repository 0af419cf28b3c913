"""Every error rbac-sync raises on purpose.

RbacSyncError                                                        exit 1
├── ConfigError        the TOML cannot be used as written            exit 1
├── UnknownWorld       no such world                                 exit 1
├── BackendError       the backend refused, or could not be reached  exit 1
│   ├── BadResponse    what it answered cannot be used               exit 1
│   ├── TornRead       it changed while it was read                  exit 1
│   ├── DanglingReference  it names what it does not list            exit 1
│   ├── Forbidden      this credential may not do that               exit 1
│   ├── NotFound       it does not know what was asked for          exit 1
│   ├── NoTrail        there is no audit trail where it was looked for  exit 1
│   ├── NoAnswer       it may have done what it was asked, or not    exit 1
│   ├── OutcomeUnknown  whether the run was made is not known        exit 6
│   └── Locked         somebody else is applying                     exit 5
├── PlanFileError      a saved plan is damaged or of another format  exit 1
├── StalePlan          a saved plan no longer fits                   exit 5
├── CredentialError    nobody to apply as                            exit 4
├── PlanRefused        the guard said no; nothing was written        exit 3
├── ApplyStopped       some changes went in, then one failed         exit 6
└── Interrupted        the user stopped it                           exit 130
    └── Undone         the user stopped it before anything was made  exit 130

What SIGTERM stopped exits with 143 where it is ``Undone``, and with 6 where it is not.

Besides, ``drift`` exits with 2 for drift, and with 7 where a managed part could not be seen;
``can`` and ``who-can`` exit with 7 where a no rests on what could not be seen.

Messages are one line, start in lower case, and quote the user's own words in
backticks. ``hint`` says what to do next; ``code`` is what machines match on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A stretch of a configuration file; ``line`` and ``column`` count from 1.

    ``through`` names the groups that lead from there to what the place is of,
    outermost first, and the line of the last; empty where none does. ``also`` says of an
    account which shared line this one takes the place of, or adds to.
    """

    file: str
    line: int = 1
    column: int = 1
    length: int = 1
    through: str = ""
    also: str = ""

    @property
    def file_line(self) -> str:
        """The file and line, and the groups on the way, as in ``prod.toml:7, through group:a``."""
        also = f", {self.also}" if self.also else ""
        through = f", through {self.through}" if self.through else ""
        return f"{self.file}:{self.line}{also}{through}"

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One thing to mend in the configuration.

    ``code`` is ``RSnnn``; ``place`` where it is; ``second`` the other place it
    contradicts, with ``second_label`` saying what is there; ``hint`` what to do.
    """

    code: str
    message: str
    place: Place | None = None
    hint: str = ""
    second: Place | None = None
    second_label: str = ""
    label: str = ""


class RbacSyncError(Exception):
    """Base of all errors meant for the user to read."""

    exit_code: ClassVar[int] = 1
    code: ClassVar[str] = "error"

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class ConfigError(RbacSyncError):
    """The configuration cannot be used as written; carries every problem found, in file order.

    ``texts`` are the files that were read, by name, for a view to show the lines.
    """

    code = "configuration"

    def __init__(
        self, diagnostics: Sequence[Diagnostic], texts: Mapping[str, str] | None = None
    ) -> None:
        self.diagnostics = tuple(diagnostics)
        self.texts = texts or {}
        first = self.diagnostics[0]
        more = f" (and {len(self.diagnostics) - 1} more)" if len(self.diagnostics) > 1 else ""
        super().__init__(first.message + more, hint=first.hint)


class UnknownWorld(RbacSyncError):
    """A world is named that rbac-sync has no catalogue of."""

    code = "unknown-world"


class BackendError(RbacSyncError):
    """A backend refused a request or could not be reached."""

    code = "backend"


class BadResponse(BackendError):
    """A backend answered, and not as it says it does; never taken for an empty list."""

    code = "bad-response"


class TornRead(BackendError):
    """Parts of one read are of different moments; nothing is planned from it."""

    code = "torn-read"


class DanglingReference(BackendError):
    """Something refers to what is in no list; nothing is planned from it."""

    code = "dangling-reference"


class Forbidden(BackendError):
    """A backend knows the credential, and that it may not do what was asked."""


class NotFound(BackendError):
    """A backend does not know what was asked for, or hides it from this credential."""

    code = "not-found"


class NoAnswer(BackendError):
    """A request was sent and its answer lost: what it asked for may have been done."""

    code = "no-answer"


class OutcomeUnknown(BackendError):
    """A run was sent to be committed and the answer lost: all of it is made, or nothing."""

    exit_code = 6
    code = "outcome-unknown"


class NoTrail(BackendError):
    """There is no audit trail of the account where it was looked for."""

    code = "no-trail"


class Locked(BackendError):
    """Another run holds the account."""

    exit_code = 5
    code = "locked"


class PlanFileError(RbacSyncError):
    """A saved plan is damaged, altered or of a format this version does not read."""

    code = "plan-tampered"


class PlanFormatError(PlanFileError):
    """A saved plan was written in another format version."""

    code = "plan-format"


class StalePlan(RbacSyncError):
    """The inputs of a saved plan have changed."""

    exit_code = 5
    code = "stale-plan"


class PlanTooOld(StalePlan):
    """A saved plan is older than ``max_plan_age``."""

    code = "plan-too-old"


class OtherConfiguration(StalePlan):
    """The configuration has changed since the plan was made."""

    code = "other-configuration"


class PlanFromFuture(StalePlan):
    """A saved plan says that it was made at a time that has not come yet."""

    code = "plan-from-future"


class OtherAccount(StalePlan):
    """The plan was made for another backend or account."""

    code = "other-account"


class CredentialError(RbacSyncError):
    """There is nobody to apply as: no key, or one the backend does not accept."""

    exit_code = 4
    code = "credentials"


class PlanRefused(RbacSyncError):
    """The guard found reasons not to apply; nothing was written anywhere.

    ``findings`` are the guard's, in order of the plan; ``texts`` the files of
    the configuration by name, for a view to show the lines; ``able`` the
    principals who could apply the plan, a few of them.
    """

    exit_code = 3
    code = "refused"

    def __init__(
        self,
        findings: Sequence[Any],
        texts: Mapping[str, str] | None = None,
        able: Sequence[Any] = (),
    ) -> None:
        self.findings, self.able = tuple(findings), tuple(able)
        self.texts = texts or {}
        rules = ", ".join(sorted({f.rule for f in self.findings}))
        super().__init__(f"the guard refuses this plan: {rules}")


class ApplyStopped(RbacSyncError):
    """A change failed where those before it stand; it may itself have been made."""

    exit_code = 6
    code = "partial-apply"


class Interrupted(RbacSyncError):
    """The user stopped the run."""

    exit_code = 130
    code = "interrupted"


class Undone(Interrupted):
    """The user stopped the run, and nothing of it is made."""
