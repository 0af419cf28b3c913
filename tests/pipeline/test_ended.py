"""Whose account role has ended is gone after the next run, with all that it held."""

from __future__ import annotations

import pytest

from rbac_sync.model import Key, address
from rbac_sync.planning import Change

from .company import Company

MEMBERS = 'member = ["bo", "pia", "lee", "sa:ci"]'
CI, BO = address.service_account("ci"), address.user("bo@acme.example")

whoever = pytest.mark.parametrize(("who", "principal"), [("sa:ci", CI), ("bo", BO)])


@pytest.fixture
def company(tmp_path):
    """A company whose service account has a key, too."""
    made = Company(f"sqlite:///{tmp_path / 'rbac.db'}", tmp_path / "acme").begin()
    made.edit(('description = "Builds."', 'description = "Builds."\nkeys.build = {}'))
    made.force(Change(None, Key(CI, "build")))
    assert made.outstanding() == ()
    return made


def manage(company, reach):
    for subject in ("members         ", "service_accounts", "access          "):
        company.edit((f'{subject} = "all"', f'{subject} = "{reach}"'))


def end(company, who):
    rest = MEMBERS.replace(f'"{who}"', f'{{ who = "{who}", until = 2020-01-01 }}')
    company.edit((MEMBERS, rest))


def held(state, principal):
    keys = [key for key in state.keys_of(principal) if principal == CI]
    return [*state.bindings_of(principal), *state.teams_of(principal), *keys]


@whoever
@pytest.mark.parametrize("reach", ["all", "declared"])
def test_whose_account_role_has_ended_goes_with_all_it_held(company, reach, who, principal):
    manage(company, reach)
    end(company, who)
    assert len(held(company.state, principal)) == 3
    saved = company.plan()
    company.apply(saved)

    assert [f"{c.action} {c.address}" for c in saved.changes] == [f"delete {principal}"]
    assert held(company.state, principal) == []
    assert not company.state.knows(principal)
    assert company.outstanding() == ()


@whoever
def test_where_nobody_is_managed_nobody_goes(company, who, principal):
    manage(company, "none")
    end(company, who)

    assert principal not in [change.address for change in company.outstanding()]


def test_a_service_account_of_which_nothing_has_ended_is_back_with_the_next_run(company):
    """Who takes the entry away and leaves the table declares it with the role of new ones."""
    end(company, "sa:ci")
    company.sync()
    company.edit((', { who = "sa:ci", until = 2020-01-01 }', ""))

    assert [str(c.address) for c in company.outstanding()][:1] == ["service-account.ci"]
