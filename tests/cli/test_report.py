"""The page that a plan is written to, and how the command ends."""

from __future__ import annotations

import pytest

from .live import bound, by_hand
from .running import run
from .test_plan import WIDER

OWNERS = ('owner = ["lea"]', 'owner = ["lea", "bo"]')

WROTE = "wrote `page.html`\n"


def page(account):
    return (account.folder / "page.html").read_text(encoding="utf-8")


def test_the_page_has_a_name_where_none_is_given(account):
    account.edit(('default_role = "none"', 'default_role = "viewer"'))
    assert run("report").code == 0
    assert (account.folder / "plan.html").read_text().startswith("<!DOCTYPE html>")


@pytest.mark.parametrize("option", ["-o", "--out", "-out"])
def test_a_new_plan_is_written_as_a_page(account, option):
    account.edit(WIDER)
    ran = run(f"report {option} page.html")
    assert (ran.code, ran.out, ran.err) == (0, WROTE, "")
    assert "Plan: 1 to add, 0 to change, 0 to destroy." in page(account)
    assert sorted(path.name for path in account.folder.glob("page*")) == ["page.html"]


def test_the_page_may_go_to_standard_output(account):
    ran = run("report -o -")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("<!DOCTYPE html>")
    assert ran.out.endswith("</html>\n")


def test_the_page_is_written_beside_a_plan_as_well(account):
    account.edit(WIDER)
    assert run("plan --report html=page.html").code == 0
    assert "Plan: 1 to add, 0 to change, 0 to destroy." in page(account)


def test_a_saved_plan_is_shown_as_it_would_be_applied(account):
    account.edit(WIDER)
    run("plan --out my.plan")
    before = run("audit log").out
    ran = run("report my.plan -o page.html")
    assert (ran.code, ran.out, ran.err) == (0, WROTE, "")
    assert "Plan: 1 to add, 0 to change, 0 to destroy." in page(account)
    assert "would not be applied" not in page(account)
    assert run("audit log").out == before


def test_a_plan_that_is_made_already_changes_nothing(account):
    account.edit(WIDER)
    run("plan --out my.plan")
    run("apply my.plan")
    assert run("report my.plan -o page.html").code == 0
    assert "No changes." in page(account)


def test_a_refused_plan_is_3_and_shown(account):
    account.edit(OWNERS)
    ran = run("report --as bo -o page.html")
    said = "wrote `page.html`: the guard refuses the plan, and the page says why\n"
    assert (ran.code, ran.out) == (3, said)
    assert "Refused by the guard" in page(account)


def test_a_saved_plan_is_judged_for_whom_one_asks(account):
    account.edit(OWNERS)
    run("plan --out my.plan")
    assert run("report my.plan -o page.html").code == 0
    assert run("report my.plan --as bo -o page.html").code == 3


def test_a_stale_plan_is_5_and_shown_with_what_has_changed(account):
    account.edit(OWNERS)
    run("plan --out my.plan")
    by_hand(account, (None, bound("bo", "prod", "viewer")))
    ran = run("report my.plan -o page.html")
    assert (ran.code, ran.out) == (5, WROTE)
    assert ran.err.startswith("error[stale-plan]: `workspace.prod/access/bo@acme.example` was ")
    assert "This plan would not be applied" in page(account)


def test_a_plan_of_another_configuration_is_stale(account):
    account.edit(WIDER)
    run("plan --out my.plan")
    account.edit(("min_owners = 1", "min_owners = 2"))
    ran = run("report my.plan -o page.html")
    assert ran.code == 5
    assert ran.err.startswith("error[other-configuration]: ")
    assert "the configuration has changed since the plan was made" in page(account)


def test_a_plan_for_another_account_is_an_error_and_not_shown(account):
    run("plan --out my.plan")
    plan = account.folder / "my.plan"
    account.database.rename("other.db")
    ran = run("report --url sqlite:///other.db -o page.html", plan)
    assert (ran.code, ran.out) == (5, "")
    assert ran.err.startswith("error[other-account]: ")
    assert not (account.folder / "page.html").exists()


def test_a_part_of_a_saved_plan_is_not_shown(account):
    run("plan --out my.plan")
    ran = run("report my.plan --target workspace.test -o page.html")
    assert ran.code == 1
    assert "a saved plan is applied as it is" in ran.err


def test_whoever_has_no_key_is_told_what_to_set(account, monkeypatch):
    account.edit(WIDER)
    run("plan --out my.plan")
    monkeypatch.delenv("RBAC_SYNC_API_KEY")
    for command in ("report -o page.html", "report my.plan -o page.html"):
        ran = run(command)
        assert (ran.code, ran.out) == (4, "")
        assert "`plan --as PRINCIPAL`" in ran.err
    assert not list(account.folder.glob("page*"))


def test_a_page_that_cannot_be_written_is_an_error(account):
    ran = run("report -o none/page.html")
    assert ran.code == 1
    assert ran.err.startswith("error: cannot write `none/page.html`: no such file")
