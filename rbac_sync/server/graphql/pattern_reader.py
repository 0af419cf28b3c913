"""The two languages of patterns, read: SQL's ``SIMILAR TO``, and regular expressions.

Both have literals, escapes, classes, groups, ``|`` and ``* + ? {m,n}``. SQL's
has ``%`` and ``_`` and means the whole text; the others have ``.``, the letters d, w, s
and anchors at the ends of an alternative. What goes further is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .fault import Fault, failed

MOST_TIMES = 100
"""How often ``{m,n}`` may repeat."""

Test = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class One:
    """One character."""

    test: Test


@dataclass(frozen=True, slots=True)
class Sequence:
    """One part after the other."""

    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the parts."""

    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """A part, at least and at most so often; None: as often as it goes."""

    part: Part
    least: int = 0
    most: int | None = None


Part = One | Sequence | Choice | Repeat

ANY = One(lambda _: True)
ALL = Repeat(ANY)
TIMES = {"*": (0, None), "+": (1, None), "?": (0, 1)}
CLASSES: dict[str, Test] = {
    "d": str.isdecimal,
    "w": lambda sign: sign.isalnum() or sign == "_",
    "s": str.isspace,
}


def invalid() -> Fault:
    """Return the fault of a pattern that cannot be read, or is too large."""
    return failed("invalid regular expression")


class Reader:
    """Reads one pattern from left to right."""

    def __init__(self, text: str, *, of_sql: bool) -> None:
        """Read *text*, of SQL's language or of the other."""
        self._text, self._of_sql, self._at = text, of_sql, 0

    def read(self) -> Part:
        """Return the whole pattern.

        Raises:
            Fault: it cannot be read.

        """
        try:
            found = self._choice(self._branch if self._of_sql else self._anchored)
        except RecursionError:
            raise invalid() from None
        if self._at < len(self._text):
            raise invalid()
        return found

    @property
    def _next(self) -> str:
        return self._text[self._at : self._at + 1]

    def _take(self) -> str:
        taken = self._next
        if not taken:
            raise invalid()
        self._at += 1
        return taken

    def _took(self, sign: str) -> bool:
        found = self._next == sign
        self._at += found
        return found

    def _choice(self, branch: Callable[[], Part]) -> Part:
        parts = [branch()]
        while self._took("|"):
            parts.append(branch())
        return Choice(tuple(parts))

    def _anchored(self) -> Part:
        begin = [] if self._took("^") else [ALL]
        body = self._branch()
        end = [] if self._took("$") else [ALL]
        return Sequence((*begin, body, *end))

    def _branch(self) -> Part:
        parts: list[Part] = []
        stops = "|)" if self._of_sql else "|)$"
        while self._next and self._next not in stops:
            parts.append(self._repeated(self._atom()))
        return Sequence(tuple(parts))

    def _repeated(self, part: Part) -> Part:
        while self._next and self._next in "*+?{":
            sign = self._take()
            least, most = self._times() if sign == "{" else TIMES[sign]
            part = Repeat(part, least, most)
        return part

    def _times(self) -> tuple[int, int | None]:
        least, comma, most = self._until("}").partition(",")
        numbers = [least, most] if comma and most else [least]
        if not all(n.isascii() and n.isdecimal() and int(n) <= MOST_TIMES for n in numbers):
            raise invalid()
        end = (int(most) if most else None) if comma else int(least)
        if end is not None and end < int(least):
            raise invalid()
        return int(least), end

    def _until(self, sign: str) -> str:
        taken = ""
        while not self._took(sign):
            taken += self._take()
        return taken

    def _atom(self) -> Part:
        sign = self._take()
        wild: dict[str, Part] = {"%": ALL, "_": ANY} if self._of_sql else {".": ANY}
        if sign in wild:
            return wild[sign]
        match sign:
            case "(":
                return self._group()
            case "[":
                return One(self._class())
            case "\\":
                return One(self._escaped())
            case "*" | "+" | "?" | "{":
                raise invalid()
            case "^" if not self._of_sql:
                raise invalid()
        return One(sign.__eq__)

    def _group(self) -> Part:
        if not self._of_sql and self._took("?") and not self._took(":"):
            raise invalid()
        found = self._choice(self._branch)
        if not self._took(")"):
            raise invalid()
        return found

    def _escaped(self) -> Test:
        sign = self._take()
        if self._of_sql or not sign.isalnum():
            return sign.__eq__
        known = CLASSES.get(sign.lower())
        if known is None:
            raise invalid()
        return known if sign.islower() else lambda one: not known(one)

    def _class(self) -> Test:
        negated = self._took("^")
        tests = [self._member()]
        while not self._took("]"):
            tests.append(self._member())
        return lambda one: any(test(one) for test in tests) is not negated

    def _member(self) -> Test:
        first = self._take()
        if first == "\\":
            return self._escaped()
        if self._next == "-" and self._text[self._at + 1 : self._at + 2] not in ("]", ""):
            self._at += 1
            last = self._take()
            return lambda one: first <= one <= last
        return first.__eq__
