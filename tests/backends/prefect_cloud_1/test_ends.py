"""Roles with an end, which the service does not keep: who gives one is told so."""

from __future__ import annotations

import pytest

from rbac_sync import pipeline

CONFIGURATION = """
[backend]
type = "prefect-cloud-1"
account = "acme"

[members]
administrator = ["olivia@example.org"]
user = [{people}]
"""


@pytest.fixture
def planned(backend, service, tmp_path):
    """Return the codes, messages and hints of the advice on a plan with these people."""

    def plan(people):
        (tmp_path / "rbac.toml").write_text(CONFIGURATION.replace("{people}", people))
        review = pipeline.plan(pipeline.load(tmp_path), backend, pipeline.RunOptions())
        return [(each.code, each.message, each.hint) for each in review.advice]

    return plan


def test_who_gives_a_role_for_a_time_is_told_that_an_apply_ends_it(planned):
    kim = "the service keeps no ends: `kim@example.org` holds `user` until an apply after"
    hint = "run `apply` on a schedule, or take the access away by hand"
    person = '{ who = "NAME@example.org", until = 2027-06-30 }'
    people = [person.replace("NAME", name) for name in ("kim", "lee", "max")]
    day = "2027-06-30T00:00:00Z"

    assert planned(people[0]) == [("RS522", f"{kim} {day}", hint)]
    assert planned(", ".join(people[:2])) == [
        ("RS522", f"{kim} {day}; 1 more grant has an end", hint)
    ]
    assert planned(", ".join(people)) == [("RS522", f"{kim} {day}; 2 more grants have ends", hint)]


def test_who_gives_a_role_without_an_end_is_told_nothing(planned):
    assert planned('"kim@example.org"') == []


def test_a_role_that_is_given_already_is_not_told_again(tenant, planned):
    tenant.member("kim@example.org")
    assert planned('{ who = "kim@example.org", until = 2027-06-30 }') == []
