"""The guard against an oracle that shares no code with it, on honest and dishonest plans.

The normal run has one seed, so that it says the same everywhere; the long one has a new seed each
time. ``RBAC_SYNC_ORACLE_SEED`` sets either, and repeats a run. A failing plan is made as small as
it goes and shown as JSON; an entry of it in ``found.json`` keeps it for good.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from random import SystemRandom

import pytest

from .cases import Case, small
from .differences import DIFFERENCES
from .generate import case as generated
from .judge import JUDGED, deficit, excess, judge
from .minimise import minimised

SEED = "RBAC_SYNC_ORACLE_SEED"
PLANS, PARTS = 3_200, 4
LONG = 1_000_000
FOUND = json.loads(Path(__file__).with_name("found.json").read_text(encoding="utf-8"))


def fault(case):
    """Return what is wrong with the guard's verdict on *case*, or None; and whether it accepted."""
    found = {str(f.rule) for f in case.findings()}
    accepted = not found
    if not accepted and not case.honest:
        return None, False
    verdict = judge(case, small())
    if accepted and verdict.malformed:
        return f"accepted, though {verdict.malformed[0]}", True
    if accepted and (more := next(excess(verdict, case, small()), None)):
        return f"accepted, and {more}", True
    if accepted and (less := next(deficit(verdict, case, small()), None)):
        return f"accepted, and {less}", True
    if case.honest and not verdict.malformed and not any(d(case) for d in DIFFERENCES):
        theirs, ours = found & JUDGED, verdict.rules & JUDGED
        if bool(theirs) != bool(ours):
            return f"guard says {sorted(found)}, oracle {verdict.why[:3]}", accepted
        if "INVALID" in found:
            return "an honest plan is INVALID", accepted
    return None, accepted


def wrong(case):
    """Say whether a smaller case still is wrong; what cannot be judged at all is not."""
    try:
        return fault(case)[0] is not None
    except (AssertionError, AttributeError, KeyError, TypeError):
        return False


def run(count, seed, first):
    """Put *count* plans to guard and oracle; return how many of which sort were accepted.

    *first* is the number of the first plan.
    """
    seed = int(os.environ.get(SEED, seed))
    print(f"{SEED}={seed}")  # noqa: T201  # shown with a failure, and with -s
    tally = Counter()
    for number in range(first, first + count):
        case = generated(seed, number)
        said, accepted = fault(case)
        if said:
            least = minimised(case, wrong)
            pytest.fail(
                f"{said}\n{SEED}={seed}, plan {number}, {case.notes}; at its smallest:"
                f"\n{fault(least)[0]}\n{least.shown()}"
            )
        tally["honest" if case.honest else "dishonest", accepted] += 1
    return seed, tally


def check(count, seed, record_property, first=0):
    """Put *count* plans, and look at the shares."""
    seed, tally = run(count, seed, first)
    accepted = (tally["honest", True] + tally["dishonest", True]) / count
    dishonest = (tally["dishonest", True] + tally["dishonest", False]) / count
    for name, value in {"seed": seed, "accepted": accepted, "dishonest": dishonest}.items():
        record_property(name, value)
    print(f"{count} plans: {accepted:.0%} accepted, {dishonest:.0%} dishonest")  # noqa: T201
    assert 0.3 <= accepted <= 0.6
    assert 0.25 <= dishonest <= 0.35


@pytest.mark.parametrize("first", range(0, PLANS, PLANS // PARTS))
def test_an_accepted_plan_gives_and_takes_no_more_than_the_applier_holds(record_property, first):
    check(PLANS // PARTS, 1, record_property, first)


@pytest.mark.long
@pytest.mark.timeout(0)
def test_of_a_million_plans_none_is_judged_otherwise(record_property):
    check(LONG, SystemRandom().randrange(10**6), record_property)


@pytest.mark.parametrize("body", FOUND["refused"], ids=lambda body: body["name"])
def test_what_was_found_once_is_refused(body):
    assert Case.read(body).findings() != []


@pytest.mark.parametrize("difference", DIFFERENCES, ids=lambda d: d.__name__)
def test_every_difference_has_a_reason(difference):
    assert DIFFERENCES[difference]
