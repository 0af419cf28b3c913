"""A run's report on a pull request, from the command line."""

from __future__ import annotations

import json

import pytest

from tests.forges import standin
from tests.forges.conftest import hub, lab  # noqa: F401 - fixtures

from .running import run

FIRST = "<!-- rbac-sync -->\n"


@pytest.fixture
def at_github(hub, monkeypatch, tmp_path):  # noqa: F811 - the fixture
    """A job of GitHub Actions."""
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "GITHUB_TOKEN": standin.TOKEN,
        "GITHUB_API_URL": hub.url,
        "GITHUB_REPOSITORY": "acme/access",
        "GITHUB_REF": "refs/pull/12/merge",
    }.items():
        monkeypatch.setenv(name, value)
    return hub


def test_the_report_of_a_plan_becomes_a_comment_and_stays_the_same_one(account, at_github):
    def done(plan="plan --report md=plan.md"):
        assert run(plan).code == 0
        ran = run("comment plan.md --github --environment prod")
        assert (ran.code, ran.err) == (0, "")
        return ran.out

    assert done() == "The comment on acme/access#12 was created.\n"
    account.edit(('default_role = "none"', 'default_role = "viewer"'))
    assert done() == "The comment on acme/access#12 was updated.\n"
    assert done("validate") == "The comment on acme/access#12 was left unchanged.\n"
    (row,) = at_github.comments
    head, _, rest = row["body"].partition("\n\nPlan: 1 to add")
    assert head == "<!-- rbac-sync:prod -->\n\n### rbac-sync on `acme`"
    assert rest


def test_a_merge_request_on_gitlab_is_named_by_options(lab, monkeypatch, tmp_path):  # noqa: F811
    (tmp_path / "plan.md").write_text(f"{FIRST}No drift. Live matches the configuration.\n")
    monkeypatch.setenv("GITLAB_TOKEN", standin.TOKEN)
    options = f"--repository acme/access --number 12 --api {lab.url}/api/v4"
    ran = run(f"comment {tmp_path}/plan.md --gitlab {options}")
    assert (ran.code, ran.err) == (0, "")
    assert [row["body"] for row in lab.comments] == [
        "<!-- rbac-sync:default -->\nNo drift. Live matches the configuration.\n"
    ]


def test_the_comment_links_to_the_run_that_planned_and_names_its_commit(
    account, at_github, tmp_path, monkeypatch
):
    event = tmp_path / "event.json"
    planned = {"head_sha": "abcdef0123456789", "html_url": "https://github.com/acme/access/runs/7"}
    event.write_text(json.dumps({"workflow_run": planned}))
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(event))
    assert run("plan --report md=plan.md").code == 0
    assert run("comment plan.md --github --page https://acme.example/plan.html").code == 0
    (row,) = at_github.comments
    assert row["body"].endswith(
        "\nat `abcdef012345` · [run](https://github.com/acme/access/runs/7)"
        " · [report](https://acme.example/plan.html)\n"
    )


@pytest.mark.parametrize(
    ("option", "error", "hint"),
    [
        ("--commit @acme", "`@acme` is no commit", "7 to 64 of the digits"),
        ("--run javascript:x", "`javascript:x` is no link", "begins with `https://`"),
        ("--page https://a)b", "`https://a)b` is no link", "without blanks"),
    ],
)
def test_what_is_no_commit_or_link_is_refused(account, at_github, option, error, hint):
    assert run("plan --report md=plan.md").code == 0
    ran = run(f"comment plan.md --github {option}")
    assert ran.code == 1
    assert error in ran.err
    assert hint in ran.err
    assert at_github.comments == []


@pytest.mark.parametrize("flags", ["", "--github --gitlab"])
def test_one_forge_has_to_be_named(flags):
    ran = run(f"comment plan.md {flags}")
    assert ran.code == 1
    assert "say where: --github or --gitlab" in ran.err


@pytest.mark.parametrize(
    "content",
    [
        None,
        b"",
        b'{"format": 1}',
        b"# a report\n",
        FIRST.encode() + b"\xff",
        FIRST.encode() + b"x" * 2**16,
    ],
    ids=range(6),
)
def test_what_is_no_report_is_not_shown(at_github, tmp_path, content):
    if content is not None:
        (tmp_path / "plan.md").write_bytes(content)
    ran = run("comment plan.md --github")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        "error: `plan.md` is no report that could be shown\n"
        "  = help: write it with `rbac-sync plan --report md=plan.md`, by this version\n"
    )
    assert at_github.requests == []


def test_a_token_that_is_not_accepted_is_4_and_never_shown(at_github, monkeypatch, tmp_path):
    (tmp_path / "plan.md").write_text(f"{FIRST}No drift. Live matches the configuration.\n")
    monkeypatch.setenv("GITHUB_TOKEN", "ghs_wrong")
    ran = run("comment plan.md --github")
    assert (ran.code, ran.out) == (4, "")
    assert ran.err.startswith("error[credentials]: GitHub does not accept the token\n")
    assert "ghs_wrong" not in ran.err
