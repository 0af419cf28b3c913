"""What a job of GitLab CI says of where it runs."""

from __future__ import annotations

from contextlib import closing

import pytest

from rbac_sync.errors import RbacSyncError
from rbac_sync.forges import CommentResult, GitLab, put

JOB = {
    "GITLAB_TOKEN": "t",
    "CI_API_V4_URL": "https://git.acme.example/api/v4",
    "CI_PROJECT_ID": "44",
    "CI_MERGE_REQUEST_IID": "12",
}


def place(environment, url="", project="", number=None):
    with closing(GitLab(environment, url, project, number)) as found:
        return found.place


def test_a_job_for_a_merge_request_says_all_that_is_wanted():
    assert place(JOB) == "44!12"


def test_what_is_said_comes_first():
    assert place(JOB, project="acme/other", number=3) == "acme/other!3"


@pytest.mark.parametrize("written", ["", "x", "-1"])
def test_a_job_for_no_merge_request_is_told_so(written):
    with pytest.raises(RbacSyncError, match="for no merge request") as found:
        place({**JOB, "CI_MERGE_REQUEST_IID": written})
    assert found.value.hint == "say which: `--number N`"


def test_a_job_for_no_project_is_told_so():
    with pytest.raises(RbacSyncError, match="for no project"):
        place({**JOB, "CI_PROJECT_ID": ""})


def test_what_gitlab_itself_writes_is_no_comment(lab, reach):
    lab.say("<!-- rbac-sync:prod -->\nassigned to @bot")["system"] = True
    assert put(reach(lab), "prod", "x") is CommentResult.CREATED
