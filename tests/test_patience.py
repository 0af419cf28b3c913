"""Tests wait as long as a machine may stand still, and no output says that something waited."""

from __future__ import annotations

import ast
from functools import cache
from math import inf
from pathlib import Path

from rbac_sync.backends import progress_interval
from rbac_sync.backends.remote import late_answers

TESTS = Path(__file__).parent
SAY = """
from rbac_sync.backends import progress_interval
from rbac_sync.backends.remote import late_answers
print(late_answers.SILENCE, progress_interval.INTERVAL)
"""
WAITS = ("acquire", "join", "poll", "result", "settimeout", "wait")
"""Methods whose only argument is how many seconds they wait."""

SHORT = 1
"""The seconds up to which a wait is a step of a loop that ends by itself."""

SENDS = ("delete", "get", "head", "options", "patch", "post", "put", "request", "stream")
CLIENTS = ("AsyncClient", "Client")


def test_no_line_about_a_wait_is_in_what_the_tests_hear(program, tmp_path):
    ran = program.run("-c", SAY, env={}, cwd=tmp_path)

    assert ran.stdout == "inf inf\n"
    assert late_answers.SILENCE == progress_interval.INTERVAL == inf


@cache
def calls():
    """Return each call in the tests with its place; those with `ha` have limits of their own."""
    return [
        (f"{path.relative_to(TESTS)}:{node.lineno}", node)
        for path in sorted(TESTS.rglob("*.py"))
        if path.parent.name != "ha"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
    ]


def is_number(node):
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float)


def test_what_waits_in_a_test_waits_for_longest():
    """A number of seconds, but for steps of a loop, is a guess about a machine."""
    numbers = [
        place
        for place, call in calls()
        for given in (
            *(word.value for word in call.keywords if word.arg == "timeout"),
            *(call.args if getattr(call.func, "attr", "") in WAITS and len(call.args) == 1 else ()),
        )
        if is_number(given) and given.value > SHORT
    ]

    assert numbers == []


def test_what_sends_a_request_says_how_long_it_waits():
    """By itself `httpx` waits for five seconds."""
    unsaid = [
        place
        for place, call in calls()
        if isinstance(call.func, ast.Attribute)
        and ast.unparse(call.func.value) == "httpx"
        and call.func.attr in (*SENDS, *CLIENTS)
        and not {"timeout", "transport"} & {word.arg for word in call.keywords}
    ]

    assert unsaid == []
