"""Every error rbac-sync raises on purpose.

Each class has its exit code: 1, if it does not say another one.
A run that SIGTERM stopped exits with 143 if it is ``Undone``, one that SIGHUP stopped with 129;
else both exit with 6.

Besides, ``drift`` exits with 2 for drift, and with 7 if a managed part could not be read;
``can`` and ``who-can`` exit with 7 if a part that could not be read may turn a no into a yes.

Messages are one line, start in lower case, and quote the user's own words in
backticks. ``hint`` says what to do next; ``code`` is for programs.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, ClassVar

from .dataclasses import dataclass
from .named_tuples import NamedTuple


class Place(NamedTuple):
    """A stretch of a configuration file; ``line`` and ``column`` count from 1.

    ``through`` names the groups between this place and its subject, outermost
    first, and the line of the last; empty if there are none. ``also`` names, in the
    tables of an account, the shared line that this one replaces or adds to.
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
    """One error or piece of advice in the configuration.

    ``code`` is ``RSnnn``; ``place`` is where it is; ``second`` is another place that it
    contradicts, described by ``second_label``; ``hint`` says what to do.
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
    """The configuration cannot be used as written; carries every problem, in file order.

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
    """A world that rbac-sync has no catalogue of."""

    code = "unknown-world"


class BackendError(RbacSyncError):
    """A backend refused a request or could not be reached."""

    code = "backend"


class BadResponse(BackendError):
    """A response of a backend does not have the documented form; it never counts as empty."""

    code = "bad-response"


class TornRead(BackendError):
    """The account changed while it was read; no plan is made from such a read."""

    code = "torn-read"


class DanglingReference(BackendError):
    """A resource refers to one that is in no list; no plan is made from such a read."""

    code = "dangling-reference"


class Forbidden(BackendError):
    """A backend knows the credential, which lacks the permission for a request."""


class NotFound(BackendError):
    """A resource does not exist, or the backend hides it from this credential."""

    code = "not-found"


class NoAnswer(BackendError):
    """A request was sent and its response was lost: its change may have been made."""

    code = "no-answer"


class OutcomeUnknown(BackendError):
    """A commit was sent and its response was lost: all changes of the run are made, or none."""

    exit_code = 6
    code = "outcome-unknown"


class NoTrail(BackendError):
    """There is no audit trail of the account here."""

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
    """The time of a saved plan is in the future."""

    code = "plan-from-future"


class OtherAccount(StalePlan):
    """The plan was made for another backend or account."""

    code = "other-account"


class CredentialError(RbacSyncError):
    """There is no API key, or the backend does not accept it."""

    exit_code = 4
    code = "credentials"


class PlanRefused(RbacSyncError):
    """The guard refused the plan; nothing was written.

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


class HalfWay(RbacSyncError):
    """A run ended before its last change; ``untried`` are addresses of changes it did not begin."""

    def __init__(self, message: str, *, hint: str = "", untried: Collection[str] = ()) -> None:
        super().__init__(message, hint=hint)
        self.untried = untried


class ApplyStopped(HalfWay):
    """A change failed and those before it stand; it may have been made, too."""

    exit_code = 6
    code = "partial-apply"


class Interrupted(HalfWay):
    """The user stopped the run."""

    exit_code = 130
    code = "interrupted"


class Undone(Interrupted):
    """The user stopped the run, and none of its changes is made."""


def system_reason(error: OSError, otherwise: str = "") -> str:
    """Return why the system refused, in lower case; *otherwise* if it does not say."""
    return (error.strerror or otherwise).lower()
