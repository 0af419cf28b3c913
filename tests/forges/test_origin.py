"""Of which commit and run a comment is, by the environment of a job."""

from __future__ import annotations

import json

import pytest

from rbac_sync.forges import GitHub, GitLab, origin_line

JOB = {
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_REPOSITORY": "acme/access",
    "GITHUB_RUN_ID": "7",
    "GITHUB_SHA": "a" * 40,
}
RUN = "https://github.com/acme/access/actions/runs/7"


@pytest.mark.parametrize(
    ("event", "origin"),
    [
        (None, ("a" * 40, RUN)),
        ({"pull_request": {"head": {"sha": "b" * 40}}}, ("b" * 40, RUN)),
        (
            {"workflow_run": {"head_sha": "c" * 40, "html_url": "https://x.example/8"}},
            ("c" * 40, "https://x.example/8"),
        ),
    ],
)
def test_on_github_the_event_says_more_than_the_job(tmp_path, event, origin):
    file = tmp_path / "event.json"
    file.write_text(json.dumps(event))
    assert GitHub.origin_of(JOB | {"GITHUB_EVENT_PATH": str(file)}) == origin


def test_on_gitlab_the_commit_is_that_of_the_branch():
    job = {"CI_COMMIT_SHA": "a" * 40, "CI_JOB_URL": "https://gitlab.com/acme/access/-/jobs/7"}
    merged = {"CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": "b" * 40}
    assert GitLab.origin_of(job) == ("a" * 40, job["CI_JOB_URL"])
    assert GitLab.origin_of(job | merged)[0] == "b" * 40


def test_where_nothing_is_known_nothing_is_said():
    assert GitHub.origin_of({}) == GitLab.origin_of({}) == ("", "")
    assert origin_line("", "", "") == ""
