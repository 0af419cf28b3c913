"""The allowed ends of a command that could not continue, and its continuation."""

from __future__ import annotations

import re

from .bench import Runner, Way


def is_clean_end(ended):
    """Say whether a command ended as it may where it cannot go on, and said so in its own words."""
    words = ended.err.splitlines()
    told = any(re.match(r"error(?!\[internal)", line) for line in words)
    return ended.code in (1, 6) and told and "Traceback" not in ended.err


def after_fault(bench, whole, ended, untouched):
    """Go on after *ended*, once there is room again; return what is not well.

    *untouched* is what the trail told before.
    """
    if ended.code == 0:
        return bench.flaws(whole, Runner.SAME)
    if not is_clean_end(ended):
        return [f"it ended with {ended.code} {ended.err[-400:]}"]
    if "nothing was changed" in ended.err and bench.full_message() != untouched:
        return ["something was changed, and it says that nothing was"]
    again = bench.apply(Way.AGAIN)
    if again.code:
        return [f"it does not go on: {again.code} {again.err[-400:]}"]
    return bench.flaws(whole, Runner.SAME)
