"""Problems and findings in one form, for tools that annotate code in a review."""

from __future__ import annotations

import hashlib
from collections import Counter

from ...config.codes import all_codes, is_advice
from ...dataclasses import dataclass
from ...errors import Diagnostic, Place, RbacSyncError
from ...guard import CODES as GUARD_CODES
from ...guard import RULES, Finding
from ..escape import visible
from ..run import Run


@dataclass(frozen=True, slots=True)
class Issue:
    """One problem, finding or error, with all text escaped.

    ``name`` is the guard's rule, or the title of ``code``; ``meaning`` explains the
    code in one or more sentences; ``about`` is the address of the subject, if there
    is one; ``fingerprint`` stays the same when lines are moved, and no two issues
    of a report share one.
    """

    code: str
    name: str
    meaning: str
    message: str
    hint: str
    fingerprint: str
    is_advice: bool = False
    about: str = ""
    place: Place | None = None
    second: Place | None = None

    @property
    def full_message(self) -> str:
        """The message and the hint."""
        return f"{self.message}\n{self.hint}" if self.hint else self.message


def issues(run: Run) -> list[Issue]:
    """Return the issues of a run: problems, findings without repeats, the error."""
    seen: Counter[str] = Counter()
    items = [_problem(p, seen) for p in run.problems]
    items += [_finding(f, seen) for f in dict.fromkeys(run.findings)]
    return [*items, _error(run.error, seen)] if run.error else items


def _problem(problem: Diagnostic, seen: Counter[str]) -> Issue:
    code, place = problem.code, problem.place
    sign = _fingerprint(seen, code, place.file if place else "", problem.message)
    return Issue(
        code,
        all_codes()[code].title,
        all_codes()[code].explanation,
        visible(problem.message),
        visible(problem.hint),
        sign,
        is_advice(code),
        place=place,
        second=problem.second,
    )


def _finding(finding: Finding, seen: Counter[str]) -> Issue:
    code = GUARD_CODES[finding.rule]
    about = str(finding.address or "")
    sign = _fingerprint(seen, code, about, finding.message)
    return Issue(
        code,
        finding.rule,
        RULES[finding.rule].explanation,
        visible(finding.message),
        visible(finding.hint),
        sign,
        about=visible(about),
        place=finding.place,
    )


def _error(error: RbacSyncError, seen: Counter[str]) -> Issue:
    meaning = " ".join((error.__doc__ or "").split())
    sign = _fingerprint(seen, error.code, str(error))
    return Issue(error.code, "error", meaning, visible(str(error)), visible(error.hint), sign)


def _fingerprint(seen: Counter[str], *parts: str) -> str:
    sign = hashlib.sha256("\0".join(parts).encode(errors="surrogatepass")).hexdigest()
    seen[sign] += 1
    return sign if seen[sign] == 1 else f"{sign}-{seen[sign]}"
