"""Drift as a scheduled run looks for it: who made it, who is told, what fails the run."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from rbac_sync import pipeline
from rbac_sync.model import Binding, Level, address, held
from rbac_sync.model.resources import role
from rbac_sync.pipeline.by_hand import change_by_hand
from rbac_sync.planning import Change

from .live import bound, by_hand
from .running import Ran, run, soon

CHANGED = ('default_role = "viewer"', 'default_role = "runner"')


@contextmanager
def webhook(status=200) -> Iterator[tuple[str, list[dict]]]:
    """Give the URL of a webhook on this machine, and what it was told."""
    told: list[dict] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            told.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_):
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/services/T1/secret", told
        server.shutdown()


@pytest.fixture
def drifted(account):
    """Change something past the configuration, and have drift told to Slack and a webhook."""
    account.edit(CHANGED)
    assert run("apply --auto-approve").code == 0
    account.edit(CHANGED[::-1])
    account.add('[notify]\nslack = "CHAT_URL"\nwebhook = "DRIFT_URL"\n')
    return account


def test_drift_is_not_looked_for_with_a_key_that_is_no_more(account, monkeypatch):
    made = run(f"store key create ana@acme.example spare --until {soon()}")
    run("store key revoke ana@acme.example spare")
    monkeypatch.setenv("RBAC_SYNC_API_KEY", made.out.strip())

    assert run("drift") == Ran(
        4,
        "",
        "error[credentials]: this API key is not known here\n"
        "  = help: ask an owner of the account to make a new key: "
        "rbac-sync store key create OWNER NAME\n",
    )
    monkeypatch.delenv("RBAC_SYNC_API_KEY")
    assert run("drift").code == 0


def test_drift_says_who_made_it_and_when(drifted):
    ran = run("drift")
    assert ran.code == 2
    assert ran.shows("last changed by ana@acme.example at 20??-??-??T*Z, run ????????")
    (told,) = json.loads(run("drift --json").out)["differences"]
    assert told["touched"]["by"] == "ana@acme.example"
    assert told["cause"] == "not-applied"


def test_a_change_past_the_configuration_is_taken_back_by_the_command_that_drift_prints(account):
    configuration = pipeline.load(Path())
    backend = configuration.backend(os.environ["RBAC_SYNC_API_KEY"])
    scope, runner = address.workspace("prod"), held(role(Level.WORKSPACE, "runner"))
    grant = Binding(address.user("bo@acme.example"), scope, runner)
    change_by_hand(configuration, backend, [Change(None, grant)], "by hand")
    ran = run("drift")
    nobody = "Nobody has more or less than declared."  # the team of `bo` holds it, too
    assert ran.lines[:3] == [nobody, "", "Changed outside the configuration"]
    assert ran.lines[-1] == "1 changed outside it."
    words = re.search(
        r"take it back:  rbac-sync (undo \w{8})\n +or: +rbac-sync (apply .*)", ran.out
    )
    assert run(f"{words[1]} --out back.plan").code == 0
    assert run(f"{words[2]} --auto-approve").code == 0
    assert run("drift").code == 0


def test_drift_says_who_has_more_or_less_than_declared_the_riskiest_first(account):
    by_hand(
        account,
        (None, bound("bo", "prod", "owner")),
        (None, bound("dee", "test", "viewer")),
        (bound("lea", "prod", "owner"), None),
    )
    ran = run("drift")
    assert ran.out.startswith(
        "More than declared, and a risk (declared -> live)\n"
        "  ! prod  bo   runner -> owner  +manage_acls +manage_workspace_service_accounts"
        " +manage_workspace_settings +39 more\n"
        "\n"
        "Less than declared (declared -> live)\n"
        "  - prod  lea  owner -> viewer  -43 permissions  (rbac.toml:45)\n"
    )


def test_whoever_is_to_be_told_is_told(drifted, monkeypatch):
    with webhook() as (chat, messages), webhook() as (url, bodies):
        monkeypatch.setenv("CHAT_URL", chat)
        monkeypatch.setenv("DRIFT_URL", url)
        ran = run("drift --json")
    assert (ran.code, ran.err) == (2, "")
    assert bodies == [json.loads(ran.out)]
    (message,) = messages
    lines = message["text"].splitlines()
    assert lines[0] == "*Access has drifted* in `acme`: 1 thing"
    assert lines[1] == "More than declared, and a risk (declared -&gt; live):"
    assert lines[2].startswith("! prod everyone ")
    assert lines[3].startswith(
        "• `workspace.prod/default_role` differs, not applied yet"
        " (last changed by ana@acme.example at 20"
    )
    assert lines[-1] == "`rbac-sync drift` shows all of it"


def test_a_message_names_every_risk_before_the_first_differences(account, monkeypatch):
    by_hand(account, (None, bound("bo", "prod", "owner")))
    account.add("".join(f"[teams.t{n}]\nmembers = []\n" for n in range(21)))
    account.add('[notify]\nslack = "CHAT_URL"\nteams = "CHAT_URL"\n')
    with webhook() as (chat, messages):
        monkeypatch.setenv("CHAT_URL", chat)
        assert run("drift").code == 2
    risk = (
        "! prod bo runner -> owner +manage_acls +manage_workspace_service_accounts"
        " +manage_workspace_settings +39 more"
    )
    slack, card = messages
    lines = slack["text"].splitlines()
    blocks = card["attachments"][0]["content"]["body"]
    assert lines[1:3] == [
        "More than declared, and a risk (declared -&gt; live):",
        risk.replace(">", "&gt;"),
    ]
    assert [block["inlines"][0]["text"] for block in blocks[1:3]] == [
        "More than declared, and a risk (declared -> live):",
        risk,
    ]
    assert lines[-2] == "… and 2 more"


def test_teams_gets_a_card_in_which_names_are_plain_text(drifted, monkeypatch):
    drifted.edit(('[notify]\nslack = "CHAT_URL"\nwebhook = "DRIFT_URL"\n', ""))
    drifted.add('[teams."<at>all"]\nmembers = []\n')
    drifted.add('[notify]\nteams = "CHAT_URL"\n')
    with webhook() as (chat, messages):
        monkeypatch.setenv("CHAT_URL", chat)
        assert run("drift").code == 2
    ((card,),) = (message["attachments"] for message in messages)
    assert card["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert {block["type"] for block in card["content"]["body"]} == {"RichTextBlock"}
    (heading, *lines) = [block["inlines"][0] for block in card["content"]["body"]]
    assert heading["text"] == "Access has drifted in acme: 2 things"
    assert all(line["type"] == "TextRun" for line in lines)
    assert any("`" not in line["text"] and "team.%3Cat%3Eall" in line["text"] for line in lines)
    assert lines[-1]["text"] == "rbac-sync drift shows all of it"


def test_without_drift_nobody_is_told(account, monkeypatch):
    account.add('[notify]\nwebhook = "DRIFT_URL"\n')
    with webhook() as (url, told):
        monkeypatch.setenv("DRIFT_URL", url)
        assert run("drift").code == 0
    assert told == []


def test_a_webhook_that_cannot_be_told_is_named_and_drift_is_drift_all_the_same(
    drifted, monkeypatch
):
    with webhook(status=404) as (url, _):
        monkeypatch.setenv("CHAT_URL", url)
        monkeypatch.setenv("DRIFT_URL", "http://hooks.acme.example/secret")
        ran = run("drift")
    assert ran.code == 2
    assert "warning: slack gets no message of this: CHAT_URL: 404" in ran.err
    assert "warning: webhook gets no message of this: `DRIFT_URL` does not hold" in ran.err
    assert "secret" not in ran.err


@pytest.mark.parametrize("url", ["https://hooks.example./a", "ftp://a"])
def test_a_webhook_of_an_odd_url_is_named_and_drift_is_drift_all_the_same(
    drifted, monkeypatch, url
):
    monkeypatch.setenv("DRIFT_URL", url)
    ran = run("drift")
    assert ran.code == 2
    assert "`DRIFT_URL` does not hold the URL of a webhook" in ran.err


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_webhook_that_refuses_is_no_matter_of_our_credentials(drifted, monkeypatch, status):
    with webhook(status=status) as (url, _):
        monkeypatch.setenv("CHAT_URL", url)
        monkeypatch.setenv("DRIFT_URL", f"{url}\x1b")
        ran = run("drift")
    assert ran.code == 2
    assert f"warning: slack gets no message of this: CHAT_URL: {status}" in ran.err
    assert "warning: webhook gets no message of this: " in ran.err
    assert "secret" not in ran.err


def test_a_stray_character_in_the_url_of_a_webhook_is_named_and_drift_is_drift(
    drifted, monkeypatch
):
    with webhook() as (url, told):
        monkeypatch.setenv("CHAT_URL", f"{url}\n")
        monkeypatch.setenv("DRIFT_URL", f'"{url}"')
        ran = run("drift")
    assert (ran.code, told) == (2, [])
    assert ran.err == (
        "warning: slack gets no message of this: there is a blank or a line break in `CHAT_URL`\n"
        "warning: webhook gets no message of this: `DRIFT_URL` stands in quotation marks\n"
    )


def test_a_variable_that_is_not_set_is_named(drifted):
    ran = run("drift")
    assert ran.code == 2
    assert "warning: slack gets no message of this: `CHAT_URL` is not set" in ran.err


def test_what_nobody_manages_fails_the_run_only_if_asked_for(account):
    account.edit(('teams = "all"', 'teams = "declared"'), ('[teams.data]\nmembers = ["bo"]\n', ""))
    account.edit(('runner = ["team:data"]\n', ""))
    assert run("apply --auto-approve").code == 0
    ran = run("drift")
    assert ran.code == 0
    assert "team.data" in ran.out
    assert run("drift --fail-on-unmanaged").code == 2


def test_what_is_ignored_is_no_drift_and_is_listed_apart(account):
    account.edit(('[teams.data]\nmembers = ["bo"]\n', ""), ('runner = ["team:data"]\n', ""))
    account.add('[[ignore]]\naddress = "team.d*"\nwhy = "the vendor keeps it"\n')
    account.add('[[ignore]]\naddress = "team.x"\nwhy = "gone"\n')
    ran = run("drift --fail-on-unmanaged")
    assert ran.code == 0, ran.out
    assert "Ignored: 2 live things\n  team.data\n  workspace.prod/access/team:data\n" in ran.out
    assert "advice[RS514]: `team.x` is ignored, and nothing live matches it" in run("plan").err


def test_names_in_a_message_mention_nobody(drifted, monkeypatch):
    drifted.add('[teams."<!channel> & `x`"]\nmembers = []\n')
    with webhook() as (url, told):
        monkeypatch.setenv("CHAT_URL", url)
        monkeypatch.setenv("DRIFT_URL", url)
        assert run("drift").code == 2
    text = next(message["text"] for message in told if "text" in message)
    assert "<!channel>" not in text
    assert "team." in text


def test_a_test_that_warns_and_does_not_hold_in_what_is_live_is_shown(account):
    assert run("apply --auto-approve").code == 0
    text = '\n[[test]]\nname = "many own"\nrole = "owner"\nat_least = 9\nlevel = "warn"\n'
    path = account.folder / "rbac.toml"
    path.write_text(path.read_text() + text)
    ran, reported = run("drift"), run("drift --json")

    assert (ran.code, reported.code) == (0, 0)
    assert "advice[RS515]: test `many own` fails:" in ran.err
    assert [each["code"] for each in json.loads(reported.out)["advice"]] == ["RS515"]
