"""A pattern as states through which a text is led, character by character."""

from __future__ import annotations

from collections.abc import Iterable

from .pattern_reader import Choice, One, Part, Repeat, Sequence, Test, invalid

MOST_STATES = 1000
MOST_STEPS = 20_000
"""Steps that are remembered of one pattern."""


class Automaton:
    """States by number, 0 the first: where a character leads, and where none is needed.

    Source: K. Thompson, Regular Expression Search Algorithm, 1968.
    """

    def __init__(self, part: Part) -> None:
        """Take what *part* takes."""
        self._tests: list[tuple[Test, int] | None] = []
        self._free: list[list[int]] = []
        self._steps: dict[tuple[frozenset[int], str], frozenset[int]] = {}
        self._end = self._built(part, self._state())

    def takes(self, text: str) -> bool:
        """Say whether *text* leads from the first state to the last."""
        now = self._reached([0])
        for sign in text:
            known = self._steps.get((now, sign))
            now = self._step(now, sign) if known is None else known
        return self._end in now

    def _step(self, now: frozenset[int], sign: str) -> frozenset[int]:
        ways = (self._tests[state] for state in now)
        found = self._reached(way[1] for way in ways if way and way[0](sign))
        if len(self._steps) >= MOST_STEPS:
            self._steps.clear()
        self._steps[now, sign] = found
        return found

    def _reached(self, states: Iterable[int]) -> frozenset[int]:
        seen: set[int] = set()
        waiting = list(states)
        while waiting:
            state = waiting.pop()
            if state not in seen:
                seen.add(state)
                waiting.extend(self._free[state])
        return frozenset(seen)

    def _state(self, *before: int) -> int:
        """Return a new state, to which nothing is needed from those *before*."""
        if len(self._free) >= MOST_STATES:
            raise invalid()
        self._tests.append(None)
        self._free.append([])
        for state in before:
            self._free[state].append(len(self._free) - 1)
        return len(self._free) - 1

    def _built(self, part: Part, start: int) -> int:
        """Add what takes *part* after *start*; return the state in which it ends."""
        match part:
            case One(test):
                end = self._state()
                self._tests[start] = (test, end)
                return end
            case Sequence(parts):
                for each in parts:
                    start = self._built(each, self._state(start))
                return start
            case Choice(parts):
                return self._state(*[self._built(each, self._state(start)) for each in parts])
        return self._repeated(part, start)

    def _repeated(self, repeat: Repeat, start: int) -> int:
        for _ in range(repeat.least):
            start = self._built(repeat.part, self._state(start))
        if repeat.most is None:
            last = self._state(start)
            self._free[self._built(repeat.part, self._state(last))].append(last)
            return last
        ends = [start]
        for _ in range(repeat.most - repeat.least):
            ends.append(self._built(repeat.part, self._state(ends[-1])))
        return self._state(*ends)
