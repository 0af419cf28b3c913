"""Problems and findings in one form: what tools that annotate code in a review read."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass

from ...config.codes import CODES, is_advice
from ...errors import Diagnostic, Place, RbacSyncError
from ...guard import CODES as GUARD_CODES
from ...guard import RULES, Finding
from ..escape import visible
from ..run import Run


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing to mend, everything in it escaped.

    ``name`` is the guard's rule, or the title of ``code``, whose ``meaning`` is
    a sentence or several; ``about`` the address that it is about, if there is
    one; ``fingerprint`` stays the same when lines are moved, and no two issues
    of a report share one.
    """

    code: str
    name: str
    meaning: str
    is_advice: bool
    message: str
    hint: str
    about: str
    place: Place | None
    second: Place | None
    fingerprint: str

    @property
    def told(self) -> str:
        """The message, and what to do."""
        return f"{self.message}\n{self.hint}" if self.hint else self.message


def issues(run: Run) -> list[Issue]:
    """Return what is to mend: problems, findings, what two steps have in common once, an error."""
    seen: Counter[str] = Counter()
    found = [_problem(p, seen) for p in run.problems]
    found += [_finding(f, seen) for f in dict.fromkeys(run.findings)]
    return [*found, _error(run.error, seen)] if run.error else found


def _problem(problem: Diagnostic, seen: Counter[str]) -> Issue:
    code, place = problem.code, problem.place
    sign = _fingerprint(seen, code, place.file if place else "", problem.message)
    return Issue(
        code,
        CODES[code].title,
        CODES[code].explanation,
        is_advice(code),
        visible(problem.message),
        visible(problem.hint),
        "",
        place,
        problem.second,
        sign,
    )


def _finding(finding: Finding, seen: Counter[str]) -> Issue:
    code = GUARD_CODES[finding.rule]
    about = str(finding.address or "")
    sign = _fingerprint(seen, code, about, finding.message)
    return Issue(
        code,
        finding.rule,
        RULES[finding.rule].explanation,
        False,
        visible(finding.message),
        visible(finding.hint),
        visible(about),
        finding.place,
        None,
        sign,
    )


def _error(error: RbacSyncError, seen: Counter[str]) -> Issue:
    return Issue(
        error.code,
        "error",
        _sentences(type(error)),
        False,
        visible(str(error)),
        visible(error.hint),
        "",
        None,
        None,
        _fingerprint(seen, error.code, str(error)),
    )


def _sentences(of: object) -> str:
    """Return what is said of a rule or an error where it is defined."""
    return " ".join((of.__doc__ or "").split())


def _fingerprint(seen: Counter[str], *parts: str) -> str:
    sign = hashlib.sha256("\0".join(parts).encode(errors="surrogatepass")).hexdigest()
    seen[sign] += 1
    return sign if seen[sign] == 1 else f"{sign}-{seen[sign]}"
