"""Two who apply at once, each in a process of its own, through the whole pipeline."""

from __future__ import annotations

from pathlib import Path

import pytest

from rbac_sync.errors import PlanRefused, StalePlan
from rbac_sync.model import ACCOUNT
from rbac_sync.pipeline.by_hand import change_by_hand
from rbac_sync.planning import Change
from rbac_sync.planning.planfile import decoded

from ..backends.store.children import race
from ..build import bind, role
from .company import Company

ROUNDS = pytest.mark.parametrize("rounds", [3, pytest.param(200, marks=pytest.mark.long)])
OWNER = bind("olivia", None, "owner")[0].roles


class Pair:
    """A company, and two copies of its configuration that each of two people has edited."""

    def __init__(self, company: Company, folder: Path) -> None:
        self.company = company
        self.one, self.other = (self._copy(folder / name) for name in ("one", "other"))

    def _copy(self, folder: Path) -> Company:
        made = Company(self.company.url, folder)
        made.keys = self.company.keys
        return made

    def save(self, one: str, other: str) -> None:
        """Have both plan from the state as it is, and keep their plans."""
        for side, name in ((self.one, one), (self.other, other)):
            side.folder.joinpath("saved.plan").write_bytes(side.plan(name).encoded())


def applied(side: Company, name: str) -> str:
    """Apply the plan that is kept in a folder, and say how that went."""
    saved = decoded(side.folder.joinpath("saved.plan").read_bytes())
    try:
        side.apply(saved, name)
    except StalePlan:
        return "stale"
    except PlanRefused as error:
        return ",".join(sorted({finding.rule for finding in error.findings}))
    return "applied"


def by_hand(company: Company, name: str, *changes: Change) -> str:
    """Make changes without a plan, so that only the guard decides, and say what it said."""
    try:
        change_by_hand(company.load(), company.backend(name), changes, "race")
    except PlanRefused as error:
        return ",".join(sorted({finding.rule for finding in error.findings}))
    return "made"


@pytest.fixture
def pair(company, tmp_path):
    for name in ("olivia", "otto", "lee"):
        company.key(name)
    return Pair(company, tmp_path)


def owners(company):
    return {p.key.partition("@")[0] for p, h in company.state.row(ACCOUNT).items() if h == OWNER}


def crown(company, name):
    if name not in owners(company):
        company.force(Change(*(bind(name, None, role)[0] for role in ("admin", "owner"))))


def step_down(company, name):
    return by_hand(
        company, name, Change(*(bind(name, None, role)[0] for role in ("owner", "admin")))
    )


# R01.


def olivia_steps_down(pair, _):
    return step_down(pair.company, "olivia")


def otto_steps_down(pair, _):
    return step_down(pair.company, "otto")


@ROUNDS
def test_r01_of_two_owners_who_step_down_at_once_one_stays(pair, rounds):
    def prepare(_):
        crown(pair.company, "olivia")
        crown(pair.company, "otto")

    def check(_, said):
        assert sorted(said) == ["LAST_OWNER", "made"]
        assert len(owners(pair.company)) == 1

    race(pair, (olivia_steps_down, otto_steps_down), rounds, prepare, check)
    pair.company.verify()


# R03: `lee` may give `reader` as it is, and may not give it once it is wide.

NARROW, WIDE = role("reader", "see_flows")[0], role("reader", "see_flows", "see_blocks")[0]
GRANT = Change(None, bind("pia", "prod", "reader")[0])


def olivia_widens(pair, _):
    return by_hand(pair.company, "olivia", Change(NARROW, WIDE))


def lee_grants(pair, _):
    return by_hand(pair.company, "lee", GRANT)


def narrowed(company):
    """Bring the role and the grant back to what they were."""
    state = company.state
    if state.find(GRANT.after):
        company.force(Change(GRANT.after, None))
    if state.find(WIDE) == WIDE:
        company.force(Change(WIDE, NARROW))


@ROUNDS
def test_r03_a_grant_is_judged_by_the_role_as_it_is_when_it_is_committed(pair, rounds):
    def prepare(_):
        narrowed(pair.company)

    def check(_, said):
        widened, granted = said
        assert widened == "made"
        last = [record.object_id for record in pair.company.trail()[-2:]]
        if granted == "made":
            assert last == ["workspace.prod/access/pia@acme.example", "role.reader"]
        else:
            assert "ESCALATION" in granted.split(",")
            assert last[1] == "role.reader"
            assert not pair.company.state.find(GRANT.after)

    race(pair, (olivia_widens, lee_grants), rounds, prepare, check)
    pair.company.verify()


def olivia_applies_wide(pair, _):
    return applied(pair.one, "olivia")


def lee_applies_grant(pair, _):
    return applied(pair.other, "lee")


@ROUNDS
def test_r03_a_planned_grant_of_a_role_that_is_widened_meanwhile_is_stale(pair, rounds):
    pair.one.edit(('permissions = ["see_flows"]', 'permissions = ["see_flows", "see_blocks"]'))
    pair.other.edit(('reader  = ["team:ops"]', 'reader  = ["team:ops", "pia"]'))

    def prepare(_):
        narrowed(pair.company)
        pair.save("olivia", "lee")

    def check(_, said):
        widened, granted = said
        assert widened == "applied"
        assert granted in ("applied", "stale", "Locked")
        there = pair.company.state.find(GRANT.after) is not None
        assert there == (granted == "applied")
        assert pair.company.trail()[-1].object_id == "role.reader"

    race(pair, (olivia_applies_wide, lee_applies_grant), rounds, prepare, check)
    pair.company.verify()
