"""Problems and findings in one form: what tools that annotate code in a review read."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from ..config.codes import CODES, is_advice
from ..errors import Diagnostic, Place
from ..guard import CODES as GUARD_CODES
from ..guard import RULES, Finding
from .escape import visible
from .run import Run


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing to mend, everything in it escaped.

    ``name`` is the guard's rule, or the title of ``code``; ``about`` the
    address that it is about, if there is one; ``fingerprint`` stays the same
    when lines are moved, and no two issues of a report share one.
    """

    code: str
    name: str
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
    """Return the problems of *run*, then the findings; what two steps have in common once."""
    seen: Counter[str] = Counter()
    found = [_problem(p, seen) for p in run.problems]
    return found + [_finding(f, seen) for f in dict.fromkeys(run.findings)]


def meaning(code: str) -> str:
    """Return what *code* stands for, in a sentence or several."""
    if code in CODES:
        return CODES[code].explanation
    rule = next(rule for rule, of in GUARD_CODES.items() if of == code)
    return " ".join((RULES[rule].__doc__ or "").split())


def _problem(problem: Diagnostic, seen: Counter[str]) -> Issue:
    code, place = problem.code, problem.place
    sign = _fingerprint(seen, code, place.file if place else "", problem.message)
    return Issue(
        code,
        CODES[code].title,
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
        False,
        visible(finding.message),
        visible(finding.hint),
        visible(about),
        finding.place,
        None,
        sign,
    )


def _fingerprint(seen: Counter[str], *parts: str) -> str:
    sign = hashlib.sha256("\0".join(parts).encode(errors="surrogatepass")).hexdigest()
    seen[sign] += 1
    return sign if seen[sign] == 1 else f"{sign}-{seen[sign]}"


def places(issue: Issue) -> Iterator[Place]:
    """Yield where *issue* is, and where what it contradicts is."""
    yield from filter(None, (issue.place, issue.second))
