"""Comments on GitHub, and the environment of its Actions.

Source: https://docs.github.com/rest/issues/comments
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..backends.remote.request import Idempotency
from ..errors import RbacSyncError
from .forge import Api, Comment, Forge, ForgeFacts

REPOSITORY = re.compile(r"[\w-][\w.-]*/[\w.-]*[\w-]", re.ASCII)
REF = re.compile(r"refs/pull/(\d+)/")
FACTS = ForgeFacts(
    "GitHub",
    "https://api.github.com",
    "GITHUB_API_URL",
    "GITHUB_TOKEN",
    "give the job `pull-requests: write`; a run for a fork cannot have it",
    "the token has to reach this repository, and the number has to be of a pull request in it",
)
VIEWER = "query { viewer { login } }"


class GitHub(Forge):
    """The comments below one pull request on GitHub."""

    def __init__(
        self, environment: Mapping[str, str], url: str, repository: str, number: int | None
    ) -> None:
        """Create the client without a connection; *environment* is that of a job.

        Raises:
            CredentialError, BackendError: see ``Api``.
            RbacSyncError: neither arguments nor job name a repository and a pull request.
        """
        repository = repository or environment.get("GITHUB_REPOSITORY", "")
        if not REPOSITORY.fullmatch(repository):
            message = f"`{repository}` is no repository on GitHub"
            raise RbacSyncError(message, hint="pass `--repository OWNER/NAME`")
        number = number or _number(environment)
        if not number:
            message = "this run is for no pull request"
            raise RbacSyncError(message, hint="say which: `--number N`")
        api, path = Api(url, environment, FACTS), f"repos/{repository}/issues/{number}/comments"
        super().__init__(api, path, f"{repository}#{number}")
        self._graphql = Api(api.url.rstrip("/").removesuffix("/v3"), environment, FACTS)
        self._repository = repository

    @staticmethod
    def origin_of(environment: Mapping[str, str]) -> tuple[str, str]:
        """Return the commit and the run of a job, or of the run that triggered it."""
        match _event(environment.get("GITHUB_EVENT_PATH", "")):
            case {"workflow_run": {"head_sha": str(commit), "html_url": str(run)}}:
                return commit, run
            case {"pull_request": {"head": {"sha": str(commit)}}}:
                pass
            case _:
                commit = environment.get("GITHUB_SHA", "")
        names = ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID")
        server, repository, run = (environment.get(name, "") for name in names)
        known = server and repository and run
        return commit, f"{server}/{repository}/actions/runs/{run}" if known else ""

    def myself(self) -> str:
        """Return the author of the token's comments.

        *Why* not ``/user``: it refuses the tokens of jobs.
        """
        match self._graphql.write("POST", "graphql", {"query": VIEWER}, Idempotency.NONE):
            case {"data": {"viewer": {"login": str(login)}}}:
                return login
        raise self._graphql.unusable("graphql")

    def comments(self) -> Iterator[Comment]:
        """Yield all comments, the oldest first, without those of deleted accounts."""
        for row in self._api.rows(self._path):
            match row:
                case {"id": int(number), "body": str(text), "user": {"login": str(author)}}:
                    yield Comment(number, author, text)

    def update(self, comment: Comment, text: str) -> None:
        path = f"repos/{self._repository}/issues/comments/{comment.id}"
        self._api.write("PATCH", path, {"body": text}, Idempotency.ONCE)

    def close(self) -> None:
        super().close()
        self._graphql.close()


def _number(environment: Mapping[str, str]) -> int | None:
    """Return the number of the job's pull request, from its reference or its event."""
    if match := REF.match(environment.get("GITHUB_REF", "")):
        return int(match[1])
    match _event(environment.get("GITHUB_EVENT_PATH", "")):
        case {"pull_request": {"number": int(number)}} | {"issue": {"number": int(number)}}:
            return number
        case {"workflow_run": {"pull_requests": [{"number": int(number)}, *_]}}:
            return number
    return None


def _event(path: str) -> Any:
    try:
        return json.loads(Path(path).read_bytes()) if path else None
    except (OSError, ValueError, RecursionError):
        return None
