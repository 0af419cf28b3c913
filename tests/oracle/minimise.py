"""The smallest case that still fails, and its form to paste into ``found.json``."""

from __future__ import annotations

from dataclasses import replace


def minimised(case, fails):
    """Return *case* with everything taken away without which it still fails."""
    shorter = True
    while shorter:
        shorter = False
        for smaller in _smaller(case):
            if fails(smaller):
                case, shorter = smaller, True
                break
    return case


def _smaller(case):
    for number in range(len(case.changes)):
        yield replace(case, changes=case.changes[:number] + case.changes[number + 1 :])
    for number, change in enumerate(case.changes):
        for part in ("brings", "joins"):
            held = getattr(change, part)
            for gone in range(len(held)):
                less = replace(change, **{part: held[:gone] + held[gone + 1 :]})
                yield replace(
                    case, changes=(*case.changes[:number], less, *case.changes[number + 1 :])
                )
    for number, thing in enumerate(case.live):
        if not getattr(thing, "builtin", False):
            yield replace(case, live=case.live[:number] + case.live[number + 1 :])
    if case.author is not None:
        yield replace(case, author=None)
