"""Comments on GitLab, and the environment of its CI.

Source: https://docs.gitlab.com/api/notes/#merge-requests
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import quote

from ..backends.remote.request import Idempotency
from ..errors import RbacSyncError
from .forge import Api, Comment, Forge, ForgeFacts

FACTS = ForgeFacts(
    "GitLab",
    "https://gitlab.com/api/v4",
    "CI_API_V4_URL",
    "GITLAB_TOKEN",
    "the token needs the scope `api` and the role Reporter; the token of the job itself cannot",
    "the token has to reach this project, and the number has to be of a merge request in it",
)


class GitLab(Forge):
    """The comments below one merge request on GitLab."""

    def __init__(
        self, environment: Mapping[str, str], url: str, project: str, number: int | None
    ) -> None:
        """Create the client without a connection; *project* is an id or a path.

        Raises:
            CredentialError, BackendError: see ``Api``.
            RbacSyncError: neither arguments nor job name a project and a merge request.
        """
        project = project or environment.get("CI_PROJECT_ID", "")
        if not project:
            hint = "pass `--repository` with the project's path or id"
            raise RbacSyncError("this run is for no project on GitLab", hint=hint)
        text = environment.get("CI_MERGE_REQUEST_IID", "")
        number = number or (int(text) if text.isdecimal() else None)
        if not number:
            message = "this run is for no merge request"
            raise RbacSyncError(message, hint="say which: `--number N`")
        path = f"projects/{quote(project, safe='')}/merge_requests/{number}/notes"
        super().__init__(Api(url, environment, FACTS), path, f"{project}!{number}")

    @staticmethod
    def origin_of(environment: Mapping[str, str]) -> tuple[str, str]:
        """Return the commit and the address of a job."""
        commits = ("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", "CI_COMMIT_SHA")
        commit = next(filter(None, (environment.get(name, "") for name in commits)), "")
        return commit, environment.get("CI_JOB_URL", "")

    def myself(self) -> str:
        match self._api.read("user"):
            case {"id": int(number)}:
                return str(number)
        raise self._api.unusable("user")

    def comments(self) -> Iterator[Comment]:
        """Yield all comments, the oldest first, without those of GitLab itself."""
        for row in self._api.rows(self._path, "&order_by=created_at&sort=asc"):
            match row:
                case {"system": True}:
                    continue
                case {"id": int(number), "body": str(text), "author": {"id": int(author)}}:
                    yield Comment(number, str(author), text)

    def update(self, comment: Comment, text: str) -> None:
        self._api.write("PUT", f"{self._path}/{comment.id}", {"body": text}, Idempotency.ONCE)
