"""The author's bound: a powerful deploy account, and a signed token that says who wrote it."""

from __future__ import annotations

import json

import pytest

from tests.issuer import Issuer

from .running import run

ISSUED = Issuer()
TOKEN = "RBAC_SYNC_OIDC_TOKEN"
WIDER = ('runner = ["team:data"]', 'runner = ["team:data", "cy"]'), ("oncall = [{", "#")


def claims(actor, **more):
    return {"actor": actor, "repository": "acme/access", **more}


@pytest.fixture
def authors(account):
    (account.folder / "jwks.json").write_text(json.dumps(ISSUED.jwks))
    account.add(
        "[guard.authors]\n"
        'issuer = "https://ci.acme.example"\n'
        'audience = "rbac-sync"\n'
        'jwks = "jwks.json"\n'
        'claims = { repository = "acme/access" }\n'
        "[guard.authors.principals]\n"
        'octo-ana = "ana@acme.example"\nocto-bo = "bo@acme.example"\n'
        'octo-lea = "lea@acme.example"\n'
    )
    account.edit(("min_owners = 1", "min_owners = 1\nrequire_author = true"), *WIDER)
    return account


def test_a_viewer_cannot_have_an_administrator_apply_what_it_could_not_itself(authors, monkeypatch):
    monkeypatch.setenv(TOKEN, ISSUED.token(**claims("octo-bo")))
    before = run("show --json").out
    ran = run("apply --auto-approve")
    assert ran.code == 3
    assert "`bo@acme.example` may not" in ran.err
    assert "what `bo@acme.example` does not hold: `" in ran.err
    assert (
        "= help: could be approved by `ana@acme.example`, `dee@acme.example`, `lea@acme.example`"
        " (`--on-behalf-of`); or leave the change out"
    ) in ran.err
    assert run("show --json").out == before


def test_who_holds_what_a_change_gives_may_have_it_applied(authors, monkeypatch):
    monkeypatch.setenv(TOKEN, ISSUED.token(**claims("octo-lea")))
    assert run("apply --auto-approve").code == 0
    assert "  ana@acme.example for lea@acme.example" in run("audit log --full").out


def test_without_a_token_the_guard_asks_for_an_author(authors):
    ran = run("apply --auto-approve")
    assert ran.code == 3
    assert "error[AUTHOR]" in ran.err
    assert "= help: set `RBAC_SYNC_OIDC_TOKEN` to the signed token of the run" in ran.err


def test_what_is_only_simulated_needs_no_author(authors):
    assert "error[AUTHOR]" in run("plan").err + run("plan").out
    assert run("plan --as lea --out p.json").code == 0
    ran = run("apply p.json")
    assert ran.code == 3
    assert "error[AUTHOR]" in ran.err


def test_a_run_is_taken_back_on_behalf_of_somebody(authors, monkeypatch):
    monkeypatch.setenv(TOKEN, ISSUED.token(**claims("octo-lea")))
    assert run("apply --auto-approve").code == 0
    latest = json.loads(run("audit log --json --limit 1").out)[0]["run"]
    monkeypatch.delenv(TOKEN)
    assert run(f"undo {latest}").code == 3
    assert run(f"undo {latest} --on-behalf-of lea").code == 0


def test_what_is_done_by_hand_is_wanted_by_whoever_does_it(authors):
    made = run("store key create bo laptop --until 2099-01-01 --url sqlite:///rbac.db")
    assert made.code == 0, made.err
    assert run("store key revoke bo laptop --url sqlite:///rbac.db").code == 0


def test_an_author_whom_nothing_proves_is_not_believed(authors):
    assert run("plan --on-behalf-of lea").code == 0
    ran = run("apply --auto-approve --on-behalf-of lea")
    assert ran.code == 4
    assert "error[credentials]: nothing proves that `lea@acme.example` wrote this" in ran.err
    assert "= help: set `RBAC_SYNC_OIDC_TOKEN` to the signed token of the run" in ran.err


def test_the_token_and_the_option_have_to_agree(authors, monkeypatch):
    monkeypatch.setenv(TOKEN, ISSUED.token(**claims("octo-bo")))
    ran = run("plan --on-behalf-of lea")
    assert (ran.code, ran.out) == (4, "")
    assert "speaks for `bo@acme.example`, not for `lea@acme.example`" in ran.err


@pytest.mark.parametrize(
    ("token", "why"),
    [
        (Issuer().token(**claims("octo-ana")), "is not accepted: signature verification failed"),
        (
            ISSUED.token(**claims("octo-ana", repository="evil/fork")),
            "is for repository `evil/fork`, not `acme/access`",
        ),
        (ISSUED.token(**claims("octo-eve")), "`octo-eve`, for whom the signed token speaks, is"),
        (ISSUED.token(repository="acme/access"), "the signed token does not say `actor`"),
        (ISSUED.token(**claims(["octo-ana"])), "the signed token does not say `actor`"),
    ],
)
def test_a_token_that_proves_nothing_stops_the_run(authors, monkeypatch, token, why):
    monkeypatch.setenv(TOKEN, token)
    for command in ("plan", "apply --auto-approve"):
        ran = run(command)
        assert ran.code == 4
        assert why in ran.err
        assert token not in ran.err + ran.out


def test_a_plan_file_is_bound_by_the_author_at_apply(authors, monkeypatch):
    monkeypatch.setenv(TOKEN, ISSUED.token(**claims("octo-lea")))
    assert run("plan --out p.json").code == 0
    monkeypatch.setenv(TOKEN, ISSUED.token(**claims("octo-bo")))
    assert run("apply p.json").code == 3


def test_an_author_is_a_principal_that_exists(authors):
    authors.edit(('octo-bo = "bo@acme.example"', 'octo-bo = "sa:bob"'))
    ran = run("validate")
    assert ran.code == 1
    assert "unknown service account `bob`" in ran.err


def test_nobody_becomes_an_author_through_the_short_names_that_others_may_edit(authors):
    authors.edit(('octo-bo = "bo@acme.example"', 'octo-bo = "bo"'))
    ran = run("validate")
    assert ran.code == 1
    assert "error[RS125]: `bo` is a short name; `[guard]` takes whole addresses only" in ran.err
    assert "= help: write `bo@acme.example`" in ran.err


@pytest.mark.parametrize(
    ("jwks", "why"),
    [
        ("http://ci.acme.example/jwks", "can be changed on the way here"),
        ("ftp://ci.acme.example/jwks", "can be changed on the way here"),
        ("https:///jwks", "is no URL of a key set"),
    ],
)
def test_keys_come_from_where_nobody_can_change_them(authors, jwks, why):
    authors.edit(('"jwks.json"', f'"{jwks}"'))
    ran = run("validate")
    assert ran.code == 1
    assert why in ran.err
