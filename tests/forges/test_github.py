"""What a job of GitHub Actions says of where it runs."""

from __future__ import annotations

import json
from contextlib import closing

import pytest

from rbac_sync.errors import BackendError, CredentialError, RbacSyncError
from rbac_sync.forges import GitHub

from .standin import Request

JOB = {
    "GITHUB_TOKEN": "t",
    "GITHUB_API_URL": "https://git.acme.example/api/v3",
    "GITHUB_REPOSITORY": "acme/access",
    "GITHUB_REF": "refs/pull/12/merge",
}


def place(environment, url="", repository="", number=None):
    with closing(GitHub(environment, url, repository, number)) as found:
        return found.place


def test_a_job_for_a_pull_request_says_all_that_is_wanted():
    assert place(JOB) == "acme/access#12"


def test_what_is_said_comes_first():
    assert place(JOB, repository="acme/other", number=3) == "acme/other#3"


@pytest.mark.parametrize(
    "event",
    [
        {"pull_request": {"number": 5}},
        {"issue": {"number": 5}},
        {"workflow_run": {"pull_requests": [{"number": 5}, {"number": 6}]}},
    ],
    ids=lambda event: next(iter(event)),
)
def test_a_job_that_runs_elsewhere_says_for_what_in_its_event(tmp_path, event):
    file = tmp_path / "event.json"
    file.write_text(json.dumps(event))
    job = {**JOB, "GITHUB_REF": "refs/heads/main", "GITHUB_EVENT_PATH": str(file)}
    assert place(job) == "acme/access#5"


@pytest.mark.parametrize(
    "content", ["{}", "", "[", '{"pull_request": {"number": "5"}}', "[" * 9999]
)
def test_a_job_for_no_pull_request_is_told_so(tmp_path, content):
    file = tmp_path / "event.json"
    file.write_text(content)
    for path in (file, tmp_path / "none"):
        job = {**JOB, "GITHUB_REF": "refs/heads/main", "GITHUB_EVENT_PATH": str(path)}
        with pytest.raises(RbacSyncError, match="for no pull request") as found:
            place(job)
        assert found.value.hint == "say which: `--number N`"


@pytest.mark.parametrize("name", ["", "acme", "acme/../..", "a/b/c", "a/b?x", "../b", "a/b#1"])
def test_what_is_no_repository_is_refused(name):
    with pytest.raises(RbacSyncError, match="is no repository on GitHub"):
        place({**JOB, "GITHUB_REPOSITORY": name})


def test_what_is_no_url_is_refused():
    with pytest.raises(BackendError, match="is no URL of an API"):
        place(JOB, url="git.acme.example")


def test_an_enterprise_server_has_its_graphql_beside_its_rest(hub):
    with closing(GitHub({"GITHUB_TOKEN": "t"}, f"{hub.url}/api/v3", "acme/access", 12)) as found:
        hub.answer = lambda request: (200, {"data": {"viewer": {"login": "x"}}}, {})
        assert found.myself() == "x"
    query = {"query": "query { viewer { login } }"}
    assert hub.requests == [Request("POST", "/api/graphql", "Bearer t", query)]


@pytest.mark.parametrize("token", ["t ", "\nt", "t\n"])
def test_a_blank_in_the_token_is_named_as_what_it_is(token):
    with pytest.raises(CredentialError, match="a line break in `GITHUB_TOKEN`") as found:
        GitHub({"GITHUB_TOKEN": token}, "https://api.github.com", "acme/access", 1)
    assert (
        found.value.hint
        == "set it again without the blank or the line break, which is often the last character"
    )
    assert found.value.exit_code == 4
