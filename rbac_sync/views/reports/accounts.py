"""Reports of several accounts: those kinds that have a form of their own for accounts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from .. import plan_json
from . import json_report, markdown, terraform
from .fence import code
from .registry import AccountResult

STATES = {
    None: "not begun",
    0: "ok",
    2: "changes",
    5: "stale or locked",
    4: "no credential",
    7: "not all is seen",
    1: "error",
    3: "refused",
    6: "stopped half-way",
    129: "interrupted",
    130: "interrupted",
    143: "interrupted",
}
"""The state of an account after its run, by its exit code, from the lightest to the gravest.

*Why* 7 is graver than 2: unread parts may differ more than the known ones. *Why* 6 is graver
than 3: changes are half made.
"""


def gravest(results: Iterable[AccountResult]) -> int:
    """Return the exit code of a command over several accounts."""
    codes = (result.code for result in results if result.code is not None)
    return max(codes, key=list(STATES).index, default=0)


def _json(results: Sequence[AccountResult]) -> str:
    """Return a JSON object with the answer for each account, and the exit code."""
    answers = [
        {
            "account": result.account,
            "wave": result.wave,
            "state": STATES[result.code],
            "exit_code": result.code,
            "result": _answer(result),
        }
        for result in results
    ]
    return plan_json.dumps({"accounts": answers, "exit_code": gravest(results)}) + "\n"


def _answer(result: AccountResult) -> object:
    if result.answer is not None or result.run is None:
        return result.answer
    return json_report.report_value(result.run)


def _markdown(results: Sequence[AccountResult]) -> str:
    """Return one Markdown report, in which the accounts share the size of a comment."""
    lines = [f"- {code(each.account)}: {code(outcome(each))}" for each in results]
    head = f"{markdown.FIRST}\n\n### rbac-sync: {len(results)} accounts\n\n" + "\n".join(lines)
    runs = [result.run for result in results if result.run is not None]
    left = markdown.BYTES_LEFT - len(head.encode()) - 2 * len(runs)
    parts = dict[int, str]()
    # The shorter ones first: the others share the rest.
    shortest = sorted(range(len(runs)), key=lambda n: len(markdown.render_part(runs[n], left)))
    for number, index in enumerate(shortest):
        parts[index] = markdown.render_part(runs[index], left // (len(runs) - number))
        left -= len(parts[index].encode())
    texts = [head, *(parts[number].rstrip("\n") for number in sorted(parts))]
    return "\n\n".join(_fitting(texts)) + "\n"


def _fitting(texts: Sequence[str]) -> Iterator[str]:
    """Yield the first *texts* that fit into a comment, and a note about those left out."""
    notice = markdown.NOTICE.format("the reports of single accounts")
    left = markdown.BYTES_LEFT - len(notice) - 4
    for text in texts:
        left -= len(text.encode()) + 2
        if left < 0:
            yield notice
            return
        yield text


def outcome(result: AccountResult) -> str:
    """Return the result for an account in one line: its state, and its run's error or headline."""
    state = STATES[result.code]
    if result.run is None or (result.run.plan is None and not result.run.error):
        return state
    return f"{state}: {result.run.error or markdown.headline_of(result.run)}"


def _terraform(results: Sequence[AccountResult]) -> str:
    """Return the plans as one in the JSON form of Terraform; each account is a module."""
    plans = [
        (each.account, terraform.document(each.run))
        for each in results
        if each.run is not None and each.run.plan is not None
    ]
    changes = [
        {**change, "address": f"module.{name}.{change['address']}", "module_address": module}
        for name, plan in plans
        for change in plan["resource_changes"]
        for module in (f"module.{name}",)
    ]
    is_whole = len(plans) == len(results)
    errored = not is_whole or any(plan["errored"] for _, plan in plans)
    document = {
        "format_version": terraform.FORMAT_VERSION,
        "applyable": not errored and any(plan["applyable"] for _, plan in plans),
        "complete": is_whole and all(plan["complete"] for _, plan in plans),
        "errored": errored,
        "resource_changes": changes,
        "output_changes": {},
        **terraform.counts(changes),
    }
    if plans:
        document["timestamp"] = min(plan["timestamp"] for _, plan in plans)
    return plan_json.dumps(document) + "\n"


TOGETHER: Mapping[str, Callable[[Sequence[AccountResult]], str]] = {
    "json": _json,
    "md": _markdown,
    "tfplan": _terraform,
}
"""The function that writes each kind of report with a form of its own for several accounts."""
